"""What every test run needs, from whichever folder it starts.

The tests and the kernels they start compute on one thread and keep their progress in a temporary
folder, a new one for each test and each notebook. ``pytest --nbval notebooks`` is the real run:
the course's own kernel, a limit for each cell, and the sanitize file, none of which has
to be named.
"""

import json
import os
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from course_lib.authoring.surroundings import kernel_surroundings

ROOT = Path(__file__).resolve().parent
CELL_TIMEOUT_S = 600
_NBVAL_TIMEOUT_S = 2000  # what nbval takes when nobody says otherwise

_TEMPORARY = pytest.StashKey[Path]()
_folders = count()


def pytest_configure(config: pytest.Config) -> None:
    temporary = TemporaryDirectory(prefix="course-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(temporary.cleanup)
    config.stash[_TEMPORARY] = Path(temporary.name)
    _use_new_home(config)
    options = config.option
    options.nbval_kernel_name = options.nbval_kernel_name or "python3"  # the course's own
    options.nbval_sanitize_with = options.nbval_sanitize_with or ROOT / "tests/nbval-sanitize.cfg"
    if options.nbval_cell_timeout == _NBVAL_TIMEOUT_S:
        options.nbval_cell_timeout = CELL_TIMEOUT_S


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _use_new_home(item.config)


def _use_new_home(config: pytest.Config) -> None:
    # nbval starts a notebook's kernel in the set-up of its first cell, and so inherits this.
    folder = config.stash[_TEMPORARY] / str(next(_folders))
    folder.mkdir()
    os.environ.update(kernel_surroundings(folder))
    os.environ.update(json.loads(os.environ.get("COURSE_NUMERICS", "{}")))  # what `shake` asks for
