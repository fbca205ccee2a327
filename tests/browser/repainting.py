"""Print how long it takes from an event to the painted page, at 12 and at 128 tokens.

``python tests/browser/repainting.py``; nothing is asserted, since a busy machine is slow.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browsing import ROOT, Notebook, silent_page
from serving import copy_of_course, jupyterlab

START = """
import numpy as np
from course_lib.attention.reference import softmax
from course_lib.explorers import AttentionExplorer, DilatedExplorer, QueryStepper, SoftmaxExplorer
normal = np.random.default_rng(0).normal
print("ready")"""
CODE = {
    "softmax": "SoftmaxExplorer.from_vectors(normal(size=(300, 512)), normal(size=({n}, 512)))",
    "query": "QueryStepper.from_arrays(*normal(size=(3, {n}, 16)), ['w'] * {n}, stage=5)",
    "attention": "AttentionExplorer.from_weights(softmax(normal(size=(4, {n}, {n}))), ['w'] * {n})",
    "dilated": "DilatedExplorer.from_branches({n}, [(16, 1), (32, 2), (64, 4), (128, 8)])",
}
WHERE = {  # what an event goes to, and which one
    "softmax": (".weights tbody tr", "pointerenter"),
    "query": ("tbody td[tabindex]", "pointerover"),
    "attention": (".queries button", "mouseenter"),
    "dilated": ("[role=option]", "pointermove"),
}
# One explorer at a time, as in a lesson: eight on one page are laid out with every frame.
ALONE = "(all, at) => all.forEach((it, i) => { it.style.display = i === at ? '' : 'none'; })"
# From an event until the frame after it has been laid out: a message comes after that.
REPAINT = """async (root, [selector, event]) => {
  const targets = root.querySelectorAll(selector), took = [];
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(0);
  }));
  for (let time = 0; time < 60; time++) {
    await new Promise((done) => setTimeout(done, 20));
    const target = targets[(time * 37) % targets.length];
    const { top, left } = target.getBoundingClientRect();
    const start = performance.now();
    const at = { bubbles: true, clientX: left + 2, clientY: top + 2 };
    target.dispatchEvent(new PointerEvent(event, at));
    await painted();
    took.push(performance.now() - start);
  }
  return took;
}"""


def notebook_of(cells: list[str]) -> dict:
    """Return a notebook with these code cells."""
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    written = [{**code, "id": f"cell-{at}", "source": cell} for at, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": written, "metadata": {"kernelspec": kernel}}
    return {**content, "nbformat": 4, "nbformat_minor": 5}


def measure() -> None:
    sizes = [(kind, n) for kind in CODE for n in (12, 128)]
    cells = [START, *(CODE[kind].format(n=n) for kind, n in sizes)]
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        clone = copy_of_course(ROOT, top / "course")
        with jupyterlab(clone, top / "jupyter") as lab, silent_page() as page:
            (lab.home / "repainting.ipynb").write_text(json.dumps(notebook_of(cells)))
            notebook = Notebook(page, lab, "repainting.ipynb")
            notebook.open()
            notebook.run_all()
            for at, (kind, n) in enumerate(sizes):
                explorers = page.locator(".explorer")
                explorers.evaluate_all(ALONE, at)
                root = explorers.nth(at)
                root.scroll_into_view_if_needed()
                took = root.evaluate(REPAINT, WHERE[kind])
                slow = statistics.quantiles(took, n=20)[-1]
                print(f"{kind:9} {n:3} tokens: median {statistics.median(took):.1f} ms", end=", ")
                print(f"95 % below {slow:.1f} ms")


if __name__ == "__main__":
    measure()
