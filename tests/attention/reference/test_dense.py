"""Laws and independent oracles: plain loops, and torch in float64."""

from math import exp, sqrt

import numpy as np
import pytest
import torch

from course_lib.attention import reference
from course_lib.attention.masks import causal_mask
from course_lib.errors import MaskError, ShapeError, TokenError

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


def by_torch(queries, keys, values, mask=None):
    arrays = [torch.from_numpy(array) for array in (queries, keys, values)]
    allowed = None if mask is None else torch.from_numpy(mask)
    attend = torch.nn.functional.scaled_dot_product_attention
    return attend(*arrays, attn_mask=allowed).numpy()


# --- embedding and projecting


def test_a_token_gets_its_own_row_wherever_it_stands(rng):
    table = rng.normal(size=(9, 4))
    ids = np.array([3, 0, 3, 8, 1])
    embedded = reference.embed(ids, table)
    np.testing.assert_array_equal(embedded, np.eye(9)[ids] @ table)
    np.testing.assert_array_equal(embedded[0], embedded[2])


@pytest.mark.parametrize("ids", [[0, 5], [-1, 2]])
def test_an_id_without_a_row_is_named(ids):
    with pytest.raises(TokenError, match=rf"0 to 4.*from {ids[0]} to {ids[1]}.*vocabulary"):
        reference.embed(np.array(ids), np.zeros((5, 3)))


def test_no_tokens_have_no_embeddings():
    assert reference.embed(np.array([], dtype=int), np.zeros((5, 3))).shape == (0, 3)


def test_projecting_agrees_with_torch_linear_whose_weights_lie_transposed(rng):
    embeddings = rng.normal(size=(2, 5, 6))
    weights = [rng.normal(size=(6, width)) for width in (4, 4, 3)]
    for ours, weight in zip(reference.project(embeddings, *weights), weights, strict=True):
        theirs = torch.nn.functional.linear(
            torch.from_numpy(embeddings), torch.from_numpy(weight.T.copy())
        )
        np.testing.assert_allclose(ours, theirs.numpy(), **CLOSE)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_transposed_weight_is_named_with_its_shape(place):
    weights = [np.zeros((6, 4)) for _ in range(3)]
    weights[place] = np.zeros((4, 6))
    name = ("w_query", "w_key", "w_value")[place]
    with pytest.raises(ShapeError, match=rf"{name} with d_model=6 rows.*\(4, 6\).*transposed"):
        reference.project(np.zeros((5, 6)), *weights)


# --- scores


def test_each_raw_score_is_the_sum_of_products_over_the_features(queries, keys):
    scores = reference.raw_scores(queries, keys)
    assert scores.shape == (2, 3, 5, 7)
    for at in np.ndindex(scores.shape):
        *lead, query, key = at
        pairs = zip(queries[(*lead, query)], keys[(*lead, key)], strict=True)
        assert scores[at] == pytest.approx(sum(a * b for a, b in pairs), abs=1e-12)


def test_scaled_scores_divide_by_the_square_root_of_d_head(queries, keys):
    raw, scaled = reference.raw_scores(queries, keys), reference.scaled_scores(queries, keys)
    np.testing.assert_allclose(scaled * sqrt(4), raw, **CLOSE)


def test_the_spread_of_scaled_scores_does_not_grow_with_d_head(rng):
    for d_head in (4, 64, 1024):
        vectors = rng.normal(size=(2, 200, d_head))
        assert reference.scaled_scores(*vectors).std() == pytest.approx(1, abs=0.03)


def test_swapping_queries_and_keys_transposes_the_scores(queries, keys):
    there, back = reference.raw_scores(queries, keys), reference.raw_scores(keys, queries)
    np.testing.assert_allclose(there, back.swapaxes(-1, -2), **CLOSE)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("function", [reference.raw_scores, reference.scaled_scores])
def test_vectors_of_different_length_cannot_be_compared(function):
    with pytest.raises(ShapeError, match=r"d_head=4 but keys have d_head=3.*project"):
        function(np.zeros((5, 4)), np.zeros((7, 3)))


# --- softmax


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 5, 4)])
def test_softmax_agrees_with_torch_for_any_number_of_axes(rng, shape):
    scores = 3 * rng.normal(size=shape)
    theirs = torch.softmax(torch.from_numpy(scores), dim=-1).numpy()
    np.testing.assert_allclose(reference.softmax(scores), theirs, **CLOSE)


def test_softmax_is_each_exponential_over_their_sum():
    scores = [0.5, -1.0, 2.0]
    total = sum(exp(score) for score in scores)
    expected = [exp(score) / total for score in scores]
    np.testing.assert_allclose(reference.softmax(np.array(scores)), expected, **CLOSE)


