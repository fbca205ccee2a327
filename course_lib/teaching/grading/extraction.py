"""From the cells of a notebook to the few statements that one exercise needs.

Taken are the statements that give the exercise's function its name, and, again and again, those
that give a name to what is used there: imports, helpers, constants. Everything else, checks,
prints, plots, experiments, stays where it is and is never run.
"""

import ast
import dis
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_PYTHON_INSIDE = ("capture", "prun", "time", "timeit")  # cell magics whose body is Python
_LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
_OUTERMOST = ("STORE_NAME", "STORE_GLOBAL")


@dataclass(frozen=True)
class Statement:
    """One statement of the outermost level, and which names it is about."""

    cell: int
    code: types.CodeType
    gives: frozenset[str]  # names that it binds, or whose contents it sets
    needs: frozenset[str]
    defines: str = ""  # the function whose definition it is
    is_stub: bool = False
    is_star: bool = False  # `from … import *` may give any name
    from_course: frozenset[str] = frozenset()
    checks: str = ""  # the exercise that it asks the checker about


@dataclass
class Notebook:
    """What could be read of a notebook's code cells."""

    statements: list[Statement] = field(default_factory=list)
    broken: dict[int, tuple[str, str]] = field(default_factory=dict)  # cell: text and complaint


def read_cells(sources: Sequence[str]) -> Notebook:
    """Read code cells, counted from 1; one that is no Python costs only what stands in it."""
    notebook = Notebook()
    for cell, source in enumerate(sources, start=1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about what is written there, not for us
                notebook.statements += list(_statements(source, cell))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            notebook.broken[cell] = (source, _complaint(fault))
    return notebook


def take(name: str, notebook: Notebook) -> list[Statement]:
    """Choose what has to run so that the function is there as it was when it was checked.

    A name may be given several times. What counts is what stands above the function or the last
    check of it, else what stands below; a definition without a body counts only if no other is
    there. An exercise that is only imported from the course is not there.
    """
    statements = notebook.statements
    own = [i for i in _giving(name, statements) if name not in statements[i].from_course]
    if not own:
        return []
    horizon = max([own[-1], *(i for i, one in enumerate(statements) if one.checks == name)])
    taken = {*own, *(i for i, one in enumerate(statements[:horizon]) if one.is_star)}
    asked, waiting = {name}, {n for i in taken for n in statements[i].needs}
    while waiting - asked:
        wanted = (waiting - asked).pop()
        asked.add(wanted)
        found = _giving(wanted, statements)
        new = [i for i in found if i <= horizon] or found
        taken.update(new)
        waiting.update(n for i in new for n in statements[i].needs)
    return [statements[i] for i in sorted(taken)]


def _giving(name: str, statements: Sequence[Statement]) -> list[int]:
    """List where a name is given; stubs only where there is nothing else."""
    giving = [i for i, one in enumerate(statements) if name in one.gives]
    return [i for i in giving if not statements[i].is_stub] or giving


def _statements(source: str, cell: int) -> Iterator[Statement]:
    for node in _parse(source).body:
        code = compile(ast.Module([node], []), f"code cell {cell}", "exec", dont_inherit=True)
        gives, needs = _names(code)
        yield Statement(
            cell,
            code,
            frozenset(gives | set(_filled(node))),
            frozenset(needs),
            defines=node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else "",
            is_stub=_is_stub(node),
            is_star=isinstance(node, ast.ImportFrom) and node.names[0].name == "*",
            from_course=frozenset(gives) if _is_from_course(node) else frozenset(),
            checks=_checked(node),
        )


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(_without_magics(source))


def _without_magics(source: str) -> str:
    """Turn what only a notebook understands into Python, where that can be done."""
    from IPython.core.inputtransformer2 import TransformerManager  # slow, and seldom needed

    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        source = rest if first[2:].split(" ")[0].strip() in _PYTHON_INSIDE else ""
    return TransformerManager().transform_cell(source)


def _names(code: types.CodeType, *, is_outermost: bool = True) -> tuple[set[str], set[str]]:
    """Read from compiled code which names it gives to the notebook and which it asks for."""
    gives, needs = set(), set()
    for step in dis.get_instructions(code):
        if step.opname in _LOADS:
            needs.add(step.argval)
        elif step.opname in _OUTERMOST and (is_outermost or step.opname == "STORE_GLOBAL"):
            gives.add(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            given, needed = _names(inner, is_outermost=False)
            gives |= given
            needs |= needed
    return gives, needs


def _filled(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose contents are set, as in ``table[0] = …`` or ``f.cache = …``."""
    targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            yield target.id


def _is_stub(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    return all(
        isinstance(step, ast.Pass)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        or (isinstance(step, ast.Raise) and "NotImplementedError" in ast.dump(step))
        for step in node.body
    )


def _is_from_course(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "course_lib"


def _checked(node: ast.stmt) -> str:
    """Name the exercise in ``check("name", …)`` or ``check(name)``, or nothing."""
    match node:
        case ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(str(name)) | ast.Name(name), *_])):
            return name
    return ""


def _complaint(fault: Exception) -> str:
    where = f", line {fault.lineno}" if isinstance(fault, SyntaxError) and fault.lineno else ""
    text = fault.msg if isinstance(fault, SyntaxError) else type(fault).__name__
    return f"{text}{where}"
