"""Answers on where a word looks, and how widely, as readers of the course wrote them."""

import math

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def strongest(row, tokens, k):
    return [tokens[i] for i in np.argsort(-row)[:k]]


def own_weight_zero(weights, tokens, query, k):
    row = weights[query].copy()
    row[query] = 0
    return strongest(row, tokens, k)


def own_weight_zero_in_place(weights, tokens, query, k):
    weights[query, query] = 0
    return strongest(weights[query], tokens, k)


def one_more_without_the_query(weights, tokens, query, k):
    return [tokens[i] for i in np.argsort(-weights[query])[: k + 1] if i != query]


@pytest.mark.parametrize(
    "answer",
    [
        own_weight_zero,
        own_weight_zero_in_place,
        one_more_without_the_query,
        lambda w, tokens, query, k: one_more_without_the_query(w, tokens, query, k)[:k],
        lambda w, tokens, query, k: strongest(np.delete(w[query], query), tokens, k),
    ],
)
def test_a_query_that_is_dropped_in_any_way_is_named(answer):
    assert evaluate("most_attended", answer).mistake == "the query itself dropped"


def by_word(weights, tokens, query, k):
    pairs = sorted(zip(tokens, weights[query], strict=True), reverse=True)
    return [token for token, _ in pairs[:k]]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda w, t, q, k: [t[i] for i in np.argsort(w[q])[:k][::-1]], "the weakest k"),
        (lambda w, t, q, k: strongest(w[q, :k], t, k), "cut before sorting"),
        (by_word, "not ordered by weight at all"),
        (lambda w, t, q, k: t[np.argsort(-w[q])[:k]], "a list asked for several positions at once"),
        (lambda w, t, q, k: strongest(w, t, k), "a list asked for several positions at once"),
        (lambda w, t, q, k: strongest(w.ravel(), t, k), "sorted along the wrong axis"),
    ],
)
def test_slips_with_the_strongest_tokens_are_named(answer, title):
    assert evaluate("most_attended", answer, 5).mistake == title


def safe_logs(weights):
    return np.log(np.where(weights > 0, weights, 1))


def normalised_first(weights):
    weights = weights / weights.sum()
    return -(weights * safe_logs(weights)).sum(-1)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda w: -(w * np.log(w + 1e-5)).sum(-1), "a shift inside the logarithm"),
        (lambda w: -(w * np.log(np.clip(w, 1e-3, 1))).sum(-1), "a shift inside the logarithm"),
        (lambda w: -w @ safe_logs(w).T, "matrix product instead of elementwise"),
        (lambda w: -w * math.log(w), "an array where one number is expected"),
        (lambda w: -np.mean(np.log(w), axis=-1), "weights left out of the sum"),
        (normalised_first, "normalised over several rows"),
        (
            lambda w: -(w * safe_logs(w) + (1 - w) * safe_logs(1 - w)).sum(-1),
            "both outcomes of each key",
        ),
    ],
)
def test_slips_with_an_entropy_are_named(answer, title):
    assert evaluate("entropy", answer).mistake == title
