"""Self-attention, step by step: what the lessons stand on.

Importing this package is quick: each name below is fetched from its room when it is first
touched, and neither torch nor matplotlib is loaded before something needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib.missing_names import advise_in_notebook

if TYPE_CHECKING:
    from course_lib.checking.notebook import check, hint, progress, solution
    from course_lib.questions.difference import before_and_after
    from course_lib.questions.prediction import predict
    from course_lib.questions.quiz import quiz
    from course_lib.teaching.catching_up import catch_up

_ROOM_OF = {
    "check": "checking.notebook",
    "hint": "checking.notebook",
    "solution": "checking.notebook",
    "progress": "checking.notebook",
    "before_and_after": "questions.difference",
    "predict": "questions.prediction",
    "quiz": "questions.quiz",
    "catch_up": "teaching.catching_up",
}

__all__ = [
    "before_and_after",
    "catch_up",
    "check",
    "hint",
    "predict",
    "progress",
    "quiz",
    "solution",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


advise_in_notebook()
