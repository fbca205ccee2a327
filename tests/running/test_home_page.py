import re

import pytest

from course_lib.authoring.lessons import ROOT
from course_lib.authoring.links import broken_links
from course_lib.checking.registry import all_exercises
from course_lib.numbering import NAMES
from course_lib.running.home_page import renew_home_page
from course_lib.running.workspace import refresh_workspace
from course_lib.storage import remember

ALL = len(all_exercises())


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def renewed(home):
    """Renew the page of the real course; return the lines for the terminal and the page."""

    def call():
        said, name = renew_home_page(ROOT, home)
        return said, (home / name).read_text("utf-8")

    return call


def tried(*names, status="correct"):
    for name in names:
        remember("check", name, status=status, mistake=None)


def minutes_left(page):
    return [int(n) for n in re.findall(r"\.ipynb\) \| (\d+) \|$", page, re.MULTILINE)]


def test_a_new_learner_begins_with_the_first_lesson(renewed):
    said, page = renewed()
    assert said == [f"0 of {ALL} exercises done; next: dot_product (lesson 00)."]
    assert (
        "**Begin: [lesson 00, Start here](notebooks/00_start_here.ipynb)**, "
        "then [dot_product](exercises/00_start_here.ipynb)" in page
    )
    assert page.count("| open |") == len(NAMES)
    table = (ROOT / "notebooks/README.md").read_text("utf-8")
    planned = [int(a) + int(b) for a, b in re.findall(r"\| (\d+) \+ (\d+) \|", table)]
    assert minutes_left(page) == planned
    assert f"about {sum(planned) / 60:.0f} hours left" in page


def test_every_lesson_and_every_exercise_stands_there_and_every_link_leads_somewhere(home, renewed):
    refresh_workspace(ROOT, home)
    _, page = renewed()
    assert all(name in page for name in all_exercises())
    assert not list(broken_links(home))
    assert page.count("](notebooks/") == len(NAMES) + 1


def test_a_lesson_that_was_begun_goes_on_with_its_open_exercise(renewed):
    tried("dot_product", "recurrent_states", "hops", "embed", "project", "raw_scores")
    said, page = renewed()
    assert said == [f"6 of {ALL} exercises done; next: scaled_scores (lesson 03)."]
    assert "**Continue: [lesson 03, scaled_scores](exercises/03_scores.ipynb)**" in page
    row = next(line for line in page.splitlines() if "[03 Scores]" in line)
    assert row.startswith("| begun |")
    assert "[✓ raw_scores, scaled_scores](" in row
    assert minutes_left(page)[:3] == [0, 0, 0]
    writing = re.search(r"03_scores.*?\+ (\d+)", (ROOT / "notebooks/README.md").read_text("utf-8"))
    assert minutes_left(page)[3] == round(int(writing[1]) / 2)


def test_a_lesson_that_comes_next_is_read_before_its_exercise(renewed):
    tried("dot_product")
    _, page = renewed()
    assert "**Continue: [lesson 01, Why attention](notebooks/01_why_attention.ipynb)**" in page


def test_when_all_is_done_nothing_is_left(renewed):
    tried(*all_exercises())
    said, page = renewed()
    assert said == [f"{ALL} of {ALL} exercises done."]
    assert "**All exercises are done.**" in page
    assert "about 0 minutes left" in page


def test_words_and_symbols_stand_below(renewed):
    _, page = renewed()
    _, _, symbols = page.partition("## Names and symbols")
    for symbol in ("`queries`", "$Q$", "`weights`", "softmax of the scores"):
        assert symbol in symbols
    assert "<!--" not in page


def test_what_the_learner_wrote_there_stays(home, renewed):
    renewed()
    (home / "home.md").write_text("my notes")
    tried("dot_product")
    for done in (1, 2):
        _, name = renew_home_page(ROOT, home)
        assert name == "home.new.md"
        assert f"{done} of {ALL} exercises done" in (home / name).read_text("utf-8")
        assert (home / "home.md").read_text() == "my notes"
        tried("hops")
    assert sorted(path.name for path in home.glob("home*")) == ["home.md", "home.new.md"]


def test_a_page_called_so_that_was_there_before_stays(home, renewed):
    (home / "home.md").write_text("my own home")
    renewed()
    assert (home / "home.md").read_text() == "my own home"


def test_without_a_table_of_lessons_there_is_no_page(home, tmp_path):
    assert renew_home_page(tmp_path, home) == ([], None)
    assert not (home / "home.md").exists()


def test_what_there_is_to_say_about_the_progress_is_said(home, renewed):
    (home / "progress.jsonl").write_text("nonsense\n")
    said, _ = renewed()
    assert "could not be read" in said[-1]
