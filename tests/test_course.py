"""The door, in copies of the course whose venv and pip only pretend."""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib.running.cli import SECTIONS, course
from course_lib.running.preparing.environment import Environment

ROOT = Path(__file__).resolve().parents[1]
posix_only = pytest.mark.skipif(os.name == "nt", reason="the pretended Python is a symbolic link")

FAKE_VENV = """
import pathlib, sys, fake
fake.act("venv")
scripts = pathlib.Path(sys.argv[1], "bin")
scripts.mkdir()
(scripts / "python").symlink_to(sys.executable)
"""
FAKE_PIP = """
import sys, fake
names = {"--upgrade": "pip", "--extra-index-url": "cpu torch", "-e": "rest"}
fake.act(next((names[word] for word in names if word in sys.argv), "default torch"))
"""
FAKE = """
import os, pathlib, sys, time
def act(step):
    with open(os.environ["FAKE_CALLS"], "a") as calls:
        print(step, *sys.argv[1:], file=calls)
    while os.environ.get("FAKE_HANGS") == step and not os.path.exists("go on"):
        print("working", flush=True)  # as pip does, it ends when nobody listens any more
        time.sleep(0.02)
    if os.environ.get("FAKE_FAILS") == step:
        sys.exit(os.environ["FAKE_SAYS"])
"""
VERB = "import os, sys; print('handed over', sys.argv[1:], os.environ.get('PYTEST_ADDOPTS'))"


class Copy:
    """A copy of the course with everything that the door needs."""

    def __init__(self, folder, fakes):
        self.folder, self.calls_file = folder, fakes / "calls"
        self.started = []
        self.surroundings = {
            **{key: value for key, value in os.environ.items() if key != "CONDA_PREFIX"},
            "PYTHONPATH": str(fakes),
            "FAKE_CALLS": str(self.calls_file),
        }

    def start(self, *words, **surroundings):
        process = subprocess.Popen(
            [sys.executable, self.folder / "course.py", *words],
            cwd=self.folder,
            env={**self.surroundings, **surroundings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *words, **surroundings):
        process = self.start(*words, **surroundings)
        said = process.communicate(timeout=30)[0]
        return process.returncode, said

    def calls(self):
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


@pytest.fixture
def copy(tmp_path):
    folder, fakes = tmp_path / "my course", tmp_path / "fakes"
    for name in ("course.py", "constraints.txt", "pyproject.toml", "environment.yml"):
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder)
    for name in ("__init__.py", "errors.py", "running/__init__.py"):
        (folder / "course_lib/running").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "course_lib" / name, folder / "course_lib" / name)
    preparing = Path("course_lib/running/preparing")
    shutil.copytree(ROOT / preparing, folder / preparing)
    environment = folder / preparing / "environment.py"
    text = environment.read_text("utf-8")
    assert "CPU_GB, CUDA_GB = 3, 10" in text
    environment.write_text(
        text.replace("CPU_GB, CUDA_GB = 3, 10", "CPU_GB, CUDA_GB = 0, 0"), "utf-8"
    )
    (folder / "course_lib/__main__.py").write_text(VERB)
    for name, text in {"venv": FAKE_VENV, "pip": FAKE_PIP}.items():
        (fakes / name).mkdir(parents=True)
        (fakes / name / "__init__.py").touch()
        (fakes / name / "__main__.py").write_text(text)
    (fakes / "fake.py").write_text(FAKE)
    copy = Copy(folder, fakes)
    yield copy
    for process in copy.started:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.fixture
def door():
    spec = importlib.util.spec_from_file_location("the_door", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
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


def test_a_mistyped_verb_makes_no_environment(copy):
    code, said = copy.run("lap")
    assert code == 1
    assert "no verb 'lap'" in said
    assert not (copy.folder / ".venv").exists()


def test_the_door_and_the_command_line_list_the_same_verbs(door):
    lines = [line.split(maxsplit=1) for line in door.__doc__.splitlines() if line[:4] == "    "]
    listed = {verb: words for verb, words in lines if verb != "python3"}
    known = {name: verb.get_short_help_str(99) for name, verb in course.commands.items()}
    assert {verb: f"{words[0].upper()}{words[1:]}." for verb, words in listed.items()} == known
    assert [verb for verbs in SECTIONS.values() for verb in verbs] == list(listed)


@posix_only
def test_the_first_run_makes_the_environment_and_hands_everything_over(copy):
    code, said = copy.run("test", "-k", "a b", "--gpu", PYTEST_ADDOPTS="-x")
    assert code == 0, said
    assert "handed over ['test', '-k', 'a b'] -x" in said
    assert [call.split()[0] for call in copy.calls()] == ["venv", "pip", "default", "rest"]


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
    wait_for(lambda: log.exists() and "working" in log.read_text())
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
    wait_for(lambda: log.exists() and "working" in log.read_text())
    stopped.send_signal(signal.SIGINT)
    said = stopped.communicate(timeout=20)[0]
    assert stopped.returncode == 130
    assert "Run the same command again" in said
    assert "Traceback" not in said
    assert copy.run("doctor")[0] == 0


@posix_only
def test_of_two_set_ups_at_once_the_second_waits_and_uses_the_first(copy):
    first = copy.start("doctor", FAKE_HANGS="rest")
    wait_for(lambda: any(call.startswith("rest") for call in copy.calls()))
    second = copy.start("progress")
    assert "another set-up" in second.stdout.readline().lower()
    (copy.folder / "go on").touch()
    assert "handed over ['doctor']" in first.communicate(timeout=20)[0]
    assert "handed over ['progress']" in second.communicate(timeout=20)[0]
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
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] || exec {sys.executable} "$@"\n')
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
