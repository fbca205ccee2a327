"""A recipe: the right answer, a named step on each line, and the lines that may go wrong in it.

All ways of a recipe are compiled once, into one function: each line stands there beside the lines
that may replace it, and a call says which are chosen. So a pair of mistakes costs no compiling.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from course_lib.checking.mistakes.lines import HAS_A_BODY, Line, read_by, single
from course_lib.checking.mistakes.notation import statements

_CHOSEN = "_chosen"
_Lines = list[tuple[int, ast.stmt | None]]  # None: the line itself stands elsewhere
_Place = tuple[int, _Lines]


@dataclass(eq=False)
class Way:
    """The right answer with some of its lines replaced.

    Parameters
    ----------
    recipe : whose lines they are
    text : as it is written
    numbers : the lines that are chosen
    names : what they edit, as it is written
    writes : the variables that they make or change
    live : the variables that have a part in the result, with these lines
    is_alone : never together with another
    """

    recipe: "Recipe"
    text: str
    numbers: frozenset[int]
    names: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()
    is_alone: bool = False

    def __call__(self, *args: Any) -> Any:
        """Answer as this way does."""
        return self.recipe.function(self.numbers, *args)

    def together(self, other: "Way") -> "Way | None":
        """Return both at once, where they edit different lines and neither undoes the other."""
        if self.recipe is not other.recipe or self.is_alone or other.is_alone:
            return None
        if self.names & other.names or not (self.writes & other.live and other.writes & self.live):
            return None
        return Way(self.recipe, f"{self.text}; {other.text}", self.numbers | other.numbers)


@dataclass(eq=False)
class _Step:
    """A line of the recipe, and the lines of ways that go before, instead of and after it."""

    line: Line
    index: int
    loop: "_Step | None"  # the outermost one that it stands in
    before: _Lines = field(default_factory=list)
    instead: _Lines = field(default_factory=list)
    after: _Lines = field(default_factory=list)


class Recipe:
    """The right answer, to which ways are added until the first of them is called.

    Parameters
    ----------
    tree : the function; what it returns at its end becomes a step of its own, ``result``
    source : the text that it was read from
    room : what its lines, and those of the ways, may use besides
    file : where it stands, for tracebacks
    """

    def __init__(
        self, tree: ast.FunctionDef, *, source: str, room: Mapping[str, Any], file: str
    ) -> None:
        tree.body = [part for statement in tree.body for part in single(statement)]
        self.tree, self.source, self.room, self.file = tree, source.splitlines(), room, file
        self.parameters = {arg.arg for arg in tree.args.args}
        self.reads, self._size = read_by(tree), 0
        self.steps: list[_Step] = []
        self._collect(tree.body, None)
        self.makes = self.parameters.union(*(step.line.makes for step in self.steps))

    def way(self, text: str, *, line: int, is_alone: bool = False) -> Way:
        """Find a place for each statement of a way.

        Raises
        ------
        SyntaxError, ValueError
            If it cannot be read, or edits nothing.
        """
        said = [(head, Line(node)) for head, node in statements(text)]
        lines, first = [one for _, one in said], self._size
        names, writes, replaced = set[str](), set[str](), set[_Step]()
        new: dict[str, _Place] = {}
        for head, one in said:
            self._check(one, lines)
            edited, steps, goes_on = self._edited(head, one)
            if goes_on or not steps:
                place = max([self._early(one, new), *((s.index, s.after) for s in steps)], key=_at)
                place[1].append((self._size, one.node))
                new |= dict.fromkeys(one.makes, place)
            else:
                for step in steps:
                    step.instead.append((self._size, one.node if step is steps[0] else None))
                replaced |= {step for step in steps if not isinstance(one.node, HAS_A_BODY)}
            ast.increment_lineno(one.node, line - 1)
            names |= edited
            writes |= one.writes | ({"return"} if one.changes & self.parameters else set())
            self._size += 1
        numbers = frozenset(range(first, self._size))
        live = self._live([*(s.line for s in self.steps if s not in replaced), *lines])
        return Way(self, text, numbers, frozenset(names), frozenset(writes), live, is_alone)

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The recipe with all its ways; the first argument says which lines are chosen."""
        self.tree.args.args.insert(0, ast.arg(_CHOSEN))
        _Assembling(self.steps).visit(self.tree)
        module = ast.fix_missing_locations(ast.Module([self.tree], []))
        held = dict(self.room)
        exec(compile(module, self.file, "exec"), held)
        return held[self.tree.name]

    def _collect(self, body: Iterable[ast.stmt], loop: _Step | None) -> None:
        for node in body:
            step = _Step(Line(node), len(self.steps), loop)
            if isinstance(node, ast.Return) and loop:
                step.line.names = set()  # an early one; ways replace the one at the end
            self.steps.append(step)
            if isinstance(node, HAS_A_BODY):
                self._collect([*node.body, *node.orelse], loop or step)

    def _check(self, one: Line, lines: Iterable[Line]) -> None:
        if taken := (one.makes & self.room.keys()) - self.makes:
            raise ValueError(f"{taken.pop()!r} is the name of a helper; take another name")
        if one.makes and not one.makes & self.reads.union(*(line.reads for line in lines)):
            raise ValueError(f"{ast.unparse(one.node)!r} edits nothing: no line uses it")

    def _edited(self, head: str, one: Line) -> tuple[set[str], list[_Step], bool]:
        """Say what a line edits, which steps that are, and whether it goes on after them."""
        if head:
            step = self._only([s for s in self.steps if self._begins(s, head)], head)
            return step.line.names | {head}, [step], False
        names = set(one.names)
        if isinstance(one.node, ast.AugAssign) and not any(self._named(n) for n in names):
            names = set(map(ast.unparse, [one.node.target]))
        has_to_be = isinstance(one.node, HAS_A_BODY)
        found = {self._only(s, name) for name in names if (s := self._named(name)) or has_to_be}
        steps = sorted(found, key=lambda step: step.index)
        if isinstance(one.node, ast.Return) and "result" not in one.reads:
            names.add("result")  # which is then of no use
        goes_on = one.reads_itself and not any(step.line.reads_itself for step in steps)
        is_part = any(step.line.names - names for step in steps)
        return names or {ast.unparse(one.node)}, steps, goes_on or is_part

    def _early(self, one: Line, new: Mapping[str, _Place]) -> _Place:
        """Return the first place where everything that a line reads is there."""
        makers = [step for step in self.steps if step.line.writes & one.reads]
        looped = [s for s in makers if s.loop or isinstance(s.line.node, ast.For)]
        inside = any(step.line.makes & one.reads for step in looped)
        places = [self._behind(step, inside=inside and step in looped) for step in makers]
        places += [new[name] for name in one.reads if name in new]
        return max(places, key=_at, default=(-1, self.steps[0].before))

    def _behind(self, step: _Step, *, inside: bool) -> _Place:
        if isinstance(step.line.node, ast.For):  # its variable is there from the start
            return step.index, self.steps[step.index + 1].before
        if inside or step.loop is None:
            return step.index, step.after
        return max(s.index for s in self.steps if s.loop is step.loop), step.loop.after

    def _live(self, lines: Iterable[Line]) -> frozenset[str]:
        """Name what has a part in the result of some lines."""
        live, size = {"return"}, 0
        while len(live) > size:
            size = len(live)
            live.update(*(line.reads for line in lines if line.writes & live))
        return frozenset(live)

    def _named(self, name: str) -> list[_Step]:
        return [step for step in self.steps if name in step.line.names]

    def _begins(self, step: _Step, head: str) -> bool:
        line = self.source[step.line.node.lineno - 1][step.line.node.col_offset :]
        return line.replace(" ", "").startswith(head.replace(" ", ""))

    def _only(self, steps: list[_Step], name: str) -> _Step:
        if len(steps) == 1:
            return steps[0]
        found = ", ".join(str(step.line.node.lineno) for step in steps) or "none"
        raise ValueError(
            f"expected one line of the recipe that begins with {name!r}; found {found}. "
            "Say which one you mean by how it begins: `total = x -> total = y`"
        )


