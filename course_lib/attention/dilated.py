r"""Dilated attention: dense nearby, sparse far away, in time linear in the length.

A branch (w, r) cuts the sequence into segments of w and keeps in each, for head j, the places p
with p mod r = j mod r: w/r positions that attend to each other densely. With w and r growing
together every branch costs n/w · (w/r)² = n · w/r² pairs, which is linear in n, and the branches
that reach far cost least.

**Mixing.** Branch b gives outputs o_b and denominators s_b = Σ exp(score). LongNet weighs each
branch by its share of the denominators, o = Σ_b s_b o_b / Σ_b s_b. Since s_b o_b = Σ exp(score) v,
that is one softmax over the keys of all branches, in which a key that stands in two of them counts
twice. In logarithms: lse = log Σ_b exp(lse_b), and branch b has the share exp(lse_b − lse).

**The way back.** Since it is one softmax, a key's weight in it is p = exp(score − lse), with the
*total* lse, and its gradient is that of any softmax, ds = p (g · v − g · o), with the *mixed*
output o. Nothing in it asks which branch the key stands in. So each branch goes back through its
dense kernel, handed the mixed output and the total lse in place of its own, and the gradients add
up.

**No copies.** Segments, offsets and heads are strides: `pieces` only looks at the tensors in other
ways, and adding into such a view adds in the right place.

Source: Ding et al. (2023), "LongNet: Scaling Transformers to 1,000,000,000 Tokens", arXiv
2307.02486, eq. 6 to 10.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.attention.branches import Branch, checked_branches
from course_lib.attention.inputs import fitting, refuse_second_derivative
from course_lib.attention.kernels import Kernel, kernel_for, merge_into
from course_lib.attention.precision import widened
from course_lib.errors import ShapeError


def dilated_attention(
    queries: Float[Tensor, "batch_size n_heads seq_len d_head"],
    keys: Float[Tensor, "batch_size n_heads seq_len d_head"],
    values: Float[Tensor, "batch_size n_heads seq_len d_value"],
    *,
    segment_lengths: Sequence[int],
    dilations: Sequence[int],
    is_causal: bool = False,
) -> Float[Tensor, "batch_size n_heads seq_len d_value"]:
    """Attend densely nearby and sparsely far away.

    Parameters
    ----------
    queries, keys, values : what each position looks for, offers, and passes on
    segment_lengths, dilations : one of each a branch; a segment may be longer than the sequence
    is_causal : hide what comes later

    Returns
    -------
    outputs : zeros for a query that no branch keeps

    Raises
    ------
    ShapeError
        If the tensors do not fit each other, segment lengths and dilations do not pair, or one of
        them is below 1.

    Notes
    -----
    Time O(seq_len · Σ w/r²), memory O(seq_len), with gradients too. On a CPU, torch's own dense
    kernel does the work; elsewhere, and for values of another width than the queries, the tiles of
    `tiled_attention`. Halves are computed in float32, copied for it, and cast at the end.
    Gradients once and backwards: neither second derivatives nor forward mode nor `torch.func`.
    """
    queries, keys, values = fitting(queries, keys, values)
    if queries.shape[2] != keys.shape[2]:
        raise ShapeError(
            f"expected as many queries as keys; got {queries.shape[2]} and {keys.shape[2]}. "
            "Dilated attention is self-attention: both are cut into the same segments."
        )
    branches = checked_branches(segment_lengths, dilations)
    outputs: Tensor = _Dilated.apply(queries, keys, values, branches, is_causal)
    return outputs


class _Dilated(torch.autograd.Function):
    """Forth through every branch, and back through every branch."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        queries, keys, values, branches, is_causal = arguments
        q, k, v = widened(queries, keys, values)
        kernel = kernel_for(q, k, v)
        outputs, lse = attend(q, k, v, branches, is_causal=is_causal, kernel=kernel)
        outputs = outputs.to(queries.dtype)
        ctx.save_for_backward(queries, keys, values, outputs, lse)
        ctx.how = branches, is_causal, kernel
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        refuse_second_derivative()
        branches, is_causal, kernel = ctx.how
        given = widened(gradient.contiguous(), *ctx.saved_tensors)
        to_all = [torch.zeros_like(x) for x in given[1:4]]
        for branch in branches:
            for *here, to_queries, to_keys, to_values in pieces(branch, *given, *to_all):
                parts = kernel.back(*here, is_causal=is_causal)
                for total, part in zip((to_queries, to_keys, to_values), parts, strict=True):
                    total += part
        return *(x.to(gradient.dtype) for x in to_all), None, None


def attend(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    branches: Sequence[Branch],
    *,
    is_causal: bool,
    kernel: Kernel,
) -> tuple[Tensor, Tensor]:
    """Return the mixed outputs and, for each query, the total log-sum-exp."""
    outputs = values.new_zeros(values.shape)
    lse = queries.new_full(queries.shape[:-1], -torch.inf)
    for branch in branches:
        for q, k, v, mixed, total in pieces(branch, queries, keys, values, outputs, lse):
            merge_into(mixed, total, *kernel.forth(q, k, v, is_causal=is_causal))
    return outputs, lse


def pieces(branch: Branch, *tensors: Tensor) -> Iterator[list[Tensor]]:
    """Cut tensors alike into what attends densely in one branch: views, nothing is copied.

    Parameters
    ----------
    branch : segment length and dilation
    tensors : each (batch_size, n_heads, seq_len, …)

    Yields
    ------
    Views (n_segments, heads of one offset, kept, …): for each text and each offset first all whole
    segments, then the shorter one at the end.
    """
    segment_length, dilation = branch
    _, n_heads, seq_len = tensors[0].shape[:3]
    whole = seq_len // segment_length * segment_length
    for text in zip(*tensors, strict=True):
        for offset in range(min(dilation, n_heads)):
            heads = [x[offset::dilation] for x in text]
            if whole and offset < segment_length:
                yield [
                    x[:, :whole].unflatten(1, (-1, segment_length))[:, :, offset::dilation]
                    .transpose(0, 1)
                    for x in heads
                ]  # fmt: skip
            if whole + offset < seq_len:
                yield [x[None, :, whole + offset :: dilation] for x in heads]
