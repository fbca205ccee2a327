import sys

import pytest

from course_lib.running.preparing import steps
from course_lib.running.preparing.steps import StepError, Steps, explain

NAME = "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution"


@pytest.fixture
def run(tmp_path):
    (tmp_path / ".venv").mkdir()
    with (tmp_path / "lock").open("w") as lock:
        all_steps = Steps(tmp_path, lock)
        all_steps.total = 2
        yield lambda code: all_steps.run("counting", [sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"WARNING: Retrying after NewConnectionError: {NAME}", "needs the network"),
        ("ERROR: No version satisfies rich (from versions: none)", "needs the network"),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "needs the network"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "no space left"),
        ("OSError: [WinError 112] There is not enough space on the disk", "no space left"),
        ("PermissionError: [Errno 13] Permission denied: '/course/.venv'", "cannot be written"),
        ("OSError: [Errno 30] Read-only file system: '/course'", "cannot be written"),
        ("PermissionError: [WinError 5] Access is denied", "cannot be written"),
    ],
)
def test_what_pip_and_the_system_say_is_put_into_plain_words(said, expected, tmp_path):
    sentence = explain(said, tmp_path)
    assert expected in sentence
    assert "run the same command again" in sentence


def test_an_unknown_trouble_shows_the_errors_and_not_the_chatter(tmp_path):
    sentence = explain("Collecting rich\nERROR: a new one\nCollecting numpy", tmp_path)
    assert sentence.endswith("ERROR: a new one")


def test_a_command_that_says_nothing_is_reported_too(tmp_path):
    assert explain("", tmp_path).endswith("nothing")


def test_without_a_terminal_each_step_has_two_plain_lines(run, capsys):
    run("print('one')")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[1/2] counting ..."
    assert lines[1].startswith("[1/2] counting: done after ")


def test_on_a_terminal_one_line_shows_what_goes_on(run, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(steps.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    monkeypatch.setattr(steps.time, "monotonic", lambda: 7.0)
    go, rewrite = tmp_path / "go", steps.rewrite

    def going_on_once_it_is_shown(text, **options):
        rewrite(text, **options)
        if "Collecting" in text:
            go.touch()

    monkeypatch.setattr(steps, "rewrite", going_on_once_it_is_shown)
    wait = f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    run(f"import pathlib, time; print('Collecting numpy', flush=True)\n{wait}")
    written = capsys.readouterr().out
    assert "[1/2] counting, 0 s  Collecting numpy" in written
    assert written.count("\n") == 1
    assert max(map(len, written.replace("\n", "").split("\r"))) <= 43


def test_a_failing_step_keeps_all_that_was_said_in_the_log(run, tmp_path):
    with pytest.raises(StepError, match=r"a strange error(.|\n)*setup\.log"):
        run("import sys; print('before'); sys.exit('a strange error')")
    log = (tmp_path / ".venv/setup.log").read_text()
    assert "before" in log
    assert "a strange error" in log
