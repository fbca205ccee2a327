"""Running somebody else's function without being held up or flooded by it.

Two guards, each for an accident that happens in every class: an endless loop, and a print in it.
They are no sandbox: a function that means harm belongs in a container.
"""

import contextlib
import ctypes
import io
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from course_lib.checking.world import World

SECONDS = 5.0  # for a whole check
_AGAIN_AFTER = 0.25  # an answer may swallow the first stop; it gets another one
_MOST_OUTPUT = 500  # characters of prints that are kept

T = TypeVar("T")


class TimeIsUp(BaseException):
    """Stops an answer that does not stop; no ``except Exception`` catches it."""


class Output(io.TextIOBase):
    """Takes what a function prints and keeps only its beginning."""

    def __init__(self) -> None:
        self.kept = ""

    def write(self, text: str) -> int:
        """Keep the text while there is room."""
        self.kept += text[: _MOST_OUTPUT - len(self.kept)]
        return len(text)


def within(seconds: float, work: Callable[[World], T]) -> T:
    """Do the work in a world that is put back afterwards; TimeIsUp when the seconds are over.

    The alarm signal stops a sleep as well as a loop, but only in the main thread of a system that
    has one. Elsewhere (Windows, a widget's callback) the work runs in a thread that is told to stop
    and left behind.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        return _within_alarm(seconds, work)
    return _within_thread(seconds, work)


def _within_alarm(seconds: float, work: Callable[[World], T]) -> T:
    armed = False

    def stop(*_: Any) -> None:
        if armed:
            world.is_late = True
            raise TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    world, armed = World(), True
    waiting = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_AFTER)
    try:
        try:
            with _second_alarm(seconds + 2 * _AGAIN_AFTER, world):
                return work(world)
        finally:
            armed = False
    finally:
        armed = False
        world.leave()
        signal.setitimer(signal.ITIMER_REAL, *waiting)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _second_alarm(seconds: float, world: World) -> Iterator[None]:
    """Stop this thread from another one, should the work have switched the first alarm off."""
    over, lock, ident = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        if not over.wait(seconds):
            with lock:
                if not over.is_set():
                    world.is_late = True
                    _stop_thread(ident)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over.set()


def _within_thread(seconds: float, work: Callable[[World], T]) -> T:
    outcome: list[T] = []
    fault: list[BaseException] = []
    world = World()

    def run() -> None:
        try:
            outcome.append(work(world))
        except BaseException as error:
            fault.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        if too_late := thread.is_alive():
            world.is_late = True
            _stop_thread(thread.ident or 0)
            thread.join(_AGAIN_AFTER)
        world.leave()
    if too_late:
        raise TimeIsUp
    if fault:
        raise fault[0]
    return outcome[0]


def _stop_thread(ident: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(TimeIsUp))


@contextlib.contextmanager
def quietly(output: Output) -> Iterator[None]:
    """Keep somebody else's prints and warnings to ourselves, and the stack at its usual depth."""
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        deepen, sys.setrecursionlimit = sys.setrecursionlimit, _keep_depth
        try:
            yield
        finally:
            sys.setrecursionlimit = deepen


def _keep_depth(_: int, /) -> None:
    """Refuse a deeper stack: an endless recursion would fill the memory before the clock stops."""
