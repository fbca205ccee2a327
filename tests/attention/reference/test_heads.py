"""Laws and independent oracles: plain loops, and torch in float64."""

import numpy as np
import pytest
import torch

from course_lib.attention import reference
from course_lib.attention.masks import causal_mask
from course_lib.errors import ShapeError

CLOSE = {"rtol": 1e-10, "atol": 1e-10}


@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_a_head_gets_a_block_of_neighbouring_features(rng, lead):
    x = rng.normal(size=(*lead, 5, 12))
    heads = reference.split_heads(x, 4)
    assert heads.shape == (*lead, 4, 5, 3)
    for head in range(4):
        np.testing.assert_array_equal(heads[..., head, :, :], x[..., 3 * head : 3 * head + 3])


@pytest.mark.parametrize("shape", [(5, 12), (2, 5, 12), (0, 5, 12), (2, 0, 12)])
def test_merging_undoes_splitting(rng, shape):
    x = rng.normal(size=shape)
    np.testing.assert_array_equal(reference.merge_heads(reference.split_heads(x, 3)), x)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("n_heads", [5, 0, -2])
def test_heads_that_cannot_share_the_features_are_named(n_heads):
    with pytest.raises(ShapeError, match=rf"d_model=12 and n_heads={n_heads}\. Choose n_heads"):
        reference.split_heads(np.zeros((2, 5, 12)), n_heads)


@pytest.mark.usefixtures("shapes_unchecked")
def test_merging_needs_an_axis_of_heads():
    with pytest.raises(ShapeError, match=r"n_heads, seq_len and d_head.*\(5, 12\).*split_heads"):
        reference.merge_heads(np.zeros((5, 12)))


def by_loops(embeddings, weights, n_heads, mask):
    """Attend head by head with slices of the weights; add what each head contributes."""
    d_head = embeddings.shape[-1] // n_heads
    outputs = np.zeros_like(embeddings)
    for sentence, head in np.ndindex(len(embeddings), n_heads):
        features = slice(head * d_head, (head + 1) * d_head)
        w_query, w_key, w_value = (weight[:, features] for weight in weights[:3])
        x = embeddings[sentence]
        found = reference.self_attention(x, w_query, w_key, w_value, mask=mask[sentence, head])
        outputs[sentence] += found @ weights[3][features]
    return outputs


def test_several_heads_are_one_head_each_and_their_contributions_add_up(rng):
    embeddings, weights = rng.normal(size=(2, 5, 6)), rng.normal(size=(4, 6, 6))
    mask = rng.random((2, 3, 5, 5)) < 0.6
    mask[1, 2, 3] = False
    ours = reference.multi_head_attention(embeddings, *weights, 3, mask=mask)
    np.testing.assert_allclose(ours, by_loops(embeddings, weights, 3, mask), **CLOSE)


@pytest.mark.parametrize("mask", [None, causal_mask(5)])
def test_several_heads_agree_with_torch(rng, mask):
    embeddings, weights = rng.normal(size=(2, 5, 6)), rng.normal(size=(4, 6, 6))
    x, w_query, w_key, w_value, w_output = map(torch.from_numpy, (embeddings, *weights))
    theirs = torch.nn.functional.multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3,  # torch wants the sequence first, and its weights transposed
        embed_dim_to_check=6,
        num_heads=3,
        in_proj_weight=torch.cat([w_query.T, w_key.T, w_value.T]),
        in_proj_bias=None,
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=w_output.T,
        out_proj_bias=None,
        attn_mask=None if mask is None else ~torch.from_numpy(mask),
        need_weights=False,
    )[0].transpose(0, 1)
    ours = reference.multi_head_attention(embeddings, *weights, 3, mask=mask)
    np.testing.assert_allclose(ours, theirs.numpy(), **CLOSE)


def test_one_head_is_self_attention_and_a_projection(rng):
    embeddings, weights = rng.normal(size=(5, 6)), rng.normal(size=(4, 6, 6))
    one = reference.multi_head_attention(embeddings, *weights, 1)
    alone = reference.self_attention(embeddings, *weights[:3]) @ weights[3]
    np.testing.assert_allclose(one, alone, **CLOSE)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("place", range(4))
def test_a_weight_that_is_not_square_is_named_with_both_shapes(place):
    weights = [np.zeros((6, 6)) for _ in range(4)]
    weights[place] = np.zeros((6, 2))
    name = ("w_query", "w_key", "w_value", "w_output")[place]
    with pytest.raises(ShapeError, match=rf"{name} of shape \(6, 6\).*got \(6, 2\).*all heads"):
        reference.multi_head_attention(np.zeros((2, 5, 6)), *weights, 3)
