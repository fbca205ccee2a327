"""Slips with three projections, written as a learner writes them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def chain(embeddings, w_query, w_key, w_value):
    queries = embeddings @ w_query
    keys = queries @ w_query.T @ w_key
    values = keys @ w_key.T @ w_value
    return queries, keys, values


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda x, q, k, v: (x @ q, k, v), "embeddings not projected"),
        (lambda x, q, k, v: (x @ q, x @ q @ q.T @ k, x @ v), "one projection after another"),
        (lambda x, q, k, v: (x @ q, x @ k, x @ k @ k.T @ v), "one projection after another"),
        (chain, "one projection after another"),
        (lambda x, q, k, v: (x @ q, x @ k / np.sqrt(k.shape[1]), x @ v), "already scaled"),
    ],
)
def test_a_slip_is_named(answer, title):
    assert evaluate("project", answer).mistake == title


def test_a_table_of_scores_is_not_said_to_be_queries_keys_and_values():
    verdict = evaluate("project", lambda x, q, k, v: (x @ q) @ (x @ k).T)
    assert verdict.mistake == "one array instead of three results"
    assert "fewer, or joined into one array" in verdict.message
