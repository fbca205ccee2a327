"""The teacher's guide, put together from the lessons' headers and their notes."""

import re
from collections.abc import Iterator
from itertools import groupby

from course_lib.authoring.lessons import Source
from course_lib.authoring.links import page_anchor
from course_lib.authoring.notes import Note, notes_of
from course_lib.authoring.tables import heading_anchor, table_row

_OPENING = """\
# The teacher's guide

<!-- Built from lessons/ by `python3 course.py build`; what is changed here is lost. -->

For each lesson: the minutes, the one idea, what to ask the room and what to expect, where \
learners stumble and what to say, and where to stop when time runs out. It follows the lesson \
from heading to heading, so that both can lie side by side. How to prepare a class from it \
stands in [README.md](README.md).

**Must** is the exercise not to miss. Where minutes stand below a lesson's title as *shown*, that \
is what it takes when you run a few cells in front of the room; *first part* is what it takes up \
to the place where it can be left.
"""
_ANSWER = re.compile(r"\n+(?=\*(?:Expect|Say):\*)")


def guide_text(lessons: list[Source]) -> str:
    """Write the whole guide."""
    parts = [_OPENING, "\n".join(_contents(lessons)) + "\n"]
    parts += ["\n\n".join(_lesson(lesson)) + "\n" for lesson in lessons]
    return "\n".join(parts)


def _contents(lessons: list[Source]) -> Iterator[str]:
    yield table_row("#", "Lesson", "Teaching", "Exercises", "Must", "If time runs out")
    yield "|---|---|---|---|---|---|"
    for lesson in lessons:
        must = lesson.course.get("must")
        yield table_row(
            lesson.number,
            f"[{lesson.course.get('title', '')}](#{page_anchor(_title(lesson))})",
            _minutes(lesson, "teaching"),
            _minutes(lesson, "exercises"),
            f"`{must}`" if must else "",
            _cut(lesson),
        )
    sums = (sum(_minutes(one, key) for one in lessons) for key in ("teaching", "exercises"))
    yield table_row("", "All", *sums, "", "")


def _lesson(lesson: Source) -> Iterator[str]:
    yield f"## {_title(lesson)}"
    yield f"*{lesson.course.get('question', '')}*"
    if proves := lesson.course.get("proves"):
        yield f"What the lesson shows: {proves}."
    yield f"{_time(lesson)}. {_links(lesson)}. If time runs out: {_cut(lesson)}."
    for heading, notes in groupby(notes_of(lesson), key=lambda note: note.heading):
        if heading != _title(lesson):
            yield f"### {_place(lesson, heading)}"
        yield from map(_text, notes)


def _time(lesson: Source) -> str:
    teaching, exercises = _minutes(lesson, "teaching"), _minutes(lesson, "exercises")
    text = f"**{teaching} minutes**, and {exercises} for the exercises"
    for key, words in (("first_part", "first part"), ("shown", "shown")):
        if minutes := _minutes(lesson, key):
            text += f"; {words} {minutes}"
    return text


def _minutes(lesson: Source, key: str) -> int:
    return lesson.course.get("minutes", {}).get(key, 0)


def _links(lesson: Source) -> str:
    name = f"{lesson.stem}.ipynb"
    links = [f"[Lesson](../notebooks/{name})"]
    if names := lesson.course.get("exercises"):
        must = lesson.course.get("must")
        listed = ", ".join(f"**`{one}`** (must)" if one == must else f"`{one}`" for one in names)
        links += [
            f"[exercises](../exercises/{name}): {listed}",
            f"[solutions](../solutions/{name})",
        ]
    return "; ".join(links)


def _cut(lesson: Source) -> str:
    return _place(lesson, lesson.course.get("cut") or "")


def _place(lesson: Source, heading: str) -> str:
    """Link a heading of a lesson, as it stands in the notebook."""
    return f"[{heading}](../notebooks/{lesson.stem}.ipynb#{heading_anchor(heading)})"


def _title(lesson: Source) -> str:
    return f"{lesson.number} · {lesson.course.get('title', '')}"


def _text(note: Note) -> str:
    """Set the answer of a note apart from its question."""
    return _ANSWER.sub("\n\n", note.text)
