"""Where the learner's own files live: one answer for every kernel, wherever it was started."""

import os
from pathlib import Path

import platformdirs


def course_home() -> Path:
    """Say which folder holds the learner's working copy and progress.

    Returns
    -------
    Path
        ``$COURSE_HOME``; else ``workspace`` in the copy of the course that the current folder
        lies in; else the user's data folder. It need not exist yet.
    """
    if chosen := os.environ.get("COURSE_HOME"):
        return Path(os.path.abspath(os.path.expanduser(chosen)))  # noqa: PTH100, PTH111 (these two never raise)
    if root := course_root():
        return root / "workspace"
    return platformdirs.user_data_path("self-attention-course", appauthor=False)


def course_root() -> Path | None:
    """Find the nearest folder, from here upwards, that holds a copy of the course."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the current folder was deleted under a running kernel
        return None
    for folder in (here, *here.parents):
        if (folder / "course.py").is_file() and (folder / "course_lib").is_dir():
            return folder
    return None
