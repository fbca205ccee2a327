"""Slips with the dot product, written as a learner writes them."""

import numpy as np
import pytest

from course_lib.checking import evaluate
from course_lib.checking.registry import exercise_named

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda a, b: (a**2 + b**2).sum(), "squares instead of products"),
        (lambda a, b: ((a + b) ** 2).sum(), "squares instead of products"),
        (lambda a, b: np.sqrt((a * b).sum()), "a root of the sum"),
        (lambda a, b: np.sqrt(((a * b) ** 2).sum()), "a root of the sum"),
        (lambda a, b: sum(a[i] * b[i] for i in range(0, len(a), 2)), "only some of the products"),
        (lambda a, b: sum(a) * b, "every number with every other"),
    ],
)
def test_a_slip_is_named(answer, title):
    verdict = evaluate("dot_product", answer)
    assert verdict.mistake == title
    assert "division by zero" not in verdict.message


def test_twice_the_right_number_is_said_to_be_just_that():
    assert "2 times the right ones" in evaluate("dot_product", lambda a, b: 2 * a @ b).message


def test_the_first_vectors_that_a_learner_sees_differ_in_every_number():
    a, b = next(exercise_named("dot_product").cases(np.random.default_rng(0))).args
    assert len({abs(number) for number in (*a, *b)}) == 6


def test_two_faults_at_once_do_not_contradict_each_other():
    def of_the_first_ones_in_place(a, b):
        a *= b
        return a[:3].sum()

    verdict = evaluate("dot_product", of_the_first_ones_in_place)
    assert verdict.mistake == "a fixed number of products; input changed in place"
    assert "number is right" not in verdict.message
