"""Lesson 11, dilated branch: attention among the positions that one branch keeps."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.exercises.dilated_positions import sizes_in_words
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Kind, Parts


def dilated_branch(
    queries: Float[ndarray, "seq_len d_head"],
    keys: Float[ndarray, "seq_len d_head"],
    values: Float[ndarray, "seq_len d_value"],
    segment_length: int,
    dilation: int,
    offset: int,
) -> tuple[Float[ndarray, "seq_len d_value"], Float[ndarray, " seq_len"]]:
    """Let the kept positions of each segment attend to each other.

    Parameters
    ----------
    queries, keys, values : one head's; the scores should be too small to overflow a bare exp
    segment_length, dilation, offset : as for `reference.dilated_positions`

    Returns
    -------
    outputs, denominators : Σ exp(score) of each row; both are zero where a position is not kept

    References
    ----------
    Ding et al. (2023), "LongNet", arXiv 2307.02486, eq. 6 to 8.
    """
    seq_len = len(queries)
    outputs, denominators = np.zeros((seq_len, values.shape[1])), np.zeros(seq_len)
    for kept in reference.dilated_positions(seq_len, segment_length, dilation, offset):
        exponentials = np.exp(reference.scaled_scores(queries[kept], keys[kept]))
        denominators[kept] = exponentials.sum(axis=1)
        outputs[kept] = exponentials @ values[kept] / denominators[kept, None]
    return outputs, denominators


def _branches(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ; widths of values that are not those of keys; scores around 1."""
    yield _branch(
        (6, 5, 2, 1),
        readable(rng, 6, 2) / 5,
        readable(rng, 6, 2) / 5,
        readable(rng, 6, 1),
    )
    for sizes, d_head, d_value in (
        ((12, 7, 2, 1), 3, 5),
        ((13, 5, 3, 1), 16, 2),
        ((6, 10, 4, 1), 5, 3),
        ((9, 4, 3, 2), 7, 4),
        ((10, 4, 1, 0), 9, 6),
        ((17, 8, 3, 1), 6, 7),
    ):
        queries, keys = rng.normal(size=(2, sizes[0], d_head))
        yield _branch(sizes, queries, keys, rng.normal(size=(sizes[0], d_value)))


def _branch(sizes: tuple[int, int, int, int], *three: ndarray) -> Case:
    d_head, d_value = three[1].shape[1], three[2].shape[1]
    about = f"{sizes_in_words(*sizes)}; d_head {d_head} and d_value {d_value}"
    return Case(about, (*three, *sizes[1:]))


def _is_kept(n: int, length: int, dilation: int, offset: int) -> ndarray:
    return np.arange(n) % length % dilation == offset


def _wrong_rows(
    parts: Parts, queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> str | None:
    """Say which row is filled that should be zero, or zero that should be filled."""
    outputs, denominators = parts
    for i, kept in enumerate(_is_kept(len(queries), *sizes)):
        if not kept and (outputs[i].any() or denominators[i]):
            return f"Position {i} is not kept by the branch, but its row is not zero."
        if kept and denominators[i] <= 0:
            return (
                f"Position {i} is kept, so it meets itself at least, but its denominator is "
                f"{denominators[i]:.4g}: a sum of exponentials is positive."
            )
    return None


def _no_mixture(
    parts: Parts, queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> str | None:
    """Say where an output lies outside the values that it may be mixed from."""
    length = sizes[0]
    kept = _is_kept(len(queries), *sizes)
    for i in np.flatnonzero(kept):
        own = values[kept & (np.arange(len(values)) // length == i // length)]
        outside = (parts[0][i] < own.min(0) - 1e-3) | (parts[0][i] > own.max(0) + 1e-3)
        if outside.any():
            return (
                f"Row {i} is no mixture of the values that are kept in its segment: feature "
                f"{int(outside.argmax())} lies outside of them."
            )
    return None


EXERCISE = Exercise(
    name="dilated_branch",
    lesson="11",
    parameters=("queries", "keys", "values", "segment_length", "dilation", "offset"),
    reference=dilated_branch,
    kind=Kind((("seq_len", "d_value"), ("seq_len",)), names=("outputs", "denominators")),
    cases=_branches,
    mistakes=Mistakes(__name__),
    hints=(
        "Begin with two tables of zeros, one row a position. What is never filled is then "
        "right already.",
        "Take one segment after another. An array of positions can be an index: with it you "
        "read the kept rows of queries, keys and values, and write to the same rows.",
        "Inside a segment it is attention as ever: scores over √d_head, exp, sum, mixture. The "
        "sum that softmax divides by is what you keep as the denominator.",
    ),
    laws=(Law(_wrong_rows), Law(_no_mixture)),
)
