"""Calling a learner's function without it changing the notebook around it.

What an honest answer may change in passing is put back. This is no sandbox: it does not stop an
answer that means harm, and what a cell replaces in NumPy stays replaced until the kernel restarts.
"""

import contextlib
import io
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_MOST_OUTPUT = 500  # characters of prints that are kept
_Looks = tuple[Callable[[], Any], Callable[[Any], Any]]  # reads a state, and puts it back

_STATE: tuple[_Looks, ...] = (
    (np.random.get_state, np.random.set_state),
    (random.getstate, random.setstate),
    (sys.gettrace, sys.settrace),  # pdb sets a trace, and leaves it where it is stopped
)
_TORCH_STATE = (
    ("get_rng_state", "set_rng_state"),
    ("is_grad_enabled", "set_grad_enabled"),
    ("get_default_dtype", "set_default_dtype"),
)


class Output(io.TextIOBase):
    """Takes what a function prints and keeps only its beginning."""

    def __init__(self) -> None:
        self._kept = ""

    def write(self, text: str) -> int:
        """Keep the text while there is room."""
        self._kept += text[: _MOST_OUTPUT - len(self._kept)]
        return len(text)

    def take(self) -> str:
        """Return what was kept, and begin again."""
        kept, self._kept = self._kept, ""
        return kept


@contextlib.contextmanager
def isolated() -> Iterator[Output]:
    """Take what is printed, ignore warnings, and put settings and random numbers back.

    The settings are NumPy's error state and print options, torch's gradient mode and number type,
    and the depth of the stack. They are put back by the thread that asked for it, so that an
    answer left running in another thread cannot put them back again later.
    """
    output, deepen = Output(), sys.setrecursionlimit
    before = [(put_back, look()) for look, put_back in (*_STATE, *_torch_state())]
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
        np.errstate(),
        np.printoptions(),
    ):
        warnings.simplefilter("ignore")
        sys.setrecursionlimit = _keep_depth
        try:
            yield output
        finally:
            sys.setrecursionlimit = deepen
            for put_back, state in before:
                put_back(state)


def _torch_state() -> Iterator[_Looks]:
    torch = sys.modules.get("torch")  # where it is not loaded, nothing of it can change
    if torch is not None:
        for look, put_back in _TORCH_STATE:
            yield getattr(torch, look), getattr(torch, put_back)


def _keep_depth(_: int, /) -> None:
    """Refuse a deeper stack: an endless recursion would fill the memory before it is stopped."""
