"""Laws and independent oracles: attention over all keys at once, and torch's log-sum-exp."""

import numpy as np
import pytest
import torch

from course_lib.attention import reference
from course_lib.attention.masks import causal_mask
from course_lib.errors import MaskError, ShapeError

CLOSE = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture
def queries(rng):
    return rng.normal(size=(2, 3, 5, 4))  # batch, heads, n_queries, d_head


@pytest.fixture
def keys(rng):
    return rng.normal(size=(2, 3, 7, 4))  # batch, heads, n_keys, d_head


@pytest.fixture
def values(rng):
    return rng.normal(size=(2, 3, 7, 6))  # batch, heads, n_keys, d_value


def logsumexp_by_torch(scores, mask):
    scores = torch.from_numpy(scores).masked_fill(~torch.from_numpy(mask), -torch.inf)
    return scores.logsumexp(-1).numpy()


def merged(parts):
    """Put parts together one after the other."""
    first, *others = parts
    for other in others:
        first = reference.merge_partials(*first, *other)
    return first


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)


# --- one part


def test_outputs_are_those_of_attention_and_lse_is_torchs(rng, queries, keys, values):
    mask = rng.random((2, 3, 5, 7)) < 0.5
    mask[0, 1, 2] = False
    outputs, lse = reference.attention_with_lse(queries, keys, values, mask=mask)
    expected = reference.attention(queries, keys, values, mask=mask)
    np.testing.assert_allclose(outputs, expected, **CLOSE)
    scores = reference.scaled_scores(queries, keys)
    np.testing.assert_allclose(lse, logsumexp_by_torch(scores, mask), **CLOSE)
    assert lse[0, 1, 2] == -np.inf


def test_without_a_mask_every_key_counts(queries, keys, values):
    everyone = np.ones((5, 7), dtype=bool)
    assert_same(
        reference.attention_with_lse(queries, keys, values),
        reference.attention_with_lse(queries, keys, values, mask=everyone),
    )


def test_over_no_keys_there_are_zeros_and_no_sum(queries, keys, values):
    outputs, lse = reference.attention_with_lse(queries, keys[..., :0, :], values[..., :0, :])
    assert outputs.shape == (2, 3, 5, 6)
    assert not outputs.any()
    assert (lse == -np.inf).all()


def test_large_scores_neither_overflow_nor_warn():
    queries, keys = np.array([[1.0]]), np.array([[1e4], [-1e4], [1e4]])
    outputs, lse = reference.attention_with_lse(queries, keys, np.array([[1.0], [5.0], [3.0]]))
    np.testing.assert_allclose(outputs, [[2.0]], **CLOSE)
    np.testing.assert_allclose(lse, [1e4 + np.log(2)], **CLOSE)


@pytest.mark.usefixtures("shapes_unchecked")
def test_a_mask_of_numbers_is_refused_as_attention_refuses_it(queries, keys, values):
    with pytest.raises(MaskError, match=r"bool mask.*float64.*mask == 0"):
        reference.attention_with_lse(queries, keys, values, mask=np.zeros((5, 7)))


def test_a_mask_that_does_not_fit_is_named_with_both_shapes(queries, keys, values):
    with pytest.raises(MaskError, match=r"\(2, 3, 5, 7\).*got shape \(7, 5\)"):
        reference.attention_with_lse(queries, keys, values, mask=np.ones((7, 5), dtype=bool))


# --- two parts and more


@pytest.mark.parametrize("cuts", [[3], [0], [7], [1, 2, 6], [1, 2, 3, 4, 5, 6]])
def test_parts_cut_anywhere_make_the_whole(queries, keys, values, cuts):
    slices = zip(np.split(keys, cuts, axis=-2), np.split(values, cuts, axis=-2), strict=True)
    parts = [reference.attention_with_lse(queries, k, v) for k, v in slices]
    whole = reference.attention_with_lse(queries, keys, values)
    assert_same(merged(parts), whole)
    assert_same(merged(parts[::-1]), whole)


def test_it_does_not_matter_which_parts_are_joined_first(rng):
    a, b, c = ((rng.normal(size=(5, 6)), rng.normal(size=5)) for _ in range(3))
    left = reference.merge_partials(*reference.merge_partials(*a, *b), *c)
    right = reference.merge_partials(*a, *reference.merge_partials(*b, *c))
    assert_same(left, right)


def test_a_part_without_keys_adds_nothing(rng):
    part = rng.normal(size=(5, 6)), rng.normal(size=5)
    nothing = np.zeros((5, 6)), np.full(5, -np.inf)
    assert_same(reference.merge_partials(*part, *nothing), part)
    assert_same(reference.merge_partials(*nothing, *part), part)


def test_two_parts_without_keys_are_zeros_and_never_nan():
    nothing = np.zeros((2, 3)), np.full(2, -np.inf)
    outputs, lse = reference.merge_partials(*nothing, *nothing)
    np.testing.assert_array_equal(outputs, 0)
    assert (lse == -np.inf).all()


def test_parts_further_apart_than_exp_can_tell_keep_the_greater():
    near, far = (np.array([[3.0]]), np.array([1e4])), (np.array([[9.0]]), np.array([-1e4]))
    for pair in ((near, far), (far, near)):
        outputs, lse = reference.merge_partials(*pair[0], *pair[1])
        assert (outputs.item(), lse.item()) == (3.0, 1e4)


# --- tile by tile


@pytest.mark.parametrize("tile", [1, 2, 3, 5, 7, 100])
def test_tiles_of_any_size_give_what_attention_gives(queries, keys, values, tile):
    tiled = reference.tiled_attention(queries, keys, values, tile)
    np.testing.assert_allclose(tiled, reference.attention(queries, keys, values), **CLOSE)


def test_large_scores_do_not_spoil_a_tile(queries, keys, values):
    tiled = reference.tiled_attention(3000 * queries, keys, values, 2)
    np.testing.assert_allclose(tiled, reference.attention(3000 * queries, keys, values), **CLOSE)


def test_no_keys_bring_back_zeros_and_no_queries_nothing(queries, keys, values):
    empty = reference.tiled_attention(queries, keys[..., :0, :], values[..., :0, :], 2)
    np.testing.assert_array_equal(empty, np.zeros((2, 3, 5, 6)))
    assert reference.tiled_attention(queries[..., :0, :], keys, values, 2).shape == (2, 3, 0, 6)


@pytest.mark.parametrize("tile", [0, -1])
def test_an_empty_tile_is_named(queries, keys, values, tile):
    with pytest.raises(ShapeError, match=rf"at least 1; got {tile}\. Try 64"):
        reference.tiled_attention(queries, keys, values, tile)


def test_nothing_that_goes_in_is_changed(queries, keys, values):
    before = [x.copy() for x in (queries, keys, values)]
    reference.tiled_attention(queries, keys, values, 2)
    reference.attention_with_lse(queries, keys, values, mask=causal_mask(7)[:5])
    for one, other in zip((queries, keys, values), before, strict=True):
        np.testing.assert_array_equal(one, other)
