"""The working copy: the course's files as the learner gets them, and how an update reaches them.

What the learner changed stays untouched. A manifest remembers, for each path, the fingerprint
of what the course last gave there: a file that still has it may be renewed.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from filelock import FileLock

from course_lib.errors import CourseError, UnknownNameError
from course_lib.storage.beside import dated_beside

FOLDERS = ("notebooks", "exercises", "solutions")
MANIFEST_NAME = ".given.json"
LOCK_NAME = ".given.lock"
LOCK_SECONDS = 20.0


@dataclass
class Refreshed:
    """What a refresh did, in paths relative to the working copy."""

    new: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # changed file: the new version beside it
    saved: dict[str, str] = field(default_factory=dict)  # begun afresh: the dated copy beside it


def refresh_workspace(course: Path, home: Path, *, fresh: Collection[str] = ()) -> Refreshed:
    """Bring the working copy up to date; what the learner changed stays theirs.

    Parameters
    ----------
    course : the folder that holds notebooks, exercises and solutions
    home : the working copy; made where it does not exist
    fresh : numbers of the lessons to begin afresh, such as "03"

    Raises
    ------
    CourseError
        If there is no course here, or no lesson with such a number.
    OSError
        If the working copy cannot be written. Running it again completes the work.
    """
    keys = _course_files(course)
    afresh = _files_of_lessons(fresh, keys)
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / LOCK_NAME, timeout=LOCK_SECONDS):
        refresh = _Refresh(home, _read_manifest(home), Refreshed())
        try:
            for key in keys:
                content = _without_outputs(course / key)
                if key in afresh:
                    refresh.begin_afresh(key, content)
                refresh.give(key, content)
        finally:  # even when interrupted, what was given is known
            _write(home / MANIFEST_NAME, json.dumps(refresh.given, indent=1).encode())
    return refresh.report


def give_page(home: Path, name: str, text: str) -> str:
    """Renew a page that the course writes into the working copy.

    Returns
    -------
    str
        Its name there: beside it stands a version of the learner's own, if there is one.
    """
    content = text.encode()
    with FileLock(home / LOCK_NAME, timeout=LOCK_SECONDS):
        refresh = _Refresh(home, _read_manifest(home), Refreshed())
        path = refresh.give_anew(home / name, content)
        _write(home / MANIFEST_NAME, json.dumps(refresh.given, indent=1).encode())
    return path.name


def fingerprint(content: bytes, suffix: str) -> str:
    """Hash what a learner can change in a file.

    Of a notebook these are its cells' order, types, sources and attachments: running it is no
    change. Of any other file it is every byte.
    """
    if suffix == ".ipynb":
        cells = [
            [cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or {}]
            for cell in json.loads(content)["cells"]
        ]
        content = json.dumps(cells, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _course_files(course: Path) -> list[str]:
    found = [path for folder in FOLDERS for path in sorted((course / folder).rglob("*"))]
    paths = [path.relative_to(course) for path in found if path.is_file()]
    keys = [p.as_posix() for p in paths if not any(part.startswith(".") for part in p.parts)]
    if not keys:
        raise CourseError(
            f"Expected the notebooks of the course in {course}, but found none. "
            "Get the whole course again and start it from its own folder."
        )
    return keys


def _files_of_lessons(lessons: Collection[str], keys: list[str]) -> set[str]:
    """Find each lesson's files; 3 and 03 are the same lesson."""
    number_of = {key: Path(key).name.partition("_")[0] for key in keys}
    known = {number for number in number_of.values() if number.isdigit()}
    wanted = {lesson.zfill(2) for lesson in lessons}
    if unknown := sorted(wanted - known):
        raise UnknownNameError(
            f"Expected the number of a lesson, but there is no lesson {unknown[0]}. "
            f"Try one of these: {', '.join(sorted(known))}."
        )
    return {key for key in keys if number_of[key] in wanted}


def _without_outputs(path: Path) -> bytes:
    """Read a file of the course; a notebook loses its outputs, so that predictions stay honest."""
    content = path.read_bytes()
    if path.suffix != ".ipynb":
        return content
    try:
        notebook = json.loads(content)
    except ValueError as fault:
        raise CourseError(
            f"Expected a notebook in {path}, but it cannot be read ({fault}). "
            "Restore the file that came with the course, for example with git restore."
        ) from fault
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass
class _Refresh:
    """One refresh under way: where it writes, what was given before, what it did."""

    home: Path
    given: dict[str, str]
    report: Refreshed

    def give(self, key: str, content: bytes) -> None:
        """Put one file where it belongs, or beside it where the learner's own version stays."""
        path = self.home / key
        new = fingerprint(content, path.suffix)
        if not path.exists():
            _write(path, content)
            self.report.new.append(key)
        elif _fingerprint_at(path) == new:
            pass
        elif self._is_as_given(path):
            _write(path, content)
            self.report.renewed.append(key)
        elif self.given.get(key) != new:  # else this version was offered before
            self.report.kept[key] = self._give_beside(path, content).name
        self.given[key] = new

    def give_anew(self, path: Path, content: bytes) -> Path:
        """Write a page over what was given before, or beside what the learner wrote there."""
        if path.exists() and not self._is_as_given(path):
            return self._give_beside(path, content)
        _write(path, content)
        key = path.relative_to(self.home).as_posix()
        self.given[key] = fingerprint(content, path.suffix)
        return path

    def _is_as_given(self, path: Path) -> bool:
        key = path.relative_to(self.home).as_posix()
        return key in self.given and self.given[key] == _fingerprint_at(path)

    def _give_beside(self, path: Path, content: bytes) -> Path:
        """Write a new version under the first name that holds nothing of the learner's."""
        new = fingerprint(content, path.suffix)
        names = (path.with_stem(f"{path.stem}.new{n if n > 1 else ''}") for n in count(1))
        beside = next(
            name
            for name in names
            if not name.exists() or self._is_as_given(name) or _fingerprint_at(name) == new
        )
        _write(beside, content)
        self.given[beside.relative_to(self.home).as_posix()] = new
        return beside

    def begin_afresh(self, key: str, content: bytes) -> None:
        """Clear the way for a fresh file: move a changed one aside, renew one that only ran."""
        path = self.home / key
        if not path.exists():
            return
        if _fingerprint_at(path) != fingerprint(content, path.suffix):
            dated = dated_beside(path, "")
            path.rename(dated)
            self.report.saved[key] = dated.name
        elif path.read_bytes() != content:
            _write(path, content)
            self.report.renewed.append(key)


def _fingerprint_at(path: Path) -> str | None:
    """Hash a file as it lies there; None where it cannot be read or is no notebook."""
    try:
        return fingerprint(path.read_bytes(), path.suffix)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _read_manifest(home: Path) -> dict[str, str]:
    """Read what was given; without it, every file that differs counts as the learner's."""
    try:
        given = json.loads((home / MANIFEST_NAME).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    entries = given.items() if isinstance(given, dict) else ()
    return {key: value for key, value in entries if isinstance(value, str)}


def _write(path: Path, content: bytes) -> None:
    """Write all of a file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
