"""Lesson 10, scaling exponent: how fast a cost grows."""

from collections.abc import Iterable, Iterator
from typing import SupportsFloat

import numpy as np
from numpy import ndarray

from course_lib import measuring
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def scaling_exponent(lengths: Iterable[SupportsFloat], costs: Iterable[SupportsFloat]) -> float:
    """Return the exponent that `course_lib.measuring` fits, as a plain number."""
    return float(measuring.scaling_exponent(lengths, costs))


def _measurements(rng: np.random.Generator) -> Iterator[Case]:
    """Power laws with noise, since without it many a wrong slope is right."""
    costs = np.array([4.0, 16.0, 64.0, 256.0]) + rng.integers((1, -9, 9, 20), (4, -3, 30, 90))
    yield Case(
        "4 lengths that double, noisy costs near length squared", (2.0 ** np.arange(1, 5), costs)
    )
    lengths = np.sort(rng.choice(np.arange(10, 200), 7, replace=False)).astype(float)
    yield Case("7 lengths, noisy, exponent near 1", (lengths, _noisy(rng, lengths, 1.1, 1e-5)))
    lengths = rng.permutation(np.array([64, 100, 256, 300, 1000]))
    yield Case(
        "5 lengths in no order, exponent near 2.4", (lengths, _noisy(rng, lengths, 2.4, 1e-7))
    )
    lengths = np.repeat([16, 50, 128, 700], 2)
    yield Case("4 lengths, each measured twice", (lengths, _noisy(rng, lengths, 1.7, 300.0)))
    lengths = np.array([128, 200, 512, 1024, 1500, 4096])
    yield Case("6 lengths, exponent near 0.6", (lengths, _noisy(rng, lengths, 0.6, 2.0)))
    lists = [10, 20, 50, 70], [3, 17, 60, 150]
    yield Case("lists instead of arrays", lists, is_extra=True)


def _noisy(rng: np.random.Generator, lengths: ndarray, exponent: float, factor: float) -> ndarray:
    return factor * lengths**exponent * np.exp(0.3 * rng.normal(size=len(lengths)))


EXERCISE = Exercise(
    name="scaling_exponent",
    lesson="10",
    parameters=("lengths", "costs"),
    reference=scaling_exponent,
    kind=array_of(),
    cases=_measurements,
    mistakes=Mistakes(__name__),
    hints=(
        "cost = c · lengthᵖ. Take the logarithm of both sides: a product becomes a sum, and p "
        "becomes a factor. Of what?",
        "So the points lie about a straight line, once both axes are logarithmic. The "
        "exponent is its slope, whichever base the logarithm has.",
        "`np.polyfit` fits a line when the degree is 1; it takes x before y, and returns the "
        "slope first.",
    ),
)
