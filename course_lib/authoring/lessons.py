"""Read what the course is written in: percent-format sources with a metadata header."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import yaml
from nbformat import NotebookNode

from course_lib.errors import CourseError, UnknownNameError
from course_lib.numbering import with_numbers

ROOT = Path(__file__).resolve().parents[2]

_MARKS_OF_THE_FORMAT = ("cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker")


@dataclass(frozen=True)
class Source:
    """One written file: a lesson, or the exercises that belong to a lesson."""

    path: Path
    course: dict[str, Any]  # the lesson's metadata, as its header states it
    cells: list[NotebookNode]

    @property
    def stem(self) -> str:
        """The name that source and notebooks share, such as 03_scores."""
        return self.path.stem

    @property
    def number(self) -> str:
        """The two digits that order the lessons."""
        return self.stem[:2]

    @property
    def is_exercise(self) -> bool:
        """Whether this is an exercise file rather than a lesson."""
        return self.path.parent.name == "exercises"

    @property
    def name(self) -> str:
        """The path as an author would write it, from the repository's root."""
        folder = "lessons/exercises" if self.is_exercise else "lessons"
        return f"{folder}/{self.path.name}"


def read_source(path: Path) -> Source:
    """Read one source file into its metadata and its cells."""
    try:
        notebook = jupytext.reads(with_numbers(path.read_text("utf-8")), fmt="py:percent")
    except yaml.YAMLError as error:
        raise CourseError(
            f"{path} should begin with a header of YAML between two '# ---' lines, and this one "
            f"cannot be read: {error}. Look for a missing quotation mark, bracket or indent."
        ) from error
    for cell in notebook.cells:
        for key in _MARKS_OF_THE_FORMAT:
            cell.metadata.pop(key, None)
    course = notebook.metadata.get("course") or {}
    return Source(path, dict(course), list(notebook.cells))


def read_sources(root: Path, numbers: tuple[str, ...] = ()) -> list[Source]:
    """Read all sources, or those of the lessons that are asked for, in course order."""
    written = root / "lessons"
    paths = [*sorted(written.glob("[0-9]*.py")), *sorted((written / "exercises").glob("[0-9]*.py"))]
    known = sorted({path.stem[:2] for path in paths})
    wanted = {number.zfill(2)[:2] for number in numbers} or set(known)
    if unknown := sorted(wanted - set(known)):
        raise UnknownNameError(
            f"No lesson has the number {', '.join(unknown)}. "
            f"The course has {', '.join(known) or 'none yet'}: give two digits, as in 'build 03'."
        )
    return [read_source(path) for path in paths if path.stem[:2] in wanted]


def lessons_of(sources: list[Source]) -> list[Source]:
    """Keep the lessons and leave out the exercise files."""
    return [source for source in sources if not source.is_exercise]
