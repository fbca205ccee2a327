"""What several threads bring, and what they cost: the clock on the wall beside CPU time.

Everything else in the course is measured on one thread, since several wait for each other, and on a
machine that also does other things they may wait for long.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

from course_lib.errors import MeasurementError
from course_lib.measuring.rounds import Timing, threads

Clock = Callable[[], float]


@dataclass(frozen=True)
class Shared:
    """How long one callable took on so many threads: on the wall, and for all processors together.

    Examples
    --------
    >>> alone = Timing("product", (0.030, 0.020))
    >>> Shared(2, alone, Timing("product", (0.048, 0.040))).n_busy
    2.0
    """

    n_threads: int
    wall: Timing
    cpu: Timing

    @property
    def n_busy(self) -> float:
        """How many processors worked for it at once, on average, when it was quickest."""
        return self.cpu.minimum_ms / self.wall.minimum_ms if self.wall.minimum_ms else 0.0


@dataclass(frozen=True)
class OnThreads:
    """What came out when callables took turns, each on several numbers of threads.

    Examples
    --------
    >>> one = Shared(1, Timing("product", (0.020,)), Timing("product", (0.020,)))
    >>> two = Shared(2, Timing("product", (0.011,)), Timing("product", (0.022,)))
    >>> print(OnThreads((one, two)))
             threads   on the wall      CPU time  busy
    product        1       20.0 ms       20.0 ms   1.0
    product        2       11.0 ms       22.0 ms   2.0
    """

    shared: tuple[Shared, ...]

    def __str__(self) -> str:
        width = max(len(one.wall.name) for one in self.shared)
        lines = [f"{'':{width}}  threads   on the wall      CPU time  busy"]
        lines += [
            f"{one.wall.name:{width}}  {one.n_threads:7}  {one.wall.minimum_ms:9.1f} ms  "
            f"{one.cpu.minimum_ms:9.1f} ms  {one.n_busy:4.1f}"
            for one in self.shared
        ]
        return "\n".join(lines)


def time_on_threads(
    callables: Mapping[str, Callable[[], object]],
    n_threads: Sequence[int] = (1, 2),
    *,
    n_rounds: int = 7,
    wall_clock: Clock = perf_counter,
    cpu_clock: Clock = process_time,
) -> OnThreads:
    """Let callables take turns on one thread and on several, and look at two clocks.

    Parameters
    ----------
    callables : by the name that the table shows
    n_threads : on how many each of them is timed
    n_rounds : how often each is timed, after one turn that is not
    wall_clock : gives seconds as a learner waits for them
    cpu_clock : gives seconds of all threads of this process, added up

    Returns
    -------
    OnThreads
        Print it to see the table. Whatever happens, NumPy and torch have their threads back.

    Raises
    ------
    MeasurementError
        If a number of threads is not above zero.

    Notes
    -----
    On Windows CPU time goes in steps of 16 ms: let a call take longer than that.
    """
    _complain(n_threads)
    pairs = [(name, n) for name in callables for n in n_threads]
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {pair: [] for pair in pairs}
    for turn in range(n_rounds + 1):
        for name, n in pairs[:: -1 if turn % 2 else 1]:
            with threads(n):
                before = wall_clock(), cpu_clock()
                callables[name]()
                after = wall_clock(), cpu_clock()
            if turn:
                taken[name, n].append((after[0] - before[0], after[1] - before[1]))
    return OnThreads(tuple(_shared(name, n, taken[name, n]) for name, n in pairs))


def _shared(name: str, n_threads: int, seconds: Sequence[tuple[float, float]]) -> Shared:
    wall, cpu = (Timing(name, taken) for taken in zip(*seconds, strict=True))
    return Shared(n_threads, wall, cpu)


def _complain(n_threads: Sequence[int]) -> None:
    if not n_threads or min(n_threads) < 1:
        raise MeasurementError(
            f"expected numbers of threads from 1 on; got {tuple(n_threads)}. As in (1, 2)."
        )