class _Assembling(ast.NodeTransformer):
    """Put the lines of all ways where they belong, each on its condition."""

    def __init__(self, steps: Iterable[_Step]) -> None:
        self.steps = {id(step.line.node): step for step in steps}

    def visit(self, node: Any) -> Any:
        """Surround a line of the recipe with the lines of ways."""
        self.generic_visit(node)
        if not (step := self.steps.get(id(node))):
            return node
        whole = []
        for number, line in step.instead:
            if line and isinstance(line, HAS_A_BODY) and type(line) is type(node):
                part = "iter" if isinstance(node, ast.For) else "test"
                this, that = getattr(line, part), getattr(node, part)
                setattr(node, part, ast.IfExp(_test(f"{number} in {_CHOSEN}"), this, that))
            else:
                whole.append((number, line))
        instead = _choice(whole, [node]) if whole else [node]
        return [*_choice(step.before, []), *instead, *_choice(step.after, [])]


def _choice(lines: _Lines, otherwise: list[ast.stmt]) -> list[ast.stmt]:
    """Run those of some lines that are chosen, or else other ones."""
    if not lines:
        return otherwise
    none = _test(f"{_CHOSEN}.isdisjoint(numbers)")
    numbers: Any = frozenset(number for number, _ in lines)
    none.args = [ast.Constant(numbers)]
    each = [ast.If(_test(f"{n} in {_CHOSEN}"), [line], []) for n, line in lines if line]
    return [ast.If(none, otherwise or [ast.Pass()], list(each))]


def _test(condition: str) -> Any:
    return ast.parse(condition, mode="eval").body


def _at(place: _Place) -> int:
    return place[0]
