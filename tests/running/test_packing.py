"""The hand-out, with wheels that only pretend; nothing here asks the network."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from pretending import ROOT, pretended_course

from course_lib.errors import CourseError
from course_lib.running import cli
from course_lib.running.packing import archive, pack
from course_lib.running.packing.archive import course_files, downloads, fetch_wheels, start_text
from course_lib.running.packing.machines import KINDS, machine
from course_lib.running.packing.needs import pinned, requirement_lines
from course_lib.running.preparing.steps import explain
from course_lib.running.preparing.wheels import Wheels, checksum, this_machine

posix_only = pytest.mark.skipif(os.name == "nt", reason="the pretended Python is a symbolic link")


@pytest.fixture
def small(tmp_path):
    """A course of a few files, with work and settings beside them that are nobody else's."""
    root = tmp_path / "course"
    for name in (
        *("course.py", "notebooks/03_scores.ipynb"),
        *("workspace/exercises/03_scores.ipynb", ".venv/pyvenv.cfg", "build/old.zip"),
        *("course_lib/__pycache__/a.pyc", ".git-credentials", "wheels/old.whl"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name in ("pyproject.toml", "constraints.txt"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    return root


@pytest.fixture
def handed_out(tmp_path):
    """Wheels as a hand-out has them."""
    wheels = Wheels(tmp_path)
    wheels.folder.mkdir()
    (wheels.folder / "one.whl").write_text("one")
    sums = {"one.whl": checksum(wheels.folder / "one.whl")}
    wheels.contents.write_text(json.dumps({"machine": this_machine(), "sha256": sums}))
    return wheels


def pretend_to_fetch(root, target, folder):
    for name in ("torch", "numpy"):
        (folder / f"{name}-1.whl").write_text(f"{name} for {target.name}")


def packed(root, out, **options):
    assert pack(root, out=out, fetch=pretend_to_fetch, **options) == 0
    with zipfile.ZipFile(out) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_archive_holds_the_course_its_wheels_and_nobodys_work(small, tmp_path):
    files = packed(small, tmp_path / "out.zip")
    assert [name.removeprefix("self-attention/") for name in files] == [
        *("START.txt", "constraints.txt", "course.py", "notebooks/03_scores.ipynb"),
        *("pyproject.toml", "wheels/numpy-1.whl", "wheels/torch-1.whl", "wheels/contents.json"),
    ]


def test_git_says_what_belongs_to_the_course(small):
    git = ["git", "-C", str(small), "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "course.py", "notebooks"], check=True)
    assert course_files(small) == ["course.py", "notebooks/03_scores.ipynb"]
    (small / "course.py").unlink()
    assert course_files(small) == ["notebooks/03_scores.ipynb"]


def test_two_archives_of_the_same_files_are_the_same(small, tmp_path):
    packed(small, tmp_path / "one.zip")
    os.utime(small / "course.py", (0, 0))
    packed(small, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_unpacked_hand_out_finds_its_wheels_whole(small, tmp_path):
    packed(small, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        file.extractall(tmp_path / "fresh")
    Wheels(tmp_path / "fresh/self-attention").check()


def test_a_spoilt_wheel_is_named(handed_out):
    handed_out.check()
    (handed_out.folder / "one.whl").write_text("on")
    with pytest.raises(CourseError, match=r"one\.whl should be(.|\n)*spoilt(.|\n)*Unpack.*again"):
        handed_out.check()
    (handed_out.folder / "one.whl").unlink()
    with pytest.raises(CourseError, match=r"missing"):
        handed_out.check()


def test_a_hand_out_for_another_python_says_which_one_it_is_for(handed_out):
    known = json.loads(handed_out.contents.read_text())
    handed_out.contents.write_text(json.dumps({**known, "machine": "macos arm64, Python 3.99"}))
    with pytest.raises(CourseError, match=r"for macos arm64, Python 3\.99, and this is(.|\n)*fits"):
        handed_out.check()


def test_pip_is_given_no_settings_that_name_other_places(handed_out, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.org")
    assert handed_out.surroundings()["PIP_CONFIG_FILE"] == os.devnull
    assert "PIP_INDEX_URL" not in handed_out.surroundings()
    handed_out.contents.unlink()
    assert handed_out.pip_options() == []
    assert "PIP_INDEX_URL" in handed_out.surroundings()


@posix_only
def test_beside_its_wheels_the_set_up_asks_no_index(tmp_path):
    with pretended_course(tmp_path) as copy:
        wheels = Wheels(copy.folder)
        wheels.folder.mkdir()
        wheels.contents.write_text(json.dumps({"machine": this_machine(), "sha256": {}}))
        code, said = copy.run("doctor")
        assert code == 0, said
        assert "the network is not asked" in said
        pips = copy.calls()[1:]
        assert len(pips) == 3
        assert all(f"--no-index --find-links {wheels.folder}" in call for call in pips)
        assert not any("extra-index" in call or "--group" in call for call in pips)
        if sys.platform == "linux":
            code, said = copy.run("doctor", "--gpu")
            assert code == 1
            assert "build for CPUs" in said
            assert "Leave --gpu out" in said


def test_what_pip_does_not_find_in_a_hand_out_is_no_trouble_of_the_network(handed_out):
    says = "ERROR: No version satisfies rich (from versions: none)"
    sentence = explain(says, handed_out.folder.parent)
    assert "hand-out should bring" in sentence
    assert "newer Python" in sentence
    assert "HTTPS_PROXY" not in sentence


def test_learners_get_pins_and_no_tools_of_authors():
    lines = requirement_lines(ROOT, machine("linux").markers())
    names = {Requirement(line).name for line in lines}
    assert {"torch", "jupyterlab", "numpy", "fqdn"} <= names  # the last by an extra
    assert not names & {"pytest", "ruff", "mypy", "jupytext", "playwright"}
    assert all("==" in line for line in lines)


def test_each_system_gets_what_only_it_needs():
    asks = {
        "torch": ["numpy", "cuda-for-all"],
        "jupyterlab": ["pywinpty!=3,>=2; os_name == 'nt'", "appnope; sys_platform == 'darwin'"],
        "ipykernel": ["pywinpty>=2.1; os_name == 'nt'"],
    }
    lines = {
        kind: set(requirement_lines(ROOT, machine(kind).markers(), lambda n: asks.get(n, [])))
        for kind in ("linux", "macos", "windows")
    }
    assert lines["windows"] - lines["linux"] == {"pywinpty!=3,>=2,>=2.1"}
    assert lines["macos"] - lines["linux"] == {"appnope"}
    assert not any("cuda" in line for line in lines["linux"])


@pytest.mark.parametrize("kind", KINDS[1:])
def test_wheels_are_asked_for_by_the_machines_own_tags(kind):
    target = machine(kind, "3.12")
    options = target.pip_options()
    assert options[options.index("--python-version") + 1] == "3.12.99"
    assert set(target.tags) <= set(options)
    first, *_, last = downloads(ROOT, target)
    assert ("--extra-index-url" in first) == (kind == "linux")
    assert first[-1].endswith("+cpu") == (kind == "linux")
    assert {"hatchling", "editables"} <= set(last)


def test_what_builds_the_course_is_pinned():
    assert {"hatchling", "editables", "torch"} <= set(pinned(ROOT / "constraints.txt"))


def test_where_a_wheel_is_not_to_be_had_it_says_what_and_what_to_try(tmp_path, monkeypatch):
    def answer(command, **options):
        said = "Collecting x\nERROR: No matching distribution found for torch==2.13.0\n"
        return subprocess.CompletedProcess(command, 1, "", said)

    monkeypatch.setattr(archive.subprocess, "run", answer)
    expected = r"for windows x86_64, Python 3\.13(.|\n)*torch==2\.13\.0(.|\n)*another --python"
    with pytest.raises(CourseError, match=expected):
        fetch_wheels(ROOT, machine("windows", "3.13"), tmp_path)


@pytest.mark.parametrize(("kind", "command"), [("linux", "python3.11 "), ("windows", "py -3.11 ")])
def test_the_start_is_told_in_three_lines(kind, command):
    lines = start_text(machine(kind, "3.11")).splitlines()
    assert len(lines) == 3
    assert f"{command}course.py lab" in lines[1]


def test_an_archive_that_could_not_be_finished_is_not_there(small, tmp_path):
    def fail(root, target, folder):
        raise CourseError("no wheels")

    with pytest.raises(CourseError, match="no wheels"):
        pack(small, out=tmp_path / "out.zip", fetch=fail)
    assert not list(tmp_path.glob("*.zip*"))


def test_a_verb_that_a_hand_out_leaves_out_says_so(handed_out, monkeypatch):
    fault = ModuleNotFoundError("No module named 'jupytext'")
    monkeypatch.setattr(cli, "ROOT", handed_out.folder.parent)
    said = cli.left_out(fault)
    assert "leaves that out: No module named 'jupytext'" in said
    assert "delete the folders wheels and .venv" in said
    monkeypatch.setattr(cli, "ROOT", Path("/nowhere"))
    with pytest.raises(ModuleNotFoundError):
        cli.left_out(fault)
