"""Who runs against whom in `bench` and `record`: makers of calls, as `sweep` takes them.

A maker makes the inputs for a length and returns the call that is timed. All makers of one sort
draw the same numbers at one length, so that a test can compare what the calls return.
"""

from collections.abc import Callable
from functools import partial
from math import ceil, sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention import (
    MultiHeadAttention,
    dilated_attention,
    tiled_attention,
    window_attention,
)
from course_lib.measuring.sweeping import Maker

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]

N_HEADS, D_HEAD = 8, 32
DILATIONS = (1, 2, 4, 8, 16)
OURS, THEIRS = "MultiHeadAttention", "nn.MultiheadAttention"


# --- the core alone: queries, keys and values are there


def plain_attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend with the whole table of scores in memory, one operation after the other."""
    scores = queries @ keys.transpose(-2, -1) / sqrt(queries.shape[-1])
    return scores.softmax(-1) @ values


def dilated_from(first: int) -> Attend:
    """Attend causally in branches of growing reach, the first of them dense segments."""
    lengths = [first * dilation for dilation in DILATIONS]
    return partial(dilated_attention, segment_lengths=lengths, dilations=DILATIONS, is_causal=True)


CORES: dict[str, Attend] = {
    "plain": plain_attention,
    "SDPA": scaled_dot_product_attention,
    "causal SDPA": partial(scaled_dot_product_attention, is_causal=True),
    "tiled": tiled_attention,
    "causal tiled": partial(tiled_attention, is_causal=True),
    "window 256": partial(window_attention, window=256),
    "dilated from 256": dilated_from(256),
    "dilated from 2048": dilated_from(2048),
}


def heads(
    length: int,
    *,
    n_heads: int = N_HEADS,
    d_head: int = D_HEAD,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, ...]:
    """Draw queries, keys and values, (1, n_heads, length, d_head) each."""
    drawn = _drawn(3, 1, n_heads, length, d_head)
    return tuple(drawn.to(device=device, dtype=dtype))


def forth(attend: Attend, **sizes: object) -> Maker:
    """Make calls that attend, and keep nothing for the way back; sizes are those of `heads`."""

    def make(length: int) -> Callable[[], Tensor]:
        q, k, v = heads(length, **sizes)  # type: ignore[arg-type]
        return torch.no_grad()(lambda: attend(q, k, v))

    return make


def forth_and_back(attend: Attend, **sizes: object) -> Maker:
    """Make calls that attend, and return the gradients of queries, keys and values."""

    def make(length: int) -> Callable[[], tuple[Tensor, ...]]:
        inputs = [x.requires_grad_() for x in heads(length, **sizes)]  # type: ignore[arg-type]
        arriving = torch.ones_like(inputs[-1])
        return lambda: torch.autograd.grad(attend(*inputs), inputs, arriving)

    return make


# --- whole layers


class Alone(nn.Module):
    """Torch's own module as self-attention; the weights are those of each head, as in ours."""

    def __init__(self, theirs: nn.MultiheadAttention) -> None:
        super().__init__()
        self.theirs = theirs

    def forward(self, x: Tensor, *, return_weights: bool = False) -> Tensor | tuple[Tensor, ...]:
        """Let the words of each sentence attend to each other."""
        found = self.theirs(x, x, x, need_weights=return_weights, average_attn_weights=False)
        return found if return_weights else found[0]


def layers(d_model: int = 256, n_heads: int = 8) -> dict[str, nn.Module]:
    """Return torch's own module and the course's, with the same weights."""
    theirs = nn.MultiheadAttention(d_model, n_heads, bias=False, batch_first=True)
    return {THEIRS: Alone(theirs), OURS: MultiHeadAttention.from_torch(theirs)}


def reading(module: nn.Module, d_model: int, *, device: str = "cpu", **options: object) -> Maker:
    """Make calls that only compute the outputs for one text; options are the module's."""
    module = module.to(device)

    def make(length: int) -> Callable[[], object]:
        words = _drawn(1, length, d_model).to(device)
        return torch.no_grad()(lambda: module(words, **options))

    return make


def learning(module: nn.Module, d_model: int) -> Maker:
    """Make calls that compute the outputs for one text, and return every gradient."""

    def make(length: int) -> Callable[[], object]:
        words = _drawn(1, length, d_model).requires_grad_()
        return lambda: torch.autograd.grad(module(words).sum(), [words, *module.parameters()])

    return make


# --- matrix products


def square_product(*, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Maker:
    """Make calls that multiply two matrices, length by length."""

    def make(length: int) -> Callable[[], Tensor]:
        left, right = _drawn(2, length, length).to(device=device, dtype=dtype)
        room = torch.empty_like(left)
        return lambda: torch.mm(left, right, out=room)

    return make


def products(
    d_head: int, *, n_queries: int = 256, n_keys: int = 512, side: int = 1024
) -> dict[str, Maker]:
    """Return what the rate of attention is held against: its own two products, and a square one.

    Scores are queries times keys, and mixing is weights times values, both in tiles that fit into
    a core's own cache: 256 times 512 scores are 512 KiB. Each call does as much arithmetic as 8
    heads of attention at that length, by saying one product again and again.
    """
    queries, keys = _drawn(n_queries, d_head), _drawn(n_keys, d_head)
    weights, values = _drawn(n_queries, n_keys), _drawn(n_keys, d_head)
    square = _drawn(side, side)
    return {
        f"QKᵀ, {n_queries} × {n_keys}": _as_much_work_by(queries, keys.T, d_head),
        f"AV, {n_queries} × {n_keys}": _as_much_work_by(weights, values, d_head),
        f"a square of {side:,}": _as_much_work_by(square, square, d_head),
    }


def _as_much_work_by(left: Tensor, right: Tensor, d_head: int) -> Maker:
    room = left.new_empty(len(left), right.shape[1])

    def make(length: int) -> Callable[[], None]:
        wanted = 2 * N_HEADS * length**2 * d_head  # multiply-adds: two products for each of 8 heads
        as_often = ceil(wanted / (left.numel() * right.shape[1]))

        def run() -> None:
            for _ in range(as_often):
                torch.mm(left, right, out=room)

        return run

    return make


def _drawn(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))
