import json
import os
import signal
import subprocess
import sys
import time

import pytest

from course_lib.errors import CourseError, UnknownNameError
from course_lib.running.workspace import fingerprint, refresh_workspace

LESSON = "notebooks/03_scores.ipynb"
EXERCISE = "exercises/03_scores.ipynb"


def notebook(*sources, output="7"):
    """Build the bytes of a notebook: the first cell is prose, the others were run."""
    cells = [{"cell_type": "markdown", "id": "0", "metadata": {}, "source": [sources[0]]}]
    cells += [
        {
            "cell_type": "code",
            "id": str(index),
            "metadata": {"tags": ["kept"]},
            "source": source.splitlines(keepends=True),
            "execution_count": index,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [output]}],
        }
        for index, source in enumerate(sources[1:], start=1)
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1).encode()


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"]]


@pytest.fixture
def course(tmp_path):
    course = tmp_path / "course"
    files = {
        LESSON: notebook("[exercise](../exercises/03_scores.ipynb)", "x = 1\nprint(x)"),
        EXERCISE: notebook("[lesson](../notebooks/03_scores.ipynb)", "def scaled_scores(): ..."),
        "solutions/03_scores.ipynb": notebook("the √ of it", "def scaled_scores(): return 1"),
        "notebooks/README.md": b"[03](03_scores.ipynb)\n",
        "notebooks/pictures/deep/cat.png": b"\x89PNG",
        "notebooks/.ipynb_checkpoints/03_scores-checkpoint.ipynb": b"{}",
    }
    for key, content in files.items():
        (course / key).parent.mkdir(parents=True, exist_ok=True)
        (course / key).write_bytes(content)
    return course


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def refresh(course, home):
    return lambda *fresh: refresh_workspace(course, home, fresh=fresh)


def update(course, key=LESSON, code="x = 2\nprint(x)"):
    (course / key).write_bytes(notebook("a better text", code))


def edit(home, key=LESSON, code="x = 'mine'"):
    (home / key).write_bytes(notebook("my own notes", code))


# --- the first time


def test_the_first_refresh_gives_every_visible_file(refresh, home):
    report = refresh()
    given = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    visible = {key for key in given if not any(part[0] == "." for part in key.split("/"))}
    assert visible == set(report.new)
    assert {LESSON, EXERCISE, "notebooks/README.md", "notebooks/pictures/deep/cat.png"} < visible
    assert not any("checkpoint" in key for key in given)
    assert (report.renewed, report.kept, report.saved) == ([], {}, {})


def test_outputs_and_execution_counts_are_cleared_and_the_rest_stays(refresh, course, home):
    refresh()
    ours, theirs = (json.loads((root / LESSON).read_bytes()) for root in (course, home))
    assert sources(home / LESSON) == sources(course / LESSON)
    assert theirs["cells"][1]["outputs"] == []
    assert theirs["cells"][1]["execution_count"] is None
    assert theirs["cells"][1]["metadata"] == {"tags": ["kept"]}
    assert theirs["metadata"] == ours["metadata"]


def test_relative_links_lead_somewhere(refresh, home):
    refresh()
    assert (home / "notebooks" / "../exercises/03_scores.ipynb").exists()
    assert (home / "exercises" / "../notebooks/03_scores.ipynb").exists()


def test_the_course_itself_is_never_written(refresh, course):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    refresh()
    update(course)
    before[course / LESSON] = (course / LESSON).read_bytes()
    refresh("03")
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


def test_a_second_refresh_has_nothing_to_do(refresh, home):
    refresh()
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*.ipynb")}
    report = refresh()
    assert (report.new, report.renewed, report.kept, report.saved) == ([], [], {}, {})
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*.ipynb")} == before


def test_a_deleted_file_comes_back(refresh, home):
    refresh()
    (home / LESSON).unlink()
    assert refresh().new == [LESSON]


# --- after an update


def test_an_update_renews_what_the_learner_did_not_change(refresh, course, home):
    refresh()
    update(course)
    (course / "notebooks/README.md").write_text("a better table")
    report = refresh()
    assert report.renewed == [LESSON, "notebooks/README.md"]
    assert sources(home / LESSON) == sources(course / LESSON)
    assert (home / "notebooks/README.md").read_text() == "a better table"


