"""What processes do that tests start: they have to import it, so it cannot stand in a test."""

import os
import time
import warnings
from functools import partial
from itertools import product

import torch
import torch.distributed as dist
from oracles import as_projections, gradients, relative_errors, there_and_back, vectors
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention.sharded import gather_attention, ring_attention
from course_lib.attention.traffic import counting
from course_lib.attention.ways import GATHER, RING
from course_lib.errors import CourseError

SLICE, D_HEAD = 5, 4
ATTENTIONS = {"gather": gather_attention, "ring": ring_attention}
CAUSAL = {"causal": True, "not causal": False}


def echo(rank, *arguments):
    """Tell who this is, and what arrived."""
    return rank, dist.get_rank(), dist.get_world_size(), torch.get_num_threads(), arguments


def raise_in_one(rank, which):
    """Fail in one process, while the others wait for it."""
    if rank == which:
        raise ValueError("a long story\nand its end")
    dist.barrier()


def die(rank):
    """End as a process does that the system has killed."""
    os._exit(3)


def sleep(rank):
    """Never be done."""
    time.sleep(600)


def return_what_cannot_travel(rank):
    """Return something that has no meaning elsewhere."""
    return lambda: rank


def try_everything(rank):
    """Attend in this process's slice in all ways, and compare with one process over the whole.

    Returns
    -------
    What went wrong beyond the tolerance, or was sent, by what was tried.
    """
    warnings.simplefilter("error")
    return {
        "differences": _differences(rank),
        "bytes": _bytes(rank),
        "large scores": _large_scores(rank),
        "halves": _halves(rank),
        "autocast": _autocast(rank),
        "bytes of halves": _bytes(rank, dtype=torch.bfloat16),
        "past": _changing_the_future(rank),
        "values only": _values_only(rank),
        "no gradients": _no_gradients(rank),
        "twice": _second_derivative(rank),
        "held": {"gather": _held(GATHER), "ring": _held(RING)},
        "misfits": _misfits(rank),
    }


def _whole(*, d_value=D_HEAD, dtype=torch.float64, size=1.0):
    seq_len = SLICE * dist.get_world_size()
    queries, keys, values = vectors(*[(2, 3, seq_len, d) for d in (D_HEAD, D_HEAD, d_value)])
    parts = queries.detach() * size, keys.detach(), values.detach()
    return [x.to(dtype).requires_grad_() for x in parts]


def _here(rank, x):
    return x[:, :, rank * SLICE : (rank + 1) * SLICE]


def _compared(rank, attend, *, is_causal, layout=lambda x: x, **how):
    """Return the greatest difference of outputs and of each gradient from one process's."""
    exact = _whole(**{**how, "dtype": torch.float64})
    expected = scaled_dot_product_attention(*exact, is_causal=is_causal)
    whole = _whole(**how)
    outputs = attend(*(layout(_here(rank, x)) for x in whole), is_causal=is_causal)
    # Each process takes its own part of one sum over all outputs.
    direction = torch.linspace(-1, 2, expected.numel(), dtype=torch.float64).view_as(expected)
    arrived = torch.autograd.grad((outputs * _here(rank, direction).to(outputs)).sum(), whole)
    pairs = [(outputs, _here(rank, expected))]
    pairs += [
        (_here(rank, ours), _here(rank, theirs))
        for ours, theirs in zip(arrived, gradients(expected, exact), strict=True)
    ]
    assert outputs.dtype == whole[0].dtype
    return [float((ours.detach() - theirs.detach()).abs().max()) for ours, theirs in pairs]


def _differences(rank):
    layouts = {"contiguous": lambda x: x, "as projections": as_projections}
    tried = product(ATTENTIONS, CAUSAL, ("float64", "float32"), (D_HEAD, D_HEAD + 1), layouts)
    return {
        (way, causal, dtype, d_value, layout): _compared(
            rank,
            ATTENTIONS[way],
            is_causal=CAUSAL[causal],
            dtype=getattr(torch, dtype),
            d_value=d_value,
            layout=layouts[layout],
        )
        for way, causal, dtype, d_value, layout in tried
    }


def _large_scores(rank):
    return {
        (way, causal): _compared(rank, ATTENTIONS[way], is_causal=CAUSAL[causal], size=3000.0)
        for way, causal in product(ATTENTIONS, CAUSAL)
    }


