"""One line of Python: what it assigns, what it changes and what it reads."""

import ast
from collections.abc import Iterator

HAS_A_BODY = ast.For | ast.If | ast.While


class Line:
    """A statement, looked at from outside; of a loop or a condition, its first line.

    Attributes
    ----------
    names : what it assigns, as it is written; by them a way finds the line that it replaces
    makes : the variables that it assigns
    changes : the arrays and lists that it writes into
    reads : the variables that it uses
    writes : what it has a part in; "return" is the result
    """

    def __init__(self, node: ast.stmt) -> None:
        self.node, targets = node, _targets(node)
        self.names = set(map(ast.unparse, targets))
        if isinstance(node, ast.AugAssign):
            self.names = {f"{name} +=" for name in self.names}  # whatever the operator
        elif isinstance(node, ast.Return | HAS_A_BODY):
            kind = type(node).__name__.lower()
            self.names = {f"for {name}" for name in self.names} or {kind}
        self.makes = {name.id for target in targets for name in _names(target, ast.Store)}
        self.changes = {name for target in targets for name in _written(target)}
        self.reads = read_by(*_first_line(node))
        if isinstance(node, ast.AugAssign):
            self.changes |= self.makes
            self.reads |= self.makes
        self.writes = self.makes | self.changes or {"return"}

    @property
    def reads_itself(self) -> bool:
        """Tell whether it uses what it assigns, as `total = total + x` does."""
        if not isinstance(self.node, ast.Assign):
            return isinstance(self.node, ast.AugAssign)
        parts = (n for n in ast.walk(self.node.value) if isinstance(n, ast.Name | ast.Subscript))
        return not self.names.isdisjoint(map(ast.unparse, parts))


def single(node: ast.stmt) -> Iterator[ast.stmt]:
    """Take `a, b = x, y` apart, where that is the same, and give what is returned a name."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            if len(names) != len(values) or Line(node).reads_itself:
                yield node
                return
            for name, value in zip(names, values, strict=True):
                yield ast.copy_location(ast.Assign([name], value), node)
        case ast.Return(value=ast.expr() as value):
            yield ast.copy_location(ast.Assign([ast.Name("result", ast.Store())], value), node)
            yield ast.copy_location(ast.Return(ast.Name("result", ast.Load())), node)
        case _:
            yield node


def read_by(*trees: ast.AST) -> set[str]:
    """Name the variables that are used anywhere in some code."""
    loops = (n.target for t in trees for n in ast.walk(t) if isinstance(n, ast.comprehension))
    own = {name.id for target in loops for name in _names(target, ast.Store)}
    return {name.id for tree in trees for name in _names(tree, ast.Load)} - own


def _targets(node: ast.stmt) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)]) | ast.Assign(targets=targets):
            return targets
        case ast.AugAssign(target=target) | ast.For(target=target):
            return [target]
    return []


def _first_line(node: ast.stmt) -> list[ast.AST]:
    match node:
        case ast.For(target=target, iter=first):
            return [target, first]
        case ast.If(test=first) | ast.While(test=first):
            return [first]
    return [node]


def _written(target: ast.expr) -> set[str]:
    parts = (part.value for part in ast.walk(target) if isinstance(part, ast.Subscript))
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _names(tree: ast.AST, context: type[ast.expr_context]) -> Iterator[ast.Name]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return (name for name in names if isinstance(name.ctx, context))
