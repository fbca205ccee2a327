"""DilatedExplorer in a real JupyterLab: by mouse, by keyboard, and from Python."""

import importlib.util
import json
import os
import shutil
from pathlib import Path

import pytest
from browsing import Notebook, silent_page
from serving import copy_of_course, jupyterlab

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
AXE = os.environ.get("COURSE_AXE")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="needs playwright"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs git: it tests a fresh clone"),
]

SHOW = """
from course_lib.learning import sentence
from course_lib.seeing import DilatedExplorer
explorer = DilatedExplorer.from_branches(
    sentence.TOKENS, [(4, 1), (12, 3)], n_heads=3, query=7
)
explorer
""".strip()
TELL = """
print([explorer.query, explorer.heads, explorer.branches, explorer.active, explorer.is_causal],
      explorer.pairs, round(100 * explorer.coverage, 1), explorer.without_key)
""".strip()
MARKUP = """
DilatedExplorer.from_branches(["<img src=x onerror=alert(1)>", "<b>cat</b>"], [(2, 1)])
""".strip()
LONG = "DilatedExplorer.from_branches(128, [(16, 1), (32, 2), (64, 4), (128, 8)])"
LONGER = "DilatedExplorer.from_branches(129, [(16, 1)], n_heads=1)"

# Move over row after row and measure until the frame after has been painted.
MEASURE = """
async (svg) => {
  const box = svg.getBoundingClientRect(), times = [];
  for (let i = 0; i < 60; i += 1) {
    const clientY = box.top + box.height * (0.2 + 0.75 * ((i * 37) % 60) / 60);
    const start = performance.now();
    svg.dispatchEvent(new PointerEvent("pointermove", { clientY, bubbles: true }));
    await new Promise(requestAnimationFrame);
    svg.getBoundingClientRect(); // style and layout of what has changed
    times.push(performance.now() - start);
    await new Promise((then) => setTimeout(then, 20));
  }
  return times.sort((a, b) => a - b)[30];
}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    top = tmp_path_factory.mktemp("browser")
    with jupyterlab(copy_of_course(ROOT, top / "course"), top / "jupyter") as lab:
        yield lab


@pytest.fixture(params=["Light", "Dark"])
def theme(request, lab):
    """Let pages opened from now on have one of JupyterLab's themes."""
    settings = lab.home.parents[1] / "jupyter" / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    file = settings / "themes.jupyterlab-settings"
    file.write_text(json.dumps({"theme": f"JupyterLab {request.param}"}))
    yield request.param.lower()
    file.unlink()


@pytest.fixture
def page():
    with silent_page(CHROMIUM) as page:
        yield page


@pytest.fixture
def open_notebook(lab, page):
    """Return a function that writes a notebook with these cells, opens it and runs it."""

    def opened(*cells: str, name="dilated.ipynb") -> Notebook:
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        written = [{**code, "id": f"cell-{n}", "source": cell} for n, cell in enumerate(cells)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = {"cells": written, "metadata": {"kernelspec": kernel}}
        lab.home.mkdir(exist_ok=True)
        (lab.home / name).write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}))
        notebook = Notebook(page, lab, name)
        notebook.open()
        notebook.run_all()
        page.locator(".explorer-dilated").first.wait_for()
        return notebook

    return opened


def keep(page, name):
    """Keep a picture of the view for someone to look at."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        page.wait_for_timeout(300)
        page.locator(".explorer-dilated").first.screenshot(path=Path(folder) / f"{name}.png")


def told(notebook) -> str:
    """Run the cell that prints what Python knows."""
    cell = notebook.cell("print(")
    notebook.page.wait_for_timeout(200)  # what was changed last is on its way
    notebook.run(cell)
    return cell.locator(".jp-OutputArea").inner_text()


def findings(page) -> list[str]:
    """Ask axe-core what a reader with a screen reader or weak eyes would stumble on."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("async () => (await axe.run('.explorer-dilated')).violations")
    grave = [it for it in found if it["impact"] in ("serious", "critical")]
    return [f"{it['id']}: {[node['html'] for node in it['nodes']]}" for it in grave]


def test_pointing_and_clicking_arrive_in_python(open_notebook, page):
    notebook = open_notebook(SHOW, TELL)
    view = page.locator(".explorer-dilated")
    said = view.locator(".said")
    # Opened: what the page shows is what Python counts.
    assert "[7, [0, 1, 2], [(4, 1), (12, 3)]" in told(notebook)
    assert "[123, 41] 55.4 []" in told(notebook)
    assert view.locator(".count").all_inner_texts() == ["123", "41", "164"]
    assert "55.4 %: 67 of 121 pairs" in view.inner_text()
    assert "2, and all have heard of all" in view.inner_text()  # layers, as in lesson 11

    # Pointed at: a row says whom it sees.
    view.locator("[role=option]").nth(1).hover()
    notebook.wait_for("cat", lambda: "“cat” (position 1) sees" in said.inner_text())
    assert "[1, " in told(notebook)

    # Pinned: the pointer may pass over other rows.
    view.locator("[role=option]").nth(7).click()
    view.locator("[role=option]").nth(3).hover()
    page.wait_for_timeout(200)
    assert "“sat” (position 7) sees 6 keys of 11: cat was black , sat mat" in said.inner_text()

    # Chosen: branch 2 alone, without head 2.
    view.get_by_role("checkbox", name="branch 1").uncheck()
    view.get_by_role("button", name="head 2").click()
    assert "3 queries: , black on" in view.inner_text()
    assert view.locator(".count").all_inner_texts() == ["–", "32", "32"]
    assert "[7, [0, 1], [(4, 1), (12, 3)], [False, True], False] [0, 32] 26.4 [2, 5, 8]" in told(
        notebook
    )


