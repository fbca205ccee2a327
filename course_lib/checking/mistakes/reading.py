"""Reading an exercise's `mistakes.md`: titles, explanations, and the ways to make each mistake.

A file begins with the recipe, indented; without one it is the solution that learners are shown.
Then come mistakes: a line `## title`, an explanation, and indented ways, one on a line.

* `scale = d_head` replaces the line of the recipe that assigns `scale`, wherever it stands.
* `scores = scores.T`, which uses what it assigns, goes on after that line.
* `return scores.T` replaces what is returned; `result` is what would be returned.
* A line about a name of its own stands as early as there is what it reads.
* `scale = c for c in 2, 4` is two ways; `scale = 1; weights = scores` are two lines at once.
* `total += x -> total = x` replaces the one line that begins as is said before the arrow.
* `@by_hand` is a function of `ways.py`, beside the file; whatever stands there, ways may use.
* `alone: scale = 2` is never tried together with another mistake.

`## use rounding(what="scores")` takes in the mistakes of `families/rounding.md`, with its `$what`
filled in; indented below may stand `without TITLE`. A section of the same title adds its ways to
those of the family, and its words stand instead of the family's.
"""

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Any

import numpy as np

from course_lib.checking.exercise import Mistake
from course_lib.checking.mistakes import steps
from course_lib.checking.mistakes.notation import each, marks
from course_lib.checking.mistakes.recipe import Recipe
from course_lib.errors import CourseError

_FAMILIES = Path(__file__).with_name("families")
_USE = re.compile(r"use (\w+)(\(.*\))?")


class MistakeFileError(CourseError, ValueError):
    """A line of a file of mistakes that cannot be understood; the text says which line."""


@dataclass
class _Section:
    """A title and what stands below it, each way with the place where it is written."""

    title: str
    where: str
    line: int
    said: list[str] = field(default_factory=list)
    ways: list[tuple[str, int, str]] = field(default_factory=list)


class Mistakes(Sequence[Mistake]):
    """The mistakes of an exercise, read when the first of them is asked for.

    Parameters
    ----------
    package : the exercise's own: its folder holds `mistakes.md` and, if need be, `ways.py`
    """

    def __init__(self, package: str) -> None:
        self.package = package

    def __len__(self) -> int:
        return len(self._read)

    def __getitem__(self, index: Any) -> Any:
        return self._read[index]

    @cached_property
    def _read(self) -> tuple[Mistake, ...]:
        path = Path(str(files(self.package).joinpath("mistakes.md")))
        has_ways = path.with_name("ways.py").is_file()
        return read(path, import_module(f"{self.package}.ways") if has_ways else None)


def read(path: Path, ways: ModuleType | None = None) -> tuple[Mistake, ...]:
    """Read a file of mistakes.

    Parameters
    ----------
    path : the file, in a folder named after the exercise
    ways : the module whose functions its ways may use, besides NumPy and those of `steps`

    Raises
    ------
    MistakeFileError
        If a line cannot be understood, with its number.
    """
    names = {**vars(steps), **(vars(ways) if ways else {})}
    room = {"np": np} | {name: it for name, it in names.items() if not name.startswith("__")}
    head, *sections = _sections(path)
    recipes = _recipes(head, path, room)
    return tuple(
        Mistake(section.title, tuple(_ways(section, recipes, room)), " ".join(section.said))
        for section in _with_families(sections)
    )


def _sections(path: Path) -> list[_Section]:
    """Cut a file at its titles; what comes before the first is a section without one."""
    found = [_Section("", f"{path.parent.name}/{path.name}", 0)]
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path.parent.name}/{path.name}, line {number}"
        if line.startswith("## "):
            found.append(_Section(line[3:].strip(), where, number))
        elif line.startswith("    ") and line.strip():
            found[-1].ways.append((where, number, line[4:].rstrip()))
        elif line.strip():
            if found[-1].title and found[-1].ways:
                raise MistakeFileError(
                    f"{where}: expected another way, four spaces further in, or a new title; "
                    f"got {line.strip()!r}. Explanations stand above the ways."
                )
            found[-1].said.append(line.strip())
    return found


