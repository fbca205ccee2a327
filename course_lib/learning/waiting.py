"""A line that says how far a long loop is, and goes when the loop ends.

It is for people only: a terminal or a live notebook. Nothing shows in a loop that is over within
five seconds, nor where output is kept (a file, a notebook that is built or tested).
"""

import os
import sys
import time
from collections.abc import Iterator

FIRST_AFTER_S = 5.0
AGAIN_AFTER_S = 0.5
SWITCH = "COURSE_PROGRESS_LINE"  # "off" where nobody is watching


def counted(steps: int, title: str) -> Iterator[int]:
    """Count the steps, and show how far it is once that takes long.

    Parameters
    ----------
    steps : how many there are
    title : what goes on, for instance ``"training"``
    """
    watched = _somebody_watches()
    next_look = time.monotonic() + FIRST_AFTER_S
    shown = ""
    try:
        for step in range(steps):
            if watched and time.monotonic() >= next_look:
                shown = f"{title}: {step} of {steps} steps"
                _write(f"\r{shown}")
                next_look = time.monotonic() + AGAIN_AFTER_S
            yield step
    finally:
        if shown:
            _write(f"\r{' ' * len(shown)}\r")


def _somebody_watches() -> bool:
    return os.environ.get(SWITCH) != "off" and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