def test_everything_can_be_done_by_keyboard(open_notebook, page):
    notebook = open_notebook(SHOW, TELL)
    view, cell = page.locator(".explorer-dilated"), notebook.cell("from_branches")
    notebook.tab_to(cell, view.locator("[role=option]").nth(7))  # Tab leads to the query
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Home", "End", "Enter"):
        page.keyboard.press(key)
    assert "“mat” (position 10) sees" in view.locator(".said").inner_text()
    assert "pinned" in view.inner_text()

    notebook.tab_to(cell, view.get_by_role("button", name="head 0"))
    page.keyboard.press("Enter")
    notebook.tab_to(cell, view.get_by_role("checkbox", name="look back only"))
    page.keyboard.press("Space")
    notebook.tab_to(cell, view.get_by_label("dilation of branch 2"))
    page.keyboard.press("ArrowUp")
    assert "[10, [1, 2], [(4, 1), (12, 4)], [True, True], True]" in told(notebook)

    notebook.tab_to(cell, view.get_by_role("button", name="add a branch"))
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.ariaLabel") == "segment length of branch 3"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("9")
    assert "[(4, 1), (12, 4), (9, 8)], [True, True, True]" in told(notebook)
    notebook.tab_to(cell, view.get_by_role("button", name="remove branch 1"))
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "add a branch"
    assert "[(12, 4), (9, 8)], [True, True]" in told(notebook)


def test_what_is_no_number_is_said_and_not_sent(open_notebook, page):
    notebook = open_notebook(SHOW, TELL)
    view = page.locator(".explorer-dilated")
    length = view.get_by_label("segment length of branch 1")
    for wrong in ("0", "", "-3", "2.5"):
        length.fill(wrong)
        assert length.get_attribute("aria-invalid") == "true"
        assert "has to be a whole number of at least 1" in view.locator(".said").inner_text()
    length.blur()
    assert length.input_value() == "4"
    assert "[(4, 1), (12, 3)]" in told(notebook)


def test_python_and_other_widgets_move_the_view(open_notebook, page):
    notebook = open_notebook(SHOW, TELL, "print(0)")
    view, code = page.locator(".explorer-dilated"), notebook.cell("print(0)")
    notebook.type_into(
        code,
        "import ipywidgets as widgets\n"
        "slider = widgets.IntSlider(max=10)\n"
        "widgets.link((slider, 'value'), (explorer, 'query'))\n"
        "explorer.branches = [(6, 2), (11, 5), (3, 1)]\n"
        "explorer.heads, explorer.is_causal = [1], True\n"
        "slider.value = 4",
    )
    said = view.locator(".said")
    notebook.wait_for("was", lambda: view.locator("caption").inner_text().startswith("“was”"))
    assert said.inner_text() != ""
    inputs = [it.input_value() for it in view.locator("input[type=number]").all()]
    assert inputs == ["6", "2", "11", "5", "3", "1"]
    assert view.get_by_role("checkbox", name="look back only").is_checked()
    counts = view.locator(".count").all_inner_texts()
    assert str(list(map(int, counts[:3]))) in told(notebook)
    view.locator("[role=option]").nth(9).hover()
    page.wait_for_timeout(300)
    notebook.type_into(notebook.cell("slider"), "print('slider', slider.value)")
    assert "slider 9" in notebook.cell("'slider'").locator(".jp-OutputArea").inner_text()


def test_markup_in_a_token_shows_as_text_and_a_long_text_stands_still(open_notebook, page):
    notebook = open_notebook(SHOW, MARKUP, LONGER)
    view = page.locator(".explorer-dilated").nth(1)
    assert view.locator("img, b").count() == 0
    view.locator("[role=option]").nth(1).hover()
    assert "“<b>cat</b>” (position 1) sees 2 keys" in view.locator(".said").inner_text()
    long = notebook.cell("from_branches(129").locator(".jp-OutputArea")
    assert "129 positions are too many to move through" in long.inner_text()
    assert long.locator("img").get_attribute("alt").startswith("Who is compared with whom")


@pytest.mark.skipif(not AXE, reason="COURSE_AXE does not name axe.min.js")
def test_axe_finds_nothing_serious_in_either_theme(theme, open_notebook, page):
    open_notebook(SHOW)
    assert (
        page.locator("body").get_attribute("data-jp-theme-light") == str(theme == "light").lower()
    )
    keep(page, f"dilated-{theme}")
    assert findings(page) == []


def test_a_row_is_drawn_when_it_is_pointed_at(open_notebook, page):
    open_notebook(SHOW, LONG)
    for number, n in enumerate((11, 128)):
        view = page.locator(".explorer-dilated").nth(number)
        view.scroll_into_view_if_needed()
        median = view.locator(".pairs").evaluate(MEASURE)
        print(f"DilatedExplorer, {n} positions: {median:.1f} ms from pointing to the next frame")
        assert "sees" in view.locator("caption").inner_text()
