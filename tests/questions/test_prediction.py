import pytest
from IPython.utils.capture import capture_output

from course_lib import predict
from course_lib.questions.widget import NOT_CHOSEN

QUESTION = "Which comes second?"
CHOICES = ["cat", "mat", "both"]


@pytest.fixture(params=[True, False], ids=["counted cells", "uncounted cells"])
def run_cell(request, shell):
    """Return what runs a cell, with and without a number of its own."""

    def run(text):
        with capture_output():
            assert shell.run_cell(text, store_history=request.param).success

    return run


@pytest.fixture
def ask(run_cell, screen):
    """Return what asks in a cell and hands back the live question."""

    def in_a_cell(question=QUESTION):
        run_cell(f"from course_lib import predict; predict({question!r}, {CHOICES})")
        return screen[-1][0]

    return in_a_cell


def test_a_choice_before_the_next_cell_is_kept_as_before(ask, kept, line):
    live = ask()
    live.chosen = [1]
    assert kept() == [
        {"kind": "prediction", "name": QUESTION, "choice": "mat", "when": "before"},
    ]
    assert line(live) == "You expect (b) “mat”. Now run the next cell."


def test_a_choice_after_the_next_cell_has_run_is_kept_as_after(ask, run_cell, kept, line):
    live = ask()
    run_cell("1 + 1")
    assert line(live) == ""
    live.late = live.begun  # as the page does
    live.chosen = [1]
    assert kept()[0]["when"] == "after"
    assert line(live) == "You chose (b) “mat”, after the result."


def test_when_the_next_cell_has_run_what_was_expected_is_said_again(ask, run_cell, line):
    live = ask()
    live.chosen = [2]
    assert "Now run the next cell" in line(live)
    run_cell("1 + 1")
    assert line(live) == "You expected (c) “both”. Compare it with the result."


def test_its_own_cell_and_one_that_fails_are_no_next_cell(ask, shell):
    live = ask()
    assert (live.begun, live.ran) == (False, False)
    with capture_output():
        assert not shell.run_cell("1 / 0").success
    assert (live.begun, live.ran) == (True, False)
    with capture_output():
        shell.run_cell("1 / 1")
    assert (live.begun, live.ran) == (True, True)


def test_what_has_been_seen_is_no_longer_watched(ask, run_cell, shell):
    before = {name: list(found) for name, found in shell.events.callbacks.items()}
    ask()
    run_cell("1 + 1")
    assert shell.events.callbacks == before


def test_while_the_next_cell_runs_it_is_too_late(ask, run_cell, shell, kept):
    shell.user_ns["live"] = ask()
    run_cell("live.chosen = [1]")
    assert kept()[0]["when"] == "after"


def test_run_all_comes_before_any_choice(ask, run_cell, kept):
    live = ask()
    for number in range(5):
        run_cell(f"{number}")
    live.chosen = [0]
    assert (kept()[0]["choice"], kept()[0]["when"]) == ("cat", "after")


def test_a_changed_mind_is_kept_as_well(ask, run_cell, kept):
    live = ask()
    live.chosen = [1]
    run_cell("1 + 1")
    live.chosen = [2]
    assert [(e["choice"], e["when"]) for e in kept()] == [("mat", "before"), ("both", "after")]


def test_two_predictions_watch_their_own_next_cell(ask, kept):
    first = ask()
    second = ask("Something else?")
    first.chosen = [1]
    second.chosen = [1]
    assert [event["when"] for event in kept()] == ["after", "before"]


def test_nothing_is_kept_before_a_choice(ask, kept, line):
    live = ask()
    assert kept() == []
    assert line(live) == "Choose what you expect, then run the next cell."


def test_asked_again_the_last_choice_is_still_chosen(ask, kept, line):
    ask().chosen = [2]
    again = ask()
    assert line(again) == "You expect (c) “both”. Now run the next cell."
    assert len(kept()) == 1
    assert ask("Something else?").chosen == [NOT_CHOSEN]


def test_where_nothing_can_be_kept_it_says_so_and_goes_on(home, ask, line):
    home.write_text("a file where the folder should be", encoding="utf-8")
    live = ask()
    live.chosen = [1]
    assert "run the next cell" in line(live)
    assert "not kept" in line(live)


def test_where_nobody_keeps_it_the_page_says_where_to_look(ask, line):
    live = ask()
    live.chosen = [1]
    said = line(live, is_alone=True)
    assert "You expected (b) “mat”. Open “What you saw” to compare. Not kept: run this cell" in said


def test_nothing_on_the_page_knows_which_choice_is_right(ask):
    state = ask().get_state()
    assert state["questions"] == [{"text": QUESTION, "choices": CHOICES}]


def test_its_text_is_a_question_to_think_about(ask, screen):
    ask()
    assert screen[0][1] == "Predict: Which comes second?\n  (a) cat\n  (b) mat\n  (c) both"


def test_outside_a_notebook_it_can_be_asked_too(screen, kept):
    predict(QUESTION, CHOICES)
    screen[0][0].chosen = [1]
    assert kept()[0]["when"] == "before"
