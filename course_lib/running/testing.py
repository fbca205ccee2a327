"""Everything that the course checks about itself, in one run: `course.py test`."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from course_lib.authoring.surroundings import kernel_surroundings
from course_lib.errors import CourseError
from course_lib.remembering.home import course_root

PYTHON = (sys.executable, "-m")
LINT_IMPORTS = str(Path(sysconfig.get_path("scripts")) / "lint-imports")
STEPS = {
    "lint": (*PYTHON, "ruff", "check", "."),
    "format": (*PYTHON, "ruff", "format", "--check", "."),
    "types": (*PYTHON, "mypy"),
    "import contract": (LINT_IMPORTS,),
    "built files are fresh": (*PYTHON, "course_lib", "build", "--check"),
    "tests, doctests, notebooks": (
        *(*PYTHON, "pytest", "--nbval"),
        *("tests", "course_lib", "notebooks", "solutions"),
    ),
}


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
        outcomes = []
        for title, command in STEPS.items():
            arguments = pytest_arguments if "pytest" in command else ()
            outcomes.append(run_step(title, (*command, *arguments), root, environment))
    changed = working_tree(root) != before
    outcomes.append(Outcome("tracked files unchanged", not changed, 0.0))
    Console().print(as_table(outcomes))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def run_step(title: str, command: tuple[str, ...], root: Path, environment: dict) -> Outcome:
    """Run one step, its output shown as it comes."""
    Console().rule(title)
    started = time.monotonic()
    code = subprocess.run(command, cwd=root, env=environment).returncode
    return Outcome(title, code == 0, time.monotonic() - started)


def working_tree(root: Path) -> str | None:
    """Return what git says has changed; None where this is no git checkout."""
    if not shutil.which("git") or not (root / ".git").exists():
        return None
    asked = ["git", "status", "--porcelain"]
    return subprocess.run(asked, cwd=root, capture_output=True, text=True).stdout


def as_table(outcomes: list[Outcome]) -> Table:
    """Show the outcomes as a table: step, verdict, seconds."""
    table = Table("step", "verdict", title="course.py test")
    table.add_column("seconds", justify="right")
    for outcome in outcomes:
        verdict = "[green]passed[/]" if outcome.passed else "[bold red]FAILED[/]"
        table.add_row(outcome.title, verdict, f"{outcome.seconds:.1f}")
    return table
