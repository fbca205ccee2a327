"""What to run when a name is missing that the notebook defines in a cell above.

After a restart, or in a cell that runs out of order, Python says truly that ``check`` is not
defined, and not what to do. In a notebook such an error ends with the menu's item.
"""

import ast
import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from course_lib.this_notebook import notebook_file, shell_here

ADVICE = "A cell of this notebook defines it. Try: Run → Run All Above Selected Cell."


def advise_in_notebook() -> None:
    """Let errors about missing names say what to run, if this is a notebook.

    Other errors are shown as ever. A handler of the learner's own stays.
    """
    shell = shell_here()
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    if error.name in _defined_in_file() and ADVICE not in getattr(error, "__notes__", ()):
        error.add_note(ADVICE)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _defined_in_file() -> set[str]:
    """Return what the cells of this notebook import, define and assign, run or not."""
    file = notebook_file()
    try:
        cells = json.loads(file.read_bytes())["cells"] if file else []
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for text in code for name in _defined_in(text)}


def _defined_in(code: str) -> Iterator[str]:
    try:
        statements = ast.walk(ast.parse(code))
    except SyntaxError:
        return
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