def _recipes(head: _Section, path: Path, room: Mapping[str, Any]) -> dict[str, Recipe]:
    """Read the right answers that stand at the top, or the one that learners are shown."""
    lines = {number: text for _, number, text in head.ways}
    source = "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1))
    if not lines:
        shown = files("course_lib.checking").joinpath("solutions.json").read_text("utf-8")
        source = json.loads(shown)[path.parent.name]
    try:
        trees = [tree for tree in ast.parse(source).body if isinstance(tree, ast.FunctionDef)]
    except SyntaxError as error:
        raise MistakeFileError(f"{head.where}, line {error.lineno}: {error.msg}") from error
    for tree in trees:
        if not isinstance(tree.body[-1], ast.Return):
            what = f"expected a recipe that ends in `return`; {tree.name} does not"
            raise MistakeFileError(f"{head.where}, line {tree.lineno}: {what}")
    return {tree.name: Recipe(tree, source=source, room=room, file=str(path)) for tree in trees}


def _ways(
    section: _Section, recipes: Mapping[str, Recipe], room: Mapping[str, Any]
) -> Iterator[Callable[..., Any]]:
    if not section.ways:
        raise MistakeFileError(
            f"{section.where}: expected ways below the explanation of {section.title!r}; got none. "
            "Write each on a line of its own, four spaces in."
        )
    for where, line, text in section.ways:
        try:
            marked, written = marks(text)
            name = next((mark for mark in marked if mark != "alone"), next(iter(recipes)))
            for way in each(written):
                if way.startswith("@"):
                    yield eval(way[1:], dict(room))
                else:
                    yield recipes[name].way(way, line=line, is_alone="alone" in marked)
        except (SyntaxError, ValueError, NameError, KeyError) as error:
            raise MistakeFileError(f"{where}: {_what(error)}. The line is: {text}") from error


def _what(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"expected `alone` or the name of a recipe before the colon; got {error.args[0]!r}"
    if isinstance(error, NameError):
        return f"{error}; a function after `@` has to be in ways.py, beside the file"
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _with_families(sections: Iterable[_Section]) -> Iterable[_Section]:
    """Put the mistakes of a family where it is used; a section of the same title adds to one."""
    found, shared = dict[str, _Section](), set[str]()
    for section in sections:
        use = _USE.fullmatch(section.title)
        for one in _family(section, use) if use else [section]:
            if one.title in shared and not use:
                found[one.title].said = one.said or found[one.title].said
                found[one.title].ways += one.ways
                shared.remove(one.title)
            elif one.title in found:
                raise MistakeFileError(
                    f"{one.where}: expected a title of its own; {one.title!r} stands already in "
                    f"{found[one.title].where}. Put the ways together, or say how they differ."
                )
            else:
                found[one.title] = one
                shared |= {one.title} if use else set()
    return found.values()


def _family(use: _Section, call: re.Match[str]) -> Iterator[_Section]:
    """Read a family's mistakes in the words of the exercise that uses it."""
    path = _FAMILIES / f"{call[1]}.md"
    without = {text.removeprefix("without ") for _, _, text in use.ways}
    words = _words(call[2] or "()")
    try:
        for one in _sections(path)[1:]:
            title, *said = [Template(text).substitute(words) for text in (one.title, *one.said)]
            ways = [(use.where, use.line, Template(w).substitute(words)) for *_, w in one.ways]
            if title not in without:
                yield _Section(title, f"{one.where}, used in {use.where}", use.line, said, ways)
            without.discard(title)
    except (KeyError, FileNotFoundError) as missing:
        raise MistakeFileError(f"{use.where}: {path.stem} has no {missing.args[-1]}") from missing
    if without:
        raise MistakeFileError(f"{use.where}: {path.stem} has no mistake named {without.pop()!r}")


def _words(brackets: str) -> dict[str, str]:
    """Read `(name="words", other=code)`."""
    call = ast.parse(f"use{brackets}", mode="eval").body
    keywords = call.keywords if isinstance(call, ast.Call) else []
    values = {str(word.arg): word.value for word in keywords}
    return {
        name: str(value.value) if isinstance(value, ast.Constant) else ast.unparse(value)
        for name, value in values.items()
    }
