"""Everything that the course checks about itself, in one run: `course.py test`.

The notebooks run beside all the rest, which keeps two processors busy. The browser comes last, when
they are done: on a busy machine JupyterLab draws its cells too late.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.table import Table

from course_lib.authoring.surroundings import kernel_surroundings
from course_lib.errors import CourseError
from course_lib.storage.home import course_root

PYTHON = (sys.executable, "-P", "-m")
LINT_IMPORTS = str(Path(sysconfig.get_path("scripts")) / "lint-imports")
STEPS = {
    "lint": (*PYTHON, "ruff", "check", "."),
    "format": (*PYTHON, "ruff", "format", "--check", "."),
    "types": (*PYTHON, "mypy"),
    "import contract": (LINT_IMPORTS, "--no-cache"),  # a stale one names contracts that hold
    "built files are fresh": (*PYTHON, "course_lib", "build", "--check"),
    "tests, doctests": (*PYTHON, "pytest", "tests", "course_lib", "--ignore=tests/browser"),
    "browser": (*PYTHON, "pytest", "tests/browser"),
}
BESIDE = {
    "notebooks": (
        *(*PYTHON, "pytest", "--nbval", "-p", "no:cacheprovider"),
        *("notebooks", "solutions"),
    ),
}

_NONE_SELECTED = 5  # pytest's exit code where the arguments chose none of its tests


@dataclass(frozen=True)
class Outcome:
    """How one step of the run ended."""

    title: str
    passed: bool
    seconds: float


def run_all(pytest_arguments: tuple[str, ...] = ()) -> int:
    """Run every check, whatever the others say, and sum up.

    Parameters
    ----------
    pytest_arguments : passed on to pytest

    Returns
    -------
    int
        0 if all passed and nothing in the repository changed, else 1.
    """
    root = course_root()
    if root is None:
        raise CourseError(
            "The tests run in a copy of the course, and there is no course.py in this folder "
            f"({Path.cwd()}) or above it. Change to the folder of the course and try again."
        )
    before = working_tree(root)
    with tempfile.TemporaryDirectory(prefix="course-home-") as home:
        environment = {**os.environ, **kernel_surroundings(Path(home))}
        with started(_with(pytest_arguments, BESIDE), root, environment) as beside:
            outcomes = [
                run_step(title, command, root, environment)
                for title, command in _with(pytest_arguments, STEPS).items()
            ]
            outcomes += [step.finish() for step in beside]
    changed = working_tree(root) != before
    outcomes.append(Outcome("tracked files unchanged", not changed, 0.0))
    Console().print(as_table(outcomes))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def run_step(title: str, command: tuple[str, ...], root: Path, environment: dict) -> Outcome:
    """Run one step, its output shown as it comes."""
    Console().rule(title)
    begun = time.monotonic()
    code = subprocess.run(command, cwd=root, env=environment).returncode
    return Outcome(title, _passed(code, command), time.monotonic() - begun)


@dataclass(frozen=True)
class Step:
    """One step on its way; what it says is kept until it has ended."""

    title: str
    command: tuple[str, ...]
    process: subprocess.Popen
    said: IO[bytes]
    begun: float

    def finish(self) -> Outcome:
        """Wait for its end, and show what it said."""
        code = self.process.wait()
        seconds = time.monotonic() - self.begun
        Console().rule(self.title)
        self.said.seek(0)
        sys.stdout.write(self.said.read().decode(errors="replace"))
        sys.stdout.flush()
        return Outcome(self.title, _passed(code, self.command), seconds)


@contextmanager
def started(
    commands: Mapping[str, tuple[str, ...]], root: Path, environment: dict
) -> Iterator[list[Step]]:
    """Start steps that run beside others, and leave none of them behind."""
    steps: list[Step] = []
    with ExitStack() as files:
        for title, command in commands.items():
            said = files.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen(
                command, cwd=root, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
            steps.append(Step(title, command, process, said, time.monotonic()))
        try:
            yield steps
        finally:
            for step in steps:
                step.process.kill()  # does nothing to one that has ended
                step.process.wait()


def _with(
    pytest_arguments: tuple[str, ...], commands: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Give pytest, and pytest alone, the arguments."""
    return {
        title: (*command, *pytest_arguments) if "pytest" in command else command
        for title, command in commands.items()
    }


def _passed(code: int, command: tuple[str, ...]) -> bool:
    chosen = command not in (*STEPS.values(), *BESIDE.values())  # arguments were added
    return code == 0 or (chosen and code == _NONE_SELECTED)


def working_tree(root: Path) -> bytes | None:
    """Return what git says has changed; None where this is no git checkout."""
    if not shutil.which("git") or not (root / ".git").exists():
        return None
    asked = ["git", "status", "--porcelain"]
    return subprocess.run(asked, cwd=root, capture_output=True).stdout


def as_table(outcomes: list[Outcome]) -> Table:
    """Show the outcomes as a table: step, verdict, seconds."""
    table = Table("step", "verdict", title="course.py test")
    table.add_column("seconds", justify="right")
    for outcome in outcomes:
        verdict = "[green]passed[/]" if outcome.passed else "[bold red]FAILED[/]"
        table.add_row(outcome.title, verdict, f"{outcome.seconds:.1f}")
    return table
