import json
import os

import pytest
from teaching.handing_in import LESSON_03, hand_in

from course_lib.errors import CourseError
from course_lib.teaching.grading import folder
from course_lib.teaching.grading.folder import read_folder

posix = pytest.mark.skipif(os.name == "nt", reason="links and pipes are made otherwise there")


def put(place, content, name=LESSON_03):
    """Write some bytes where Ada's notebook should be."""
    path = place / "ada" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_learners_and_lessons_come_in_the_order_of_their_names(tmp_path):
    for learner, name in [
        ("bo", "04_softmax.ipynb"),
        ("bo", "03_scores.ipynb"),
        ("al", "00.ipynb"),
    ]:
        hand_in(tmp_path, learner, ["1"], name)
    found = [(one.learner, one.lesson, one.cells) for one in read_folder(tmp_path)]
    assert found == [("al", "00", ("1",)), ("bo", "03", ("1",)), ("bo", "04", ("1",))]


def test_a_lesson_stands_for_all_its_exercises(tmp_path):
    hand_in(tmp_path, "ada", [])
    (one,) = read_folder(tmp_path)
    assert one.exercises == ["raw_scores", "scaled_scores"]


def test_sources_may_be_lines_or_one_text_and_odd_cells_are_passed_over(tmp_path):
    code = {"cell_type": "code"}
    cells = [{**code, "source": ["a\n", "b"]}, {**code, "source": "c"}, {**code, "source": 3}, 7]
    put(
        tmp_path, json.dumps({"cells": [*cells, {"cell_type": "markdown", "source": "d"}]}).encode()
    )
    assert read_folder(tmp_path)[0].cells == ("a\nb", "c")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not a notebook: it is no JSON"),
        (b"\xff\xfe", "not a notebook: it is no JSON"),
        (b"[" * 100_000, "not a notebook: it is no JSON"),
        (b"[1]", "not a notebook: it has no list of cells"),
        (b'{"cells": {}}', "not a notebook: it has no list of cells"),
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(tmp_path, content, fault):
    put(tmp_path, content)
    assert read_folder(tmp_path)[0].fault == fault


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_LARGEST", 1 << 20)
    put(tmp_path, b" " * ((1 << 20) + 1))
    assert read_folder(tmp_path)[0].fault == "not read: larger than 1 MiB"


@posix
def test_links_and_pipes_are_not_followed(tmp_path):
    other = hand_in(tmp_path / "elsewhere", "bo", ["secret"])
    handed_in = tmp_path / "handed in"
    (handed_in / "ada").mkdir(parents=True)
    (handed_in / "ada" / LESSON_03).symlink_to(other)
    os.mkfifo(handed_in / "ada" / "04.ipynb")
    (handed_in / "cy").symlink_to(other.parent)
    assert [one.fault for one in read_folder(handed_in)] == [
        "not read: a symbolic link, which is not followed",
        "not read: not a plain file",
        "its folder is a symbolic link, which is not followed",
    ]


def test_of_two_notebooks_the_one_with_the_plainer_name_counts(tmp_path):
    for name in ("03_scores (1).ipynb", LESSON_03):
        hand_in(tmp_path, "ada", [name], name)
    taken, other = read_folder(tmp_path)
    assert taken.cells == (LESSON_03,)
    assert "03_scores (1).ipynb is a second notebook of lesson 03" in other.fault
    assert other.exercises == []


def test_a_name_without_a_lesson_is_mentioned(tmp_path):
    for name in ("homework.ipynb", "99_x.ipynb", "031.ipynb"):
        hand_in(tmp_path, "ada", ["1"], name)
    assert all("named like no lesson" in one.fault for one in read_folder(tmp_path))


def test_checkpoints_hidden_and_other_files_are_passed_over(tmp_path):
    hand_in(tmp_path, "ada", ["1"])
    for name in ("ada/.ipynb_checkpoints", ".git", "ada/.hidden"):
        hand_in(tmp_path, name, ["2"])
    (tmp_path / "ada" / "notes.txt").write_text("x")
    (tmp_path / "readme.txt").write_text("x")
    assert [one.cells for one in read_folder(tmp_path)] == [("1",)]


def test_a_learner_without_notebooks_has_a_line(tmp_path):
    (tmp_path / "ada").mkdir()
    (one,) = read_folder(tmp_path)
    assert (one.fault, one.is_there) == ("no notebook named NN_name.ipynb", False)


def test_a_learners_name_moves_no_cursor(tmp_path):
    (tmp_path / "a\x1b[31m").mkdir()
    assert read_folder(tmp_path)[0].learner == r"a\x1b[31m"


def test_a_folder_without_learners_says_what_it_should_hold(tmp_path):
    with pytest.raises(CourseError, match=r"LEARNER/NN_name\.ipynb.*no folder of any learner.*far"):
        read_folder(tmp_path)
    with pytest.raises(CourseError, match=r"expected a folder.*nowhere.*spelled right"):
        read_folder(tmp_path / "nowhere")
