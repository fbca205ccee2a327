import subprocess
import sys

import pytest

from course_lib.errors import CourseError
from course_lib.running import testing

FINE = (sys.executable, "-c", "print('all fine')")
FAILS = (sys.executable, "-c", "raise SystemExit(3)")
SHOW = "import os, sys; print(sys.argv[1:], *map(os.environ.get, {names}))"


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "course_lib").mkdir()
    (tmp_path / "course.py").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(root, monkeypatch, capfd):
    def run_steps(*arguments, beside=None, **steps):
        monkeypatch.setattr(testing, "STEPS", steps)
        monkeypatch.setattr(testing, "BESIDE", beside or {})
        return testing.run_all(arguments), capfd.readouterr().out

    return run_steps


def test_all_that_pass_make_the_run_pass(run):
    code, said = run(lint=FINE, types=FINE)
    assert code == 0
    assert said.count("all fine") == 2
    assert said.count("passed") == 3


def test_a_failing_step_fails_the_run_and_the_next_ones_still_run(run):
    code, said = run(lint=FAILS, types=FINE)
    assert code == 1
    assert "FAILED" in said
    assert "all fine" in said


def test_pytest_alone_gets_the_arguments_and_all_get_a_home_and_one_thread(run, tmp_path):
    names = ["PYTEST_ADDOPTS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    show = (sys.executable, "-c", SHOW.format(names=names))
    _, said = run("-k", "scores", tests=(*show, "pytest"), lint=show)
    assert "['pytest', '-k', 'scores'] None 1 1 1" in said
    assert "[] None 1 1 1" in said
    home = (sys.executable, "-c", SHOW.format(names=["COURSE_HOME"]))
    assert "course-home-" in run(tests=home)[1]


def test_what_runs_beside_is_waited_for_and_shown_after_the_rest(run):
    waits = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)"
    slow = (sys.executable, "-c", f"{waits}\nprint('slow but fine')")
    fine = (sys.executable, "-c", "open('go', 'w'); print('all fine')")
    code, said = run(beside={"notebooks": slow}, lint=fine)
    assert code == 0
    assert said.index("all fine") < said.index("slow but fine")
    assert said.count("passed") == 3
    assert run(beside={"notebooks": FAILS}, lint=FINE)[0] == 1


def test_what_runs_beside_is_not_left_behind(root):
    endless = (sys.executable, "-c", "import time; time.sleep(600)")
    with (
        pytest.raises(KeyboardInterrupt),
        testing.started({"notebooks": endless}, root, {}) as (step,),
    ):
        raise KeyboardInterrupt
    assert step.process.returncode is not None


def test_arguments_that_choose_no_test_in_one_half_do_not_fail_it(run):
    none = (sys.executable, "-c", "raise SystemExit(5)", "pytest")
    assert run("-k", "scores", tests=none)[0] == 0
    assert run(tests=none)[0] == 1


def test_pytest_addopts_is_passed_on(run, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--durations=3")
    show = (sys.executable, "-c", SHOW.format(names=["PYTEST_ADDOPTS"]))
    assert "--durations=3" in run(tests=show)[1]


def test_a_run_that_changes_a_tracked_file_fails(run, root):
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run([*git, *words], check=True)
    assert run(tests=FINE)[0] == 0
    spoil = (sys.executable, "-c", "open('course.py', 'w').write('spoilt')")
    code, said = run(tests=spoil)
    assert code == 1
    assert "unchanged" in said


def test_outside_a_course_the_error_says_where_to_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="folder of the course"):
        testing.run_all()


def test_pytest_takes_tests_doctests_and_all_executed_notebooks():
    for word in ("tests", "course_lib", "--ignore=tests/browser"):
        assert word in testing.STEPS["tests, doctests"]
    assert "tests/browser" in testing.STEPS["browser"]
    for word in ("--nbval", "notebooks", "solutions"):
        assert word in testing.BESIDE["notebooks"]


@pytest.mark.parametrize("title", ["lint", "format", "import contract"])
def test_the_tools_that_look_at_the_code_are_there(title):
    command = testing.STEPS[title]
    asked = [*command[: 4 if "-m" in command else 1], "--help"]
    assert subprocess.run(asked, capture_output=True).returncode == 0
