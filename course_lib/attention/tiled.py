"""Attention tile by tile: the whole table of scores is never there, neither forth nor back.

Softmax needs the sum over a whole row, and yet no row has to be whole: a running maximum m, a
running sum l and a running mixture are enough (the "online softmax"). When a new tile raises the
maximum from m to m', whatever was summed before is multiplied by exp(m − m').

On the way back the weights are computed again, tile by tile, from what the way forth kept: the
outputs o and, for each query, lse = m + log l. With p = exp(score − lse), the weight itself, and
g the gradient that arrives at the output,

    dv_j = Σ_i p_ij g_i        ds_ij = p_ij (g_i · v_j − g_i · o_i)

and from ds the gradients of queries and keys follow as those of any product.

The sums are float32 at least (see `precision`), and each product writes into memory that is there:
such operations `torch.autocast` leaves alone.

Sources: Milakov and Gimelshein (2018), arXiv 1805.02867; Dao et al. (2022), "FlashAttention",
arXiv 2205.14135, algorithms 1 and 4.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.attention.inputs import fitting, refuse_second_derivative
from course_lib.attention.precision import widened
from course_lib.errors import ShapeError

QUERY_TILE, KEY_TILE = 256, 512


def tiled_attention(
    queries: Float[Tensor, "batch_size n_heads n_queries d_head"],
    keys: Float[Tensor, "batch_size n_heads n_keys d_head"],
    values: Float[Tensor, "batch_size n_heads n_keys d_value"],
    *,
    query_tile: int = QUERY_TILE,
    key_tile: int = KEY_TILE,
    is_causal: bool = False,
) -> Float[Tensor, "batch_size n_heads n_queries d_value"]:
    """Attend without ever building the whole table of scores.

    Parameters
    ----------
    queries, keys, values : what each position looks for, offers, and passes on
    query_tile, key_tile : how many of each are looked at together
    is_causal : query i sees keys 0 … i

    Raises
    ------
    ShapeError
        If the arguments do not fit each other, or a tile is empty.

    Notes
    -----
    Time O(n_queries · n_keys), as ever. Memory O(query_tile · key_tile) for each head beside the
    result, with gradients too. Halves are computed in float32 and cast at the end. Gradients once
    and backwards: neither second derivatives nor forward mode nor `torch.func`.
    `torch.nn.functional.scaled_dot_product_attention` does the same in one fused kernel; this is
    the one that can be read.
    """
    queries, keys, values = fitting(queries, keys, values)
    if min(query_tile, key_tile) < 1:
        raise ShapeError(
            f"expected tiles of at least 1; got query_tile={query_tile} and key_tile={key_tile}. "
            f"The defaults are {QUERY_TILE} and {KEY_TILE}."
        )
    outputs: Tensor = _Tiled.apply(queries, keys, values, query_tile, key_tile, is_causal)
    return outputs


class _Tiled(torch.autograd.Function):
    """The two loops below, tied together for autograd."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        queries, keys, values, query_tile, key_tile, is_causal = arguments
        ctx.tiling = {"query_tile": query_tile, "key_tile": key_tile, "is_causal": is_causal}
        outputs, lse = attend(*widened(queries, keys, values), **ctx.tiling)
        outputs = outputs.to(queries.dtype)
        ctx.save_for_backward(queries, keys, values, outputs, lse)
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        refuse_second_derivative()
        parts = attend_back(*widened(gradient, *ctx.saved_tensors), **ctx.tiling)
        return *(x.to(gradient.dtype) for x in parts), None, None, None


@torch.no_grad()
def attend(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    *,
    is_causal: bool,
    query_tile: int = QUERY_TILE,
    key_tile: int = KEY_TILE,
) -> tuple[Tensor, Tensor]:
    """Return the outputs, and for each query lse = log Σ exp(score).

    The axes are those of `tiled_attention`; lse is (batch_size, n_heads, n_queries). The sums
    are kept in the dtype of the arguments.
    """
    lead, (n_queries, d_head) = queries.shape[:-2], queries.shape[-2:]
    queries, keys, values = (x.flatten(0, -3) for x in (queries, keys, values))
    room = _room(queries, keys, query_tile, key_tile)
    outputs = queries.new_zeros(len(queries), n_queries, values.shape[-1])
    lse = queries.new_full((len(queries), n_queries, 1), -torch.inf)
    for rows in _tiles(n_queries, query_tile):
        scaled = queries[:, rows] / d_head**0.5
        greatest, total = lse[:, rows].clone(), torch.zeros_like(lse[:, rows])
        mixture = torch.zeros_like(outputs[:, rows])
        for columns in _tiles(keys.shape[1], key_tile, reach=rows.stop if is_causal else None):
            scores = _product(scaled, keys[:, columns], room)
            if is_causal:
                _hide_later(scores, rows, columns)
            _take_in(scores, values[:, columns], greatest, total, mixture)
        if keys.shape[1]:
            torch.div(mixture, total, out=outputs[:, rows])
            torch.add(greatest, total.log_(), out=lse[:, rows])
    return outputs.unflatten(0, lead), lse[..., 0].unflatten(0, lead)


