"""One long sequence on several devices: what each of them computes, sends and has to hold.

The devices are processes on this machine. `attend_sharded` is what each of them does; it stands
here, and not in the notebook of lesson 12, because other processes have to import it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist
from numpy import ndarray
from torch import Tensor

from course_lib.attention.sharded import gather_attention, ring_attention
from course_lib.attention.traffic import counting
from course_lib.errors import CourseError
from course_lib.measuring import peak_bytes

WAYS: dict[str, Callable[..., Tensor]] = {"gather": gather_attention, "ring": ring_attention}


@dataclass(frozen=True)
class Share:
    """What one device did: its slice of the results, and what that cost it.

    Parameters
    ----------
    outputs : this device's slice, (batch_size, n_heads, slice_length, d_value)
    gradients : of Σ outputs² / 2 over the whole sequence, for its queries, keys and values
    bytes_forth, bytes_back : what it sent for the outputs, and for the gradients
    peak_bytes : the most memory that the way forth needed beside its slice of the inputs
    """

    outputs: ndarray
    gradients: tuple[ndarray, ndarray, ndarray]
    bytes_forth: int
    bytes_back: int
    peak_bytes: int


def attend_sharded(
    rank: int,
    queries: ndarray,
    keys: ndarray,
    values: ndarray,
    is_causal: bool = False,
    ways: Sequence[str] = ("gather", "ring"),
) -> dict[str, Share]:
    """Take this device's slice of a sequence, and attend to the whole of it in several ways.

    Parameters
    ----------
    rank : which of the devices this is; `run_on_processes` says so
    queries, keys, values : the whole sequence, (batch_size, n_heads, seq_len, …); every device
        cuts its own slice from it
    is_causal : hide what comes later
    ways : "gather", "ring", or both

    Raises
    ------
    CourseError
        If there is no such way.

    Examples
    --------
    ``run_on_processes(attend_sharded, 2, queries, keys, values)[1]["ring"].bytes_forth``
    """
    unknown = [way for way in ways if way not in WAYS]
    if unknown:
        raise CourseError(
            f"expected the ways {', '.join(WAYS)}; got {unknown[0]}. Try ways=('ring',)."
        )
    slices = [
        torch.from_numpy(x).chunk(dist.get_world_size(), dim=2)[rank].clone().requires_grad_()
        for x in (queries, keys, values)
    ]
    return {way: _share(WAYS[way], slices, is_causal) for way in ways}


def _share(attend: Callable[..., Tensor], slices: Sequence[Tensor], is_causal: bool) -> Share:
    with counting() as forth:
        outputs = attend(*slices, is_causal=is_causal)
    with counting() as back:
        to_all = torch.autograd.grad((outputs**2).sum() / 2, slices)
    to_queries, to_keys, to_values = (x.numpy() for x in to_all)
    return Share(
        outputs=outputs.detach().numpy(),
        gradients=(to_queries, to_keys, to_values),
        bytes_forth=forth.bytes_sent,
        bytes_back=back.bytes_sent,
        peak_bytes=_peak_bytes(attend, slices, is_causal),
    )


def _peak_bytes(attend: Callable[..., Tensor], slices: Sequence[Tensor], is_causal: bool) -> int:
    def attend_once() -> Tensor:
        with torch.no_grad():
            return attend(*slices, is_causal=is_causal)

    return peak_bytes(attend_once)
