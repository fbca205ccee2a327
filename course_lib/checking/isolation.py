"""Calling a learner's function without it changing the notebook around it.

What an honest answer may change in passing is put back. This is no sandbox: it does not stop an
answer that means harm, and what a cell replaces in NumPy stays replaced until the kernel restarts.
"""

import builtins
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


class Console(io.TextIOBase):
    """Keeps the beginning of what a function prints, and knows when it asks for something.

    Attributes
    ----------
    is_asked : whether an answer from the keyboard is being waited for
    """

    def __init__(self, ask: Callable[..., str]) -> None:
        self._kept, self._ask = "", ask
        self.is_asked = False

    def ask(self, prompt: object = "", /) -> str:
        """Stand in for `input`, which debuggers call, too."""
        self.is_asked = True
        try:
            answer = self._ask(prompt)
        except Exception:
            self.is_asked = False
            raise
        self.is_asked = False
        return answer

    def write(self, text: str) -> int:
        """Keep the text while there is room."""
        self._kept += text[: _MOST_OUTPUT - len(self._kept)]
        return len(text)

    def take(self) -> str:
        """Return what was kept, and begin again."""
        kept, self._kept = self._kept, ""
        return kept


@contextlib.contextmanager
def isolated() -> Iterator[Console]:
    """Take what is printed, ignore warnings, and put settings and random numbers back.

    The settings are NumPy's error state and print options, torch's gradient mode and number type,
    and the depth of the stack. They are put back by the thread that asked for it, so that an
    answer left running in another thread cannot put them back again later.
    """
    ask, deepen = builtins.input, sys.setrecursionlimit
    console = Console(ask)
    before = [(put_back, look()) for look, put_back in (*_STATE, *_torch_state())]
    with (
        contextlib.redirect_stdout(console),
        contextlib.redirect_stderr(console),
        warnings.catch_warnings(),
        np.errstate(),
        np.printoptions(),
    ):
        warnings.simplefilter("ignore")
        builtins.input, sys.setrecursionlimit = console.ask, _keep_depth
        try:
            yield console
        finally:
            builtins.input, sys.setrecursionlimit = ask, deepen
            for put_back, state in before:
                put_back(state)


def _torch_state() -> Iterator[_Looks]:
    torch = sys.modules.get("torch")  # where it is not loaded, nothing of it can change
    if torch is not None:
        for look, put_back in _TORCH_STATE:
            yield getattr(torch, look), getattr(torch, put_back)


def _keep_depth(_: int, /) -> None:
    """Refuse a deeper stack: an endless recursion would fill the memory before it is stopped."""
