"""SoftmaxExplorer in lesson 04: by mouse, by keyboard, from Python, and linked with sliders."""

import pytest
from browsing import MARKS
from exploring import AXE, explored

pytestmark = MARKS

LINKS = "VBox([size, heat])"


@pytest.fixture(scope="module")
def opened(lab):
    beginning = {"d_head": 64, "temperature": 1.0, "scaled": False, "query": 0}
    with explored(
        lab, "notebooks/04_softmax.ipynb", "SoftmaxExplorer.from_vectors", "softmax", **beginning
    ) as shown:
        yield shown


@pytest.fixture(scope="module")
def sliders(opened):
    """Give the cell below, whose sliders are linked with the explorer."""
    cell = opened.notebook.cell(LINKS)
    opened.notebook.run(cell)
    cell.locator(".widget-readout").nth(1).wait_for()
    return cell


def slider(shown, name):
    return shown.root.get_by_role("slider", name=name)


def weights(shown):
    return shown.root.locator(".weights tbody tr td:nth-of-type(3)").all_inner_texts()


def rows(shown):
    return shown.root.locator(".weights tbody tr")


def says_what_python_says(shown, **chosen):
    """Check the choice and all numbers that follow from it."""
    shown.comes_to(**chosen)
    summary, exact = shown.get("summary", "weights.tolist()")
    written = [f"{weight:.3f}" for weight in exact]
    # A change made in Python's sliders is known there a moment before it is painted here.
    shown.notebook.wait_for("the weights that Python has", lambda: weights(shown) == written)
    *three, moved, share = shown.root.locator(".summary td.chosen").all_inner_texts()
    assert three == [
        f"{summary['spread']:.2f}",
        f"{summary['entropy']:.2f}",
        f"{summary['keys']:.1f}",
    ]
    assert float(moved.replace("−", "-")) == pytest.approx(summary["response"], rel=0.05)
    assert share == f"{100 * summary['deaf']:.0f} %"


def test_what_is_chosen_by_mouse_arrives_in_python_with_the_same_numbers(shown):
    says_what_python_says(shown, d_head=64, temperature=1, scaled=False, query=0)
    shown.root.get_by_role("checkbox", name="divide by √d_head").check()
    says_what_python_says(shown, d_head=64, temperature=1, scaled=True, query=0)
    shown.root.get_by_role("spinbutton", name="query").fill("12")
    shown.root.locator("svg.entropy").click(position={"x": 2, "y": 30})
    says_what_python_says(shown, d_head=1, temperature=1, scaled=True, query=12)
    rows(shown).nth(5).hover()
    assert shown.said().startswith("Key 5: raw score")
    assert f"weight {weights(shown)[5]}" in shown.said()


def test_everything_can_be_done_by_keyboard(shown):
    press = shown.page.keyboard.press
    shown.notebook.tab_to(shown.cell, slider(shown, "d_head"))
    for key in ("ArrowRight", "ArrowUp", "End", "ArrowLeft"):
        press(key)
    press("Tab")
    for _ in range(9):
        press("ArrowRight")
    press("Tab")
    press("Space")
    press("Tab")
    press("ArrowUp")
    says_what_python_says(shown, d_head=431, temperature=8, scaled=True, query=1)
    shown.notebook.tab_to(shown.cell, rows(shown).first)
    press("ArrowDown")
    assert shown.said().startswith("Key 1: ")
    press("End")
    assert shown.said().startswith("Key 15: ")
    before = shown.notebook.prompts()
    for key in ("a", "x", "d", "d"):  # JupyterLab would add, cut and delete cells
        press(key)
    assert shown.notebook.prompts() == before
    assert shown.root.is_visible()


def test_what_python_sets_is_seen(shown):
    shown.set(d_head=99, temperature=10, scaled=True, query=7)
    shown.says("d_head 99, temperature 10, divided by √d_head: query 7 looks at")
    assert slider(shown, "d_head").get_attribute("aria-valuetext") == "99"
    says_what_python_says(shown, d_head=99, temperature=10, scaled=True, query=7)


def test_the_lessons_sliders_move_the_view_and_the_view_moves_them(shown, sliders):
    readouts, handles = sliders.locator(".widget-readout"), sliders.get_by_role("slider")
    says_what_python_says(shown, d_head=64, temperature=1, scaled=False, query=0)
    assert readouts.all_inner_texts() == ["64", "1.00"]
    labels = sliders.locator(".widget-label")
    assert labels.all_inner_texts() == ["d_head", "τ"]
    assert labels.evaluate_all("all => all.every((it) => it.scrollWidth <= it.clientWidth)")

    handles.nth(0).focus()
    shown.page.keyboard.press("ArrowRight")  # of ipywidgets: one feature more
    says_what_python_says(shown, d_head=65)
    shown.says("d_head 65, temperature 1,")
    box = sliders.locator(".noUi-base").nth(1).bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
    says_what_python_says(shown, d_head=65, temperature=100)
    shown.says("d_head 65, temperature 100,")

    slider(shown, "d_head").focus()
    shown.page.keyboard.press("End")
    shown.notebook.wait_for("512", lambda: readouts.nth(0).inner_text() == "512")
    slider(shown, "temperature").focus()
    shown.page.keyboard.press("Home")
    shown.notebook.wait_for("0.1", lambda: float(readouts.nth(1).inner_text()) == 0.1)
    says_what_python_says(shown, d_head=512, temperature=0.1)
    assert shown.python.ask("[size.value, heat.value]") == [512, 0.1]


def test_one_more_link_lets_temperature_follow_the_root_of_d_head(shown, sliders):
    before = weights(shown)
    shown.python.tell('tied = dlink((size, "value"), (heat, "value"), np.sqrt)')
    shown.says("temperature 8,", "This temperature is √64")
    assert weights(shown) != before
    slider(shown, "d_head").focus()
    shown.page.keyboard.press("End")
    shown.says("d_head 512, temperature 22.6,", "This temperature is √512")
    says_what_python_says(shown, d_head=512, temperature=512**0.5)
    shown.python.tell("tied.unlink()")


def test_the_temperature_of_the_scale_is_pointed_out(shown):
    shown.set(temperature=8)
    shown.says("This temperature is √64: the weights are those that the scale gives")
    before = weights(shown)
    slider(shown, "temperature").focus()
    for _ in range(9):
        shown.page.keyboard.press("ArrowLeft")
    shown.root.get_by_role("checkbox").check()
    shown.says("divided by √d_head")
    assert "temperature 1," in shown.said()
    assert weights(shown) == before


def test_a_query_that_there_is_not_is_said_and_not_sent(shown):
    query = shown.root.get_by_role("spinbutton", name="query")
    for wrong in ("300", "", "-1", "2.5"):
        query.fill(wrong)
        assert shown.said() == "Queries are numbered from 0 to 299."
    query.blur()
    assert query.input_value() == "0"
    shown.root.get_by_role("checkbox").check()  # what is sent later would arrive later
    says_what_python_says(shown, d_head=64, temperature=1, scaled=True, query=0)


def test_at_200_per_cent_nothing_is_cut_off_or_stands_on_something_else(large):
    large.keep("softmax-large")
    assert large.misplaced() == []


def test_who_asks_for_less_motion_gets_none(shown):
    for_all, for_who_asks = shown.what_moves()
    assert len(for_all) > 10
    assert for_who_asks == []


def test_both_themes_can_be_read(shown, theme):
    rows(shown).nth(5).hover()
    shown.keep(f"softmax-{theme}")
    if AXE is None:
        pytest.skip("COURSE_AXE names no axe.min.js")
    assert shown.grave_faults() == []