def test_running_a_notebook_is_no_change(refresh, course, home):
    refresh()
    ran = json.loads((home / LESSON).read_bytes())
    ran["cells"][1].update(execution_count=5, outputs=[{"output_type": "error"}])
    ran["cells"][1]["metadata"]["collapsed"] = True
    ran["metadata"]["kernelspec"] = {"name": "other"}
    ran["cells"][1]["source"] = "".join(ran["cells"][1]["source"])
    (home / LESSON).write_text(json.dumps(ran))
    assert refresh().renewed == []
    update(course)
    assert refresh().renewed == [LESSON]


def order(cells):
    cells.reverse()


def cell_type(cells):
    cells[1]["cell_type"] = "raw"


def source(cells):
    cells[1]["source"] = ["x = 1\n", "print(x) "]


def attachments(cells):
    cells[0]["attachments"] = {"cat.png": {"image/png": "aGk="}}


def another_cell(cells):
    cells.append({"cell_type": "markdown", "metadata": {}, "source": ""})


@pytest.mark.parametrize("change", [order, cell_type, source, attachments, another_cell])
def test_a_changed_notebook_stays_and_the_new_one_appears_beside_it(refresh, course, home, change):
    refresh()
    mine = json.loads((home / LESSON).read_bytes())
    change(mine["cells"])
    (home / LESSON).write_text(json.dumps(mine))
    assert refresh().kept == {}
    update(course)
    assert refresh().kept == {LESSON: "03_scores.new.ipynb"}
    assert json.loads((home / LESSON).read_bytes()) == mine
    assert sources(home / "notebooks/03_scores.new.ipynb") == sources(course / LESSON)
    assert refresh().kept == {}


def test_a_new_version_that_the_learner_deleted_stays_deleted(refresh, course, home):
    refresh()
    edit(home)
    update(course)
    refresh()
    (home / "notebooks/03_scores.new.ipynb").unlink()
    refresh()
    assert not (home / "notebooks/03_scores.new.ipynb").exists()


def test_an_unchanged_new_version_is_renewed_by_the_next_update(refresh, course, home):
    refresh()
    edit(home)
    for code in ("x = 2", "x = 3"):
        update(course, code=code)
        assert refresh().kept == {LESSON: "03_scores.new.ipynb"}
    assert sources(home / "notebooks/03_scores.new.ipynb")[1] == "x = 3"
    assert not list(home.rglob("*.new2.*"))


def test_a_changed_new_version_stays_too(refresh, course, home):
    refresh()
    edit(home)
    update(course, code="x = 2")
    refresh()
    edit(home, "notebooks/03_scores.new.ipynb", code="x = 'also mine'")
    update(course, code="x = 3")
    assert refresh().kept == {LESSON: "03_scores.new2.ipynb"}
    assert sources(home / "notebooks/03_scores.new.ipynb")[1] == "x = 'also mine'"
    assert sources(home / "notebooks/03_scores.new2.ipynb")[1] == "x = 3"


def test_a_learner_who_takes_over_the_update_is_up_to_date(refresh, course, home):
    refresh()
    edit(home)
    update(course, code="x = 2")
    refresh()
    (home / "notebooks/03_scores.new.ipynb").replace(home / LESSON)
    update(course, code="x = 3")
    assert refresh().renewed == [LESSON]


@pytest.mark.parametrize("content", [b"", b"my diary", b"[]", b'{"cells": [1]}', b"[" * 100_000])
def test_what_is_no_notebook_is_the_learners(refresh, course, home, content):
    refresh()
    (home / LESSON).write_bytes(content)
    update(course)
    assert refresh().kept == {LESSON: "03_scores.new.ipynb"}
    assert (home / LESSON).read_bytes() == content


def test_a_folder_in_a_notebooks_place_is_the_learners(refresh, course, home):
    (home / LESSON).mkdir(parents=True)
    (home / LESSON / "treasure").touch()
    assert refresh().kept == {LESSON: "03_scores.new.ipynb"}
    assert (home / LESSON / "treasure").exists()


# --- the manifest


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b"\xff\xfe", b'{"notebooks/03_scores.ipynb": null}']
)
def test_without_a_manifest_nothing_is_lost(refresh, course, home, content):
    refresh()
    edit(home)
    (home / EXERCISE).write_bytes(b"no notebook")
    (home / ".given.json").unlink()
    if content is not None:
        (home / ".given.json").write_bytes(content)
    report = refresh()
    assert set(report.kept) == {LESSON, EXERCISE}
    assert (report.new, report.renewed) == ([], [])
    assert sources(home / LESSON)[1] == "x = 'mine'"
    assert (home / EXERCISE).read_bytes() == b"no notebook"


