"""`quiz`: three questions at the end of a lesson, each choice explained."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from course_lib.errors import UnknownNameError
from course_lib.numbering import with_numbers
from course_lib.questions.widget import Questions, as_plain, last_choices, place_of, show
from course_lib.storage import recall, remember


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

    @property
    def offered(self) -> list[str]:
        """What can be chosen."""
        return [choice.text for choice in self.choices]


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
    is_judged = lesson != "before"
    earlier = last_choices("quiz", recall().events)

    def keep(place: int, choice: int) -> str | None:
        question = questions[place]
        chosen = question.choices[choice]
        return remember("quiz", question.name, choice=chosen.text, right=chosen.right)

    live = Questions(
        keep,
        kind="quiz" if is_judged else "before",
        questions=[_as_state(question, is_judged=is_judged) for question in questions],
        chosen=[place_of(earlier.get(one.name), one.offered) for one in questions],
    )
    plain = [f"{n}. {as_plain(one.text, one.offered)}" for n, one in enumerate(questions, start=1)]
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
    text = with_numbers(folder.joinpath(f"{source}.toml").read_text("utf-8"))
    written = tomllib.loads(text)["questions"]
    return tuple(
        Question(f"{lesson}.{n}", one["text"], tuple(Choice(**choice) for choice in one["choices"]))
        for n, one in enumerate(written, start=1)
    )


def _as_state(question: Question, *, is_judged: bool) -> dict[str, Any]:
    """Return what the page is to know: of a question that is not judged, no more than it asks."""
    asked = {"text": question.text, "choices": question.offered}
    if not is_judged:
        return asked
    right = [choice.right for choice in question.choices].index(True)
    return {**asked, "because": [choice.because for choice in question.choices], "right": right}
