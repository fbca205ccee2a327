"""What a source becomes: the lesson, the blank exercises and the solutions, not yet executed."""

import ast
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook, writes

from course_lib.authoring.lessons import Source
from course_lib.errors import CourseError

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDERS = ("notebooks", "exercises", "solutions")

_CUT = re.compile(r"^( *)# BEGIN SOLUTION\n.*?^ *# END SOLUTION$", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"^ *# (BEGIN|END) SOLUTION\n?", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """One notebook that is to be written, as its source gives it."""

    path: Path
    source: Source
    blank: NotebookNode  # without outputs
    executed: bool

    @property
    def name(self) -> str:
        """The path as an author would write it, from the repository's root."""
        return f"{self.path.parent.name}/{self.path.name}"


def targets(source: Source, root: Path) -> list[Target]:
    """Plan the notebooks that one source becomes."""
    folders = ("exercises", "solutions") if source.is_exercise else ("notebooks",)
    return [
        Target(root / folder / f"{source.stem}.ipynb", source, _blank(source, folder), executed)
        for folder in folders
        for executed in [folder != "exercises"]
    ]


def dumps(notebook: NotebookNode) -> str:
    """Write a notebook as text, the same text every time."""
    return writes(notebook).rstrip("\n") + "\n"


def tags_of(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def _blank(source: Source, folder: str) -> NotebookNode:
    left_out = {"instructor"} if folder == "solutions" else {"instructor", "solution"}
    cells = []
    for position, written in enumerate(source.cells, start=1):
        if tags_of(written) & left_out:
            continue
        cell = deepcopy(written)
        # The id counts the source's cells, so that it survives what a variant leaves out.
        cell.id = f"{source.stem.replace('_', '-')}-{position:03d}"
        if cell.cell_type == "code" and source.is_exercise:
            cell.source = (
                _cut(cell.source) if folder == "exercises" else _MARKS.sub("", cell.source)
            )
        cells.append(cell)
    return new_notebook(cells=cells, metadata=deepcopy(METADATA), nbformat_minor=5)


def _unmark(code: str) -> str:
    """Show the solution without the marks around it."""
    return _MARKS.sub("", code)


def _cut(code: str) -> str:
    """Replace each marked solution by the line that says whose turn it is."""

    def your_turn(match: re.Match[str]) -> str:
        line = code.count("\n", 0, match.start()) + 1
        return f'{match[1]}raise NotImplementedError("{_function_at(code, line)}: your turn")'

    return _CUT.sub(your_turn, code)


def _function_at(code: str, line: int) -> str:
    """Name the innermost function that a line of code stands in."""
    around = [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef) and node.lineno < line <= (node.end_lineno or 0)
    ]
    if not around:
        raise CourseError(
            "'# BEGIN SOLUTION' should stand inside a function, but no function is around it. "
            "Move the two marks into the function's body, below its docstring."
        )
    return max(around, key=lambda node: node.lineno).name