def test_rows_of_weights_sum_to_one_and_none_is_negative(queries, keys):
    weights = reference.softmax(reference.scaled_scores(queries, keys))
    np.testing.assert_allclose(weights.sum(axis=-1), 1, **CLOSE)
    assert (weights >= 0).all()


def test_adding_one_number_to_a_whole_row_changes_nothing(rng):
    scores, shift = rng.normal(size=(3, 5)), rng.normal(size=(3, 1))
    np.testing.assert_allclose(
        reference.softmax(scores), reference.softmax(scores + shift), **CLOSE
    )


@pytest.mark.parametrize("size", [1e3, 1e8, 1e300])
def test_large_scores_neither_overflow_nor_warn(size):
    weights = reference.softmax(np.array([[size, 0.0, -size], [-size, -size, -size]]))
    np.testing.assert_allclose(weights, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], **CLOSE)


def test_softmax_leaves_its_input_alone(rng):
    scores = rng.normal(size=(3, 5))
    before = scores.copy()
    reference.softmax(scores)
    reference.masked_softmax(scores, causal_mask(5)[:3])
    np.testing.assert_array_equal(scores, before)


# --- masked softmax


def test_without_a_mask_every_key_is_allowed(rng):
    scores = rng.normal(size=(3, 5))
    plain = reference.softmax(scores)
    np.testing.assert_array_equal(reference.masked_softmax(scores, None), plain)
    everything = np.ones((3, 5), dtype=bool)
    np.testing.assert_allclose(reference.masked_softmax(scores, everything), plain, **CLOSE)


def test_masked_keys_get_nothing_and_the_others_share_one(rng):
    scores, mask = 5 * rng.normal(size=(2, 4, 6)), rng.random((2, 4, 6)) < 0.6
    mask[..., 0] = True
    weights = reference.masked_softmax(scores, mask)
    assert not weights[~mask].any()
    for at in np.ndindex(2, 4):
        alone = reference.softmax(scores[at][mask[at]])
        np.testing.assert_allclose(weights[at][mask[at]], alone, **CLOSE)


def test_a_query_that_may_attend_to_nothing_gets_zeros(rng):
    mask = np.array([[True, False, True], [False, False, False]])
    weights = reference.masked_softmax(1000 * rng.normal(size=(2, 3)), mask)
    assert weights[0].sum() == pytest.approx(1)
    np.testing.assert_array_equal(weights[1], 0)


def test_a_hidden_score_may_be_anything_even_infinite():
    scores = np.array([[1.0, np.inf, 2.0]])
    mask = np.array([[True, False, True]])
    weights = reference.masked_softmax(scores, mask)
    np.testing.assert_allclose(weights[0, [0, 2]], reference.softmax(np.array([1.0, 2.0])))


@pytest.mark.parametrize("shape", [(7,), (1, 7), (5, 1), (1, 3, 1, 1), (2, 1, 1, 7)])
def test_a_mask_is_broadcast_to_the_scores(rng, shape):
    scores = rng.normal(size=(2, 3, 5, 7))
    mask = rng.random(shape) < 0.7
    full = np.broadcast_to(mask, scores.shape)
    np.testing.assert_array_equal(
        reference.masked_softmax(scores, mask), reference.masked_softmax(scores, full)
    )


@pytest.mark.usefixtures("shapes_unchecked")
def test_a_mask_of_numbers_is_refused_with_the_way_to_a_bool_one():
    with pytest.raises(MaskError, match=r"bool mask.*float64.*mask == 0"):
        reference.masked_softmax(np.zeros((2, 3)), np.zeros((2, 3)))


@pytest.mark.usefixtures("shapes_unchecked")
def test_a_mask_of_ones_for_real_tokens_is_not_told_how_to_turn_itself_round():
    with pytest.raises(MaskError, match=r"int64.*1 for a real token.*mask.astype\(bool\)") as error:
        reference.masked_softmax(np.zeros((2, 3)), np.array([1, 1, 0]))
    assert "mask == 0" not in str(error.value)


@pytest.mark.parametrize("n_heads", [2, 3])
def test_three_axes_are_refused_where_they_can_be_read_in_two_ways(n_heads):
    scores, mask = np.zeros((2, n_heads, 5, 7)), np.ones((2, 5, 7), dtype=bool)
    with pytest.raises(MaskError, match=r"\(2, 5, 7\).*`mask\[:, None\]`.*head `mask\[None\]`"):
        reference.masked_softmax(scores, mask)


