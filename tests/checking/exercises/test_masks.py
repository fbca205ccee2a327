"""Masks and masked softmaxes as readers of the course wrote them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def exponentials_times_mask(scores, mask):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    total = powers.sum(-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def normalised_once_more(scores, mask):
    weights = softmax(scores) * mask
    total = weights.sum(-1, keepdims=True)
    return np.where(total > 0, weights / total, 0)


def with_a_small_number_in_the_sum(scores, mask):
    weights = softmax(scores) * mask
    return weights / (weights.sum(-1, keepdims=True) + 1e-12)


def normalised_where_something_is_open(scores, mask):
    weights = softmax(scores) * mask
    weights = weights / weights.sum(-1, keepdims=True)
    weights[~mask.any(axis=-1)] = 0
    return weights


@pytest.mark.parametrize(
    "answer",
    [
        exponentials_times_mask,
        normalised_once_more,
        with_a_small_number_in_the_sum,
        normalised_where_something_is_open,
    ],
)
def test_a_hidden_key_that_outweighs_the_visible_ones_is_hidden_too_late(answer):
    verdict = evaluate("masked_softmax", answer)
    assert verdict.mistake == "hidden after the maximum was taken"
    assert "larger by 1000" in verdict.message


def hidden(scores, mask):
    return np.where(mask, scores, -np.inf)


def all_zeros_if_any_row_is_empty(scores, mask):
    if not mask.any(axis=-1).all():
        return np.zeros_like(scores)
    return softmax(hidden(scores, mask))


def keepdims_forgotten(scores, mask):
    powers = np.exp(hidden(scores, mask) - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


def bare_exponentials_times_mask(scores, mask):
    powers = np.exp(scores) * mask
    total = powers.sum(-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def without_exp(scores, mask):
    scores = np.where(mask, scores, 0)
    return scores / scores.sum(-1, keepdims=True)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (all_zeros_if_any_row_is_empty, "one empty row empties the whole table"),
        (keepdims_forgotten, "keepdims forgotten"),
        (bare_exponentials_times_mask, "overflow for large scores"),
        (without_exp, "no exponential"),
        (lambda s, m: softmax(s - 100 * ~m), "hidden keys not hidden enough"),
        (lambda s, m: softmax(np.nan_to_num(softmax(hidden(s, m)))), "softmax twice"),
    ],
)
def test_slips_with_masked_softmax_are_named(answer, title):
    assert evaluate("masked_softmax", answer).mistake == title


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda n: (1 - np.tri(n)) * -np.inf, "nan from 0 times −inf"),
        (lambda n: np.triu(np.ones((n, n)), 1) * -np.inf, "nan from 0 times −inf"),
        (lambda n: np.triu(np.full((n, n), -np.inf), 1), "float 0/−inf instead of bool"),
        (lambda n: np.tril(np.ones((n, n))), "numbers 0 and 1 instead of bool"),
        (lambda n: np.ones((n, n)), "numbers 0 and 1 instead of bool; everything allowed"),
    ],
)
def test_slips_with_causal_mask_are_named(answer, title):
    assert evaluate("causal_mask", answer).mistake == title


def test_a_low_number_that_is_added_is_not_said_to_be_low_everywhere_else():
    verdict = evaluate("causal_mask", lambda n: np.where(np.tri(n) > 0, 1.0, -np.inf))
    assert "0 where attention is allowed" not in verdict.message
