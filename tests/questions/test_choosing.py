import pytest
from IPython.utils.capture import capture_output

from course_lib.questions import choosing
from course_lib.questions.choosing import as_plain, radio_group, show


@pytest.fixture
def asked():
    """Return a question with two choices, and a list of what was chosen."""
    chosen = []

    def on_choice(choice):
        chosen.append(choice)
        return f"you said {choice}"

    return radio_group("<2 or more?", ["<2", "a & b"], on_choice, said="choose"), chosen


def test_nothing_is_chosen_at_first(asked):
    live, chosen = asked
    title, group, answer = live.children
    assert group.value is None
    assert group.options == ("<2", "a & b")
    assert "&lt;2 or more?" in title.value
    assert ">choose<" in answer.value
    assert chosen == []


def test_a_choice_is_told_and_answered_with_its_text_escaped(asked):
    live, chosen = asked
    _, group, answer = live.children
    group.value = "a & b"
    group.index = 0
    assert chosen == ["a & b", "<2"]
    assert "you said &lt;2<" in answer.value


def test_taking_the_choice_back_says_nothing_new(asked):
    live, chosen = asked
    _, group, _ = live.children
    group.index = 1
    group.index = None
    assert chosen == ["a & b"]


def test_the_answer_is_read_out_and_the_group_has_a_name(asked):
    live, _ = asked
    _, group, answer = live.children
    assert 'aria-live="polite"' in answer.value
    assert group.tooltip == "<2 or more?"


def test_as_text_every_choice_has_a_letter():
    assert as_plain("Which?", ["one", "two"]) == "Which?\n  (a) one\n  (b) two"


def test_a_notebook_gets_the_widget_and_its_text(shell, asked):
    live, _ = asked
    with capture_output() as captured:
        show(live, "the text")
    (output,) = captured.outputs
    assert output.data["text/plain"] == "the text"
    assert "application/vnd.jupyter.widget-view+json" in output.data


def test_outside_a_notebook_the_text_is_printed(asked, capsys, monkeypatch):
    monkeypatch.setattr(choosing, "get_ipython", lambda: None)
    show(asked[0], "the text")
    assert capsys.readouterr().out == "the text\n"
