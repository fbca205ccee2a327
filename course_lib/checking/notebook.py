"""`check`, `hint`, `solution`, `progress`: what a learner calls in a notebook."""

import json
from importlib.resources import files
from typing import Any

from IPython import get_ipython

from course_lib.checking.asking import exercise_meant, function_of
from course_lib.checking.engine import evaluate
from course_lib.checking.exercise import Exercise
from course_lib.checking.newest import newer_attempt
from course_lib.checking.panel import WayOn, show
from course_lib.checking.progress_table import as_text, next_open, standings
from course_lib.checking.verdict import Verdict
from course_lib.errors import CourseError
from course_lib.numbering import after, name_of, number_of, path_of, with_numbers
from course_lib.storage import remember


def check(name: Any = None, candidate: Any = None) -> None:
    """Show whether an answer is right, and if not, which mistake it is; keep the progress.

    Parameters
    ----------
    name : the exercise, e.g. "scaled_scores"; if left, the next one of this notebook
    candidate : your function, without parentheses; it may also stand alone
    """
    try:
        exercise = exercise_meant(name)
        if name is None:
            candidate = function_of(exercise)
        elif callable(name):
            candidate = name
    except CourseError as complaint:
        show("refused", "not checked", str(complaint))
        return
    verdict = evaluate(exercise.name, candidate)
    note = remember("check", exercise.name, status=verdict.status, mistake=verdict.mistake)
    text = "\n".join(filter(None, [verdict.message, _help(verdict), note]))
    way_on = _way_on(exercise) if verdict.status == "correct" else None
    newer = _newer(exercise, candidate)
    show(verdict.status, _title(verdict), text, first=newer, way_on=way_on)


def hint(name: Any = None, number: int = 1) -> None:
    """Show a hint; a greater number is more direct.

    Parameters
    ----------
    name : the exercise, or your function; if left, the next one of this notebook
    number : 1 for the first hint
    """
    try:
        exercise = exercise_meant(name)
    except CourseError as complaint:
        show("refused", "no hint", str(complaint))
        return
    name, hints = exercise.name, exercise.hints
    if number not in range(1, len(hints) + 1):
        text = f"{name} has hints 1 to {len(hints)}; got {number!r}."
        show("not attempted", "no hint", text)
        return
    number = int(number)  # 2.0 counts as well
    more = f'\nOne more: hint("{name}", {number + 1})' if number < len(hints) else ""
    text = with_numbers(hints[number - 1]) + more
    show("shown", f"{name}, hint {number} of {len(hints)}", text)


def solution(name: Any = None) -> None:
    """Show a solution; try two hints before.

    Parameters
    ----------
    name : the exercise, or your function; if left, the next one of this notebook
    """
    try:
        exercise = exercise_meant(name)
    except CourseError as complaint:
        show("refused", "no solution", str(complaint))
        return
    show("shown", f"{exercise.name}, one solution", solutions()[exercise.name], code=True)


def progress() -> None:
    """Show how far you are, what comes next, and every exercise with its attempts."""
    coming = next_open(standings()[0])
    lesson = name_of(coming.lesson) if coming else None
    way_on = (
        WayOn("", f"Open {coming.exercise}", path_of(lesson, "exercises"))
        if coming and lesson
        else None
    )
    show("shown", "your progress", as_text(), way_on=way_on)


def solutions() -> dict[str, str]:
    """Read the solutions that ``build`` took from the exercises' sources."""
    return json.loads(files("course_lib.checking").joinpath("solutions.json").read_text("utf-8"))


def _title(verdict: Verdict) -> str:
    what = f": {verdict.mistake}" if verdict.mistake else ""
    return f"{verdict.exercise} – {verdict.status}{what}"


def _newer(exercise: Exercise, candidate: Any) -> str | None:
    """Say that a later cell than the judged function's seems to be meant."""
    shell = get_ipython()
    if shell is None:
        return None
    return newer_attempt(
        exercise, candidate, shell.history_manager.input_hist_parsed, shell.user_ns
    )


def _help(verdict: Verdict) -> str | None:
    is_unknown = verdict.status == "incorrect" and verdict.mistake is None
    return f'hint("{verdict.exercise}") may help.' if is_unknown else None


def _way_on(exercise: Exercise) -> WayOn | None:
    """Lead to the next lesson, if all exercises of this one are done."""
    lesson = name_of(exercise.lesson)
    coming = after(lesson) if lesson else None
    if not coming or next_open(standings()[0], exercise.lesson):
        return None
    words = f"On to lesson {number_of(coming)}"
    return WayOn(f"All of lesson {exercise.lesson}.", words, path_of(coming))
