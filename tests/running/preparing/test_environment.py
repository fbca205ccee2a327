import os
import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.running.preparing import environment
from course_lib.running.preparing.environment import Environment

ROOT = Path(__file__).resolve().parents[3]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def blank(tmp_path):
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return Environment(tmp_path)


def test_what_makes_the_environment_stands_on_the_standard_library_alone():
    rooms = ("conda", "environment", "locking", "steps")
    imports = "; ".join(f"import course_lib.running.preparing.{room}" for room in rooms)
    bare = [sys.executable, "-S", "-E", "-c", imports]
    ran = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_without_ensurepip_the_package_to_install_is_named(blank, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"ensurepip is missing(.|\n)*apt install python3.*-venv"):
        blank.make_current()
    assert not blank.folder.exists()


def test_without_room_on_the_disk_nothing_is_begun(blank, monkeypatch):
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: Usage(9e9, 8e9, 1e9))
    with pytest.raises(CourseError, match=r"needs about 3 GB(.|\n)*has 1.0 GB left"):
        blank.make_current()
    assert not blank.folder.exists()


def test_an_environment_is_current_until_what_it_was_made_from_changes(blank):
    blank.python.parent.mkdir(parents=True)
    blank.python.touch()
    assert not blank.is_current()
    blank.stamp.write_text(environment.json.dumps({**blank.origin(), "torch": "cpu"}))
    assert blank.is_current()
    assert not blank.is_current(gpu=True)
    blank.constraints.write_text("torch==9.9.9")
    assert not blank.is_current()


@pytest.mark.parametrize("text", ["", "[]", "{", "3", '"a"'])
def test_a_spoilt_stamp_is_no_stamp(blank, text):
    blank.folder.mkdir()
    blank.stamp.write_text(text)
    assert blank.known() == {}


def test_no_locale_can_misread_where_the_course_is_installed():
    here = [path for path in metadata.files("course-lib") if path.suffix == ".pth"]
    lines = "".join(path.read_text() for path in here).splitlines()
    assert all(line.startswith("import ") and line.isascii() for line in lines), lines


SAY_PLACE = """
import sys
from pathlib import Path
from course_lib.running.preparing.environment import Environment
print(ascii(Environment(Path(sys.argv[1])).origin()["place"]))
"""


@pytest.mark.skipif(os.name == "nt", reason="names of files have one encoding there")
def test_the_stamp_names_the_same_place_in_every_locale(tmp_path):
    folder = tmp_path / "J\xfcrgen"
    folder.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    plain = {**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    said = subprocess.check_output([sys.executable, "-c", SAY_PLACE, folder], cwd=ROOT, env=plain)
    assert said.decode().strip() == ascii(str(folder))


def test_the_pinned_torch_is_found_in_the_real_constraints():
    assert environment.pinned_torch(ROOT / "constraints.txt").startswith("torch==2.")
