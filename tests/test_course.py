"""The door, in copies of the course whose venv and pip only pretend."""

import ast
import importlib.util
import os
import shutil
import signal
import sys
import time

import pytest
from pretending import ROOT, pretended_course

from course_lib.running.cli import SECTIONS, course
from course_lib.running.preparing.environment import Environment

posix_only = pytest.mark.skipif(os.name == "nt", reason="the pretended Python is a symbolic link")


@pytest.fixture
def copy(tmp_path):
    with pretended_course(tmp_path) as copy:
        yield copy


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    for name in ("PYTHONOPTIMIZE", "PYTHONSAFEPATH", "PYTHONUTF8", "PYTHONIOENCODING"):
        monkeypatch.setenv(name, "")  # what the door sets is undone
    spec = importlib.util.spec_from_file_location("the_door", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait_for(condition, process):
    while not condition():
        assert process.poll() is None, "it ended, and what was waited for did not happen"
        time.sleep(0.02)


def test_an_old_python_can_read_the_file_to_its_end():
    ast.parse((ROOT / "course.py").read_text("utf-8"), feature_version=(3, 8))


def test_an_old_python_is_told_which_one_is_needed(door, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    assert door.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or later" in said
    assert "this is Python 3.8" in said


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_without_a_verb_the_verbs_are_listed_and_nothing_is_made(copy, words):
    code, said = copy.run(*words)
    assert code == 0
    assert "lab " in said
    assert "For everyone" in said
    assert not (copy.folder / ".venv").exists()


@pytest.mark.parametrize("optimised", ["", "2"])
def test_help_on_a_verb_makes_no_environment(copy, optimised):
    code, said = copy.run("bench", "--help", PYTHONOPTIMIZE=optimised)
    assert code == 0, said
    assert "measure how fast" in said.lower()
    assert ("--long" in said) == (not optimised)
    assert not (copy.folder / ".venv").exists()


def test_a_mistyped_verb_makes_no_environment(copy):
    code, said = copy.run("lap")
    assert code == 1
    assert "no verb 'lap'" in said
    assert not (copy.folder / ".venv").exists()


def test_the_door_and_the_command_line_list_the_same_verbs(door):
    listed = dict(line.split(maxsplit=1) for line in door.HELP.splitlines() if line[:4] == "    ")
    known = {name: verb.get_short_help_str(99) for name, verb in course.commands.items()}
    assert {verb: f"{words[0].upper()}{words[1:]}." for verb, words in listed.items()} == known
    assert [verb for verbs in SECTIONS.values() for verb in verbs] == list(listed)


@posix_only
def test_optimised_python_has_the_same_help_and_verbs_that_assert(copy):
    code, said = copy.run("--help", PYTHONOPTIMIZE="2")
    assert code == 0
    assert "lab " in said
    code, said = copy.run("doctor", PYTHONOPTIMIZE="2")
    assert code == 0, said
    assert "asserting" in said


@posix_only
def test_the_first_run_makes_the_environment_and_hands_everything_over(copy):
    code, said = copy.run("test", "-k", "a b", "--gpu", PYTEST_ADDOPTS="-x")
    assert code == 0, said
    assert "handed over ['test', '-k', 'a b'] -x" in said
    assert [call.split()[0] for call in copy.calls()] == ["venv", "pip", "default", "rest"]


@posix_only
@pytest.mark.parametrize("folder", ["here", "beside course.py"])
def test_no_file_of_ones_own_is_taken_for_a_library(copy, tmp_path, folder):
    here = tmp_path / "here"
    mine = here if folder == "here" else copy.folder
    (here / "course_lib").mkdir(parents=True)
    (here / "course_lib/__main__.py").write_text("print('an older copy')")
    for name in ("click", "fake", "json", "pip", "pathlib", "psutil", "random", "re", "venv"):
        (mine / f"{name}.py").write_text("raise SystemExit(f'{__file__} was imported')")
    code, said = copy.run("doctor", cwd=here)
    assert code == 0, said
    assert "handed over ['doctor']" in said


@posix_only
def test_the_verb_reads_files_as_utf_8_and_writes_as_the_terminal_does(copy):
    code, said = copy.run("doctor", PYTHONUTF8="0", LC_ALL="C")
    assert code == 0, said
    assert "files in utf-8 output in ascii" in said


@posix_only
def test_torch_comes_first_and_alone_in_its_small_build(copy):
    if sys.platform != "linux":
        pytest.skip("elsewhere the default build is the small one")
    copy.run("doctor")
    torch, rest = copy.calls()[2:]
    for word in ("+cpu", "--no-deps", "--retries 0", "--timeout"):
        assert word in torch
    assert "constraints.txt" in rest
    assert "--group" in rest


@posix_only
def test_a_second_run_installs_nothing(copy):
    copy.run("doctor")
    calls = copy.calls()
    code, said = copy.run("progress")
    assert (code, copy.calls()) == (0, calls)
    assert said.startswith("handed over ['progress']")


@posix_only
def test_a_changed_course_renews_the_environment_without_making_it_again(copy):
    copy.run("doctor")
    with (copy.folder / "constraints.txt").open("a") as constraints:
        constraints.write("# a newer day\n")
    code, said = copy.run("doctor")
    assert code == 0
    assert "has changed" in said
    assert [call.split()[0] for call in copy.calls()].count("venv") == 1


@posix_only
@pytest.mark.parametrize("step", ["venv", "cpu torch", "rest"])
def test_a_set_up_that_was_killed_is_repaired_by_the_next_run(copy, step):
    killed = copy.start("doctor", FAKE_HANGS=step)
    log = copy.folder / ".venv/setup.log"
    wait_for(lambda: log.exists() and "working" in log.read_text(), killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    code, said = copy.run("doctor")
    assert code == 0, said
    assert "did not come to its end" in said
    assert "handed over ['doctor']" in said
    assert copy.run("doctor")[1].startswith("handed over")


@posix_only
def test_ctrl_c_says_that_the_next_run_goes_on(copy):
    stopped = copy.start("doctor", FAKE_HANGS="cpu torch")
    log = copy.folder / ".venv/setup.log"
    wait_for(lambda: log.exists() and "working" in log.read_text(), stopped)
    stopped.send_signal(signal.SIGINT)
    said = stopped.communicate()[0]
    assert stopped.returncode == 130
    assert "Run the same command again" in said
    assert "Traceback" not in said
    assert copy.run("doctor")[0] == 0


@posix_only
def test_of_two_set_ups_at_once_the_second_waits_and_uses_the_first(copy):
    first = copy.start("doctor", FAKE_HANGS="rest")
    wait_for(lambda: any(call.startswith("rest") for call in copy.calls()), first)
    second = copy.start("progress")
    assert "another set-up" in second.stdout.readline().lower()
    (copy.folder / "go on").touch()
    assert "handed over ['doctor']" in first.communicate()[0]
    assert "handed over ['progress']" in second.communicate()[0]
    assert len(copy.calls()) == 4


@posix_only
def test_where_no_small_torch_is_to_be_had_the_size_of_the_other_is_said(copy):
    if sys.platform != "linux":
        pytest.skip("elsewhere the default build is the small one")
    says = "ERROR: No matching distribution found for torch==2.13.0+cpu"
    code, said = copy.run("doctor", FAKE_FAILS="cpu torch", FAKE_SAYS=says)
    assert code == 0, said
    assert said.index("3 GB to fetch") < said.index("[4/5] installing torch")


@posix_only
@pytest.mark.parametrize(
    ("step", "says", "expected"),
    [
        ("pip", "ERROR: No version that satisfies pip (from versions: none)", "the network"),
        ("cpu torch", "ERROR: none such (from versions: none)", "the network"),
        ("rest", "OSError: [Errno 28] No space left on device", "no space left"),
        ("rest", "ERROR: something quite new", "something quite new"),
    ],
)
def test_a_step_that_fails_is_explained_and_the_next_run_goes_on(copy, step, says, expected):
    code, said = copy.run("doctor", FAKE_FAILS=step, FAKE_SAYS=says)
    assert code == 1
    assert expected in said
    assert "setup.log" in said
    assert "Traceback" not in said
    assert copy.run("doctor")[0] == 0


@posix_only
def test_a_venv_of_somebody_else_is_left_alone(copy):
    (copy.folder / ".venv").mkdir()
    (copy.folder / ".venv/mine").touch()
    code, said = copy.run("doctor")
    assert code == 1
    assert "did not make" in said
    assert (copy.folder / ".venv/mine").exists()


@posix_only
def test_a_course_that_was_moved_gets_its_environment_anew(copy):
    copy.run("doctor")
    copy.folder = copy.folder.rename(copy.folder.with_name("elsewhere"))
    code, said = copy.run("doctor")
    assert code == 0
    assert "was moved" in said


@posix_only
def test_an_environment_of_another_python_is_made_again(copy):
    copy.run("doctor")
    (copy.folder / ".venv/bin/python").unlink()
    (copy.folder / ".venv/bin/python").symlink_to("/no/python/any/more")
    code, said = copy.run("doctor")
    assert code == 0
    assert "another Python" in said


@posix_only
def test_a_venv_that_is_a_link_is_made_and_made_again_where_it_leads(copy, tmp_path):
    large_disk = tmp_path / "large disk"
    large_disk.mkdir()
    (copy.folder / ".venv").symlink_to(large_disk)
    assert copy.run("doctor")[0] == 0
    (large_disk / "bin/python").unlink()
    (large_disk / "a link").symlink_to(tmp_path)
    code, said = copy.run("doctor")
    assert code == 0, said
    assert "another Python" in said
    assert (large_disk / "course.json").exists()
    assert not (large_disk / "a link").is_symlink()
    assert (copy.folder / ".venv").is_symlink()
    assert tmp_path.exists()


@posix_only
def test_a_link_that_leads_nowhere_is_named(copy, tmp_path):
    (copy.folder / ".venv").symlink_to(tmp_path / "unmounted")
    code, said = copy.run("doctor")
    assert code == 1
    assert f"a link to {tmp_path}/unmounted, and there is no such folder" in said
    assert copy.calls() == []


@posix_only
def test_a_link_to_the_environment_of_another_course_leaves_that_whole(copy, tmp_path):
    copy.run("doctor")
    other = tmp_path / "other"
    shutil.copytree(copy.folder, other, symlinks=True)
    shutil.rmtree(other / ".venv")
    (other / ".venv").symlink_to(copy.folder / ".venv")
    first, copy.folder = copy.folder, other
    code, said = copy.run("doctor")
    assert code == 1
    assert f"the environment of the course in {first}" in said
    assert "Delete the link" in said
    assert (first / ".venv/course.json").exists()


@posix_only
def test_a_python_that_does_not_start_is_made_again(copy):
    copy.run("doctor")
    python = copy.folder / ".venv/bin/python"
    python.unlink()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with (copy.folder / "pyproject.toml").open("a") as project:
        project.write("# a newer day\n")
    code, said = copy.run("doctor")
    assert code == 0, said
    assert "does not start" in said


def test_a_folder_that_cannot_be_written_is_named(door, monkeypatch, capsys):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(Environment, "is_current", lambda self, gpu: False)
    monkeypatch.setattr(Environment, "runs_this", lambda self: False)
    monkeypatch.setattr("course_lib.running.preparing.environment.setup_lock", refuse)
    assert door.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert f"{ROOT} cannot be written" in said
    assert "folder of your own" in said


@posix_only
def test_in_the_courses_conda_environment_no_venv_is_made(copy, tmp_path):
    python = tmp_path / "self-attention/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$2" = -c ] || exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    code, said = copy.run("doctor", CONDA_PREFIX=str(python.parents[1]))
    assert code == 0
    assert "handed over ['doctor']" in said
    assert not (copy.folder / ".venv").exists()


@posix_only
def test_a_conda_environment_that_lacks_something_is_told_how_to_get_it(copy, tmp_path):
    python = tmp_path / "self-attention/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho rich\necho torch\n")
    python.chmod(0o755)
    code, said = copy.run("doctor", CONDA_PREFIX=str(python.parents[1]))
    assert code == 1
    assert "lacks rich, torch" in said
    assert "conda env update" in said
