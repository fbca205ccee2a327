"""Slips with raw and scaled scores that a reader of the course made, written as he wrote them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def with_a_running_total(queries, keys, *, each_row):
    scores, total = np.zeros((len(queries), len(keys))), 0.0
    for i, query in enumerate(queries):
        total = 0.0 if each_row else total
        for j, key in enumerate(keys):
            for a, b in zip(query, key, strict=True):
                total += a * b
            scores[i, j] = total
    return scores


@pytest.mark.parametrize("each_row", [True, False])
def test_a_total_that_goes_on_from_pair_to_pair_is_named(each_row):
    verdict = evaluate("raw_scores", lambda q, k: with_a_running_total(q, k, each_row=each_row))
    assert verdict.mistake == "a running total that is never reset"


@pytest.mark.parametrize("name", ["raw_scores", "scaled_scores"])
def test_scores_in_one_row_are_named(name):
    scale = {"raw_scores": lambda q: 1.0, "scaled_scores": lambda q: np.sqrt(q.shape[1])}[name]
    verdict = evaluate(name, lambda q, k: (q @ k.T / scale(q)).flatten())
    assert verdict.mistake == "all scores in one row"


@pytest.mark.parametrize(
    "standardise",
    [
        lambda s: s / s.std(),
        lambda s: s / s.std(axis=1, keepdims=True),
        lambda s: (s - s.mean()) / s.std(),
        lambda s: (s - s.mean(axis=1, keepdims=True)) / s.std(axis=1, keepdims=True),
    ],
)
def test_a_scale_that_is_measured_on_the_scores_is_named(standardise):
    verdict = evaluate("scaled_scores", lambda q, k: standardise(q @ k.T))
    assert verdict.mistake == "divided by a measured spread"
    assert "depends on d_head alone" in verdict.message


def test_nan_from_a_root_is_not_taken_for_a_division_by_zero():
    verdict = evaluate("scaled_scores", lambda q, k: np.sqrt(q @ k.T / q.shape[1]))
    assert verdict.mistake == "root of the scores as well"
    assert "division by zero" not in verdict.message


def test_a_power_without_brackets_is_named():
    def answer(queries, keys):
        return queries @ keys.T / queries.shape[1] ** 1 / 2

    assert evaluate("scaled_scores", answer).mistake == "half of d_head instead of its root"
