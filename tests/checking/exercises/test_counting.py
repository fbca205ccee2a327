"""Slips in counting bytes and operations, and in fitting an exponent, as learners write them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda b, h, t, w: b * h * t * (t + 1) * w, "one row or column too many or too few"),
        (lambda b, h, t, w: b * h * t * (t // h) * w, "divided by heads or batch"),
        (lambda b, h, t, w: b * h * (t // h) ** 2 * w, "divided by heads or batch"),
        (lambda *sizes: sum(sizes) + sizes[2], "added instead of multiplied"),
    ],
)
def test_slips_in_counting_bytes_are_named(answer, title):
    assert evaluate("score_matrix_bytes", answer).mistake == title


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda t, d: 4 * t * (t - 1) * d, "one row or column too many or too few"),
        (lambda t, d: 2 * t * t * d + t * t * d, "three quarters of the work"),
        (lambda t, d: 24 * t * d * d, "square of d_model instead of seq_len"),
    ],
)
def test_slips_in_counting_operations_are_named(answer, title):
    assert evaluate("attention_flops", answer).mistake == title


def test_a_verdict_begins_with_a_word_and_not_with_a_name():
    message = evaluate("attention_flops", lambda t, d: 4 * t * d**2).message
    assert message.startswith("Square of d_model instead of seq_len. This grows")


def test_the_middle_of_a_squeezed_axis_is_no_slope():
    def answer(lengths, costs):
        return np.polynomial.Polynomial.fit(np.log(lengths), np.log(costs), 1).coef[0]

    assert evaluate("scaling_exponent", answer).mistake == "intercept instead of slope"
