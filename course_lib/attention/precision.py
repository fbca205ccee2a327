"""In which dtype attention computes: autocast's, where it is on, and sums in float32 at least.

A float16 ends at 65,504, and a bfloat16 has eight digits, in base 2: a running sum of thousands of
exponentials overflows in the one and stands still in the other. So halves are widened before they
are multiplied and summed, and the result is cast back once, at the end.
"""

import torch
from torch import Tensor

_HALVES = (torch.float16, torch.bfloat16)


def as_autocast(*tensors: Tensor) -> list[Tensor]:
    """Cast as torch's own attention does under `torch.autocast`; without it, change nothing."""
    device = tensors[0].device.type
    if not (torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)):
        return list(tensors)
    dtype = torch.get_autocast_dtype(device)
    return [x if x.dtype == torch.float64 else x.to(dtype) for x in tensors]


def widened(*tensors: Tensor) -> list[Tensor]:
    """Turn halves into float32, and leave float32 and float64 as they are."""
    return [x.float() if x.dtype in _HALVES else x for x in tensors]
