"""What waits folded in a built lesson: the code of a question, and what was seen."""

import ast

from nbformat import NotebookNode

ASKING = ("predict", "quiz")
HIDDEN_INPUT = {"source_hidden": True}  # for JupyterLab, below the key "jupyter"


def only_asks(cell: NotebookNode) -> bool:
    """Tell whether a cell does nothing but ask: the live question says all that its code says."""
    if cell.cell_type != "code":
        return False
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:  # the conventions name it, with its place
        return False
    calls = [statement.value for statement in body if isinstance(statement, ast.Expr)]
    asked = [getattr(call.func, "id", "") for call in calls if isinstance(call, ast.Call)]
    return bool(asked) and len(asked) == len(body) and set(asked) <= set(ASKING)
