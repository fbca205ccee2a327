"""Run notebooks under several numerics and report what differs: `course.py shake`.

Processors differ in their vector units and in the number of cores, so sums are added in another
order and rounded differently. A number that stands in a lesson has to survive that. Each notebook
is run by nbval under each of the numerics, and its compared outputs have to be the stored ones.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from course_lib.errors import CourseError
from course_lib.running.nudging import write_startup
from course_lib.storage.home import course_root
from course_lib.threads import THREADS

FOLDERS = ("notebooks", "solutions")
SWITCH = "COURSE_NUMERICS"  # conftest.py gives these variables, as JSON, to every kernel
CELL_TIMEOUT_S = 900  # without vector units, with other runs beside, a cell takes its time
_TORCH_CODE = {"AVX2": "avx2", "no vector units": "default"}
_LIBRARIES = {
    "AVX2": {
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "MKL_CBWR": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "no vector units": {
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "MKL_CBWR": "COMPATIBLE",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Prescott",
    },
}


@dataclass(frozen=True)
class Difference:
    """A cell that prints something else than what is stored, or that raises."""

    notebook: str
    cell: str
    raised: bool
    text: str


@dataclass(frozen=True)
class Run:
    """What one lesson's notebooks did under one of the numerics."""

    lesson: str
    numerics: str
    differences: tuple[Difference, ...]


def shake(lessons: tuple[str, ...] = ()) -> int:
    """Run the notebooks of these lessons, or of all, under every numerics.

    Returns
    -------
    int
        0 if every compared output was the stored one everywhere, else 1.

    Raises
    ------
    CourseError
        If there is no such lesson, or no course in this folder.
    """
    root = course_root()
    if root is None:
        raise CourseError(
            "expected a copy of the course, with course.py in it; this folder "
            f"({Path.cwd()}) has none, nor has one above it. Change to the folder of the course."
        )
    notebooks = notebooks_of(root, lessons)
    console = Console()
    with TemporaryDirectory(prefix="course-shake-", ignore_cleanup_errors=True) as temporary:
        runs = list(_run_all(root, notebooks, numerics(Path(temporary)), console))
    for run in sorted(runs, key=lambda run: (run.lesson, run.numerics)):
        for difference in run.differences:
            console.rule(f"{difference.notebook}, {difference.cell}, {run.numerics}")
            console.print(difference.text, markup=False, highlight=False)
    console.print(as_table(runs))
    return int(any(run.differences for run in runs))


def notebooks_of(root: Path, lessons: tuple[str, ...]) -> dict[str, list[Path]]:
    """Map each lesson's number to its notebook and its solutions."""
    found: dict[str, list[Path]] = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("[0-9][0-9]_*.ipynb")):
            found.setdefault(path.name[:2], []).append(path)
    if unknown := [lesson for lesson in lessons if lesson not in found]:
        raise CourseError(
            f"expected numbers of lessons, two digits each; got {', '.join(unknown)}. "
            f"There are: {', '.join(sorted(found))}."
        )
    return {lesson: found[lesson] for lesson in lessons or sorted(found)}


def numerics(folder: Path) -> dict[str, dict[str, str]]:
    """Return the environment of each numerics; what a kernel reads for it goes below folder."""
    nudged = folder / "nudged"
    write_startup(nudged)
    return {
        "as is": {},
        **{name: _without_units(name) for name in _TORCH_CODE},
        "two threads": dict.fromkeys(THREADS, "2"),
        "nudged weights": {"IPYTHONDIR": str(nudged)},
    }


def _without_units(name: str) -> dict[str, str]:
    """Keep torch, NumPy and their libraries from using wider vector units than these."""
    here = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    wide = [unit for unit in here if unit.startswith(("AVX512", "X86_V4"))]
    return {
        "ATEN_CPU_CAPABILITY": _TORCH_CODE[name],
        "NPY_DISABLE_CPU_FEATURES": " ".join(wide if name == "AVX2" else here),
        **_LIBRARIES[name],
    }


def _run_all(
    root: Path,
    notebooks: Mapping[str, list[Path]],
    environments: Mapping[str, dict[str, str]],
    console: Console,
) -> Iterator[Run]:
    """Run as many at once as there are cores, four at most, and say how far it is."""
    workers = min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool, Progress(console=console) as progress:
        waiting: list[Future[Run]] = [
            pool.submit(run_notebooks, root, lesson, paths, name, environment)
            for lesson, paths in notebooks.items()
            for name, environment in environments.items()
        ]
        task = progress.add_task("shaking", total=len(waiting))
        try:
            for done in as_completed(waiting):
                yield done.result()
                progress.advance(task)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def run_notebooks(
    root: Path, lesson: str, paths: list[Path], name: str, environment: Mapping[str, str]
) -> Run:
    """Run one lesson's notebooks under one of the numerics, in a process of their own."""
    with TemporaryDirectory(prefix="course-shake-", ignore_cleanup_errors=True) as temporary:
        report = Path(temporary) / "report.xml"
        command = [
            *(sys.executable, "-P", "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-vv"),
            *("--color=no", f"--nbval-cell-timeout={CELL_TIMEOUT_S}", f"--junitxml={report}"),
            *map(str, paths),
        ]
        said = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, SWITCH: json.dumps(environment), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            errors="replace",
        )
        differences = tuple(_differences(report, paths)) if report.exists() else ()
    if said.returncode and not differences:
        text = (said.stdout + said.stderr)[-3000:]
        differences = (Difference(paths[0].name, "the whole run", True, text),)
    return Run(lesson, name, differences)


def _differences(report: Path, paths: list[Path]) -> Iterator[Difference]:
    """Read from pytest's report which cells failed, and what they said."""
    folders = {f"{path.parent.name}.{path.name}": path for path in paths}
    for case in ElementTree.parse(report).iter("testcase"):
        for failure in (*case.iter("failure"), *case.iter("error")):
            path = folders.get(case.get("classname", ""))
            notebook = f"{path.parent.name}/{path.name}" if path else case.get("classname", "")
            text = str(failure.text or failure.get("message"))
            raised = "Cell outputs differ" not in text
            yield Difference(notebook, case.get("name", ""), raised, text)


def as_table(runs: list[Run]) -> Table:
    """Show what differed: a row per lesson, a column per numerics."""
    names = list(dict.fromkeys(run.numerics for run in sorted(runs, key=_column)))
    table = Table("lesson", *names, title="course.py shake")
    for lesson in sorted({run.lesson for run in runs}):
        of_lesson = {run.numerics: run for run in runs if run.lesson == lesson}
        table.add_row(lesson, *(_in_words(of_lesson[name].differences) for name in names))
    return table


def _column(run: Run) -> int:
    order = ["as is", *_TORCH_CODE, "two threads", "nudged weights"]
    return order.index(run.numerics)


def _in_words(differences: tuple[Difference, ...]) -> str:
    """Count the cells that differ and those that raise."""
    raised = sum(difference.raised for difference in differences)
    differ = len(differences) - raised
    counts = [f"{differ} differ"] * bool(differ) + [f"{raised} raise"] * bool(raised)
    return f"[bold red]{', '.join(counts)}[/]" if counts else "[green]same[/]"
