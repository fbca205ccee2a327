"""`quiz`: three questions at the end of a lesson, each choice explained."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ipywidgets as widgets

from course_lib.errors import UnknownNameError
from course_lib.questions.choosing import as_plain, radio_group, show
from course_lib.storage import remember


@dataclass(frozen=True)
class Choice:
    """One possible answer and what to say about it."""

    text: str
    because: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """One question; exactly one of its choices is right."""

    name: str
    text: str
    choices: tuple[Choice, ...]


# Asked at the beginning, without an explanation, and again at the end of the course.
_ASKED_TWICE = {"before": "before and after", "after": "before and after"}


def quiz(lesson: str) -> None:
    """Ask the questions at the end of a lesson; every choice is explained.

    Parameters
    ----------
    lesson : its number, e.g. "03"; or "before" and "after" for the eight questions that are
        asked at both ends of the course, and explained only at the second

    Raises
    ------
    UnknownNameError
        If there are no questions for it.
    """
    questions = questions_of(lesson)
    live = widgets.VBox([_live(question) for question in questions])
    plain = [
        f"{n}. {as_plain(question.text, [c.text for c in question.choices])}"
        for n, question in enumerate(questions, start=1)
    ]
    show(live, "\n\n".join(plain))


@cache
def questions_of(lesson: str) -> tuple[Question, ...]:
    """Read the questions of a lesson, as its author wrote them.

    Raises
    ------
    UnknownNameError
        If there are none.
    """
    source = _ASKED_TWICE.get(lesson, lesson)
    folder = files("course_lib.questions").joinpath("texts")
    known = sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )
    if source not in known:
        raise UnknownNameError(
            f"expected the number of a lesson with questions; got {str(lesson)[:40]!r}. "
            f"There are questions for {', '.join(known)}."
        )
    written = tomllib.loads(folder.joinpath(f"{source}.toml").read_text("utf-8"))["questions"]
    return tuple(
        Question(f"{lesson}.{n}", one["text"], tuple(Choice(**choice) for choice in one["choices"]))
        for n, one in enumerate(written, start=1)
    )


def _live(question: Question) -> widgets.Widget:
    by_text = {choice.text: choice for choice in question.choices}

    def explain(text: str) -> str:
        choice = by_text[text]
        note = remember("quiz", question.name, choice=text, right=choice.right)
        if question.name.startswith("before"):
            return note or "Kept. The same question waits at the end of the course."
        verdict = "✓ Right." if choice.right else "✗ Not this one."
        return f"{verdict} {choice.because}" + (f" {note}" if note else "")

    return radio_group(question.text, list(by_text), explain)
