"""What the browser computes, run by node on numbers of Python: fixtures for a conftest."""

import json
import math
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "course_lib"
NODE = shutil.which("node")

# JSON has no infinity and no nan: they travel as {"special": "-Infinity"}. A NumPy array arrives
# as the browser gets it: a Float64Array, rows one after another.
SERVER = r"""
const lines = require("node:readline").createInterface({ input: process.stdin });
const read = (key, it) => it?.special !== undefined ? Number(it.special)
  : it?.floats !== undefined ? Float64Array.from(it.floats) : it;
const write = (key, it) => typeof it === "number" && !Number.isFinite(it) ? { special: String(it) }
  : ArrayBuffer.isView(it) || it instanceof Set ? [...it] : it;
(async () => {
  for await (const line of lines) {
    const { url, name, values } = JSON.parse(line, read);
    let answer;
    try { answer = { value: (await import(url))[name](...values) ?? null }; }
    catch (error) { answer = { fault: `${name}: ${error.stack}` }; }
    console.log(JSON.stringify(answer, write));
  }
})();
"""


@pytest.fixture(scope="session")
def node() -> Iterator[subprocess.Popen]:
    """Start one node for all cases: it answers a line of JSON with a line of JSON."""
    if NODE is None:
        pytest.skip("there is no node on this machine to run what the browser computes")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([NODE, "-e", SERVER], text=True, encoding="utf-8", **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def node_call(node):
    """Return a function that calls one of a compute file's functions.

    ``node_call("softmax.compute.mjs", "softmax", scores)``: a NumPy array becomes a Float64Array,
    a list stays a list, and what comes back is made of lists, dicts and numbers.
    """

    def call(compute_file: str, function: str, *arguments: Any) -> Any:
        (path,) = PACKAGE.rglob(compute_file)
        asked = {"url": path.as_uri(), "name": function, "values": [_sent(it) for it in arguments]}
        node.stdin.write(json.dumps(asked, allow_nan=False) + "\n")
        node.stdin.flush()
        line = node.stdout.readline()
        assert line, f"node ended while it computed {function}"
        answer = json.loads(line, object_hook=_received)
        assert "fault" not in answer, answer.get("fault")
        return answer["value"]

    return call


def _sent(it: Any) -> Any:
    if isinstance(it, np.ndarray):
        return {"floats": [_sent(float(number)) for number in it.ravel()]}
    if isinstance(it, float | np.floating):
        return float(it) if math.isfinite(it) else {"special": _special(float(it))}
    if isinstance(it, np.integer | np.bool_):
        return it.item()
    if isinstance(it, dict):
        return {key: _sent(value) for key, value in it.items()}
    return [_sent(value) for value in it] if isinstance(it, list | tuple) else it


def _special(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _received(it: dict[str, Any]) -> Any:
    return float(it["special"]) if set(it) == {"special"} else it
