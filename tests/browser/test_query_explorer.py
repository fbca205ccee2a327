"""QueryStepper in a real JupyterLab: by mouse, by keyboard, and from Python.

``python tests/browser/test_query_explorer.py`` prints how long a hover takes to be painted.
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

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="needs playwright"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs git: it tests a fresh clone"),
]

SEED = """
import numpy as np
from course_lib.attention.reference import attention, project
from course_lib.learning import sentence
from course_lib.seeing import QueryStepper

matrices = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
queries, keys, values = project(sentence.embeddings(), *matrices)
"""
STEPPER = """
def not_yet(queries, keys, values):
    raise NotImplementedError

stepper = QueryStepper.from_arrays(
    queries, keys, values, sentence.TOKENS, query=7,
    functions={"yours": not_yet, "reference": attention},
    features=sentence.SUBJECTS, messages=sentence.MESSAGES,
)
stepper
"""
MASKED = """
mask = np.tril(np.ones((11, 11), dtype=bool))
mask[2] = False
tokens = ["<img src=x onerror=alert(1)>", *sentence.TOKENS[1:]]
stepper = QueryStepper.from_arrays(queries, keys, values, tokens, query=7, mask=mask, stage=5)
stepper
"""
LONG = """
rng = np.random.default_rng(0)
queries, keys, values = rng.normal(size=(3, 128, 16))
stepper = QueryStepper.from_arrays(queries, keys, values, list(map(str, range(128))), stage=5)
stepper
"""
TOO_LONG = """
from ipywidgets import VBox
queries, keys, values = np.ones((3, 129, 2))
stepper = QueryStepper.from_arrays(queries, keys, values, ["x"] * 129)
VBox([stepper])
"""
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
ASK = "print(stepper.query, stepper.stage, *stepper.steps.output.round(9))"

# From an event to the frame after it: what a hover costs.
HOVER = """async (root) => {
  const isSeen = (cell) => getComputedStyle(cell).visibility !== "hidden";
  const cells = [...root.querySelectorAll("td[tabindex]")].filter(isSeen);
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // its message comes when the frame has been laid out
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(0);
  }));
  const took = [];
  for (let time = 0; time < 60; time++) {
    await new Promise((done) => setTimeout(done, 20));
    const start = performance.now();
    const over = new PointerEvent("pointerover", { bubbles: true });
    cells[(time * 37) % cells.length].dispatchEvent(over);
    await painted();
    took.push(performance.now() - start);
  }
  return took;
}"""
FITS = """root => {
  const [inner, outer] = [root, root.parentElement].map((it) => it.getBoundingClientRect());
  return inner.right <= outer.right + 1;
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


@pytest.fixture(params=["Light", "Dark"])
def theme(request, lab):
    """Set the theme where JupyterLab keeps its settings, and take it back afterwards."""
    settings = lab.home.parents[1] / "jupyter/settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    file = settings / "themes.jupyterlab-settings"
    file.write_text(json.dumps({"theme": f"JupyterLab {request.param}"}))
    yield request.param.lower()
    file.unlink()


@pytest.fixture
def opened(lab, page):
    """Return a function that shows an explorer in a notebook of its own."""
    return lambda code: Shown(page, lab, code)


class Shown:
    """A notebook of three cells: the arrays, the explorer, and a question to Python."""

    def __init__(self, page, lab, code):
        cells = [code_cell(text) for text in (SEED, code, ASK)]
        content = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
        (lab.home / "stepper.ipynb").write_text(json.dumps(content))
        self.page, self.code = page, code
        self.notebook = Notebook(page, lab, "stepper.ipynb")
        self.notebook.open()
        self.notebook.run_all()
        self.root = page.locator(".explorer-query")
        self.root.wait_for()

    def numbers(self, row):
        """Read the numbers that can be seen in a row of the table, by its header."""
        cells = self.root.locator(f"tr:has(> th[scope=row]:text-is('{row}')) > td")
        return [
            cell.inner_text() for cell in cells.all() if cell.is_visible() and cell.inner_text()
        ]

    def cell(self, row, column):
        return self.root.locator("tbody tr").nth(row).locator("> *").nth(column)

    def said(self):
        return self.root.locator(".said").inner_text()

    def explained(self):
        return self.root.locator(".explain").inner_text()

    def tell_python(self, code):
        self.notebook.type_into(self.notebook.panel.locator(".jp-CodeCell").nth(2), code)

    def ask_python(self):
        """Return query, stage and output, as Python has them."""
        self.tell_python(ASK)
        words = self.notebook.panel.locator(".jp-CodeCell").nth(2).locator(".jp-OutputArea")
        query, stage, *output = words.inner_text().split()
        return int(query), int(stage), [float(number) for number in output]

    def focused(self):
        return self.page.evaluate("document.activeElement.innerText")


def code_cell(text):
    return {
        "cell_type": "code",
        "source": text.strip(),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": f"cell-{abs(hash(text)) % 10**8}",
    }


def as_floats(texts):
    return [float(text.replace("−", "-")) for text in texts]


def test_the_stages_appear_one_by_one_and_the_earlier_ones_stay(opened):
    shown = opened(STEPPER)
    steps = [["8", "0", "0", "0"], ["8"], ["4.00"], ["1.000", "0.574"], ["1.148", "0.000", "0.000"]]
    for stage in range(6):
        visible = [number for numbers in steps[: stage + 1] for number in numbers]
        assert shown.numbers("cat") == visible
        if stage < 5:
            shown.root.get_by_role("button", name="next").click()
    assert shown.ask_python()[:2] == (7, 5)
    sums = as_floats(shown.numbers("sum")[-3:])
    assert sums == pytest.approx(shown.ask_python()[2], abs=5e-4)
    compared = shown.root.locator(".compared").inner_text()
    assert "yours: not attempted" in compared
    assert "reference: " in compared
    assert "this view: " in compared


def test_pointing_at_a_number_says_its_arithmetic_and_marks_what_it_is_made_of(opened):
    shown = opened(STEPPER)
    shown.tell_python("stepper.stage = 5")
    for column, words in ((1, "4 × 2 = 8"), (5, "8 + 0 + 0 + 0 = 8"), (7, "exp(4 − 4) = 1")):
        shown.cell(1, column).hover()
        shown.page.wait_for_timeout(50)
        assert shown.said().endswith(words)
    assert shown.root.locator(".used").all_inner_texts() == [
        "4.00",
        "max 4.00",
    ]  # its score, the max


def test_a_query_and_a_stage_chosen_on_the_page_arrive_in_python(opened):
    shown = opened(STEPPER)
    shown.root.get_by_role("button", name="black").click()
    shown.root.get_by_role("button", name="softmax").click()
    query, stage, output = shown.ask_python()
    assert (query, stage) == (5, 3)
    shown.root.get_by_role("button", name="column sums").click()
    assert as_floats(shown.numbers("sum")[-3:]) == pytest.approx(output, abs=5e-4)


def test_a_query_and_a_stage_set_in_python_arrive_on_the_page(opened):
    shown = opened(STEPPER)
    shown.tell_python("stepper.query, stepper.stage = 1, 5")
    pressed = shown.root.locator("[aria-pressed=true]")
    shown.notebook.wait_for("cat", lambda: pressed.all_inner_texts() == ["cat", "column sums"])
    assert "the output of “cat” is who" in shown.explained()
    assert shown.numbers("query") == ["0", "0", "2", "2"]


def test_everything_can_be_done_by_keyboard(opened):
    shown = opened(STEPPER)
    press = shown.page.keyboard.press
    cell = shown.notebook.panel.locator(".jp-CodeCell").nth(1)
    shown.notebook.tab_to(cell, shown.root.get_by_role("button", name="sat"))
    press("ArrowRight")
    assert shown.focused() == "on"
    press("Enter")
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
    assert shown.ask_python()[:2] == (7, 2)


def test_jupyterlab_takes_no_key_that_is_meant_for_the_explorer(opened):
    shown = opened(STEPPER)
    shown.cell(0, 0).focus()
    for key in ("ArrowDown", "b", "n", "a", "x", "d", "d"):
        shown.page.keyboard.press(key)
    assert len(shown.notebook.prompts()) == 3
    assert shown.root.is_visible()


def test_a_token_is_shown_as_text_and_an_empty_row_is_zeros_in_words(opened):
    shown = opened(MASKED)
    assert shown.root.locator("img").count() == 0
    assert shown.root.get_by_role("button", name="<img src=x").count() == 1
    assert shown.numbers("mat")[5] == "−∞"
    shown.root.get_by_role("button", name=",").first.click()
    shown.notebook.wait_for("words", lambda: "may attend to nothing" in shown.explained())
    assert as_floats(shown.numbers("sum")[1:]) == [0, 0, 0, 0, 0]
    assert shown.ask_python()[2] == [0, 0, 0]


def test_too_many_tokens_are_refused_in_a_sentence(opened):
    shown = opened(TOO_LONG)
    assert "129 tokens" in shown.root.inner_text()
    assert "stands still" in shown.root.inner_text()


def test_at_200_per_cent_nothing_is_wider_than_its_place(opened):
    shown = opened(STEPPER)
    shown.page.set_viewport_size({"width": 640, "height": 500})  # what 200 % leaves of 1280 × 1000
    shown.tell_python("stepper.stage = 5")
    assert shown.root.evaluate(FITS)


@pytest.mark.skipif(not os.environ.get("COURSE_AXE"), reason="COURSE_AXE names no axe.min.js")
def test_axe_finds_nothing_serious_in_either_theme(theme, opened, tmp_path):
    shown = opened(STEPPER)
    is_light = shown.page.locator("body").get_attribute("data-jp-theme-light")
    assert is_light == str(theme == "light").lower()
    shown.tell_python("stepper.stage = 5")
    shown.cell(1, 8).hover()
    shown.root.scroll_into_view_if_needed()
    shown.page.wait_for_timeout(500)  # JupyterLab paints a cell a moment after it scrolls into view
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    shown.root.screenshot(path=folder / f"query-{theme}.png")
    shown.page.add_script_tag(content=Path(os.environ["COURSE_AXE"]).read_text("utf-8"))
    found = shown.page.evaluate("axe.run('.explorer-query').then(({ violations }) => violations)")
    serious = [it for it in found if it["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(serious, indent=1)


def measure():
    """Print how long it takes from a hover to the painted page, at 11 and at 128 tokens."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        clone = copy_of_course(ROOT, top / "course")
        with jupyterlab(clone, top / "jupyter") as lab, silent_page(CHROMIUM) as page:
            for n, code in (
                (11, f"{STEPPER.strip()[:-8]}\nstepper.stage = 5\nstepper"),
                (128, LONG),
            ):
                took = Shown(page, lab, code).root.evaluate(HOVER)
                slow = statistics.quantiles(took, n=20)[-1]
                print(f"{n:4} tokens: hover to repaint {statistics.median(took):.1f} ms,", end=" ")
                print(f"95 % below {slow:.1f} ms")


if __name__ == "__main__":
    sys.exit(measure())
