"""Find out whether the function that is judged is the newest one in the notebook.

After a cell that failed, or that defines another name, the kernel still has the older function, and
a check judges lines that no longer stand in the notebook.
"""

import ast
import inspect
import linecache
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from course_lib.checking.exercise import Exercise
from course_lib.checking.registry import all_exercises

_ALIKE = 0.75  # of two names: one may be a slip for the other


def newer_attempt(
    exercise: Exercise, candidate: Any, cells: Sequence[str], names: Mapping[str, Any]
) -> str | None:
    """Say that a later cell seems to be meant; None if the function is the newest one.

    Parameters
    ----------
    exercise : which one is checked
    candidate : the function that is judged
    cells : the cells that were executed, in their order; the last one holds the check
    names : what the notebook defines
    """
    judged = _cell_of(candidate, cells)
    if judged is None or names.get(exercise.name) is not candidate:
        return None
    for number in range(len(cells) - 1, judged, -1):
        if found := _attempt_in(cells[number], exercise):
            return f"This judges the {exercise.name} of cell [{judged}]. Cell [{number}] {found}"
    return None


def _cell_of(candidate: Any, cells: Sequence[str]) -> int | None:
    """Return the number of the newest cell with the lines that defined a function."""
    function = inspect.unwrap(candidate) if inspect.isfunction(candidate) else candidate
    code = getattr(function, "__code__", None)
    lines = linecache.getlines(code.co_filename) if code else []
    written = "".join(lines).strip()
    found = (n for n, cell in enumerate(cells) if written and cell.strip() == written)
    return max(found, default=None)


def _attempt_in(cell: str, exercise: Exercise) -> str | None:
    """Say what a cell did that was run after the one that defined what is judged."""
    if re.search(rf"^def {exercise.name}\b", cell, re.MULTILINE):
        return "defines it anew, but ended in an error: mend that cell and run it, then check."
    other = next((name for name in _similar(cell, exercise)), None)
    return f"defines {other}: should that be called {exercise.name}?" if other else None


def _similar(cell: str, exercise: Exercise) -> list[str]:
    """Name the functions of a cell that are called almost like the exercise."""
    try:
        statements = ast.parse(cell).body
    except SyntaxError:
        return []
    return [
        node.name
        for node in statements
        if isinstance(node, ast.FunctionDef)
        and node.name not in all_exercises()
        and len(node.args.posonlyargs + node.args.args) == len(exercise.parameters)
        and SequenceMatcher(None, node.name, exercise.name).ratio() >= _ALIKE
    ]
