"""Questions in lesson 00, by mouse and by keyboard."""

import pytest
from asking import Asked, ask_again
from browsing import IS_THERE, MARKS, Notebook, silent_page
from exploring import AXE

from course_lib.questions.quiz import questions_of

pytestmark = MARKS

PATH = "notebooks/00_start_here.ipynb"
PREDICT, BEFORE, QUIZ = "predict(", 'quiz("before")', 'quiz("00")'


@pytest.fixture(scope="module")
def lesson(lab):
    with silent_page() as page:
        notebook = Notebook(page, lab, PATH)
        notebook.open()
        notebook.run_down_to(QUIZ)
        yield notebook


def last_answer(lab, kind):
    """Return the choice that was kept last, and when, if that is known."""
    event = [event for event in lab.progress() if event["kind"] == kind][-1]
    return event["choice"], event.get("when")


def test_a_prediction_by_mouse_stays_and_comes_back_beside_the_result(lab, lesson):
    asked = ask_again(lesson, PREDICT)
    asked.choose(1)
    asked.says("You expect (b) “0 and 1”. Now run the next cell.")
    lesson.wait_for(
        "it to be kept", lambda: last_answer(lab, "prediction") == ("0 and 1", "before")
    )
    before = asked.root.element_handle()
    lesson.page.keyboard.press("Shift+Enter")  # runs its own cell: the click has made it active
    lesson.wait_for("another run", lambda: not before.evaluate(IS_THERE))
    asked.says("You expect (b) “0 and 1”. Now run the next cell.")
    assert asked.marked() == [1]
    lesson.page.keyboard.press("Shift+Enter")
    asked.says("You expected (b) “0 and 1”. Compare it with the result.")
    assert asked.marked() == [1]
    assert asked.words().count("✓") + asked.words().count("✗") == 0  # nobody marks it


def test_a_question_stands_once(lesson):
    asked = ask_again(lesson, PREDICT)
    assert asked.cell.inner_text().count("what do large + 1 − large") == 1


def test_a_prediction_by_keyboard_is_a_group_with_its_question(lab, lesson):
    asked = ask_again(lesson, PREDICT)
    press = lesson.page.keyboard.press
    first, *_, last = range(asked.radios().count())
    lesson.tab_to(asked.cell, asked.radio(asked.marked()[0] if asked.marked() else first))
    group = lesson.page.get_by_role("radiogroup", name="With large = 1e16: what do")
    assert group.locator("input:focus").count() == 1
    prompts, active = lesson.prompts(), lesson.active_cell()
    press("Home")
    for key, place in [("ArrowUp", last), ("ArrowDown", first), ("ArrowLeft", last), ("End", last)]:
        before = asked.marked()
        press(key)
        assert asked.radio(place).evaluate("it => it === document.activeElement")
        assert asked.marked() == before  # reading is not answering
    for key in ("a", "b", "x", "d", "d"):  # to JupyterLab: new cells, cut, deleted
        press(key)
    assert (lesson.prompts(), lesson.active_cell()) == (prompts, active)
    press("Space")
    asked.says("You expect (c) “1 and 0”. Now run the next cell.")
    press("ArrowRight")
    press("Enter")
    asked.says("You expect (a) “1 and 1”")
    lesson.wait_for("both to be kept", lambda: last_answer(lab, "prediction")[0] == "1 and 1")


def test_each_question_of_a_quiz_is_judged_on_the_page_and_the_same_line_speaks(lab, lesson):
    asked = ask_again(lesson, QUIZ)
    line = asked.line(1).element_handle()
    for place, choice in enumerate(questions_of("00")[1].choices):
        asked.choose(place, question=1)
        verdict = "✓ Right." if choice.right else "✗ Not this one."
        asked.says(f"{verdict} {choice.because}", question=1)
    assert line.evaluate("it => it.isConnected && it.ariaLive === 'polite'")
    assert line.inner_text() == asked.words(1)
    given = asked.words(1)
    again = ask_again(lesson, QUIZ)
    assert again.marked(1) == [2]
    assert again.words(1) == given


def test_the_questions_before_the_course_are_never_judged(lab, lesson):
    asked = ask_again(lesson, BEFORE)
    for place in range(3):
        asked.choose(place, question=0)
        asked.says("The same question waits at the end of the course.")
        assert "✓" not in asked.words()


def test_at_200_per_cent_nothing_is_cut_off_or_stands_on_something_else(lesson):
    before = lesson.page.viewport_size
    lesson.page.set_viewport_size({side: size // 2 for side, size in before.items()})
    try:
        for code in (PREDICT, QUIZ):
            assert Asked(lesson, lesson.cell(code)).misplaced() == []
    finally:
        lesson.page.set_viewport_size(before)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_both_themes_can_be_read(lesson, theme):
    lesson.choose_theme(theme)
    try:
        for name, code in (("prediction", PREDICT), ("before", BEFORE), ("quiz", QUIZ)):
            asked = Asked(lesson, lesson.cell(code))
            asked.choose(1)
            asked.keep(f"questions-{name}-{theme.lower()}")
            if AXE is None:
                pytest.skip("COURSE_AXE names no axe.min.js")
            assert asked.grave_faults() == []
    finally:
        lesson.choose_theme("Light")
