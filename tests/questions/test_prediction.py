import pytest
from IPython.utils.capture import capture_output

from course_lib import predict

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
    """Return what asks in a cell and hands back the buttons and the answer line."""

    def in_a_cell(question=QUESTION):
        run_cell(f"from course_lib import predict; predict({question!r}, {CHOICES})")
        _, group, answer = screen[-1][0].children
        return group, answer

    return in_a_cell


def test_a_choice_before_the_next_cell_is_kept_as_before(ask, kept):
    group, answer = ask()
    group.value = "mat"
    assert kept() == [
        {"kind": "prediction", "name": QUESTION, "choice": "mat", "when": "before"},
    ]
    assert "run the next cell" in answer.value


def test_a_choice_after_the_next_cell_has_run_is_kept_as_after(ask, run_cell, kept):
    group, answer = ask()
    run_cell("1 + 1")
    group.value = "mat"
    assert kept()[0]["when"] == "after"
    assert "after the result" in answer.value


def test_while_the_next_cell_runs_it_is_too_late(ask, run_cell, shell, kept):
    group, _ = ask()
    shell.user_ns["group"] = group
    run_cell("group.value = 'mat'")
    assert kept()[0]["when"] == "after"


def test_run_all_comes_before_any_choice(ask, run_cell, kept):
    group, _ = ask()
    for number in range(5):
        run_cell(f"{number}")
    group.index = 0
    assert (kept()[0]["choice"], kept()[0]["when"]) == ("cat", "after")


def test_a_changed_mind_is_kept_as_well(ask, run_cell, kept):
    group, _ = ask()
    group.value = "mat"
    run_cell("1 + 1")
    group.value = "both"
    assert [(e["choice"], e["when"]) for e in kept()] == [("mat", "before"), ("both", "after")]


def test_two_predictions_watch_their_own_next_cell(ask, kept):
    first, _ = ask()
    second, _ = ask("Something else?")
    first.value = second.value = "mat"
    assert [event["when"] for event in kept()] == ["after", "before"]


def test_nothing_is_kept_before_a_choice(ask, kept):
    _, answer = ask()
    assert kept() == []
    assert "No prediction made yet." in answer.value


def test_asked_again_the_last_prediction_is_shown_but_not_chosen(ask):
    ask()[0].value = "both"
    group, answer = ask()
    assert "Your last prediction: both" in answer.value
    assert group.value is None
    assert "No prediction made yet." in ask("Something else?")[1].value


def test_where_nothing_can_be_kept_it_says_so_and_goes_on(home, ask):
    home.write_text("a file where the folder should be", encoding="utf-8")
    group, answer = ask()
    group.value = "mat"
    assert "run the next cell" in answer.value
    assert "not kept" in answer.value


def test_its_text_is_a_question_to_think_about(ask, screen):
    ask()
    assert screen[0][1] == "Predict: Which comes second?\n  (a) cat\n  (b) mat\n  (c) both"


def test_outside_a_notebook_it_can_be_asked_too(screen, kept):
    predict(QUESTION, CHOICES)
    screen[0][0].children[1].value = "mat"
    assert kept()[0]["when"] == "before"
