"""Fetch the wheels for a kind of machine, and put them into one archive with the course."""

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rich.console import Console

from course_lib.errors import CourseError
from course_lib.running.packing.machines import Machine, machine
from course_lib.running.packing.needs import requirement_lines
from course_lib.running.preparing.environment import CPU_BUILDS, PIP
from course_lib.running.preparing.steps import last_words
from course_lib.running.preparing.wheels import CONTENTS, FOLDER, checksum

NAME = "self-attention"  # of the folder that the archive unpacks to
START = "START.txt"
MADE_HERE = {".venv", "workspace", "build", FOLDER}  # where there is no git to ask
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the oldest date that an archive knows: equal files, equal bytes

BUILDING = ("hatchling", "editables")  # the course's own package, wherever it lies

Fetch = Callable[[Path, Machine, Path], None]


def pack(
    root: Path,
    *,
    kind: str = "this",
    python: str | None = None,
    out: Path | None = None,
    fetch: Fetch | None = None,
) -> int:
    """Write the course and all that it installs into one archive.

    Parameters
    ----------
    root : the folder of the course
    kind : for which machines, one of KINDS
    python : its version there, as in "3.11"; this one's if left
    out : the archive; below build/ if left
    fetch : puts what such a machine needs into a folder; pip if left

    Returns
    -------
    int
        The exit code: 0 when all is well.
    """
    console = Console(soft_wrap=True, highlight=False)
    target = machine(kind, python)
    out = out or root / "build" / f"{NAME}-{re.sub('[ ,]+', '-', target.name).lower()}.zip"
    with tempfile.TemporaryDirectory(prefix="course-wheels-") as folder:
        wheels = Path(folder)
        with console.status(f"fetching wheels for {target.name}"):
            (fetch or fetch_wheels)(root, target, wheels)
        write_archive(out, dict(contents(root, target, wheels)))
    console.print(f"[green]packed[/]  {out}  {out.stat().st_size / 1e6:.0f} MB, for {target.name}")
    console.print(f"Unpack it on such a machine and read {START}; it needs no network there.")
    return 0


def contents(root: Path, target: Machine, wheels: Path) -> Iterator[tuple[str, Path | bytes]]:
    """Name what goes into the archive, and where its bytes are."""
    yield START, start_text(target).encode()
    for name in course_files(root):
        yield name, root / name
    fetched = sorted(wheels.glob("*.whl"))
    for wheel in fetched:
        yield f"{FOLDER}/{wheel.name}", wheel
    sums = {wheel.name: checksum(wheel) for wheel in fetched}
    known = {"machine": target.name, "sha256": sums}
    yield f"{FOLDER}/{CONTENTS}", json.dumps(known, indent=1).encode()


def start_text(target: Machine) -> str:
    """Say to a learner in three lines how to begin."""
    python = f"py -{target.python}" if target.system == "win32" else f"python{target.python}"
    return (
        f"1. You need Python {target.python}, and no network.\n"
        f"2. Open a terminal in this folder and type:  {python} course.py lab\n"
        "3. The first start takes a minute or a few. Your work is kept in the folder workspace.\n"
    )


def course_files(root: Path) -> list[str]:
    """List what belongs to the course, as git knows it: nobody's work, nothing that was made here.

    Where there is no git, it is all that is neither hidden nor made by the course's own verbs.
    """
    asked = ["git", "ls-files", "-z"]
    if (root / ".git").exists():
        said = subprocess.run(asked, cwd=root, capture_output=True, check=True).stdout
        names = [name for name in os.fsdecode(said).split("\0") if name]
    else:
        paths = [path.relative_to(root) for path in root.rglob("*")]
        names = [path.as_posix() for path in paths if not _is_made_here(path)]
    return sorted(name for name in names if (root / name).is_file())


def fetch_wheels(root: Path, target: Machine, folder: Path) -> None:
    """Let pip fetch all that a set-up asks for.

    Raises
    ------
    CourseError
        If something is not to be had for that machine.
    """
    pip = [sys.executable, "-m", "pip", "download", "--only-binary=:all:", "--no-input"]
    pip += ["--progress-bar", "off", "--dest", str(folder), *target.pip_options()]
    for words in downloads(root, target):
        done = subprocess.run([*pip, *words], capture_output=True, text=True, errors="replace")
        if done.returncode:
            said = last_words(done.stderr or done.stdout, 1)
            raise CourseError(
                f"pip should have fetched everything for {target.name}, and it did not:\n{said}\n"
                "Is there a network? If there is, what it names does not exist for that machine: "
                "choose another --python, or pack on a machine of that kind."
            )


def downloads(root: Path, target: Machine) -> Iterator[list[str]]:
    """Say what pip has to fetch: torch, what learners use, and what the set-up works with."""
    lines = requirement_lines(root, target.markers())
    torch = [line for line in lines if line.startswith("torch==")]
    if target.system == "linux":
        small = ["--extra-index-url", CPU_BUILDS, "--retries", "0", "--timeout", "15"]
        yield ["--no-deps", *small, f"{torch[0]}+cpu"]
    else:
        yield ["--no-deps", *torch]
    yield ["--no-deps", *(line for line in lines if line not in torch)]
    yield ["-c", str(root / "constraints.txt"), PIP, *BUILDING]


def write_archive(out: Path, files: Mapping[str, Path | bytes]) -> None:
    """Write an archive whose bytes depend on its files alone; all of it or nothing."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f"{out.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, source in files.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}", WRITTEN)
            entry.external_attr = 0o100644 << 16
            is_packed = name.endswith(".whl")  # a wheel is an archive itself
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            content = source if isinstance(source, bytes) else source.read_bytes()
            archive.writestr(entry, content)
    part.replace(out)


def _is_made_here(path: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    return hidden or path.parts[0] in MADE_HERE or path.parts[0] == START
