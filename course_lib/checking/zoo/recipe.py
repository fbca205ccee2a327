"""Multi-head attention in steps, each of which can be exchanged for what goes wrong there."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention.reference import merge_heads, softmax, split_heads


def as_given(*three: Any) -> tuple[Any, ...]:
    """Leave the order as it is."""
    return three


def root_of_d_head(queries: ndarray) -> float:
    """Return what the scores of queries (batch, n_heads, T, d_head) are divided by."""
    return np.sqrt(queries.shape[-1])


def attend(
    embeddings: ndarray,
    w_query: ndarray,
    w_key: ndarray,
    w_value: ndarray,
    w_output: ndarray,
    n_heads: int,
    *,
    matrices: Callable = as_given,
    split: Callable = split_heads,
    roles: Callable = as_given,
    divisor: Callable = root_of_d_head,
    share: Callable = softmax,
    merge: Callable = merge_heads,
    output: Callable = np.matmul,
) -> ndarray:
    """Compute multi-head attention with any of the things that can go wrong with it.

    Parameters
    ----------
    matrices, roles : rearrange the three weights, and the queries, keys and values of the heads
    split, share, merge, output : the steps, in their order
    divisor : from the heads' queries, what the scores are divided by
    """
    projected = (embeddings @ w for w in matrices(w_query, w_key, w_value))
    queries, keys, values = roles(*(split(x, n_heads) for x in projected))
    scores = queries @ keys.swapaxes(-1, -2) / divisor(queries)
    return output(merge(share(scores) @ values), w_output)
