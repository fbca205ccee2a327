"""DilatedExplorer in lesson 11: by mouse, by keyboard, and from Python."""

import pytest
from browsing import MARKS
from exploring import AXE, explored

pytestmark = MARKS

CAT, SAT, MAT = 1, 7, 10
HERE = "DilatedExplorer.from_branches(sentence.TOKENS"


@pytest.fixture(scope="module")
def opened(lab):
    beginning = {
        "query": SAT,
        "branches": [[4, 1], [12, 3]],
        "active": [True, True],
        "heads": [0, 1, 2],
        "is_causal": False,
    }
    path = "notebooks/11_dilated_attention.ipynb"
    with explored(lab, path, HERE, "dilated", **beginning) as shown:
        yield shown


def query(shown, position):
    return shown.root.locator("[role=option]").nth(position)


def counts(shown):
    return shown.root.locator(".count").all_inner_texts()


def test_pointing_and_clicking_arrive_in_python(shown):
    # Opened: what the page shows is what Python counts.
    pairs, coverage, without_key = shown.get("pairs", "coverage", "without_key")
    assert (pairs, round(100 * coverage, 1), without_key) == ([123, 41], 55.4, [])
    assert counts(shown) == ["123", "41", "164"]
    assert "55.4 %: 67 of 121 pairs" in shown.root.inner_text()
    assert "2, and all have heard of all" in shown.root.inner_text()  # layers, as in lesson 11

    # Pointed at: a row says whom it sees.
    query(shown, CAT).hover()
    shown.says("“cat” (position 1) sees")
    shown.comes_to(query=CAT)

    # Pinned: the pointer may pass over other rows.
    query(shown, SAT).click()
    query(shown, 3).hover()
    shown.page.wait_for_timeout(200)
    assert "“sat” (position 7) sees 6 keys of 11: cat was black , sat mat" in shown.said()
    query(shown, SAT).click()  # let go
    shown.root.locator(".said").hover()

    # Chosen: branch 2 alone, without head 2.
    shown.root.get_by_role("checkbox", name="branch 1").uncheck()
    shown.root.get_by_role("button", name="head 2").click()
    assert "3 queries: , black on" in shown.root.inner_text()
    assert counts(shown) == ["–", "32", "32"]
    shown.comes_to(query=SAT, heads=[0, 1], branches=[[4, 1], [12, 3]], active=[False, True])
    pairs, coverage, without_key = shown.get("pairs", "coverage", "without_key")
    assert (pairs, round(100 * coverage, 1), without_key) == ([0, 32], 26.4, [2, 5, 8])


def test_everything_can_be_done_by_keyboard(shown):
    press, tab_to = shown.page.keyboard.press, shown.notebook.tab_to
    tab_to(shown.cell, query(shown, SAT))  # Tab leads to the query
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Home", "End", "Enter"):
        press(key)
    shown.says("“mat” (position 10) sees")
    assert "pinned" in shown.root.inner_text()
    press("Enter")
    assert "pinned" not in shown.root.inner_text()

    tab_to(shown.cell, shown.root.get_by_role("button", name="head 0"))
    press("Enter")
    tab_to(shown.cell, shown.root.get_by_role("checkbox", name="look back only"))
    press("Space")
    tab_to(shown.cell, shown.root.get_by_label("dilation of branch 2"))
    press("ArrowUp")
    shown.comes_to(query=MAT, heads=[1, 2], branches=[[4, 1], [12, 4]], is_causal=True)

    tab_to(shown.cell, shown.root.get_by_role("button", name="add a branch"))
    press("Enter")
    focused = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    assert shown.page.evaluate(focused) == "segment length of branch 3"
    press("ControlOrMeta+a")
    shown.page.keyboard.type("9")
    shown.comes_to(branches=[[4, 1], [12, 4], [9, 8]], active=[True, True, True])
    tab_to(shown.cell, shown.root.get_by_role("button", name="remove branch 1"))
    press("Enter")
    assert shown.page.evaluate(focused) == "add a branch"
    shown.comes_to(branches=[[12, 4], [9, 8]], active=[True, True])


def test_what_is_no_number_is_said_and_not_sent(shown):
    length = shown.root.get_by_label("segment length of branch 1")
    for wrong in ("0", "", "-3", "2.5"):
        length.fill(wrong)
        assert length.get_attribute("aria-invalid") == "true"
        assert "has to be a whole number of at least 1" in shown.said()
    length.blur()
    assert length.input_value() == "4"
    shown.root.get_by_role("button", name="head 2").click()  # what is sent later arrives later
    shown.comes_to(heads=[0, 1], branches=[[4, 1], [12, 3]])


def test_python_and_other_widgets_move_the_view(shown):
    shown.python.tell(
        "import ipywidgets\n"
        "slider = ipywidgets.IntSlider(7, max=10)\n"
        f"linked = ipywidgets.link((slider, 'value'), ({shown.name}, 'query'))\n"
        "slider.value = 4"
    )
    shown.set(branches=[(6, 2), (11, 5), (3, 1)], heads=[1], is_causal=True)
    caption = shown.root.locator("caption")
    shown.notebook.wait_for("was", lambda: caption.inner_text().startswith("“was”"))
    # Traits are set one after another, so the view arrives there step by step.
    pairs = [str(count) for count in shown.get("pairs")[0]]
    shown.notebook.wait_for("the pairs that Python has", lambda: counts(shown)[:3] == pairs)
    numbers = shown.root.locator("input[type=number]")
    shown.notebook.wait_for(
        "the new branches",
        lambda: [it.input_value() for it in numbers.all()] == ["6", "2", "11", "5", "3", "1"],
    )
    look_back = shown.root.get_by_role("checkbox", name="look back only")
    shown.notebook.wait_for("looking back only", look_back.is_checked)
    assert shown.said() != ""
    query(shown, 9).hover()
    shown.comes_to(query=9)
    assert shown.python.ask("slider.value") == 9
    shown.python.tell("linked.unlink()")


def test_at_200_per_cent_nothing_is_cut_off_or_stands_on_something_else(large):
    large.keep("dilated-large")
    assert large.misplaced() == []


def test_who_asks_for_less_motion_gets_none(shown):
    for_all, for_who_asks = shown.what_moves()
    assert len(for_all) > 10
    assert for_who_asks == []


def test_both_themes_can_be_read(shown, theme):
    shown.keep(f"dilated-{theme}")
    if AXE is None:
        pytest.skip("COURSE_AXE does not name axe.min.js")
    assert shown.grave_faults() == []
