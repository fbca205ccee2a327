"""What was handed in: FOLDER/LEARNER/NN_name.ipynb, all of it read before any of it runs.

So a notebook that changes another learner's file while it is graded comes too late.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.checking.registry import all_exercises
from course_lib.errors import CourseError
from course_lib.teaching.untrusted import RefusedError, plain, read_bytes

_LARGEST = 16 << 20  # bytes of one notebook; an exercise notebook with its outputs has some 100 KB
_MOST_FILES = 200  # notebooks of one learner


@dataclass(frozen=True)
class Submission:
    """One file of one learner: its lesson and code cells, or what is wrong with it.

    Parameters
    ----------
    learner : the folder's name, as it may be shown
    lesson : two digits, or "" where the file's name begins with none that the course has
    cells : the sources of the code cells
    fault : why there are no cells
    is_there : whether anything was handed in at all
    """

    learner: str
    lesson: str = ""
    cells: tuple[str, ...] = ()
    fault: str = ""
    is_there: bool = True

    @property
    def exercises(self) -> list[str]:
        """The exercises of its lesson, in the order of the course."""
        return [name for name, one in all_exercises().items() if one.lesson == self.lesson]


def read_folder(folder: Path) -> list[Submission]:
    """Read every learner's notebooks, in the order of names.

    Raises
    ------
    CourseError
        If there is no folder, or no learner's folder in it.
    """
    if not folder.is_dir():
        raise CourseError(
            f"expected a folder that holds one folder for each learner; got {plain(str(folder))}, "
            "which is no folder. Is its name spelled right?"
        )
    learners = [path for path in sorted(folder.iterdir()) if _may_be_learner(path)]
    if not learners:
        raise CourseError(
            f"expected notebooks in {plain(str(folder))}/LEARNER/NN_name.ipynb; there is no "
            "folder of any learner. Was the folder of one learner given, or one too far up?"
        )
    return [submission for path in learners for submission in _read_learner(path)]


def _may_be_learner(path: Path) -> bool:
    return not path.name.startswith(".") and (path.is_symlink() or path.is_dir())


def _read_learner(path: Path) -> Iterator[Submission]:
    learner = plain(path.name)
    if path.is_symlink():
        yield Submission(learner, fault="its folder is a symbolic link, which is not followed")
        return
    try:
        files = [file for file in sorted(path.iterdir()) if file.suffix.lower() == ".ipynb"]
    except OSError as fault:
        yield Submission(learner, fault=f"its folder cannot be read: {fault.strerror}")
        return
    files = [file for file in files if not file.name.startswith(".")]
    if not files:
        yield Submission(learner, fault="no notebook named NN_name.ipynb", is_there=False)
    elif len(files) > _MOST_FILES:
        yield Submission(learner, fault=f"more than {_MOST_FILES} notebooks")
    else:
        yield from _read_files(learner, files)


def _read_files(learner: str, files: list[Path]) -> Iterator[Submission]:
    """Read one notebook for each lesson, the one with the plainest name; mention the others."""
    chosen: dict[str, Path] = {}
    others: list[Submission] = []
    for file in sorted(files, key=lambda file: (_lesson_of(file), len(file.name), file.name)):
        lesson, name = _lesson_of(file), plain(file.name)
        if not lesson:
            others.append(Submission(learner, fault=f"{name} is named like no lesson, not graded"))
        elif lesson in chosen:
            taken = plain(chosen[lesson].name)
            fault = f"{name} is a second notebook of lesson {lesson}, not graded; {taken} was"
            others.append(Submission(learner, fault=fault))
        else:
            chosen[lesson] = file
    for lesson, file in chosen.items():
        yield _read_notebook(learner, lesson, file)
    yield from others


def _lesson_of(file: Path) -> str:
    """Return the number that a name begins with, if it is a lesson's that has exercises."""
    number = re.match(r"[0-9]{2}(?![0-9])", file.name)
    known = {exercise.lesson for exercise in all_exercises().values()}
    return number[0] if number and number[0] in known else ""


def _read_notebook(learner: str, lesson: str, file: Path) -> Submission:
    try:
        cells = _code_cells(json.loads(read_bytes(file, _LARGEST)))
    except RefusedError as refusal:
        return Submission(learner, lesson, fault=f"not read: {refusal}")
    except (ValueError, RecursionError):
        return Submission(learner, lesson, fault="not a notebook: it is no JSON")
    if cells is None:
        return Submission(learner, lesson, fault="not a notebook: it has no list of cells")
    return Submission(learner, lesson, cells)


def _code_cells(notebook: Any) -> tuple[str, ...] | None:
    """Return the code cells' sources; cells that are none are passed over."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return None
    sources = (
        cell.get("source")
        for cell in cells
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )
    joined = ("".join(map(str, s)) if isinstance(s, list) else s for s in sources)
    return tuple(source for source in joined if isinstance(source, str))
