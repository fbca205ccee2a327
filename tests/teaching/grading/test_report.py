import csv
import os

import pytest
from teaching.handing_in import cells_of, hand_in

from course_lib.errors import CourseError
from course_lib.teaching.grading import report
from course_lib.teaching.grading.process import Limits
from course_lib.teaching.grading.report import run_all
from course_lib.teaching.grading.rows import Row

NAME = "00_start_here.ipynb"
LIMITS = Limits(seconds=30.0)


@pytest.fixture
def class_of_three(tmp_path):
    """Return a folder with a right answer, a file that is no notebook, and an empty folder."""
    folder = tmp_path / "class"
    hand_in(folder, "=ada", cells_of("solutions", NAME), NAME)
    hand_in(folder, "bo", [], NAME).write_text("hello")
    (folder / "cy").mkdir()
    return folder


def test_a_folder_becomes_rows_and_a_table(class_of_three, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "_own_files", dict)
    save = tmp_path / "grades.csv"
    assert run_all(class_of_three, save=save, limits=LIMITS, workers=2, seed=7) == 0
    with save.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [tuple(row.values()) for row in rows] == [
        ("'=ada", "dot_product", "correct", ""),
        ("bo", "dot_product", "error", "not a notebook: it is no JSON"),
        ("cy", "", "not attempted", "no notebook named NN_name.ipynb"),
    ]
    said = capsys.readouterr().out
    assert "dot_product" in said
    assert "cy: no notebook" in said
    assert "3 learners, 2 answers" in said
    assert "--seed 7" in said


@pytest.fixture
def without_processes(monkeypatch):
    """Let every grading give one row, whose mistake is dressed up, and run nothing."""
    row = Row("[red]x", "softmax", "incorrect", "[bold]over[/bold] the first axis")
    monkeypatch.setattr(report, "grades", lambda *_, **__: [row, row])


def test_the_table_counts_states_and_shows_text_as_it_is(
    class_of_three, without_processes, monkeypatch, capsys
):
    monkeypatch.setattr(report, "_own_files", dict)
    run_all(class_of_three)
    assert "[bold]over[/bold] the first axis (2)" in capsys.readouterr().out


def test_the_grades_are_saved_before_anything_is_printed(
    class_of_three, without_processes, tmp_path, monkeypatch
):
    def fail(*_):
        raise OSError("nobody reads this terminal any more")

    monkeypatch.setattr(report, "_print_summary", fail)
    with pytest.raises(OSError, match="nobody reads"):
        run_all(class_of_three, save=tmp_path / "grades.csv")
    assert "softmax" in (tmp_path / "grades.csv").read_text("utf-8")


def test_a_course_that_changed_meanwhile_is_said_and_costs_the_exit_code(
    class_of_three, without_processes, monkeypatch, tmp_path, capsys
):
    (tmp_path / "course_lib").mkdir()
    (tmp_path / "course_lib" / "a.py").write_text("1")
    monkeypatch.setattr(report, "ROOT", tmp_path)
    assert run_all(class_of_three) == 0
    rows = report.grades()

    def change(*_, **__):
        (tmp_path / "course_lib" / "a.py").write_text("2")
        return rows

    monkeypatch.setattr(report, "grades", change)
    assert run_all(class_of_three) == 1
    assert "own files changed while strangers' functions ran" in capsys.readouterr().out


def test_grades_that_could_not_be_saved_are_refused_before_the_work(class_of_three, tmp_path):
    with pytest.raises(CourseError, match=r"--csv to name a file.*nowhere.*Make the folder"):
        run_all(class_of_three, save=tmp_path / "nowhere" / "grades.csv")


@pytest.mark.skipif(os.name == "nt", reason="links are made otherwise there")
def test_a_link_in_the_place_of_the_grades_is_replaced(class_of_three, without_processes, tmp_path):
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "grades.csv").symlink_to(other)
    run_all(class_of_three, save=tmp_path / "grades.csv")
    assert other.read_text() == "mine"
    assert not (tmp_path / "grades.csv").is_symlink()
