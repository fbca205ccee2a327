"""What no lesson shows, in one notebook: long sentences, hostile words, wrong values."""

import json

import numpy as np
import pytest
from browsing import MARKS, Notebook, heard_page
from exploring import Explored

pytestmark = MARKS

PATH = "beyond.ipynb"
CELLS = {
    "start": """
import numpy as np
from ipywidgets import VBox
from course_lib.attention.reference import attention, project, softmax
from course_lib.models import sentence
from course_lib.explorers import AttentionExplorer, DilatedExplorer, QueryStepper, SoftmaxExplorer

def not_yet(queries, keys, values):
    raise NotImplementedError

rng = np.random.default_rng(0)""",
    "stepper": """
matrices = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
arrays = project(sentence.embeddings(), *matrices)
stepper = QueryStepper.from_arrays(
    *arrays, sentence.TOKENS, functions={"yours": not_yet, "reference": attention})
stepper""",
    "masked": """
mask = np.tril(np.ones((11, 11), dtype=bool))
mask[2] = False
hostile = "<img src=x onerror=alert(1)>"
tokens = [hostile, *sentence.TOKENS[1:]]
masked = QueryStepper.from_arrays(*arrays, tokens, query=7, mask=mask, stage=5)
masked""",
    "long stepper": """
long_stepper = QueryStepper.from_arrays(*rng.normal(size=(3, 128, 16)), list(map(str, range(128))))
long_stepper.stage = 5
long_stepper""",
    "longer stepper": "VBox([QueryStepper.from_arrays(*np.ones((3, 129, 2)), ['x'] * 129)])",
    "strange": """
strange = AttentionExplorer.from_weights([[1, 0], [0, 0]], [hostile, "  "])
strange""",
    "long attention": """
scores = 3 * rng.normal(size=(4, 128, 128))
long = AttentionExplorer.from_weights(softmax(scores), [f"w{i}" for i in range(128)])
long""",
    "longer attention": """
longer = AttentionExplorer.from_weights(np.eye(129), ["w"] * 129)
longer""",
    "longer in a box": "VBox([longer])",
    "pairs": """
pairs = DilatedExplorer.from_branches([hostile, "<b>cat</b>"], [(2, 1)])
pairs""",
    "long pairs": """
wide = DilatedExplorer.from_branches(128, [(16, 1), (32, 2), (64, 4), (128, 8)])
wide""",
    "longer pairs": "DilatedExplorer.from_branches(129, [(16, 1)], n_heads=1)",
    "keys": """
vectors = rng.normal(size=(300, 64)), rng.normal(size=(129, 64))
explorer = SoftmaxExplorer.from_vectors(vectors[0], vectors[1][:128])
explorer""",
    "more keys": "SoftmaxExplorer.from_vectors(*vectors)",
    "wrong": "print('nothing wrong yet')",
}
WRONG = {
    "stepper.query = 99": "TokenError: expected a query from 0 to 10 … got 99 … tokens.index",
    "strange.head = 2": "ShapeError: expected a head from 0 to 0 … got 2 … Heads count from 0",
    "pairs.branches = [(0, 1)]": "ShapeError: expected 1 to 4 branches … got [(0, 1)] … Two of",
    "explorer.temperature = 0": "MeasurementError: expected a temperature … got 0.0 … 0 divides",
}


@pytest.fixture(scope="module")
def opened(lab):
    """Open the notebook, and give it with its Python and with what goes wrong in its page."""
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {**code, "id": name.replace(" ", "-"), "source": f"# {name}:\n{text.strip()}"}
        for name, text in CELLS.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}}
    (lab.home / PATH).write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}))
    with heard_page() as (page, heard):
        notebook = Notebook(page, lab, PATH)
        notebook.open()
        notebook.run_all()
        with lab.python_of(PATH) as python:
            yield notebook, python, heard


@pytest.fixture
def notebook(opened):
    notebook, _, heard = opened
    yield notebook
    assert not heard, "\n".join(heard)


@pytest.fixture
def explorer(opened, notebook):
    """Return a function that gives the explorer of the cell with this name."""
    return lambda name, kind: Explored(notebook, notebook.cell(f"# {name}:"), kind, opened[1])


def output(notebook, name):
    return notebook.cell(f"# {name}:").locator(".jp-OutputArea")


def weights(shown):
    keys = shown.root.locator(".keys button")
    return keys.evaluate_all("keys => keys.map((key) => Number(key.dataset.weight))")


