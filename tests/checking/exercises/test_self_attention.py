"""Slips with self-attention that a reader of the course made, written as he wrote them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def attended(embeddings, w_query, w_key, w_value, *, weigh):
    queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    return weigh(queries @ keys.T / np.sqrt(keys.shape[-1])) @ values


def mistake_of(weigh):
    return evaluate("self_attention", lambda *args: attended(*args, weigh=weigh)).mistake


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize(
    "weigh",
    [
        lambda s: np.exp(s) / np.exp(s).sum(axis=-1),
        lambda s: np.exp(s) / np.sum(np.exp(s), axis=1),
        lambda s: softmax(s - s.max(axis=-1)),
    ],
)
def test_keepdims_forgotten_is_named_although_nothing_raises(weigh):
    assert mistake_of(weigh) == "keepdims forgotten"


def test_softmax_twice_is_named():
    assert mistake_of(lambda scores: softmax(softmax(scores))) == "softmax twice"


def test_embeddings_that_meet_each_other_are_named():
    def answer(embeddings, w_query, w_key, w_value):
        scores = embeddings @ embeddings.T / np.sqrt(w_key.shape[1])
        return softmax(scores) @ (embeddings @ w_value)

    assert evaluate("self_attention", answer).mistake == "embeddings not projected"


def test_a_weight_matrix_before_the_embeddings_is_not_blamed_on_the_keys_alone():
    def answer(embeddings, w_query, w_key, w_value):
        queries, keys, values = w_query @ embeddings, w_key @ embeddings, w_value @ embeddings
        return softmax(queries @ keys.T / np.sqrt(keys.shape[-1])) @ values

    verdict = evaluate("self_attention", answer)
    assert verdict.mistake == "sizes that do not meet in a matrix product"
    assert "In a projection the embeddings come first" in verdict.message


def test_a_star_between_queries_and_keys_is_spoken_of():
    def answer(embeddings, w_query, w_key, w_value):
        queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
        return softmax(queries * keys / np.sqrt(keys.shape[-1])) @ values

    assert "`*` will not do" in evaluate("self_attention", answer).message
