"""`catch_up`: a latecomer gets what the exercises of the earlier lessons would have defined."""

import linecache
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import numpy as np
from IPython import get_ipython

from course_lib.checking.asking import this_lesson
from course_lib.checking.notebook import solutions
from course_lib.checking.panel import show
from course_lib.checking.registry import all_exercises
from course_lib.errors import UnknownNameError

Functions = Mapping[str, Callable[..., Any]]


def catch_up(lesson: str | int | None = None) -> Functions | None:
    """Define what the exercises before a lesson would have defined; nothing of yours is replaced.

    Parameters
    ----------
    lesson : the number of the lesson that you want to begin with, e.g. "05"; if left, this
        notebook's own

    Returns
    -------
    Functions by their names where there is no notebook to define them in; None in a notebook.

    Raises
    ------
    UnknownNameError
        If there is no such lesson.
    """
    number = _number(this_lesson() if lesson is None else lesson)
    functions = functions_before(number)
    shell = get_ipython()
    if shell is None:
        _tell(number, _outside(number, functions))
        return functions
    _tell(number, _inside(*define(functions, shell.user_ns)))
    return None


def functions_before(number: str) -> Functions:
    """Return the solutions of all exercises before a lesson, by name and in course order."""
    written = solutions()
    room: dict[str, Any] = {"np": np, "__name__": "the course's solutions"}
    earlier = [one.name for one in all_exercises().values() if one.lesson < number]
    for name in earlier:
        _define(name, written[name], room)
    return MappingProxyType({name: room[name] for name in earlier})


def define(functions: Functions, names: MutableMapping[str, Any]) -> tuple[list[str], list[str]]:
    """Add functions to a namespace; return those that were added and those that were there."""
    left = [name for name in functions if name in names]
    added = [name for name in functions if name not in names]
    names.update({name: functions[name] for name in added})
    return added, left


def _define(name: str, code: str, room: dict[str, Any]) -> None:
    """Run a solution in a room of its own, where it finds NumPy and the other solutions.

    There a learner's half-finished ``softmax`` cannot break what is built on it. The lines are
    kept, so that ``softmax??`` and a traceback can show them.
    """
    file = f"<a solution of {name}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), room)


def _number(lesson: str | int | None) -> str:
    known = sorted({one.lesson for one in all_exercises().values()})
    number = str(lesson).strip()
    number = number.zfill(2) if number.isdigit() else ""
    if number not in known:
        raise UnknownNameError(
            f"expected the number of the lesson that you want to begin with; got "
            f"{str(lesson)[:40]!r}. The course has {', '.join(known)}: write, for instance, "
            'catch_up("05").'
        )
    return number


def _inside(added: list[str], left: list[str]) -> str:
    said = f"Defined for you, from the course's solutions: {_list(added)}."
    if left:
        said += (
            f" Left as they are, since you have them: {_list(left)}. "
            f"To get the course's own, say `del {left[0]}`, and catch up again."
        )
    return said


def _outside(number: str, functions: Functions) -> str:
    return (
        f"No notebook is here to define them in, so they are returned: {_list([*functions])}. "
        f'Take one by its name, as in catch_up("{number}")["dot_product"].'
    )


def _tell(number: str, said: str) -> None:
    said += " This counts as no progress: the exercises are still yours to do."
    if number == "00":
        said = "Nothing comes before lesson 00, so there is nothing to define."
    show("shown", f"caught up with what comes before lesson {number}", said)


def _list(names: list[str]) -> str:
    return ", ".join(names) or "nothing"
