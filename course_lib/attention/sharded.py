r"""Attention over a sequence that several processes share, so that none has to hold all of it.

Each process, on a device of its own, holds one slice of the sequence: they are equally long and
lie in the order of the ranks. Its queries have to meet the keys and values of everybody:

* **gather**: everybody sends its keys and values to everybody, and holds all of them for a while;
* **ring**: keys and values travel from process to process, and each process sees all of them come
  by. While it attends to one slice, that one already travels on and the next one arrives.

Both are one loop over slices: attend to each with a dense kernel that tells its log-sum-exp, and
merge. The number of bytes sent is the same (`traffic.sharded_bytes`); the memory is not.

**The way back.** As `dilated` derives it, the kernel goes back through one slice at a time, handed
the merged output and the total log-sum-exp. So nothing but a process's own slice is kept for it:
keys and values are visited once more. What arises there for a slice belongs to the process that
holds it, and is sent home: added up over all processes, or travelling along in the ring.

Sources: Liu et al. (2023), "Ring Attention with Blockwise Transformers for Near-Infinite Context",
arXiv 2310.01889; Korthikanti et al. (2022), "Reducing Activation Recomputation in Large Transformer
Models", arXiv 2205.05198, section 4.2, for gathering, and for gathering again on the way back.
"""

from collections.abc import Iterator
from typing import Any

import torch
import torch.distributed as dist
from jaxtyping import Float
from torch import Tensor

from course_lib.attention.inputs import fitting, refuse_second_derivative
from course_lib.attention.kernels import kernel_for, merge_into
from course_lib.attention.precision import widened
from course_lib.attention.ways import GATHER, RING, Pair, Way
from course_lib.errors import CourseError, ShapeError


def gather_attention(
    queries: Float[Tensor, "batch_size n_heads slice_length d_head"],
    keys: Float[Tensor, "batch_size n_heads slice_length d_head"],
    values: Float[Tensor, "batch_size n_heads slice_length d_value"],
    *,
    is_causal: bool = False,
) -> Float[Tensor, "batch_size n_heads slice_length d_value"]:
    """Attend to the whole sequence, gathering everybody's keys and values.

    Every process calls this with its slice, and goes back through it if one of them does.

    Parameters
    ----------
    queries, keys, values : this process's slice, of the same shape in all processes
    is_causal : hide what comes later in the whole sequence

    Returns
    -------
    outputs : this process's slice of what one process alone would compute

    Raises
    ------
    CourseError
        If there is no process group.
    ShapeError
        If the tensors do not fit each other, or those of another process.

    Notes
    -----
    Each process sends (n_processes − 1) · 2 slices forth and twice that back; how they really
    move is for torch's backend to choose. Halves travel as halves and are computed in float32;
    their gradients travel in float32, so that it is three times that back. Memory: all n_processes
    slices of keys and values while it runs, so this way ends where one device cannot hold them.
    Time O(seq_len² / n_processes).
    """
    return _attend(queries, keys, values, is_causal, GATHER)


def ring_attention(
    queries: Float[Tensor, "batch_size n_heads slice_length d_head"],
    keys: Float[Tensor, "batch_size n_heads slice_length d_head"],
    values: Float[Tensor, "batch_size n_heads slice_length d_value"],
    *,
    is_causal: bool = False,
) -> Float[Tensor, "batch_size n_heads slice_length d_value"]:
    """Attend to the whole sequence, while keys and values travel round a ring of processes.

    Arguments, result and errors are those of `gather_attention`.

    Notes
    -----
    Each process sends (n_processes − 1) · 2 slices forth and twice that back, always to the next
    one. Memory: beside its own slice never more than two of keys and values, the one that it
    attends to and the one that arrives, however many there are; on the way back gradients of a few
    slices as well. Time O(seq_len² / n_processes). Causal, the last process attends to all slices
    and the first to one: it waits.
    """
    return _attend(queries, keys, values, is_causal, RING)


def _attend(queries: Tensor, keys: Tensor, values: Tensor, is_causal: bool, way: Way) -> Tensor:
    _refuse_to_be_alone()
    queries, keys, values = fitting(queries, keys, values)
    _refuse_unequal_slices(queries, keys, values)
    keys, values = keys.contiguous(), values.contiguous()  # only such tensors can be sent
    outputs: Tensor = _Sharded.apply(queries, keys, values, is_causal, way)
    return outputs


class _Sharded(torch.autograd.Function):
    """Visit all slices forth, and all of them once more back."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        queries, keys, values, is_causal, way = arguments
        wide = widened(queries, keys, values)
        kernel, rank = kernel_for(*wide), dist.get_rank()
        outputs = wide[2].new_zeros(values.shape)
        lse = wide[0].new_full(queries.shape[:-1], -torch.inf)
        for owner, slices in way.visit(keys, values):
            if owner <= rank or not is_causal:
                own = is_causal and owner == rank  # earlier slices may be seen as a whole
                part = kernel.forth(wide[0], *widened(*slices), is_causal=own)
                merge_into(outputs, lse, *part)
        outputs = outputs.to(queries.dtype)
        ctx.save_for_backward(queries, keys, values, outputs, lse)
        ctx.how = is_causal, way, kernel
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        refuse_second_derivative()
        queries, keys, values, *mixed = ctx.saved_tensors
        is_causal, way, kernel = ctx.how
        wide_gradient, wide, *mixed = widened(gradient.contiguous(), queries, *mixed)
        rank, to_queries = dist.get_rank(), torch.zeros_like(wide)

        def arising() -> Iterator[tuple[int, Pair]]:
            for owner, slices in way.visit(keys, values):
                k, v = widened(*slices)
                to_slice = torch.zeros_like(k), torch.zeros_like(v)
                if owner <= rank or not is_causal:
                    own = is_causal and owner == rank
                    parts = kernel.back(wide_gradient, wide, k, v, *mixed, is_causal=own)
                    for total, part in zip((to_queries, *to_slice), parts, strict=True):
                        total += part
                yield owner, to_slice

        to_all = to_queries, *way.send_home(arising())
        return *(x.to(gradient.dtype) for x in to_all), None, None


# --- what cannot work


def _refuse_to_be_alone() -> None:
    if not (dist.is_available() and dist.is_initialized()):
        raise CourseError(
            "expected to be called in several processes that know each other; got a process "
            "without a process group. In a notebook, let "
            "`course_lib.attention.processes.run_on_processes` call it; in a script, start it with "
            "torchrun and begin with `torch.distributed.init_process_group()`."
        )


def _refuse_unequal_slices(queries: Tensor, keys: Tensor, values: Tensor) -> None:
    """Say which lengths do not fit each other, here or among the processes."""
    if queries.shape[2] != keys.shape[2]:
        raise ShapeError(
            f"expected as many queries as keys; got {queries.shape[2]} and {keys.shape[2]}. "
            "Cut all three at the same places."
        )
    mine = [tuple(x.shape) for x in (queries, keys, values)], queries.dtype
    everyone: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(everyone, mine)
    for rank, theirs in enumerate(everyone):
        if theirs != everyone[0]:
            raise ShapeError(
                "expected slices of the same shapes and dtype in every process; got "
                f"{_named(everyone[0])} in process 0 and {_named(theirs)} in process {rank}. Pad "
                f"the sequence to a multiple of {len(everyone)} before you cut it."
            )


def _named(slices: tuple[list[tuple[int, ...]], torch.dtype]) -> str:
    shapes, dtype = slices
    return f"{', '.join(map(str, shapes))} {str(dtype).removeprefix('torch.')}"
