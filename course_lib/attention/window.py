"""Attention in a sliding window: every position looks at its neighbours, in linear time.

The sequence is cut into blocks of queries. The keys that a block can see lie next to each other, so
all inner blocks are one batch of views into the same keys, under one small mask.

Source: Beltagy et al. (2020), "Longformer: The Long-Document Transformer", arXiv 2004.05150,
section 3.1.
"""

from math import ceil

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention.inputs import fitting
from course_lib.errors import ShapeError

# A block of b queries meets window + b keys, of which each query sees `window`: the smaller, the
# less is in vain. Each key lies in (window + b) / b blocks, which all send it a gradient of its
# own: below a quarter of the window those take more memory and time than is saved.
_SMALLEST_BLOCK = 64  # below that, calling torch costs more than the scores that it saves


def window_attention(
    queries: Float[Tensor, "batch_size n_heads seq_len d_head"],
    keys: Float[Tensor, "batch_size n_heads seq_len d_head"],
    values: Float[Tensor, "batch_size n_heads seq_len d_value"],
    *,
    window: int,
    is_causal: bool = True,
) -> Float[Tensor, "batch_size n_heads seq_len d_value"]:
    """Let each position look at its neighbours only.

    Parameters
    ----------
    queries, keys, values : what each position looks for, offers, and passes on
    window : causal: query i sees keys i − window + 1 … i; else every key with |i − j| < window
    is_causal : hide what comes later

    Raises
    ------
    ShapeError
        If the tensors do not fit each other, or the window is empty.

    Notes
    -----
    Time O(seq_len · window); from a window of 256 on, a fifth of it is spent on keys outside the
    window. Memory O(seq_len + window²), the mask of the first rows: on the way back each key has
    up to five gradients, nine if not causal, that are then added up. Gradients once and backwards,
    as in torch's own.
    """
    queries, keys, values = fitting(queries, keys, values)
    if queries.shape[2] != keys.shape[2]:
        raise ShapeError(
            f"expected as many queries as keys; got {queries.shape[2]} and {keys.shape[2]}. "
            "A window lies around the query's own place."
        )
    if window < 1:
        raise ShapeError(
            f"expected a window of at least 1; got {window}. "
            "A window of 1 lets each position see itself alone."
        )
    seq_len, block = queries.shape[2], max(_SMALLEST_BLOCK, window // 4)
    before, after = window - 1, 0 if is_causal else window - 1
    begin = ceil(before / block) * block  # from here on the first key of each window is there
    end = (seq_len - after) // block * block  # and up to here the last one
    if end <= begin:
        return _clipped(queries, keys, values, 0, seq_len, before, after)
    first = _clipped(queries, keys, values, 0, begin, before, after)
    inner = _inner_blocks(queries, keys, values, slice(begin, end, block), before, after)
    last = _clipped(queries, keys, values, end, seq_len, before, after)
    return torch.cat([first, inner, last], dim=2)


def _inner_blocks(
    queries: Tensor, keys: Tensor, values: Tensor, rows: slice, before: int, after: int
) -> Tensor:
    """Attend in all blocks of queries whose keys lie wholly within the sequence."""
    begin, end, block = rows.start, rows.stop, rows.step
    span = before + block + after
    q = queries.flatten(0, 1)[:, begin:end].unflatten(1, (-1, block))
    k, v = (
        x.flatten(0, 1)[:, begin - before : end + after].unfold(1, span, block).transpose(2, 3)
        for x in (keys, values)
    )  # (batch_size · n_heads, n_blocks, span, d_head): neighbours share their keys' memory
    allowed = _nearby(block, span, before, before, after, queries.device)
    outputs = scaled_dot_product_attention(q, k, v, attn_mask=allowed)
    return outputs.flatten(1, 2).unflatten(0, queries.shape[:2])


def _clipped(
    queries: Tensor, keys: Tensor, values: Tensor, begin: int, end: int, before: int, after: int
) -> Tensor:
    """Attend for the queries from begin to end, whose window the sequence's ends may cut."""
    first, last = max(0, begin - before), min(keys.shape[2], end + after)
    allowed = _nearby(end - begin, last - first, begin - first, before, after, queries.device)
    seen = keys[:, :, first:last], values[:, :, first:last]
    return scaled_dot_product_attention(queries[:, :, begin:end], *seen, attn_mask=allowed)


def _nearby(
    n_queries: int, n_keys: int, shift: int, before: int, after: int, device: torch.device
) -> Tensor:
    """Return who sees whom, where query 0 stands beside key ``shift``."""
    at = torch.arange(n_queries, device=device)[:, None] + shift
    ahead = torch.arange(n_keys, device=device) - at
    return (ahead >= -before) & (ahead <= after)
