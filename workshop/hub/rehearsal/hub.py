"""The rehearsal's hub: started in a throw-away folder, and gone when the rehearsal is over."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

HERE = Path(__file__).resolve().parent
START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Hub:
    """A hub that is up."""

    address: str
    folder: Path
    process: psutil.Process
    started_in_s: float

    @property
    def teacher_password(self) -> str:
        """The one that was generated when the hub started."""
        return (self.folder / "teacher-password").read_text("utf-8").strip()

    def home_of(self, learner: str) -> Path:
        """Where a learner's files are."""
        return self.folder / "homes" / learner


@contextmanager
def running_hub() -> Iterator[Hub]:
    """Start a hub; whatever happens, in the end its processes and its folder are gone."""
    with TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as name:
        folder, ports = Path(name), free_ports(3)
        surroundings = {**os.environ, "REHEARSAL_PORTS": " ".join(map(str, ports))}
        command = [sys.executable, "-m", "jupyterhub", "--config", str(HERE / "config.py")]
        began = time.monotonic()
        with (folder / "hub.log").open("w") as log:
            started = subprocess.Popen(
                command,
                cwd=folder,
                env=surroundings,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours to answer
            )
        process = psutil.Process(started.pid)
        try:
            address = f"http://127.0.0.1:{ports[0]}"
            wait_for("the hub", lambda: is_up(address, started, folder), seconds=START_SECONDS)
            yield Hub(address, folder, process, time.monotonic() - began)
        finally:
            stop(process)


def is_up(address: str, started: subprocess.Popen[bytes], folder: Path) -> bool:
    """Say whether the hub answers; if it ended instead, say why."""
    if started.poll() is not None:
        last = (folder / "hub.log").read_text("utf-8", "replace").splitlines()[-8:]
        raise RuntimeError("the hub ended before it was up:\n" + "\n".join(last))
    try:
        return requests.get(f"{address}/hub/api/", timeout=5).ok
    except requests.ConnectionError:
        return False


def stop(process: psutil.Process) -> None:
    """Ask the hub to end, which ends its servers and its proxy; then end what is left."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C changes nothing
    try:
        family = family_of(process)
        process.terminate()
        psutil.wait_procs([process], timeout=STOP_SECONDS)
        for left in psutil.wait_procs(family, timeout=5)[1]:
            left.kill()
        psutil.wait_procs(family, timeout=5)
    except psutil.NoSuchProcess:
        pass
    finally:
        signal.signal(signal.SIGINT, before)


def family_of(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that descend from it."""
    return [process, *process.children(recursive=True)]


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens at."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for(what: str, is_ready: Callable[[], bool], *, seconds: float) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.2)
