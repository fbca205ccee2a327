import json
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from course_lib.running import examination
from course_lib.running.examination import GIB

Memory = namedtuple("Memory", "total available")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def tiny_course(tmp_path):
    def write(requirements, pins):
        lines = "".join(f'"{line}",' for line in requirements)
        (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = [{lines}]\n")
        (tmp_path / "constraints.txt").write_text("# pins\n" + "\n".join(pins) + "\n")
        return tmp_path

    return write


def test_this_python_is_new_enough():
    assert examination.python().ok


def test_an_old_python_prevents_the_course(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    finding = examination.python()
    assert finding.prevents
    assert "3.11" in finding.mend


def test_versions_that_the_tests_ran_with_are_fine(tiny_course, monkeypatch):
    monkeypatch.setattr(examination, "installed", {"torch": "2.13.0+cpu"}.get)
    assert examination.versions(tiny_course(["torch>=2.6"], ["torch==2.13.0"])).ok


def test_other_versions_within_the_bounds_are_noted_and_prevent_nothing(tiny_course, monkeypatch):
    monkeypatch.setattr(examination, "installed", {"jupyter-client": "8.7"}.get)
    finding = examination.versions(tiny_course(["jupyter-client>=8.6"], ["jupyter_client==8.10.0"]))
    assert not finding.ok
    assert not finding.prevents
    assert "jupyter-client 8.7 instead of 8.10.0" in finding.says


@pytest.mark.parametrize(("here", "shown"), [("1.26", "1.26"), (None, "nothing")])
def test_what_is_too_old_or_missing_prevents_the_course(tiny_course, monkeypatch, here, shown):
    monkeypatch.setattr(examination, "installed", {"numpy": here}.get)
    finding = examination.versions(tiny_course(["numpy>=2.0"], ["numpy==2.4.6"]))
    assert finding.prevents
    assert f"numpy>=2.0 (here: {shown})" in finding.says
    assert ".venv" in finding.mend


def test_a_package_that_is_not_there_has_no_version():
    assert examination.installed("no-such-package-anywhere") is None


@pytest.mark.parametrize(
    ("total", "available", "limit", "ok", "prevents"),
    [
        (8, 5, "max", True, False),
        (8, 1, "max", False, False),
        (8, 5, str(3 * GIB), True, False),
        (8, 5, str(GIB // 2), False, True),
        (0.5, 0.4, "max", False, True),
    ],
)
def test_memory_counts_the_limit_of_a_container(
    tmp_path, monkeypatch, total, available, limit, ok, prevents
):
    there = Memory(int(total * GIB), int(available * GIB))
    monkeypatch.setattr(examination.psutil, "virtual_memory", lambda: there)
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    finding = examination.memory((tmp_path / "memory.max", tmp_path / "not there"))
    assert (finding.ok, finding.prevents) == (ok, prevents)
    assert bool(finding.mend) != ok


def test_a_home_that_is_still_to_be_made_can_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "not" / "yet"))
    finding = examination.workspace()
    assert finding.ok
    assert not (tmp_path / "not").exists()


def test_a_home_that_cannot_be_written_says_what_to_set(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    finding = examination.workspace()
    assert finding.prevents
    assert "COURSE_HOME" in finding.mend


@pytest.mark.parametrize(
    ("free", "ok", "prevents"),
    [(5 * GIB, True, False), (GIB // 2, False, False), (1000, False, True)],
)
def test_disk_space_is_looked_at_where_the_learner_works(monkeypatch, free, ok, prevents):
    monkeypatch.setattr(examination.shutil, "disk_usage", lambda path: Usage(free, 0, free))
    finding = examination.disk()
    assert (finding.ok, finding.prevents) == (ok, prevents)


def test_torch_says_its_threads_and_whether_there_is_a_gpu():
    finding = examination.torch()
    assert finding.ok
    assert "thread" in finding.says
    assert "GPU" in finding.says


def test_a_torch_that_cannot_be_loaded_prevents_the_course(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    finding = examination.torch()
    assert finding.prevents
    assert finding.mend


def test_a_kernel_really_starts_and_runs_a_cell():
    assert examination.run_in_kernel("print(6 * 7)", timeout_s=600.0) == "42\n"
    assert examination.kernel(timeout_s=600.0).ok


def test_the_kernel_starts_where_those_of_lessons_start(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    where = "import os; print(os.getcwd())"
    elsewhere = Path(examination.run_in_kernel(where, timeout_s=60.0).strip())
    assert not (elsewhere / "course_lib").exists()
    (tmp_path / "notebooks").mkdir()
    there = Path(examination.run_in_kernel(where, timeout_s=60.0).strip())
    assert there == (tmp_path / "notebooks").resolve()


def test_a_kernel_that_does_not_answer_prevents_the_course(monkeypatch):
    def die(cell, timeout_s):
        raise RuntimeError("Kernel died before replying")

    monkeypatch.setattr(examination, "run_in_kernel", die)
    finding = examination.kernel()
    assert finding.prevents
    assert "Kernel died" in finding.says


def test_a_kernel_that_dies_says_why(tmp_path, monkeypatch):
    spec = tmp_path / "kernels/python3"
    spec.mkdir(parents=True)
    dying = [sys.executable, "-c", "raise SystemExit('no such thing as a libfoo.so')"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": dying, "display_name": "", "language": "python"})
    )
    monkeypatch.setattr(
        examination, "jupyter_environment", lambda *_, **__: {"JUPYTER_PATH": str(tmp_path)}
    )
    finding = examination.kernel()
    assert finding.prevents
    assert "It said: no such thing as a libfoo.so" in finding.says


def test_a_kernel_that_has_no_room_is_not_helped_by_another_environment(monkeypatch):
    def fail(cell, timeout_s):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(examination, "run_in_kernel", fail)
    finding = examination.kernel()
    assert "TMPDIR" in finding.mend
    assert ".venv" not in finding.mend


def test_a_home_that_jupyter_cannot_write_is_a_note_and_says_where_it_writes(tmp_path, monkeypatch):
    (tmp_path / "runtime").touch()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    finding = examination.jupyter()
    assert not finding.ok
    assert not finding.prevents
    assert finding.says == f"{tmp_path / 'runtime'} cannot be written"
    assert "Nothing has to be done" in finding.mend
    assert examination.kernel().ok


def test_a_kernel_of_another_python_is_recognised(monkeypatch):
    monkeypatch.setattr(examination, "run_in_kernel", lambda cell, timeout_s: "/usr\n")
    finding = examination.kernel()
    assert finding.prevents
    assert str(Path("/usr")) in finding.says
    assert "kernelspec" in finding.mend


def test_every_finding_that_is_not_well_says_what_to_do():
    assert all(finding.ok or finding.mend for finding in examination.examine())
