"""Lesson 04, softmax: scores into weights."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.laws import none_is_negative, rows_sum_to_one
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def tables_of_scores(rng: np.random.Generator) -> Iterator[tuple[str, ndarray]]:
    """One row alone, a table, more axes, and scores that no bare exp survives."""
    yield "2 rows of 3 scores", readable(rng, 2, 3)
    yield "one row of 5 scores", rng.normal(size=5)
    table = rng.normal(size=(4, 7))
    table[-1] += 4
    yield "4 rows of 7 scores, the greatest in the last row", table
    yield "scores with 3 axes, of sizes 3, 5 and 4", 2 * rng.normal(size=(3, 5, 4))
    yield "scores with 4 axes, of sizes 2, 3, 5 and 4", rng.normal(size=(2, 3, 5, 4))
    levels = np.array([1000, 0, -1000, 500, 0])[:, None] + readable(rng, 5, 6)
    levels[4, :3] += -1000, 0, 1000
    yield "rows that differ by 1000", levels


def _scores_alone(rng: np.random.Generator) -> Iterator[Case]:
    for about, scores in tables_of_scores(rng):
        yield Case(about, (scores,))


EXERCISE = Exercise(
    name="softmax",
    lesson="04",
    parameters=("scores",),
    reference=reference.softmax,
    kind=array_of("...", "n_keys"),
    cases=_scores_alone,
    mistakes=Mistakes(__name__),
    hints=(
        "Two steps: make every score positive, then make every row sum to 1. Which function "
        "makes any number positive and keeps the order?",
        "The sum runs along the last axis, and has to stay a column so that each row is "
        "divided by its own. Axes can be counted from the end.",
        "Before exp, make the greatest score of each row 0: subtract the row's maximum. What "
        "is subtracted from a whole row cancels.",
        "Three lines: shifted scores, their exponentials, and those divided by their sum; "
        "`max` and `sum` both take an axis and `keepdims`.",
    ),
    laws=(Law(none_is_negative), Law(rows_sum_to_one)),
)
