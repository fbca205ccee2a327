"""One function in one process: started with nothing of ours, watched, and ended.

The process has a temporary home, an environment without secrets, limits set by the system, and a
clock and a watch on its memory from outside. What it answers is data that `rows` judges.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import psutil

from course_lib.teaching.grading.sandbox import ProcessKeeper
from course_lib.teaching.grading.worker import CLOCK_FACTOR, READY
from course_lib.threads import ONE_THREAD

ROOT = Path(__file__).resolve().parents[3]
_START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from course_lib.teaching.grading.sandbox import continue_in_child; continue_in_child(); "
    "from course_lib.teaching.grading.worker import main; main()"
)
_START_S = 90.0  # torch alone can take ten on a busy machine
_GRACE_S = 2.0
_TICK_S = 0.05
_SELDOM = 20  # ticks: to look for children means to look at every process there is
_MOST_MORE_TASKS = 256
_BY_SIGNAL = 128
_LARGEST_ANSWER = 64 << 20
_LARGEST_FILE_MIB = 16
_MOST_WRITTEN = 64 << 20


@dataclass(frozen=True)
class Limits:
    """What one function may take: CPU seconds for its cells and for its calls, and memory."""

    seconds: float = 10.0
    memory_mib: int = 1024

    @property
    def wall_s(self) -> float:
        """How long the process may live once it has begun with the notebook."""
        return 2 * CLOCK_FACTOR * self.seconds + _GRACE_S


@dataclass(frozen=True)
class Report:
    """What came back: facts, or why there are none."""

    facts: dict[str, Any] = field(default_factory=dict)
    stopped: str = ""  # "timed out", "out of memory", "too much output" or "stopped by hand"
    code: int = 0


def run_apart(
    exercise: str,
    cells: Sequence[str],
    *,
    seed: int,
    limits: Limits,
    keeper: ProcessKeeper,
    stop: threading.Event,
) -> Report:
    """Run what one exercise needs of a notebook, and return what its function gave.

    Parameters
    ----------
    exercise : its name
    cells : the notebook's code cells
    seed : for the inputs that are drawn
    limits : after which the process is ended
    keeper : starts the process, and ends what it leaves behind
    stop : set by whoever wants to go home
    """
    token = secrets.token_hex(16)
    job = {
        "exercise": exercise,
        "cells": list(cells),
        "seed": seed,
        "seconds": limits.seconds,
        "token": token,
        "limits": {
            "memory_mib": limits.memory_mib,
            "cpu_s": int(2 * limits.seconds) + 10,
            "file_mib": _LARGEST_FILE_MIB,
            "tasks": keeper.tasks + _MOST_MORE_TASKS,
        },
    }
    with (
        TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as home,
        keeper.process(lambda: _start(home)) as process,
    ):
        ear = _Ear(process.stdout)
        _hand_over(process, json.dumps(job).encode())
        stopped = _watch(process, ear, limits, Path(home), stop)
        code = process.poll()
    answer = ear.heard()
    if not stopped and code == _BY_SIGNAL + getattr(signal, "SIGXCPU", 0):
        stopped = "timed out"
    return Report(_facts(answer, token) if code == 0 else {}, stopped, code or 0)


def _start(home: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=_environment(home),
        start_new_session=True,
    )


def _environment(home: str) -> dict[str, str]:
    """Return an environment that holds nothing of ours but what a system cannot do without."""
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    folders = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "COURSE_HOME"), home)
    return {
        **needed,
        **folders,
        **ONE_THREAD,
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "COURSE_PROGRESS_LINE": "off",
    }


def _hand_over(process: subprocess.Popen, job: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(job)


class _Ear:
    """Listens to a process and keeps what it says, up to a limit."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        self._pipe, self._said = pipe, bytearray()
        self.ready_at: float | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        return len(self._said) > _LARGEST_ANSWER

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._pipe as pipe:
            while not self.is_full and (more := os.read(pipe.fileno(), 1 << 16)):
                self._said += more
                if self.ready_at is None and self._said.startswith(READY):
                    self.ready_at = time.monotonic()

    def heard(self) -> bytes:
        """Return what was said, once nobody is there to say more."""
        self._thread.join(_GRACE_S)
        return bytes(self._said)


def _watch(
    process: subprocess.Popen, ear: _Ear, limits: Limits, home: Path, stop: threading.Event
) -> str:
    """Wait for the end of a process; say why it has to be ended, or nothing."""
    began, tick, family = time.monotonic(), 0, _Family(process.pid)
    while process.poll() is None:
        since = time.monotonic() - (ear.ready_at or began)
        if stop.is_set():
            return "stopped by hand"
        if since > (limits.wall_s if ear.ready_at else _START_S):
            return "timed out"
        if tick % _SELDOM == 0:
            family.look()
        if ear.is_full or (tick % _SELDOM == 0 and _writes_too_much(home)):
            return "too much output"
        if family.memory() > limits.memory_mib << 20:
            return "out of memory"
        tick += 1
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TICK_S)
    return ""


class _Family:
    """A process and those that it started, and the memory that they hold together."""

    def __init__(self, pid: int) -> None:
        self._pid, self._members = pid, []  # type: int, list[psutil.Process]

    def look(self) -> None:
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(self._pid)
            self._members = [first, *first.children(recursive=True)]

    def memory(self) -> int:
        total = 0
        for member in self._members:
            with contextlib.suppress(psutil.Error):
                total += member.memory_info().rss
        return total


def _writes_too_much(home: Path) -> bool:
    total = 0
    for folder, _, names in os.walk(home, onerror=None):
        for name in names:
            with contextlib.suppress(OSError):
                total += max(4096, os.lstat(f"{folder}{os.sep}{name}").st_size)
        if total > _MOST_WRITTEN:
            return True
    return False


def _facts(answer: bytes, token: str) -> dict[str, Any]:
    """Read an answer; whatever is not exactly one is none."""
    beginning = READY + token.encode()
    if not answer.startswith(beginning):
        return {}
    try:
        facts = json.loads(answer[len(beginning) :])
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
