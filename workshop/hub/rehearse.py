#!/usr/bin/env python3
"""Rehearse a class on one hub: on this machine, for this machine alone.

    python3 workshop/hub/rehearse.py                 # four learners work at once; then all is gone
    python3 workshop/hub/rehearse.py --stay          # the hub stays open for you to look round
    python3 workshop/hub/rehearse.py --learners 8 --lesson 07 --log FILE

The first time it makes an environment for the hub, workshop/hub/.venv, beside the course's own:
JupyterHub from PyPI and its proxy from npm, about a minute and the network.

A rehearsal is no hub for a class: all learners' servers run under your own account, so nothing
keeps one learner from another's files. It listens on 127.0.0.1 and nowhere else.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = HERE.parents[1]
HUB = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"
PROXY = "configurable-http-proxy@5.3.0"
MADE_FROM = HUB / "made-from.txt"


def main(words: list[str]) -> int:
    """Make the hub's environment where it is missing and become the rehearsal in it."""
    if os.name == "nt":
        return refuse(
            "Expected Linux or macOS, but this is Windows, where no JupyterHub runs. Try WSL."
        )
    if not shutil.which("npm"):
        return refuse(
            "Expected npm, which brings the hub's proxy, but there is none on the PATH. "
            "Install Node.js 18 or later and try again."
        )
    course = COURSE / ".venv/bin/python"
    if not course.exists():
        return refuse(
            "Expected the course's own environment in .venv, but it is not there yet. "
            "Make it first: python3 course.py doctor"
        )
    try:
        make_current(course)
    except subprocess.CalledProcessError as fault:
        return refuse(f"Expected to set the hub up, but this failed: {fault}. Try once more.")
    python = HUB / "bin/python"
    os.execv(python, [str(python), "-m", "rehearsal", *words])


def make_current(course: Path) -> None:
    """Make the hub's environment on top of the course's, unless it is there as it should be."""
    wanted = f"{course}\n{PROXY}\n{REQUIREMENTS.read_text('utf-8')}"
    if MADE_FROM.exists() and MADE_FROM.read_text("utf-8") == wanted:
        return
    print("Making the hub's environment in workshop/hub/.venv, once.", file=sys.stderr)
    python = str(HUB / "bin/python")
    constraints, requirements = str(COURSE / "constraints.txt"), str(REQUIREMENTS)
    subprocess.run([course, "-m", "venv", "--clear", HUB], check=True)
    stand_on(course)
    pip = [python, "-m", "pip", "install", "--quiet", "-c", constraints, "-r", requirements]
    subprocess.run(pip, check=True)
    npm = ["npm", "install", "--silent", "--no-audit", "--prefix", str(HUB / "proxy"), PROXY]
    subprocess.run(npm, check=True)
    MADE_FROM.write_text(wanted, "utf-8")


def stand_on(course: Path) -> None:
    """Let the hub's Python find the rehearsal, and what the course's own Python has."""
    # A line that begins with import is executed: so the course's own .pth files count as well.
    lines = f"import site; site.addsitedir({packages_of(course)!r})\n{HERE}\n"
    Path(packages_of(HUB / "bin/python"), "course.pth").write_text(lines, "utf-8")


def packages_of(python: Path) -> str:
    """Say where an environment keeps its packages."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    return asked.stdout.strip()


def refuse(sentence: str) -> int:
    """Say what stands in the way and return the exit code for it."""
    print(f"\n{sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
