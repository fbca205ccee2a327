"""Comparing the time of several callables, on a machine that also does other things.

One thread and CPU time: wall-clock time counts what others do. The callables take turns, since a
machine that is slow for a second is then slow for all of them. And the ratio is taken round by
round, because two times of one round share their luck.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

from threadpoolctl import threadpool_limits

# Windows counts CPU time in steps of 16 ms, longer than many a call.
cpu_clock = perf_counter if sys.platform == "win32" else process_time


@dataclass(frozen=True)
class Timing:
    """How long one callable took, in each round.

    Examples
    --------
    >>> print(Timing("sorting", (0.004, 0.002, 0.003)))
    sorting: minimum 2.0 ms, median 3.0 ms of 3 rounds
    """

    name: str
    seconds: tuple[float, ...]

    @property
    def minimum_ms(self) -> float:
        """What it takes where nothing comes in between."""
        return 1000 * min(self.seconds)

    @property
    def median_ms(self) -> float:
        """What it takes as a rule."""
        return 1000 * median(self.seconds)

    def __str__(self) -> str:
        return (
            f"{self.name}: minimum {self.minimum_ms:.1f} ms, median {self.median_ms:.1f} ms "
            f"of {len(self.seconds)} rounds"
        )


@dataclass(frozen=True)
class Rounds:
    """What came out when several callables took turns; the first is the measure of the others.

    Examples
    --------
    >>> a, b = Timing("sorted", (0.004, 0.002)), Timing("looped", (0.010, 0.006))
    >>> print(Rounds((a, b)))
              minimum       median    ratio
    sorted     2.0 ms       3.0 ms     1.00
    looped     6.0 ms       8.0 ms     2.75
    """

    timings: tuple[Timing, ...]

    def ratio(self, name: str) -> float:
        """Return the median, over the rounds, of a callable's time over that of the first."""
        timing = next(timing for timing in self.timings if timing.name == name)
        pairs = zip(timing.seconds, self.timings[0].seconds, strict=True)
        return median(ours / theirs for ours, theirs in pairs)

    def __str__(self) -> str:
        width = max(len(timing.name) for timing in self.timings)
        lines = [f"{'':{width}}  {'minimum':>9}  {'median':>11}  {'ratio':>7}"]
        lines += [
            f"{timing.name:{width}}  {timing.minimum_ms:6.1f} ms  {timing.median_ms:8.1f} ms  "
            f"{self.ratio(timing.name):7.2f}"
            for timing in self.timings
        ]
        return "\n".join(lines)


def time_in_rounds(
    callables: Mapping[str, Callable[[], object]],
    *,
    n_rounds: int = 15,
    clock: Callable[[], float] = cpu_clock,
) -> Rounds:
    """Let callables take turns on one thread, and time each of them in every round.

    Parameters
    ----------
    callables : by the name that the table shows; the first is what the others are compared with
    n_rounds : how often each is timed, after one turn that is not
    clock : gives seconds; CPU time if left

    Notes
    -----
    Every other round goes backwards, so that nobody always comes after the same neighbour.
    """
    seconds: dict[str, list[float]] = {name: [] for name in callables}
    with one_thread():
        for run in callables.values():
            run()
        for turn in range(n_rounds):
            for name, taken in one_round(callables, turn, clock=clock).items():
                seconds[name].append(taken)
    return Rounds(tuple(Timing(name, tuple(taken)) for name, taken in seconds.items()))


def one_round(
    callables: Mapping[str, Callable[[], object]], turn: int, *, clock: Callable[[], float]
) -> dict[str, float]:
    """Call each once, backwards in every other turn; return the seconds that each took."""
    seconds = {}
    for name in list(callables)[:: -1 if turn % 2 else 1]:
        begin = clock()
        callables[name]()
        seconds[name] = clock() - begin
    return seconds


@contextmanager
def threads(n_threads: int) -> Iterator[None]:
    """Let NumPy and torch compute on so many threads, and give them their own back.

    On macOS NumPy may compute with Apple's Accelerate, whose threads nothing can change once it is
    loaded: there ``course.py lab`` sets ``VECLIB_MAXIMUM_THREADS=1`` before.
    """
    with threadpool_limits(n_threads), _torch_threads(n_threads):
        yield


@contextmanager
def _torch_threads(n_threads: int) -> Iterator[None]:
    """Limit torch, where it is loaded: the MKL inside it is hidden from threadpoolctl."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def one_thread() -> AbstractContextManager[None]:
    """Keep NumPy and torch on one thread, and give them their threads back."""
    return threads(1)
