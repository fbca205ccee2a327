"""One set-up at a time in one folder, on every system, with the standard library alone."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def try_to_lock(lock: IO[str]) -> bool:
        """Take the lock if it is free: one byte, far behind the text."""
        lock.seek(1 << 20)
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_to_lock(lock: IO[str]) -> bool:
        """Take the lock if it is free; processes that were handed the file hold it too."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def setup_lock(path: Path) -> Iterator[IO[str]]:
    """Hold the lock of a set-up, waiting for one that is still at work."""
    with path.open("a+", encoding="utf-8") as lock:
        if not try_to_lock(lock):
            print("Another set-up is at work in this folder: waiting for its end.", flush=True)
            while not try_to_lock(lock):
                time.sleep(0.2)
        yield lock
