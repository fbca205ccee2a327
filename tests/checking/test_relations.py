import numpy as np
import pytest

from course_lib.checking.relations import relation_across, relation_of

RIGHT = np.array([[0.31, -1.72, 2.43], [4.14, 0.55, -0.66]])


def changed(where, number):
    ours = RIGHT.copy()
    ours[where] = number
    return ours


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (np.zeros((2, 3)), "Every number is 0"),
        (np.round(RIGHT), "rounded or cut off"),
        (np.trunc(RIGHT), "rounded or cut off"),
        (np.floor(RIGHT), "rounded down"),
        (np.round(RIGHT, 1), "round only when you print"),
        (3 * RIGHT, "3 times the right ones, so the scale"),
        (-0.5 * RIGHT, "0.5 times the right ones with the sign turned round"),
        (-RIGHT, "All your numbers have the sign turned round."),
        (RIGHT + 2, "larger than the right ones by one and the same amount"),
        (RIGHT - 1e-3, "smaller than the right ones"),
        (RIGHT[:, ::-1], "right numbers in the wrong places"),
        (RIGHT.T.reshape(2, 3), "right numbers in the wrong places"),
        (changed((1, 2), 9.5), "1 of 2 rows are right; the first that is not is row 1"),
    ],
)
def test_what_wrong_numbers_have_in_common_with_right_ones_is_told(ours, words):
    assert words in relation_of(ours, RIGHT)


def test_numbers_with_nothing_in_common_are_left_without_a_sentence(rng):
    assert relation_of(rng.normal(size=(2, 3)), RIGHT) is None


def test_numbers_with_few_digits_are_not_called_rounded():
    theirs = np.array([0.4, 0.3, 0.2])
    assert "0.97 times" in relation_of(0.97 * theirs, theirs)


def test_numbers_that_are_nearly_right_are_not_called_once_the_right_ones():
    theirs = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    assert relation_of(theirs + 4e-5 * np.array([1, -2, 1]), theirs) is None


def test_positions_of_a_single_row_are_counted():
    ours = np.array([0.5, 1.5, 2.0])
    assert "2 of 3 positions" in relation_of(ours, np.array([0.5, 1.5, 2.5]))


def test_an_inverted_mask_is_recognised():
    mask = np.tri(3) > 0
    assert "inverted" in relation_of(~mask, mask)
    assert relation_of(mask.T, mask) is None


def test_truth_beside_numbers_and_numbers_that_are_none_say_nothing():
    assert relation_of(RIGHT > 0, RIGHT) is None
    assert relation_of(changed((0, 0), np.nan), RIGHT) is None
    assert relation_of(RIGHT, changed((0, 0), np.inf)) is None


def test_a_single_number_alone_says_nothing():
    assert relation_of(np.array(2.2), np.array(1.1)) is None


def test_single_numbers_are_compared_across_the_inputs():
    theirs = np.array([1.1, 2.3, -0.4])
    assert "2 times" in relation_across(2 * theirs, theirs)
    assert "larger" in relation_across(theirs + 1, theirs)
    assert relation_across(theirs**2, theirs) is None
    assert relation_across(np.array([np.nan, 2, 3]), theirs) is None


def test_no_relation_shows_a_right_number(rng):
    theirs = rng.normal(size=(3, 4)) + 10
    for ours in (2 * theirs, theirs + 3, theirs[::-1], np.round(theirs), theirs * (theirs > 10)):
        sentence = relation_of(ours, theirs) or ""
        assert not any(f"{number:.3g}" in sentence for number in theirs.flat)


def test_words_may_be_out_of_order_or_partly_right():
    right = np.array(["the", "cat", "sat"])
    assert "right words in another order" in relation_of(right[::-1], right)
    assert "2 of 3 positions are right" in relation_of(np.array(["the", "cat", "mat"]), right)
    assert relation_of(np.array(["on", "a", "mat"]), right) is None
