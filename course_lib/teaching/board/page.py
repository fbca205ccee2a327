"""The board as one HTML page that loads nothing and runs nothing.

Jinja2 escapes every text, and the page forbids scripts and all loading, should one slip through. A
cell says in words, for a screen reader, what its mark says to the eye.
"""

import os
import tempfile
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from course_lib.checking.verdict import Status
from course_lib.teaching.board.reading import Board, lessons_with_exercises

MARKS: dict[Status, str] = {
    "correct": "✓",
    "incorrect": "✗",
    "not attempted": "·",
    "error": "!",
    "timed out": "!",
}

_TEMPLATES = Environment(
    loader=PackageLoader("course_lib.teaching.board", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_page(board: Board, *, every: int | None = None) -> str:
    """Write the board as HTML.

    Parameters
    ----------
    board : what was read
    every : seconds after which the page loads itself again; never if left
    """
    return _TEMPLATES.get_template("page.html").render(
        board=board,
        every=every,
        lessons=lessons_with_exercises(),
        marks=MARKS,
        in_words=_in_words,
    )


def _in_words(state: Status, attempts: int) -> str:
    return f"{state}, {attempts} attempt{'s' * (attempts != 1)}" if attempts else state


def write_page(path: Path, page: str) -> None:
    """Write all of the page or nothing, so that a browser never reads half of it."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".board-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(page)
    Path(beside).chmod(0o644)
    Path(beside).replace(path)
