"""What a hand-out has to bring along: the pinned wheels of all that learners use."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course_lib.running.examination import plain

Requires = Callable[[str], list[str]]


def requirement_lines(
    root: Path, markers: Mapping[str, str], requires: Requires | None = None
) -> list[str]:
    """List what learners need on a machine, pinned as the tests ran with it.

    Parameters
    ----------
    root : the folder of the course
    markers : what environment markers mean on that machine
    requires : what a package asks for; what is installed here says it if left

    Notes
    -----
    What authors and tests need stays out. A package that only another system has, such as
    pywinpty on Windows, has no pin and stays as its asker wrote it.
    """
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    pins = pinned(root / "constraints.txt")
    roots = config["project"]["dependencies"]
    bounds: dict[str, SpecifierSet] = {}
    for need in _closure(roots, markers, requires or installed_requires, pins):
        name = plain(need.name)
        bounds[name] = bounds.get(name, SpecifierSet()) & need.specifier
    for name in bounds.keys() & pins.keys():
        bounds[name] = SpecifierSet(f"=={pins[name]}")
    return [f"{name}{bounds[name]}" for name in sorted(bounds)]


def pinned(constraints: Path) -> dict[str, str]:
    """Return the pinned versions by name."""
    found = re.findall(r"^([\w.-]+)==(\S+)$", constraints.read_text("utf-8"), re.MULTILINE)
    return {plain(name): version for name, version in found}


def installed_requires(name: str) -> list[str]:
    """Return what an installed package asks for; of one that is not installed, nothing."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _closure(
    roots: list[str], markers: Mapping[str, str], requires: Requires, pins: Mapping[str, str]
) -> Iterator[Requirement]:
    """Follow requirements as far as they lead on a machine, each package and extra once."""
    waiting, seen = [Requirement(line) for line in roots], set[tuple[str, str]]()
    while waiting:
        need = waiting.pop()
        yield need
        new = {(plain(need.name), extra) for extra in ("", *need.extras)} - seen
        seen |= new
        for name, extra in sorted(new):
            meant = {**markers, "extra": extra}
            asked = [Requirement(line) for line in requires(name)]
            waiting += [
                one
                for one in asked
                if (not one.marker or one.marker.evaluate(meant))
                and (name != "torch" or plain(one.name) in pins)  # elsewhere it asks for CUDA
            ]
