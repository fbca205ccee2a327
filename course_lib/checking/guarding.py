"""Stopping a function that does not come to its end.

Two clocks are read: the CPU time of the thread that runs the function, which a busy machine does
not use up, and the clock on the wall, for a function that sleeps.
"""

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_TICK_S = 0.1  # between two looks at the clocks; a stop that was swallowed is followed by others
_STOPS = 5  # of a thread, before it is left behind

T = TypeVar("T")


@dataclass(frozen=True)
class Limit:
    """How long something may take, in seconds of CPU time and in seconds on the clock."""

    cpu_s: float
    clock_s: float


class TimeIsUp(BaseException):
    """Stops a function that does not stop; no ``except Exception`` catches it.

    Parameters
    ----------
    reached : the limit that was reached, e.g. "5 seconds of CPU time"
    is_cpu : whether that is the one for CPU time
    overrun_s : seconds by which the function could not be stopped
    """

    is_running = False  # whether it could not be stopped at all, and goes on in a thread
    is_asking = False  # whether it waited for the keyboard

    def __init__(self, reached: str = "", *, is_cpu: bool = False, overrun_s: float = 0.0) -> None:
        super().__init__(reached)
        self.reached, self.is_cpu, self.overrun_s = reached, is_cpu, overrun_s


class Watch:
    """Counts the seconds since it was made.

    Parameters
    ----------
    limit : what may be used
    cpu, clock : read the two clocks
    """

    def __init__(
        self,
        limit: Limit,
        cpu: Callable[[], float] = time.thread_time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._cpu, self._clock = limit, cpu, clock
        self._began = cpu(), clock()

    def late(self) -> TimeIsUp | None:
        """Return what stops the function, where a limit is reached."""
        cpu_s, clock_s = self._cpu() - self._began[0], self._clock() - self._began[1]
        for which, used, most in (
            ("of CPU time", cpu_s, self._limit.cpu_s),
            ("on the clock", clock_s, self._limit.clock_s),
        ):
            if used >= most:
                reached = f"{most:g} second{'s' * (most != 1)} {which}"
                is_cpu = which == "of CPU time"
                return TimeIsUp(reached, is_cpu=is_cpu, overrun_s=used - most)
        return None

    def check(self, *_: Any) -> None:
        """Raise TimeIsUp where a limit is reached."""
        if late := self.late():
            raise late


def within(limit: Limit, work: Callable[[Watch], T]) -> T:
    """Do the work, and raise TimeIsUp where it takes longer than it may.

    An alarm signal stops a sleep as well as a loop, but only in the main thread of a system that
    has one. Elsewhere (Windows, a widget's callback) the work runs in a thread, which is told to
    stop and else left behind. A single long call of C code ends neither way.

    Parameters
    ----------
    limit : seconds that the work may use
    work : is given the watch, to check it where a stop may have been swallowed
    """
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        return _within_alarm(limit, work)
    return _within_thread(limit, work)


def _within_alarm(limit: Limit, work: Callable[[Watch], T]) -> T:
    watch, armed = Watch(limit), True
    before = signal.signal(signal.SIGALRM, lambda *_: watch.check() if armed else None)
    waiting = signal.setitimer(signal.ITIMER_REAL, _TICK_S, _TICK_S)
    try:
        try:
            return work(watch)
        finally:
            armed = False
    finally:
        armed = False  # once more: the alarm may have come just before it was set
        signal.setitimer(signal.ITIMER_REAL, *waiting)
        signal.signal(signal.SIGALRM, before)


def _within_thread(limit: Limit, work: Callable[[Watch], T]) -> T:
    watches: list[Watch] = []
    results: list[T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            watches.append(Watch(limit, _cpu_clock()))
            results.append(work(watches[0]))
        except BaseException as fault:
            faults.append(fault)

    thread, late = threading.Thread(target=run, daemon=True), None
    thread.start()
    try:
        while thread.is_alive() and not late:
            thread.join(_TICK_S)
            late = watches[0].late() if watches else None
    finally:
        _stop(thread)
    if late:
        late.is_running = thread.is_alive()
        raise late
    if faults:
        raise faults[0]
    return results[0]


def _stop(thread: threading.Thread) -> None:
    """Raise TimeIsUp in a thread, a few times, since it may be swallowed."""
    for _ in range(_STOPS):
        if thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeIsUp)
            )
            thread.join(_TICK_S)


def _cpu_clock() -> Callable[[], float]:
    """Return what reads this thread's CPU time from any thread.

    Where a system does not know that, it is the time of the whole process.
    """
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    clock = time.pthread_getcpuclockid(threading.get_ident())

    def read() -> float:
        with contextlib.suppress(OSError):  # the thread has ended meanwhile
            return time.clock_gettime(clock)
        return 0.0

    return read
