"""Time several methods at growing lengths, and stop before it takes too long."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from time import monotonic
from typing import SupportsInt

from course_lib.errors import MeasurementError
from course_lib.measuring.budget import LEAST_ROUNDS, Budget, Method, affordable
from course_lib.measuring.curves import Sweep
from course_lib.measuring.glibc import kept_memory
from course_lib.measuring.provenance import Provenance
from course_lib.measuring.rounds import Timing, cpu_clock, one_round, one_thread
from course_lib.measuring.waiting import progress_line

Maker = Callable[[int], Callable[[], object]]
Clock = Callable[[], float]
Tell = Callable[[str], object]

_FIRST_CALL = 2  # it fetches fresh memory, and takes about as long as two later ones


def sweep(
    makers: Mapping[str, Maker],
    lengths: Iterable[SupportsInt],
    *,
    budget_s: float | int = 15,
    n_rounds: int = 5,
    clock: Clock = cpu_clock,
    wall_clock: Clock = monotonic,
    tell: Tell | None = None,
    provenance: Provenance | None = None,
) -> Sweep:
    """Time methods against length, on one thread, in rounds, within a budget.

    Parameters
    ----------
    makers : by name; each makes the inputs for a length and returns the call that is timed
    lengths : where to measure; the shortest comes first
    budget_s : seconds of wall-clock time for all of it; what would break it is left out, and said
    n_rounds : how often each call is timed, after one that is not; two where time is short
    clock : gives seconds; CPU time if left; for a GPU, one that first waits for its work to end
    wall_clock : the clock of the budget
    tell : is told how far it is; if left, a line shows it to whoever watches, and goes at the end
    provenance : what a recorded file has to say of the inputs; if left, this machine and this day

    Returns
    -------
    Sweep
        Print it to see the table.

    Raises
    ------
    MeasurementError
        If there is no method or no length, or fewer than two rounds are asked for.

    Notes
    -----
    Freed memory is kept for the next call, where glibc allows it: the time is that of the
    computation, not of fetching fresh pages from the kernel (see ``kept_memory``). On other
    systems a curve may bend upwards where its blocks grow large.

    Examples
    --------
    >>> def summing(n):
    ...     numbers = list(range(n))
    ...     return lambda: sum(numbers)
    >>> found = sweep({"sum": summing}, [100, 200], n_rounds=2)
    >>> found.lengths_of("sum")
    [100, 200]
    """
    ordered = sorted({int(length) for length in lengths})
    _complain(makers, ordered, n_rounds)
    budget = Budget(budget_s, wall_clock)
    methods = [Method(name, make) for name, make in makers.items()]
    telling = progress_line() if tell is None else nullcontext(tell)
    with one_thread(), kept_memory(), telling as say:
        for length in ordered:
            going = affordable(methods, length, seconds=budget.left)
            if not going:
                break
            _measure(going, length, n_rounds=n_rounds, clock=clock, budget=budget, tell=say)
    return _result(methods, ordered, budget_s, provenance or Provenance.of_this_run())


def _measure(
    going: Collection[Method],
    length: int,
    *,
    n_rounds: int,
    clock: Clock,
    budget: Budget,
    tell: Tell,
) -> None:
    """Time methods in rounds at one length; in fewer rounds where the budget comes to its end."""
    tell(f"length {length:,}: making the inputs")
    calls = {method.name: _Watched(method, length, budget.clock) for method in going}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for turn in range(n_rounds):
        tell(f"length {length:,}: round {turn + 1} of {n_rounds}")
        for name, taken in one_round(calls, turn, clock=clock).items():
            seconds[name].append(taken)
        another_s = sum(call.quickest_s for call in calls.values())
        if turn + 1 >= LEAST_ROUNDS and another_s > budget.left:
            break
    for method in going:
        method.timings[length] = Timing(method.name, tuple(seconds[method.name]))
        method.least_s[length] = calls[method.name].least_s


class _Watched:
    """A call that looks at the clock of the budget."""

    def __init__(self, method: Method, length: int, clock: Clock) -> None:
        begin = clock()
        self._run, self._clock = method.make(length), clock
        self._making_s = clock() - begin
        self.quickest_s = math.inf

    def __call__(self) -> None:
        begin = self._clock()
        self._run()
        self.quickest_s = min(self.quickest_s, self._clock() - begin)

    @property
    def least_s(self) -> float:
        """Seconds to make the inputs, to call once untimed, and then in the fewest rounds."""
        return self._making_s + (_FIRST_CALL + LEAST_ROUNDS) * self.quickest_s


def _result(
    methods: Collection[Method], lengths: list[int], budget_s: float | int, provenance: Provenance
) -> Sweep:
    timings = {method.name: method.timings for method in methods}
    left_out = {
        method.name: tuple(length for length in lengths if length not in method.timings)
        for method in methods
        if method.is_left_out
    }
    counts = {len(timing.seconds) for curve in timings.values() for timing in curve.values()}
    repeats = " to ".join(str(count) for count in sorted({min(counts), max(counts)}))
    return Sweep(timings, left_out, budget_s, replace(provenance, repeats=f"{repeats} rounds"))


def _complain(makers: Mapping[str, Maker], lengths: list[int], n_rounds: int) -> None:
    if not makers or not lengths or lengths[0] < 1:
        raise MeasurementError(
            "expected at least one method, and lengths from 1 on; got the methods "
            f"{list(makers)} and the lengths {lengths}. As in sweep({{'name': make}}, [256, 512])."
        )
    if n_rounds < LEAST_ROUNDS:
        raise MeasurementError(
            f"expected at least {LEAST_ROUNDS} rounds; got n_rounds={n_rounds}. "
            "One time alone may be bad luck."
        )
