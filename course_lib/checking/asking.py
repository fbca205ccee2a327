"""Which exercise is meant: the one that is named, a function's own, or this notebook's next."""

import re
from typing import Any

from course_lib.checking.exercise import Exercise
from course_lib.checking.progress_table import next_open, standings
from course_lib.checking.registry import all_exercises, exercise_named
from course_lib.errors import CourseError
from course_lib.numbering import name_of
from course_lib.this_notebook import notebook_file, shell_here


def exercise_meant(asked: Any = None) -> Exercise:
    """Find the exercise that a learner means.

    Parameters
    ----------
    asked : its name, the learner's function, or nothing for the next one of this notebook

    Raises
    ------
    UnknownNameError
        If there is none of that name; the message offers those of this notebook's lesson.
    """
    lesson = this_lesson()
    if asked is None:
        return _next(lesson)
    name = getattr(asked, "__name__", asked) if callable(asked) else asked
    here = [one.name for one in all_exercises().values() if one.lesson == lesson]
    return exercise_named(name, offer=here)


def this_lesson() -> str | None:
    """Say which lesson's notebook this is, by its file's name or else by what it defines."""
    names = _names()
    file = notebook_file()
    if file and (digits := re.match(r"(\d\d)_", file.name)) and name_of(digits[1]):
        return digits[1]
    defined = [one for name, one in all_exercises().items() if name in names]
    order = list(names)
    newest = max(defined, key=lambda one: order.index(one.name), default=None)
    return newest.lesson if newest else None


def function_of(exercise: Exercise) -> Any:
    """Return what a learner's notebook calls by an exercise's name.

    Raises
    ------
    CourseError
        If nothing is called so there yet.
    """
    if exercise.name not in _names():
        raise CourseError(
            f"expected your function {exercise.signature}; nothing is called {exercise.name} here "
            "yet. Run the cell that defines it, then check again."
        )
    return _names()[exercise.name]


def _next(lesson: str | None) -> Exercise:
    """Return the first exercise that is not done, of this lesson if possible, else its last."""
    rows, _ = standings()
    coming = next_open(rows, lesson)
    of_lesson = [row for row in rows if lesson in (None, row.lesson)]
    return all_exercises()[(coming or of_lesson[-1]).exercise]


def _names() -> dict[str, Any]:
    shell = shell_here()
    return shell.user_ns if shell else {}
