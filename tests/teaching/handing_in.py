"""Notebooks as learners hand them in: solved, blank, wrong on purpose, and meant to do harm.

Each wrong or hostile answer is the text of a cell that takes the place of the cell that defines
`scaled_scores` in lesson 03, with the status and the words that its row has to have. The other
exercise of that notebook, `raw_scores`, stays solved: nothing that happens to its neighbour may
cost it its row.
"""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSON_03 = "03_scores.ipynb"
ENDED = "still running|did not come to its end"  # from within, or with its process
RIGHT = "return queries @ keys.T / np.sqrt(queries.shape[-1])"


def cells_of(kind: str, name: str) -> list[str]:
    """Return the code cells of one of the course's own notebooks."""
    notebook = json.loads((ROOT / kind / name).read_text("utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def hand_in(folder: Path, learner: str, cells: list[str], name: str = LESSON_03) -> Path:
    """Write a notebook into a learner's folder."""
    path = folder / learner / name
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path.write_text(json.dumps({"cells": written, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    return path


def instead(answer: str) -> list[str]:
    """Return lesson 03, solved, but for one cell."""
    cells = cells_of("solutions", LESSON_03)
    return [answer if "def scaled_scores" in cell else cell for cell in cells]


def scaled_scores(*lines: str, before: str = "") -> str:
    """Return a cell that defines the function with these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{before}\ndef scaled_scores(queries, keys):\n{body}"


WRONG = {
    "no scale": scaled_scores("return queries @ keys.T"),
    "divided by d_head": scaled_scores("return queries @ keys.T / queries.shape[-1]"),
    "multiplied": scaled_scores("return queries @ keys.T * np.sqrt(queries.shape[-1])"),
    "divided by √n_keys": scaled_scores("return queries @ keys.T / np.sqrt(len(keys))"),
    "keys by queries": scaled_scores("return keys @ queries.T / np.sqrt(queries.shape[-1])"),
}

HOSTILE = {
    "endless": (scaled_scores("while True: pass"), "timed out", ENDED),
    "unstoppable": (
        scaled_scores(
            "while True:",
            "    try:",
            "        while True: pass",
            "    except BaseException: pass",
        ),
        "timed out",
        ENDED,
    ),
    "asleep": (scaled_scores("import time; time.sleep(10**6)"), "timed out", ENDED),
    "endless at the top": (
        scaled_scores("N", RIGHT, before="import itertools\nN = sum(itertools.repeat(0))\n"),
        "timed out",
        ENDED,
    ),
    "exits": (scaled_scores("import os; os._exit(3)"), "error", "crashed.*code 3"),
    "exits well": (scaled_scores("import os; os._exit(0)"), "error", "crashed.*code 0"),
    "asks to exit": (scaled_scores("import sys; sys.exit(0)"), "error", "SystemExit"),
    "segfault": (
        scaled_scores("import ctypes; ctypes.string_at(0)"),
        "error",
        "crashed.*SIGSEGV",
    ),
    "floods": (
        scaled_scores("while True: print('x' * 10**6)"),
        "timed out",
        ENDED,
    ),
    "floods a little": (
        scaled_scores(
            "import os",
            "for _ in range(1000): os.write(1, b'x' * 10**6)",
            RIGHT,
        ),
        "correct",
        "^$",
    ),
    "hungry": (scaled_scores("return np.ones(10**11)"), "error", "out of memory"),
    "always hungrier": (
        scaled_scores("more = []", "while True: more.append(np.ones(10**6))"),
        "error|timed out",  # on a slow machine, filling the memory again and again takes long
        "out of memory|still running",
    ),
    "fills the disk": (
        scaled_scores(
            "i = 0",
            "while True:",
            "    i += 1",
            "    open(f'file{i}', 'wb').write(b'x' * 10**6)",
        ),
        "error",
        "too much output",
    ),
    "forks": (scaled_scores("import os", "while True: os.fork()"), "timed out|error", "."),
    "leaves a child": (
        scaled_scores(
            "import os, time",
            "if os.fork() == 0:",
            "    os.setsid()",
            "    if os.fork() == 0: time.sleep(3600)",
            "    os._exit(0)",
            RIGHT,
        ),
        "correct",
        "^$",
    ),
    "kills its parent": (
        scaled_scores("import os, signal", "os.kill(os.getppid(), signal.SIGKILL)", RIGHT),
        "correct|error",
        "^$|crashed.*SIGKILL",
    ),
    "patches the checker": (
        scaled_scores(
            "import course_lib.checking.engine as e, course_lib.checking.diagnosis as d",
            "from course_lib.checking import Verdict",
            "e.diagnose = d.diagnose = lambda *_, **__: Verdict('scaled_scores', 'correct', '')",
            "return queries @ keys.T",
        ),
        "incorrect",
        "no scale",
    ),
    "patches the reference": (
        scaled_scores(
            "from course_lib.checking import registry",
            "held = registry.exercise_named('scaled_scores')",
            "object.__setattr__(held, 'reference', lambda q, k: q @ k.T)",
            "np.sqrt = lambda x: 1.0",
            "return queries @ keys.T",
        ),
        "incorrect",
        "no scale",
    ),
    "has its own check": (
        scaled_scores(
            "return queries @ keys.T",
            before="def check(name, f):\n    print('✓', name, '– correct')\n",
        ),
        "incorrect",
        "no scale",
    ),
    "says it is right": (
        scaled_scores(
            "import os, json",
            "said = json.dumps({'verdict': {'status': 'correct', 'mistake': None}})",
            "for n in range(64):",
            "    try: os.write(n, said.encode())",
            "    except OSError: pass",
            "os._exit(0)",
        ),
        "error",
        "crashed",
    ),
    "forges with the token": (
        scaled_scores(
            "import gc, json, os",
            "for job in gc.get_objects():",
            "    if type(job) is dict and 'token' in job and 'cells' in job:",
            "        verdict = {'status': 'correct', 'mistake': None, 'message': ''}",
            "        said = job['token'] + json.dumps({'verdict': verdict})",
            "        for n in range(64):",
            "            try: os.write(n, said.encode())",
            "            except OSError: pass",
            "        os._exit(0)",
        ),
        "error",
        "crashed: what it reported cannot be judged",
    ),
    "pickled result": (
        scaled_scores(
            "class Bad:",
            "    def __reduce__(self): return (exec, ('raise SystemExit',))",
            "return Bad()",
        ),
        "incorrect",
        "got a Bad",
    ),
    "input": (scaled_scores("return input('scores?')"), "error", "EOFError"),
    "secrets": (
        scaled_scores(
            "import os",
            "assert 'GRADING_SECRET' not in os.environ",
            RIGHT,
        ),
        "correct",
        "^$",
    ),
    "deleted": ("", "not attempted", "^no function named scaled_scores$"),
    "renamed": (
        "def scaled_score(queries, keys):\n    " + RIGHT,
        "not attempted",
        "found scaled_score$",
    ),
    "no Python": (
        "def scaled_scores(queries, keys)\n    " + RIGHT,
        "error",
        r"code cell 4 is no Python: expected ':', line 1",
    ),
    "null": ("def scaled_scores(q, k):\n    '\0'", "error", "code cell 4 is no Python"),
    "a number": ("scaled_scores = 3", "error", "expected the function itself"),
    "lost file": (
        "table = np.loadtxt('table.txt')\ndef scaled_scores(q, k):\n    return q @ k.T * table",
        "error",
        "NameError.*code cell 4 raised FileNotFoundError",
    ),
}

HARMLESS = {
    "magics": "%matplotlib inline\n!ls\nnp?\n" + scaled_scores(RIGHT),
    "timed by magic": "%%time\n" + scaled_scores(RIGHT),
    "helper": "def root(x):\n    return x ** 0.5\n"
    + scaled_scores("return queries @ keys.T / root(queries.shape[-1])"),
    "plots": "import matplotlib.pyplot as plt\n" + scaled_scores(RIGHT) + "\nplt.plot([1])",
    "shouts": scaled_scores(RIGHT) + "\nwhile True: print('x' * 10**6)",
    "asks": "name = input('name? ')\n" + scaled_scores(RIGHT),
    "calls a neighbour": scaled_scores("return raw_scores(queries, keys) / queries.shape[-1]**.5"),
    "lambda": "scaled_scores = lambda q, k: q @ k.T / np.sqrt(q.shape[-1])",
}
