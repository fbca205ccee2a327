"""A learner's way through lesson 03 in a real JupyterLab and a real browser."""

import os
from pathlib import Path

import pytest
from asking import Asked
from browsing import MARKS, Notebook, silent_page
from exploring import MISPLACED

pytestmark = MARKS

NO_SCALE = "def scaled_scores(queries, keys):\n    return queries @ keys.T"
SCALED = NO_SCALE + " / np.sqrt(queries.shape[-1])"


@pytest.fixture
def page():
    with silent_page() as page:
        yield page


@pytest.fixture
def picture(page, tmp_path):
    """Return a function that keeps what the page shows for someone to look at."""
    folder = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def keep(name):
        page.wait_for_timeout(500)  # JupyterLab paints a cell a moment after it scrolls into view
        page.screenshot(path=folder / f"{name}.png")

    return keep


def is_sound(output):
    return output["output_type"] != "error" and output.get("name") != "stderr"


def choose_by_keyboard(notebook, code, *, group=0, choice):
    """Answer a question with Tab and the space bar, and return the words of the choice."""
    asked = Asked(notebook, notebook.cell(code))
    notebook.tab_to(asked.cell, asked.radio(0, group))
    for _ in range(choice):
        notebook.page.keyboard.press("ArrowDown")
    notebook.page.keyboard.press("Space")
    return asked.choice(choice, group)


def test_lesson_03_runs_silently_and_keeps_what_is_answered_by_keyboard(lab, page, picture):
    lesson = Notebook(page, lab, "notebooks/03_scores.ipynb")
    lesson.open()
    picture("lesson-1-opened")
    assert lesson.prompts() == ["[ ]:"] * len(lesson.prompts())
    lesson.run_all()
    assert all(is_sound(o) for cell in lesson.saved_code_cells() for o in cell["outputs"])

    before = len(lab.progress())  # of other tests
    predicted = choose_by_keyboard(lesson, "predict(", choice=0)
    picture("lesson-2-predicted")
    answered = choose_by_keyboard(lesson, "quiz(", group=1, choice=2)
    lesson.wait_for("two answers", lambda: len(lab.progress()) == before + 2)
    picture("lesson-3-answered")
    lesson.restart_and_run_all()

    prediction, quiz = lab.progress()[before:]
    assert (prediction["kind"], prediction["choice"]) == ("prediction", predicted)
    assert prediction["when"] == "after"
    assert (quiz["kind"], quiz["choice"], quiz["right"]) == ("quiz", answered, True)
    asked = Asked(lesson, lesson.cell("predict("))
    asked.root.scroll_into_view_if_needed()
    picture("lesson-4-restarted")
    assert (asked.marked(), asked.words().count(predicted)) == ([0], 1)


def test_what_was_seen_waits_until_it_is_opened(lab, page, picture):
    lesson = Notebook(page, lab, "notebooks/04_softmax.ipynb")
    lesson.open()
    seen = lesson.panel.locator("details", has_text="What you saw")
    lesson.wait_for("the prose", lambda: seen.count() > 4)
    assert lesson.panel.locator("details[open]").count() == 0
    slope = seen.filter(has_text="its slope is")
    formula = slope.locator("mjx-container").first
    assert not formula.is_visible()
    lesson.page.keyboard.press("Escape")
    slope.locator("summary").focus()
    lesson.page.keyboard.press("Space")
    formula.wait_for()
    slope.scroll_into_view_if_needed()
    picture("lesson-what-you-saw")


def test_the_exercise_names_a_mistake_and_then_accepts_the_right_answer(lab, page, picture):
    lesson = Notebook(page, lab, "notebooks/03_scores.ipynb")
    lesson.open()
    page.locator("a[href*='exercises/03_scores.ipynb']").first.click()
    exercise = Notebook(page, lab, "exercises/03_scores.ipynb")
    exercise.wait_until_ready()
    # On a busy machine its tab comes to the front late; until then the lesson would be clicked on.
    exercise.wait_for("the exercise's tab", lambda: "exercises/03_scores" in page.url)
    exercise.run(exercise.cell("import numpy"))
    answer, check = exercise.cell("def scaled_scores"), exercise.cell('check("scaled_scores"')
    for code, status, mistake in ((NO_SCALE, "incorrect", "no scale"), (SCALED, "correct", None)):
        exercise.type_into(answer, code)
        exercise.run(check)
        verdict = check.locator(".jp-OutputArea")
        verdict.scroll_into_view_if_needed()
        picture(f"exercise-{status}")
        assert status in verdict.inner_text()
        assert (mistake or status) in verdict.inner_text()
        event = lab.progress()[-1]
        assert (event["kind"], event["name"]) == ("check", "scaled_scores")
        assert (event["status"], event["mistake"]) == (status, mistake)


def test_the_browser_hears_every_fault_and_lets_nothing_out():
    with pytest.raises(AssertionError) as heard:
        visit_a_faulty_page()
    for address in ("http://example.org", "http://192.0.2.1"):
        assert f"leaves this machine: {address}" in str(heard.value)
        assert f"failed: {address}" in str(heard.value)
    for fault in ("console: ouch", "page: oops"):
        assert fault in str(heard.value)


def visit_a_faulty_page():
    with silent_page() as page:
        page.set_content(
            "<img src='http://example.org/cat.png'><img src='http://192.0.2.1/cat.png'>"
        )
        page.evaluate("console.error('ouch'); setTimeout(() => { throw new Error('oops') })")
        page.wait_for_timeout(300)


def test_what_is_cut_off_or_stands_on_something_else_is_found():
    faulty = """<!doctype html>
      <div id="it" style="width: 200px; overflow: auto; font: 14px sans-serif">
      <p style="width: 300px">wide</p>
      <p style="position: relative; top: -30px">on it</p>
      <p style="height: 8px; overflow: hidden">half of me</p></div>"""
    with silent_page() as page:
        page.set_content(faulty)
        found = page.locator("#it").evaluate(MISPLACED)["faults"]
    assert found == [
        "cut off: half of me",
        "overlap: wide and on it",
        "scrolls sideways as a whole",
    ]
