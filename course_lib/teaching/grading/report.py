"""`course.py grade FOLDER`: run, judge, write the grades, show what the class has to talk about."""

import hashlib
import os
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_lib.checking.registry import all_exercises
from course_lib.checking.verdict import Status
from course_lib.errors import CourseError
from course_lib.teaching.grading.folder import read_folder
from course_lib.teaching.grading.process import ROOT, Limits
from course_lib.teaching.grading.rows import Row, as_csv
from course_lib.teaching.grading.running import grades

WIDTH = 120  # where nobody watches, and no terminal says how wide it is
STATES = get_args(Status)
CHANGED = (
    "The course's own files changed while strangers' functions ran, so these grades mean nothing. "
    "If nobody updated the course meanwhile, a notebook did it: restore the course "
    "(`git status` shows what changed) and grade in a container."
)


def run_all(
    folder: Path,
    *,
    save: Path | None = None,
    limits: Limits | None = None,
    workers: int | None = None,
    seed: int | None = None,
) -> int:
    """Grade a folder, print a summary, save the rows if asked; return the exit code.

    Parameters
    ----------
    folder : holds one folder for each learner
    save : the CSV file
    limits : for each function
    workers : processes at a time; as many as there are cores if left
    seed : repeats the inputs of an earlier run

    Raises
    ------
    CourseError
        If there is nothing to grade, or the grades cannot be saved where they should be.
    """
    _refuse_lost(save)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    limits, workers = limits or Limits(), workers or os.cpu_count() or 1
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    submissions, before = read_folder(folder), _own_files()
    with console.status("grading") as status:
        tell = lambda how_far: status.update(f"grading: {how_far}")  # noqa: E731
        rows = list(grades(submissions, seed=seed, limits=limits, workers=workers, tell=tell))
    if save:  # first: what can go wrong with a terminal must not lose the grades
        _write(save, as_csv(rows))
    _print_summary(rows, console)
    console.print(f"inputs drawn with seed {seed}; --seed {seed} repeats them")
    if save:
        console.print(f"{len(rows)} rows saved to {save}", soft_wrap=True, markup=False)
    if _has_changed(before):
        console.print(Text(CHANGED, style="bold red"), soft_wrap=True)
        return 1
    return 0


def _refuse_lost(save: Path | None) -> None:
    if save and (not save.parent.is_dir() or save.is_dir()):
        raise CourseError(
            f"expected --csv to name a file in a folder that exists; got {save}. "
            f"Make the folder {save.parent} first, or choose another name."
        )


def _write(path: Path, text: str) -> None:
    """Write all of it or nothing; a link of that name is replaced, not followed."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".grades-")
    with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        file.write(text)
    Path(beside).replace(path)


def _own_files() -> dict[Path, bytes]:
    """Digest every file of the course's own code, the compiled ones too."""
    kinds, found = (".py", ".pyc", ".json"), (ROOT / "course_lib").rglob("*")
    return {p: hashlib.sha256(p.read_bytes()).digest() for p in found if p.suffix in kinds}


def _has_changed(before: dict[Path, bytes]) -> bool:
    """Tell whether a file changed or went, or a new one came; newly compiled ones may come."""
    now = _own_files()
    came = [path for path in now if path not in before and path.suffix != ".pyc"]
    return bool(came) or not before.items() <= now.items()


def _print_summary(rows: Sequence[Row], console: Console) -> None:
    """Show each exercise with its states, then what is to be looked at by hand."""
    console.print(_by_exercise(rows))
    for row in rows:
        if not row.exercise:
            console.print(Text(f"{row.learner}: {row.mistake}"), soft_wrap=True)
    learners = {row.learner for row in rows}
    n_answers = sum(bool(row.exercise) for row in rows)
    console.print(f"{_counted(len(learners), 'learner')}, {_counted(n_answers, 'answer')}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _by_exercise(rows: Sequence[Row]) -> Table:
    table = Table("exercise", box=SIMPLE_HEAD, pad_edge=False)
    for state in STATES:
        table.add_column(state, justify="right")
    table.add_column("most frequent mistake")
    handed_in = {row.exercise for row in rows}
    for name in all_exercises():
        if name in handed_in:
            table.add_row(name, *_cells([row for row in rows if row.exercise == name]))
    return table


def _cells(rows: Sequence[Row]) -> list[Text]:
    counts = Counter(row.status for row in rows)
    mistakes = Counter(row.mistake for row in rows if row.mistake and row.status == "incorrect")
    frequent = "".join(f"{title} ({n})" for title, n in mistakes.most_common(1))
    return [Text(str(counts[state] or "·")) for state in STATES] + [Text(frequent)]
