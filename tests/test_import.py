import subprocess
import sys

import pytest

import course_lib

HEAVY = ("torch", "matplotlib", "matplotlib.pyplot")


def loaded_after(statement: str) -> list[str]:
    """Run a statement in a fresh interpreter and list the heavy packages that it loaded."""
    program = f"import sys; {statement}; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "import course_lib",
        "from course_lib import catch_up, check, hint, solution, progress",
        "from course_lib import predict, quiz",
        "from course_lib.checking import evaluate",
    ],
)
def test_what_a_notebook_imports_first_loads_neither_torch_nor_matplotlib(statement):
    assert loaded_after(statement) == []


def test_pictures_are_drawn_without_pyplot():
    drawing = (
        "from course_lib.plots import ScoresDisplay; "
        "ScoresDisplay.from_scores([[1, -2]], ('a',), key_tokens=('b', 'c')).as_html()"
    )
    assert loaded_after(drawing) == ["matplotlib"]


def test_every_public_name_is_there_and_listed():
    for name in course_lib.__all__:
        assert callable(getattr(course_lib, name))
    assert set(course_lib.__all__) <= set(dir(course_lib))


def test_a_name_that_does_not_exist_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match=r"'course_lib' has no attribute 'chekc'"):
        course_lib.chekc  # noqa: B018 (touching it is the test)
