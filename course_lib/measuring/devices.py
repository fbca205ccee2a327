"""Which accelerator this machine has, and a clock that waits for it."""

import time
from collections.abc import Callable

import torch

from course_lib.errors import MeasurementError
from course_lib.measuring.rounds import cpu_clock

_WAITING: dict[str, Callable[[str], object]] = {
    "cuda": torch.cuda.synchronize,
    "mps": lambda _: torch.mps.synchronize(),
}


def accelerator() -> str | None:
    """Name the accelerator that torch can use here, in torch's words; None without one.

    Notes
    -----
    "cuda" for NVIDIA's GPUs, and for AMD's in torch's build for them; "mps" for Apple's.

    Examples
    --------
    ``words = words.to(accelerator() or "cpu")``
    """
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


def clock_of(device: str) -> Callable[[], float]:
    """Return a clock, in seconds, that first waits until the device has done all its work.

    A GPU works while Python goes on: without waiting, one measures how long it takes to *ask* for
    a computation. For a CPU it is CPU time, for a GPU the time on the wall.

    Parameters
    ----------
    device : "cpu", "cuda", "cuda:1" or "mps"

    Raises
    ------
    MeasurementError
        If nobody knows how to wait for such a device.

    Examples
    --------
    >>> clock = clock_of("cpu")
    >>> clock() <= clock()
    True
    """
    kind = device.partition(":")[0]
    if kind == "cpu":
        return cpu_clock
    if kind not in _WAITING:
        raise MeasurementError(
            f"expected the device 'cpu', 'cuda' or 'mps'; got {device!r}. "
            "accelerator() or 'cpu' gives the one to take here."
        )
    wait = _WAITING[kind]

    def clock() -> float:
        wait(device)
        return time.perf_counter()

    return clock