def test_without_a_manifest_equal_files_are_known_again(refresh, course, home):
    refresh()
    (home / ".given.json").write_text("torn")
    refresh()
    update(course)
    assert refresh().renewed == [LESSON]


def test_a_run_that_is_killed_is_completed_by_the_next(course, home):
    for index in range(200):
        update(course, f"notebooks/04_{index}.ipynb", code="x = 1\n" * 500)
    script = (
        "import sys, pathlib; from course_lib.running.workspace import refresh_workspace; "
        "refresh_workspace(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    )
    run = subprocess.Popen([sys.executable, "-c", script, course, home])
    while not (home / "notebooks/04_9.ipynb").exists() and run.poll() is None:
        time.sleep(0.001)
    run.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    run.wait()
    edit(home, "notebooks/04_0.ipynb")
    refresh_workspace(course, home)
    assert len(list(home.rglob("*.ipynb"))) == len(list(course.glob("*/*.ipynb"))) + 1
    assert sources(home / "notebooks/04_0.ipynb")[1] == "x = 'mine'"
    for path in home.glob("notebooks/04_?*.ipynb"):
        assert len(sources(path)) == 2
    report = refresh_workspace(course, home)
    assert (report.new, report.renewed, report.kept) == ([], [], {})


# --- beginning afresh


def test_beginning_afresh_saves_what_was_changed(refresh, course, home):
    refresh()
    edit(home)
    report = refresh("03")
    (dated,) = report.saved.values()
    assert list(report.saved) == [LESSON]
    assert report.new == [LESSON]
    assert sources(home / "notebooks" / dated)[1] == "x = 'mine'"
    assert sources(home / LESSON) == sources(course / LESSON)
    update(course)
    assert refresh().renewed == [LESSON]


def test_beginning_afresh_clears_what_only_ran(refresh, home):
    refresh()
    blank = (home / LESSON).read_bytes()
    ran = json.loads(blank)
    ran["cells"][1].update(execution_count=5, outputs=[{"output_type": "error"}])
    (home / LESSON).write_text(json.dumps(ran))
    report = refresh("03")
    assert (report.saved, report.renewed) == ({}, [LESSON])
    assert (home / LESSON).read_bytes() == blank


def test_beginning_afresh_three_times_saves_three_copies(refresh, home):
    refresh()
    for code in "123":
        edit(home, code=code)
        refresh("3")
    saved = list(home.glob("notebooks/03_scores.*.ipynb"))
    assert sorted(sources(path)[1] for path in saved) == ["1", "2", "3"]


def test_beginning_afresh_takes_the_exercise_and_the_solution_along(refresh, home):
    refresh()
    edit(home, EXERCISE)
    edit(home, "solutions/03_scores.ipynb")
    assert set(refresh("03").saved) == {EXERCISE, "solutions/03_scores.ipynb"}


def test_an_unknown_lesson_is_named_and_nothing_happens(refresh, home):
    with pytest.raises(UnknownNameError, match=r"no lesson 42.*Try.*03"):
        refresh("42")
    assert not home.exists()


# --- what cannot be


def test_a_course_without_notebooks_says_so(tmp_path, home):
    with pytest.raises(CourseError, match="found none"):
        refresh_workspace(tmp_path, home)


def test_a_broken_notebook_of_the_course_is_named(refresh, course):
    (course / LESSON).write_text("<<<<<<< HEAD")
    with pytest.raises(CourseError, match=r"03_scores\.ipynb.*git restore"):
        refresh()


def test_a_file_as_working_copy_is_an_os_error(refresh, home):
    home.write_text("a letter")
    with pytest.raises(OSError, match="home"):
        refresh()


def test_fingerprints_tell_files_apart_by_every_byte_and_notebooks_by_their_cells():
    assert fingerprint(b"a", ".md") != fingerprint(b"a ", ".md")
    one, other = notebook("a", "b", output="1"), notebook("a", "b", output="2")
    assert fingerprint(one, ".ipynb") == fingerprint(other, ".ipynb")
    assert fingerprint(one, ".ipynb") != fingerprint(notebook("a", "c"), ".ipynb")
