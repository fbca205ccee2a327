"""What somebody else's function may change behind our back, and how it is put back."""

import inspect
import os
import random
import signal
import sys
import threading
import tracemalloc
import types
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

_TOOLS = (
    *("builtins", "numpy", "math", "signal", "time", "random"),
    *("copy", "inspect", "linecache", "traceback", "tracemalloc"),  # what the checker looks with
)
_TORCH = ("torch", "torch.nn.functional")

Names = list[tuple[dict[str, Any], dict[str, Any]]]  # what a module holds, and a copy of it


class World:
    """The names in Python's and NumPy's modules and in this package, and the state around them.

    NumPy's own settings, streams, working folder, limits and random generators belong to it. Names
    that were added stay: a late import adds some. From its making until ``leave``, NumPy and
    Python's own functions are as they were when the course was imported, whatever a cell has
    replaced since. ``is_late`` is for whoever watches the clock.
    """

    def __init__(self) -> None:
        self._found = _names_in(lambda name: _is_tool(name) or _is_ours(name) or name in _TORCH)
        self._names = [(held, saved | _GENUINE.get(id(held), {})) for held, saved in self._found]
        self._classes, self._code = _own_classes_and_code(self._found)
        self._errors, self._printing = np.geterr(), np.get_printoptions()
        self._numpy_random, self._random = np.random.get_state(), random.getstate()
        self._torch = _torch_settings()
        self._streams, self._folder = (sys.stdout, sys.stderr, sys.stdin), _here()
        self._depth, self._trace = sys.getrecursionlimit(), sys.gettrace()
        self._filters, self._environment = warnings.filters[:], dict(os.environ)
        self._alarm = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
        self._switching, self._tracing = sys.getswitchinterval(), _tracing()
        self.is_late = self._is_left = False
        self.restore()

    def restore(self) -> None:
        """Put everything back, the names first."""
        if self._is_left:  # an answer that nobody waits for any longer has come to its end
            return
        self.restore_names()
        self._restore_numpy()
        self._restore_process()

    def restore_names(self) -> None:
        """Put every function back; the builtins first, since all the rest is made of them."""
        for held, saved in self._names:  # written out: no function of ours can be relied on yet
            for name, value in saved.items():
                if held.get(name) is not value:
                    held[name] = value
        for cls, saved in self._classes:
            for name, value in saved.items():
                if vars(cls).get(name) is not value:
                    setattr(cls, name, value)
        for function, code, defaults, keywords in self._code:
            function.__code__, function.__defaults__ = code, defaults
            function.__kwdefaults__ = keywords

    def leave(self) -> None:
        """Put everything back for the last time, and what a cell had replaced as it was found."""
        if not self._is_left:
            self.restore()
            for held, saved in self._found:
                held.update(saved)
            self._is_left = True

    def _restore_numpy(self) -> None:
        np.seterr(**self._errors)
        if repr(np.get_printoptions()) != repr(self._printing):
            np.set_printoptions(**self._printing)
        np.random.set_state(self._numpy_random)
        if self._torch is not None:
            _set_torch(*self._torch)

    def _restore_process(self) -> None:
        random.setstate(self._random)
        sys.stdout, sys.stderr, sys.stdin = self._streams
        if self._folder is not None:
            os.chdir(self._folder)
        sys.setrecursionlimit(self._depth)
        sys.setswitchinterval(self._switching)
        if sys.gettrace() is not self._trace:
            sys.settrace(self._trace)
        _trace_memory(self._tracing)
        warnings.filters[:] = self._filters  # type: ignore[index]
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        if self._alarm is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, self._alarm)


def _names_in(is_meant: Callable[[str], bool]) -> Names:
    """Pair what each module holds with a copy of it; the builtins come first."""
    return [
        (vars(module), dict(vars(module)))
        for name, module in list(sys.modules.items())
        if is_meant(name) and isinstance(module, types.ModuleType)
    ]


def _is_tool(name: str) -> bool:
    return name.partition(".")[0] in _TOOLS


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == "course_lib"


for _name in _TOOLS:
    import_module(_name)
_GENUINE = {id(held): saved for held, saved in _names_in(_is_tool)}


def _own_classes_and_code(names: Names) -> tuple[list, list]:
    """List this package's classes with what they hold, and its functions with their code."""
    ours = [
        value
        for held, _ in names
        for value in held.values()
        if isinstance(value, type | types.FunctionType) and _is_ours(str(value.__module__))
    ]
    classes = {cls: dict(vars(cls)) for cls in ours if isinstance(cls, type)}
    functions = {f for f in ours if isinstance(f, types.FunctionType)}
    functions |= {f for held in classes.values() for f in held.values() if inspect.isfunction(f)}
    return list(classes.items()), [
        (f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions
    ]


def _torch_settings() -> tuple[Any, ...] | None:
    torch = sys.modules.get("torch")  # where it is not loaded, nothing of it can change
    if torch is None:
        return None
    return torch.get_rng_state(), torch.is_grad_enabled(), torch.get_default_dtype()


def _set_torch(random_state: Any, grad_enabled: bool, dtype: Any) -> None:
    torch = sys.modules["torch"]
    torch.set_rng_state(random_state)
    torch.set_grad_enabled(grad_enabled)
    torch.set_default_dtype(dtype)


def _tracing() -> int:
    """Return how many frames of each allocation tracemalloc keeps; 0 where it is off."""
    return tracemalloc.get_traceback_limit() if tracemalloc.is_tracing() else 0


def _trace_memory(frames: int) -> None:
    if _tracing() == frames:
        return
    tracemalloc.stop()
    if frames:
        tracemalloc.start(frames)


def _here() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # the current folder was deleted under a running kernel
        return None
