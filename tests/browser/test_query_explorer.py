"""QueryStepper in lesson 05: by mouse, by keyboard, and from Python."""

import pytest
from browsing import MARKS
from exploring import AXE, explored

pytestmark = MARKS

CAT, BLACK, SAT = 1, 5, 7


@pytest.fixture(scope="module")
def opened(lab):
    path, code = "notebooks/05_weighted_sum.ipynb", "QueryStepper.from_arrays"
    with explored(lab, path, code, "query", query=SAT, stage=0) as shown:
        yield shown


def button(shown, name):
    return shown.root.get_by_role("button", name=name, exact=True)


def number(shown, row, column):
    return shown.root.locator("tbody tr").nth(row).locator("> *").nth(column)


def numbers(shown, row):
    """Read the numbers that can be seen in a row of the table, by its header."""
    cells = shown.root.locator(f"tr:has(> th[scope=row]:text-is('{row}')) > td")
    return cells.evaluate_all(
        "all => all.filter((it) => it.checkVisibility({ visibilityProperty: true }))"
        ".map((it) => it.innerText).filter(Boolean)"
    )


def outputs(shown):
    return [float(text.replace("−", "-")) for text in numbers(shown, "sum")[-3:]]


def explains(shown, *words):
    line = shown.root.locator(".explain")
    shown.notebook.wait_for(words, lambda: all(word in line.inner_text() for word in words))


def all_stages(shown):
    """Let Python show the last stage, and wait until it is seen."""
    shown.set(stage=5)
    explains(shown, "Each column is added up")


def test_the_stages_appear_one_by_one_and_the_earlier_ones_stay(shown):
    steps = [["8", "0", "0", "0"], ["8"], ["4.00"], ["1.000", "0.574"], ["1.148", "0.000", "0.000"]]
    for stage in range(6):
        visible = [number for numbers in steps[: stage + 1] for number in numbers]
        assert numbers(shown, "cat") == visible
        if stage < 5:
            button(shown, "next (n) ▶").click()
    shown.comes_to(query=SAT, stage=5)
    assert outputs(shown) == pytest.approx(shown.get("steps.output.tolist()")[0], abs=5e-4)


def test_every_number_on_the_page_is_the_one_that_python_has(shown):
    all_stages(shown)
    names = ["products", "sums", "scaled", "exponentials", "weights", "weighted"]
    found = dict(zip(names, shown.get(*(f"steps.{name}.tolist()" for name in names)), strict=True))
    read = shown.root.locator("tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.querySelectorAll('td')].map((it) => it.innerText))"
    )
    written = [[float(text.replace("−", "-")) for text in row] for row in read]
    for key, row in enumerate(written):
        columns = [found["sums"], found["scaled"], found["exponentials"], found["weights"]]
        wanted = [*found["products"][key], *(it[key] for it in columns), *found["weighted"][key]]
        assert row == pytest.approx(wanted, abs=5.1e-3)
        assert row[-4:] == pytest.approx(wanted[-4:], abs=5.1e-4)


def test_below_stands_how_far_the_lessons_functions_are_from_the_page(shown):
    lines = shown.root.locator(".compared li").all_inner_texts()
    assert [line.split(": ")[0] for line in lines] == ["this view", "four lines", "PyTorch"]
    for line in lines:
        difference = line.split(": ")[1].removesuffix(" at most").replace("−", "-")
        assert float(difference.replace("none", "0")) < 1e-12


def test_pointing_at_a_number_says_its_arithmetic_and_marks_what_it_is_made_of(shown):
    all_stages(shown)
    for column, words in ((1, "4 × 2 = 8"), (5, "8 + 0 + 0 + 0 = 8"), (7, "exp(4 − 4) = 1")):
        number(shown, CAT, column).hover()
        shown.notebook.wait_for(words, lambda words=words: shown.said().endswith(words))
    used = shown.root.locator(".used")
    assert used.all_inner_texts() == ["4.00", "max 4.00"]  # its score, and the greatest


def test_a_query_and_a_stage_chosen_on_the_page_arrive_in_python(shown):
    button(shown, "black").click()
    button(shown, "softmax").click()
    shown.comes_to(query=BLACK, stage=3)
    button(shown, "column sums").click()
    shown.comes_to(query=BLACK, stage=5)
    assert outputs(shown) == pytest.approx(shown.get("steps.output.tolist()")[0], abs=5e-4)


def test_a_query_and_a_stage_set_in_python_arrive_on_the_page(shown):
    shown.set(query=CAT, stage=5)
    pressed = shown.root.locator("[aria-pressed=true]")
    shown.notebook.wait_for("cat", lambda: pressed.all_inner_texts() == ["cat", "column sums"])
    explains(shown, "the output of “cat” is who")
    assert numbers(shown, "query") == ["0", "0", "2", "2"]


def test_everything_can_be_done_by_keyboard(shown):
    press = shown.page.keyboard.press
    shown.notebook.tab_to(shown.cell, button(shown, "sat"))
    press("ArrowRight")
    assert shown.focused() == "on"
    press("Enter")
    shown.comes_to(query=SAT + 1, stage=0)
    press("ArrowLeft")
    press("Space")
    for _ in range(9):  # seven stages and both steps beside them
        press("Tab")
    assert shown.focused() == "the"  # the first key of the table
    for key in ("n", "n", "n", "ArrowDown", "ArrowRight"):
        press(key)
    assert shown.said().endswith("4 × 2 = 8")
    press("End")
    assert shown.said().startswith("weight of “cat”")
    press("ArrowUp")
    press("ArrowUp")
    assert shown.focused() == "0.011"  # above the first key there is no weight
    press("b")  # the weights are gone: the focus stays in their row
    assert shown.focused() == "the"
    shown.comes_to(query=SAT, stage=2)


def test_jupyterlab_takes_no_key_that_is_meant_for_the_explorer(shown):
    before = shown.notebook.prompts()
    number(shown, 0, 0).focus()
    for key in ("ArrowDown", "b", "n", "a", "x", "d", "d"):
        shown.page.keyboard.press(key)
    shown.comes_to(query=SAT, stage=1)
    assert shown.notebook.prompts() == before
    assert shown.root.is_visible()


def test_at_200_per_cent_nothing_is_cut_off_or_stands_on_something_else(large):
    all_stages(large)
    large.keep("query-large")
    assert large.misplaced() == []


def test_who_asks_for_less_motion_gets_none(shown):
    for_all, for_who_asks = shown.what_moves()
    assert len(for_all) > 10
    assert for_who_asks == []


def test_both_themes_can_be_read(shown, theme):
    all_stages(shown)
    number(shown, CAT, 8).hover()
    shown.keep(f"query-{theme}")
    if AXE is None:
        pytest.skip("COURSE_AXE names no axe.min.js")
    assert shown.grave_faults() == []
