"""`check`, `hint`, `solution`, `progress`: what a learner calls, and how it looks in a notebook.

The only file of the checker that knows IPython. Everything it shows has a plain-text twin.
"""

import json
from html import escape
from importlib.resources import files
from typing import Any

from IPython import get_ipython
from IPython.display import display

from course_lib.checking.engine import evaluate
from course_lib.checking.registry import exercise_named
from course_lib.checking.standing import as_text
from course_lib.checking.verdict import Verdict
from course_lib.errors import CourseError
from course_lib.numbering import with_numbers
from course_lib.storage import remember

_MARKS = {
    "correct": ("✓", "#1a7f37"),
    "incorrect": ("✗", "#b3261e"),
    "not attempted": ("○", "#57606a"),
    "error": ("!", "#9a6700"),
    "timed out": ("!", "#9a6700"),
}


def check(name: str, candidate: Any = None) -> None:
    """Show whether an answer is right, and if not, which mistake it is; keep the progress.

    Parameters
    ----------
    name : the exercise, e.g. "scaled_scores"
    candidate : your function, without parentheses
    """
    try:
        verdict = evaluate(name, candidate)
    except CourseError as complaint:
        show("○", "not checked", "#9a6700", str(complaint))
        return
    note = remember("check", name, status=verdict.status, mistake=verdict.mistake)
    mark, colour = _MARKS[verdict.status]
    text = verdict.message + (f"\n{note}" if note else "")
    show(mark, f"{_title(verdict)}", colour, text)


def hint(name: str, number: int = 1) -> None:
    """Show a hint; a greater number is more direct.

    Parameters
    ----------
    name : the exercise
    number : 1 for the first hint
    """
    try:
        hints = exercise_named(name).hints
    except CourseError as complaint:
        show("○", "no hint", "#9a6700", str(complaint))
        return
    if number not in range(1, len(hints) + 1):
        show("○", "no hint", "#57606a", f"{name} has hints 1 to {len(hints)}; got {number!r}.")
        return
    number = int(number)  # 2.0 counts as well
    more = f'\nOne more: hint("{name}", {number + 1})' if number < len(hints) else ""
    text = with_numbers(hints[number - 1]) + more
    show("→", f"{name}, hint {number} of {len(hints)}", "#0550ae", text)


def solution(name: str) -> None:
    """Show a solution; try two hints before."""
    try:
        exercise = exercise_named(name)
    except CourseError as complaint:
        show("○", "no solution", "#9a6700", str(complaint))
        return
    show("→", f"{name}, one solution", "#0550ae", solutions()[exercise.name], code=True)


def progress() -> None:
    """Show every exercise with its state and the number of attempts."""
    show("→", "your progress", "#0550ae", as_text(), code=True)


def _title(verdict: Verdict) -> str:
    what = f": {verdict.mistake}" if verdict.mistake else ""
    return f"{verdict.exercise} – {verdict.status}{what}"


def solutions() -> dict[str, str]:
    """Read the solutions that ``build`` took from the exercises' sources."""
    return json.loads(files("course_lib.checking").joinpath("solutions.json").read_text("utf-8"))


def show(mark: str, title: str, colour: str, text: str, *, code: bool = False) -> None:
    """Show a title and a text in the checker's dress, or print them where no notebook is."""
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0.9em; margin: 0.3em 0"
    said, _, shown = ("", "", text) if code else text.partition("\n")
    head = f'<strong><span style="color: {colour}">{mark}</span> {escape(title)}</strong>'
    html = f'<div style="{style}">{head}{_block(said, "inherit")}{_block(shown, "monospace")}</div>'
    plain = f"{mark} {title}\n{text}"
    if get_ipython() is None:
        print(plain)  # noqa: T201 (there is no other way to show it)
    else:
        display({"text/plain": plain, "text/html": html}, raw=True)


def _block(text: str, family: str) -> str:
    """Set one part of a text as it is, line breaks included; arrays want letters of one width."""
    style = f"white-space: pre-wrap; font-family: {family}; margin: 0.4em 0 0; background: none"
    return f'<div style="{style}">{escape(text)}</div>' if text else ""
