import os
from pathlib import Path

import platformdirs
import pytest

from course_lib.storage import course_home


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Lay out a folder that looks like a copy of the course, with nothing else chosen."""
    monkeypatch.delenv("COURSE_HOME", raising=False)
    (tmp_path / "course" / "course_lib").mkdir(parents=True)
    (tmp_path / "course" / "course.py").touch()
    return tmp_path / "course"


def test_the_chosen_folder_comes_first(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "chosen"))
    assert course_home() == tmp_path / "chosen"


def test_a_tilde_in_the_chosen_folder_is_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("COURSE_HOME", "~/course")
    assert course_home() == tmp_path / "course"


def test_a_relative_choice_becomes_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_HOME", "here")
    assert course_home() == tmp_path / "here"


@pytest.mark.parametrize("start", [".", "exercises", "workspace/notebooks", "workspace"])
def test_every_kernel_in_the_course_finds_the_same_place(course, monkeypatch, start):
    (course / start).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(course / start)
    assert course_home() == course / "workspace"


def test_an_empty_choice_is_no_choice(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COURSE_HOME", "")
    assert course_home() == course / "workspace"


def test_the_nearest_course_wins(course, monkeypatch):
    inner = course / "workspace" / "another"
    (inner / "course_lib").mkdir(parents=True)
    (inner / "course.py").touch()
    monkeypatch.chdir(inner)
    assert course_home() == inner / "workspace"


def test_a_lonely_course_py_is_not_the_course(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_HOME", raising=False)
    (tmp_path / "course.py").touch()
    monkeypatch.chdir(tmp_path)
    assert course_home() == platformdirs.user_data_path("self-attention-course", appauthor=False)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete the current folder")
def test_a_deleted_current_folder_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_HOME", raising=False)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    Path(gone).rmdir()
    assert course_home() == platformdirs.user_data_path("self-attention-course", appauthor=False)
