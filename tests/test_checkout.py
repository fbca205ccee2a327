"""What a checkout and an image get, whatever git's settings and whatever lies around."""

import shutil
import subprocess

import pytest
from pretending import ROOT

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="no git here")


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


@needs_git
def test_a_checkout_has_the_same_bytes_where_git_turns_lines_into_crlf(tmp_path):
    names = ["start", ".ci/run", ".gitattributes", "course.py", "docs/scores.png"]
    names += [f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("0*.ipynb")]
    for name in names:
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "one" / name)
    git(tmp_path, "init", "-q", "one")
    git(tmp_path / "one", "add", ".")
    git(tmp_path / "one", "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", "one", "other")
    changed = [n for n in names if (tmp_path / "other" / n).read_bytes() != (ROOT / n).read_bytes()]
    assert changed == []


def patterns(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return {line.removeprefix("**/").strip("/") for line in lines if line and line[0] != "#"}


def test_an_image_takes_nothing_that_git_ignores_and_no_history():
    assert patterns(".dockerignore") >= patterns(".gitignore") | {".git"}


@needs_git
def test_an_image_takes_every_file_of_the_course():
    if not (ROOT / ".git").exists():
        pytest.skip("this copy came without git")
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT).decode().split("\0")
    parts = {part for name in listed for part in name.split("/")}
    assert len(listed) > 300
    assert not parts & patterns(".dockerignore")
