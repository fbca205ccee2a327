import os
import re
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest

from course_lib.authoring import site
from course_lib.authoring.formulas import as_svg
from course_lib.authoring.lessons import ROOT
from course_lib.authoring.site import CONFIG, TOOLS, build_site
from course_lib.authoring.staging import contents, linked, pages_of, stage
from course_lib.errors import CourseError

PAGES = ("notebooks/03_scores.ipynb", "solutions/03_scores.ipynb")
KNOWN = {"README.md", "notebooks/03_scores.ipynb", "workshop/guide.md"}
with_sphinx = pytest.mark.skipif(
    not all(map(find_spec, TOOLS)), reason="Sphinx is not installed: pyproject's group site"
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "staged"
    stage(folder, only=PAGES)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "out"
    assert build_site(out=out, only=PAGES) == 0
    return out


def test_chapters_follow_the_course():
    chapters = pages_of(ROOT)
    for title, folder in zip(chapters, ("notebooks", "exercises", "solutions"), strict=False):
        numbers = [re.match(rf"{folder}/(\d\d)_", name)[1] for name in chapters[title]]
        assert numbers == sorted(numbers)
        assert len(numbers) >= 13
    assert chapters["To look up"][0] == "notebooks/README.md"
    assert chapters["For teachers"][:2] == ["workshop/README.md", "workshop/guide.md"]
    names = [name for chapter in chapters.values() for name in chapter]
    assert len(names) == len(set(names))


def test_a_chapter_without_pages_is_not_named():
    assert contents({"Lessons": ["a.ipynb"], "Later": []}).count("toctree") == 1


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[03](../notebooks/03_scores.ipynb)", "[03](../notebooks/03_scores.ipynb)"),
        (
            "[03](../notebooks/03_scores.ipynb#Direction-or-length?)",
            "[03](../notebooks/03_scores.ipynb#direction-or-length)",
        ),
        ("[03](guide.md#03--scores)", "[03](guide.md#03--scores)"),
        ("[below](#three-hours)", "[below](#three-hours)"),
        ("[front](../README.md)", "[front](../index.md)"),
        ("[`code`](../course_lib/errors.py)", "`code`"),
        ("[a paper](https://example.org/a)", "[a paper](https://example.org/a)"),
        ("![scores](../docs/scores.png)", "![scores](../docs/scores.png)"),
    ],
)
def test_links_lead_to_pages_and_words_stay_of_those_that_lead_out(link, expected):
    assert linked(link, "workshop/guide.md", KNOWN) == expected


def test_pictures_are_files_and_keep_their_alt_text(staged):
    page = (staged / PAGES[0]).read_text("utf-8")
    sources = re.findall(r'src=\\"([^\\]+)', page)
    assert sources
    assert all((staged / PAGES[0]).parent.joinpath(source).is_file() for source in sources)
    assert len(re.findall(r'<img alt=\\"[^\\]{20,}', page)) == len(sources)


def test_what_a_check_links_leads_to_a_page_of_the_site(staged):
    page = (staged / PAGES[1]).read_text("utf-8")
    assert r"<a href=\"../notebooks/04_softmax.html\">On to lesson 04</a>" in page


def test_solutions_do_not_share_a_title_with_the_exercises(staged):
    first = nbformat.read(staged / PAGES[1], as_version=4).cells[0].source
    assert first.startswith("# 03 · Scores: solutions\n")


def test_the_front_page_is_what_readers_need_of_the_readme(staged):
    front = (staged / "index.md").read_text("utf-8")
    assert "course.py lab" in front
    assert "You write lessons" not in front
    assert "[Scores](notebooks/03_scores.ipynb)" in front
    assert "](notebooks/04_softmax.ipynb)" not in front  # it was not asked for


def test_a_formula_is_drawn_in_the_colour_and_size_of_its_text():
    drawn = as_svg(r"a \le \frac{b}{\sqrt{d_{head}}}")
    assert 'fill="currentColor"' in drawn
    assert r'aria-label="a \le \frac{b}{\sqrt{d_{head}}}"' in drawn
    assert re.search(r"width: \d\.\d\dem; height: \d\.\d\dem", drawn)
    low, high = (
        float(re.search(r"vertical-align: -(\d\.\d\d)em", as_svg(t))[1]) for t in ("x", "x_i")
    )
    assert low < high  # what hangs below the line hangs lower


def test_a_formula_that_cannot_be_drawn_is_an_error():
    with pytest.raises(ValueError, match="Unknown symbol"):
        as_svg(r"\nosuchsymbol")


def test_what_makes_the_pages_names_no_other_host():
    files = [path for path in CONFIG.rglob("*") if path.suffix in (".py", ".css", ".js", ".html")]
    assert len(files) >= 3
    assert [
        path.name for path in files if "//" in re.sub(r"^//.*", "", path.read_text(), flags=re.M)
    ] == []


def test_without_sphinx_one_command_is_named_that_installs_it(monkeypatch):
    monkeypatch.setattr(site, "find_spec", lambda name: None if name == "furo" else name)
    with pytest.raises(CourseError, match=r"furo is not installed(.|\n)*pip install.*--group site"):
        build_site()


def test_a_folder_with_something_else_in_it_stays_as_it_is(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(CourseError, match=r"something else is in it(.|\n)*--out"):
        site._replace(tmp_path, tmp_path)
    assert (tmp_path / "mine").exists()


@with_sphinx
def test_the_pages_load_nothing_from_another_host(built):
    pages = [*built.glob("*.html"), *built.glob("*/*.html")]
    assert len(pages) >= 4
    loaded = [
        address
        for page in pages
        for address in re.findall(
            r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"([^\"]+)",
            page.read_text("utf-8"),
        )
    ]
    assert loaded
    assert [address for address in loaded if "//" in address] == []


@with_sphinx
def test_each_page_is_found_by_its_words_and_by_its_neighbours(built):
    assert "softmax" in (built / "searchindex.js").read_text("utf-8")
    lesson = (built / "notebooks/03_scores.html").read_text("utf-8")
    assert '<svg class="formula"' in lesson
    assert 'href="../solutions/03_scores.html"' in lesson
    pictures = re.findall(r'<img[^>]+src="(\.\./pictures/[^"]+)"', lesson)
    assert pictures
    assert all(Path(built, "notebooks", picture).is_file() for picture in pictures)


def test_what_sphinx_warns_of_is_an_error(tmp_path, monkeypatch):
    def answer(command, **options):
        assert "-W" in command
        said = f"{tmp_path / 'staged'}{os.sep}index.md:3: WARNING: local id not found: 'nowhere'\n"
        return CompletedProcess(command, 1, "", said)

    monkeypatch.setattr(site.subprocess, "run", answer)
    expected = r"without a warning, and it said:\nindex\.md:3.*nowhere.\nMend the page"
    with pytest.raises(CourseError, match=expected):
        site.run_sphinx(tmp_path / "staged", tmp_path / "built")
