"""Conventions of the code cells."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib.authoring.faults import Fault, Page
from course_lib.authoring.folding import only_asks
from course_lib.authoring.notebooks import INSTRUCTOR, SLIDE, SLIDE_CODE, tags_of

LONGEST_CODE = 15
TAGS = {"nbval-ignore-output", "solution", INSTRUCTOR, SLIDE, SLIDE_CODE}
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "urllib"}

_MAGIC = re.compile(r"^\s*[%!]|\bget_ipython\b|\bos\.system\b|\bsubprocess\b", re.MULTILINE)
_ABSOLUTE = re.compile(r"^(/[\w.-]+|~|[A-Za-z]:[\\/])")
_DIRECTIVE = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE)")


def code_is_short(page: Page) -> Iterator[Fault]:
    """Keep one idea to a cell: few lines, blank ones and docstrings not counted."""
    for cell in page.code:
        lines = _lines(cell)
        if lines > LONGEST_CODE:
            yield page.fault(
                cell,
                f"has {lines} lines of code, and {LONGEST_CODE} is the most.",
                "Split it: one idea and one visible result a cell.",
            )


def code_is_plain_python(page: Page) -> Iterator[Fault]:
    """Allow no magics: an unknown one hides the error that follows it from nbval."""
    for cell in page.code:
        if _MAGIC.search(cell.source):
            yield page.fault(
                cell,
                "uses a magic or a shell command.",
                "Write it as plain Python, or leave it out.",
            )
        elif _tree(cell) is None:
            yield page.fault(cell, "is not valid Python.", "Run the lesson, and mend the line.")
        if cell.source.rstrip().endswith(";"):
            yield page.fault(
                cell,
                "ends with ';', which hides an output here but not from nbval.",
                "Assign the last value to a name instead.",
            )


def nothing_is_hidden(page: Page) -> Iterator[Fault]:
    """Fold no cell away but questions, and switch no test off, but for the known tags."""
    for cell in page.cells:
        known = {"tags", "jupyter"} if only_asks(cell) else {"tags"}
        extra = (set(cell.metadata) - known) | (tags_of(cell) - TAGS)
        if extra or (cell.cell_type == "code" and _DIRECTIVE.search(cell.source)):
            yield page.fault(
                cell,
                f"is marked with {', '.join(sorted(extra)) or 'an nbval comment'}.",
                f"Leave it out; the tags in use are {', '.join(sorted(TAGS))}.",
            )


def nothing_leaves_the_course(page: Page) -> Iterator[Fault]:
    """Allow no path of one machine, no network and no silenced warnings."""
    for cell in page.code:
        strings, modules = _strings(cell), _imports(cell)
        if any(_ABSOLUTE.match(text) for text in strings):
            yield page.fault(
                cell, "names an absolute path.", "Use a path relative to the notebook."
            )
        if modules & NETWORK or any("://" in text for text in strings):
            yield page.fault(
                cell,
                "reaches for the network.",
                "Ship what it needs beside the module that reads it.",
            )
        if "warnings" in modules or re.search(r"\bwarnings\.", cell.source):
            yield page.fault(cell, "touches the warning filters.", "Mend what warns instead.")


def solutions_stand_alone(page: Page) -> Iterator[Fault]:
    """Let no solution call the reference: it would be compared with itself."""
    if not page.source.is_exercise:
        return
    for cell in page.code:
        if any(name.startswith("course_lib.attention") for name in _imports(cell, full=True)):
            yield page.fault(
                cell, "imports what it should compute.", "Write the solution out, in NumPy."
            )


CODE_RULES = (
    code_is_short,
    code_is_plain_python,
    nothing_is_hidden,
    nothing_leaves_the_course,
    solutions_stand_alone,
)


def calls(cell: NotebookNode, name: str) -> list[ast.Call]:
    """Return the calls of a function by this name in a code cell; methods are other functions."""
    return [
        node
        for node in _nodes(cell)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
    ]


def _tree(cell: NotebookNode) -> ast.Module | None:
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def _nodes(cell: NotebookNode) -> list[ast.AST]:
    tree = _tree(cell) if cell.cell_type == "code" else None
    return list(ast.walk(tree)) if tree else []


def _lines(cell: NotebookNode) -> int:
    code = {number for number, line in enumerate(cell.source.splitlines(), 1) if line.strip()}
    for node in _nodes(cell):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            docstring = node.body[0]
            code -= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return len(code)


def _strings(cell: NotebookNode) -> list[str]:
    constants = [node.value for node in _nodes(cell) if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def _imports(cell: NotebookNode, *, full: bool = False) -> set[str]:
    names: set[str] = set()
    for node in _nodes(cell):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names if full else {name.split(".")[0] for name in names}
