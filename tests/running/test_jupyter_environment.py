import json
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import run_kernel

from course_lib.running import jupyter_environment as module
from course_lib.running.jupyter_environment import can_be_written, jupyter_environment
from course_lib.threads import ONE_THREAD

FOLDERS = {
    "JUPYTER_CONFIG_DIR": ".jupyter",
    "JUPYTER_DATA_DIR": ".local/share/jupyter",
    "JUPYTER_RUNTIME_DIR": ".local/share/jupyter/runtime",
    "IPYTHONDIR": ".ipython",
    "MPLCONFIGDIR": ".config/matplotlib",
}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they lie elsewhere")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of one's own, in which no variable says where anything lies."""
    for name in (*FOLDERS, "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "JUPYTER_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def moved(learners):
    environment = jupyter_environment(learners)
    return {name: environment[name] for name in ("HOME", *FOLDERS) if name in environment}


@linux_only
def test_where_the_home_can_be_written_everything_stays_there(home, tmp_path):
    assert moved(tmp_path) == {}
    assert module.unwritable_folders() == {}
    assert list(home.iterdir()) == []  # looking leaves nothing behind


@linux_only
@pytest.mark.parametrize(("name", "folder"), FOLDERS.items())
def test_a_folder_that_cannot_be_written_is_moved_and_no_other(home, tmp_path, name, folder):
    (home / folder).parent.mkdir(parents=True, exist_ok=True)
    (home / folder).write_text("not even root can write below a file")
    expected = {name}
    if name == "JUPYTER_DATA_DIR":
        expected.add("JUPYTER_RUNTIME_DIR")  # lies within it
    assert set(moved(tmp_path)) == expected
    assert module.unwritable_folders()[name] == home / folder
    assert Path(moved(tmp_path)[name]).parent == tmp_path


@linux_only
def test_a_home_that_cannot_be_written_moves_everything(home, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert set(moved(tmp_path)) == set(FOLDERS)


@linux_only
def test_settings_that_lie_deeper_count_too(home, tmp_path):
    (home / ".jupyter/lab").mkdir(parents=True)
    (home / ".jupyter/lab/user-settings").touch()
    assert set(moved(tmp_path)) == {"JUPYTER_CONFIG_DIR"}


def test_without_any_home_the_learners_folder_is_it(home, tmp_path, monkeypatch):
    monkeypatch.setattr(module.os.path, "expanduser", lambda path: path)
    assert moved(tmp_path) == {"HOME": str(tmp_path)}
    assert module.unwritable_folders() == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="nothing here is always full")
def test_a_full_disk_cannot_be_written_though_an_empty_file_can(tmp_path, monkeypatch):
    assert can_be_written(tmp_path / "not" / "yet")
    monkeypatch.setattr(
        module.tempfile,
        "TemporaryFile",
        lambda **_: Path("/dev/full").open("wb", buffering=0),  # noqa: SIM115
    )
    assert not can_be_written(tmp_path)


@pytest.fixture
def kernel(home, tmp_path, monkeypatch):
    """Start a kernel as the lab does, in a folder of one's own; return what code prints there."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("PYTHONSAFEPATH", *ONE_THREAD):
        monkeypatch.delenv(name, raising=False)
    for name, value in jupyter_environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(code):
        said = []
        keep = lambda message: said.append(message["content"].get("text", ""))  # noqa: E731
        with run_kernel(cwd=str(folder), startup_timeout=60) as client:
            reply = client.execute_interactive(code, output_hook=keep, timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(said)

    run.folder = folder
    return run


def test_the_labs_kernel_computes_on_one_thread(kernel):
    said = kernel("import os, json; print(json.dumps(dict(os.environ)))")
    assert json.loads(said).items() >= ONE_THREAD.items()


def test_no_file_beside_a_notebook_is_taken_for_a_library_but_ones_own_is_found(kernel):
    for name in ("operator", "types", "keyword", "random", "filelock", "numpy", "course_lib"):
        (kernel.folder / f"{name}.py").write_text(f"raise SystemExit('{name} was imported')")
    (kernel.folder / "helpers.py").write_text("print('helped')")
    before = set(kernel("print(*dir())").split())
    said = kernel("import random, filelock, numpy, course_lib, helpers\nprint(course_lib.check)")
    assert said.startswith("helped\n<function check")
    assert not before & {"sys", "course_lib"}  # a learner who forgets an import is told so


def test_the_labs_kernel_frightens_nobody(kernel, capfd):
    kernel("1 + 1")
    assert "WARNING" not in capfd.readouterr().err
