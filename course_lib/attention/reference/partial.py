"""Attention over some of the keys, and how two such parts become one.

A part remembers, beside its outputs, the logarithm of the sum of its exponentials, *lse*. With it
softmax can be put together piece by piece, in any order, without ever seeing a whole row.

Sources: Milakov and Gimelshein (2018), "Online normalizer calculation for softmax", arXiv
1805.02867, algorithm 3; Rabe and Staats (2021), "Self-attention Does Not Need O(n²) Memory", arXiv
2112.05682.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from course_lib.attention.reference.dense import mask_for, scaled_scores, weighted_sum
from course_lib.errors import ShapeError


def attention_with_lse(
    queries: Float[ndarray, "*lead n_queries d_head"],
    keys: Float[ndarray, "*lead n_keys d_head"],
    values: Float[ndarray, "*lead n_keys d_value"],
    *,
    mask: Bool[ndarray, "..."] | None = None,
) -> tuple[Float[ndarray, "*lead n_queries d_value"], Float[ndarray, "*lead n_queries"]]:
    """Attend, and say for each query how much there was to attend to.

    Returns
    -------
    outputs : as `attention` gives them; zeros for a query that may attend to nothing
    lse : log Σ exp(score) over the keys that may be attended to; −inf where there are none

    Raises
    ------
    MaskError
        If the mask is not bool or does not broadcast to the scores.
    """
    scores = scaled_scores(queries, keys)
    if mask is not None:
        scores = np.where(mask_for(mask, scores.shape), scores, -np.inf)
    greatest = scores.max(axis=-1, keepdims=True, initial=-np.inf)
    greatest = np.where(np.isfinite(greatest), greatest, 0.0)
    exponentials = np.exp(scores - greatest)
    total = exponentials.sum(axis=-1, keepdims=True)
    outputs = weighted_sum(exponentials / np.where(total > 0, total, 1.0), values)
    with np.errstate(divide="ignore"):  # the log of 0 is the −inf that is meant
        return outputs, (greatest + np.log(total))[..., 0]


def merge_partials(
    outputs_a: Float[ndarray, "*lead n_queries d_value"],
    lse_a: Float[ndarray, "*lead n_queries"],
    outputs_b: Float[ndarray, "*lead n_queries d_value"],
    lse_b: Float[ndarray, "*lead n_queries"],
) -> tuple[Float[ndarray, "*lead n_queries d_value"], Float[ndarray, "*lead n_queries"]]:
    """Join attention over some keys with attention over other keys.

    Parameters
    ----------
    outputs_a, outputs_b : what each part brought back
    lse_a, lse_b : log Σ exp(score) of each part; −inf where it saw no key

    Returns
    -------
    outputs, lse : as if all keys had been there at once

    Examples
    --------
    >>> outputs, lse = merge_partials(
    ...     np.array([[1.0]]), np.array([0.0]), np.array([[4.0]]), np.log([2.0])
    ... )
    >>> outputs, np.exp(lse)
    (array([[3.]]), array([3.]))
    """
    lse = np.logaddexp(lse_a, lse_b)
    nothing = np.where(np.isfinite(lse), lse, 0.0)  # −inf − −inf is nan, and 0 is meant
    share_a, share_b = np.exp(lse_a - nothing), np.exp(lse_b - nothing)
    return share_a[..., None] * outputs_a + share_b[..., None] * outputs_b, lse


def tiled_attention(
    queries: Float[ndarray, "*lead n_queries d_head"],
    keys: Float[ndarray, "*lead n_keys d_head"],
    values: Float[ndarray, "*lead n_keys d_value"],
    tile: int,
) -> Float[ndarray, "*lead n_queries d_value"]:
    """Attend tile by tile, so that the whole table of scores is never there.

    Parameters
    ----------
    queries, keys, values : as for `attention`
    tile : how many queries, and how many keys, are looked at together

    Raises
    ------
    ShapeError
        If the tile is empty.

    Notes
    -----
    Time O(n_queries · n_keys) as ever; memory O(tile²) beside the result.
    """
    if tile < 1:
        raise ShapeError(f"expected a tile of at least 1; got {tile}. Try 64.")
    outputs = np.zeros((*queries.shape[:-1], values.shape[-1]))
    for rows in _tiles(queries.shape[-2], tile):
        seen = outputs[..., rows, :], np.full(outputs[..., rows, 0].shape, -np.inf)
        for columns in _tiles(keys.shape[-2], tile):
            part = attention_with_lse(
                queries[..., rows, :], keys[..., columns, :], values[..., columns, :]
            )
            seen = merge_partials(*seen, *part)
        outputs[..., rows, :] = seen[0]
    return outputs


def _tiles(length: int, tile: int) -> Iterator[slice]:
    """Cut a length into slices; the last one may be shorter."""
    return (slice(start, start + tile) for start in range(0, length, tile))
