import json
import os
import re
import subprocess
import sys

import pytest
from filelock import FileLock

from course_lib.storage import recall, remember, store


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def progress_file(home):
    """Return the place of the progress file, with its folder made."""
    home.mkdir()
    return home / "progress.jsonl"


def put_aside(home):
    return sorted(home.glob("progress.unreadable-*"))


def names(events):
    return [event["name"] for event in events]


# --- keeping


def test_what_is_remembered_is_recalled_in_order(home):
    assert remember("check", "scaled_scores", status="incorrect", mistake="no scale") is None
    assert remember("quiz", "03-cosine", choice="a √ b", right=True) is None
    first, second = recall().events
    assert (first["kind"], first["name"], first["mistake"]) == (
        "check",
        "scaled_scores",
        "no scale",
    )
    assert (second["choice"], second["right"]) == ("a √ b", True)
    assert recall().message is None


def test_every_entry_is_one_line_of_json_with_its_time_in_utc(home):
    remember("check", "scaled_scores", status="correct", mistake=None)
    remember("prediction", "03-spread", choice="two\nlines", when="before")
    lines = (home / "progress.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["check", "prediction"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", json.loads(lines[0])["at"])


def test_a_new_learner_has_no_progress_and_no_folder(home):
    assert recall() == store.Recalled([])
    assert not home.exists()


def test_odd_text_and_odd_objects_are_kept(home):
    assert remember("prediction", "odd", choice="half a pair: \ud800", when={1}) is None
    (event,) = recall().events
    assert event["choice"] == "half a pair: \ud800"
    assert event["when"] == "{1}"


# --- mending


def test_a_torn_last_line_loses_nothing_readable(progress_file, home):
    remember("check", "first", status="correct")
    remember("check", "second", status="correct")
    whole = progress_file.read_bytes()
    progress_file.write_bytes(whole[:-20])
    message = remember("check", "third", status="correct")
    assert names(recall().events) == ["first", "third"]
    (aside,) = put_aside(home)
    assert aside.read_bytes() == whole[:-20]
    assert "progress" in message
    assert aside.name in message
    assert recall().message is None


def test_a_missing_last_newline_is_no_damage(progress_file, home):
    remember("check", "first", status="correct")
    progress_file.write_bytes(progress_file.read_bytes().rstrip())
    assert remember("check", "second", status="correct") is None
    assert names(recall().events) == ["first", "second"]
    assert put_aside(home) == []


@pytest.mark.parametrize(
    "foreign",
    [
        b"\xff\xfe\x00not text",
        b"[1, 2]\n",
        b'"a string"\n',
        b"name,score\nada,3\n",
        b'{"no": "kind"}\n',
        b'{"at": 1, "kind": [], "name": null}\n',
        b"[" * 100_000,
        b'{"at": ' + b"9" * 10_000 + b"}",
    ],
    ids=["bytes", "list", "string", "table", "keys", "types", "nesting", "digits"],
)
def test_a_foreign_line_is_put_aside_and_the_rest_carried_over(progress_file, home, foreign):
    remember("check", "mine", status="correct")
    mixed = progress_file.read_bytes() + foreign
    progress_file.write_bytes(mixed)
    recalled = recall()
    (aside,) = put_aside(home)
    assert aside.read_bytes() == mixed
    assert names(recalled.events) == ["mine"]
    assert "progress" in recalled.message
    assert aside.name in recalled.message
    assert recall() == store.Recalled(recalled.events)


def test_a_file_saved_by_a_windows_editor_is_read(progress_file):
    remember("check", "first", status="correct")
    text = progress_file.read_bytes().replace(b"\n", b"\r\n")
    progress_file.write_bytes(b"\xef\xbb\xbf" + text)
    assert remember("check", "second", status="correct") is None
    assert names(recall().events) == ["first", "second"]


def test_a_folder_in_the_files_place_is_put_aside(progress_file, home):
    progress_file.mkdir()
    (progress_file / "treasure").write_text("mine")
    message = remember("check", "first", status="correct")
    (aside,) = put_aside(home)
    assert aside.name in message
    assert (aside / "treasure").read_text() == "mine"
    assert names(recall().events) == ["first"]


