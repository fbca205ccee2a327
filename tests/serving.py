"""A fresh copy of the course, and the JupyterLab that a learner would start in it."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_client import BlockingKernelClient

HOST = "127.0.0.1"


def copy_of_course(root: Path, clone: Path) -> Path:
    """Copy what git tracks, as it is now: what nobody committed is missing here too."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    for name in filter(None, listing.stdout.decode().split("\0")):
        if (root / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, clone / name)
    return clone


def wait_for(what, ready, *, pause=lambda ms: time.sleep(ms / 1000), seconds=60):
    """Ask again and again until there is an answer; say what was waited for if none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ready():
            return answer
        pause(100)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


@dataclass
class Lab:
    """JupyterLab as ``course.py lab`` starts it."""

    port: int
    token: str
    home: Path
    runtime: Path  # where Jupyter writes how its kernels are reached

    def address(self, notebook: str) -> str:
        """Say where it is opened, without the tabs that were open before."""
        return f"http://{HOST}:{self.port}/lab/tree/{notebook}?reset&token={self.token}"

    def ask(self, path: str):
        """Return what the server says, or None while there is no server."""
        url = f"http://{HOST}:{self.port}/api/{path}?token={self.token}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def kernel_of(self, notebook: str) -> dict:
        """Return what the server says of a notebook's kernel; nothing where there is none."""
        sessions = self.ask("sessions") or ()
        return next((it["kernel"] for it in sessions if it["path"] == notebook), {})

    def is_ready_for(self, notebook: str) -> bool:
        """Whether its kernel is idle and a page is connected to it."""
        kernel = self.kernel_of(notebook)
        return kernel.get("execution_state") == "idle" and kernel["connections"] > 0

    @contextmanager
    def python_of(self, notebook: str) -> Iterator["Python"]:
        """Speak with a notebook's kernel, and end it afterwards."""
        kernel = self.kernel_of(notebook)["id"]
        with python_at(self.runtime / f"kernel-{kernel}.json") as python:
            yield python
        url = f"http://{HOST}:{self.port}/api/kernels/{kernel}?token={self.token}"
        urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=30).close()

    def progress(self) -> list[dict]:
        """Return what was kept of what the learner did."""
        kept = self.home / "progress.jsonl"
        text = kept.read_text(encoding="utf-8") if kept.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


class Python:
    """A kernel, spoken to beside JupyterLab: a page sees nothing of it but what it changes."""

    def __init__(self, client: BlockingKernelClient):
        self.client = client

    def tell(self, code: str, **expressions: str) -> dict:
        """Run code, which no page shows and no prompt counts; return what expressions come to."""
        reply = self.client.execute(
            code, silent=True, user_expressions=expressions, reply=True, timeout=60
        )["content"]
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
        return reply["user_expressions"]

    def ask(self, expression: str):
        """Return what an expression comes to, by way of JSON."""
        answer = self.tell("import json", it=f"json.dumps({expression})")["it"]
        assert answer["status"] == "ok", "\n".join(answer["traceback"])
        return json.loads(literal_eval(answer["data"]["text/plain"]))


@contextmanager
def python_at(connection_file: Path) -> Iterator[Python]:
    """Connect to the kernel that wrote this file."""
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Python(client)
    finally:
        client.stop_channels()


@contextmanager
def jupyterlab(clone: Path, own: Path) -> Iterator[Lab]:
    """Start ``lab`` in a copy of the course; what Jupyter itself keeps goes to ``own``."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    lab = Lab(port, secrets.token_hex(16), clone / "workspace", own / "RUNTIME")
    surroundings = {
        **{key: value for key, value in os.environ.items() if key != "COURSE_HOME"},
        **{f"JUPYTER_{kind}_DIR": str(own / kind) for kind in ("CONFIG", "DATA", "RUNTIME")},
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_TOKEN": lab.token,
        "PYTHONPATH": str(clone),  # the copy's course_lib
    }
    command = [sys.executable, "-m", "course_lib", "lab", "--no-browser", "--port", str(port)]
    own.mkdir(exist_ok=True)
    log = own / "server.log"
    with log.open("w") as said:
        server = subprocess.Popen(command, cwd=clone, env=surroundings, stdout=said, stderr=said)
        try:
            wait_for("JupyterLab", lambda: lab.ask("status") or server.poll() is not None)
            assert server.poll() is None, log.read_text()
            yield lab
        finally:
            server.terminate()
            server.wait(timeout=30)
