"""From a check alone to the next lesson: what a learner is told on the way, and where it leads."""

import os
from pathlib import Path

import pytest
from browsing import MARKS, Notebook, silent_page

pytestmark = MARKS

WRONG = "def dot_product(a, b):\n    return sum(x + y for x, y in zip(a, b))"
RIGHT = WRONG.replace("x + y", "x * y")
CONTRASTS = """it => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3)
    .map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  const behind = (node) => {
    const colour = getComputedStyle(node).backgroundColor;
    return /, 0\\)$/.test(colour) && node.parentElement ? behind(node.parentElement) : colour;
  };
  return [it, ...it.querySelectorAll("*")]
    .filter((node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((node) => [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a))
    .map(([more, less]) => more / less);
}"""


@pytest.fixture
def picture(tmp_path):
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name):
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{name}.png")

    return keep


def test_from_a_check_alone_to_the_next_lesson(lab, picture):
    with silent_page() as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        exercise = Notebook(page, lab, "exercises/00_start_here.ipynb")
        exercise.open()
        check = exercise.cell('check("dot_product"')
        exercise.select(check)
        page.keyboard.press("Shift+Enter")
        exercise.wait_for("the error", exercise.errors)
        assert "Run → Run All Above Selected Cell." in exercise.errors()[0].splitlines()[-1]
        picture(page, "way-1-check-alone")

        exercise.select(check)
        exercise.choose("Run", "Run All Above Selected Cell")
        exercise.wait_for("the stub", lambda: exercise.prompts()[1] != "[ ]:")
        verdict = check.locator("[role='status']")
        exercise.type_into(exercise.cell("def dot_product"), WRONG)
        exercise.type_into(check, "check()")
        verdict.get_by_text("incorrect").first.wait_for()
        exercise.type_into(
            exercise.cell("def dot_product"), RIGHT.replace("dot_product", "dot_prod")
        )
        exercise.type_into(check, "check(dot_product)")
        verdict.get_by_text("defines dot_prod: should that be called dot_product?").wait_for()
        picture(page, "way-2-renamed")

        exercise.type_into(exercise.cell("def dot_prod"), RIGHT)
        exercise.type_into(check, 'check("dot_product", dot_product)')
        link = verdict.get_by_role("link", name="On to lesson 01")
        link.wait_for()
        for theme in ("Dark", "Light"):
            exercise.choose_theme(theme)
            verdict.scroll_into_view_if_needed()
            assert min(verdict.evaluate(CONTRASTS)) >= 4.5
            picture(page, f"way-3-correct-{theme.lower()}")
        link.click()
        lesson = Notebook(page, lab, "notebooks/01_why_attention.ipynb")
        lesson.wait_until_ready()
        exercise.wait_for("the lesson's tab", lambda: "notebooks/01_why_attention" in page.url)
        last = lesson.panel.get_by_role("link", name="02 queries keys values")
        lesson.wait_for("its last cell", lambda: last.count() or lesson.scroll_on())
        last.scroll_into_view_if_needed()
        picture(page, "way-4-end-of-lesson")
        last.click()
        lesson.wait_for("the next one", lambda: "notebooks/02_queries_keys_values" in page.url)
