"""Lesson 03, raw scores: the dot product of every query with every key."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def queries_and_keys(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ, so that no two mistakes look alike."""
    yield Case(
        "2 queries and 3 keys of d_head 4",
        (rng.integers(-2, 3, (2, 4)) + 0.5, rng.integers(-2, 3, (3, 4)) + 0.25),
    )
    for n_queries, n_keys, d_head in ((5, 2, 3), (3, 7, 16), (1, 4, 9), (4, 6, 50)):
        queries, keys = rng.normal(size=(n_queries, d_head)), rng.normal(size=(n_keys, d_head))
        yield Case(f"{n_queries} queries and {n_keys} keys of d_head {d_head}", (queries, keys))
    large = 30 * rng.normal(size=(3, 11)), 30 * rng.normal(size=(5, 11))
    yield Case("3 queries and 5 keys whose scores reach 1000", large)


EXERCISE = Exercise(
    name="raw_scores",
    lesson="03",
    parameters=("queries", "keys"),
    reference=reference.raw_scores,
    kind=array_of("n_queries", "n_keys"),
    cases=queries_and_keys,
    mistakes=Mistakes(__name__),
    hints=(
        "Do it on paper for one query and one key: multiply feature by feature, then add up. "
        "Then think how many such numbers there are in all.",
        "The result has a row for each query and a column for each key. A matrix product "
        "gives a table of dot products at once: between the rows of its first matrix and the "
        "columns of its second.",
        "The keys stand in rows, but the matrix product wants to meet them in columns. One "
        "attribute of an array turns rows into columns.",
    ),
)
