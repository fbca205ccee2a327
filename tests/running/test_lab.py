import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from jupyterlab.labapp import LabApp
from traitlets.utils.importstring import import_item

from course_lib.running import lab
from course_lib.running.widget_state import keep_widget_state
from course_lib.running.workspace import Refreshed

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(tmp_path, monkeypatch):
    for key in ("notebooks/README.md", "notebooks/01_first.ipynb", "exercises/01_first.ipynb"):
        (tmp_path / "course" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / key).write_text(NOTEBOOK)
    monkeypatch.setattr(lab, "COURSE", tmp_path / "course")
    monkeypatch.delenv("COURSE_HOME")
    return tmp_path / "course"


FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "MPLCONFIGDIR",
)


@pytest.fixture
def launched(monkeypatch, tmp_path):
    """Keep JupyterLab closed, and note with which options and which home it would start."""
    launches = []

    def launch_instance(options):
        launches.append((options, os.environ["COURSE_HOME"]))

    for name in ("COURSE_HOME", "JUPYTER_PATH", "PYTHONSAFEPATH", *FOLDERS):
        monkeypatch.setenv(name, "")  # so that what open_lab sets is undone
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/mine")
    monkeypatch.setattr(LabApp, "launch_instance", launch_instance)
    return launches


def open_lab(**changes):
    return lab.open_lab(**{"port": None, "browser": False, "fresh": (), **changes})


def test_the_first_start_opens_the_first_lesson_in_the_working_copy(course, launched, capsys):
    assert open_lab() == 0
    ((options, home),) = launched
    assert home == str(course / "workspace")
    assert f"--ServerApp.root_dir={home}" in options
    assert "--LabApp.default_url=/lab/tree/notebooks/01_first.ipynb" in options
    assert (course / "workspace/exercises/01_first.ipynb").exists()
    assert str(course / "workspace") in capsys.readouterr().out.replace("\n", "")


def test_it_opens_the_home_page_and_says_where_the_learner_stands(course, launched, capsys):
    row = "| 00 | [First](01_first.ipynb) | *Why?* | 1 + 2 | [`a`](../exercises/01_first.ipynb) |"
    (course / "notebooks/README.md").write_text(row)
    open_lab()
    open_lab()
    for options, _ in launched:
        assert "--LabApp.default_url=/lab/tree/home.md" in options
    assert "(notebooks/01_first.ipynb)" in (course / "workspace/home.md").read_text()
    assert capsys.readouterr().out.count(" exercises done; next: dot_product") == 2


def test_a_later_start_leaves_jupyterlab_as_it_was(course, launched):
    open_lab()
    open_lab()
    assert "--LabApp.default_url=/lab" in launched[1][0]


def test_a_chosen_home_is_the_working_copy(course, launched, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "chosen"))
    open_lab()
    assert launched[0][1] == str(tmp_path / "chosen")
    assert (tmp_path / "chosen/notebooks/01_first.ipynb").exists()
    assert not (course / "workspace").exists()


def test_port_and_browser_are_handed_on(course, launched):
    open_lab(port=9123, browser=False)
    open_lab(browser=True)
    (first, _), (second, _) = launched
    assert {"--ServerApp.port=9123", "--no-browser"} <= set(first)
    assert not any(option.startswith(("--ServerApp.port", "--no-browser")) for option in second)


def test_the_network_is_asked_nothing(course, launched):
    open_lab()
    options = launched[0][0]
    assert "--LabApp.news_url=None" in options
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in options
    assert "--LabApp.extension_manager=readonly" in options


