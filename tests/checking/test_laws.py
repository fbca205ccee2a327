import numpy as np
import pytest

from course_lib.checking.laws import (
    hidden_keys_weigh_nothing,
    none_is_negative,
    open_rows_sum_to_one,
    rows_sum_to_one,
)

FAIR = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]])
SCORES = np.zeros((2, 3))
MASK = np.array([[True, True, False], [False, False, False]])


def test_right_weights_break_no_law():
    allowed = np.array([[0.75, 0.25, 0], [0, 0, 0]])
    assert rows_sum_to_one((FAIR,)) is None
    assert none_is_negative((FAIR,)) is None
    assert hidden_keys_weigh_nothing((allowed,), SCORES, MASK) is None
    assert open_rows_sum_to_one((allowed,), SCORES, MASK) is None


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (FAIR * [[1], [0.97]], "Row 1 sums to 0.97, not 1."),
        (FAIR * [[1], [1.002]], "Row 1 sums to 1.002, not 1."),
        (FAIR[0] / 2, "The row sums to 0.5, not 1."),
        (np.stack([FAIR, FAIR * [[1], [2]]]), "Row [1, 1] sums to 2, not 1."),
    ],
)
def test_the_first_row_that_does_not_sum_to_one_is_named_with_its_sum(weights, words):
    assert rows_sum_to_one((weights,)) == words


def test_a_negative_weight_is_named_with_its_place():
    weights = FAIR.copy()
    weights[1, 2] = -0.2
    assert none_is_negative((weights,)) == "There is a negative weight: -0.2 at [1, 2]."


def test_a_hidden_key_with_weight_is_named():
    sentence = hidden_keys_weigh_nothing((FAIR,), SCORES, MASK)
    assert "In row 0, key 2 is hidden but has the weight 0.25" in sentence


def test_a_row_that_may_attend_to_nothing_and_does_is_named():
    sentence = open_rows_sum_to_one((FAIR,), SCORES, MASK)
    assert sentence == "Row 1 may attend to nothing, but sums to 1."


def test_an_open_row_that_shares_out_too_little_is_named():
    weights = np.array([[0.5, 0.25, 0], [0, 0, 0]])
    assert open_rows_sum_to_one((weights,), SCORES, MASK) == "Row 0 sums to 0.75, not 1."