def test_a_function_that_is_not_written_yet_is_compared_calmly(explorer):
    compared = explorer("stepper", "query").root.locator(".compared").inner_text()
    assert "yours: not attempted" in compared
    assert "reference: " in compared
    assert "this view: " in compared


def test_the_stepper_shows_a_token_as_text_and_an_empty_row_as_zeros_in_words(explorer):
    shown = explorer("masked", "query")
    assert shown.root.locator("img").count() == 0
    assert shown.root.get_by_role("button", name="<img src=x").count() == 1
    assert shown.root.locator("tr:has(> th:text-is('mat')) > td").nth(5).inner_text() == "−∞"
    shown.root.get_by_role("button", name=",").first.click()
    explained = shown.root.locator(".explain")
    shown.notebook.wait_for("words", lambda: "may attend to nothing" in explained.inner_text())
    greatest, *sums = filter(None, shown.root.locator("tfoot td").all_inner_texts())
    assert greatest == "max −∞"
    assert list(map(float, sums)) == [0, 0, 0, 0, 0]
    shown.comes_to(query=2)
    assert shown.get("steps.output.tolist()") == [[0, 0, 0]]


def test_attention_shows_a_token_as_text_and_says_an_empty_row(explorer):
    shown = explorer("strange", "attention")
    queries, keys = (shown.root.locator(f".{name} button") for name in ("queries", "keys"))
    assert queries.nth(0).text_content() == "<img src=x onerror=alert(1)>"
    assert shown.root.locator("img").count() == 0
    queries.nth(1).hover()
    shown.says("“  ” looks at nothing: it may attend to no key")
    queries.nth(0).hover()
    keys.nth(0).click()
    shown.root.locator(".said").hover()
    shown.says("looks at nothing now: its whole weight was on hidden keys")
    shown.comes_to(hidden=[0])
    assert weights(shown) == [0, 0]


def test_dilated_attention_shows_a_token_as_text(explorer):
    shown = explorer("pairs", "dilated")
    assert shown.root.locator("img, b").count() == 0
    shown.root.locator("[role=option]").nth(1).hover()
    shown.says("“<b>cat</b>” (position 1) sees 2 keys")


def test_128_tokens_can_be_moved_through(explorer):
    stepper = explorer("long stepper", "query")
    stepper.root.locator("tbody tr").nth(1).locator("td").first.hover()
    stepper.says("“0” meets “1”, [0]: ")

    attention = explorer("long attention", "attention")
    attention.root.locator(".queries button").nth(100).hover()
    attention.says("head 0: w100 looks at")
    exact = attention.get("shown[0, 100].tolist()")[0]
    np.testing.assert_allclose(weights(attention), exact, atol=1e-6)
    attention.root.locator(".matrix canvas").hover(position={"x": 100, "y": 50})
    attention.says("→")
    attention.keep("attention-long")

    pairs = explorer("long pairs", "dilated")
    pairs.root.locator("[role=option]").nth(100).hover()
    pairs.says("position 100 sees")
    pairs.comes_to(query=100)
    counted = pairs.root.locator(".count").all_inner_texts()
    assert list(map(int, counted[:4])) == pairs.get("pairs")[0]

    keys = explorer("keys", "softmax")
    keys.root.locator(".weights tbody tr").nth(127).hover()
    keys.says("Key 127: raw score")


def test_more_stand_still_and_say_so_in_a_sentence(notebook):
    for name, words in {
        "longer attention": "129 tokens are too many to move through",
        "longer pairs": "129 positions are too many to move through",
        "more keys": "300 queries and 129 keys with 64 features are too many to move through",
    }.items():
        still = output(notebook, name)
        assert words in still.inner_text()
        assert len(still.locator("img").get_attribute("alt")) > 50
        assert still.locator(".explorer").count() == 0
    for name in ("longer stepper", "longer in a box"):  # in a box there is no picture
        said = output(notebook, name).locator(".explorer").inner_text()
        assert said.startswith("129 tokens")
        assert "stands still" in said


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_value_is_refused_in_three_parts(notebook, code):
    cell = notebook.panel.locator(".jp-CodeCell").nth(list(CELLS).index("wrong"))
    notebook.type_into(cell, code)
    said = cell.locator(".jp-OutputArea").inner_text()
    for part in WRONG[code].split(" … "):
        assert part in said
