"""The course as it is built: what stands in git is what its sources give, and it can be trusted.

That every stored output is what the code computes today is nbval's to say; here it is made sure
that nbval has something to compare, and that it would notice.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring.build import find_faults
from course_lib.authoring.code_rules import calls
from course_lib.authoring.executing import WIDGET_VIEW, execute
from course_lib.authoring.lessons import ROOT, lessons_of, read_sources
from course_lib.authoring.links import broken_links
from course_lib.authoring.notebooks import FOLDERS, dumps, tags_of
from course_lib.authoring.output_rules import text_shown
from course_lib.running.workspace import refresh_workspace

LESSONS = lessons_of(read_sources(ROOT))
BUILT = {folder: sorted((ROOT / folder).glob("*.ipynb")) for folder in FOLDERS}
EXECUTED = BUILT["notebooks"] + BUILT["solutions"]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def code_of(path: Path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def test_everything_built_is_fresh_and_keeps_the_conventions():
    assert [str(fault) for fault in find_faults(ROOT)] == []


@pytest.mark.parametrize("path", EXECUTED, ids=name_of)
def test_outputs_are_stored_and_can_be_read_without_a_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    assert any(text_shown(cell).strip() for cell in code_of(path))
    assert [cell.execution_count for cell in code_of(path)] == list(
        range(1, len(code_of(path)) + 1)
    )
    assert WIDGET_VIEW not in path.read_text(encoding="utf-8")


def test_most_text_outputs_are_compared():
    showing = [cell for path in EXECUTED for cell in code_of(path) if text_shown(cell).strip()]
    compared = [cell for cell in showing if "nbval-ignore-output" not in tags_of(cell)]
    assert len(compared) >= 0.6 * len(showing)


@pytest.mark.parametrize("path", BUILT["exercises"], ids=name_of)
def test_an_exercise_runs_from_top_to_bottom_with_nothing_attempted(path):
    blank = nbformat.read(path, as_version=4)
    notebook, _ = execute(blank, folder=path.parent, name=name_of(path))
    checks = [cell for cell in notebook.cells if cell.cell_type == "code" and calls(cell, "check")]
    assert checks
    for cell in checks:
        assert text_shown(cell).count("not attempted") >= len(calls(cell, "check")), cell.source


@pytest.mark.parametrize("path", BUILT["solutions"], ids=name_of)
def test_every_solution_is_right_by_its_own_means(path):
    checks = [cell for cell in code_of(path) if calls(cell, "check")]
    assert checks
    assert [cell.source for cell in checks if "– correct" not in text_shown(cell)] == []
    assert [cell.source for cell in code_of(path) if "reference" in cell.source] == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_exercise_of_a_lesson_can_be_done(lesson):
    names = lesson.course["exercises"]
    asked = [
        call.args[0].value
        for cell in (code_of(ROOT / f"exercises/{lesson.stem}.ipynb") if names else [])
        for call in calls(cell, "check")
    ]
    assert asked == names


@pytest.mark.parametrize("page", ["README.md", "notebooks/README.md"])
def test_every_lesson_stands_in_the_tables(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [lesson.stem for lesson in LESSONS if f"{lesson.stem}.ipynb)" not in text] == []


def test_links_hold_in_the_working_copy_too(tmp_path):
    refresh_workspace(ROOT, tmp_path)
    assert [str(fault) for fault in broken_links(tmp_path)] == []


def test_one_changed_digit_makes_the_test_run_fail(tmp_path):
    if not EXECUTED:
        pytest.skip("there is no lesson yet")
    for name in ("conftest.py", "pyproject.toml", "tests/nbval-sanitize.cfg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    notebook = nbformat.read(EXECUTED[0], as_version=4)
    printed = keep_up_to_first_number(notebook)
    (tmp_path / "honest.ipynb").write_text(dumps(notebook), encoding="utf-8")
    printed.text = re.sub(r"\d(?=\D*$)", lambda digit: str(9 - int(digit[0])), printed.text)
    (tmp_path / "changed.ipynb").write_text(dumps(notebook), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-q", "-rf", str(tmp_path)],
        **{"cwd": tmp_path.parent, "capture_output": True, "text": True, "check": False},
    )
    failed = re.findall(r"^FAILED (\S+)", run.stdout, re.MULTILINE)
    assert run.returncode == 1, run.stdout + run.stderr
    assert len(failed) == 1, run.stdout
    assert "changed.ipynb" in failed[0]


def keep_up_to_first_number(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop the cells after the first that prints a number; return that output."""
    for position, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and re.search(r"\d", output.text):
                del notebook.cells[position + 1 :]
                return output
    raise AssertionError("expected a notebook that prints a number")


def test_a_plain_nbval_run_is_the_real_one(pytestconfig):
    options = pytestconfig.option
    assert options.nbval_kernel_name == "python3"
    assert options.nbval_cell_timeout == 600
    assert Path(options.nbval_sanitize_with).is_absolute()
    assert Path(options.nbval_sanitize_with).is_file()
