import subprocess
import sys

import pytest

from course_lib import measuring


def test_measuring_loads_no_torch():
    program = (
        "import sys; from course_lib.measuring import peak_bytes, scaling_exponent, sweep; "
        "make = lambda n: lambda: sum(range(1000 * n)); "
        "print(sweep({'sum': make}, [1, 2], n_rounds=2)); peak_bytes(make(3)); "
        "scaling_exponent([1, 2, 3], [1, 2, 3]); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


def test_every_public_name_is_there_and_listed():
    for name in measuring.__all__:
        assert callable(getattr(measuring, name))
    assert set(measuring.__all__) <= set(dir(measuring))


def test_a_name_that_does_not_exist_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match=r"measuring' has no attribute 'sweeep'"):
        measuring.sweeep  # noqa: B018 (touching it is the test)