def test_three_axes_are_welcome_where_the_scores_have_three(rng):
    scores, mask = rng.normal(size=(2, 5, 7)), rng.random((2, 5, 7)) < 0.5
    weights = reference.masked_softmax(scores, mask)
    for at in range(2):
        np.testing.assert_array_equal(weights[at], reference.masked_softmax(scores[at], mask[at]))


def test_a_mask_that_does_not_fit_is_named_with_both_shapes():
    with pytest.raises(MaskError, match=r"\(2, 3\).*got shape \(3, 2\).*Rows are queries"):
        reference.masked_softmax(np.zeros((2, 3)), np.ones((3, 2), dtype=bool))


def test_a_mask_larger_than_the_scores_does_not_fit_either():
    with pytest.raises(MaskError, match=r"got shape \(4, 2, 3\)"):
        reference.masked_softmax(np.zeros((2, 3)), np.ones((4, 2, 3), dtype=bool))


# --- attention


def test_each_output_is_the_sum_of_weighted_values(rng):
    weights, values = rng.random((5, 7)), rng.normal(size=(7, 6))
    outputs = reference.weighted_sum(weights, values)
    for query, feature in np.ndindex(5, 6):
        expected = sum(weights[query, key] * values[key, feature] for key in range(7))
        assert outputs[query, feature] == pytest.approx(expected, abs=1e-12)


@pytest.mark.usefixtures("shapes_unchecked")
def test_one_value_is_needed_for_each_key():
    with pytest.raises(ShapeError, match=r"over 5 keys and 7 values.*transposed"):
        reference.weighted_sum(np.zeros((7, 5)), np.zeros((7, 6)))


def test_attention_agrees_with_torch(queries, keys, values):
    ours = reference.attention(queries, keys, values)
    np.testing.assert_allclose(ours, by_torch(queries, keys, values), **CLOSE)


def test_attention_agrees_with_torch_where_some_keys_are_hidden(rng, queries, keys, values):
    mask = rng.random((2, 1, 5, 7)) < 0.5
    mask[..., 3] = True  # an empty row is ours to define; torch's own answers to it have changed
    ours = reference.attention(queries, keys, values, mask=mask)
    np.testing.assert_allclose(ours, by_torch(queries, keys, values, mask), **CLOSE)


def test_a_query_that_may_attend_to_nothing_brings_back_zeros(queries, keys, values):
    mask = np.ones((5, 7), dtype=bool)
    mask[2] = False
    outputs = reference.attention(queries, keys, values, mask=mask)
    np.testing.assert_array_equal(outputs[..., 2, :], 0)
    assert outputs[..., [0, 1, 3, 4], :].all()


def test_permuting_keys_together_with_values_changes_nothing(rng, queries, keys, values):
    order = rng.permutation(7)
    before = reference.attention(queries, keys, values)
    after = reference.attention(queries, keys[..., order, :], values[..., order, :])
    np.testing.assert_allclose(before, after, **CLOSE)


def test_changing_the_future_leaves_the_past_alone(rng):
    vectors = rng.normal(size=(3, 6, 4))
    before = reference.attention(*vectors, mask=causal_mask(6))
    vectors[1:, 4:] = 99.0
    after = reference.attention(*vectors, mask=causal_mask(6))
    np.testing.assert_array_equal(before[:4], after[:4])
    assert (before[4:] != after[4:]).all()


def test_each_head_and_each_sentence_is_computed_alone(queries, keys, values):
    together = reference.attention(queries, keys, values)
    for at in np.ndindex(2, 3):
        alone = reference.attention(queries[at], keys[at], values[at])
        np.testing.assert_allclose(together[at], alone, **CLOSE)


def test_an_output_lies_between_the_smallest_and_the_largest_value(queries, keys, values):
    outputs = reference.attention(queries, keys, values)
    assert (outputs <= values.max(axis=-2, keepdims=True) + 1e-12).all()
    assert (outputs >= values.min(axis=-2, keepdims=True) - 1e-12).all()


def test_self_attention_is_attention_between_the_projections(rng):
    embeddings = rng.normal(size=(2, 5, 6))
    weights = [rng.normal(size=(6, width)) for width in (4, 4, 3)]
    mask = causal_mask(5)
    ours = reference.self_attention(embeddings, *weights, mask=mask)
    projected = [embeddings @ weight for weight in weights]
    np.testing.assert_allclose(ours, by_torch(*projected, mask), **CLOSE)


def test_self_attention_follows_its_words_when_they_change_places(rng):
    embeddings, order = rng.normal(size=(5, 6)), rng.permutation(5)
    weights = [rng.normal(size=(6, width)) for width in (4, 4, 3)]
    moved = reference.self_attention(embeddings[order], *weights)
    np.testing.assert_allclose(
        moved, reference.self_attention(embeddings, *weights)[order], **CLOSE
    )
