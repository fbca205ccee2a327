"""Lesson 05, weighted sum: the mixture of values that each row of weights asks for."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def _mixtures(rng: np.random.Generator) -> Iterator[Case]:
    """Weights that sum to 1, over more keys than queries and over fewer."""
    weights = np.array([rng.permutation([0.5, 0.375, 0.125]) for _ in range(2)])
    yield Case("2 queries, 3 keys and d_value 4", (weights, readable(rng, 3, 4)))
    for n_queries, n_keys, d_value in ((5, 3, 2), (3, 7, 4), (4, 6, 11), (1, 5, 3)):
        weights = rng.dirichlet(np.ones(n_keys), size=n_queries)
        about = f"{n_queries} queries, {n_keys} keys and d_value {d_value}"
        yield Case(about, (weights, rng.normal(size=(n_keys, d_value))))


def _outside(parts: Parts, weights: ndarray, values: ndarray) -> str | None:
    least, most = values.min(0), values.max(0)
    slack = 1e-3 * (most - least)
    places = np.argwhere((parts[0] < least - slack) | (parts[0] > most + slack))
    if not len(places):
        return None
    row, feature = (int(i) for i in places[0])
    return (
        f"Row {row}, feature {feature} is {parts[0][row, feature]:.4g}, but no value goes there: "
        f"in that feature they lie between {least[feature]:.4g} and {most[feature]:.4g}. Weights "
        "that sum to 1 give a mixture, which stays in between."
    )


EXERCISE = Exercise(
    name="weighted_sum",
    lesson="05",
    parameters=("weights", "values"),
    reference=reference.weighted_sum,
    kind=array_of("n_queries", "d_value"),
    cases=_mixtures,
    mistakes=Mistakes(__name__),
    hints=(
        "Take one query alone, on paper: its first weight times the first value, its second "
        "weight times the second value, and so on; then add these vectors up.",
        "For one query that is a row of weights times a table of values. All rows at once is "
        "an operation that you know from the scores.",
        "Weights are (n_queries, n_keys), values (n_keys, d_value). In which order do the "
        "inner sizes of a matrix product agree?",
    ),
    laws=(Law(_outside),),
)
