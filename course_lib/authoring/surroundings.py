"""The same surroundings for every kernel that builds or tests the course."""

from pathlib import Path


def kernel_surroundings(folder: Path) -> dict[str, str]:
    """Return the environment that keeps a kernel reproducible and away from the learner.

    One thread, so that sums are added in the same order on every machine; progress goes below
    ``folder``, which must exist; no line says how far a loop is; IPython starts without the
    user's own profile; pictures are drawn inline.
    """
    return {
        "COURSE_HOME": str(folder / "home"),
        "COURSE_PROGRESS_LINE": "off",
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
