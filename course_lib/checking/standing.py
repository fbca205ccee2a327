"""Where a learner stands: one row an exercise, from the progress that was kept."""

from dataclasses import dataclass

from course_lib.checking.registry import all_exercises
from course_lib.storage import counts_of, recall

_MARKS = {"correct": "✓", "incorrect": "✗", "not attempted": "·", "error": "!", "timed out": "!"}


@dataclass(frozen=True)
class Standing:
    """One exercise: its best state so far and the number of real attempts."""

    lesson: str
    exercise: str
    state: str
    attempts: int


def standings() -> tuple[list[Standing], str | None]:
    """Return a row for each exercise, in course order, and what there is to say about the file."""
    recalled = recall()
    counts, none = counts_of(recalled.events), {"state": "not attempted", "attempts": 0}
    rows = [
        Standing(exercise.lesson, name, **counts.get(name, none))
        for name, exercise in all_exercises().items()
    ]
    return rows, recalled.message


def as_text() -> str:
    """Write the table as text: lesson, exercise, state, attempts."""
    rows, message = standings()
    width = max(len(row.exercise) for row in rows)
    lines = [f"lesson  {'exercise':{width}}  {'state':15}  attempts"]
    for row in rows:
        state = f"{_MARKS.get(row.state, '?')} {row.state}"
        lines.append(f"{row.lesson:6}  {row.exercise:{width}}  {state:15}  {row.attempts:8}")
    done = sum(row.state == "correct" for row in rows)
    lines.append(f"{done} of {len(rows)} exercises done{_next(rows)}")
    return "\n".join([*lines, *([message] if message else [])])


def _next(rows: list[Standing]) -> str:
    waiting = [row for row in rows if row.state != "correct"]
    return f"; next: {waiting[0].exercise} (lesson {waiting[0].lesson})" if waiting else ""
