"""The page that `lab` opens: what is done, what comes next, and the words and symbols."""

import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.checking.progress_table import Standing, next_open, standings, summary
from course_lib.running.workspace import give_page

NAME = "home.md"
_TABLES = "notebooks/README.md"  # of the course: the build writes them from the lessons' headers
_LESSON = re.compile(
    r"^\| (?P<number>\d\d) \| \[(?P<title>.+?)\]\((?P<file>\S+?)\) \| .+? "
    r"\| (?P<reading>\d+) \+ (?P<writing>\d+) \| (?:\[.+?\]\(\.\./(?P<exercises>\S+?)\))?",
    re.MULTILINE,
)
_SYMBOLS = re.compile(r"<!-- notation: begin -->\n(.+?)<!-- notation: end -->", re.DOTALL)


@dataclass(frozen=True)
class _Lesson:
    """One row of the table of lessons, and where the learner stands in it."""

    number: str
    title: str
    page: str
    exercises: str
    reading: int
    writing: int
    rows: list[Standing]

    @property
    def minutes_left(self) -> int:
        """Count the exercises that are open, and the lesson until one of them was tried."""
        n_open = sum(not row.is_done for row in self.rows)
        reading = 0 if any(row.attempts for row in self.rows) else self.reading
        return reading + round(self.writing * n_open / max(len(self.rows), 1))


def renew_home_page(course: Path, home: Path) -> tuple[list[str], str | None]:
    """Write the page anew into the working copy, and say where the learner stands.

    Parameters
    ----------
    course : the folder of the course
    home : the learner's folder, whose progress is read

    Returns
    -------
    list of str and str or None
        Lines for the terminal, and the page's name; None where the course has no table of lessons.
    """
    rows, message = standings()
    text = (course / _TABLES).read_text("utf-8") if (course / _TABLES).exists() else ""
    lessons = _lessons_in(text, rows)
    if not lessons:
        return [], None
    symbols = _SYMBOLS.search(text)
    page = home_page(lessons, rows, symbols[1] if symbols else "")
    said = [summary(rows) + ".", *([message] if message else [])]
    return said, give_page(home, NAME, page)


def home_page(lessons: list[_Lesson], rows: list[Standing], symbols: str) -> str:
    """Write the page in markdown."""
    left = sum(lesson.minutes_left for lesson in lessons)
    done = sum(row.is_done for row in rows)
    table = [
        "| State | Lesson | Exercises | Minutes left |",
        "|---|---|---|---|",
        *map(_row, lessons),
    ]
    parts = [
        "# Self-attention, step by step",
        _continue(lessons, rows),
        f"{done} of {len(rows)} exercises done, about {_hours(left)} left.",
        "\n".join(table),
        "This page is written anew each time that `course.py lab` starts. In a notebook, "
        "`progress()` says where you stand.",
        f"## Names and symbols\n\n{symbols}" if symbols else "",
    ]
    return "\n\n".join(filter(None, parts)).rstrip() + "\n"


def _lessons_in(text: str, rows: list[Standing]) -> list[_Lesson]:
    return [
        _Lesson(
            number=found["number"],
            title=found["title"],
            page=f"notebooks/{found['file']}",
            exercises=found["exercises"] or f"notebooks/{found['file']}",
            reading=int(found["reading"]),
            writing=int(found["writing"]),
            rows=[row for row in rows if row.lesson == found["number"]],
        )
        for found in _LESSON.finditer(text)
    ]


def _continue(lessons: list[_Lesson], rows: list[Standing]) -> str:
    """Link what comes next: the lesson where it is new, else the exercise that is open."""
    coming = next_open(rows)
    lesson = next((one for one in lessons if coming and one.number == coming.lesson), None)
    if coming is None or lesson is None:
        return "**All exercises are done.**"
    if any(row.attempts for row in lesson.rows):
        return f"**Continue: [lesson {lesson.number}, {coming.exercise}]({lesson.exercises})**"
    word = "Continue" if any(row.attempts for row in rows) else "Begin"
    opened = f"[lesson {lesson.number}, {lesson.title}]({lesson.page})"
    return f"**{word}: {opened}**, then [{coming.exercise}]({lesson.exercises})"


def _row(lesson: _Lesson) -> str:
    names = ", ".join("✓ " * row.is_done + row.exercise for row in lesson.rows)
    states = {row.is_done for row in lesson.rows}
    begun = any(row.attempts for row in lesson.rows)
    state = "✓ done" if states == {True} else "begun" if begun else "open"
    title = f"[{lesson.number} {lesson.title}]({lesson.page})"
    linked = f"[{names}]({lesson.exercises})" if names else ""
    return f"| {state} | {title} | {linked} | {lesson.minutes_left} |"


def _hours(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.0f} hours"
