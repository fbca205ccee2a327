"""How the slices of a shared sequence come by each process, and how gradients find home.

Two ways: to gather all slices at once, and to let them travel round a ring. `sharded` is what
attends to them, and says where both come from.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from course_lib.attention.traffic import note

Pair = Sequence[Tensor]  # of one slice: keys and values, or the gradients of both


@dataclass(frozen=True)
class Way:
    """How slices come by, and how what arises for them finds home.

    Parameters
    ----------
    visit : (keys, values) -> every slice in turn, with the rank of its owner
    send_home : gradients in the order of the visits, with the owner -> those of this process
    """

    visit: Callable[[Tensor, Tensor], Iterator[tuple[int, Pair]]]
    send_home: Callable[[Iterator[tuple[int, Pair]]], Pair]


# --- gathering


def _gathered(keys: Tensor, values: Tensor) -> Iterator[tuple[int, Pair]]:
    """Fetch all slices at once, and show one after the other in the order of the ranks."""
    n_processes = dist.get_world_size()
    everyone = [x.new_empty(n_processes, *x.shape) for x in (keys, values)]
    for room, x in zip(everyone, (keys, values), strict=True):
        note((n_processes - 1) * x.nbytes)
        dist.all_gather(list(room), x)
    yield from enumerate(zip(*everyone, strict=True))


def _summed_at_home(arising: Iterator[tuple[int, Pair]]) -> Pair:
    """Add up, for each slice, what arose in all processes, where the slice is at home."""
    rank, home = dist.get_rank(), []
    for owner, parts in arising:
        for x in parts:
            note(0 if owner == rank else x.nbytes)
            dist.reduce(x, dst=owner)
        if owner == rank:
            home = list(parts)
    return home


GATHER = Way(_gathered, _summed_at_home)


# --- the ring


def _travelling(keys: Tensor, values: Tensor) -> Iterator[tuple[int, Pair]]:
    """Show every slice as it comes by, this process's own first."""
    rank, n_processes = dist.get_rank(), dist.get_world_size()
    here: Pair = keys, values
    rooms = [[torch.empty_like(x) for x in here] for _ in range(2)]  # no third is ever needed
    for step in range(n_processes):
        arriving = rooms[step % 2]
        on_their_way = _pass_on(here, arriving) if step < n_processes - 1 else []
        yield (rank - step) % n_processes, here
        for message in on_their_way:
            message.wait()
        here = arriving


def _carried_home(arising: Iterator[tuple[int, Pair]]) -> Pair:
    """Let what arises for a slice travel behind it, growing on its way, until it is at home."""
    _, home = next(arising)  # one's own slice; nobody has seen the others yet
    carried = [torch.zeros_like(x) for x in home]
    for _, parts in arising:
        for total, part in zip(carried, parts, strict=True):
            total += part
        arriving = [torch.empty_like(x) for x in carried]
        for message in _pass_on(carried, arriving, tag=2):
            message.wait()
        carried = arriving
    return [own + others for own, others in zip(home, carried, strict=True)]


def _pass_on(parcel: Pair, room: Pair, *, tag: int = 0) -> list[Any]:
    """Begin to send to the next process, and to receive from the one before.

    Messages between the same two processes are told apart by their tags.
    """
    rank, n_processes = dist.get_rank(), dist.get_world_size()
    after, before = (rank + 1) % n_processes, (rank - 1) % n_processes
    note(sum(x.nbytes for x in parcel))
    sends = [dist.P2POp(dist.isend, x, after, tag=tag + i) for i, x in enumerate(parcel)]
    receipts = [dist.P2POp(dist.irecv, x, before, tag=tag + i) for i, x in enumerate(room)]
    return dist.batch_isend_irecv(sends + receipts)


RING = Way(_travelling, _carried_home)
