"""The variables that `lab` and `doctor` start Jupyter with: the course's settings and its kernel.

What Jupyter, IPython and matplotlib keep for themselves goes into the learner's folder where the
home cannot be written: in a container that gives a free user id, with folders that `sudo` left to
root, or on a full disk.
"""

import os
import sys
import tempfile
from pathlib import Path

from course_lib.kernels import JUPYTER_PATH
from course_lib.threads import ONE_THREAD

SETTINGS = Path(__file__).parent  # holds labconfig and the server's own settings
_PROBE = bytes(1 << 16)  # on a full disk an empty file can still be made


def jupyter_environment(home: Path, *, kept: Path | None = None) -> dict[str, str]:
    """Return what Jupyter has to find in its environment to work in a learner's folder.

    Parameters
    ----------
    home : the learner's folder
    kept : where Jupyter's own files go if the home cannot take them; the learner's folder if left
    """
    return {
        **ONE_THREAD,
        "COURSE_HOME": str(home),
        "JUPYTER_CONFIG_PATH": _first(SETTINGS, "JUPYTER_CONFIG_PATH"),
        "JUPYTER_PATH": _first(JUPYTER_PATH, "JUPYTER_PATH"),
        **moved_folders(kept or home),
    }


def moved_folders(kept: Path) -> dict[str, str]:
    """Return the variables that move what cannot be written into another folder."""
    if not _has_home():
        return {"HOME": str(kept)}
    return {name: str(kept / f".{name.lower()}") for name in unwritable_folders()}


def unwritable_folders() -> dict[str, Path]:
    """Find the folders of Jupyter's that cannot be written, by the variable that moves them."""
    if not _has_home():
        return {}
    found = {
        name: next((place for place in places if not can_be_written(place)), None)
        for name, places in _folders_of_jupyter().items()
    }
    return {name: place for name, place in found.items() if place}


def can_be_written(folder: Path) -> bool:
    """Tell whether there is a way to write into a folder, which need not exist yet, and room."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            return probe.write(_PROBE) == len(_PROBE)
    except OSError:
        return False


def _has_home() -> bool:
    """Tell whether anything says where the home is, which a free user id may lack."""
    return os.path.expanduser("~") != "~"  # noqa: PTH111 (pathlib raises)


def _folders_of_jupyter() -> dict[str, tuple[Path, ...]]:
    from jupyter_core import paths

    config = Path(paths.jupyter_config_dir())
    ipython = Path(os.environ.get("IPYTHONDIR") or Path.home() / ".ipython")
    return {
        "JUPYTER_CONFIG_DIR": (config, config / "lab/user-settings"),
        "JUPYTER_DATA_DIR": (Path(paths.jupyter_data_dir()),),
        "JUPYTER_RUNTIME_DIR": (Path(paths.jupyter_runtime_dir()),),
        "IPYTHONDIR": (ipython, ipython / "profile_default"),
        "MPLCONFIGDIR": _folders_of_matplotlib(),
    }


def _folders_of_matplotlib() -> tuple[Path, ...]:
    if chosen := os.environ.get("MPLCONFIGDIR"):
        return (Path(chosen),)
    if not sys.platform.startswith(("linux", "freebsd")):
        return (Path.home() / ".matplotlib",)
    kinds = {"XDG_CONFIG_HOME": ".config", "XDG_CACHE_HOME": ".cache"}
    return tuple(
        Path(os.environ.get(name) or Path.home() / usual) / "matplotlib"
        for name, usual in kinds.items()
    )


def _first(ours: Path, variable: str) -> str:
    others = [os.environ[variable]] if os.environ.get(variable) else []
    return os.pathsep.join([str(ours), *others])
