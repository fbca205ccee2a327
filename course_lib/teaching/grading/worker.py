"""The process in which a stranger's function runs: it says what the function gave, and no more.

    python -I -m course_lib.teaching.grading.worker

It reads one job from its input and answers where its output was. By the time the first line of
the notebook runs, input and output lead nowhere: what is printed cannot be taken for the answer.
"""

import contextlib
import json
import linecache
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib import import_module
from typing import Any, BinaryIO

from course_lib.checking.engine import try_answer
from course_lib.checking.guarding import Limit, TimeIsUp, within
from course_lib.checking.isolation import isolated
from course_lib.checking.registry import all_exercises, exercise_named
from course_lib.checking.verdict import Verdict
from course_lib.teaching.grading.extraction import Notebook, Statement, read_cells, take
from course_lib.teaching.grading.limits import limit_this_process
from course_lib.teaching.grading.serialisation import as_json

READY = b"ready\n"
CLOCK_FACTOR = 3  # a busy machine may take so much longer than its CPU seconds
_MOST_SHOWN = 3


def main() -> None:
    """Do the one job, answer, and end without anything that the notebook left behind."""
    job = json.loads(sys.stdin.buffer.read())
    channel = _keep_the_channel()
    for module in exercise_named(job["exercise"]).needs:
        import_module(module)
    limit_this_process(**job["limits"])
    channel.write(READY)
    channel.flush()
    answer = json.dumps(report(job["exercise"], job["cells"], job["seed"], job["seconds"]))
    channel.write(job["token"].encode() + answer.encode())
    channel.flush()
    os._exit(0)


def _keep_the_channel() -> BinaryIO:
    """Take the output for ourselves and let the three usual streams lead nowhere."""
    channel = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    return channel


def report(name: str, cells: Sequence[str], seed: int, seconds: float) -> dict[str, Any]:
    """Run what the exercise needs and call its function; return facts, not a judgement.

    Returns
    -------
    dict
        ``seen``, what the function gave on each input, or ``verdict`` where it never came so far;
        ``trouble``, what went wrong on the way.
    """
    notebook = read_cells(cells)
    statements = take(name, notebook)
    _remember_lines(cells)
    limit = Limit(cpu_s=seconds, clock_s=CLOCK_FACTOR * seconds)
    with isolated():  # from the first cell to the last call, as in a kernel
        try:
            where = "the cells that it needs were "
            held, trouble = within(limit, lambda _: _run(statements))
            if name not in held or not statements:
                return {"verdict": asdict(_missing(name, notebook, trouble))}
            where = ""
            seen = try_answer(name, held[name], seed=seed, limit=limit)
        except TimeIsUp as stop:
            text = f"{where}still running after {stop.reached}"
            return {"verdict": asdict(Verdict(name, "timed out", text))}
    if isinstance(seen, Verdict):
        return {"verdict": asdict(seen)}
    return {"seen": as_json(seen), "trouble": trouble}


def _run(statements: Sequence[Statement]) -> tuple[dict[str, Any], list[str]]:
    """Run statement after statement, as a notebook does after an error that nobody minded."""
    held: dict[str, Any] = {"__name__": "__main__"}
    trouble: list[str] = []
    for statement in statements:
        try:
            exec(statement.code, held)
        except TimeIsUp:
            raise
        except BaseException as fault:
            trouble.append(f"code cell {statement.cell} raised {type(fault).__name__}")
    return held, trouble


def _missing(name: str, notebook: Notebook, trouble: Sequence[str]) -> Verdict:
    """Say why there is no such function, and which there are instead."""
    for cell, (source, complaint) in notebook.broken.items():
        if re.search(rf"\b{name}\b\s*[(=]", source):
            why = f"code cell {cell} is no Python: {complaint}"
            return Verdict(name, "error", why)
    if trouble:
        return Verdict(name, "error", f"{trouble[0]}, so there is no {name}")
    why = f"no function named {name}{_found_instead(name, notebook)}"
    return Verdict(name, "not attempted", why, mistake=why)


def _found_instead(name: str, notebook: Notebook) -> str:
    defined = dict.fromkeys(one.defines for one in notebook.statements if one.defines)
    others = [other for other in defined if other not in all_exercises()]
    near = get_close_matches(name, others, n=1) or others[:_MOST_SHOWN]
    return f"; found {', '.join(near)}" if near else ""


def _remember_lines(cells: Sequence[str]) -> None:
    """Let a message show the line that it is about."""
    for number, source in enumerate(cells, start=1):
        lines = source.splitlines(keepends=True)
        linecache.cache[f"code cell {number}"] = (len(source), None, lines, "")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