def _halves(rank):
    """Return the errors of outputs and gradients against float64, ours beside torch's own."""
    length = 100
    here = slice(rank * length, (rank + 1) * length)
    found = {}
    for dtype, causal in product(("bfloat16", "float16"), CAUSAL):
        shape = 1, 2, length * dist.get_world_size(), 16
        given = [x.detach().to(getattr(torch, dtype)) for x in vectors(*[shape] * 4)]
        whole = partial(scaled_dot_product_attention, is_causal=CAUSAL[causal])
        exact = [x[:, :, here] for x in there_and_back(whole, [x.double() for x in given])]
        own = [x[:, :, here] for x in there_and_back(whole, given)]
        found["own", dtype, causal] = relative_errors(own, exact)
        for way, attend in ATTENTIONS.items():
            part = partial(attend, is_causal=CAUSAL[causal])
            results = there_and_back(part, [x[:, :, here] for x in given])
            found[way, dtype, causal] = relative_errors(results, exact)
    return found


def _autocast(rank):
    """Return the dtypes under autocast, and whether all is what casting by hand gives."""
    found = {}
    for way, attend in ATTENTIONS.items():
        slices = [_here(rank, x).detach().requires_grad_() for x in _whole(dtype=torch.float32)]
        by_hand = attend(*(x.bfloat16() for x in slices))
        with torch.autocast("cpu", torch.bfloat16):
            outputs = attend(*slices)
        arrived, expected = (torch.autograd.grad(x.sum(), slices) for x in (outputs, by_hand))
        same = all(map(torch.equal, (outputs, *arrived), (by_hand, *expected)))
        found[way] = str(outputs.dtype), same
    return found


def _bytes(rank, dtype=torch.float32):
    sent = {}
    for way, causal in product(ATTENTIONS, CAUSAL):
        slices = [_here(rank, x) for x in _whole(dtype=dtype)]
        with counting() as both:
            with counting() as forth:
                outputs = ATTENTIONS[way](*slices, is_causal=CAUSAL[causal])
            outputs.sum().backward()
        sent[way, causal] = forth.bytes_sent, both.bytes_sent - forth.bytes_sent
    return sent


def _changing_the_future(rank):
    """Change the last process's slice; return by how much this process's outputs move."""
    moved = {}
    last = dist.get_world_size() - 1
    for way, attend in ATTENTIONS.items():
        slices = [_here(rank, x).detach().clone() for x in _whole()]
        before = attend(*slices, is_causal=True)
        if rank == last:
            slices = [torch.full_like(x, 99.0) for x in slices]
        moved[way] = float((attend(*slices, is_causal=True) - before).abs().max())
    return moved


def _values_only(rank):
    found = {}
    for way, attend in ATTENTIONS.items():
        exact, given = _whole(), [x.detach() for x in _whole()]
        values = given[2].requires_grad_()
        expected = scaled_dot_product_attention(*exact).sum()
        attend(*(_here(rank, x) for x in given)).sum().backward()
        (theirs,) = torch.autograd.grad(expected, exact[2:])
        found[way] = float((_here(rank, values.grad) - _here(rank, theirs)).abs().max())
    return found


def _no_gradients(rank):
    slices = [_here(rank, x) for x in _whole()]
    with torch.no_grad():
        return [attend(*slices).requires_grad for attend in ATTENTIONS.values()]


def _second_derivative(rank):
    def back_twice(attend):
        whole = _whole()
        outputs = attend(*(_here(rank, x) for x in whole))
        torch.autograd.grad(outputs.sum(), whole, create_graph=True)

    return [_complaint(back_twice, attend) for attend in ATTENTIONS.values()]


def _held(way):
    """Watch the slices come by: whose they are, and in how many places of memory they lie."""
    rank, n_processes = dist.get_rank(), dist.get_world_size()
    keys = torch.full((1, 2, 3, 4), float(rank))
    owners, right, places = [], [], set()
    for owner, (k, v) in way.visit(keys, keys + n_processes):
        owners.append(owner)
        right.append(bool((k == owner).all() and (v == owner + n_processes).all()))
        places.add(k.data_ptr())
    return owners, all(right), len(places - {keys.data_ptr()})


def _misfits(rank):
    """Hand over what does not fit, in all processes at once, and return what is said."""
    unequal = torch.zeros(1, 2, 3 + (rank == 1), 4)
    of_two_dtypes = torch.zeros(1, 2, 3, 4, dtype=torch.float32 if rank else torch.float64)
    flat = torch.zeros(3, 4)
    short = torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 5, 4), torch.zeros(1, 2, 5, 4)
    return {
        name: [_complaint(attend, *given) for attend in ATTENTIONS.values()]
        for name, given in {
            "unequal": [unequal] * 3,
            "dtypes": [of_two_dtypes] * 3,
            "flat": [flat] * 3,
            "short": short,
        }.items()
    }


def _complaint(run, *arguments):
    try:
        run(*arguments)
    except CourseError as error:
        return type(error).__name__, str(error)
    return "nothing", ""
