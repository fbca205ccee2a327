"""An explorer in a notebook: what its page shows, what Python has, and what an eye stumbles on."""

import os
from contextlib import contextmanager
from pathlib import Path

from browsing import Notebook, heard_page

AXE = os.environ.get("COURSE_AXE")

# Words and controls that can be seen, each as [text, left, top, right, bottom]; then what is wrong
# with where they stand. What an own scroll bar brings into sight is not cut off.
MISPLACED = """root => {
  const isSeen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const clips = (it, way) => /hidden|clip/.test(getComputedStyle(it)[way]);
  const scrolls = (it, way) => /auto|scroll/.test(getComputedStyle(it)[way]);
  const boxes = [], faults = [];
  const add = (text, { left, top, right, bottom }, element) => {
    if (right - left < 1 || bottom - top < 1) return;
    const box = { text, left, top, right, bottom };
    for (let it = element; it !== root.parentElement; it = it.parentElement) {
      const edge = it.getBoundingClientRect();
      const isWide = box.left < edge.left - 1 || box.right > edge.right + 1;
      const isHigh = box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
      if ((isWide && clips(it, "overflowX")) || (isHigh && clips(it, "overflowY"))) {
        faults.push(`cut off: ${text}`);
      }
      if (it !== root && (scrolls(it, "overflowX") || scrolls(it, "overflowY"))) {
        [box.left, box.right] = [Math.max(box.left, edge.left), Math.min(box.right, edge.right)];
        [box.top, box.bottom] = [Math.max(box.top, edge.top), Math.min(box.bottom, edge.bottom)];
      }
    }
    if (box.right - box.left > 2 && box.bottom - box.top > 2) boxes.push(box);
  };
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { currentNode: node } = walk, range = document.createRange();
    range.selectNodeContents(node);
    if (!node.data.trim() || !isSeen(node.parentElement)) continue;
    for (const line of range.getClientRects()) add(node.data.trim(), line, node.parentElement);
  }
  for (const it of root.querySelectorAll("input, select, canvas")) {
    if (isSeen(it)) add(it.ariaLabel || it.className || it.type, it.getBoundingClientRect(), it);
  }
  boxes.forEach((a, at) => boxes.slice(at + 1).forEach((b) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 3) faults.push(`overlap: ${a.text} and ${b.text}`);
  }));
  const [own, place] = [root, root.parentElement].map((it) => it.getBoundingClientRect());
  if (own.right > place.right + 1) faults.push("wider than its place");
  if (root.scrollWidth > root.clientWidth) faults.push("scrolls sideways as a whole");
  return { faults, seen: boxes.length };
}"""

# Elements with a transition or an animation that takes time; and a style that gives one to each.
SLOW = ".explorer, .explorer * { transition: opacity 2s; animation: breathing 2s; }"
MOVING = """root => [root, ...root.querySelectorAll("*")].filter((it) => {
  const { transitionDuration, animationName, animationDuration } = getComputedStyle(it);
  const takesTime = (text) => text.split(",").some((part) => parseFloat(part) > 0);
  const isAnimated = animationName !== "none" && takesTime(animationDuration);
  return isAnimated || takesTime(transitionDuration);
}).map((it) => it.outerHTML.slice(0, 80))"""


@contextmanager
def explored(lab, path, code, kind, **beginning):
    """Open a notebook, run it down to the cell that shows an explorer, and give that explorer.

    ``beginning`` are the traits that it is to be found with by each test.
    """
    with heard_page() as (page, heard):
        notebook = Notebook(page, lab, path)
        notebook.open()
        cell = notebook.run_down_to(code)
        with lab.python_of(path) as python:
            shown = Explored(notebook, cell, kind, python, heard, beginning)
            assert shown.get(*beginning) == list(beginning.values())  # so it stands in the lesson
            shown.first_words = shown.words_of_query()
            yield shown


class View:
    """What a cell shows to move through or to answer, on its page."""

    def __init__(self, notebook, cell, kind):
        self.notebook, self.page, self.cell, self.kind = notebook, notebook.page, cell, kind
        self.root = cell.locator(f".explorer-{kind}")
        self.root.wait_for()

    def keep(self, name):
        """Keep what it looks like for someone to look at."""
        if folder := os.environ.get("COURSE_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.root.scroll_into_view_if_needed()
            self.page.wait_for_timeout(400)  # JupyterLab paints a cell a moment after that
            self.root.screenshot(path=Path(folder) / f"{name}.png")

    def misplaced(self):
        """Say which words or controls are cut off or stand on each other."""
        found = self.root.evaluate(MISPLACED)
        assert found["seen"] > 10
        return found["faults"]

    def what_moves(self):
        """Tell all of it to move, and name what does: for everybody, for who asks for less."""
        style = self.page.add_style_tag(content=SLOW)
        found = []
        for wish in ("reduce", "no-preference"):
            self.page.emulate_media(reduced_motion=wish)
            found.append(self.root.evaluate(MOVING))
        style.evaluate("it => it.remove()")
        return found[::-1]

    def grave_faults(self):
        """Ask axe-core what a reader with a screen reader or weak eyes would stumble on."""
        if not self.page.evaluate("'axe' in window"):
            self.page.add_script_tag(content=Path(AXE).read_text("utf-8"))
        found = self.page.evaluate("name => axe.run('.' + name)", f"explorer-{self.kind}")
        assert found["passes"]
        return [
            (fault["id"], [node["html"] for node in fault["nodes"]])
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]


class Explored(View):
    """One explorer, on its page and in Python."""

    def __init__(self, notebook, cell, kind, python, heard=(), beginning=()):
        super().__init__(notebook, cell, kind)
        self.python, self.heard, self.beginning = python, heard, beginning
        number = cell.locator(".jp-InputPrompt").text_content().strip("[]:")
        self.name = f"Out[{number}]"  # as a learner could name what this cell shows

    def words_of_query(self):
        """Read the line that says how it is with the query."""
        return self.root.locator(".explain, .said").first.inner_text()

    def begin_again(self):
        """Make it what it was when it was opened, whatever a test has left."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.blur()")
        self.set(**self.beginning)
        query = self.beginning["query"]
        self.set(query=query + 1)  # and back, so that it speaks of its query again
        self.set(query=query)
        self.notebook.wait_for(
            self.first_words, lambda: self.words_of_query() == self.first_words, seconds=20
        )

    def said(self):
        return self.root.locator(".said").inner_text()

    def says(self, *words):
        """Wait until the spoken line holds these words."""
        line = self.root.locator(".said")
        self.notebook.wait_for(
            f"{words} in the spoken line",
            lambda: all(w in line.text_content() for w in words),
            seconds=20,
        )

    def get(self, *names):
        """Return what Python has by these names: of traits, properties, calls of methods."""
        return self.python.ask(f"[{', '.join(f'{self.name}.{name}' for name in names)}]")

    def set(self, **traits):
        """Set traits in Python, one after another."""
        lines = (f"{self.name}.{name} = {value!r}" for name, value in traits.items())
        self.python.tell("\n".join(lines))

    def comes_to(self, **traits):
        """Check that Python comes to have these traits: what is done on the page takes a moment."""
        for _ in range(100):
            found = dict(zip(traits, self.get(*traits), strict=True))
            if found == traits:
                return
            self.page.wait_for_timeout(100)
        assert found == traits

    def focused(self):
        return self.page.evaluate("document.activeElement.innerText")
