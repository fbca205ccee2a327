import numpy as np
import pytest

from course_lib.attention.masks import causal_mask, dilated_mask, padding_mask, window_mask
from course_lib.attention.reference import masked_softmax
from course_lib.errors import MaskError, ShapeError


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


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("window", [1, 2, 7, 20])
@pytest.mark.parametrize("seq_len", [0, 1, 7])
def test_a_window_shows_those_nearer_than_its_width(seq_len, window, is_causal):
    mask = window_mask(seq_len, window, is_causal=is_causal)
    assert mask.dtype == bool
    assert mask.shape == (seq_len, seq_len)
    for query, key in np.ndindex(seq_len, seq_len):
        hidden = is_causal and key > query
        assert mask[query, key] == (abs(query - key) < window and not hidden)


def test_a_window_is_causal_unless_it_is_told_otherwise():
    np.testing.assert_array_equal(window_mask(5, 5), causal_mask(5))
    assert window_mask(5, 5, is_causal=False).all()


@pytest.mark.parametrize("window", [0, -3])
def test_an_empty_window_is_named_with_the_smallest_that_is_none(window):
    with pytest.raises(MaskError, match=rf"at least 1; got {window}\. A window of 1 lets.*itself"):
        window_mask(5, window)


@pytest.mark.parametrize(("segment_length", "dilation"), [(4, 1), (4, 2), (5, 3), (2, 5), (20, 2)])
def test_a_branch_shows_those_it_keeps_to_each_other_within_their_segment(segment_length, dilation):
    for offset in range(dilation):
        mask = dilated_mask(13, segment_length, dilation, offset)
        assert mask.dtype == bool
        assert mask.shape == (13, 13)
        for query, key in np.ndindex(13, 13):
            kept = [at % segment_length % dilation == offset for at in (query, key)]
            together = query // segment_length == key // segment_length
            assert mask[query, key] == (all(kept) and together)


def test_a_branch_of_one_segment_without_gaps_hides_nothing():
    assert dilated_mask(6, 9, 1).all()
    assert dilated_mask(0, 4, 2).shape == (0, 0)


def test_a_mask_refuses_the_branches_that_positions_refuse():
    with pytest.raises(ShapeError, match=r"0 to dilation − 1"):
        dilated_mask(8, 4, 2, 2)
    with pytest.raises(ShapeError, match="at least 1"):
        dilated_mask(8, 4, 0)
