"""AttentionExplorer in a real JupyterLab: mouse, keyboard, both themes, and what Python hears.

``python tests/browser/test_attention_explorer.py`` prints how long it takes until a hover is
painted.
"""

import importlib.util
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from browsing import Notebook, silent_page
from serving import copy_of_course, jupyterlab

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
AXE = os.environ.get("COURSE_AXE")
NOTEBOOK = "notebooks/attention_explorer.ipynb"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="needs playwright"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs git: it tests a fresh clone"),
]

SHOW = """\
import numpy as np
from course_lib.attention.reference import scaled_scores, softmax
from course_lib.learning import sentence
from course_lib.seeing import AttentionExplorer

def one_head(features):
    matrices = sentence.W_QUERY[:, features], sentence.W_KEY[:, features]
    return softmax(scaled_scores(*(sentence.embeddings() @ matrix for matrix in matrices)))

weights = np.stack([one_head([0, 2, 3]), one_head([1, 2, 3])])
names = ["who", "where"]
explorer = AttentionExplorer.from_weights(weights, sentence.TOKENS, head_names=names, query=7)
explorer"""
TELL = """\
import json
print(json.dumps([explorer.query, explorer.head, explorer.hidden, explorer.shown.tolist()]))"""
TURN = "explorer.query, explorer.head, explorer.hidden = 10, 1, [7]"
STRANGE = """\
token = "<img src=x onerror=alert(1)>"
strange = AttentionExplorer.from_weights([[1, 0], [0, 0]], [token, "  "])
strange"""
LONG = """\
scores = 3 * np.random.default_rng(0).normal(size=(4, N_TOKENS, N_TOKENS))
AttentionExplorer.from_weights(softmax(scores), [f"w{i}" for i in range(N_TOKENS)])"""
LONGER = 'longer = AttentionExplorer.from_weights(np.eye(129), ["w"] * 129)\nlonger'
IN_A_BOX = "from ipywidgets import VBox\nVBox([longer])"
CAT, BLACK, SAT, MAT = 1, 5, 7, 10

