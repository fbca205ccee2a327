"""The same surroundings for every kernel that builds or tests the course."""

import os
from pathlib import Path

from course_lib.kernels import JUPYTER_PATH
from course_lib.threads import ONE_THREAD

_JUPYTER = ("CONFIG", "DATA", "RUNTIME")


def kernel_surroundings(folder: Path) -> dict[str, str]:
    """Return the environment that keeps a kernel reproducible and away from its user.

    One thread, so that sums are added in the same order on every machine; progress goes below
    ``folder``, which must exist; no line says how far a loop is; Jupyter, IPython and matplotlib
    have their own settings, not the user's, and the course's own kernel is started; pictures are
    drawn inline; texts are UTF-8.
    """
    return {
        **ONE_THREAD,
        **{f"JUPYTER_{kind}_DIR": str(folder / "jupyter" / kind.lower()) for kind in _JUPYTER},
        "COURSE_HOME": str(folder / "home"),
        "COURSE_PROGRESS_LINE": "off",
        "JUPYTER_PATH": str(JUPYTER_PATH),
        "IPYTHONDIR": str(folder / "ipython"),
        "MATPLOTLIBRC": os.devnull,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUTF8": "1",
    }
