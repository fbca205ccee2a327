"""A browser that may not leave this machine, and a notebook in it."""

import importlib.util
import json
import re
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving import HOST, Lab, wait_for

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="needs playwright"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs git: it tests a fresh clone"),
]

IS_THERE = "it => it.isConnected"
CODE = """all => all.map((cell) =>
  cell.querySelector(".jp-InputArea-editor, .jp-PlaceholderText")?.textContent ?? "")"""
STDERR = "application/vnd.jupyter.stderr"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing leaves this machine: no name is found, and an address is asked of nobody.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
    f"--proxy-server=http://{HOST}:9",
    f"--proxy-bypass-list={HOST}",
)


@contextmanager
def silent_page():
    """Open a page in which nothing may go wrong and from which nothing may leave this machine."""
    with heard_page() as (page, heard):
        yield page
    assert not heard, "\n".join(heard)


@contextmanager
def heard_page():
    """Open such a page, and give what goes wrong in it and what would have left, as it comes."""
    from playwright.sync_api import sync_playwright

    heard: list[str] = []

    def hear(happened: bool, what: str) -> None:
        if happened:
            heard.append(what)

    def hear_address(address: str) -> None:
        hear(urlsplit(address).hostname not in (HOST, None), f"leaves this machine: {address}")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.on("console", lambda m: hear(m.type == "error", f"console: {m.text}"))
        page.on("pageerror", lambda error: hear(True, f"page: {error}"))
        page.on("response", lambda r: hear(r.status >= 400, f"{r.status}: {r.url}"))
        page.on("requestfailed", lambda r: hear(True, f"failed: {r.url} {r.failure}"))
        page.on("request", lambda r: hear_address(r.url))  # blob: and data: name no host
        page.on("websocket", lambda s: hear_address(s.url))
        yield page, heard
        browser.close()


