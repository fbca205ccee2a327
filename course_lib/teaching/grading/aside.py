"""Going on in a child process, so that a stranger's code has no parent but one of its own.

Where Linux allows it to an ordinary user, the child also sees no other process, and no network:
what it kills is itself. Files are as open to it as to whoever grades.
"""

import ctypes
import os
import signal
import sys

_NEW_USER, _NEW_PIDS, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000  # Linux's sched.h
_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG in Linux's prctl.h
_BY_SIGNAL = 128  # what a shell adds to the number of the signal that ended a program


def step_aside() -> None:
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