def test_an_earlier_file_put_aside_is_never_overwritten(progress_file, home):
    for content in (b"one", b"two", b"three"):
        progress_file.write_bytes(content)
        recall()
    assert sorted(path.read_bytes() for path in put_aside(home)) == [b"one", b"three", b"two"]
    for path in put_aside(home):
        assert re.fullmatch(r"progress\.unreadable-\d{8}-\d{6}(-\d)?\.jsonl", path.name)


# --- several kernels

MANY = """
import sys
from course_lib.storage import remember, store
store.LOCK_SECONDS = -1  # for ever: on a busy machine the other one may be long in coming
for i in range(40):
    message = remember("check", f"{sys.argv[1]}-{i}", status="correct", mistake="x" * 5000)
    assert message is None, message
"""


def test_two_kernels_at_once_lose_nothing(home):
    kernels = [subprocess.Popen([sys.executable, "-c", MANY, who]) for who in "ab"]
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    recalled = recall()
    assert recalled.message is None
    assert sorted(names(recalled.events)) == sorted(f"{who}-{i}" for who in "ab" for i in range(40))
    assert [n for n in names(recalled.events) if n[0] == "a"] == [f"a-{i}" for i in range(40)]


def test_two_kernels_that_find_a_torn_file_mend_it_once(progress_file, home):
    progress_file.write_bytes(b'{"at": "torn')
    script = (
        "from course_lib.storage import remember, store; store.LOCK_SECONDS = -1; "
        "remember('check', 'x')"
    )
    kernels = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    assert len(put_aside(home)) == 1
    assert names(recall().events) == ["x", "x"]


def test_a_kernel_that_hangs_on_the_lock_delays_but_does_not_stop(progress_file, home, monkeypatch):
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.05)
    remember("check", "first", status="correct")
    with FileLock(home / store.LOCK_NAME):
        message = remember("check", "second", status="correct")
        recalled = recall()
    assert "progress is not kept" in message
    assert "another program" in message
    assert names(recalled.events) == ["first"]
    assert "progress is not kept" in recalled.message


# --- nothing writable


def test_a_file_as_home_means_progress_is_not_kept(home):
    home.write_text("a letter")
    assert "progress is not kept" in remember("check", "x", status="correct")
    assert recall().events == []
    assert "progress is not kept" in recall().message
    assert home.read_text() == "a letter"


def test_a_home_below_a_file_means_progress_is_not_kept(home, monkeypatch):
    home.write_text("a letter")
    monkeypatch.setenv("COURSE_HOME", str(home / "below"))
    assert "progress is not kept" in remember("check", "x", status="correct")
    assert recall().events == []


def test_an_impossible_path_means_progress_is_not_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / ("x" * 5000)))
    assert "progress is not kept" in remember("check", "x", status="correct")
    assert recall().events == []


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="an administrator may write everywhere",
)
def test_a_read_only_folder_means_progress_is_not_kept(progress_file, home):
    remember("check", "first", status="correct")
    (home / store.LOCK_NAME).unlink()
    home.chmod(0o500)
    try:
        assert "progress is not kept" in remember("check", "second", status="correct")
        assert names(recall().events) == ["first"]
    finally:
        home.chmod(0o700)


def test_a_lock_that_may_not_be_written_means_progress_is_not_kept(progress_file, home):
    remember("check", "first", status="correct")
    (home / store.LOCK_NAME).unlink()
    (home / store.LOCK_NAME).mkdir()
    assert "progress is not kept" in remember("check", "second", status="correct")
    assert names(recall().events) == ["first"]
    assert "progress is not kept" in recall().message


FULL_DISK = """
import resource
from course_lib.storage import remember
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
print([remember("check", f"x{i}", status="correct", mistake="y" * 90) for i in range(4)])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of a file")
def test_a_full_disk_leaves_whole_lines_only(home):
    run = subprocess.run([sys.executable, "-c", FULL_DISK], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "progress is not kept" in run.stdout
    recalled = recall()
    assert recalled.message is None
    assert names(recalled.events) == ["x0"]
