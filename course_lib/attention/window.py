"""Attention in a sliding window: every position looks at its neighbours, in linear time.

The sequence is cut into blocks of queries. The keys that a block can see lie next to each other, so
all inner blocks are one batch of views into the same keys, under one small mask.

Source: Beltagy et al. (2020), "Longformer: The Long-Document Transformer", arXiv 2004.05150,
section 3.1.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention.tiled import refuse_misfits
from course_lib.errors import ShapeError

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
    Time and memory O(seq_len · window), with gradients too.
    """
    refuse_misfits(queries, keys, values)
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
    seq_len, block = queries.shape[2], max(window, _SMALLEST_BLOCK)
    before, after = window - 1, 0 if is_causal else window - 1
    n_blocks = (seq_len - after) // block  # so many have all their keys before the end
    if n_blocks < 3:
        return _clipped(queries, keys, values, 0, seq_len, before, after)
    inner = _inner_blocks(queries, keys, values, block, n_blocks, before, after)
    first = _clipped(queries, keys, values, 0, block, before, after)
    last = _clipped(queries, keys, values, n_blocks * block, seq_len, before, after)
    return torch.cat([first, inner, last], dim=2)


def _inner_blocks(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    block: int,
    n_blocks: int,
    before: int,
    after: int,
) -> Tensor:
    """Attend in all blocks but the first, whose keys lie wholly within the sequence."""
    begin, end, span = block, n_blocks * block, before + block + after
    q = queries.flatten(0, 1)[:, begin:end].unflatten(1, (-1, block))
    k, v = (
        x.flatten(0, 1)[:, begin - before : end + after].unfold(1, span, block).transpose(2, 3)
        for x in (keys, values)
    )  # (batch_size · n_heads, n_blocks − 1, span, d_head): neighbours share their keys' memory
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
