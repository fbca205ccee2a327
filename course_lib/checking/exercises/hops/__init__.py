"""Lesson 01, hops: over how many steps one position reaches another."""

from collections.abc import Iterator

import numpy as np

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def hops(i: int, j: int, kind: str) -> int:
    """Count the steps that something takes from position i to position j.

    Examples
    --------
    >>> hops(2, 5, "recurrent"), hops(2, 5, "attention")
    (3, 1)
    """
    return abs(i - j) if kind == "recurrent" else int(i != j)


def _distances(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds: forwards, backwards, neighbours, far apart, and staying where one is."""
    near, far = (int(n) for n in (rng.integers(3, 9), rng.integers(40, 900)))
    for i, j, about in (
        (2, 2 + near, "to a later position"),
        (3 + near, 3, "to an earlier position"),
        (near, near, "to the same position"),
        (0, far, "from the first position to one far away"),
        (near + 1, near, "to a neighbour"),
        (0, 0, "to the same position"),
        (far + near, near, "to one far before"),
        (5, 7, "two apart"),
    ):
        for kind in ("recurrent", "attention"):
            yield Case(about, (i, j, kind))


def _impossible(parts: Parts, i: int, j: int, kind: str) -> str | None:
    if parts[0] < 0:
        return f"{parts[0]:.4g} hops from {i} to {j}: a number of hops is never negative."
    if i == j and parts[0] != 0:
        return f"{parts[0]:.4g} hops from {i} to itself: there is nothing to cross."
    return None


EXERCISE = Exercise(
    name="hops",
    lesson="01",
    parameters=("i", "j", "kind"),
    reference=hops,
    kind=array_of(numbers="int"),
    cases=_distances,
    mistakes=Mistakes(__name__),
    hints=(
        "Draw five positions in a row. For the recurrent chain, walk from one to the next and "
        "count the steps; for attention, draw the arrow that it uses.",
        "Three questions decide: is i the same as j, which kind is it, and how far apart are "
        "the two?",
        "The chain's number is the distance without its sign. Attention's number does not "
        "depend on the distance, as long as there is one.",
    ),
    laws=(Law(_impossible),),
)