def _take_in(
    scores: Tensor, values: Tensor, greatest: Tensor, total: Tensor, mixture: Tensor
) -> None:
    """Take one more tile of keys into the running three, in place; scores are used up."""
    before = greatest.clone()
    torch.maximum(before, scores.amax(-1, keepdim=True), out=greatest)
    shrink = before.sub_(greatest).exp_()
    exponentials = scores.sub_(greatest).exp_()
    total.mul_(shrink).add_(exponentials.sum(-1, keepdim=True))
    mixture.mul_(shrink).baddbmm_(exponentials, values)


@torch.no_grad()
def attend_back(
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    outputs: Tensor,
    lse: Tensor,
    *,
    is_causal: bool,
    query_tile: int = QUERY_TILE,
    key_tile: int = KEY_TILE,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of queries, keys and values; the weights are computed again.

    `outputs` and `lse` need not come from these keys alone: where other keys have their share in
    them, this gives the part that goes to these.
    """
    shapes = [x.shape for x in (queries, keys, values)]
    scale = queries.shape[-1] ** -0.5
    expected = (gradient * outputs).sum(-1, keepdim=True).flatten(0, -3)  # g_i · o_i
    gradient, queries, keys, values = (x.flatten(0, -3) for x in (gradient, queries, keys, values))
    lse = lse.flatten(0, -2)[..., None]
    to_queries, to_keys, to_values = (torch.zeros_like(x) for x in (queries, keys, values))
    room, other_room = (_room(queries, keys, query_tile, key_tile) for _ in range(2))
    for rows in _tiles(queries.shape[1], query_tile):
        scaled = queries[:, rows] * scale
        for columns in _tiles(keys.shape[1], key_tile, reach=rows.stop if is_causal else None):
            scores = _product(scaled, keys[:, columns], room)
            if is_causal:
                _hide_later(scores, rows, columns)
            weights = scores.sub_(lse[:, rows]).exp_()
            to_values[:, columns].baddbmm_(weights.transpose(1, 2), gradient[:, rows])
            to_scores = _product(gradient[:, rows], values[:, columns], other_room)
            to_scores.sub_(expected[:, rows]).mul_(weights)
            to_queries[:, rows].baddbmm_(to_scores, keys[:, columns], alpha=scale)
            to_keys[:, columns].baddbmm_(to_scores.transpose(1, 2), scaled)
    to_all = zip((to_queries, to_keys, to_values), shapes, strict=True)
    return tuple(x.view(shape) for x, shape in to_all)  # type: ignore[return-value]


def _room(queries: Tensor, keys: Tensor, query_tile: int, key_tile: int) -> Tensor:
    """Set memory aside for one tile of scores: asking anew each time costs a fifth more."""
    n_queries, n_keys = min(query_tile, queries.shape[1]), min(key_tile, keys.shape[1])
    return queries.new_empty(len(queries) * n_queries * n_keys)


def _product(rows: Tensor, columns: Tensor, room: Tensor) -> Tensor:
    """Take the dot product of each row with each column, in the room that is there for it."""
    shape = len(rows), rows.shape[1], columns.shape[1]
    return torch.bmm(rows, columns.transpose(1, 2), out=room[: prod(shape)].view(shape))


def _tiles(length: int, size: int, *, reach: int | None = None) -> Iterator[slice]:
    """Cut a length into slices, the last one shorter; nothing from ``reach`` on."""
    end = length if reach is None else min(length, reach)
    return (slice(start, min(start + size, end)) for start in range(0, end, size))


def _hide_later(scores: Tensor, rows: slice, columns: slice) -> None:
    """Set the scores of keys that come after their query to −inf, in place."""
    if columns.stop - 1 > rows.start:
        i = torch.arange(rows.start, rows.stop, device=scores.device)[:, None]
        j = torch.arange(columns.start, columns.stop, device=scores.device)
        scores.masked_fill_(j > i, -torch.inf)
