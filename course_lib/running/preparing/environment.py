"""The course's own environment, `.venv`: made once, renewed when the course changes.

Like all that `course.py` imports before there is an environment, this stands on the standard
library alone.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from course_lib.errors import CourseError
from course_lib.running.preparing.locking import setup_lock
from course_lib.running.preparing.steps import TROUBLES, StepError, Steps
from course_lib.running.preparing.wheels import Wheels

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
PIP = "pip>=25.1"  # knows --group
CPU_GB, CUDA_GB = 3, 10  # disk space that a set-up needs with either build of torch


class Environment:
    """The folder `.venv` beside `course.py`, and what is known about it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = self.folder / "course.json"  # written last: what the folder was made from
        self.lock = root / ".setup.lock"  # left with text in it, a set-up was cut short
        self.constraints = root / "constraints.txt"
        self.wheels = Wheels(root)  # of a hand-out, which asks the network nothing

    def runs_this(self) -> bool:
        """Whether the Python that asks is this environment's own."""
        return self.folder.exists() and self.folder.samefile(sys.prefix)

    def is_current(self, *, gpu: bool = False) -> bool:
        """Whether the environment is whole and made from the files as they are now."""
        known = self.known()
        torch = "default" if gpu else known.get("torch")
        return self.python.exists() and known == {**self.origin(), "torch": torch}

    def known(self) -> dict[str, str | None]:
        """Return what the environment was made from; nothing if it is not whole or not ours."""
        try:
            known = json.loads(self.stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def origin(self) -> dict[str, str | None]:
        """Return what an environment made now would be made from."""
        sources = (self.root / "pyproject.toml").read_bytes() + self.constraints.read_bytes()
        return {
            "sources": hashlib.sha256(sources).hexdigest(),
            "python": python_version(),
            # the same text in every locale, though a name may be read as another string there
            "place": os.fsencode(self.root).decode("utf-8", "backslashreplace"),
        }

    def make_current(self, *, gpu: bool = False) -> None:
        """Make or renew the environment, one set-up at a time."""
        with setup_lock(self.lock) as lock:
            if not self.is_current(gpu=gpu):  # another set-up may have ended meanwhile
                self._set_up(lock, gpu=gpu)

    def _set_up(self, lock: IO[str], *, gpu: bool) -> None:
        started = time.monotonic()
        unfinished = os.fstat(lock.fileno()).st_size > 0
        why_afresh = self._why_afresh(unfinished=unfinished, gpu=gpu)
        gpu = gpu or self.known().get("torch") == "default"
        self._require_means(CUDA_GB if gpu and sys.platform == "linux" else CPU_GB)
        self._require_fitting_wheels(gpu=gpu)
        print(why_afresh or "The course has changed: bringing .venv up to date.", flush=True)
        if self.wheels.are_there():
            print(f"All of it lies in {self.wheels.folder}: the network is not asked.", flush=True)
        lock.write("A set-up is at work, or was cut short.\n")
        lock.flush()
        self.stamp.unlink(missing_ok=True)
        if why_afresh:
            self._clear()
        steps = Steps(self.root, lock, self.wheels.surroundings())
        torch = self._install(steps, afresh=bool(why_afresh), gpu=gpu)
        self.stamp.write_text(json.dumps({**self.origin(), "torch": torch}), "utf-8")
        lock.truncate(0)
        print(f"Ready after {time.monotonic() - started:.0f} s.\n", flush=True)

    def _why_afresh(self, *, unfinished: bool, gpu: bool) -> str | None:
        """Say why to start from nothing; None where renewing what is there is enough."""
        known = self.known()
        self._refuse_lost_links(known)
        if not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir())):
            return "Setting up the course in .venv. This happens once and takes a few minutes."
        if unfinished:
            return "The last set-up did not come to its end: starting it again."
        if not known:
            raise CourseError(
                f"There is a folder {self.folder} that this course did not make, so it is left "
                "as it is.\nRename it, or delete it if nobody needs it, and run the same command "
                "again."
            )
        if known.get("place") != self.origin()["place"]:
            return "The course was moved or copied: making .venv again for its new place."
        if known.get("python") != python_version() or not self.python.exists():
            return f".venv was made with another Python: making it again for {python_version()}."
        if gpu and known.get("torch") != "default":
            return "Making .venv again, with torch's default build."
        if subprocess.run([self.python, "-c", ""], capture_output=True).returncode:
            return "The Python in .venv does not start: making it again."
        return None

    def _refuse_lost_links(self, known: Mapping[str, str | None]) -> None:
        """Raise where .venv is a link that leads to nothing, or to another course's environment."""
        if self.folder.is_symlink() and not self.folder.exists():
            raise CourseError(
                f"{self.folder} is a link to {self.folder.readlink()}, and there is no such "
                "folder.\nMake that folder, or delete the link, and run the same command again."
            )
        other = Path(known.get("place") or self.root)
        theirs = other / ".venv"
        if other != self.root and theirs.exists() and self.folder.samefile(theirs):
            raise CourseError(
                f"{self.folder} leads to the environment of the course in {other}, which would "
                "be lost.\nDelete the link, or let it lead to an empty folder, and run the "
                "same command again."
            )

    def _clear(self) -> None:
        """Make the folder, or empty it: of a link, the folder that it leads to."""
        self.folder.mkdir(exist_ok=True)
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _require_means(self, needed_gb: int) -> None:
        """Raise unless this Python can make environments and there is room for one."""
        if not importlib.util.find_spec("ensurepip"):
            raise CourseError(
                f"This Python {python_version()} cannot make environments: its module ensurepip "
                "is missing.\nOn Debian and Ubuntu install it with "
                f"`sudo apt install python{python_version()}-venv`, then run the same command "
                "again."
            )
        place = self.folder if self.folder.exists() else self.root
        free_gb = shutil.disk_usage(place).free / 1e9
        if free_gb < needed_gb:
            raise CourseError(
                f"The set-up needs about {needed_gb} GB of disk space, and {place.resolve()} has "
                f"{free_gb:.1f} GB left.\nMake room, or move the course to another disk, and run "
                "the same command again."
            )

    def _require_fitting_wheels(self, *, gpu: bool) -> None:
        """Raise if this is a hand-out and its wheels cannot be what is asked for."""
        if not self.wheels.are_there():
            return
        if gpu and sys.platform == "linux":
            raise CourseError(
                "--gpu asks for torch's default build, and this hand-out brings its build for "
                f"CPUs.\nLeave --gpu out, or, where there is a network, delete the folder "
                f"{self.wheels.folder} and run the same command again."
            )
        self.wheels.check()

    def _install(self, steps: Steps, *, afresh: bool, gpu: bool) -> str:
        """Put everything into the folder; return which build of torch it has."""
        steps.total = 4 if afresh else 3
        if afresh:
            place = str(self.folder.resolve())  # venv refuses links
            steps.run("making .venv", [sys.executable, "-m", "venv", place])
        pip = [str(self.python), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        pip += self.wheels.pip_options()
        steps.run("bringing pip up to date", [*pip, "--upgrade", PIP])
        torch = self._install_torch(steps, pip, gpu=gpu)
        constrained = [*pip, "-c", str(self.constraints)]
        everything = ["-e", str(self.root)]
        if not self.wheels.are_there():  # a hand-out leaves out what authors use
            everything += ["--group", f"{self.root / 'pyproject.toml'}:dev"]
        steps.run("installing JupyterLab and all the rest", [*constrained, *everything])
        return torch

    def _install_torch(self, steps: Steps, pip: list[str], *, gpu: bool) -> str:
        """Install the pinned torch: its build for CPUs on Linux, the default one elsewhere."""
        torch = pinned_torch(self.constraints)
        if self.wheels.are_there():
            steps.run(f"installing {torch}", [*pip, "-c", str(self.constraints), torch])
            return "cpu" if sys.platform == "linux" else "default"
        if sys.platform == "linux" and not gpu:
            only = ["--no-deps", "--extra-index-url", CPU_BUILDS, "--retries", "0"]
            small = [*pip, *only, "--timeout", "15", f"{torch}+cpu"]
            try:
                steps.run(f"installing {torch} in its build for CPUs", small)
                return "cpu"
            except StepError as error:
                if any(re.search(pattern, error.said) for pattern in TROUBLES):
                    raise
            steps.total += 1
            print(f"No CPU build of {torch} is to be had for this machine. The default one brings")
            print("CUDA along: 3 GB to fetch, 8 GB on the disk. Ctrl-C stops it.", flush=True)
            self._require_means(CUDA_GB)
        steps.run(f"installing {torch}", [*pip, "-c", str(self.constraints), torch])
        return "default"


def pinned_torch(constraints: Path) -> str:
    """Return the line that pins torch, as in "torch==2.13.0"."""
    return re.findall(r"^torch==[\w.]+", constraints.read_text("utf-8"), re.MULTILINE)[0]


def python_version() -> str:
    """Return the version of the Python that runs this, as in "3.11"."""
    return "{}.{}".format(*sys.version_info)
