"""What the doctor looks at: each check returns one finding, and prints nothing."""

import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
from packaging.requirements import Requirement

from course_lib.running.jupyter_environment import jupyter_environment, unwritable_folders
from course_lib.running.preparing.steps import last_words
from course_lib.storage.home import course_home

ROOT = Path(__file__).resolve().parents[2]
GIB = 2**30
NEEDED_MEMORY, COMFORTABLE_MEMORY = 1 * GIB, 2 * GIB  # JupyterLab and a kernel that trains
NEEDED_DISK, COMFORTABLE_DISK = GIB // 10, 1 * GIB
CONTAINER_LIMITS = (  # control groups, version 2 and version 1
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
KERNEL_TIMEOUT_S = 60.0
RENEW = (
    "Delete the folder .venv and run this again (in a conda environment: "
    "`conda env update --file environment.yml`)."
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    what : what was looked at
    ok : whether all is well
    says : what was found
    mend : what to do about it, where it is not well
    prevents : whether the course cannot be run like this
    """

    what: str
    ok: bool
    says: str
    mend: str = ""
    prevents: bool = False


def examine() -> Iterator[Finding]:
    """Make all findings, quick ones first."""
    for check in (python, versions, memory, workspace, jupyter, disk, torch, kernel):
        yield check()


def python() -> Finding:
    """Say whether this Python is new enough."""
    ok = sys.version_info >= (3, 11)
    mend = "" if ok else "Install Python 3.11 or later and start course.py with it."
    says = f"{sys.version.split()[0]} at {sys.executable}"
    return Finding("Python", ok, says, mend, prevents=not ok)


def versions(root: Path = ROOT) -> Finding:
    """Compare what is installed with what the course needs and was tested with."""
    what = "Packages"
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    needed = [Requirement(line) for line in config["project"]["dependencies"]]
    pinned = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (root / "constraints.txt").read_text("utf-8"), re.M)
    )
    pins = {plain(name): version for name, version in pinned.items()}
    found = {requirement.name: installed(requirement.name) for requirement in needed}
    unfit = [
        f"{requirement} (here: {found[requirement.name] or 'nothing'})"
        for requirement in needed
        if not requirement.specifier.contains(found[requirement.name] or "0", prereleases=True)
    ]
    if unfit:
        return Finding(what, False, f"needed are {', '.join(unfit)}", RENEW, prevents=True)
    others = [
        f"{name} {version} instead of {pins[plain(name)]}"
        for name, version in found.items()
        if version and version.split("+")[0] != pins.get(plain(name))
    ]
    if others:
        says = f"not the versions that the tests ran with: {', '.join(others)}"
        return Finding(what, False, says, f"That may do. If anything looks odd: {RENEW}")
    return Finding(what, True, f"all {len(needed)} in the versions that the tests ran with")


def plain(name: str) -> str:
    """Return a package's name in the one spelling that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(name: str) -> str | None:
    """Return the version of an installed package, None if it is not there."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def memory(limits: tuple[Path, ...] = CONTAINER_LIMITS) -> Finding:
    """Say whether there is memory for JupyterLab and a kernel, in a container too."""
    total = min([psutil.virtual_memory().total, *container_limits(limits)])
    available = min(psutil.virtual_memory().available, total)
    says = f"{total / GIB:.1f} GiB, of which {available / GIB:.1f} GiB are free"
    if available >= COMFORTABLE_MEMORY:
        return Finding("Memory", True, says)
    mend = "Close other programs, and keep one notebook open at a time; 2 GiB free are enough."
    return Finding("Memory", False, says, mend, prevents=total < NEEDED_MEMORY)


def container_limits(limits: tuple[Path, ...]) -> list[int]:
    """Return the memory limits, in bytes, that a container sets for this process."""
    texts = [limit.read_text().strip() for limit in limits if limit.is_file()]
    return [int(text) for text in texts if text.isdigit()]


def workspace() -> Finding:
    """Say whether the learner's own folder, for notebooks and progress, can be written."""
    what, home = "Your folder", course_home()
    place = home
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding(what, True, f"{home} can be written")
    except OSError as error:
        mend = "Set COURSE_HOME to a folder of yours that can be written."
        return Finding(what, False, f"{home} cannot be written ({error})", mend, prevents=True)


def jupyter() -> Finding:
    """Say whether Jupyter can keep its own files where it does as a rule, in the home."""
    what, cannot = "Jupyter's folders", list(unwritable_folders().values())
    if not cannot:
        return Finding(what, True, "they can be written")
    mend = (
        f"Nothing has to be done: the lab keeps them in {course_home()}. To have them in your "
        "home, make room there, or take the folder over with `sudo chown -R`."
    )
    return Finding(what, False, f"{cannot[0]} cannot be written", mend)


def disk() -> Finding:
    """Say whether there is room for the learner's notebooks."""
    place = next(folder for folder in (course_home(), *course_home().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    ok = free >= COMFORTABLE_DISK
    mend = "" if ok else "Make room there, or set COURSE_HOME to a folder on another disk."
    says = f"{free / GIB:.1f} GiB free at {place}"
    return Finding("Disk", ok, says, mend, prevents=free < NEEDED_DISK)


def torch() -> Finding:
    """Say what torch computes with: threads, processors, and a GPU or none."""
    try:
        import torch
    except (ImportError, OSError) as error:
        says = f"cannot be loaded ({error})"
        return Finding("torch", False, says, f"From lesson 06 on it is needed. {RENEW}", True)
    gpu = "no GPU (none is needed)"
    if torch.cuda.is_available():
        gpu = f"GPU: {torch.cuda.get_device_name()}"
    elif torch.backends.mps.is_available():
        gpu = "GPU: Apple's (MPS)"
    threads = f"one thread in lessons, {os.cpu_count()} processors here"
    return Finding("torch", True, f"{torch.__version__}, {threads}, {gpu}")


def kernel(timeout_s: float = KERNEL_TIMEOUT_S) -> Finding:
    """Say whether a notebook kernel starts, runs a cell and is this environment's own."""
    what = "Notebook kernel"
    try:
        prefix = run_in_kernel("import sys, course_lib; print(sys.prefix)", timeout_s).strip()
    except Exception as error:  # whatever went wrong there, the doctor says it and goes on
        says = f"it does not run a cell ({type(error).__name__}: {error})"
        return Finding(what, False, says, _mend(error), prevents=True)
    if Path(prefix).resolve() != Path(sys.prefix).resolve():
        says = f"another Python answers to the name python3, the one in {prefix}"
        mend = "`jupyter kernelspec list` says which folder describes it: rename that folder."
        return Finding(what, False, says, mend, prevents=True)
    return Finding(what, True, "it starts, and it ran a cell")


def _mend(error: Exception) -> str:
    if isinstance(error, OSError):
        return (
            f"Make room in the folder for temporary files, {tempfile.gettempdir()}, or set TMPDIR "
            "to another one that can be written."
        )
    return RENEW


def run_in_kernel(cell: str, timeout_s: float) -> str:
    """Run one cell as JupyterLab does, in a folder of notebooks, and return what it printed."""
    from jupyter_client.manager import run_kernel

    said: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        said.append(message["content"].get("text") or message["content"].get("evalue", ""))

    with surroundings_of_the_lab() as folder, tempfile.TemporaryFile() as complaints:
        options: dict[str, Any] = {"startup_timeout": timeout_s, "kernel_name": "python3"}
        try:
            with run_kernel(**options, cwd=str(folder), stderr=complaints) as client:
                client.execute_interactive(  # type: ignore[attr-defined]
                    cell, store_history=False, timeout=timeout_s, output_hook=keep
                )
        except RuntimeError as error:  # a kernel that died says elsewhere why
            complaints.seek(0)
            why = last_words(complaints.read().decode(errors="replace"), 1)
            raise RuntimeError(f"{error}. It said: {why}") from error
    return "".join(said)


@contextmanager
def surroundings_of_the_lab() -> Iterator[Path]:
    """Be where lessons start their kernels; give the folder, or an empty one before there is one.

    In the folder of the course itself a kernel finds ``course_lib`` though it is not installed.
    """
    before, notebooks = dict(os.environ), course_home() / "notebooks"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        empty = Path(temporary, "notebooks")
        empty.mkdir()
        os.environ.update(jupyter_environment(course_home(), kept=Path(temporary)))
        try:
            yield notebooks if notebooks.is_dir() else empty
        finally:
            os.environ.clear()
            os.environ.update(before)
