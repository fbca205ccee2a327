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

    @property
    def is_done(self) -> bool:
        """Tell whether it was once right."""
        return self.state == "correct"


def standings() -> tuple[list[Standing], str | None]:
    """Return a row for each exercise, in course order, and what there is to say about the file."""
    recalled = recall()
    counts, none = counts_of(recalled.events), {"state": "not attempted", "attempts": 0}
    rows = [
        Standing(exercise.lesson, name, **counts.get(name, none))
        for name, exercise in all_exercises().items()
    ]
    return rows, recalled.message


def summary(rows: list[Standing]) -> str:
    """Say in one line how many exercises are done, and which one comes next."""
    done, coming = sum(row.is_done for row in rows), next_open(rows)
    named = f"; next: {coming.exercise} (lesson {coming.lesson})" if coming else ""
    return f"{done} of {len(rows)} exercises done{named}"


def next_open(rows: list[Standing], lesson: str | None = None) -> Standing | None:
    """Return the first exercise that is not done, of one lesson or of all; None if all are."""
    open_ = (row for row in rows if not row.is_done and lesson in (None, row.lesson))
    return next(open_, None)


def as_text() -> str:
    """Write where the learner stands: a line that sums up, and the table."""
    rows, message = standings()
    width = max(len(row.exercise) for row in rows)
    lines = [summary(rows), f"lesson  {'exercise':{width}}  {'state':15}  attempts"]
    for row in rows:
        state = f"{_MARKS.get(row.state, '?')} {row.state}"
        lines.append(f"{row.lesson:6}  {row.exercise:{width}}  {state:15}  {row.attempts:8}")
    return "\n".join([*lines, *([message] if message else [])])
