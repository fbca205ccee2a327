"""Slips with several heads that readers and known libraries make, written as they write them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def split(x, n_heads):
    batch, seq_len, d_model = x.shape
    return x.reshape(batch, seq_len, n_heads, d_model // n_heads).transpose(0, 2, 1, 3)


def merge(heads):
    batch, _, seq_len, _ = heads.shape
    return heads.transpose(0, 2, 1, 3).reshape(batch, seq_len, -1)


def softmax(scores):
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def attend(queries, keys, values):
    return softmax(queries @ keys.swapaxes(-1, -2) / np.sqrt(keys.shape[-1])) @ values


def mistake_of(answer):
    return evaluate("multi_head_attention", answer).mistake


def weighing(weigh):
    """Return multi-head attention with other weights, made from products and d_head."""

    def answer(x, w_query, w_key, w_value, w_output, n_heads):
        queries, keys, values = (split(x @ w, n_heads) for w in (w_query, w_key, w_value))
        weights = weigh(queries @ keys.swapaxes(-1, -2), keys.shape[-1])
        return merge(weights @ values) @ w_output

    return answer


def per_head(attend_one, join):
    """Return multi-head attention that takes head after head, each with its slice of d_model."""

    def answer(x, w_query, w_key, w_value, w_output, n_heads):
        d_head = x.shape[-1] // n_heads
        parts = [slice(h * d_head, (h + 1) * d_head) for h in range(n_heads)]
        return join([attend_one(x, w_query, w_key, w_value, part) for part in parts]) @ w_output

    return answer


def keepdims_forgotten(products, d_head):
    scores = products / np.sqrt(d_head)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1)


def max_after_exp(products, d_head):
    powers = np.exp(products / np.sqrt(d_head))
    powers = powers - powers.max(-1, keepdims=True)
    return powers / powers.sum(-1, keepdims=True)


def masked_by(hidden):
    return lambda s, d: softmax(np.where(hidden(s.shape[-1]), -np.inf, s / np.sqrt(d)))


@pytest.mark.parametrize(
    ("weigh", "title"),
    [
        (keepdims_forgotten, "keepdims forgotten"),
        (lambda s, d: softmax((s - s.max(-1)) / np.sqrt(d)), "keepdims forgotten"),
        (lambda s, d: softmax(softmax(s / np.sqrt(d))), "softmax twice"),
        (max_after_exp, "maximum subtracted after exp"),
        (lambda s, d: softmax(s) / np.sqrt(d), "scale after softmax"),
        (lambda s, d: softmax(s / d**1 / 2), "half of d_head instead of its root"),
        (lambda s, d: softmax((s - s.mean()) / s.std()), "divided by a measured spread"),
        (lambda s, d: softmax(s / np.sqrt(len(s))), "scale by √batch_size"),
        (masked_by(lambda n: np.tri(n) > 0), "a mask already, and inverted"),
        (masked_by(lambda n: np.tri(n, k=-1) > 0), "a mask already, and inverted"),
    ],
)
def test_slips_with_the_weights_are_named(weigh, title):
    assert mistake_of(weighing(weigh)) == title


def test_an_axis_put_back_at_the_wrong_place_is_keepdims_forgotten():
    def weigh(products, d_head):
        scores = products / np.sqrt(d_head)
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1)[:, :, None]

    assert mistake_of(weighing(weigh)) == "keepdims forgotten"


@pytest.mark.parametrize(
    ("attend_one", "join", "title"),
    [
        (  # every head with the whole width
            lambda x, q, k, v, part: attend(x @ q, x @ k, x @ v),
            sum,
            "every head does the same",
        ),
        (  # rows of the weights instead of columns
            lambda x, q, k, v, part: attend(x @ q[part], x @ k[part], x @ v[part]),
            lambda heads: np.concatenate(heads, -1),
            "weights cut along the wrong axis",
        ),
        (
            lambda x, q, k, v, part: attend(*(x[..., part] @ w[part] for w in (q, k, v))),
            sum,
            "weights cut along the wrong axis",
        ),
        (
            lambda x, q, k, v, part: attend(*(x[..., part] @ w[part, part] for w in (q, k, v))),
            lambda heads: np.concatenate(heads, -1),
            "each head sees only its own part of the embeddings",
        ),
    ],
)
def test_weights_that_are_cut_wrongly_are_named(attend_one, join, title):
    assert mistake_of(per_head(attend_one, join)) == title


def test_a_batch_taken_for_the_sentence_is_named():
    def answer(x, *weights_and_n_heads):
        right = weighing(lambda s, d: softmax(s / np.sqrt(d)))
        return right(x.swapaxes(0, 1), *weights_and_n_heads).swapaxes(0, 1)

    assert mistake_of(answer) == "attention over the batch"


def test_queries_keys_and_values_taken_apart_after_the_heads_are_named():
    def answer(x, w_query, w_key, w_value, w_output, n_heads):
        together = split(x @ np.concatenate([w_query, w_key, w_value], 1), n_heads)
        return merge(attend(*np.split(together, 3, -1))) @ w_output

    assert mistake_of(answer) == "queries, keys and values interleaved by head"


def test_a_weight_matrix_before_the_embeddings_is_not_blamed_on_w_output():
    def answer(x, w_query, w_key, w_value, w_output, n_heads):
        return merge(attend(*(split(w @ x, n_heads) for w in (w_query, w_key, w_value)))) @ w_output

    verdict = evaluate("multi_head_attention", answer)
    assert verdict.mistake == "a weight matrix on the wrong side"
    assert "w_output" not in verdict.message.split("The check called")[0].split("Your function")[0]


def test_a_star_between_queries_and_keys_is_spoken_of():
    def answer(x, w_query, w_key, w_value, w_output, n_heads):
        queries, keys, values = (split(x @ w, n_heads) for w in (w_query, w_key, w_value))
        return merge(softmax(queries * keys / np.sqrt(keys.shape[-1])) @ values) @ w_output

    assert "`*` multiplies neighbours only" in evaluate("multi_head_attention", answer).message


def test_a_whole_d_model_is_no_root_of_it():
    verdict = evaluate(
        "multi_head_attention",
        lambda x, q, k, v, o, n: weighing(lambda s, d: softmax(s / (d * n)))(x, q, k, v, o, n),
    )
    assert verdict.mistake == "divided by d_model"


def test_what_is_returned_too_early_is_named():
    def heads_of(x, w_query, w_key, w_value, w_output, n_heads):
        return attend(*(split(x @ w, n_heads) for w in (w_query, w_key, w_value)))

    assert mistake_of(heads_of) == "heads not merged"
    assert mistake_of(lambda *args: heads_of(*args)[:, 0]) == "only one head came back"
