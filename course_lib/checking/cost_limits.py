"""What a call costs besides what it gives: lines of Python that run, and memory at its peak.

Both are counted, not timed, so no verdict hangs on how busy the machine is. Whatever traced
before, a debugger or the learner, goes on afterwards.
"""

import contextlib
import copy
import sys
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

Args = tuple[Any, ...]
Call = Callable[[Args], Any]  # calls an answer with these arguments

_PRINTING = ("arrayprint.py", "_tensor_str.py")  # NumPy and torch print number by number


@dataclass(frozen=True)
class Spent:
    """What a call cost: whether that was too much, and what was counted, in a sentence."""

    is_over: bool
    counted: str


@dataclass(frozen=True)
class Lines:
    """A longer input may not take more lines of Python than a shorter one: no loop along it.

    Every line that runs counts, in whichever file, since NumPy has functions that loop in Python,
    and in whichever thread. What loops in C alone, such as ``starmap`` over ``operator.matmul``,
    runs no line and is not found.

    Parameters
    ----------
    shorter : arguments of the same sizes but for their length
    lengths : how long these are, and how long the case's own
    """

    shorter: Args
    lengths: tuple[int, int]

    def spend(self, call: Call, args: Args) -> tuple[Any, Spent]:
        """Call with the case's own arguments and with the shorter ones, and compare."""
        # The first call at a length is for what is done only once: imports, patterns compiled,
        # plans that `einsum` makes for new shapes and keeps. The case's own comes before all, so
        # that what it raises is what it raises anywhere.
        inputs = [copy.deepcopy(these) for these in (args, self.shorter, self.shorter)]
        _, _, (_, few), (result, many) = [_counting_lines(call, x) for x in (*inputs, args)]
        short, long = self.lengths
        counted = (
            f"Counted while your function ran: {few:,} lines of Python at length {short}, "
            f"{many:,} at length {long}."
        )
        # A loop runs a line at each step, or more. Half of that leaves room for an `if`.
        return result, Spent(2 * (many - few) >= long - short, counted)


@dataclass(frozen=True)
class Memory:
    """A call may not hold as many bytes as this at once, its result included."""

    limit: int

    def spend(self, call: Call, args: Args) -> tuple[Any, Spent]:
        """Call, and read the peak of what Python and NumPy asked for meanwhile."""
        result, peak = _watching_memory(call, args)
        counted = (
            f"Measured while your function ran: it held {peak / 1024:,.0f} KiB at its peak. On "
            f"this input it should stay below {self.limit / 1024:,.0f} KiB."
        )
        return result, Spent(peak >= self.limit, counted)


class _LineCounter:
    """A trace function that counts the lines of all that runs, but of no printing of arrays."""

    def __init__(self) -> None:
        self.lines = 0
        self._is_printing = False

    def __call__(self, frame: FrameType, event: str, _: Any) -> Callable | None:
        if self._is_printing:
            return None
        if frame.f_code.co_filename.endswith(_PRINTING):
            self._is_printing = True
            return self._until_printed
        return self._count

    def _count(self, frame: FrameType, event: str, _: Any) -> Callable:
        self.lines += event == "line"
        return self._count

    def _until_printed(self, frame: FrameType, event: str, _: Any) -> Callable:
        self._is_printing = event != "return"
        return self._until_printed


def _counting_lines(call: Call, args: Args) -> tuple[Any, int]:
    """Return what a call gives and how many lines it ran, here and in threads that it started."""
    before, of_threads, counter = sys.gettrace(), threading.gettrace(), _LineCounter()
    try:
        threading.settrace(counter)
        sys.settrace(counter)
        return call(args), counter.lines
    finally:
        sys.settrace(before)
        threading.settrace(of_threads)


def _watching_memory(call: Call, args: Args) -> tuple[Any, int]:
    """Return what a call gives and by how many bytes memory rose; leave tracemalloc as found."""
    depth = tracemalloc.get_traceback_limit() if tracemalloc.is_tracing() else 0
    _, earlier_peak = tracemalloc.get_traced_memory()
    if depth:
        tracemalloc.reset_peak()
    else:
        tracemalloc.start()
    start, _ = tracemalloc.get_traced_memory()
    try:
        return call(args), tracemalloc.get_traced_memory()[1] - start
    finally:
        if depth:
            _lift_peak(earlier_peak)
        else:
            tracemalloc.stop()


def _lift_peak(peak: int) -> None:
    """Bring tracemalloc's peak back to where it stood: only memory of that size can."""
    missing = peak - tracemalloc.get_traced_memory()[0]
    if missing > 0:
        with contextlib.suppress(MemoryError):
            bytearray(missing)
