"""The definitions, key by key, in tests/oracles.py; and laws."""

import numpy as np
import pytest
import torch
from oracles import dilated_by_definition

from course_lib.attention import branches, reference
from course_lib.attention.masks import causal_mask, dilated_mask, window_mask
from course_lib.errors import MaskError, ShapeError

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
CASES = {
    "even": (12, [(4, 1), (12, 2)]),
    "ragged": (13, [(4, 1), (8, 2)]),
    "one position": (1, [(4, 2)]),
    "segments longer than the text": (5, [(8, 2), (40, 3)]),
    "dilations that do not divide": (11, [(5, 2), (7, 3)]),
    "dilations longer than segments": (9, [(2, 3), (3, 5)]),
    "nobody there": (0, [(4, 2)]),
}


def drawn(rng, *, seq_len, n_heads=3):
    shapes = [(2, n_heads, seq_len, d) for d in (4, 4, 5)]
    return [rng.normal(size=shape) for shape in shapes]


def dilated(arrays, branches, **options):
    lengths, dilations = zip(*branches, strict=True)
    return reference.dilated_attention(
        *arrays, segment_lengths=lengths, dilations=dilations, **options
    )


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize(("seq_len", "branches"), CASES.values(), ids=CASES)
def test_dilated_attention_is_softmax_over_the_keys_of_all_branches(
    rng, seq_len, branches, is_causal
):
    arrays = drawn(rng, seq_len=seq_len)
    if seq_len:
        tensors = map(torch.from_numpy, arrays)
        expected = dilated_by_definition(*tensors, branches, is_causal=is_causal).numpy()
    else:
        expected = np.zeros((2, 3, 0, 5))
    found = dilated(arrays, branches, is_causal=is_causal)
    np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("lead", [(), (2,), (2, 2)])
def test_any_number_of_axes_may_stand_before_the_heads(rng, lead):
    arrays = rng.normal(size=(3, *lead, 3, 7, 4))
    found = dilated(arrays, [(4, 2)])
    for at in np.ndindex(lead):
        np.testing.assert_array_equal(found[at], dilated(arrays[(slice(None), *at)], [(4, 2)]))


def test_a_query_that_no_branch_keeps_brings_back_zeros(rng):
    found = dilated(drawn(rng, seq_len=8, n_heads=2), [(4, 4)])
    kept = np.zeros((2, 8), dtype=bool)
    for head in range(2):
        kept[head, head::4] = True
    np.testing.assert_array_equal(found[:, ~kept], 0)
    assert found[:, kept].all()


def test_one_segment_without_gaps_is_attention(rng):
    arrays = drawn(rng, seq_len=7)
    np.testing.assert_allclose(dilated(arrays, [(9, 1)]), reference.attention(*arrays), **CLOSE)
    np.testing.assert_allclose(
        dilated(arrays, [(7, 1)], is_causal=True),
        reference.attention(*arrays, mask=causal_mask(7)),
        **CLOSE,
    )


def test_one_branch_is_attention_under_its_mask(rng):
    arrays = drawn(rng, seq_len=11)
    found = dilated(arrays, [(5, 2)])
    for head in range(3):
        alone = [x[:, head] for x in arrays]
        expected = reference.attention(*alone, mask=dilated_mask(11, 5, 2, head % 2))
        np.testing.assert_allclose(found[:, head], expected, **CLOSE)


def test_two_branches_are_not_attention_under_their_masks_joined(rng):
    arrays = drawn(rng, seq_len=8, n_heads=1)
    joined = dilated_mask(8, 4, 1) | dilated_mask(8, 8, 2)
    found, under_both = dilated(arrays, [(4, 1), (8, 2)]), reference.attention(*arrays, mask=joined)
    assert np.abs(found - under_both).max() > 0.01


def test_a_key_in_two_branches_weighs_as_if_it_stood_there_twice(rng):
    queries, keys, values = drawn(rng, seq_len=4, n_heads=1)
    found = dilated((queries, keys, values), [(4, 1), (4, 2)])
    twice = [0, 1, 2, 3, 0, 2]
    expected = reference.attention(queries, keys[..., twice, :], values[..., twice, :])
    np.testing.assert_allclose(found[..., [0, 2], :], expected[..., [0, 2], :], **CLOSE)


def test_changing_the_future_leaves_the_past_alone(rng):
    arrays = drawn(rng, seq_len=10)
    before = dilated(arrays, [(4, 1), (8, 2)], is_causal=True)
    for x in arrays:
        x[..., 6:, :] = 99.0
    after = dilated(arrays, [(4, 1), (8, 2)], is_causal=True)
    np.testing.assert_array_equal(before[..., :6, :], after[..., :6, :])
    assert (before[..., 6:, :] != after[..., 6:, :]).all()


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("window", [1, 3, 20])
def test_a_window_is_attention_under_its_mask(rng, window, is_causal):
    arrays = drawn(rng, seq_len=9)
    found = reference.window_attention(*arrays, window=window, is_causal=is_causal)
    mask = window_mask(9, window, is_causal=is_causal)
    theirs = torch.nn.functional.scaled_dot_product_attention(
        *map(torch.from_numpy, arrays), attn_mask=torch.from_numpy(mask)
    )
    np.testing.assert_allclose(found, theirs.numpy(), **CLOSE)


def test_a_window_of_one_brings_back_ones_own_value(rng):
    queries, keys, values = drawn(rng, seq_len=6)
    found = reference.window_attention(queries, keys, values, window=1)
    np.testing.assert_allclose(found, values, **CLOSE)


def test_what_does_not_make_branches_is_refused(rng):
    arrays = drawn(rng, seq_len=6)
    with pytest.raises(ShapeError, match="one dilation for each segment length"):
        reference.dilated_attention(*arrays, segment_lengths=[4, 8], dilations=[1])
    with pytest.raises(ShapeError, match=r"dilations of at least 1; got \[0\]"):
        reference.dilated_attention(*arrays, segment_lengths=[4], dilations=[0])
    with pytest.raises(MaskError, match="window of at least 1; got 0"):
        reference.window_attention(*arrays, window=0)


def test_the_geometry_is_at_hand_beside_the_reference():
    assert reference.dilated_positions is branches.dilated_positions
    assert reference.attended_pairs is branches.attended_pairs
