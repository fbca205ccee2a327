"""Lesson 12: attention over some keys, merged with attention over others."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Kind, Parts

_A, _B = 0, 1


def _partials(rng: np.random.Generator) -> Iterator[Case]:
    """From numbers that can be checked by hand to sides that saw nothing, and scores of any size.

    Large ones are sixteenths, so that float32 makes no error in them.
    """
    yield _case("", readable(rng, 3, 2), readable(rng, 3), readable(rng, 3, 2), readable(rng, 3))
    yield _drawn(rng, "", (5, 3), rng.normal(size=(2, 5)))
    yield _drawn(rng, "", (4, 6), 3 + 2 * rng.normal(size=(2, 4)))
    one_side = rng.normal(size=(2, 6))
    one_side[_A, [1, 4]] = one_side[_B, 3] = -np.inf
    yield _drawn(rng, "one side saw nothing in some rows", (6, 4), one_side)
    both_sides = rng.normal(size=(2, 7))
    both_sides[:, [2, 5]] = both_sides[_A, 0] = both_sides[_B, 6] = -np.inf
    yield _drawn(rng, "both sides saw nothing in some rows", (7, 5), both_sides)
    for level, shape in ((1000, (4, 7)), (-1000, (8, 3))):
        about = f"lse near {level}"
        yield _drawn(rng, about, shape, level + rng.integers(-40, 41, (2, shape[0])) / 16)
    levels = np.array([[1000, -1000, 1000, 0, -1000, 3], [-1000, 1000, 1000, -900, -1000, 2]])
    levels = levels + rng.integers(-40, 41, levels.shape) / 16
    yield _drawn(rng, "lse that differ by up to 2000", (6, 5), levels)
    heads = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 4))
    several = heads[0][_A], heads[1][_A], heads[0][_B], heads[1][_B]
    yield Case("several heads at once, in an axis in front", several, is_extra=True)


def _drawn(rng: np.random.Generator, about: str, shape: tuple[int, int], lse: ndarray) -> Case:
    """Draw the outputs that belong to some lse: zeros where a side saw nothing."""
    outputs = np.where(np.isfinite(lse)[..., None], rng.normal(size=(2, *shape)), 0.0)
    return _case(about, outputs[_A], lse[_A], outputs[_B], lse[_B])


def _case(about: str, *args: ndarray) -> Case:
    n_queries, d_value = args[0].shape
    sizes = f"{n_queries} queries and d_value {d_value}"
    return Case(f"{sizes}; {about}" if about else sizes, args)


def _not_a_number(parts: Parts, *args: ndarray) -> str | None:
    """Say where there is nan, and what the two sides had seen there."""
    outputs, lse = parts
    broken = np.argwhere(np.isnan(lse) | np.isnan(outputs).any(-1))
    if not len(broken):
        return None
    row = tuple(int(i) for i in broken[0])
    empty = int(np.isneginf(args[1][row])) + int(np.isneginf(args[3][row]))
    what = ("both sides saw something", "one side saw nothing", "both sides saw nothing")[empty]
    return f"There is nan in row {row[0] if len(row) == 1 else list(row)}, where {what}."


def _less_than_one_side(
    parts: Parts, a: ndarray, lse_a: ndarray, b: ndarray, lse_b: ndarray
) -> Any:
    """Say where two sides together are said to have seen less than one of them."""
    less = np.argwhere(parts[1] < np.maximum(lse_a, lse_b) - 1e-3)
    if not len(less):
        return None
    return (
        f"In row {int(less[0][0])} your lse is smaller than that of one side alone. Two sides saw "
        "at least as much as either of them."
    )


def _no_mixture(parts: Parts, a: ndarray, lse_a: ndarray, b: ndarray, lse_b: ndarray) -> str | None:
    """Say where an output does not lie between those of the two sides."""
    low, high = np.minimum(a, b) - 1e-3, np.maximum(a, b) + 1e-3
    outside = np.argwhere((parts[0] < low) | (parts[0] > high))
    if not len(outside):
        return None
    row, feature = map(int, outside[0][-2:])
    return (
        f"Row {row}, feature {feature} does not lie between the outputs of the two sides. The two "
        "shares of a row are positive and sum to 1."
    )


EXERCISE = Exercise(
    name="merge_partials",
    lesson="12",
    parameters=("outputs_a", "lse_a", "outputs_b", "lse_b"),
    reference=reference.merge_partials,
    kind=Kind((("n_queries", "d_value"), ("n_queries",)), names=("outputs", "lse")),
    cases=_partials,
    mistakes=Mistakes(__name__),
    hints=(
        "Forget the logarithms for a moment. Side a had exponentials that sum to 3, side b to "
        "1. What is their sum for both, and how much of the mixture comes from a?",
        "lse is the log of such a sum. Two of them become one without ever leaving the "
        "logarithms: NumPy has a function for log(exp(x) + exp(y)) that never overflows.",
        "A side's share is exp of its lse minus the lse of both. Shares need one more axis, at "
        "the end, to meet the outputs.",
        "Where both are −inf, the difference is nan. Replace what is subtracted by a finite "
        "number there: exp(−inf) is 0, and that is the share you want.",
    ),
    laws=(Law(_not_a_number), Law(_less_than_one_side), Law(_no_mixture)),
)
