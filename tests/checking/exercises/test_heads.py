"""Heads that readers of the course split and merged, written as they wrote them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def stacked(cut, axis=1):
    """Return a split that collects one head after another."""

    def answer(x, n_heads):
        d_head = x.shape[-1] // n_heads
        return np.stack([cut(x, h, n_heads, d_head) for h in range(n_heads)], axis=axis)

    return answer


def sizes_of_a_sentence(x, n_heads):
    seq_len, d_model = x.shape
    return x.reshape(seq_len, n_heads, d_model // n_heads).transpose(1, 0, 2)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (stacked(lambda x, h, n, d: x[:, :, h : h + d]), "blocks that overlap"),
        (stacked(lambda x, h, n, d: x[:, :, h * n : h * n + n]), "swapped: n_heads and d_head"),
        (stacked(lambda x, h, n, d: x[:, h * d : (h + 1) * d]), "tokens cut instead of features"),
        (stacked(lambda x, h, n, d: x[:, :, h::n]), "interleaved features"),
        (sizes_of_a_sentence, "batch axis forgotten"),
        (lambda x, n: x.reshape(-1, n, x.shape[-1] // n), "tokens folded into the batch"),
    ],
)
def test_slips_with_a_split_are_named(answer, title):
    assert evaluate("split_heads", answer).mistake == title


def test_a_list_of_heads_is_told_where_its_axis_comes_out():
    verdict = evaluate("split_heads", lambda x, n: np.array(np.split(x, n, axis=2)))
    assert verdict.mistake == "heads before the batch"
    assert "A list of heads that becomes an array has them there" in verdict.message


def test_the_shape_that_is_wanted_is_said_in_the_words_of_the_course():
    verdict = evaluate("split_heads", lambda x, n: x.reshape(*x.shape[:2], n, -1))
    assert "the last two axes have to be seq_len and d_head" in verdict.message


def sizes_without_the_batch(x):
    n_heads, seq_len, d_head = x.shape
    return x.transpose(1, 0, 2).reshape(seq_len, n_heads * d_head)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (sizes_without_the_batch, "batch axis forgotten"),
        (lambda x: x.transpose(1, 0, 2).reshape(x.shape[2], -1), "batch axis forgotten"),
        (
            lambda x: np.stack([x[:, h] for h in range(x.shape[1])], -1),
            "the wrong axes swapped, not joined",
        ),
    ],
)
def test_slips_with_a_merge_are_named(answer, title):
    assert evaluate("merge_heads", answer).mistake == title
