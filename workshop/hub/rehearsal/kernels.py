"""A notebook, run cell by cell in a kernel of the learner's own server, as JupyterLab does it."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import websocket

from rehearsal.people import Person

CELL_SECONDS = 300


@dataclass(frozen=True)
class Ran:
    """What came of one cell: what it printed, and what went wrong."""

    cell: dict[str, Any]
    printed: str
    fault: str | None


def run_notebook(person: Person, path: str) -> list[Ran]:
    """Run a notebook that lies in the learner's home, from top to bottom; its kernel stays."""
    cells = person.ask("GET", f"/user/{person.name}/api/contents/{path}").json()["content"]["cells"]
    kernel = open_session(person, path)
    with connected(person, kernel) as channel:
        return [run_cell(channel, cell) for cell in cells if cell["cell_type"] == "code"]


def open_session(person: Person, path: str) -> str:
    """Open a notebook, which starts its kernel."""
    wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    answer = person.ask("POST", f"/user/{person.name}/api/sessions", json=wanted)
    return str(answer.json()["kernel"]["id"])


@contextmanager
def connected(person: Person, kernel: str) -> Iterator[websocket.WebSocket]:
    """Hold a connection to a kernel."""
    address = f"{person.hub}/user/{person.name}/api/kernels/{kernel}/channels"
    channel = websocket.create_connection(
        address.replace("http://", "ws://", 1),
        header=[f"Authorization: token {person.token}"],
        timeout=CELL_SECONDS,
    )
    try:
        yield channel
    finally:
        channel.close()


def run_cell(channel: websocket.WebSocket, cell: dict[str, Any]) -> Ran:
    """Send a cell to the kernel and listen until it is idle again and has replied."""
    request = execute_request("".join(cell["source"]))
    channel.send(json.dumps(request))
    printed, fault, awaited = "", None, {"idle", "reply"}
    while awaited:
        said = channel.recv()
        message = json.loads(said) if isinstance(said, str) else {}  # bytes: a widget's numbers
        if message.get("parent_header", {}).get("msg_id") != request["header"]["msg_id"]:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream" and content["name"] == "stdout":
            printed += content["text"]
        elif kind == "error":
            fault = f"{content['ename']}: {content['evalue']}"
        elif kind == "status" and content["execution_state"] == "idle":
            awaited.discard("idle")
        elif kind == "execute_reply":
            awaited.discard("reply")
    return Ran(cell, printed, fault)


def execute_request(code: str) -> dict[str, Any]:
    """Write down what a kernel is asked, as Jupyter's messages are written."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "rehearsal",
        "session": uuid.uuid4().hex,
        "date": "",
        "version": "5.4",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content | {"user_expressions": {}, "stop_on_error": True},
        "channel": "shell",
        "buffers": [],
    }
