"""Write what teachers read and what is built: the guide, and the schedules in their page."""

from collections.abc import Iterator
from pathlib import Path

from course_lib.authoring.guide import guide_text
from course_lib.authoring.lessons import Source
from course_lib.authoring.tables import put_between, read_page, table_row
from course_lib.teaching.schedule import PATHS, ClassPath, Slot, clock, minutes_of, plan

GUIDE, PAGE, TABLE = "workshop/guide.md", "workshop/README.md", "schedules"


def write_workshop(root: Path, lessons: list[Source]) -> list[str]:
    """Renew the guide and the schedules; return the pages that changed."""
    renewed = dict(_renewed(root, lessons))
    for page, text in renewed.items():
        (root / page).write_text(text, encoding="utf-8", newline="\n")
    return list(renewed)


def stale_workshop(root: Path, lessons: list[Source]) -> list[str]:
    """Return the teachers' pages that say something else than the lessons."""
    return [page for page, _ in _renewed(root, lessons)]


def schedules_text(lessons: list[Source]) -> str:
    """Write a table of hours for each path through the course."""
    headers = {lesson.number: lesson.course for lesson in lessons}
    stems = {lesson.number: lesson.stem for lesson in lessons}
    return "\n".join(line for path in PATHS for line in _path(path, headers, stems)).strip("\n")


def _renewed(root: Path, lessons: list[Source]) -> Iterator[tuple[str, str]]:
    if not (root / PAGE).exists():  # a course without a class
        return
    page = read_page(root / PAGE)
    for name, text in (
        (GUIDE, guide_text(lessons)),
        (PAGE, put_between(TABLE, f"\n{schedules_text(lessons)}\n", page)),
    ):
        if text != read_page(root / name):
            yield name, text


def _path(path: ClassPath, headers: dict, stems: dict[str, str]) -> Iterator[str]:
    sittings = plan(path, headers)
    whole = sum(map(minutes_of, sittings))
    yield f"\n### {path.name.capitalize()}\n"
    many = f" in {len(sittings)} sittings" if len(sittings) > 1 else ""
    yield f"{path.about} **{whole} minutes**{many}.\n"
    yield table_row("From", "To", "Minutes", "What")
    yield "|---|---|---|---|"
    for number, sitting in enumerate(sittings, start=1):
        if len(sittings) > 1:
            yield table_row("", "", "", f"**Sitting {number}: {minutes_of(sitting)} minutes**")
        for slot in sitting:
            what = _what(slot, headers, stems)
            yield table_row(clock(slot.begins), clock(slot.ends), slot.minutes, what)


def _what(slot: Slot, headers: dict, stems: dict[str, str]) -> str:
    if slot.lesson is None:
        return slot.what
    title = f"{slot.lesson} {headers[slot.lesson]['title']}"
    link = f"[{title}](../notebooks/{stems[slot.lesson]}.ipynb)"
    return ", ".join(filter(None, [link, slot.what]))
