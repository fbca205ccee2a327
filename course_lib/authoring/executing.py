"""Run a notebook and keep of its outputs what is the same on every run."""

import json
import os
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_lib.authoring.surroundings import kernel_surroundings
from course_lib.errors import CourseError
from course_lib.kernels import KERNELS

TIMEOUT_S = 600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Run before the lesson and after it, to learn which files of course_lib it really read: modules
# (Python opens their compiled form, so they are asked for by name) and the data beside them.
_WATCH = """\
__import__("sys").course_files = set()
__import__("sys").addaudithook(
    lambda event, arguments, files=__import__("sys").course_files:
        event == "open" and files.add(str(arguments[0])))"""
_REPORT = """\
import json, pathlib, sys
loaded = sys.modules.copy().items()
modules = [module for name, module in loaded if name.split(".")[0] == "course_lib"]
opened = [path for path in sys.course_files.copy() if "course_lib" in pathlib.Path(path).parts]
print(json.dumps([
    *{module.__file__ for module in modules if getattr(module, "__file__", None)},
    *{path for path in opened if not path.endswith((".py", ".pyc"))},
]))"""


def execute(blank: NotebookNode, *, folder: Path, name: str) -> tuple[NotebookNode, list[Path]]:
    """Execute a notebook in a folder; return it with outputs, and what it read of course_lib.

    Raises
    ------
    CourseError
        If a cell fails; the message names the notebook, the cell and the error.
    """
    notebook = deepcopy(blank)
    watch, report = new_code_cell(_WATCH), new_code_cell(_REPORT)
    notebook.cells = [watch, *notebook.cells, report]
    _run(notebook, folder=folder, name=name)
    notebook.cells = notebook.cells[1:-1]
    _tidy(notebook, blank)
    return notebook, [Path(path) for path in json.loads(report.outputs[0].text)]


def _run(notebook: NotebookNode, *, folder: Path, name: str) -> None:
    running: list[NotebookNode] = []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_execute=lambda cell, cell_index: running.append(cell),
    )
    with TemporaryDirectory(prefix="course-home-", ignore_cleanup_errors=True) as temporary:
        manager = client.create_kernel_manager()
        manager.kernel_spec_manager.kernel_dirs.insert(0, str(KERNELS))
        manager.connection_file = str(Path(temporary, "kernel.json"))  # the home may be closed
        try:
            client.execute(env=os.environ | kernel_surroundings(Path(temporary)))
        except (CellControlSignal, DeadKernelError) as error:
            cell = running[-1] if running else notebook.cells[0]
            raise CourseError(
                f"{name} was to run from top to bottom, but cell {cell.id} failed:\n\n"
                f"{cell.source}\n\n{_last_words(cell, error)}\n\n"
                "Mend the lesson's source; the notebook that stands there was left as it is."
            ) from error


def _last_words(cell: NotebookNode, error: Exception) -> str:
    failed = [output for output in cell.outputs if output.output_type == "error"]
    return f"{failed[-1].ename}: {failed[-1].evalue}" if failed else str(error)


def _tidy(notebook: NotebookNode, blank: NotebookNode) -> None:
    """Count the cells 1 … n and drop whatever another run would write differently."""
    notebook.metadata = deepcopy(blank.metadata)
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if output.output_type == "execute_result":
                output.execution_count = count
        cell.outputs = [output for output in cell.outputs if output.get("data", True)]
