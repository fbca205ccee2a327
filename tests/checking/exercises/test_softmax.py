"""Slips with softmax, with and without a temperature, written as a learner writes them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def total(numbers):
    return numbers.sum(axis=-1, keepdims=True)


def greatest(numbers):
    return numbers.max(axis=-1, keepdims=True)


def bare(scores):
    return np.exp(scores) / total(np.exp(scores))


def softmax(scores):
    return bare(scores - greatest(scores))


@pytest.mark.parametrize("answer", [bare, softmax])
@pytest.mark.parametrize(
    "divided",
    [
        lambda s: s / total(s),
        lambda s: s / s.std(),
        lambda s: s / s.max(),
        lambda s: (s - s.mean()) / s.std(),
        lambda s: s / 1000,
    ],
)
def test_scores_divided_before_exp_are_not_taken_for_a_second_softmax(answer, divided):
    verdict = evaluate("softmax", lambda scores: answer(divided(scores)))
    assert verdict.mistake == "scores scaled or standardised first"


def shifted_exponentials(scores):
    powers = np.exp(scores)
    return powers - greatest(powers)


@pytest.mark.parametrize(
    "answer",
    [
        lambda s: shifted_exponentials(s) / total(shifted_exponentials(s)),
        lambda s: shifted_exponentials(s) / total(np.exp(s)),
        lambda s: softmax(s) - greatest(softmax(s)),
    ],
)
def test_a_maximum_that_is_subtracted_after_exp_is_named(answer):
    assert evaluate("softmax", answer).mistake == "maximum subtracted after exp"


@pytest.mark.parametrize(
    "answer",
    [
        lambda s: np.exp(s) / (total(np.exp(s)) + 1e-9),
        lambda s: np.exp(s) / (total(np.exp(s)) + 1e-12),
        lambda s: np.exp(s - np.log(total(np.exp(s)))),
    ],
)
def test_overflow_is_named_whatever_comes_of_it(answer):
    verdict = evaluate("softmax", answer)
    assert verdict.mistake == "overflow for large scores"
    assert "subtracted from a row beforehand" in verdict.message


@pytest.mark.parametrize("answer", [bare, softmax])
def test_a_limit_from_above_is_not_taken_for_a_maximum(answer):
    verdict = evaluate("softmax", lambda scores: answer(np.minimum(scores, 700)))
    assert verdict.mistake == "scores clipped"


def test_two_faults_at_once_do_not_contradict_each_other():
    def one_maximum_in_place(scores):
        scores -= scores.max()
        return bare(scores)

    verdict = evaluate("softmax", one_maximum_in_place)
    assert verdict.mistake == "one maximum for all rows; input changed in place"
    assert "weights are right" not in verdict.message


def test_a_maximum_that_is_added_is_not_said_to_be_subtracted():
    verdict = evaluate("softmax", lambda scores: bare(scores + greatest(scores)))
    assert verdict.mistake == "maximum added instead of subtracted"


def test_exponentials_divided_by_the_greatest_are_not_said_to_be_as_they_were():
    powers = np.exp
    verdict = evaluate("softmax", lambda s: (e := powers(s - greatest(s))) / greatest(e))
    assert "divided by the greatest" in verdict.message
    verdict = evaluate("softmax", lambda s: powers(s) / greatest(powers(s)))
    assert verdict.mistake == "divided by something other than the sum"


@pytest.mark.parametrize("lowered", [lambda s: s, lambda s: s - greatest(s)])
def test_exp_of_the_sum_is_named(lowered):
    verdict = evaluate("softmax", lambda s: np.exp(lowered(s)) / np.exp(total(lowered(s))))
    assert verdict.mistake == "divided by something other than the sum"


@pytest.mark.parametrize("lowest", [0.0, 1.0])
@pytest.mark.parametrize("base", [2.7, 2.718])
def test_a_rounded_e_is_named(base, lowest):
    verdict = evaluate("softmax", lambda s: (e := base ** (s - lowest * greatest(s))) / total(e))
    assert verdict.mistake == "another base or sign in the exponential"


@pytest.mark.parametrize("weights", [softmax, bare])
@pytest.mark.parametrize("apply", [np.divide, np.multiply])
def test_a_temperature_after_softmax_is_one_mistake(weights, apply):
    name = "softmax_with_temperature"
    mistake = evaluate(name, lambda s, t: apply(weights(s), t)).mistake
    assert mistake.startswith("weights divided after softmax")
    assert "ignored" not in mistake


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda s, t: softmax(t / s), "temperature divided by the scores"),
        (lambda s, t: softmax(s ** (1 / t)), "scores raised to a power"),
        (lambda s, t: softmax(s**t), "scores raised to a power"),
        (lambda s, t: bare(s - greatest(s) / t), "only the maximum divided"),
        (lambda s, t: bare(s / t - greatest(s)), "maximum of the undivided scores"),
        (lambda s, t: softmax(softmax(s) / t), "softmax twice"),
        (lambda s, t: s / t, "no softmax yet"),
    ],
)
def test_a_slip_with_the_temperature_is_named(answer, title):
    verdict = evaluate("softmax_with_temperature", answer)
    assert verdict.mistake == title
    assert "division by zero" not in verdict.message
