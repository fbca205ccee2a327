"""Slides as a teacher opens them: from a folder, by double click, with no network."""

import pytest
from browsing import MARKS, silent_page

from course_lib.authoring.presenting import BUILD, SHOWING, build_slides

FETCHED = BUILD / "npm" / "node_modules" / SHOWING[0]

pytestmark = [
    *MARKS,
    pytest.mark.skipif(not FETCHED.exists(), reason="needs what `course.py slides` fetches by npm"),
]

WHAT_IS_CUT = """() => {
    const edge = document.querySelector(".slides").getBoundingClientRect();
    const slide = Reveal.getCurrentSlide();
    const leaves = ({ right, bottom, top }) =>
        right > edge.right + 1 || bottom > edge.bottom + 1 || top < edge.top - 1;
    const parts = [...slide.querySelectorAll(".part, .part p, .part li, pre, img, svg")];
    const out = parts.filter(part => leaves(part.getBoundingClientRect()));
    const wide = [...slide.querySelectorAll("pre")].filter(it => it.scrollWidth > it.clientWidth);
    return [...out, ...wide].map(it => `${it.tagName} ${it.textContent.slice(0, 40)}`);
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    assert build_slides(("02", "10"), out=folder) == 0
    return folder


@pytest.fixture(scope="module")
def page():
    with silent_page() as page:
        yield page


def open_slides(page, file):
    page.goto(file.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")


def test_by_keyboard_through_all_slides_nothing_is_cut(page, folder):
    cut = []
    for file in sorted(folder.glob("*.html")):
        open_slides(page, file)
        for number in range(page.evaluate("Reveal.getTotalSlides()")):
            assert page.evaluate("Reveal.getIndices().h") == number
            cut += [f"{file.stem}, {number + 1}: {what}" for what in page.evaluate(WHAT_IS_CUT)]
            page.keyboard.press("ArrowRight")
    assert cut == []


def test_equations_are_drawn_and_notes_open_in_a_window_that_follows(page, folder):
    open_slides(page, folder / "10_quadratic_cost.html")
    assert page.locator("section .part mjx-container svg").count() >= 2
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("One idea.").wait_for()
    page.keyboard.press("ArrowRight")
    notes.get_by_text("Ask the room.").wait_for()


def test_printed_each_slide_has_a_page(page, folder):
    open_slides(page, folder / "02_queries_keys_values.html")
    slides = page.evaluate("Reveal.getTotalSlides()")
    page.goto((folder / "02_queries_keys_values.html").as_uri() + "?view=print")
    page.wait_for_selector(".pdf-page")
    heights = page.locator(".pdf-page").evaluate_all("pages => pages.map(it => it.clientHeight)")
    assert len(heights) == slides
    assert len(set(heights)) == 1, "no slide takes two pages"
