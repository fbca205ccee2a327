"""Conventions of a lesson's metadata, from which the tables are made."""

import re
from collections.abc import Iterator

from course_lib.authoring.faults import Fault, Page

REQUIRED = (
    *("number", "title", "question", "proves", "minutes"),
    *("must", "cut", "exercises", "notation", "claims"),
)
NOTATION = {"name", "symbol", "shape", "meaning"}
CLAIM = {"claim", "heading", "number"}
MINUTES = {"teaching", "exercises", "first_part", "shown"}

_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)


def metadata_is_complete(page: Page) -> Iterator[Fault]:
    """Give every table what it needs."""
    course = page.source.course
    missing = [key for key in REQUIRED if key not in course]
    if missing:
        yield page.fault(
            None, f"lacks {', '.join(missing)} in its header.", "Fill in the part under 'course:'."
        )
    if str(course.get("number")) != page.source.number:
        yield page.fault(
            None,
            f"calls itself {course.get('number')!r} but its name begins {page.source.number}.",
            f'Write number: "{page.source.number}", in quotation marks.',
        )
    for key, wanted in (("notation", NOTATION), ("claims", CLAIM)):
        for entry in course.get(key) or []:
            if set(entry) != wanted:
                yield page.fault(
                    None,
                    f"has an entry in {key} with {', '.join(sorted(entry))}.",
                    f"Give it exactly {', '.join(sorted(wanted))}.",
                )


def metadata_names_what_exists(page: Page) -> Iterator[Fault]:
    """Point the must exercise, the cut and the claims at something that is there."""
    course, there = page.source.course, headings(page)
    exercises = course.get("exercises") or []
    if exercises and course.get("must") not in exercises:
        yield page.fault(
            None,
            f"names {course.get('must')!r} as its must exercise.",
            f"Choose one of {', '.join(exercises)}.",
        )
    pointed_at = [
        course.get("cut"),
        *(claim.get("heading") for claim in course.get("claims") or []),
    ]
    for heading in filter(None, pointed_at):
        if heading not in there:
            yield page.fault(
                None, f"points at the heading {heading!r}.", f"The lesson has: {'; '.join(there)}."
            )
        elif not re.fullmatch(r"[\w ,.:;?!'()/-]+", heading, re.ASCII):
            yield page.fault(
                None,
                f"points at the heading {heading!r}, to which JupyterLab cannot jump.",
                "Use plain letters, digits and punctuation in it.",
            )


def minutes_are_whole(page: Page) -> Iterator[Fault]:
    """State the minutes that tables and schedules add up."""
    minutes = page.source.course.get("minutes") or {}
    missing = {"teaching", "exercises"} - set(minutes)
    if missing or set(minutes) - MINUTES or not all(isinstance(m, int) for m in minutes.values()):
        yield page.fault(
            None,
            f"states its minutes as {minutes}.",
            "Give whole numbers for teaching and exercises, and, where a schedule asks for them, "
            "first_part (up to the cut) and shown.",
        )


METADATA_RULES = (metadata_is_complete, metadata_names_what_exists, minutes_are_whole)


def headings(page: Page) -> list[str]:
    """Return a page's headings, in order."""
    return [heading for cell in page.prose for heading in headings_in(cell.source)]


def headings_in(text: str) -> list[str]:
    """Return the headings of a text in markdown, in order."""
    return _HEADING.findall(text)
