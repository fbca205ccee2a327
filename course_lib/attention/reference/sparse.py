"""Attention to some of the pairs only: a sliding window, and LongNet's dilated branches.

Source: Ding et al. (2023), "LongNet: Scaling Transformers to 1,000,000,000 Tokens", arXiv
2307.02486, eq. 6 to 10.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.attention.branches import attended_pairs, checked_branches, dilated_positions
from course_lib.attention.masks import causal_mask, window_mask
from course_lib.attention.reference.dense import attention
from course_lib.attention.reference.partial import attention_with_lse, merge_partials

__all__ = ["attended_pairs", "dilated_attention", "dilated_positions", "window_attention"]


def window_attention(
    queries: Float[ndarray, "*lead seq_len d_head"],
    keys: Float[ndarray, "*lead seq_len d_head"],
    values: Float[ndarray, "*lead seq_len d_value"],
    *,
    window: int,
    is_causal: bool = True,
) -> Float[ndarray, "*lead seq_len d_value"]:
    """Let each position look at its neighbours only.

    Parameters
    ----------
    queries, keys, values : as for `attention`
    window : causal: position i sees the ``window`` keys up to itself; else those nearer than that
    is_causal : hide what comes later
    """
    mask = window_mask(queries.shape[-2], window, is_causal=is_causal)
    return attention(queries, keys, values, mask=mask)


def dilated_attention(
    queries: Float[ndarray, "*lead n_heads seq_len d_head"],
    keys: Float[ndarray, "*lead n_heads seq_len d_head"],
    values: Float[ndarray, "*lead n_heads seq_len d_value"],
    *,
    segment_lengths: Sequence[int],
    dilations: Sequence[int],
    is_causal: bool = False,
) -> Float[ndarray, "*lead n_heads seq_len d_value"]:
    """Attend densely nearby and sparsely far away, and mix what the branches bring back.

    Parameters
    ----------
    queries, keys, values : as for `attention`, with an axis of heads
    segment_lengths, dilations : one of each a branch; a segment may be longer than the sequence
    is_causal : hide what comes later

    Returns
    -------
    outputs : zeros for a query that no branch keeps

    Raises
    ------
    ShapeError
        If segment lengths and dilations do not pair, or one of them is below 1.

    Notes
    -----
    Head j keeps the positions p of a segment with p mod dilation = j mod dilation. The branches
    are mixed by their softmax denominators: one softmax over all their keys, in which a key that
    stands in two branches counts twice.
    """
    *_, n_heads, seq_len, _ = queries.shape
    outputs = np.zeros((*queries.shape[:-1], values.shape[-1]))
    lse = np.full(queries.shape[:-1], -np.inf)
    for segment_length, dilation in checked_branches(segment_lengths, dilations):
        for head in range(n_heads):
            for kept in dilated_positions(seq_len, segment_length, dilation, head % dilation):
                here = (..., head, kept, slice(None))
                mask = causal_mask(len(kept)) if is_causal else None
                part = attention_with_lse(queries[here], keys[here], values[here], mask=mask)
                before = outputs[here], lse[here[:-1]]
                outputs[here], lse[here[:-1]] = merge_partials(*before, *part)
    return outputs
