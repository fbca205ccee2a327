"""Measuring what the lessons show as recorded: `course.py record`.

Each study is a plan: who runs, at which lengths, how often. It is measured on the GPU if there is
one, else on the CPU, and written to a file of its own with everything that one has to know about
it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import torch
from rich.console import Console
from torch import nn

from course_lib.attention import MultiHeadAttention
from course_lib.measuring import (
    Provenance,
    Sweep,
    accelerator,
    clock_of,
    measure_peaks,
    sweep,
)
from course_lib.measuring.memory import is_counted
from course_lib.measuring.records import RECORDED, STUDIES, place_of, refuse_unknown
from course_lib.measuring.sweeping import Maker
from course_lib.running.contestants import CORES, forth, plain_attention, reading, square_product

Tell = Callable[[str], object]

CPU = "cpu"
HEADS = "(1, 8, length, 32)"


@dataclass(frozen=True)
class Plan:
    """How a study is measured on one device.

    Parameters
    ----------
    makers : by the name that the table shows
    lengths : where
    dtype, shapes : what the recording says of the inputs
    n_rounds : how often, where the budget allows
    budget_s : of wall-clock time; all studies together stay within ten minutes
    with_memory : whether it measures peak memory, too, where the device counts it
    """

    makers: Mapping[str, Maker]
    lengths: Iterable[int]
    dtype: str = "float32"
    shapes: str = HEADS
    n_rounds: int = 15
    budget_s: float | int = 110
    with_memory: bool = False


def lstm_and_attention(device: str) -> Plan:
    """Read one text of 128 features."""
    models: dict[str, nn.Module] = {
        "LSTM": nn.LSTM(128, 128, batch_first=True),
        "attention": MultiHeadAttention(128, 4),
    }
    return Plan(
        {name: reading(model, 128, device=device) for name, model in models.items()},
        doubling(64, 4096 if device == CPU else 16384),
        shapes="(1, length, 128); 4 heads",
    )


def matrix_products(device: str) -> Plan:
    """Multiply square matrices; on a GPU of NVIDIA's also in the numbers its fast units take."""
    dtypes = [torch.float32, torch.bfloat16] if device == "cuda" else [torch.float32]
    names = [str(dtype).removeprefix("torch.") for dtype in dtypes]
    makers = [square_product(device=device, dtype=dtype) for dtype in dtypes]
    return Plan(
        dict(zip(names, makers, strict=True)),
        doubling(64, 4096 if device == CPU else 8192),
        dtype=" and ".join(names),
        shapes="(length, length) times (length, length)",
    )


def plain_and_fused(device: str) -> Plan:
    """Attend with the table of scores in memory, and without it."""
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    ways = {"plain": plain_attention, "fused": CORES["SDPA"]}
    return Plan(
        {name: forth(way, device=device, dtype=dtype) for name, way in ways.items()},
        doubling(128, 4096 if device == CPU else 16384),
        dtype=str(dtype).removeprefix("torch."),
        with_memory=True,
    )


def dilated_and_dense(device: str) -> Plan:
    """Attend causally to everything, and in dilated branches.

    float32 on a GPU, too: there the course's tiles attend in the branches, and they compute halves
    in float32; dense attention in bfloat16 would be compared with dilated attention in float32.
    """
    ways = {
        "dense": CORES["causal SDPA"],
        "from 256": CORES["dilated from 256"],
        "from 2048": CORES["dilated from 2048"],
    }
    return Plan(
        {name: forth(way, device=device) for name, way in ways.items()},
        [*doubling(1024, 16384), 65536, 131072] if device == CPU else doubling(1024, 2**19),
        n_rounds=3,
        budget_s=180,
    )


PLANS: dict[str, Callable[[str], Plan]] = {
    "lstm and attention": lstm_and_attention,
    "matrix products": matrix_products,
    "plain and fused": plain_and_fused,
    "dilated and dense": dilated_and_dense,
}


def run_all(studies: tuple[str, ...] = (), *, folder: Path = RECORDED) -> int:
    """Measure studies, show them and write them down.

    Parameters
    ----------
    studies : all of them if none is named
    folder : where the recordings lie; those of the course if left

    Raises
    ------
    UnknownNameError
        If one of them is no study; nothing is measured then.
    """
    for study in studies:
        refuse_unknown(study)
    device, console = accelerator() or CPU, Console(highlight=False, soft_wrap=True)
    for study in studies or STUDIES:
        with console.status(study) as status:
            found = measured(study, device, tell=_heading(status.update, study))
        place = place_of(study, found.provenance, folder=folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        found.save(place)
        console.print(f"{study}\n{found.provenance}\n{found}\nwritten to {place}\n", markup=False)
    return 0


def measured(study: str, device: str, *, tell: Tell) -> Sweep:
    """Measure a study on a device, as far as its memory reaches."""
    plan = PLANS[study](device)
    lengths = sorted(plan.lengths)
    while True:
        try:
            found = sweep(
                plan.makers,
                lengths,
                budget_s=plan.budget_s,
                n_rounds=plan.n_rounds,
                clock=clock_of(device),
                wall_clock=monotonic if device == CPU else clock_of(device),
                tell=tell,
                provenance=_provenance(device, study, plan),
            )
            return _with_memory(found, plan, device, tell) if plan.with_memory else found
        except torch.OutOfMemoryError:
            if len(lengths) == 1:
                raise
            tell(f"{lengths.pop():,} is too long for the memory here: again, without it")


def _heading(tell: Tell, study: str) -> Tell:
    return lambda text: tell(f"{study}: {text}")


def _with_memory(found: Sweep, plan: Plan, device: str, tell: Tell) -> Sweep:
    """Measure the memory at every length that was timed, where there is something to ask."""
    if not is_counted(device):
        return found
    tell("memory")
    lengths = {name: found.lengths_of(name) for name in found.names}
    return replace(found, peaks=measure_peaks(plan.makers, lengths, device=device))


def _provenance(device: str, study: str, plan: Plan) -> Provenance:
    """Say what is measured, on what, and how to measure it again."""
    return Provenance.of_this_run(
        device=device,
        dtype=plan.dtype,
        shapes=plan.shapes,
        command=f'python3 course.py record "{study}"',
    )


def doubling(shortest: int, longest: int) -> list[int]:
    """List lengths, each twice the one before.

    Examples
    --------
    >>> doubling(64, 300)
    [64, 128, 256]
    """
    lengths = [shortest]
    while 2 * lengths[-1] <= longest:
        lengths.append(2 * lengths[-1])
    return lengths
