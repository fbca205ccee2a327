"""Lesson 07, entropy: how widely a word looks."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def entropy(weights: Float[ndarray, "*rows n_keys"]) -> Float[ndarray, "*rows"]:
    """Measure how widely each row of weights is spread: 0 for one key, ln n for n alike.

    References
    ----------
    Shannon (1948), "A Mathematical Theory of Communication", section 6, in natural logarithms.
    """
    logarithms = np.log(np.where(weights > 0, weights, 1.0))  # 0 · log 0 counts as 0
    return np.asarray(-(weights * logarithms).sum(-1))


def _spreads(rng: np.random.Generator) -> Iterator[Case]:
    """Rows with zeros and without, one key alone, all keys alike, and any number of axes."""
    rows = rng.permutation([0.5, 0.25, 0.125, 0.125]), rng.permutation([0.75, 0.25, 0.0, 0.0])
    yield Case("2 rows of 4 weights, with zeros in the second", (np.array(rows),))
    yield Case("one row of 5 weights", (rng.dirichlet(np.ones(5)),))
    yield Case("4 rows of 7 weights", (rng.dirichlet(np.ones(7), 4),))
    extremes = rng.dirichlet(np.ones(6), 3)
    extremes[0], extremes[1] = np.eye(6)[rng.integers(6)], 1 / 6
    yield Case("a row on one key, a row all alike, and one between", (extremes,))
    yield Case("weights with 3 axes, of sizes 3, 5 and 4", (rng.dirichlet(np.ones(4), (3, 5)),))
    masked = np.tril(rng.dirichlet(np.ones(5), (2, 3, 5)))
    masked /= masked.sum(-1, keepdims=True)
    yield Case("causal weights with 4 axes, of sizes 2, 3, 5 and 5", (masked,))


def _outside_its_range(parts: Parts, weights: ndarray) -> str | None:
    most = np.log(weights.shape[-1])
    for row in np.ndindex(parts[0].shape):
        if not -1e-6 <= parts[0][row] <= most + 1e-3:
            what = f"Row {list(row)}" if row else "The row"
            return (
                f"{what} has {parts[0][row]:.4g}; over {weights.shape[-1]} keys an entropy lies "
                f"between 0 and ln {weights.shape[-1]} = {most:.4g}."
            )
    return None


EXERCISE = Exercise(
    name="entropy",
    lesson="07",
    parameters=("weights",),
    reference=entropy,
    kind=array_of("..."),
    cases=_spreads,
    mistakes=Mistakes(__name__),
    hints=(
        "Do it for one row: each weight times its logarithm, all added up, and the sign turned "
        "so that the result is positive. A row on one key gives 0.",
        "The sum runs along the last axis. What should a weight of 0 add, and what does "
        "NumPy make of its logarithm?",
        "Replace the zeros by a number whose logarithm does no harm, before the logarithm is "
        "taken; the product with the weight 0 is then 0 by itself.",
    ),
    laws=(Law(_outside_its_range),),
)
