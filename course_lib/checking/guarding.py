"""Running somebody else's function without being changed, flooded or held up by it.

Three guards, each for an accident that happens in every class: an endless loop, a print in it,
and a NumPy function that a cell has overwritten. They are no sandbox: a function that means harm
belongs in a container.
"""

import builtins
import contextlib
import ctypes
import inspect
import io
import os
import random
import signal
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

SECONDS = 5.0  # for a whole check
_AGAIN_AFTER = 0.25  # an answer may swallow the first stop; it gets another one
_MOST_OUTPUT = 2_000  # characters of prints that are kept
_GUARDED = ("numpy", "course_lib", "math", "signal", "time", "random")
_LIVE_BUILTINS, _BUILTINS = vars(builtins), dict(vars(builtins))

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


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do the work, or raise TimeIsUp when the seconds are over.

    The alarm signal stops a sleep as well as a loop, but only in the main thread of a system that
    has one. Elsewhere (Windows, a widget's callback) the work runs in a thread that is told to stop
    and left behind.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        return _within_alarm(seconds, work)
    return _within_thread(seconds, work)


def _within_alarm(seconds: float, work: Callable[[], T]) -> T:
    armed = True

    def stop(*_: Any) -> None:
        if armed:
            raise TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    waiting = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_AFTER)
    try:
        try:
            with _second_alarm(seconds + 2 * _AGAIN_AFTER):
                return work()
        finally:
            armed = False
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, *waiting)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _second_alarm(seconds: float) -> Iterator[None]:
    """Stop this thread from another one, should the work have switched the first alarm off."""
    over, lock, ident = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        if not over.wait(seconds):
            with lock:
                if not over.is_set():
                    _stop_thread(ident)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over.set()


def _within_thread(seconds: float, work: Callable[[], T]) -> T:
    outcome: list[T] = []
    fault: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            fault.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _stop_thread(thread.ident or 0)
        thread.join(_AGAIN_AFTER)
        raise TimeIsUp
    if fault:
        raise fault[0]
    return outcome[0]


def _stop_thread(ident: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(TimeIsUp))


class World:
    """What a function may have changed behind our back, so that it can be put back.

    The names in NumPy, the standard modules and this package; NumPy's own state; streams, working
    folder, limits and random generators. Names that were added stay: a late import adds some.
    """

    def __init__(self) -> None:
        self._names = [(vars(m), dict(vars(m))) for m in _guarded_modules()]
        self._classes, self._code = _own_classes_and_code(names for names, _ in self._names)
        self._errors, self._printing = np.geterr(), np.get_printoptions()
        self._numpy_random, self._random = np.random.get_state(), random.getstate()
        self._streams, self._folder = (sys.stdout, sys.stderr, sys.stdin), Path.cwd()
        self._depth, self._trace = sys.getrecursionlimit(), sys.gettrace()
        self._filters, self._environment = warnings.filters[:], dict(os.environ)
        self._alarm = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None

    def restore(self) -> None:
        """Put everything back; the builtins first, since all the rest is made of them."""
        for name in _BUILTINS:
            _LIVE_BUILTINS[name] = _BUILTINS[name]
        for names, saved in self._names:
            for name, value in saved.items():
                if names.get(name) is not value:
                    names[name] = value
        for cls, saved in self._classes:
            for name, value in saved.items():
                if vars(cls).get(name) is not value:
                    setattr(cls, name, value)
        for function, code, defaults, keywords in self._code:
            function.__code__, function.__defaults__ = code, defaults
            function.__kwdefaults__ = keywords
        self._restore_numpy()
        self._restore_process()

    def _restore_numpy(self) -> None:
        np.seterr(**self._errors)
        if repr(np.get_printoptions()) != repr(self._printing):
            np.set_printoptions(**self._printing)
        np.random.set_state(self._numpy_random)

    def _restore_process(self) -> None:
        random.setstate(self._random)
        sys.stdout, sys.stderr, sys.stdin = self._streams
        os.chdir(self._folder)
        sys.setrecursionlimit(self._depth)
        if sys.gettrace() is not self._trace:
            sys.settrace(self._trace)
        warnings.filters[:] = self._filters  # type: ignore[index]
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        if self._alarm is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, self._alarm)


def _guarded_modules() -> list[types.ModuleType]:
    torch = ("torch", "torch.nn.functional")
    return [
        module
        for name, module in list(sys.modules.items())
        if (name.partition(".")[0] in _GUARDED or name in torch)
        and isinstance(module, types.ModuleType)
    ]


def _own_classes_and_code(all_names: Iterable[dict[str, Any]]) -> tuple[list, list]:
    """List this package's classes with what they hold, and its functions with their code."""
    ours = [
        value
        for names in all_names
        for value in names.values()
        if isinstance(value, type | types.FunctionType)
        and value.__module__.startswith("course_lib")
    ]
    classes = {cls: dict(vars(cls)) for cls in ours if isinstance(cls, type)}
    functions = {f for f in ours if isinstance(f, types.FunctionType)}
    functions |= {f for held in classes.values() for f in held.values() if inspect.isfunction(f)}
    return list(classes.items()), [
        (f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions
    ]


@contextlib.contextmanager
def quietly(output: Output) -> Iterator[None]:
    """Keep prints and warnings of somebody else's function to ourselves."""
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield
