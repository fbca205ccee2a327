import subprocess
import sys

import pytest
from IPython.utils.capture import capture_output

from course_lib.questions import widget
from course_lib.questions.widget import (
    NOT_CHOSEN,
    Questions,
    as_plain,
    last_choices,
    place_of,
    show,
)

ASKED = [
    {"text": "<2 or more?", "choices": ["<2", "a & b"]},
    {"text": "Why?", "choices": ["x", "y", "z"]},
]


@pytest.fixture
def asked():
    """Return two questions, the second one answered before, and a list of what is kept."""
    kept = []

    def keep(place, choice):
        kept.append((place, choice))
        return f"note {len(kept)}"

    return Questions(keep, kind="before", questions=ASKED, chosen=[NOT_CHOSEN, 2]), kept


def test_what_was_answered_before_is_shown_and_not_kept_again(asked):
    live, kept = asked
    assert (live.chosen, live.kept, live.notes, kept) == ([-1, 2], [-1, 2], ["", ""], [])


def test_only_the_new_answer_is_kept_and_the_page_is_told(asked):
    live, kept = asked
    live.chosen = [1, 2]
    assert kept == [(0, 1)]
    assert (live.kept, live.notes) == ([1, 2], ["note 1", ""])
    live.chosen = [1, 0]
    assert kept == [(0, 1), (1, 0)]
    assert (live.kept, live.notes) == ([1, 0], ["note 1", "note 2"])


def test_taking_an_answer_back_keeps_nothing(asked):
    live, kept = asked
    live.chosen = [NOT_CHOSEN, NOT_CHOSEN]
    assert kept == []


def test_a_choice_that_is_no_longer_offered_is_none():
    assert place_of("y", ["x", "y"]) == 1
    assert [place_of(it, ["x", "y"]) for it in ("an older one", None, ["x"])] == [NOT_CHOSEN] * 3


def test_of_each_question_the_last_choice_counts():
    events = [
        {"kind": "quiz", "name": "03.1", "choice": "x"},
        {"kind": "check", "name": "03.1", "status": "correct"},
        {"kind": "quiz", "name": "03.2", "choice": "z"},
        {"kind": "quiz", "name": "03.1", "choice": "y"},
    ]
    assert last_choices("quiz", events) == {"03.1": "y", "03.2": "z"}


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
    monkeypatch.setattr(widget, "get_ipython", lambda: None)
    show(asked[0], "the text")
    assert capsys.readouterr().out == "the text\n"


def test_what_nobody_kept_is_said(asked, line):
    live, _ = asked
    said = "Your answer is (c) “z”. The same question waits at the end of the course."
    assert line(live, 1) == said
    assert line(live, 1, is_alone=True) == f"{said} Not kept: run this cell, then choose again."
    assert line(live, 0) == ""


def test_to_ask_a_question_loads_neither_matplotlib_nor_torch():
    code = (
        "import sys, course_lib.questions.prediction, course_lib.questions.quiz; "
        "assert 'anywidget' in sys.modules; "
        "assert not {'matplotlib', 'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
