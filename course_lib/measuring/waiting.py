"""A line that says how far a long measurement is, and goes when it ends.

It is for people only: a terminal or a live notebook. Nothing shows before five seconds are over,
nor where output is kept (a file, a notebook that is built or tested). In a notebook it is wiped
from the same stream that the next print continues, so that no trace of it is saved.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FIRST_AFTER_S = 5.0
AGAIN_AFTER_S = 0.5
SWITCH = "COURSE_PROGRESS_LINE"  # "off" where nobody is watching


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """Give a function that shows how far it is; call it as often as you like.

    Examples
    --------
    >>> with progress_line() as tell:
    ...     for step in range(3):
    ...         tell(f"measuring: {step} of 3")
    """
    line = _Line(_watched())
    try:
        yield line.show
    finally:
        line.wipe()


class _Line:
    """One line that is written over and over."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._next_look = time.monotonic() + FIRST_AFTER_S
        self._width = 0

    def show(self, text: str) -> None:
        if self._stream is None or time.monotonic() < self._next_look:
            return
        self._write(f"\r{text:{self._width}}")
        self._width = len(text)
        self._next_look = time.monotonic() + AGAIN_AFTER_S

    def wipe(self) -> None:
        if self._width:
            self._write(f"\r{'':{self._width}}\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _watched() -> Any:
    """Return the stream that somebody watches and nobody keeps, or None."""
    if os.environ.get(SWITCH) == "off":
        return None
    if type(sys.stdout).__module__.startswith("ipykernel"):
        return sys.stdout
    return sys.stderr if sys.stderr.isatty() else None
