import numpy as np
import pytest

from course_lib.attention.masks import causal_mask, padding_mask
from course_lib.attention.reference import masked_softmax
from course_lib.errors import MaskError


@pytest.mark.parametrize("seq_len", [0, 1, 5])
def test_a_position_may_look_at_itself_and_at_what_came_before(seq_len):
    mask = causal_mask(seq_len)
    assert mask.dtype == bool
    assert mask.shape == (seq_len, seq_len)
    for query in range(seq_len):
        for key in range(seq_len):
            assert mask[query, key] == (key <= query)


def test_padding_is_hidden_from_every_head_and_every_query(rng):
    mask = padding_mask([2, 5, 0], 5)
    weights = masked_softmax(rng.normal(size=(3, 2, 4, 5)), mask)  # batch, heads, queries, keys
    assert mask.shape == (3, 1, 1, 5)
    assert not weights[0, :, :, 2:].any()
    assert (weights[1] > 0).all()
    assert not weights[2].any()


def test_padding_and_the_future_can_be_hidden_together():
    both = padding_mask([2, 3], 3) & causal_mask(3)
    assert both[0, 0].astype(int).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 0]]
    assert (both[1, 0] == causal_mask(3)).all()


@pytest.mark.parametrize("lengths", [[2, 7], [-1, 3]])
def test_a_length_that_cannot_be_is_named_with_the_lengths_that_can(lengths):
    with pytest.raises(MaskError, match=rf"between 0 and seq_len=5.*{lengths[0]}, {lengths[1]}"):
        padding_mask(lengths, 5)


def test_an_empty_batch_has_an_empty_mask():
    assert padding_mask([], 4).shape == (0, 1, 1, 4)


def test_masks_agree_with_torch():
    torch = pytest.importorskip("torch")
    expected = torch.ones(4, 4, dtype=torch.bool).tril().numpy()
    np.testing.assert_array_equal(causal_mask(4), expected)
