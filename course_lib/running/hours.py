"""The hours of a class, for the teacher's table."""

from rich.console import Console
from rich.table import Table

from course_lib.authoring.lessons import ROOT, lessons_of, read_sources
from course_lib.teaching.schedule import (
    PATHS,
    ClassPath,
    Headers,
    Slot,
    clock,
    minutes_of,
    path_named,
    plan,
)


def print_hours(name: str, *, starts: int) -> int:
    """Print one way through the course with clock times, or all ways with their minutes.

    Parameters
    ----------
    name : of the way; empty to list them
    starts : when a sitting begins, in minutes after midnight

    Returns
    -------
    int
        The exit code, 0.

    Raises
    ------
    UnknownNameError
        If there is no way of that name.
    """
    headers = {lesson.number: lesson.course for lesson in lessons_of(read_sources(ROOT))}
    console = Console(highlight=False)
    for path in [path_named(name)] if name else PATHS:
        sittings = plan(path, headers, starts=starts)
        whole = sum(map(minutes_of, sittings))
        console.print(f"\n[bold]{path.name}[/], {whole} minutes. {path.about}")
        for table in _tables(path, sittings, headers) if name else ():
            console.print(table)
    if not name:
        console.print('\nThe hours of one: python3 course.py schedule "three hours" --start 09:30')
    return 0


def _tables(path: ClassPath, sittings: list[list[Slot]], headers: Headers) -> list[Table]:
    tables = []
    for number, sitting in enumerate(sittings, start=1):
        many = f"Sitting {number}: " if len(path.sittings) > 1 else ""
        title = f"{many}{clock(sitting[0].begins)} to {clock(sitting[-1].ends)}"
        table = Table("from", "minutes", "what", title=title, title_justify="left")
        for slot in sitting:
            table.add_row(clock(slot.begins), f"{slot.minutes:7}", _what(slot, headers))
        tables.append(table)
    return tables


def _what(slot: Slot, headers: Headers) -> str:
    lesson = f"{slot.lesson} {headers[slot.lesson]['title']}" if slot.lesson else ""
    return ", ".join(filter(None, [lesson, slot.what]))
