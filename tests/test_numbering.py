import pytest

from course_lib.errors import UnknownNameError
from course_lib.numbering import NAMES, number_of, unknown_names, with_numbers


def test_the_place_of_a_lesson_is_its_number():
    assert [number_of(name) for name in NAMES] == [f"{n:02}" for n in range(len(NAMES))]


def test_an_unknown_lesson_is_refused_with_those_there_are():
    with pytest.raises(UnknownNameError, match=r"got 'softmaks'. There are: start_here, .*softmax"):
        number_of("softmaks")


def test_a_text_gets_the_numbers_of_the_lessons_it_names():
    text = "Lesson §softmax, and lessons §start_here to §scores."
    assert with_numbers(text) == "Lesson 04, and lessons 00 to 03."
    assert unknown_names(text) == []


def test_a_name_that_no_lesson_has_stays_and_is_found():
    assert with_numbers("See § 3 and §nothing.") == "See § 3 and §nothing."
    assert unknown_names("See § 3 and §nothing.") == ["nothing"]
