"""The exercises of lesson 03: every query against every key, and why ÷ √d_head."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.results import array_of


def _inputs(rng: np.random.Generator) -> Iterator[Case]:
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


def _dot(queries: ndarray, keys: ndarray) -> ndarray:
    return queries @ keys.T


def _cosine(queries: ndarray, keys: ndarray) -> ndarray:
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(keys, axis=1)
    return queries @ keys.T / lengths


def _sqrt_d_head(queries: ndarray, keys: ndarray) -> float:
    return np.sqrt(queries.shape[1])


def _constant(number: float, queries: ndarray, keys: ndarray) -> float:
    return number


def _one(queries: ndarray, keys: ndarray) -> float:
    return 1.0


def _scores(
    queries: ndarray,
    keys: ndarray,
    *,
    compare: Callable = _dot,
    divisor: Callable = _one,
    order: str = "queries by keys",
    after: Callable = np.asarray,
) -> ndarray:
    """Compute scores with any of the things that can go wrong with them."""
    scores = after(compare(queries, keys) / divisor(queries, keys))
    return scores.T if order == "keys by queries" else scores


def _softmax(scores: ndarray) -> ndarray:
    exponentials = np.exp(scores - scores.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def _mistakes(scores: Callable) -> tuple[Mistake, ...]:
    """List what goes wrong with any kind of scores; ``scores`` is the right recipe."""
    return (
        Mistake(
            "transposed: keys by queries",
            (partial(scores, order="keys by queries"),),
            "Rows and columns are swapped: each row belongs to a query and each column to a key. "
            "Which of the two comes first in your product?",
        ),
        Mistake(
            "keys not transposed",
            (lambda queries, keys: queries @ keys, lambda queries, keys: np.dot(queries, keys)),
            "A matrix product pairs the columns of the first matrix with the rows of the second. "
            "Here rows must meet rows, so one of the two has to be transposed first. Which?",
        ),
        Mistake(
            "reshaped instead of transposed",
            (
                partial(scores, compare=lambda q, k: q @ k.reshape(k.shape[::-1])),
                partial(scores, compare=lambda q, k: (k @ q.T).reshape(len(q), len(k))),
            ),
            "The shape is right but the numbers are mixed up: `reshape` reads the numbers on in "
            "their old order, row after row. To turn rows into columns, transpose.",
        ),
        Mistake(
            "only some of the features",
            (
                partial(scores, compare=lambda q, k: np.outer(q[:, -1], k[:, -1])),
                partial(scores, compare=lambda q, k: np.outer(q[:, 0], k[:, 0])),
                partial(scores, compare=lambda q, k: _dot(q[:, :-1], k[:, :-1])),
                partial(scores, compare=lambda q, k: _dot(q[:, 1:], k[:, 1:])),
            ),
            "Not every feature is added up: look at where your sum starts and ends, and whether "
            "each product is added (`+=`) or replaces the one before (`=`).",
        ),
        Mistake(
            "a mask already",
            (
                partial(scores, after=np.tril),
                partial(scores, after=lambda s: np.where(np.tri(*s.shape) > 0, s, -np.inf)),
                partial(scores, after=lambda s: np.where(np.tri(*s.shape) > 0, s, -1e9)),
            ),
            "Later keys are hidden from earlier queries. That is a causal mask, and it comes in "
            "lesson 05; here every query meets every key.",
        ),
        Mistake(
            "outer sum",
            (
                partial(scores, compare=lambda q, k: q.sum(1)[:, None] + k.sum(1)),
                partial(scores, compare=lambda q, k: q.mean(1)[:, None] + k.mean(1)),
            ),
            "Each entry is a sum of the two vectors' numbers: + where a dot product has ×. "
            "Multiply feature by feature first, then add up.",
        ),
        Mistake(
            "elementwise product",
            (
                lambda queries, keys: queries * keys,
                lambda queries, keys: (queries * keys).sum(-1),
                lambda queries, keys: np.multiply(queries, keys),
                lambda queries, keys: queries * keys.T,
                partial(scores, compare=lambda q, k: q[:, None, :] * k[None, :, :]),
            ),
            "× multiplies entries that stand in the same place. A dot product also adds up over "
            "the features, and every query has to meet every key, not only its neighbour.",
        ),
        Mistake(
            "outer product",
            (
                lambda queries, keys: np.outer(queries, keys),
                partial(scores, compare=lambda q, k: q.sum(1)[:, None] * k.sum(1)),
            ),
            "Every number of a query met every number of every key. In a dot product only the "
            "same feature meets: first with first, second with second.",
        ),
        Mistake(
            "cosine similarity",
            (partial(scores, compare=_cosine),),
            "The result was divided by the lengths of the vectors, so it is the cosine of their "
            "angle. The dot product keeps the lengths: a long key may well score higher.",
        ),
        Mistake(
            "one vector normalised",
            (
                partial(scores, compare=lambda q, k: _dot(q / _lengths(q), k)),
                partial(scores, compare=lambda q, k: _dot(q, k / _lengths(k))),
            ),
            "Either the queries or the keys were divided by their lengths. The dot product takes "
            "both as they are.",
        ),
        Mistake(
            "distance instead of dot product",
            (
                partial(scores, compare=lambda q, k: _squared_distance(q, k)),
                partial(scores, compare=lambda q, k: np.sqrt(_squared_distance(q, k))),
                partial(scores, compare=lambda q, k: -_squared_distance(q, k)),
                partial(scores, compare=lambda q, k: -np.sqrt(_squared_distance(q, k))),
            ),
            "Each entry is a distance between a query and a key. A score is their dot product: "
            "multiply feature by feature and add up; nothing is subtracted.",
        ),
        Mistake(
            "softmax already applied",
            (
                partial(scores, after=_softmax),
                partial(scores, after=lambda s: _softmax(s.T).T),
                partial(scores, after=np.exp),
            ),
            "Your numbers went through exp or softmax. Those are weights, and they come in lesson "
            "04; scores may be negative and need not sum to 1.",
        ),
        Mistake(
            "sign or absolute value",
            (partial(scores, after=np.abs), partial(scores, after=np.negative)),
            "The signs are not those of a dot product. A negative score is a meaningful one: the "
            "vectors point away from each other.",
        ),
        Mistake(
            "everything summed into one number",
            (lambda queries, keys: (queries @ keys.T).sum(), lambda q, k: np.sum(q @ k.T, -1)),
            "A sum swallowed an axis that is still needed: one score for each pair of a query and "
            "a key.",
        ),
    )


def _lengths(vectors: ndarray) -> ndarray:
    return np.linalg.norm(vectors, axis=1, keepdims=True)


def _squared_distance(queries: ndarray, keys: ndarray) -> ndarray:
    return ((queries[:, None] - keys[None]) ** 2).sum(-1)


def _scaled(
    queries: ndarray, keys: ndarray, *, divisor: Callable = _sqrt_d_head, **options: Any
) -> ndarray:
    """Compute scores with the right scale, unless another divisor is asked for."""
    return _scores(queries, keys, divisor=divisor, **options)


_RAW_ONLY = (
    Mistake(
        "already scaled",
        (partial(_scores, divisor=_sqrt_d_head),),
        "These are scaled scores: each is divided by √d_head. Raw scores are the bare dot "
        "products; the scale is the next exercise.",
    ),
    Mistake(
        "mean instead of sum",
        (partial(_scores, divisor=lambda q, k: q.shape[1]),),
        "The products were averaged over the features. A dot product adds them up.",
    ),
)

_SCALED_ONLY = (
    Mistake(
        "no scale",
        (partial(_scaled, divisor=_one),),
        "These are raw scores. Their spread grows with the number of features: which number, "
        "read from the shape of the queries, brings it back to 1?",
    ),
    Mistake(
        "divided by d_head",
        (partial(_scaled, divisor=lambda q, k: q.shape[1]),),
        "The scale is too strong. The variance of a dot product grows as d_head; what grows with "
        "the standard deviation, and so belongs under the scores, is something smaller.",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_scaled, divisor=lambda q, k: 1 / np.sqrt(q.shape[1])),
            partial(_scaled, divisor=lambda q, k: 1 / q.shape[1]),
        ),
        "The scale goes the wrong way: the scores became larger. They already grow with d_head, "
        "and the scale is there to undo that.",
    ),
    Mistake(
        "divided by √n_keys",
        (
            partial(_scaled, divisor=lambda q, k: np.sqrt(len(k))),
            partial(_scaled, divisor=lambda q, k: len(k)),
        ),
        "The scale was read from the wrong axis: it is the number of keys. What makes a dot "
        "product large is how many features it adds up, d_head; how many keys there are does not "
        "matter.",
    ),
    Mistake(
        "divided by √n_queries",
        (
            partial(_scaled, divisor=lambda q, k: np.sqrt(len(q))),
            partial(_scaled, divisor=lambda q, k: len(q)),
        ),
        "The scale was read from the wrong axis: it is the number of queries. What makes a dot "
        "product large is how many features it adds up, d_head.",
    ),
    Mistake(
        "a fixed scale",
        tuple(partial(_scaled, divisor=partial(_constant, c)) for c in (2.0, 4.0, 8.0, 64.0)),
        "The scale is one and the same number whatever the input. It has to follow d_head: read "
        "it from the shape of the queries.",
    ),
    Mistake(
        "scaled twice",
        (
            partial(_scaled, divisor=lambda q, k: q.shape[1] ** 1.5),
            partial(_scaled, divisor=lambda q, k: q.shape[1] ** 0.25),
        ),
        "The scale is another power of d_head. If both queries and keys are scaled, the two "
        "factors multiply: together they must come to √d_head, once.",
    ),
)

EXERCISES = (
    Exercise(
        name="raw_scores",
        lesson="03",
        parameters=("queries", "keys"),
        reference=reference.raw_scores,
        kind=array_of("n_queries", "n_keys"),
        cases=_inputs,
        mistakes=(*_mistakes(_scores), *_RAW_ONLY),
        hints=(
            "Do it on paper for one query and one key: multiply feature by feature, then add up. "
            "Then think how many such numbers there are in all.",
            "The result has a row for each query and a column for each key. A matrix product "
            "gives a table of dot products at once: between the rows of its first matrix and the "
            "columns of its second.",
            "The keys stand in rows, but the matrix product wants to meet them in columns. One "
            "attribute of an array turns rows into columns.",
        ),
    ),
    Exercise(
        name="scaled_scores",
        lesson="03",
        parameters=("queries", "keys"),
        reference=reference.scaled_scores,
        kind=array_of("n_queries", "n_keys"),
        cases=_inputs,
        mistakes=(*_mistakes(_scaled), *_SCALED_ONLY),
        hints=(
            "Start from the raw scores. How does their standard deviation change when d_head goes "
            "from 4 to 400? The lesson measured it.",
            "One number divides the whole table. It depends on how many features a query has, not "
            "on how many queries or keys there are.",
            "d_head is the last entry of the shape of the queries, and it stands under a square "
            "root.",
        ),
    ),
)
