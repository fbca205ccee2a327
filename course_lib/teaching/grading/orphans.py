"""Processes that a stranger's code leaves behind: found, wherever they hid, and ended.

Who leaves a process group cannot be ended with it. On Linux such a process becomes, when its
parent has ended, a child of ours, and so it can be found. Elsewhere it stays.
"""

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from subprocess import Popen

import psutil

_DUMPABLE, _ADOPT = 4, 36  # PR_SET_DUMPABLE and PR_SET_CHILD_SUBREAPER in Linux's prctl.h
_MOST_ROUNDS = 20  # a process that forks faster than it is ended has others to answer to


class Nursery:
    """Starts processes of which nothing stays behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = {child.pid for child in psutil.Process().children()}
        self.tasks = _tasks_of_this_user()

    @contextlib.contextmanager
    def process(self, start: Callable[[], Popen]) -> Iterator[Popen]:
        """Start a process in a session of its own, and end it and all that it started."""
        with self._lock:  # what was started, but is not known yet, would look like an orphan
            process = start()
            self._known.add(process.pid)
        try:
            yield process
        finally:
            _end_family(process)
            with self._lock:
                self._known.discard(process.pid)
                self._end_orphans()

    def _end_orphans(self) -> None:
        for _ in range(_MOST_ROUNDS):
            if not (orphans := [c for c in psutil.Process().children() if self._is_orphan(c)]):
                return
            for orphan in orphans:
                with contextlib.suppress(psutil.Error):
                    for process in (orphan, *orphan.children(recursive=True)):
                        process.kill()
            psutil.wait_procs(orphans, timeout=1.0)

    def _is_orphan(self, child: psutil.Process) -> bool:
        """Tell an adopted process by its session: what we start otherwise stays in ours."""
        if child.pid in self._known or not hasattr(os, "getsid"):
            return False
        try:
            return os.getsid(child.pid) != os.getsid(0)
        except OSError:
            return False


def _tasks_of_this_user() -> int:
    """Count processes and their threads, as Linux does where it limits them."""
    tasks, me = 0, psutil.Process().username()
    for process in psutil.process_iter(["username", "num_threads"]):
        if process.info["username"] == me:
            tasks += process.info["num_threads"] or 0
    return tasks


def _end_family(process: Popen) -> None:
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Let orphans become ours, and nobody read or write our own memory, where there is Linux."""
    if not sys.platform.startswith("linux"):
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    prctl(_ADOPT, 1, 0, 0, 0)
    prctl(_DUMPABLE, 0, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_DUMPABLE, 1, 0, 0, 0)
        prctl(_ADOPT, 0, 0, 0, 0)
