"""What learners share, read as what strangers wrote: a file that is odd is shown as odd."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from course_lib.checking.registry import all_exercises
from course_lib.checking.verdict import Status
from course_lib.errors import CourseError
from course_lib.storage.opting_in import LONGEST_NICKNAME
from course_lib.teaching.untrusted import RefusedError, plain, read_bytes

MOST_FILES = 500  # a class; whoever writes more than that into the folder is no class
_LARGEST = 64 << 10
_MOST_ATTEMPTS = 10**6


@dataclass(frozen=True)
class Learner:
    """One line of the board: a nickname, and state and attempts of each exercise tried."""

    nickname: str
    exercises: Mapping[str, tuple[Status, int]] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """The number of exercises passed."""
        return sum(state == "correct" for state, _ in self.exercises.values())

    def state(self, exercise: str) -> Status:
        """Return how far an exercise is."""
        return self.exercises.get(exercise, ("not attempted", 0))[0]

    def attempts(self, exercise: str) -> int:
        """Return how often an exercise was really tried."""
        return self.exercises.get(exercise, ("not attempted", 0))[1]


@dataclass(frozen=True)
class Board:
    """Everybody who can be shown, in the order of nicknames, and the files that cannot."""

    learners: list[Learner]
    odd: list[str]


def lessons_with_exercises() -> dict[str, list[str]]:
    """Map each lesson to the names of its exercises, in course order."""
    lessons: dict[str, list[str]] = {}
    for name, exercise in all_exercises().items():
        lessons.setdefault(exercise.lesson, []).append(name)
    return lessons


def read_board(folder: Path) -> Board:
    """Read every shared file.

    Raises
    ------
    CourseError
        If there is no such folder, or it cannot be read.
    """
    try:
        files = [path for path in sorted(folder.iterdir()) if _is_meant(path)]
    except OSError as fault:
        raise CourseError(
            f"expected the folder that learners share their progress in; {plain(str(folder))} "
            f"answered: {fault.strerror}. Make it first, and let learners write to it."
        ) from None
    learners, odd = [], []
    for path in files[:MOST_FILES]:
        try:
            learners.append(_read(path))
        except RefusedError as refusal:
            odd.append(f"{plain(path.name, 60)}: {refusal}")
    if len(files) > MOST_FILES:
        odd.append(f"{len(files) - MOST_FILES} more files: not read, {MOST_FILES} are a class")
    return Board(sorted(learners, key=lambda one: (one.nickname.casefold(), one.nickname)), odd)


def _is_meant(path: Path) -> bool:
    return path.suffix == ".json" and not path.name.startswith(".")


def _read(path: Path) -> Learner:
    raw = read_bytes(path, _LARGEST)
    try:
        return _learner(json.loads(raw))
    except (ValueError, RecursionError):
        raise RefusedError("not written by the course") from None


def _learner(shared: Any) -> Learner:
    """Check every value; of exercises that this course does not have, say nothing."""
    if not isinstance(shared, dict) or shared.keys() != {"nickname", "exercises"}:
        raise ValueError("other things than a nickname and exercises")
    name, exercises = shared["nickname"], shared["exercises"]
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NICKNAME:
        raise ValueError("no nickname")
    if not isinstance(exercises, dict):
        raise ValueError("no exercises")
    known = {name: one for name, one in exercises.items() if name in all_exercises()}
    return Learner(plain(name), {name: _counts(one) for name, one in known.items()})


def _counts(one: Any) -> tuple[Status, int]:
    if not isinstance(one, dict) or one.keys() != {"state", "attempts"}:
        raise ValueError("other things than a state and attempts")
    state, attempts = one["state"], one["attempts"]
    if state not in get_args(Status) or type(attempts) is not int:
        raise ValueError("no such state, or no number")
    if not 0 <= attempts <= _MOST_ATTEMPTS:
        raise ValueError("a number that cannot be")
    return state, attempts
