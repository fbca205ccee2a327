import pytest

from course_lib.questions.difference import before_and_after, differences
from course_lib.questions.quiz import questions_of
from course_lib.storage import remember


def answer(when, number, *, right):
    question = questions_of(when)[number]
    choice = next(choice for choice in question.choices if choice.right is right)
    remember("quiz", question.name, choice=choice.text, right=right)


def test_each_question_shows_whether_either_answer_was_right():
    answer("before", 0, right=False)
    answer("after", 0, right=True)
    answer("before", 1, right=True)
    rows, message = differences()
    assert [(row.before, row.after) for row in rows[:3]] == [
        (False, True),
        (True, None),
        (None, None),
    ]
    assert message is None


def test_the_last_answer_counts():
    answer("after", 2, right=True)
    answer("after", 2, right=False)
    assert differences()[0][2].after is False


def test_the_sum_says_how_many_have_changed(capsys):
    for number in range(3):
        answer("before", number, right=number == 0)
        answer("after", number, right=True)
    before_and_after()
    said = capsys.readouterr().out
    assert "right: 1 of 8 before, 3 after; 2 changed from ✗ to ✓" in said
    assert said.count("✓") == 4 + 1  # the marks, and the one in the sum


def test_without_answers_it_says_what_to_do(capsys):
    before_and_after()
    assert "No answers yet: choose above" in capsys.readouterr().out


@pytest.mark.parametrize("choice", ["a choice of an older version", None, ["a list"]])
def test_a_choice_that_is_not_offered_is_no_answer(choice):
    remember("quiz", "before.1", choice=choice, right=True)
    assert differences()[0][0].before is None


def test_a_damaged_file_is_said_and_the_rest_still_counts(home, capsys):
    answer("before", 0, right=True)
    with (home / "progress.jsonl").open("a") as file:
        file.write("{half a line\n")
    before_and_after()
    said = capsys.readouterr().out
    assert "right: 1 of 8 before" in said
    assert "could not be read" in said


def test_in_a_notebook_the_marks_are_words_as_well(monkeypatch):
    from course_lib.questions import difference

    shown = []
    monkeypatch.setattr(difference, "get_ipython", lambda: object())
    monkeypatch.setattr(difference, "display", lambda bundle, raw: shown.append(bundle))
    answer("before", 0, right=False)
    before_and_after()
    assert "✗ wrong" in shown[0]["text/html"]
    assert "· not answered" in shown[0]["text/html"]
    assert '<th scope="col">before</th>' in shown[0]["text/html"]
