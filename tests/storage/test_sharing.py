import json
import os

import pytest

from course_lib.errors import CourseError
from course_lib.storage import remember, share_progress, stop_sharing


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COURSE_BOARD", raising=False)
    return tmp_path / "home"


@pytest.fixture
def board(tmp_path):
    (tmp_path / "board").mkdir()
    return tmp_path / "board"


def shared(board):
    """Return what lies on the board, one a file."""
    return [json.loads(path.read_text("utf-8")) for path in board.iterdir()]


def test_nothing_is_shared_by_who_did_not_ask_for_it(home, board, monkeypatch):
    monkeypatch.setenv("COURSE_BOARD", str(board))
    remember("check", "softmax", status="correct", mistake=None)
    assert shared(board) == []


def test_what_is_shared_is_a_nickname_states_and_counts_alone(home, board):
    remember("check", "softmax", status="incorrect", mistake="over the first axis")
    share_progress("Zoë", board)
    remember("check", "softmax", status="correct", mistake=None)
    remember("check", "softmax", status="error", mistake=None)
    remember("check", "embed", status="not attempted", mistake=None)
    remember("quiz", "03-cosine", choice="a", right=True)
    counts = {"softmax": {"state": "correct", "attempts": 3}}
    assert shared(board) == [{"nickname": "Zoë", "exercises": counts}]


def test_nobody_can_tell_a_file_by_its_name(home, board, tmp_path, monkeypatch):
    share_progress("Ada", board)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "other"))
    share_progress("Ada", board)
    names = {path.stem for path in board.iterdir()}
    assert len(names) == 2
    assert all(len(name) == 32 for name in names)


def test_the_hub_may_name_the_folder(home, board, monkeypatch):
    monkeypatch.setenv("COURSE_BOARD", str(board))
    assert "--unshare" in share_progress("Ada")
    assert len(shared(board)) == 1


def test_who_stops_is_gone_and_stays_gone(home, board):
    share_progress("Ada", board)
    assert stop_sharing() == "Ada is on the board no longer."
    remember("check", "softmax", status="correct", mistake=None)
    assert list(board.iterdir()) == []
    assert stop_sharing() == "Your progress is on no board."


def test_another_nickname_takes_the_place_of_the_first(home, board):
    share_progress("Ada", board)
    share_progress("Countess", board)
    assert [one["nickname"] for one in shared(board)] == ["Countess"]


def test_a_board_that_is_gone_costs_no_progress(home, board):
    share_progress("Ada", board)
    for path in board.iterdir():
        path.unlink()
    board.rmdir()
    message = remember("check", "softmax", status="correct", mistake=None)
    assert "Your progress is kept, but the board could not be told" in message
    assert "softmax" in (home / "progress.jsonl").read_text("utf-8")
    assert stop_sharing() == "Ada is on the board no longer."


@pytest.mark.parametrize("setting", ["", "[]", "{}", '{"folder": 1, "nickname": "x", "key": "y"}'])
def test_a_setting_that_cannot_be_read_shares_nothing(home, board, setting):
    home.mkdir()
    (home / "sharing.json").write_text(setting)
    assert remember("check", "softmax", status="correct", mistake=None) is None


def test_a_setting_names_no_file_outside_its_folder(home, board):
    home.mkdir()
    setting = {"folder": str(board), "nickname": "x", "key": "../elsewhere"}
    (home / "sharing.json").write_text(json.dumps(setting))
    remember("check", "softmax", status="correct", mistake=None)
    assert list(board.parent.rglob("elsewhere*")) == []


@pytest.mark.skipif(os.name == "nt", reason="there, files have no such modes")
def test_the_teacher_may_read_the_file_and_nobody_else_the_setting(home, board):
    before = os.umask(0o077)
    try:
        share_progress("Ada", board)
    finally:
        os.umask(before)
    (file,) = board.iterdir()
    assert file.stat().st_mode & 0o777 == 0o644
    assert (home / "sharing.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("nickname", ["", "  ", "a\nb", "\x1b[31m", "x" * 41, None])
def test_a_nickname_that_nobody_could_read_is_refused(home, board, shapes_unchecked, nickname):
    with pytest.raises(CourseError, match=r"expected a nickname of 1 to 40.*got.*Choose"):
        share_progress(nickname, board)
    assert shared(board) == []


def test_a_board_that_is_no_folder_is_said(home, board):
    with pytest.raises(CourseError, match=r"\$COURSE_BOARD to name it; got none.*teacher knows"):
        share_progress("Ada")
    with pytest.raises(CourseError, match=r"got .*nowhere, which is no folder here"):
        share_progress("Ada", board / "nowhere")
