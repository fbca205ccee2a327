"""SoftmaxExplorer in a real JupyterLab: by mouse, by keyboard, and from Python.

``python tests/browser/test_softmax_explorer.py`` prints how long it takes until a hover, or a
slider that moves, is painted.
"""

import importlib.util
import json
import os
import shutil
import statistics
import sys
import tempfile
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
import numpy as np
from course_lib.seeing import SoftmaxExplorer
rng = np.random.default_rng(4)
explorer = SoftmaxExplorer.from_vectors(rng.normal(size=(300, 512)), rng.normal(size=(16, 512)))
explorer
""".strip()
LINKED = """
from ipywidgets import FloatLogSlider, IntSlider, VBox, link
size, heat = IntSlider(64, 1, 512), FloatLogSlider(1.0, min=-1, max=2)
link((size, "value"), (explorer, "d_head"))
link((heat, "value"), (explorer, "temperature"))
VBox([size, heat])
""".strip()
ASK = """
print(explorer.d_head, explorer.temperature, explorer.scaled, explorer.query,
      *explorer.summary.values(), *explorer.weights)
""".strip()
MANY = """
import numpy as np
from course_lib.seeing import SoftmaxExplorer
rng = np.random.default_rng(4)
SoftmaxExplorer.from_vectors(rng.normal(size=(300, 512)), rng.normal(size=(N_KEYS, 512)))
""".strip()

# From an event until the frame after it has been painted.
MEASURE = """async (root, act) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(0);
  }));
  const rows = root.querySelectorAll(".weights tbody tr"), slider = root.querySelector(`.${act}`);
  const took = [];
  for (let time = 0; time < 60; time++) {
    await new Promise((done) => setTimeout(done, 20));
    const start = performance.now();
    if (slider) slider.value = (time * 7) % slider.max;
    const target = slider ?? rows[(time * 7) % rows.length];
    target.dispatchEvent(slider ? new Event("input") : new PointerEvent("pointerenter"));
    await painted();
    took.push(performance.now() - start);
  }
  return took;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    top = tmp_path_factory.mktemp("browser")
    with jupyterlab(copy_of_course(ROOT, top / "course"), top / "jupyter") as lab:
        yield lab


@pytest.fixture
def page():
    with silent_page(CHROMIUM) as page:
        yield page


@pytest.fixture
def opened(lab, page):
    """Return a function that shows the explorer in a notebook of its own."""
    return lambda *cells: Shown(page, lab, *cells)


