"""Lesson 07, most attended: where a word looks most."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of

_READABLE = (  # no number comes twice, so that columns have an order too
    (0.42, 0.31, 0.17, 0.10),
    (0.46, 0.28, 0.15, 0.11),
    (0.39, 0.27, 0.20, 0.14),
    (0.44, 0.25, 0.18, 0.13),
)
_SENTENCE = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]


def most_attended(
    weights: Float[ndarray, "seq_len seq_len"], tokens: Sequence[str], query: int, k: int
) -> list[str]:
    """List the tokens that one position looks at most, the strongest first.

    Examples
    --------
    >>> most_attended(np.array([[0.2, 0.8], [0.9, 0.1]]), ["black", "cat"], 0, 2)
    ['cat', 'black']
    """
    strongest_first = np.argsort(-weights[query], kind="stable")
    return [tokens[position] for position in strongest_first[:k]]


def _looks(rng: np.random.Generator) -> Iterator[Case]:
    """Tokens that come twice, a query that looks at itself, and every kind of k."""
    weights = rng.permutation([rng.permutation(row) for row in _READABLE])
    yield Case("4 tokens, k 2", (weights, ["the", "cat", "the", "mat"], 1, 2))
    last = len(_SENTENCE) - 1
    for query, favoured, k in (
        (7, [1, 7, 0, 9], 4),
        (9, [9, 10, 0], 3),
        (last, [last, 2], 1),
        (0, [6, 0, 2], 5),
        (2, [4, 8], last),
    ):
        about = f"{last + 1} tokens, query {query} and k {k}"
        yield Case(about, (_rows(rng, last + 1, favoured), _SENTENCE.copy(), query, k))
    tokens = ["black", "cat", "black", "dog", "cat", "mat"]
    yield Case("6 tokens, k 6", (_rows(rng, 6, [2, 3]), tokens, 3, 6))


def _rows(rng: np.random.Generator, seq_len: int, favoured: Sequence[int]) -> ndarray:
    """Draw weights that favour some keys in every row, and no two of which are alike."""
    amounts = rng.uniform(0.2, 1.0, (seq_len, seq_len))
    amounts[:, favoured] += rng.uniform(1.5, 3.0, (seq_len, len(favoured)))
    return amounts / amounts.sum(1, keepdims=True)


def _not_in_sentence(parts: Parts, weights: ndarray, tokens: list[str], *_: Any) -> str | None:
    strangers = [word for word in parts[0].tolist() if word not in tokens]
    return f"{strangers[0]!r} is not a token of this sentence." if strangers else None


EXERCISE = Exercise(
    name="most_attended",
    lesson="07",
    parameters=("weights", "tokens", "query", "k"),
    reference=most_attended,
    kind=array_of("k", numbers="text"),
    cases=_looks,
    mistakes=Mistakes(__name__),
    hints=(
        "Put your finger on the query's row. Which position has the greatest number, and which "
        "the next? Only then read off the words.",
        "NumPy can sort positions by what stands at them, from the smallest up. You want them "
        "from the greatest down, and only the first few.",
        "`argsort` of the query's row, turned round, cut after k, and then a list of the "
        "tokens at those positions.",
    ),
    laws=(Law(_not_in_sentence),),
)
