"""Lesson 05, masked softmax: weights for the allowed keys alone."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.laws import (
    hidden_keys_weigh_nothing,
    none_is_negative,
    open_rows_sum_to_one,
)
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def _hidden(rng: np.random.Generator) -> Iterator[Case]:
    """Rows open, partly hidden and empty; masks that are not causal; large scores, hidden too."""
    yield Case(
        "3 rows of 4 scores; the last row may attend to nothing",
        (readable(rng, 3, 4), _mask(rng, 3, 4, empty=2)),
    )
    for n_queries, n_keys, empty in ((5, 3, None), (4, 7, 0), (7, 6, 3)):
        scores, mask = rng.normal(size=(n_queries, n_keys)), _mask(rng, n_queries, n_keys, empty)
        what = "no row is empty" if empty is None else f"row {empty} may attend to nothing"
        yield Case(f"{n_queries} rows of {n_keys} scores; {what}", (scores, mask))
    padded = np.arange(5) < np.array([[3]] * 4)
    yield Case(
        "4 rows of 5 scores, the last two keys are padding", (rng.normal(size=(4, 5)), padded)
    )
    yield Case("4 rows of 6 scores and a causal mask", (rng.normal(size=(4, 6)), np.tri(4, 6) > 0))
    levels = np.array([1000, 0, -1000, 500, -200])[:, None] + readable(rng, 5, 6)
    yield Case("rows that differ by 1000", (levels, _mask(rng, 5, 6, empty=1)))
    loud, mask = rng.normal(size=(3, 5)), _mask(rng, 3, 5, None)
    about = "3 rows of 5 scores, those of the hidden keys larger by 1000"
    yield Case(about, (np.where(mask, loud, loud + 1000), mask))
    many = rng.normal(size=(2, 3, 4, 5))
    extra = partial(Case, is_extra=True)
    yield extra("scores with batch and head axes and one mask for all", (many, _mask(rng, 4, 5, 1)))
    yield extra("a mask of one row for all queries", (many[0, 0], _mask(rng, 1, 5, None)))


def _mask(rng: np.random.Generator, n_queries: int, n_keys: int, empty: int | None) -> ndarray:
    """Draw a mask that is no triangle: two keys or more are open in a row, one or more hidden."""
    mask = np.array([rng.permutation(n_keys) < rng.integers(2, n_keys) for _ in range(n_queries)])
    if empty is not None:
        mask[empty] = False
        mask[empty - 1] = True
    return mask


EXERCISE = Exercise(
    name="masked_softmax",
    lesson="05",
    parameters=("scores", "mask"),
    reference=reference.masked_softmax,
    kind=array_of("...", "n_queries", "n_keys"),
    cases=_hidden,
    mistakes=Mistakes(__name__),
    hints=(
        "A hidden key should get a weight of exactly 0. Which score has an exponential of 0? "
        "NumPy can choose, entry by entry, between the score and that number.",
        "Take the softmax of lesson 04 along the last axis, after hiding, and on a new array "
        "rather than in the scores that you were given.",
        "Now the row that may attend to nothing: its maximum is −inf and its sum is 0. Replace "
        "both by harmless numbers before you subtract and divide, and zeros are what is left.",
    ),
    laws=(
        Law(hidden_keys_weigh_nothing),
        Law(none_is_negative),
        Law(open_rows_sum_to_one),
    ),
)