class Notebook:
    """A notebook in JupyterLab, and what one does there with mouse and keyboard."""

    def __init__(self, page, lab: Lab, path: str):
        self.page, self.lab, self.path = page, lab, path
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def open(self) -> None:
        self.page.goto(self.lab.address(self.path))
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        # The page says "idle" before there is a kernel; Run All would then ask which one to take.
        self.wait_for("a kernel", lambda: self.lab.is_ready_for(self.path))

    def wait_for(self, what, ready, **options):
        return wait_for(what, ready, pause=self.page.wait_for_timeout, **options)

    def choose(self, menu: str, item: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def run_all(self) -> None:
        self.run_first_cell()
        self.choose("Run", "Run All Cells")
        self.wait_until_run()

    def run_down_to(self, code: str):
        """Run this cell and all above it, as a learner who has come so far; return the cell."""
        cell = self.cell(code)
        self.run_first_cell()
        self.select(cell)
        self.choose("Run", "Run All Above Selected Cell")
        self.run(cell, seconds=180)
        assert not self.errors(), "\n".join(self.errors())
        return cell

    def run_first_cell(self) -> None:
        # On a busy machine widgets that come in the first moments find no manager in the page.
        self.run(self.panel.locator(".jp-CodeCell").first)

    def restart(self) -> None:
        """Restart the kernel by the menu; nothing runs in it yet."""
        before = self.lab.kernel_of(self.path)["last_activity"]
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel:text-is('Restart Kernel…')").click()
        self.page.get_by_role("dialog").wait_for()
        self.page.keyboard.press("Enter")
        self.page.get_by_role("dialog").wait_for(state="detached")
        self.wait_for(
            "a new kernel", lambda: self.lab.kernel_of(self.path)["last_activity"] != before
        )
        self.wait_until_ready()

    def restart_and_run_all(self) -> None:
        self.choose("Run", "Restart Kernel and Run All Cells…")
        self.page.get_by_role("dialog").wait_for()
        self.page.keyboard.press("Enter")
        self.wait_for("cells that wait for the new kernel", lambda: "[*]:" in self.prompts())
        self.wait_until_run()

    def wait_until_run(self) -> None:
        def is_at_its_end():
            is_idle = self.lab.kernel_of(self.path)["execution_state"] == "idle"
            return self.errors() or (is_idle and all(map(_is_number, self.prompts())))

        self.wait_for("an end", is_at_its_end)
        assert not self.errors(), "\n".join(self.errors())
        self.page.wait_for_timeout(500)  # widgets draw themselves after their cell has run

    def choose_theme(self, name: str) -> None:
        """Choose Light or Dark as a learner would, in the menu."""
        if self.page.locator(f"body[data-jp-theme-name='JupyterLab {name}']").count():
            return
        self.page.get_by_role("menuitem", name="Settings", exact=True).click()
        for item in ("Theme", f"JupyterLab {name}"):
            self.page.locator(f".lm-Menu-itemLabel:text-is('{item}')").click()
        themed = f"body[data-jp-theme-name='JupyterLab {name}']"
        self.page.locator(themed).wait_for(state="attached")

    def errors(self) -> list[str]:
        """Return tracebacks and warnings; JupyterLab shows both in one way."""
        return self.panel.locator(f"[data-mime-type='{STDERR}']").all_text_contents()

    def prompts(self) -> list[str]:
        """Return what stands before each code cell; a folded one has no number."""
        all_of_them = ".jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)"
        return self.panel.locator(all_of_them).all_text_contents()

    def active_cell(self) -> str:
        """Return what the status bar says of it: its place, and how many there are."""
        return self.page.locator("#jp-main-statusbar").get_by_text("Cell ").inner_text()

    def cell(self, code: str):
        """Find the first code cell that contains this code, by its place: code may change.

        Of a cell that is folded only the first line can be seen.
        """
        cells = self.panel.locator(".jp-CodeCell")

        def places() -> list[int]:
            found = [n for n, text in enumerate(cells.evaluate_all(CODE)) if code in text]
            if not found:
                self.scroll_on()  # on a busy machine JupyterLab leaves cells undrawn until then
            return found

        return cells.nth(self.wait_for(f"a cell with {code}", places)[0])

    def scroll_on(self) -> None:
        """Show the next stretch of the notebook; after the last one the first."""
        self.panel.locator(".jp-WindowedPanel-outer").evaluate(
            "it => { const last = it.scrollHeight - it.clientHeight;"
            " it.scrollTop = it.scrollTop < last - 1 ? it.scrollTop + it.clientHeight : 0; }"
        )

    def select(self, cell) -> None:
        """Make a cell the active one, and leave it folded if it is."""
        folded = cell.locator(".jp-InputPlaceholder")
        if not folded.count():
            cell.locator(".cm-content").click()  # a click on the prompt may leave the focus below
            return
        folded.hover(position={"x": 5, "y": 5})
        self.page.mouse.down()
        self.page.mouse.move(0, 0)  # a click that ends there would unfold it
        self.page.mouse.up()

    def tab_to(self, cell, target) -> None:
        """Walk by keyboard from a cell to something in it."""
        self.select(cell)
        self.page.keyboard.press("Escape")
        for _ in range(30):
            self.page.keyboard.press("Tab")
            if target.evaluate("it => it === document.activeElement"):
                return
        raise AssertionError("30 presses of Tab did not lead there")

    def type_into(self, cell, code: str) -> None:
        """Replace a cell's code by this, and run it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)
        self.run(cell)

    def run(self, cell, *, seconds=60) -> None:
        """Run a cell and wait for its end, or for an error in the notebook."""
        prompt = cell.locator(".jp-InputPrompt")
        is_folded = cell.locator(".jp-InputPlaceholder").count() > 0
        self.select(cell)
        before = prompt.text_content()
        outputs = cell.locator(".jp-OutputArea-child")
        earlier = outputs.element_handles()

        def has_run():
            if is_folded:  # it has no number, but it always shows something
                return outputs.count() and not any(it.evaluate(IS_THERE) for it in earlier)
            return _is_number(prompt.text_content().replace(before, ""))

        self.page.keyboard.press("Shift+Enter")
        self.wait_for("the cell", lambda: self.errors() or has_run(), seconds=seconds)

    def saved_code_cells(self) -> list[dict]:
        """Save the notebook by keyboard and read back what it holds."""
        file = self.lab.home / self.path
        before = file.stat().st_mtime_ns

        def read():
            with suppress(ValueError):  # it is being written
                return file.stat().st_mtime_ns != before and json.loads(file.read_bytes())

        self.page.keyboard.press("ControlOrMeta+s")
        notebook = self.wait_for("the saved notebook", read)
        return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _is_number(prompt: str) -> bool:
    return re.fullmatch(r"\[\d+\]:", prompt) is not None