class Shown:
    """A notebook with an explorer, and what can be read from its page and from Python."""

    def __init__(self, page, lab, *cells):
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        written = [{**code, "id": f"cell-{at}", "source": text} for at, text in enumerate(cells)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = {"cells": written, "metadata": {"kernelspec": kernel}}
        content = {**notebook, "nbformat": 4, "nbformat_minor": 5}
        (lab.home / "softmax.ipynb").write_text(json.dumps(content))
        self.page, self.notebook = page, Notebook(page, lab, "softmax.ipynb")
        self.notebook.open()
        self.notebook.run_all()
        self.root = page.locator(".explorer-softmax")
        self.root.wait_for()
        self.d_head, self.temperature = (
            self.root.locator(name) for name in (".d_head", ".temperature")
        )

    def said(self):
        return self.root.locator(".said").inner_text()

    def weights(self):
        return self.root.locator(".weights tbody tr td:nth-of-type(3)").all_inner_texts()

    def summary(self):
        """Read the column of the case that is chosen."""
        return self.root.locator(".summary td.chosen").all_inner_texts()

    def ask_python(self):
        """Return what is chosen and what follows from it, as Python has it."""
        cell = self.notebook.cell("print(")
        self.page.wait_for_timeout(200)  # what was changed last is on its way
        self.notebook.run(cell)
        d_head, temperature, scaled, query, *numbers = (
            cell.locator(".jp-OutputArea").inner_text().split()
        )
        chosen = int(d_head), float(temperature), scaled == "True", int(query)
        numbers = [float(number) for number in numbers]
        return chosen, numbers[:5], numbers[5:]

    def says_what_python_says(self, chosen):
        """Check the choice and all numbers that follow from it."""
        asked, (spread, entropy, keys, response, deaf), weights = self.ask_python()
        assert asked == chosen
        assert self.weights() == [f"{weight:.3f}" for weight in weights]
        *shown, moved, share = self.summary()
        assert shown == [f"{spread:.2f}", f"{entropy:.2f}", f"{keys:.1f}"]
        assert float(moved.replace("−", "-")) == pytest.approx(response, rel=0.05)
        assert share == f"{100 * deaf:.0f} %"


def test_what_is_chosen_by_mouse_arrives_in_python_with_the_same_numbers(opened):
    shown = opened(SHOW, ASK)
    shown.says_what_python_says((64, 1.0, False, 0))
    shown.root.get_by_role("checkbox", name="divide by √d_head").check()
    shown.says_what_python_says((64, 1.0, True, 0))
    shown.root.get_by_role("spinbutton", name="query").fill("12")
    shown.root.locator("svg.entropy").click(position={"x": 2, "y": 30})
    shown.says_what_python_says((1, 1.0, True, 12))
    shown.root.locator(".weights tbody tr").nth(5).hover()
    assert shown.said().startswith("Key 5: raw score")
    assert f"weight {shown.weights()[5]}" in shown.said()


def test_everything_can_be_done_by_keyboard(opened):
    shown = opened(SHOW, ASK)
    press, cell = shown.page.keyboard.press, shown.notebook.cell("from_vectors")
    shown.notebook.tab_to(cell, shown.d_head)
    for key in ("ArrowRight", "ArrowUp", "End", "ArrowLeft"):
        press(key)
    press("Tab")
    for _ in range(9):
        press("ArrowRight")
    press("Tab")
    press("Space")
    press("Tab")
    press("ArrowUp")
    shown.says_what_python_says((431, 8.0, True, 1))
    shown.notebook.tab_to(cell, shown.root.locator(".weights tbody tr").first)
    press("ArrowDown")
    assert shown.said().startswith("Key 1: ")
    press("End")
    assert shown.said().startswith("Key 15: ")
    before = shown.notebook.prompts()
    for key in ("a", "x", "d", "d"):  # JupyterLab would add, cut and delete cells
        press(key)
    assert shown.notebook.prompts() == before
    assert shown.root.is_visible()


def test_python_and_linked_widgets_move_the_view_and_the_other_way_round(opened):
    shown = opened(SHOW, LINKED, ASK, "print(0)")
    code = shown.notebook.panel.locator(".jp-CodeCell").nth(3)
    changed = "explorer.d_head, explorer.temperature, size.value = 100, 10, 99"
    shown.notebook.type_into(code, changed)
    shown.notebook.wait_for("d_head 99", lambda: "d_head 99, temperature 10," in shown.said())
    assert shown.d_head.get_attribute("aria-valuetext") == "99"
    shown.says_what_python_says((99, 10.0, False, 0))
    readouts = shown.notebook.cell("IntSlider").locator(".widget-readout")
    shown.temperature.focus()
    shown.page.keyboard.press("End")
    shown.notebook.wait_for("100", lambda: readouts.all_inner_texts() == ["99", "100"])


def test_the_temperature_of_the_scale_is_pointed_out(opened):
    shown = opened(SHOW.replace("512)))", "512)), temperature=8)"), ASK)
    assert "This temperature is √64: the weights are those that the scale gives" in shown.said()
    before = shown.weights()
    shown.temperature.focus()
    for _ in range(9):
        shown.page.keyboard.press("ArrowLeft")
    shown.root.get_by_role("checkbox").check()
    shown.notebook.wait_for("the scale", lambda: "divided by √d_head" in shown.said())
    assert "temperature 1," in shown.said()
    assert shown.weights() == before


def test_a_query_that_there_is_not_is_said_and_not_sent(opened):
    shown = opened(SHOW, ASK)
    query = shown.root.get_by_role("spinbutton", name="query")
    for wrong in ("300", "", "-1", "2.5"):
        query.fill(wrong)
        assert shown.said() == "Queries are numbered from 0 to 299."
    query.blur()
    assert query.input_value() == "0"
    shown.says_what_python_says((64, 1.0, False, 0))


def test_at_200_per_cent_nothing_is_wider_than_its_place(opened):
    shown = opened(SHOW)
    shown.page.set_viewport_size({"width": 640, "height": 500})  # what 200 % leaves of 1280 × 1000
    shown.page.wait_for_timeout(500)
    assert shown.root.evaluate("root => root.scrollWidth <= root.clientWidth")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_can_be_read(opened, theme):
    shown = opened(SHOW)
    choose_theme(shown.page, theme)
    shown.root.locator(".weights tbody tr").nth(5).hover()
    shown.root.scroll_into_view_if_needed()
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        shown.page.wait_for_timeout(500)
        name = f"softmax-{theme.split()[-1].lower()}.png"
        shown.root.screenshot(path=Path(folder) / name)
    if AXE is None:
        pytest.skip("COURSE_AXE names no axe.min.js")
    shown.page.add_script_tag(content=Path(AXE).read_text("utf-8"))
    found = shown.page.evaluate("axe.run('.explorer-softmax').then((said) => said.violations)")
    serious = [it for it in found if it["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(serious, indent=1)


def choose_theme(page, name):
    """Choose it as a learner would, in the menu; the one chosen now has another role."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    for item in ("Theme", name):
        page.locator(f".lm-Menu-itemLabel:text-is('{item}')").click()
    page.locator(f"body[data-jp-theme-name='{name}']").wait_for(state="attached")
    page.wait_for_timeout(1000)


def measure():
    """Print how long it takes from an event to the painted page, at 12 and at 128 keys."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        clone = copy_of_course(ROOT, top / "course")
        with jupyterlab(clone, top / "jupyter") as lab, silent_page(CHROMIUM) as page:
            for n_keys in (12, 128):
                shown = Shown(page, lab, MANY.replace("N_KEYS", str(n_keys)))
                for act in ("hover", "d_head", "temperature"):
                    took = shown.root.evaluate(MEASURE, act)
                    slow = statistics.quantiles(took, n=20)[-1]
                    print(
                        f"{n_keys:4} keys, {act} to repaint: "
                        f"median {statistics.median(took):.1f} ms, 95 % {slow:.1f} ms"
                    )


if __name__ == "__main__":
    sys.exit(measure())
