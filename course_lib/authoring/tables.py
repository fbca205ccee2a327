"""Write the tables that are generated from the lessons' metadata, between their markers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from course_lib.authoring.lessons import Source

PAGES = {"README.md": ("lessons",), "notebooks/README.md": ("lessons", "notation", "claims")}


def write_tables(root: Path, lessons: list[Source]) -> list[str]:
    """Renew the generated tables; return the pages that changed."""
    renewed = dict(_renewed(root, lessons))
    for page, text in renewed.items():
        (root / page).write_text(text, encoding="utf-8", newline="\n")
    return list(renewed)


def stale_pages(root: Path, lessons: list[Source]) -> list[str]:
    """Return the pages whose tables say something else than the lessons."""
    return [page for page, _ in _renewed(root, lessons)]


def missing_markers(root: Path) -> list[str]:
    """Return, as ``page: table``, the places that should hold a table and do not."""
    return [
        f"{page}: {table}"
        for page, tables in PAGES.items()
        for table in tables
        if not _between(table).search(read_page(root / page))
    ]


def heading_anchor(heading: str) -> str:
    """Return the anchor that JupyterLab gives to a heading in a notebook."""
    return heading.strip().replace(" ", "-")


def put_between(table: str, body: str, text: str) -> str:
    """Return a page's text with a table renewed between its markers, where it has them."""
    place = _between(table).search(text)
    if not place:
        return text
    return f"{text[: place.start(1)]}{place[1]}\n{body}\n{text[place.start(2) :]}"


def table_row(*cells: object) -> str:
    """Write a row of a table in markdown."""
    return "| " + " | ".join(str(cell).strip().replace("|", r"\|") for cell in cells) + " |"


def read_page(path: Path) -> str:
    """Read a page; one that is not there says nothing."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _renewed(root: Path, lessons: list[Source]) -> Iterator[tuple[str, str]]:
    for page, tables in PAGES.items():
        text = before = read_page(root / page)
        to_notebooks = "" if page.startswith("notebooks/") else "notebooks/"
        for table in tables:
            body = "\n".join(_TABLES[table](lessons, to_notebooks))
            text = put_between(table, body, text)
        if text != before:
            yield page, text


def _lesson_table(lessons: list[Source], to_notebooks: str) -> Iterator[str]:
    """Show each lesson's question; results would give its predictions away."""
    to_exercises = "exercises/" if to_notebooks else "../exercises/"
    yield table_row("#", "Lesson", "Question", "Minutes", "Exercises")
    yield "|---|---|---|---|---|"
    for lesson in lessons:
        course = lesson.course
        minutes = course.get("minutes", {})
        names = ", ".join(f"`{name}`" for name in course.get("exercises", []))
        yield table_row(
            lesson.number,
            f"[{course.get('title', '')}]({to_notebooks}{lesson.stem}.ipynb)",
            f"*{course.get('question', '')}*",
            f"{minutes.get('teaching', 0)} + {minutes.get('exercises', 0)}",
            f"[{names}]({to_exercises}{lesson.stem}.ipynb)" if names else "none",
        )


def _notation_table(lessons: list[Source], _: str) -> Iterator[str]:
    yield "| Name | In papers | Shape | Meaning | Lesson |"
    yield "|---|---|---|---|---|"
    for lesson, entry in _entries(lessons, "notation"):
        shape = str(entry.get("shape"))
        yield table_row(
            f"`{entry.get('name')}`",
            entry.get("symbol"),
            f"`{shape}`" if shape.startswith("(") else shape,
            entry.get("meaning"),
            lesson.number,
        )


def _claims_table(lessons: list[Source], to_notebooks: str) -> Iterator[str]:
    yield "| Claim | Measured | Where |"
    yield "|---|---|---|"
    for lesson, entry in _entries(lessons, "claims"):
        heading = entry.get("heading", "")
        target = f"{to_notebooks}{lesson.stem}.ipynb#{heading_anchor(heading)}"
        where = f"[{lesson.number}: {heading}]({target})"
        yield table_row(entry.get("claim"), entry.get("number"), where)


def _entries(lessons: list[Source], key: str) -> Iterator[tuple[Source, dict[str, Any]]]:
    for lesson in lessons:
        for entry in lesson.course.get(key, []):
            yield lesson, entry


_TABLES: dict[str, Callable[[list[Source], str], Iterator[str]]] = {
    "lessons": _lesson_table,
    "notation": _notation_table,
    "claims": _claims_table,
}


def _between(table: str) -> re.Pattern[str]:
    begin, end = f"(<!-- {table}: begin -->)", f"(<!-- {table}: end -->)"
    return re.compile(f"{begin}.*?{end}", re.DOTALL)
