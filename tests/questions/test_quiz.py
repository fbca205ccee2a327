from importlib.resources import files

import pytest

from course_lib import quiz as ask
from course_lib.errors import UnknownNameError
from course_lib.questions.quiz import questions_of

QUESTION_FILES = sorted(
    file.name.removesuffix(".toml")
    for file in files("course_lib.questions").joinpath("texts").iterdir()
    if file.name.endswith(".toml")
)
LESSONS = [name for name in QUESTION_FILES if name.isdigit()]


def right_place(question):
    return [choice.right for choice in question.choices].index(True)


# --- the questions as they are written


@pytest.mark.parametrize("lesson", QUESTION_FILES)
def test_every_question_has_exactly_one_right_choice_among_three_or_more(lesson):
    for question in questions_of(lesson):
        assert len(question.choices) >= 3
        assert sum(choice.right for choice in question.choices) == 1
        assert len({choice.text for choice in question.choices}) == len(question.choices)


@pytest.mark.parametrize("lesson", QUESTION_FILES)
def test_every_choice_is_explained_in_a_sentence_of_its_own(lesson):
    for question in questions_of(lesson):
        reasons = [choice.because for choice in question.choices]
        assert all(reason.endswith((".", "?", "!")) for reason in reasons)
        assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("lesson", QUESTION_FILES)
def test_the_right_choice_does_not_always_stand_in_the_same_place(lesson):
    places = [right_place(question) for question in questions_of(lesson)]
    assert len(set(places)) > 1
    assert max(map(places.count, places)) <= (len(places) + 1) // 2 + 1


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_ends_with_three_questions_or_more(lesson):
    names = [question.name for question in questions_of(lesson)]
    assert names == [f"{lesson}.{n}" for n in range(1, len(names) + 1)]
    assert len(names) >= 3


def test_the_right_choice_is_not_always_the_longest():
    questions = [question for lesson in LESSONS for question in questions_of(lesson)]
    longest = [max(q.choices, key=lambda choice: len(choice.text)).right for q in questions]
    assert sum(longest) <= 0.7 * len(longest)


def test_the_questions_at_both_ends_of_the_course_are_the_same():
    before, after = questions_of("before"), questions_of("after")
    assert [q.text for q in before] == [q.text for q in after]
    assert {q.name for q in before}.isdisjoint({q.name for q in after})


def test_an_unknown_lesson_is_told_which_there_are():
    with pytest.raises(UnknownNameError, match=r"got '99'\. There are questions for .*03"):
        ask("99")


# --- answering


@pytest.fixture
def answer(screen):
    """Return a function that asks, answers one question as the page would, and returns the view."""

    def in_lesson(lesson, place, choice):
        ask(lesson)
        live = screen[-1][0]
        live.chosen = [choice if other == place else old for other, old in enumerate(live.chosen)]
        return live

    return in_lesson


def test_each_choice_gets_its_explanation_and_is_kept(answer, kept, line):
    for place, choice in enumerate(questions_of("03")[1].choices):
        live = answer("03", 1, place)
        verdict = "✓ Right." if choice.right else "✗ Not this one."
        assert line(live, 1) == f"{verdict} {choice.because}"
        assert kept()[-1] == {
            "kind": "quiz",
            "name": "03.2",
            "choice": choice.text,
            "right": choice.right,
        }


def test_an_answer_and_its_explanation_are_shown_again(answer, screen, kept, line):
    before = line(answer("03", 1, 2), 1)
    ask("03")
    live = screen[-1][0]
    assert [choice >= 0 for choice in live.chosen] == [False, True, False]
    assert line(live, 1) == before
    assert line(live, 0) == ""
    assert len(kept()) == 1


def test_before_the_course_nothing_is_given_away(answer, kept, line):
    live = answer("before", 0, 0)
    assert "end of the course" in line(live)
    assert kept()[-1]["name"] == "before.1"
    assert all(set(question) == {"text", "choices"} for question in live.questions)


def test_after_the_course_the_same_choice_is_explained(answer, kept, line):
    live = answer("after", 0, right_place(questions_of("after")[0]))
    assert "✓ Right." in line(live)
    assert (kept()[-1]["name"], kept()[-1]["right"]) == ("after.1", True)


def test_where_nothing_can_be_kept_the_explanation_still_comes(answer, home, line):
    home.write_text("a file where the folder should be", encoding="utf-8")
    said = line(answer("03", 0, right_place(questions_of("03")[0])))
    assert "✓ Right." in said
    assert "not kept" in said


def test_as_text_all_questions_stand_with_all_choices_and_no_answers(screen):
    ask("03")
    text = screen[0][1]
    for n, question in enumerate(questions_of("03"), start=1):
        assert f"{n}. {question.text}\n  (a) {question.choices[0].text}\n" in text
        assert not any(choice.because in text for choice in question.choices)
