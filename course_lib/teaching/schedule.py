"""The paths through the course that a class can take, and when each of their parts begins.

How many minutes a part of a lesson takes stands in the lesson's header and nowhere else:
``teaching``, ``exercises``, and where a path needs them ``first_part`` (up to the heading that
the header calls the cut) and ``shown`` (the teacher runs it, the others watch).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError, UnknownNameError

NINE = 9 * 60  # minutes after midnight

Headers = Mapping[str, Mapping[str, Any]]  # a lesson's number -> its header


@dataclass(frozen=True)
class ClassPath:
    """A way through the course: one or more sittings, each with what is done in it.

    A step is a lesson's number with a key of its minutes, as in ``03 teaching``, or words that
    belong to no lesson, with their minutes behind a colon.
    """

    name: str
    most: int  # minutes that no sitting may exceed
    about: str
    sittings: tuple[tuple[str, ...], ...]


PATHS = (
    ClassPath(
        "90 minutes",
        90,
        "One sitting without a pause, to the four lines that are self-attention. 02 and 04 are "
        "shown, 03 and the first part of 05 are done by everybody; exercises come afterwards.",
        (
            (
                "Open the lab, and why attention, in two sentences: 5",
                "02 shown",
                "03 teaching",
                "04 shown",
                "05 first_part",
                "Questions, and what to do at home: 3",
            ),
        ),
    ),
    ClassPath(
        "three hours",
        180,
        "From one dot product to several heads. 01, 02 and 10 are shown, so that one knows why it "
        "began and what it costs; exercises come afterwards.",
        (
            (
                "Open the lab: 5",
                *("01 shown", "02 shown", "03 teaching", "04 teaching"),
                "Pause: 10",
                *("05 first_part", "06 teaching", "10 shown"),
                "Questions, and what to do at home: 5",
            ),
        ),
    ),
    ClassPath(
        "one day",
        480,
        "Lessons 00 to 06, 01 shown, with the exercises of 03 to 06, then 07, a model that "
        "learns where to look, and 10 shown.",
        (
            (
                *("00 teaching", "01 shown", "02 teaching"),
                "Pause: 15",
                *("03 teaching", "03 exercises", "04 teaching", "04 exercises"),
                "Lunch: 60",
                *("05 teaching", "05 exercises"),
                "Pause: 15",
                *("06 teaching", "06 exercises", "07 teaching", "10 shown"),
                "Questions: 10",
            ),
        ),
    ),
    ClassPath(
        "whole course",
        130,
        "Every lesson with all its exercises, in sittings of a good two hours at most.",
        (
            (*("00 teaching", "00 exercises", "Pause: 10", "01 teaching", "01 exercises"),),
            ("02 teaching", "02 exercises"),
            ("03 teaching", "03 exercises", "Pause: 10", "04 teaching", "04 exercises"),
            ("05 teaching", "Pause: 10", "05 exercises"),
            ("06 teaching", "06 exercises", "Pause: 10", "07 teaching", "07 exercises"),
            ("08 teaching", "08 exercises", "Pause: 10", "09 teaching", "09 exercises"),
            ("10 teaching", "Pause: 10", "10 exercises"),
            ("11 teaching", "Pause: 10", "11 exercises"),
            ("12 teaching", "12 exercises"),
            ("13 teaching", "Pause: 10", "13 exercises"),
        ),
    ),
)


@dataclass(frozen=True)
class Slot:
    """A stretch of time: when it begins, how long it is, and what it is for."""

    begins: int  # minutes after midnight
    minutes: int
    what: str
    lesson: str | None = None  # the number of the lesson, None for a pause

    @property
    def ends(self) -> int:
        """When it is over, in minutes after midnight."""
        return self.begins + self.minutes


def path_named(name: str) -> ClassPath:
    """Find a path by its name.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    for path in PATHS:
        if path.name == " ".join(name.split()).casefold():
            return path
    names = ", ".join(repr(path.name) for path in PATHS)
    raise UnknownNameError(
        f"expected the name of a way through the course; got {name[:80]!r}. There are {names}."
    )


def plan(path: ClassPath, headers: Headers, *, starts: int = NINE) -> list[list[Slot]]:
    """Lay the parts of a path end to end, each sitting from the same hour on.

    Parameters
    ----------
    headers : each lesson's header, by its number
    starts : when a sitting begins, in minutes after midnight

    Returns
    -------
    list of list of Slot
        One list a sitting.

    Raises
    ------
    CourseError
        If a lesson or its minutes are missing, or a sitting is longer than it may be.
    """
    return [_sitting(path, steps, headers, starts) for steps in path.sittings]


def minutes_of(sitting: list[Slot]) -> int:
    """Return how long a sitting is, pauses included."""
    return sum(slot.minutes for slot in sitting)


def clock(minutes: int) -> str:
    """Write minutes after midnight as a clock shows them.

    >>> clock(9 * 60 + 5)
    '09:05'
    """
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _sitting(path: ClassPath, steps: tuple[str, ...], headers: Headers, starts: int) -> list[Slot]:
    slots: list[Slot] = []
    for step in steps:
        begins = slots[-1].ends if slots else starts
        slots.append(_slot(step, begins, headers))
    if minutes_of(slots) > path.most:
        raise CourseError(
            f"{path.name!r} should be {path.most} minutes at most, and its sitting from "
            f"{steps[0]!r} on is {minutes_of(slots)}. Take a step out of it in "
            "course_lib/teaching/schedule.py, or mend the minutes in a lesson's header."
        )
    return slots


def _slot(step: str, begins: int, headers: Headers) -> Slot:
    words, colon, minutes = step.rpartition(": ")
    if colon:
        return Slot(begins, int(minutes), words)
    number, key = step.split()
    header = headers.get(number, {})
    known = header.get("minutes", {})
    if key not in known:
        raise CourseError(
            f"a schedule asks for the minutes {key!r} of lesson {number}, and its header has "
            f"{', '.join(known) or 'none'}. Write them there, or take the step out of "
            "course_lib/teaching/schedule.py."
        )
    return Slot(begins, known[key], _words(key, header), number)


def _words(key: str, header: Mapping[str, Any]) -> str:
    """Say which part of a lesson it is; nothing where it is the lesson itself."""
    return {
        "teaching": "",
        "exercises": f"exercises: {', '.join(header['exercises'])}",
        "first_part": f'the first part, up to "{header["cut"]}"',
        "shown": "shown",
    }[key]
