"""Take the answers that ``solution`` shows from where they are written: the exercises' sources."""

import ast
import json
from pathlib import Path

from course_lib.authoring.lessons import Source
from course_lib.authoring.notebooks import without_marks

FILE = "course_lib/checking/solutions.json"


def write_answers(root: Path, sources: list[Source]) -> bool:
    """Renew the file of answers; return whether it changed."""
    if answers_are_current(root, sources):
        return False
    (root / FILE).parent.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(_text(sources), encoding="utf-8", newline="\n")
    return True


def answers_are_current(root: Path, sources: list[Source]) -> bool:
    """Tell whether the file of answers says what the exercises' sources say."""
    path = root / FILE
    return path.exists() and path.read_text(encoding="utf-8") == _text(sources)


def _text(sources: list[Source]) -> str:
    answers: dict[str, str] = {}
    for source in sources:
        for cell in source.cells:
            if "# BEGIN SOLUTION" in cell.source:
                answers |= _answers(cell.source)
    return json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _answers(code: str) -> dict[str, str]:
    """Return by name the functions of a cell in which something is the learner's turn."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # the conventions name it, with its place
        return {}
    segments = {
        node.name: ast.get_source_segment(code, node) or ""
        for node in statements
        if isinstance(node, ast.FunctionDef)
    }
    return {
        name: without_marks(segment)
        for name, segment in segments.items()
        if "# BEGIN SOLUTION" in segment
    }
