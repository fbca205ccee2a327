"""Dense attention that also tells its log-sum-exp, forth and back: what other ways are built from.

torch has such a kernel for CPUs, behind `scaled_dot_product_attention`, but returns the
log-sum-exp only from an operator that it keeps to itself and may change. So it is tried out once;
where it does not do what it should, the tiles of `tiled` do the same on public operators.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from course_lib.attention import tiled

_OPERATOR = "_scaled_dot_product_flash_attention_for_cpu"
_DTYPES = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Kernel:
    """One way to attend and to come back.

    Parameters
    ----------
    name : what it is called in tables and tests
    forth : (queries, keys, values, *, is_causal) -> outputs, lse
    back : (gradient, queries, keys, values, outputs, lse, *, is_causal) -> the gradients of
        queries, keys and values; outputs and lse may stand for more keys than these
    """

    name: str
    forth: Callable[..., tuple[Tensor, Tensor]]
    back: Callable[..., tuple[Tensor, Tensor, Tensor]]


def _flash_forth(
    queries: Tensor, keys: Tensor, values: Tensor, *, is_causal: bool
) -> tuple[Tensor, Tensor]:
    return getattr(torch.ops.aten, _OPERATOR)(queries, keys, values, 0.0, is_causal)


def _flash_back(
    gradient: Tensor,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    outputs: Tensor,
    lse: Tensor,
    *,
    is_causal: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    run = getattr(torch.ops.aten, f"{_OPERATOR}_backward")
    return run(gradient, queries, keys, values, outputs, lse, 0.0, is_causal)


PORTABLE = Kernel("portable", tiled.attend, tiled.attend_back)
FLASH = Kernel("flash", _flash_forth, _flash_back)


def kernel_for(queries: Tensor, keys: Tensor, values: Tensor) -> Kernel:
    """Choose the quickest kernel that can take these tensors."""
    fits = (
        queries.device.type == "cpu"
        and queries.dtype in _DTYPES
        and queries.shape[-1] == values.shape[-1]
        and queries.numel() > 0  # torch's operator ends the whole process where nobody is there
        and keys.numel() > 0
        and queries.stride(-1) == keys.stride(-1) == values.stride(-1) == 1
    )
    return FLASH if fits and flash_works() else PORTABLE


def merge_into(mixed: Tensor, total: Tensor, outputs: Tensor, lse: Tensor) -> None:
    """Add attention over further keys to what was gathered, in place.

    `reference.merge_partials` says what it computes. Each query has seen a key in the new part.
    """
    joint = torch.logaddexp(total, lse)
    mixed.mul_((total - joint).exp_()[..., None])
    mixed.addcmul_(outputs, (lse - joint).exp_()[..., None])
    total.copy_(joint)


@cache
def flash_works() -> bool:
    """Try torch's own operator once, on numbers whose answer the portable kernel knows."""
    x = torch.linspace(-1, 1, 2 * 3 * 5 * 4, dtype=torch.float64).view(2, 3, 5, 4)
    arguments = x, x.flip(-1), x.flip(-2)
    try:
        there = [kernel.forth(*arguments, is_causal=True) for kernel in (FLASH, PORTABLE)]
        back = [
            kernel.back(x, *arguments, *there[1], is_causal=True) for kernel in (FLASH, PORTABLE)
        ]
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return False
    return all(
        torch.allclose(ours, theirs)
        for flash, portable in (there, back)
        for ours, theirs in zip(flash, portable, strict=True)
    )
