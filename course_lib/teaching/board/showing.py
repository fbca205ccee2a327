"""`course.py board FOLDER`: the table in the terminal, again and again, and as a page."""

import time
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from course_lib.errors import CourseError
from course_lib.teaching.board.page import as_page, write_page
from course_lib.teaching.board.reading import Board, Learner, lessons_with_exercises, read_board

WIDTH = 120  # where nobody watches, and no terminal says how wide it is
_MOST_ODD = 10
_TROUBLE = ("incorrect", "error", "timed out")


def show(folder: Path, *, page: Path | None = None, every: int | None = None) -> int:
    """Show the board once, or until Ctrl-C; return the exit code.

    Parameters
    ----------
    folder : where learners share their progress
    page : an HTML file that is written as often
    every : seconds between two looks; once if left, and where nobody watches
    """
    if page and not page.parent.is_dir():
        raise CourseError(
            f"expected --html to name a file in a folder that exists; got {page}. "
            f"Make the folder {page.parent} first."
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width, every = WIDTH, every if page else None
    board = _look(folder, page, every)
    if every is None:
        console.print(as_table(board))
        return 0
    with Live(_renewed(board), console=console, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(every)
                live.update(_renewed(_look(folder, page, every)), refresh=True)
        except KeyboardInterrupt:
            return 0


def _look(folder: Path, page: Path | None, every: int | None) -> Board:
    board = read_board(folder)
    if page:
        write_page(page, as_page(board, every=every))
    return board


def _renewed(board: Board) -> Group:
    return Group(as_table(board), Text("Ctrl-C ends."))


def as_table(board: Board) -> Group:
    """Draw one row a learner and one column a lesson: how many of its exercises are passed."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("learner", no_wrap=True, min_width=8, max_width=24)
    lessons = lessons_with_exercises()
    for lesson in lessons:
        table.add_column(lesson, justify="center", no_wrap=True)
    table.add_column("passed", justify="right", no_wrap=True)
    for learner in board.learners:
        cells = [_cell(learner, names) for names in lessons.values()]
        table.add_row(Text(learner.nickname), *cells, str(learner.passed))
    odd = [Text(f"not shown: {line}", style="yellow") for line in board.odd[:_MOST_ODD]]
    if (more := len(board.odd) - _MOST_ODD) > 0:
        odd.append(Text(f"and {more} more files that are not shown", style="yellow"))
    return Group(table, _legend(board), *odd)


def _cell(learner: Learner, names: list[str]) -> Text:
    states = [learner.state(name) for name in names]
    n_passed = states.count("correct")
    if n_passed == len(names):
        return Text("✓", style="green")
    if any(state in _TROUBLE for state in states):
        return Text(f"{n_passed}/{len(names)}✗", style="red")
    return Text(f"{n_passed}/{len(names)}" if n_passed else "·")


def _legend(board: Board) -> Text:
    who = f"{len(board.learners)} learner{'s' * (len(board.learners) != 1)}"
    marks = "✓ all passed, 1/2 one of two passed, ✗ another tried and not passed yet, · not tried"
    return Text(f"{who}; {marks}")
