"""`before_and_after`: what the course changed, told by the reader's own answers."""

from dataclasses import dataclass
from html import escape

from IPython import get_ipython
from IPython.display import display

from course_lib.questions.quiz import Question, questions_of
from course_lib.questions.widget import last_choices
from course_lib.storage import recall

_MARKS = {True: "✓", False: "✗", None: "·"}
_WORDS = {True: "right", False: "wrong", None: "not answered"}


@dataclass(frozen=True)
class Answered:
    """One of the questions that are asked twice, and whether each answer was right."""

    question: str
    before: bool | None  # None where there is no answer
    after: bool | None


def before_and_after() -> None:
    """Show your answers to the eight questions: those of lesson 00 beside those of lesson 13.

    The last answer counts on either side. Run the cell again after answering.
    """
    rows, message = differences()
    plain = "\n".join([*_lines(rows), *([message] if message else [])])
    if get_ipython() is None:
        print(plain)  # noqa: T201 (there is no other way to show it)
    else:
        display({"text/plain": plain, "text/html": _as_html(rows, message)}, raw=True)


def differences() -> tuple[list[Answered], str | None]:
    """Return a row for each question, and what there is to say about the progress file."""
    recalled = recall()
    last = last_choices("quiz", recalled.events)
    rows = [
        Answered(first.text, _is_right(first, last), _is_right(second, last))
        for first, second in zip(questions_of("before"), questions_of("after"), strict=True)
    ]
    return rows, recalled.message


def _is_right(question: Question, last: dict[str, object]) -> bool | None:
    """Judge the choice as the question reads now; one that is no longer offered is no answer."""
    by_text = {choice.text: choice.right for choice in question.choices}
    chosen = last.get(question.name)
    return by_text.get(chosen) if isinstance(chosen, str) else None


def _lines(rows: list[Answered]) -> list[str]:
    table = [
        f"{_MARKS[row.before]:^6} {_MARKS[row.after]:^6} {n}. {row.question}"
        for n, row in enumerate(rows, start=1)
    ]
    return ["before after", *table, _sum(rows)]


def _sum(rows: list[Answered]) -> str:
    if all(row.before is None and row.after is None for row in rows):
        return "No answers yet: choose above, then run this cell again."
    before, after = sum(row.before is True for row in rows), sum(row.after is True for row in rows)
    gained = sum(row.after is True and row.before is False for row in rows)
    return f"right: {before} of {len(rows)} before, {after} after; {gained} changed from ✗ to ✓"


def _as_html(rows: list[Answered], message: str | None) -> str:
    cells = "".join(
        f"<tr>{_mark(row.before)}{_mark(row.after)}"
        f'<td style="text-align: left">{n}. {escape(row.question)}</td></tr>'
        for n, row in enumerate(rows, start=1)
    )
    head = '<tr><th scope="col">before</th><th scope="col">after</th><th scope="col"></th></tr>'
    said = "<br>".join(escape(line) for line in [_sum(rows), *([message] if message else [])])
    return f"<table><thead>{head}</thead><tbody>{cells}</tbody></table><p>{said}</p>"


def _mark(right: bool | None) -> str:
    return f'<td style="text-align: center">{_MARKS[right]} {_WORDS[right]}</td>'
