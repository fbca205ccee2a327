"""The page that opens first: what it shows, and where it leads."""

import os
from pathlib import Path

import pytest
from browsing import MARKS, Notebook, silent_page

pytestmark = MARKS


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_lab_opens_a_home_from_which_the_next_lesson_opens(lab, theme, tmp_path):
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    with silent_page() as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(lab.address("").replace("/lab/tree/?reset&", "/?"))
        home = page.locator(".jp-MarkdownViewer")
        home.get_by_role("heading", name="Self-attention, step by step").wait_for()
        Notebook(page, lab, "home.md").choose_theme(theme)
        assert "/lab/tree/home.md" in page.url
        assert home.locator("mjx-container").count() > 5
        assert home.get_by_role("row").count() > 30
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"home-{theme.lower()}.png")
        link = home.locator("strong a").first
        number = link.inner_text().removeprefix("lesson ")[:2]
        link.click()
        opened = f"/{number}_"
        desk = Notebook(page, lab, "home.md")
        desk.wait_for("the lesson", lambda: opened in page.url)
        path = page.url.partition("/tree/")[2].partition("?")[0]
        desk.wait_for("its kernel", lambda: lab.is_ready_for(path))
        desk.choose_theme("Light")
    log = (lab.runtime.parent / "server.log").read_text("utf-8")
    assert "exercises done; next: " in log
    assert "encryption" not in log
