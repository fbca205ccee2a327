import re
from html.parser import HTMLParser

import pytest

from course_lib.checking.registry import all_exercises
from course_lib.teaching.board.page import as_page, write_page
from course_lib.teaching.board.reading import Board, Learner

ADA = Learner("Ada", {"softmax": ("correct", 3), "embed": ("timed out", 1)})
EVIL = Learner('<script>alert(1)</script>"$style', {})
BOARD = Board([ADA, EVIL], ["<b>.json: not a plain file"])


class Page(HTMLParser):
    """Collects tags with their attributes, the cells' words, and checks that tags are closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page():
    return Page(as_page(BOARD))


def test_the_page_is_whole_and_loads_and_runs_nothing(page):
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "a"}
    assert not any("src" in attributes or "href" in attributes for _, attributes in page.tags)
    assert "url(" not in as_page(BOARD)
    policies = [a["content"] for tag, a in page.tags if a.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_names_and_complaints_are_escaped():
    text = as_page(BOARD)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;$style" in text
    assert "&lt;b&gt;.json: not a plain file" in text


def test_every_row_has_a_heading_and_as_many_cells_as_there_are_headings(page):
    scopes = [a.get("scope") for tag, a in page.tags if tag == "th"]
    assert scopes.count("row") == 2
    assert scopes.count("col") == len(all_exercises()) + 2
    spans = [int(a["colspan"]) for tag, a in page.tags if a.get("scope") == "colgroup"]
    assert sum(spans) == len(all_exercises())
    assert [tag for tag, _ in page.tags].count("td") == 2 * (len(all_exercises()) + 1)


def test_a_cell_says_in_words_what_its_mark_says():
    said = re.findall(r'<span class="said">([^<]*)</span>', as_page(Board([ADA], [])))
    assert sorted(set(said)) == ["correct, 3 attempts", "not attempted", "timed out, 1 attempt"]
    assert said.count("not attempted") == len(all_exercises()) - 2


def test_the_page_loads_itself_again_only_if_asked():
    assert 'http-equiv="refresh"' not in as_page(BOARD)
    assert '<meta http-equiv="refresh" content="7">' in as_page(BOARD, every=7)


def test_a_page_is_replaced_as_a_whole(tmp_path):
    (tmp_path / "board.html").write_text("old")
    write_page(tmp_path / "board.html", "<p>é</p>")
    assert [path.name for path in tmp_path.iterdir()] == ["board.html"]
    assert (tmp_path / "board.html").read_text("utf-8") == "<p>é</p>"