def test_jupyterlab_asks_no_questions_about_news_and_keeps_widgets(course, launched):
    open_lab()
    folder, mine = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert mine == "/mine"
    overrides = json.loads(Path(folder, "labconfig/default_setting_overrides.json").read_bytes())
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    viewers = overrides["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers == {"markdown": "Markdown Preview"}
    assert overrides["@jupyter-widgets/jupyterlab-manager:plugin"]["saveState"] is True
    server = json.loads(Path(folder, "jupyter_server_config.json").read_bytes())
    assert import_item(server["ContentsManager"]["pre_save_hook"]) is keep_widget_state


def test_the_kernels_are_the_courses_own_and_a_learners_programs_find_their_neighbours(
    course, launched
):
    os.environ["PYTHONSAFEPATH"] = "1"  # as course.py sets it
    open_lab()
    assert Path(os.environ["JUPYTER_PATH"], "kernels/python3/kernel.json").exists()
    assert "PYTHONSAFEPATH" not in os.environ


def test_a_home_that_cannot_be_written_is_said_and_left_alone(
    course, launched, tmp_path, monkeypatch, capsys
):
    (tmp_path / "home").touch()
    open_lab()
    said = capsys.readouterr().out
    home = course / "workspace"
    assert f"Jupyter keeps its own files in {home}, since" in said
    assert "cannot be written" in said
    assert Path(os.environ["JUPYTER_RUNTIME_DIR"]).parent == home


@pytest.mark.parametrize("browser", [True, False])
def test_a_second_lab_leads_to_the_one_that_is_open(course, launched, monkeypatch, capsys, browser):
    there = {"url": "http://localhost:8888/", "token": "secret"}
    opened = []
    monkeypatch.setattr(lab, "open_lab_of", lambda home: there)
    monkeypatch.setattr(lab.webbrowser, "open", opened.append)
    assert open_lab(browser=browser, port=9000) == 0
    address = "http://localhost:8888/lab/tree/notebooks/01_first.ipynb?token=secret"
    assert f"JupyterLab is open already, in another window: {address}" in capsys.readouterr().out
    assert opened == [address] * browser
    assert launched == []


def test_beginning_afresh_tells_where_the_old_version_is(course, launched, capsys):
    open_lab()
    (course / "workspace/exercises/01_first.ipynb").write_text("mine")
    open_lab(fresh=("01",))
    out = capsys.readouterr().out
    assert "exercises/01_first.ipynb begins afresh" in out
    (saved,) = (course / "workspace/exercises").glob("01_first.2*.ipynb")
    assert saved.name in out


def test_an_unknown_lesson_starts_nothing(course, launched, capsys):
    assert open_lab(fresh=("77",)) == 1
    assert "no lesson 77" in capsys.readouterr().out
    assert launched == []


def test_a_working_copy_that_cannot_be_written_starts_nothing(course, launched, capsys):
    (course / "workspace").write_text("a letter")
    assert open_lab() == 1
    out = capsys.readouterr().out
    assert "COURSE_HOME" in out
    assert "Nothing of yours was changed" in out
    assert launched == []


def test_a_refresh_is_described_in_words_that_name_the_files():
    report = Refreshed(
        new=[f"notebooks/0{n}_x.ipynb" for n in range(5)],
        renewed=["notebooks/06_x.ipynb", "notebooks/07_x.ipynb"],
        kept={"exercises/03_x.ipynb": "03_x.new.ipynb"},
        saved={"exercises/04_x.ipynb": "04_x.20300102-030405.ipynb"},
    )
    new, renewed, kept, saved = lab.describe(report)
    assert "5 files" in new
    assert "notebooks/06_x.ipynb, notebooks/07_x.ipynb" in renewed
    assert "exercises/03_x.ipynb" in kept
    assert "03_x.new.ipynb" in kept
    assert "04_x.20300102-030405.ipynb" in saved
    assert lab.describe(Refreshed()) == []


START = """
import sys
from pathlib import Path
from course_lib.running import lab
lab.COURSE = Path(sys.argv[1])
sys.exit(lab.open_lab(port=int(sys.argv[2]), browser=False, fresh=()))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
def test_jupyterlab_really_starts_and_ctrl_c_really_ends_it(course, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_TOKEN": "t"}
    command = [sys.executable, "-c", START, course, str(port)]
    server = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE, text=True)
    try:
        listing = _get(f"http://127.0.0.1:{port}/api/contents?token=t", server)
        second = subprocess.check_output(command, env=os.environ | own, text=True, timeout=60)
        # Stopped within its very first answer, Jupyter's server hangs; a second one ends the first.
        _get(f"http://127.0.0.1:{port}/api/status?token=t", server)
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate()
    finally:
        server.kill()
    assert {entry["name"] for entry in json.loads(listing)["content"]} == {"notebooks", "exercises"}
    assert server.returncode == 0
    assert "Your work is kept" in said
    assert "open already" in second
    assert f":{port}/lab?token=t" in second


def _get(url, server):
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.read()
        except OSError:
            if server.poll() is not None:
                raise
            time.sleep(0.2)
