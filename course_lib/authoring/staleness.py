"""Compare the built files with their sources, without executing anything."""

import ast
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from nbformat import NotebookNode

from course_lib.authoring.answers import FILE, answers_are_current
from course_lib.authoring.faults import Fault
from course_lib.authoring.lessons import Source, lessons_of
from course_lib.authoring.notebooks import FOLDERS, Target, read_built, targets
from course_lib.authoring.tables import missing_markers, stale_pages
from course_lib.authoring.workshop import stale_workshop

_DIFFERENT = {
    "id": "has another id",
    "cell_type": "is of another kind",
    "source": "says something else",
    "metadata": "has other tags",
}
_SHOWING = {"print", "display", "check", "hint", "solution", "progress", "predict", "quiz", "show"}


def stale_files(root: Path, sources: list[Source]) -> Iterator[Fault]:
    """Find whatever is built and not what its source gives: notebooks, tables, leftovers."""
    planned = [target for source in sources for target in targets(source, root)]
    for target in planned:
        yield from stale_notebook(target)
    wanted = {target.path for target in planned}
    for path in sorted(path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")):
        if path not in wanted:
            name = f"{path.parent.name}/{path.name}"
            yield Fault(name, "has no source in lessons/.", f"Remove it: git rm {name}")
    yield from _stale_tables(root, lessons_of(sources))
    for page in stale_workshop(root, lessons_of(sources)):
        yield Fault(page, "says something else than the lessons.", "Run: python3 course.py build")
    if not answers_are_current(root, sources):
        yield Fault(FILE, "holds other answers than the exercises.", "Run: python3 course.py build")


def stale_notebook(target: Target) -> Iterator[Fault]:
    """Find what a built notebook does not share with its source."""
    mend = f"Run: python3 course.py build {target.source.number}"
    built = read_built(target.path)
    if built is None:
        yield Fault(target.name, "is not built, or not a notebook any more.", mend)
        return
    if built.metadata != target.blank.metadata:
        yield Fault(target.name, "carries metadata that its source does not give.", mend)
    for ours, theirs in zip_longest(target.blank.cells, built.cells):
        cell_id = (ours or theirs).id
        for found in _differences(ours, theirs) or _wrong_outputs(theirs, target):
            yield Fault(f"{target.name}, cell {cell_id},", found, mend)
    if target.executed and not any(cell.get("outputs") for cell in built.cells):
        yield Fault(target.name, "has no outputs at all.", mend)


def should_show(cell: NotebookNode) -> bool:
    """Tell whether a code cell prints, or ends with a value, each time that it runs."""
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return False
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    ends_with_value = last is not None and not isinstance(last, ast.Call | ast.Constant | ast.Await)
    return ends_with_value or any(_shows(statement) for statement in body)


def _differences(ours: NotebookNode | None, theirs: NotebookNode | None) -> list[str]:
    if theirs is None:
        return ["is missing."]
    if ours is None:
        return ["is not in the source."]
    return [
        f"{found} than its source."
        for part, found in _DIFFERENT.items()
        if ours[part] != theirs[part]
    ][:1]


def _wrong_outputs(cell: NotebookNode, target: Target) -> list[str]:
    if cell.cell_type != "code":
        return []
    if not target.executed:
        blank = not cell.outputs and cell.execution_count is None
        return [] if blank else ["has outputs, and a blank exercise has none."]
    if cell.execution_count is None:
        return ["was never executed."]
    if should_show(cell) and not cell.outputs:
        return ["shows something when it runs, but no output is stored."]
    return []


def _shows(statement: ast.stmt) -> bool:
    """Look for a call that shows something, outside definitions and branches."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.If | ast.Try):
        return False
    inner = getattr(statement, "body", [])
    if inner:
        return any(_shows(each) for each in inner)
    return any(
        isinstance(node, ast.Call) and _name(node.func) in _SHOWING for node in ast.walk(statement)
    )


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _stale_tables(root: Path, lessons: list[Source]) -> Iterator[Fault]:
    for place in missing_markers(root):
        page, table = place.split(": ")
        marks = f"<!-- {table}: begin --> and <!-- {table}: end -->"
        yield Fault(page, f"has no place for the table of {table}.", f"Add the lines {marks}")
    for page in stale_pages(root, lessons):
        yield Fault(
            page, "has tables that differ from the lessons.", "Run: python3 course.py build"
        )