# From an event until the frame after it has been painted.
HOVER = """async (root) => {
  const words = root.querySelectorAll(".queries button"), took = [];
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // its message comes when the frame has been laid out
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(0);
  }));
  for (let time = 0; time < 60; time++) {
    await new Promise((done) => setTimeout(done, 20 + 20 * Math.random()));
    const start = performance.now();
    words[(time * 37) % words.length].dispatchEvent(new MouseEvent("mouseenter"));
    await painted();
    took.push(performance.now() - start);
  }
  return took;
}"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def lab(own):
    with jupyterlab(copy_of_course(ROOT, own / "course"), own / "jupyter") as lab:
        yield lab


@pytest.fixture
def page():
    with silent_page(CHROMIUM) as page:
        yield page


@pytest.fixture
def picture(page, tmp_path):
    """Return a function that keeps what an explorer looks like for someone to look at."""
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def keep(view, name):
        page.wait_for_timeout(300)
        view.screenshot(path=folder / f"{name}.png")

    return keep


@pytest.fixture
def show(lab, page):
    """Return a function that opens a notebook of these cells, runs it and returns it."""
    return lambda *cells: opened(lab, page, *cells)


def opened(lab, page, *cells):
    written = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    written.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(written, lab.home / NOTEBOOK)
    notebook = Notebook(page, lab, NOTEBOOK)
    notebook.open()
    notebook.run_all()
    return notebook


class View:
    """The explorer under a cell, and what can be read from it."""

    def __init__(self, notebook, code):
        self.notebook, self.cell = notebook, notebook.cell(code)
        self.root = self.cell.locator(".explorer-attention")
        self.queries = self.root.locator(".queries button")
        self.keys = self.root.locator(".keys button")
        self.heads = self.root.locator(".heads button")
        self.matrix = self.root.locator(".matrix")

    def says(self, *words):
        line = self.root.locator(".said")
        self.notebook.wait_for(
            f"{words} in the spoken line", lambda: all(w in line.text_content() for w in words)
        )

    def weights(self):
        return self.keys.evaluate_all("keys => keys.map((key) => Number(key.dataset.weight))")

    def pressed(self, buttons):
        states = buttons.evaluate_all("all => all.map((it) => it.getAttribute('aria-pressed'))")
        return [place for place, state in enumerate(states) if state == "true"]


def what_python_has(notebook):
    """Run the cell that tells and return query, head, hidden keys and the shown weights."""
    cell = notebook.cell("json.dumps")
    notebook.run(cell)
    query, head, hidden, shown = json.loads(cell.locator(".jp-OutputArea-output").inner_text())
    return query, head, hidden, np.array(shown)


def test_what_the_mouse_does_arrives_in_python_with_the_same_numbers(show, picture):
    notebook = show(SHOW, TELL)
    view = View(notebook, "from_weights")
    view.says("who: sat looks at cat 0.854")
    view.queries.nth(BLACK).hover()
    view.says("who: black looks at")
    view.root.locator(".said").hover()
    view.says("who: sat looks at cat 0.854")  # what was kept comes back
    np.testing.assert_allclose(view.weights(), what_python_has(notebook)[3][0, SAT], atol=1e-6)

    view.keys.nth(CAT).click()
    view.says("sat → cat: hidden; it had 0.854")
    view.keys.nth(MAT).hover()
    view.says("0.008 ÷ (1 − 0.854) ≈ 0.058")
    view.heads.nth(1).click()
    view.queries.nth(MAT).click()
    view.root.locator(".said").hover()
    view.says("where: mat looks at", "Without cat")
    query, head, hidden, shown = what_python_has(notebook)
    assert (query, head, hidden) == (MAT, 1, [CAT])
    np.testing.assert_allclose(view.weights(), shown[1, MAT], atol=1e-6)
    cells = view.matrix.locator("tbody td")
    numbers = [float(text) for text in cells.all_text_contents() if text]
    np.testing.assert_allclose(numbers, np.delete(shown[1], CAT, axis=1).ravel(), atol=0.005)

    cells.nth(11 * SAT + MAT).hover()
    view.says("where: sat → mat")
    cells.nth(11 * SAT + MAT).click()
    view.root.get_by_role("button", name="show all keys").click()
    query, head, hidden, shown = what_python_has(notebook)
    assert (query, head, hidden) == (SAT, 1, [])


def test_all_of_it_can_be_done_by_keyboard(show, page):
    notebook = show(SHOW, TELL)
    view = View(notebook, "from_weights")
    notebook.tab_to(view.cell, view.heads.first)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    view.says("where: sat looks at mat 0.644")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    view.says("where: on looks at")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    view.says("where: mat looks at")
    page.keyboard.press("Tab")
    for _ in range(SAT):
        page.keyboard.press("ArrowRight")
    view.says("where: mat → sat: weight")
    page.keyboard.press("Enter")
    view.says("where: mat → sat: hidden")
    assert len(notebook.prompts()) == 2  # no key added or removed a cell
    query, head, hidden, _ = what_python_has(notebook)
    assert (query, head, hidden) == (MAT, 1, [SAT])

    notebook.tab_to(view.cell, view.matrix)
    view.says("where: mat → the (0)")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    view.says("where: the (9) → cat")
    page.keyboard.press("Enter")
    assert what_python_has(notebook)[0] == MAT - 1


def test_what_python_sets_is_seen(show):
    notebook = show(SHOW, TURN, TELL)
    view = View(notebook, "from_weights")
    view.says("where: mat looks at", "Without sat")
    assert view.pressed(view.queries) == [MAT]
    assert view.pressed(view.heads) == [1]
    assert view.pressed(view.keys) == [SAT]
    np.testing.assert_allclose(view.weights(), what_python_has(notebook)[3][1, MAT], atol=1e-6)


def test_a_token_is_shown_as_text_and_an_empty_row_is_said(show):
    view = View(show(SHOW, STRANGE), "strange =")
    assert view.queries.nth(0).text_content() == "<img src=x onerror=alert(1)>"
    assert view.root.locator("img").count() == 0
    view.queries.nth(1).hover()
    view.says("“  ” looks at nothing: it may attend to no key")
    view.queries.nth(0).hover()
    view.keys.nth(0).click()
    view.root.locator(".said").hover()
    view.says("looks at nothing now: its whole weight was on hidden keys")


def test_128_tokens_move_and_more_stand_still(show, picture):
    notebook = show(SHOW, LONG.replace("N_TOKENS", "128"), LONGER, IN_A_BOX)
    view = View(notebook, "128")
    view.queries.nth(100).hover()
    view.says("head 0: w100 looks at")
    view.matrix.locator("canvas").hover(position={"x": 100, "y": 50})
    view.says("→")
    picture(view.root, "attention-long")
    still = notebook.cell("129")
    assert "129 tokens are too many to move through" in still.locator(".jp-OutputArea").inner_text()
    assert still.locator("img").count() == 1
    assert still.locator(".explorer").count() == 0
    said = View(notebook, "VBox").root.text_content()
    assert said.startswith("129 tokens are too many to move through")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_both_themes_are_readable(show, picture, page, own, theme):
    settings = own / "jupyter" / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    chosen = {"theme": f"JupyterLab {theme}"}
    (settings / "themes.jupyterlab-settings").write_text(json.dumps(chosen))
    view = View(show(SHOW), "from_weights")
    assert page.locator(f"body[data-jp-theme-light={theme == 'Light'}]".lower()).count() == 1
    view.keys.nth(CAT).click()
    view.queries.nth(SAT).hover()
    view.says("sat looks at which")
    picture(view.root, f"attention-{theme.lower()}")
    if AXE is None:
        pytest.skip("COURSE_AXE does not point to axe.min.js")
    page.add_script_tag(content=Path(AXE).read_text("utf-8"))
    assert faults_of(page, "explorer-attention") == []


def faults_of(page, name):
    """Return what axe finds serious or critical in an explorer."""
    found = page.evaluate("name => axe.run('.' + name)", name)
    assert found["passes"]
    return [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def measure():
    """Print how long it takes from a hover to the painted page, at 12 and at 128 tokens."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        clone = copy_of_course(ROOT, top / "course")
        with jupyterlab(clone, top / "jupyter") as lab, silent_page(CHROMIUM) as page:
            for n_tokens in (12, 128):
                long = LONG.replace("N_TOKENS", str(n_tokens))
                took = View(opened(lab, page, SHOW, long), "scores =").root.evaluate(HOVER)
                slow = statistics.quantiles(took, n=20)[-1]
                print(
                    f"{n_tokens:4} tokens, 4 heads, hover to repaint: "
                    f"median {statistics.median(took):.1f} ms, 95 % {slow:.1f} ms"
                )


if __name__ == "__main__":
    measure()
