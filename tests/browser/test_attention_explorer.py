"""AttentionExplorer in lessons 06 and 07: by mouse, by keyboard, and from Python."""

import numpy as np
import pytest
from browsing import MARKS
from exploring import AXE, explored

pytestmark = MARKS

CAT, BLACK, SAT, MAT = 1, 5, 7, 10
HERE = "AttentionExplorer.from_weights"


@pytest.fixture(scope="module")
def opened(lab):
    beginning = {"query": SAT, "head": 0, "hidden": []}
    with explored(lab, "notebooks/06_multi_head.ipynb", HERE, "attention", **beginning) as shown:
        yield shown


def queries(shown):
    return shown.root.locator(".queries button")


def keys(shown):
    return shown.root.locator(".keys button")


def heads(shown):
    return shown.root.locator(".heads button")


def cells(shown):
    return shown.root.locator(".matrix tbody td")


def weights(shown):
    """Read the weights below the words, with all their digits."""
    return keys(shown).evaluate_all("keys => keys.map((key) => Number(key.dataset.weight))")


def weights_in_python(shown, head, query):
    return shown.get(f"shown[{head}, {query}].tolist()")[0]


def pressed(buttons):
    states = buttons.evaluate_all("all => all.map((it) => it.getAttribute('aria-pressed'))")
    return [place for place, state in enumerate(states) if state == "true"]


def away(shown):
    """Point at nothing: what was kept comes back."""
    shown.root.locator(".said").hover()


def test_what_the_mouse_does_arrives_in_python_with_the_same_numbers(shown):
    shown.says("head 0: sat looks at cat 0.854")
    queries(shown).nth(BLACK).hover()
    shown.says("head 0: black looks at")
    away(shown)
    shown.says("head 0: sat looks at cat 0.854")
    np.testing.assert_allclose(weights(shown), weights_in_python(shown, 0, SAT), atol=1e-6)

    keys(shown).nth(CAT).click()
    shown.says("sat → cat: hidden; it had 0.854")
    keys(shown).nth(MAT).hover()
    shown.says("0.008 ÷ (1 − 0.854) ≈ 0.058")
    heads(shown).nth(1).click()
    queries(shown).nth(MAT).click()
    away(shown)
    shown.says("head 1: mat looks at", "Without cat")
    shown.comes_to(query=MAT, head=1, hidden=[CAT])
    np.testing.assert_allclose(weights(shown), weights_in_python(shown, 1, MAT), atol=1e-6)
    numbers = [float(text) for text in cells(shown).all_text_contents() if text]
    matrix = np.array(shown.get("shown[1].tolist()")[0])
    np.testing.assert_allclose(numbers, np.delete(matrix, CAT, axis=1).ravel(), atol=0.005)

    cells(shown).nth(11 * SAT + MAT).hover()
    shown.says("head 1: sat → mat")
    cells(shown).nth(11 * SAT + MAT).click()
    shown.root.get_by_role("button", name="show all keys").click()
    shown.comes_to(query=SAT, head=1, hidden=[])


def test_all_of_it_can_be_done_by_keyboard(shown):
    press, before = shown.page.keyboard.press, len(shown.notebook.prompts())
    shown.notebook.tab_to(shown.cell, heads(shown).first)
    press("ArrowRight")
    press("Enter")
    shown.says("head 1: sat looks at mat 0.644")
    press("Tab")
    press("ArrowRight")
    shown.says("head 1: on looks at")
    press("End")
    press("Space")
    shown.says("head 1: mat looks at")
    press("Tab")
    press("Home")
    for _ in range(SAT):
        press("ArrowRight")
    shown.says("head 1: mat → sat: weight")
    press("Enter")
    shown.says("head 1: mat → sat: hidden")
    assert len(shown.notebook.prompts()) == before  # no key added or removed a cell
    shown.comes_to(query=MAT, head=1, hidden=[SAT])

    shown.notebook.tab_to(shown.cell, shown.root.locator(".matrix"))
    shown.says("head 1: mat → the (0)")
    press("ArrowUp")
    press("ArrowRight")
    shown.says("head 1: the (9) → cat")
    press("Enter")
    shown.comes_to(query=MAT - 1)


def test_what_python_sets_is_seen(shown):
    shown.set(query=MAT, head=1, hidden=[SAT])
    shown.says("head 1: mat looks at", "Without sat")
    assert pressed(queries(shown)) == [MAT]
    assert pressed(heads(shown)) == [1]
    assert pressed(keys(shown)) == [SAT]
    np.testing.assert_allclose(weights(shown), weights_in_python(shown, 1, MAT), atol=1e-6)


def test_at_200_per_cent_nothing_is_cut_off_or_stands_on_something_else(large):
    keys(large).nth(CAT).click()
    large.says("hidden")
    large.keep("attention-large")
    assert large.misplaced() == []


def test_at_200_per_cent_the_matrix_scrolls_along_with_the_keys(large):
    matrix = large.root.locator(".matrix")
    large.notebook.tab_to(large.cell, matrix)
    large.says("head 0: sat → the (0)")
    large.page.keyboard.press("End")
    large.says("head 0: sat → mat")
    cell, place = cells(large).nth(11 * SAT + MAT).bounding_box(), matrix.bounding_box()
    assert matrix.evaluate("it => it.scrollLeft") > 0
    assert cell["x"] + cell["width"] <= place["x"] + place["width"] + 1


def test_who_asks_for_less_motion_gets_none(shown):
    for_all, for_who_asks = shown.what_moves()
    assert len(for_all) > 10
    assert for_who_asks == []


def test_both_themes_can_be_read(shown, theme):
    keys(shown).nth(CAT).click()
    queries(shown).nth(SAT).hover()
    shown.says("sat looks at which")
    shown.keep(f"attention-{theme}")
    if AXE is None:
        pytest.skip("COURSE_AXE does not name axe.min.js")
    assert shown.grave_faults() == []
