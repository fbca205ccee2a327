"""Keeping a submission's code apart, and ending every process that it leaves behind.

The worker goes on in a child process. Where Linux allows it to an ordinary user, that child sees
no other process and no network: what it kills is itself. Files are as open to it as to whoever
grades. A process that leaves its process group cannot be ended with it: on Linux it becomes a
child of the grading process when its parent has ended, and so it can be found. Elsewhere it stays.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from subprocess import Popen

import psutil

_DUMPABLE, _ADOPT = 4, 36  # PR_SET_DUMPABLE and PR_SET_CHILD_SUBREAPER in Linux's prctl.h
_NEW_USER, _NEW_PIDS, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000  # Linux's sched.h
_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG in Linux's prctl.h
_BY_SIGNAL = 128  # what a shell adds to the number of the signal that ended a program
_MOST_ROUNDS = 20  # a process that forks faster than it is ended has others to answer to


class ProcessKeeper:
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
def adopting_children() -> Iterator[None]:
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


def continue_in_child() -> None:
    """Return in a child; the parent waits for its end and passes on how it came.

    To be called before anything else: a process with threads cannot leave its namespaces.
    """
    if not hasattr(os, "fork"):
        return
    _end_with_parent()
    if _leave_namespaces():
        _go_on_in_child()  # the first process of a new world cannot be ended by most signals
    _go_on_in_child()


def _end_with_parent() -> None:
    """Ask Linux to end this process with its parent, however that ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_WHEN_PARENT_ENDS, signal.SIGKILL, 0, 0, 0)


def _leave_namespaces() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None).unshare(_NEW_USER | _NEW_PIDS | _NEW_NETWORK) == 0


def _go_on_in_child() -> None:
    if child := os.fork():
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(code if code >= 0 else _BY_SIGNAL - code)
    _end_with_parent()
