"""What a source becomes: the lesson, the blank exercises and the solutions, not yet executed."""

import ast
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode, read
from nbformat.v4 import new_markdown_cell, new_notebook, writes

from course_lib.authoring.folding import HIDDEN_INPUT, fold_what_was_seen, only_asks
from course_lib.authoring.lessons import Source
from course_lib.authoring.ways_on import ways_on, with_link_to_next
from course_lib.errors import CourseError

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDERS = ("notebooks", "exercises", "solutions")
INSTRUCTOR, SLIDE = "instructor", "slide"  # the tags of what teachers read, and what they show
SLIDE_CODE = "slide-code"  # beside "slide": the code is shown, too, not only what came of it

_SOLUTION = re.compile(r"^( *)# BEGIN SOLUTION\n.*?^ *# END SOLUTION$", re.MULTILINE | re.DOTALL)
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


def read_built(path: Path) -> NotebookNode | None:
    """Read a notebook that was built; None if there is none, or none that can be read."""
    try:
        return read(path, as_version=4)
    except Exception:  # whatever is wrong with the file, building it again mends it
        return None


def dumps(notebook: NotebookNode) -> str:
    """Write a notebook as text, the same text every time."""
    return writes(notebook).rstrip("\n") + "\n"


def with_outputs_of(built: NotebookNode, blank: NotebookNode) -> NotebookNode:
    """Give a blank notebook the outputs of a built one with the same code."""
    notebook = deepcopy(blank)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    before = [cell for cell in built.cells if cell.cell_type == "code"]
    for cell, same in zip(code, before, strict=True):
        cell.outputs, cell.execution_count = same.outputs, same.execution_count
    return notebook


def tags_of(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def for_learners(source: Source) -> list[NotebookNode]:
    """Return a source's cells without those that speak to teachers only."""
    return [cell for cell in source.cells if INSTRUCTOR not in tags_of(cell)]


def without_marks(code: str) -> str:
    """Show a solution without the marks around it."""
    return _MARKS.sub("", code)


def _blank(source: Source, folder: str) -> NotebookNode:
    cells = []
    # The id counts what is written for learners, so that it survives what a variant leaves out,
    # and no notebook changes when a lesson tells its teachers more.
    for position, written in enumerate(for_learners(source), start=1):
        if "solution" in tags_of(written) and folder != "solutions":
            continue
        cell = _without_slide(written)
        cell.id = f"{_id(source)}-{position:03d}"
        if "SOLUTION" in cell.source:
            cut = _cut_solutions(cell.source, where=f"{source.name}, cell {position}:")
            cell.source = cut if folder == "exercises" else without_marks(cell.source)
        cell.source = with_link_to_next(fold_what_was_seen(cell.source))
        if only_asks(cell):
            cell.metadata["jupyter"] = dict(HIDDEN_INPUT)
        cells.append(cell)
    if links := ways_on(source, folder):
        cells.append(new_markdown_cell(links, id=f"{_id(source)}-ways-on"))
    return new_notebook(cells=cells, metadata=deepcopy(METADATA), nbformat_minor=5)


def _id(source: Source) -> str:
    return source.stem.replace("_", "-")


def _without_slide(cell: NotebookNode) -> NotebookNode:
    """Copy a cell without the tags that put it on a slide: they are no matter of the notebook's."""
    copy = deepcopy(cell)
    if for_slides := tags_of(copy) & {SLIDE, SLIDE_CODE}:
        copy.metadata.tags = [tag for tag in copy.metadata.tags if tag not in for_slides]
        if not copy.metadata.tags:
            del copy.metadata["tags"]
    return copy


def _cut_solutions(code: str, *, where: str) -> str:
    """Replace each marked solution by the line that says whose turn it is."""

    def your_turn(match: re.Match[str]) -> str:
        name = _function_around(code, code.count("\n", 0, match.start()) + 1)
        if name is None:
            raise CourseError(
                f"{where} the marks of a solution should stand inside a function, and here no "
                "function is around them. Move them into its body, below the docstring."
            )
        return f'{match[1]}raise NotImplementedError("{name}: your turn")'

    cut = _SOLUTION.sub(your_turn, code)
    if "SOLUTION" in cut:
        raise CourseError(
            f"{where} each '# BEGIN SOLUTION' should be closed by an '# END SOLUTION', on lines of "
            "their own. One is missing or misspelt here, so the solution would have been shown."
        )
    return cut


def _function_around(code: str, line: int) -> str | None:
    """Name the innermost function that a line of code stands in."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno < line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno).name if around else None
