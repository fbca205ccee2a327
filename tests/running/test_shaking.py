import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib.errors import CourseError
from course_lib.running import shaking

ROOT = Path(__file__).parents[2]
TRAINED = """\
import torch
weight = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
state = torch.random.get_rng_state()
torch.optim.SGD([weight], lr=0.1)
assert torch.equal(state, torch.random.get_rng_state())
print(f"{weight[0].item():.17g}")"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one lesson, whose notebook a test writes."""
    (tmp_path / "course_lib").symlink_to(ROOT / "course_lib")  # an empty one would hide it
    (tmp_path / "course.py").touch()
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "conftest.py", tmp_path)
    shutil.copy(ROOT / "tests/nbval-sanitize.cfg", tmp_path / "tests")
    for folder in shaking.FOLDERS:
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(course, *cells, folder="notebooks"):
    notebook = new_notebook(
        cells=[
            new_code_cell(
                source,
                execution_count=number,
                outputs=[new_output("stream", name="stdout", text=stored)],
            )
            for number, (source, stored) in enumerate(cells, 1)
        ]
    )
    nbformat.write(notebook, course / folder / "05_weighted_sum.ipynb")


def runs_of(course, names):
    paths = shaking.notebooks_of(course, ("05",))["05"]
    environments = shaking.numerics(course / "numerics")
    return {
        name: shaking.run_notebooks(course, "05", paths, name, environments[name]) for name in names
    }


@pytest.mark.slow
def test_what_each_numerics_asks_for_reaches_the_kernel(course):
    asked = "import torch; print(torch.backends.cpu.get_cpu_capability(), torch.get_num_threads())"
    write(course, (asked, "DEFAULT 1\n"))
    runs = runs_of(course, ["no vector units", "two threads"])
    assert runs["no vector units"].differences == ()
    [difference] = runs["two threads"].differences
    assert not difference.raised
    assert " 2" in difference.text


@pytest.mark.slow
def test_first_weights_are_nudged_by_their_rounding_when_an_optimizer_is_created(course):
    write(course, (TRAINED, "1\n"))
    runs = runs_of(course, ["as is", "nudged weights"])
    assert runs["as is"].differences == ()
    [difference] = runs["nudged weights"].differences
    assert re.search(r"'(1\.0000000000000|0\.9999999999999)\d+", difference.text)


@pytest.mark.slow
def test_differing_and_raising_cells_are_told_apart_and_named(course):
    write(course, ("print(1)", "1\n"), ("print(2)", "3\n"), ("1 / 0", ""))
    write(course, ("print(4)", "4\n"), folder="solutions")
    [run] = runs_of(course, ["as is"]).values()
    assert [(d.notebook, d.cell, d.raised) for d in run.differences] == [
        ("notebooks/05_weighted_sum.ipynb", "Cell 1", False),
        ("notebooks/05_weighted_sum.ipynb", "Cell 2", True),
    ]
    assert "ZeroDivisionError" in run.differences[1].text
    assert "[bold red]1 differ, 1 raise[/]" in list(shaking.as_table([run]).columns[1].cells)


def test_a_run_without_a_report_counts_as_raising_and_shows_what_was_said(course):
    (course / "notebooks" / "05_broken.ipynb").write_text("no notebook", encoding="utf-8")
    [run] = runs_of(course, ["as is"]).values()
    assert run.differences
    assert all(difference.raised for difference in run.differences)


@pytest.mark.parametrize(("stored", "code"), [("2\n", 0), ("3\n", 1)])
def test_the_exit_code_says_whether_anything_differs(course, monkeypatch, capsys, stored, code):
    write(course, ("print(2)", stored))
    monkeypatch.setattr(shaking, "numerics", lambda folder: {"as is": {}})
    assert shaking.shake(("05",)) == code
    said = capsys.readouterr().out
    assert ("same" in said) == (code == 0)
    assert ("notebooks/05_weighted_sum.ipynb, Cell 0, as is" in said) == (code == 1)


def test_an_unknown_lesson_is_named_beside_those_there_are(course):
    write(course, ("print(2)", "2\n"))
    with pytest.raises(CourseError, match=r"two digits each; got 5, 99.*There are: 05"):
        shaking.shake(("5", "99"))


def test_outside_a_course_it_says_where_to_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shaking, "course_root", lambda: None)
    with pytest.raises(CourseError, match=r"Change to the folder of the course"):
        shaking.shake()


def test_every_numerics_is_plain_text_for_the_environment(tmp_path):
    found = shaking.numerics(tmp_path)
    assert list(found) == ["as is", "AVX2", "no vector units", "two threads", "nudged weights"]
    assert json.loads(json.dumps(found)) == found
    assert found["as is"] == {}
