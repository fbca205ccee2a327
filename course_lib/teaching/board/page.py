"""The board as one HTML page that loads nothing and runs nothing.

Every text is escaped, and the page forbids scripts and all loading, should one slip through. A
cell says in words, for a screen reader, what its mark says to the eye.
"""

import os
import tempfile
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from course_lib.checking.verdict import Status
from course_lib.teaching.board.reading import Board, Learner, lessons_with_exercises

MARKS: dict[Status, str] = {
    "correct": "✓",
    "incorrect": "✗",
    "not attempted": "·",
    "error": "!",
    "timed out": "!",
}


def as_page(board: Board, *, every: int | None = None) -> str:
    """Write the board as HTML.

    Parameters
    ----------
    board : what was read
    every : seconds after which the page loads itself again; never if left
    """
    return Template(_beside("page.html")).substitute(
        again=f'<meta http-equiv="refresh" content="{every}">\n' if every else "",
        style=_beside("page.css"),
        legend=_legend(),
        caption=_caption(board),
        head=_head(),
        rows="".join(map(_row, board.learners)),
        odd=_odd(board),
    )


def _beside(name: str) -> str:
    return files("course_lib.teaching.board").joinpath(name).read_text("utf-8")


def write_page(path: Path, page: str) -> None:
    """Write all of the page or nothing, so that a browser never reads half of it."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".board-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(page)
    Path(beside).chmod(0o644)
    Path(beside).replace(path)


def _legend() -> str:
    """Explain the marks to the eye; to the ear, each cell says what it means."""
    words = {
        _mark("correct"): "passed",
        _mark("incorrect"): "not yet",
        _mark("error"): "an error, or no end",
        _mark("not attempted"): "not tried",
    }
    said = ", ".join(f"{mark} {meaning}" for mark, meaning in words.items())
    return f"{said}; a small number counts the tries"


def _mark(state: Status) -> str:
    return f'<span class="{state.replace(" ", "-")}" aria-hidden="true">{MARKS[state]}</span>'


def _caption(board: Board) -> str:
    n_learners = len(board.learners)
    return f"{n_learners} learner{'s' * (n_learners != 1)}, in the order of their nicknames"


def _head() -> str:
    """Write two rows of headings: lessons, and below them their exercises."""
    lessons = lessons_with_exercises()
    groups = "".join(f'<colgroup span="{len(names)}"></colgroup>' for names in lessons.values())
    above = "".join(
        f'<th scope="colgroup" colspan="{len(names)}">{lesson}</th>'
        for lesson, names in lessons.items()
    )
    below = "".join(
        f'<th scope="col" class="name{_edge(name == names[0])}"><span>{escape(name)}</span></th>'
        for names in lessons.values()
        for name in names
    )
    corner = '<th scope="col" rowspan="2" class="who">learner</th>'
    total = '<th scope="col" rowspan="2">passed</th>'
    columns = f"<colgroup><col></colgroup>{groups}<colgroup><col></colgroup>"
    return f"{columns}\n<thead>\n<tr>{corner}{above}{total}</tr>\n<tr>{below}</tr>\n</thead>\n"


def _edge(is_first: bool) -> str:
    return " first" if is_first else ""


def _row(learner: Learner) -> str:
    cells = "".join(
        _cell(learner, name, is_first=name == names[0])
        for names in lessons_with_exercises().values()
        for name in names
    )
    who = f'<th scope="row" class="who"><bdi>{escape(learner.nickname)}</bdi></th>'
    return f"<tr>{who}{cells}<td>{learner.passed}</td></tr>\n"


def _cell(learner: Learner, name: str, *, is_first: bool) -> str:
    state, attempts = learner.state(name), learner.attempts(name)
    words = f"{state}, {attempts} attempt{'s' * (attempts != 1)}" if attempts else state
    tries = f'<small aria-hidden="true">{attempts}</small>' if attempts > 1 else ""
    said = f'<span class="said">{words}</span>'
    return f'<td class="tries{_edge(is_first)}" title="{words}">{_mark(state)}{tries}{said}</td>'


def _odd(board: Board) -> str:
    if not board.odd:
        return ""
    lines = "".join(f"<li><bdi>{escape(line)}</bdi></li>\n" for line in board.odd)
    return f"<h2>Files that are not shown</h2>\n<ul>\n{lines}</ul>\n"
