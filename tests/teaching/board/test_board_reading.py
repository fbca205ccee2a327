import json
import os

import pytest

from course_lib.errors import CourseError
from course_lib.storage import remember, share_progress
from course_lib.teaching.board import reading
from course_lib.teaching.board.reading import read_board

DONE = {"state": "correct", "attempts": 2}


def put(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.json").write_text(text, "utf-8")


def test_what_a_learner_shares_is_what_the_board_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    remember("check", "softmax", status="incorrect", mistake="no exponential")
    (tmp_path / "board").mkdir()
    share_progress("Zoë", tmp_path / "board")
    remember("check", "softmax", status="correct", mistake=None)
    (zoe,) = read_board(tmp_path / "board").learners
    assert (zoe.nickname, zoe.passed) == ("Zoë", 1)
    assert (zoe.state("softmax"), zoe.attempts("softmax")) == ("correct", 2)
    assert (zoe.state("embed"), zoe.attempts("embed")) == ("not attempted", 0)


def test_learners_come_in_the_order_of_their_nicknames(tmp_path):
    for name in ("bo", "Ada", "cy"):
        put(tmp_path, name, {"nickname": name, "exercises": {}})
    assert [one.nickname for one in read_board(tmp_path).learners] == ["Ada", "bo", "cy"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[" * 50_000,
        "[]",
        {},
        {"nickname": "x"},
        {"nickname": 3, "exercises": {}},
        {"nickname": "", "exercises": {}},
        {"nickname": "x" * 41, "exercises": {}},
        {"nickname": "x", "exercises": []},
        {"nickname": "x", "exercises": {}, "answer": "mine"},
        {"nickname": "x", "exercises": {"softmax": "correct"}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "state": "splendid"}}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "state": ["correct"]}}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "attempts": -1}}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "attempts": 10**9}}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "attempts": True}}},
        {"nickname": "x", "exercises": {"softmax": {**DONE, "attempts": 1.5}}},
    ],
)
def test_what_the_course_did_not_write_is_shown_as_such(tmp_path, content):
    put(tmp_path, "a", content)
    put(tmp_path, "b", {"nickname": "Ada", "exercises": {"softmax": DONE}})
    board = read_board(tmp_path)
    assert board.odd == ["a.json: not written by the course"]
    assert [one.passed for one in board.learners] == [1]


def test_exercises_that_this_course_does_not_have_are_passed_over(tmp_path):
    put(tmp_path, "a", {"nickname": "Ada", "exercises": {"softermax": DONE, "softmax": DONE}})
    assert read_board(tmp_path).learners[0].passed == 1


def test_a_huge_file_is_not_read(tmp_path):
    put(tmp_path, "a", '{"nickname": "x", "exercises": {}}' + " " * (64 << 10))
    assert read_board(tmp_path).odd == ["a.json: larger than 64 KiB"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are made otherwise there")
def test_links_pipes_and_folders_are_not_read(tmp_path):
    (tmp_path / "secret").write_text('{"nickname": "x", "exercises": {}}')
    (tmp_path / "a.json").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "b.json")
    (tmp_path / "c.json").mkdir()
    board = read_board(tmp_path)
    assert board.learners == []
    assert board.odd == [
        "a.json: a symbolic link, which is not followed",
        "b.json: not a plain file",
        "c.json: not a plain file",
    ]


def test_a_nickname_moves_no_cursor_and_turns_no_text_round(tmp_path):
    put(tmp_path, "a", {"nickname": "a\x1b[31m\u202e\n", "exercises": {}})
    assert read_board(tmp_path).learners[0].nickname == r"a\x1b[31m\u202e\n"


def test_more_files_than_a_class_has_are_counted_and_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_FILES", 2)
    for name in "abcd":
        put(tmp_path, name, {"nickname": name, "exercises": {}})
    board = read_board(tmp_path)
    assert [one.nickname for one in board.learners] == ["a", "b"]
    assert board.odd == ["2 more files: not read, 2 are a class"]


def test_half_written_files_and_others_are_passed_over(tmp_path):
    (tmp_path / ".a.json.1234").write_text("{")
    (tmp_path / ".a.json").write_text("{")
    (tmp_path / "notes.txt").write_text("x")
    assert read_board(tmp_path) == reading.Board([], [])


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CourseError, match=r"expected the folder.*nowhere.*Make it first"):
        read_board(tmp_path / "nowhere")
