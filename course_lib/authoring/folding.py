"""What waits folded in a built lesson: the code of a question, and what was seen."""

import ast
import re

from nbformat import NotebookNode

ASKING = ("predict", "quiz")
SEEN = "**What you saw.**"
SUMMARY = "<strong>What you saw</strong>: run the cell above, then open this"
_BEGIN, _END = f"<details><summary>{SUMMARY}</summary>\n\n", "\n\n</details>"
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


def fold_what_was_seen(text: str) -> str:
    """Fold what a prose cell begins with, if that is what was seen.

    It ends where a paragraph begins in bold (**Your turn:**), or with the cell. The blank lines
    let Markdown inside be read as such: in JupyterLab, on GitHub and on the site.
    """
    begun = re.match(rf"\s*{re.escape(SEEN)}\s*", text)
    if not begun:
        return text
    seen, bold, rest = text[begun.end() :].partition("\n\n**")
    return f"{_BEGIN}{seen.strip()}{_END}{bold}{rest}"


def first_line(text: str) -> str:
    """Return a cell's first line as its author wrote it."""
    return text.replace(_BEGIN, f"{SEEN} ").strip().partition("\n")[0]
