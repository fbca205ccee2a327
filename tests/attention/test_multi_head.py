"""Three witnesses: torch's own module, the NumPy reference, and laws that any attention obeys."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

import course_lib.attention
from course_lib.attention import MultiHeadAttention, multi_head, reference
from course_lib.attention.masks import causal_mask, padding_mask
from course_lib.errors import MaskError, ShapeError

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
SHAPES = [
    (1, 1, 6, 1),
    (2, 5, 6, 3),
    (3, 17, 8, 2),
    (2, 40, 12, 4),
]  # batch, seq_len, d_model, heads


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param


def sentences(batch_size, seq_len, d_model, dtype=torch.float64):
    return torch.randn(batch_size, seq_len, d_model, dtype=dtype, requires_grad=True)


def module(d_model, n_heads, dtype=torch.float64, **options):
    return MultiHeadAttention(d_model, n_heads, **options).to(dtype)


def twins(d_model, n_heads, *, bias=False):
    """Return torch's own module and ours with the same weights."""
    theirs = nn.MultiheadAttention(d_model, n_heads, bias=bias, batch_first=True).double()
    if bias:
        nn.init.normal_(theirs.in_proj_bias)
        nn.init.normal_(theirs.out_proj.bias)
    return theirs, MultiHeadAttention.from_torch(theirs)


def by_torch(theirs, x, allowed=None):
    """Ask torch's own module, for which True in a mask means *may not*."""
    if allowed is None:
        return theirs(x, x, x, need_weights=False)[0]
    batch_size, seq_len, _ = x.shape
    full = torch.as_tensor(allowed).expand(batch_size, theirs.num_heads, seq_len, seq_len)
    return theirs(x, x, x, need_weights=False, attn_mask=~full.flatten(0, 1))[0]


def gradients(model, x, outputs):
    """Return the gradients that arrive at x and at each parameter."""
    direction = torch.linspace(-1, 2, outputs.numel(), dtype=outputs.dtype).view_as(outputs)
    return torch.autograd.grad(
        (outputs * direction).sum(), [x, *model.parameters()], retain_graph=True
    )


def stacked(arrived):
    """Lay our gradients out as torch's own module does: the three inputs on top of each other."""
    x, *rest = arrived
    if len(rest) == 4:
        return x, torch.cat(rest[:3]), rest[3]
    weights, biases = rest[0::2], rest[1::2]
    return x, torch.cat(weights[:3]), torch.cat(biases[:3]), weights[3], biases[3]


def assert_all_close(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


def random_mask(batch_size, n_heads, seq_len):
    """Hide half of the pairs, but leave everyone something to look at."""
    return torch.rand(batch_size, n_heads, seq_len, seq_len).lt(0.5) | torch.eye(seq_len).bool()


# --- against torch's own module


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("batch_size", "seq_len", "d_model", "n_heads"), SHAPES)
def test_outputs_and_gradients_are_those_of_torch(batch_size, seq_len, d_model, n_heads, bias):
    theirs, ours = twins(d_model, n_heads, bias=bias)
    x = sentences(batch_size, seq_len, d_model)
    expected, outputs = by_torch(theirs, x), ours(x)
    torch.testing.assert_close(outputs, expected, **CLOSE)
    assert_all_close(stacked(gradients(ours, x, outputs)), gradients(theirs, x, expected))


@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("kind", ["none", "every head its own", "ragged"])
@pytest.mark.parametrize(("batch_size", "seq_len", "d_model", "n_heads"), SHAPES)
def test_masks_hide_what_they_hide_in_torch(
    batch_size, seq_len, d_model, n_heads, kind, is_causal, return_weights
):
    theirs, ours = twins(d_model, n_heads)
    x = sentences(batch_size, seq_len, d_model)
    mask = {
        "none": None,
        "every head its own": random_mask(batch_size, n_heads, seq_len),
        "ragged": padding_mask(range(seq_len, seq_len - batch_size, -1), seq_len),
    }[kind]
    allowed = torch.ones(seq_len, seq_len).bool() if mask is None else torch.as_tensor(mask)
    if is_causal:
        allowed = allowed & torch.from_numpy(causal_mask(seq_len))
    expected = by_torch(theirs, x, allowed)
    found = ours(x, mask=mask, is_causal=is_causal, return_weights=return_weights)
    outputs = found[0] if return_weights else found
    torch.testing.assert_close(outputs, expected, **CLOSE)
    assert_all_close(stacked(gradients(ours, x, outputs)), gradients(theirs, x, expected))


def test_copying_refuses_what_ours_does_not_have():
    for option in ({"kdim": 3}, {"add_bias_kv": True}, {"add_zero_attn": True}):
        theirs = nn.MultiheadAttention(6, 2, **option)
        with pytest.raises(ShapeError, match=r"one width and number.*kdim.*Leave these"):
            MultiHeadAttention.from_torch(theirs)


def test_copied_weights_are_copies(dtype):
    theirs = nn.MultiheadAttention(6, 2).to(dtype)
    ours = MultiHeadAttention.from_torch(theirs)
    before = theirs.in_proj_weight.clone()
    nn.init.zeros_(ours.to_queries.weight)
    torch.testing.assert_close(theirs.in_proj_weight, before)
    assert ours.to_outputs.weight.dtype == dtype


# --- against the reference


@pytest.mark.parametrize(("batch_size", "seq_len", "d_model", "n_heads"), SHAPES)
def test_it_says_what_the_reference_says(batch_size, seq_len, d_model, n_heads, dtype):
    ours = module(d_model, n_heads, dtype)
    x = sentences(batch_size, seq_len, d_model, dtype)
    mask = random_mask(batch_size, n_heads, seq_len)
    mask[:, -1, seq_len // 2] = False  # one head's query may look at nothing
    expected = reference.multi_head_attention(*as_numpy(x, ours), n_heads, mask=mask.numpy())
    tolerance = 1e-10 if dtype == torch.float64 else 1e-5
    for outputs in (ours(x, mask=mask), ours(x, mask=mask, return_weights=True)[0]):
        found = outputs.detach().numpy()
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def as_numpy(x, ours):
    """Return the arrays that the reference takes: torch keeps its weights transposed."""
    layers = (ours.to_queries, ours.to_keys, ours.to_values, ours.to_outputs)
    arrays = (x, *(layer.weight.T for layer in layers))
    return [array.detach().double().numpy() for array in arrays]


# --- keys and values of their own


CROSSING = [(1, 1, 4, 6, 1), (2, 5, 3, 6, 3), (3, 4, 17, 8, 2), (2, 7, 7, 6, 2)]
crossing = pytest.mark.parametrize(
    ("batch_size", "n_queries", "n_keys", "d_model", "n_heads"), CROSSING
)


def crossed(batch_size, n_queries, n_keys, d_model, dtype=torch.float64):
    return [sentences(batch_size, n, d_model, dtype) for n in (n_queries, n_keys)]


def crossing_mask(kind, batch_size, n_heads, n_queries, n_keys):
    if kind == "padding":
        return padding_mask([n_keys - at for at in range(batch_size)], n_keys)
    mask = torch.rand(batch_size, n_heads, n_queries, n_keys) < 0.6
    mask[..., 0] = True
    return mask


@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["none", "padding", "every pair its own"])
@crossing
def test_with_a_context_outputs_weights_and_gradients_are_those_of_torch(
    batch_size, n_queries, n_keys, d_model, n_heads, kind, bias, return_weights
):
    theirs, ours = twins(d_model, n_heads, bias=bias)
    x, context = crossed(batch_size, n_queries, n_keys, d_model)
    mask = None if kind == "none" else crossing_mask(kind, batch_size, n_heads, n_queries, n_keys)
    full = torch.ones(batch_size, n_heads, n_queries, n_keys).bool()
    full = full if mask is None else torch.as_tensor(mask).expand(full.shape)
    expected, weights = theirs(
        x, context, context, attn_mask=~full.flatten(0, 1), average_attn_weights=False
    )
    found = ours(x, context=context, mask=mask, return_weights=return_weights)
    outputs = found[0] if return_weights else found
    torch.testing.assert_close(outputs, expected, **CLOSE)
    if return_weights:
        torch.testing.assert_close(found[1], weights, **CLOSE)
    arrived, wanted = (
        torch.autograd.grad(run.square().sum(), [x, context, *model.parameters()])
        for run, model in ((outputs, ours), (expected, theirs))
    )
    assert_all_close(arrived[:2], wanted[:2])
    assert_all_close(stacked((None, *arrived[2:]))[1:], wanted[2:])


@pytest.mark.parametrize("masked", [False, True])
@crossing
def test_with_a_context_it_says_what_the_reference_says(
    batch_size, n_queries, n_keys, d_model, n_heads, masked, dtype
):
    ours = module(d_model, n_heads, dtype)
    x, context = crossed(batch_size, n_queries, n_keys, d_model, dtype)
    mask = torch.rand(batch_size, n_heads, n_queries, n_keys) < 0.5
    mask[-1, 0, n_queries // 2] = False  # one head's query may look at nothing
    mask = mask if masked else None
    words, w_query, w_key, w_value, w_output = as_numpy(x, ours)
    other = context.detach().double().numpy()
    queries, keys, values = (
        reference.split_heads(at @ weight, n_heads)
        for at, weight in ((words, w_query), (other, w_key), (other, w_value))
    )
    heads = reference.attention(queries, keys, values, mask=None if mask is None else mask.numpy())
    expected = reference.merge_heads(heads) @ w_output
    tolerance = 1e-10 if dtype == torch.float64 else 1e-5
    for found in (
        ours(x, context=context, mask=mask),
        ours(x, context=context, mask=mask, return_weights=True)[0],
    ):
        outputs = found.detach().numpy()
        np.testing.assert_allclose(outputs, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("return_weights", [False, True])
def test_who_may_look_at_nothing_of_the_context_brings_back_zeros(return_weights):
    ours = module(6, 3)
    x, context = crossed(2, 5, 4, 6)
    mask = padding_mask([4, 0], 4)  # the second sentence has no context
    found = ours(x, context=context, mask=mask, return_weights=return_weights)
    outputs = found[0] if return_weights else found
    assert outputs[0].all()
    assert not outputs[1].any()
    arrived = torch.autograd.grad(outputs.sum(), [x, context, *ours.parameters()])
    assert all(gradient.isfinite().all() for gradient in arrived)
    assert not arrived[1][1].any()


def test_a_context_without_words_leaves_zeros():
    ours = module(6, 3)
    x, context = crossed(2, 5, 0, 6)
    outputs, weights = ours(x, context=context, return_weights=True)
    assert weights.shape == (2, 3, 5, 0)
    for found in (outputs, ours(x, context=context)):
        torch.testing.assert_close(found, torch.zeros(2, 5, 6, dtype=torch.float64))


@pytest.mark.parametrize("is_causal", [False, True])
def test_the_words_themselves_as_their_context_are_self_attention(is_causal):
    ours, x = module(6, 3), sentences(2, 5, 6)
    expected = ours(x, is_causal=is_causal)
    torch.testing.assert_close(ours(x, context=x, is_causal=is_causal), expected, **CLOSE)
    other = torch.randn_like(x)
    hidden = ours(x, context=other, mask=causal_mask(5))
    torch.testing.assert_close(ours(x, context=other, is_causal=True), hidden, **CLOSE)


@pytest.mark.parametrize("return_weights", [False, True])
def test_is_causal_is_refused_where_queries_and_keys_are_not_as_many(return_weights):
    x, context = crossed(2, 5, 4, 6)
    named = r"is_causal.*as many keys as queries; got 5 queries and 4 keys.*mask"
    with pytest.raises(ShapeError, match=named):
        module(6, 3)(x, context=context, is_causal=True, return_weights=return_weights)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("shape", [(4, 6), (2, 4, 7), (3, 4, 6), (2, 3, 4, 6)])
def test_a_context_that_does_not_fit_is_named_with_the_shape_that_would(shape):
    named = rf"context of shape \(batch_size=2, n_keys, d_model=6\).*got {re.escape(str(shape))}"
    with pytest.raises(ShapeError, match=named):
        module(6, 3)(sentences(2, 5, 6), context=torch.zeros(shape, dtype=torch.float64))


def test_a_mask_of_queries_and_queries_does_not_fit_a_context():
    x, context = crossed(2, 5, 4, 6)
    with pytest.raises(MaskError, match=r"scores of shape \(2, 3, 5, 4\); got shape \(5, 5\)"):
        module(6, 3)(x, context=context, mask=causal_mask(5))


def test_the_names_of_the_parameters_are_what_saved_modules_have():
    names = ["to_queries.weight", "to_keys.weight", "to_values.weight", "to_outputs.weight"]
    assert list(module(6, 3).state_dict()) == names


# --- weights on request


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_the_weights_are_those_that_gave_the_outputs(dtype, masked, is_causal):
    ours, x = module(6, 3, dtype), sentences(2, 5, 6, dtype)
    options = {"mask": random_mask(2, 3, 5) if masked else None, "is_causal": is_causal}
    outputs, weights = ours(x, **options, return_weights=True)
    assert weights.shape == (2, 3, 5, 5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5, dtype=dtype))
    values = ours.to_values(x).view(2, 5, 3, 2)
    by_hand = ours.to_outputs(torch.einsum("bhqk,bkhf->bqhf", weights, values).flatten(2))
    torch.testing.assert_close(by_hand, outputs)
    torch.testing.assert_close(ours(x, **options), outputs)


def test_hidden_keys_have_no_weight():
    mask = random_mask(2, 3, 5)
    _, weights = module(6, 3)(sentences(2, 5, 6), mask=mask, return_weights=True)
    assert not weights[~mask].any()


# --- masks


@pytest.mark.parametrize("shape", [(), (7,), (7, 1), (1, 7), (7, 7), (1, 3, 1, 7), (2, 1, 1, 7)])
@pytest.mark.parametrize("is_causal", [False, True])
def test_a_mask_in_numpy_or_torch_is_broadcast_to_the_scores(rng, shape, is_causal):
    ours, x = module(6, 3), sentences(2, 7, 6)
    mask = np.asarray(rng.random(shape) < 0.7)
    full = np.broadcast_to(mask, (2, 3, 7, 7))
    expected = ours(x, mask=full, is_causal=is_causal)
    for same in (mask, torch.tensor(mask), mask.T.copy().T):
        torch.testing.assert_close(ours(x, mask=same, is_causal=is_causal), expected, **CLOSE)


def test_a_mask_together_with_is_causal_means_both():
    ours, x, mask = module(6, 3), sentences(2, 5, 6), random_mask(2, 3, 5)
    both = mask & torch.from_numpy(causal_mask(5))
    torch.testing.assert_close(ours(x, mask=mask, is_causal=True), ours(x, mask=both), **CLOSE)


def test_a_mask_is_left_as_it_was():
    mask = torch.zeros(5, 5).bool()
    module(6, 3)(sentences(2, 5, 6), mask=mask, is_causal=True, return_weights=True)
    assert not mask.any()


@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("seq_len", [3, 20])  # torch takes other paths from 16 on
@pytest.mark.parametrize(
    ("hidden", "is_causal"),
    [("one row", False), ("all", False), ("all", True), ("first key", True), ("a sentence", True)],
)
def test_a_query_that_may_attend_to_nothing_brings_back_zeros(
    dtype, hidden, is_causal, seq_len, return_weights
):
    ours, x = module(6, 3, dtype), sentences(2, seq_len, 6, dtype)
    mask, at = {
        "one row": (torch.arange(seq_len)[:, None] != 1, (slice(None), 1)),
        "all": (torch.tensor(False), slice(None)),
        "first key": (torch.arange(seq_len) > 0, (slice(None), 0)),  # the first sees only itself
        "a sentence": (padding_mask([seq_len, 0], seq_len), 1),
    }[hidden]
    found = ours(x, mask=mask, is_causal=is_causal, return_weights=return_weights)
    outputs = found[0] if return_weights else found
    assert not outputs[at].any()
    if return_weights:
        assert not found[1].transpose(1, 2)[at].any()
    for gradient in gradients(ours, x, outputs):
        assert gradient.isfinite().all()
    for gradient in torch.autograd.grad(outputs[at].sum(), [x, *ours.parameters()]):
        assert not gradient.any()


def test_torch_is_never_asked_about_an_empty_row(monkeypatch):
    def undefined_for_empty_rows(queries, keys, values, *, attn_mask):  # as torch had it once
        scores = queries @ keys.mT / queries.shape[-1] ** 0.5
        return (scores + torch.where(attn_mask, 0.0, -torch.inf)).softmax(-1) @ values

    monkeypatch.setattr(multi_head, "scaled_dot_product_attention", undefined_for_empty_rows)
    ours, x = module(6, 3), sentences(2, 5, 6)
    outputs = ours(x, mask=torch.arange(5)[:, None] != 1)
    assert not outputs[:, 1].any()
    for gradient in gradients(ours, x, outputs):
        assert gradient.isfinite().all()


def test_empty_rows_leave_the_other_gradients_as_torch_has_them():
    theirs, ours = twins(6, 3)
    x = sentences(2, 20, 6)
    mask = random_mask(2, 3, 20)
    mask[:, :, 4] = False
    outputs = ours(x, mask=mask)
    others = torch.arange(20) != 4
    arrived = gradients(ours, x, outputs[:, others])
    mask[:, :, 4] = True  # torch's own answer to an empty row has changed between versions
    expected = gradients(theirs, x, by_torch(theirs, x, mask)[:, others])
    assert_all_close(stacked(arrived), expected)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("make", [np.zeros, torch.zeros])
def test_a_mask_of_numbers_is_refused_with_the_way_to_a_bool_one(make, return_weights):
    with pytest.raises(MaskError, match=r"bool mask.*float\d\d.*mask == 0"):
        module(6, 3)(sentences(2, 5, 6), mask=make((5, 5)), return_weights=return_weights)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8])
def test_a_mask_of_ones_for_real_tokens_is_not_told_how_to_turn_itself_round(dtype):
    ours, x = module(6, 3), sentences(2, 5, 6)
    real = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], dtype=dtype)
    named = rf"bool mask.*{dtype}.*1 for a real token.*mask.bool\(\)"
    with pytest.raises(MaskError, match=named) as error:
        ours(x, mask=real[:, None, None])
    assert "mask == 0" not in str(error.value)
    with pytest.raises(MaskError, match=r"1 for a real token.*mask.astype\(bool\)"):
        ours(x, mask=real[:, None, None].numpy())
    advised = ours(x, mask=real[:, None, None].bool())
    torch.testing.assert_close(advised, ours(x, mask=padding_mask([5, 3], 5)), **CLOSE)


@pytest.mark.parametrize("shape", [(2, 5, 5), (3, 5, 5), (1, 5, 5), (2, 1, 5), (3, 1, 1)])
@pytest.mark.parametrize("n_heads", [2, 3])
def test_a_mask_of_three_axes_is_refused_with_both_ways_to_read_it(shape, n_heads):
    named = rf"{re.escape(str(shape))}.*sentence is `mask\[:, None\]`.*head `mask\[None\]`"
    with pytest.raises(MaskError, match=named):
        module(6, n_heads)(sentences(2, 5, 6), mask=torch.ones(shape).bool())


def test_the_two_readings_of_three_axes_are_what_they_are_called():
    ours, x = module(6, 2), sentences(2, 5, 6)
    mask = random_mask(2, 1, 5)[:, 0]
    per_sentence, per_head = ours(x, mask=mask[:, None]), ours(x, mask=mask[None])
    for at in range(2):
        alone = ours(x[at : at + 1], mask=mask[at])
        torch.testing.assert_close(per_sentence[at : at + 1], alone, **CLOSE)
    assert not torch.allclose(per_sentence, per_head)
    full = mask.expand(2, 2, 5, 5)
    torch.testing.assert_close(per_head, ours(x, mask=full), **CLOSE)


@pytest.mark.parametrize("shape", [(4, 5), (2, 5), (3, 1, 1, 5), (1, 2, 3, 5, 5)])
def test_a_mask_that_does_not_fit_is_named_with_both_shapes(shape):
    named = rf"\(2, 3, 5, 5\).*got shape {re.escape(str(shape))}.*\[:, None, None\].*padding_mask"
    with pytest.raises(MaskError, match=named):
        module(6, 3)(sentences(2, 5, 6), mask=np.ones(shape, dtype=bool))


# --- laws


def test_the_outputs_follow_the_words_when_they_change_places():
    ours, x, order = module(6, 3), sentences(2, 5, 6), torch.randperm(5)
    torch.testing.assert_close(ours(x[:, order]), ours(x)[:, order], **CLOSE)


@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("mask", [None, np.ones((7, 7), dtype=bool)])
def test_changing_the_future_leaves_the_past_alone(mask, return_weights):
    ours, x = module(6, 3), sentences(2, 7, 6)
    changed = torch.cat([x[:, :4], 9 * torch.ones_like(x[:, 4:])], dim=1)
    before, after = (
        torch.as_tensor(found[0] if return_weights else found)
        for found in (
            ours(words, mask=mask, is_causal=True, return_weights=return_weights)
            for words in (x, changed)
        )
    )
    torch.testing.assert_close(before[:, :4], after[:, :4], **CLOSE)
    assert (before[:, 4:] != after[:, 4:]).all()


def test_each_sentence_is_read_alone():
    ours, x = module(6, 3), sentences(2, 5, 6)
    for at in range(2):
        torch.testing.assert_close(ours(x)[at], ours(x[at][None])[0], **CLOSE)


def test_padding_changes_nothing_for_the_real_words():
    ours, x = module(6, 3), sentences(1, 4, 6)
    padded = torch.cat([x, 9 * torch.ones(1, 3, 6, dtype=x.dtype)], dim=1)
    outputs = ours(padded, mask=padding_mask([4], 7))
    torch.testing.assert_close(outputs[:, :4], ours(x), **CLOSE)


def test_no_sentences_have_no_outputs():
    assert module(6, 3)(torch.zeros(0, 5, 6, dtype=torch.float64)).shape == (0, 5, 6)


def test_without_bias_there_are_four_square_weights_and_nothing_else():
    shapes = [tuple(parameter.shape) for parameter in MultiHeadAttention(6, 3).parameters()]
    assert shapes == [(6, 6)] * 4


# --- errors and imports


@pytest.mark.parametrize("n_heads", [4, 0, -1])
def test_heads_that_cannot_share_the_features_are_named(n_heads):
    with pytest.raises(ShapeError, match=rf"d_model=6 and n_heads={n_heads}\. Choose n_heads"):
        MultiHeadAttention(6, n_heads)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("shape", [(5, 6), (2, 5, 7), (2, 3, 5, 6)])
def test_a_wrong_shape_is_named_with_the_one_that_fits(shape):
    named = rf"seq_len, d_model=6\).*got \({', '.join(map(str, shape))}\).*x\[None\]"
    with pytest.raises(ShapeError, match=named):
        MultiHeadAttention(6, 3)(torch.zeros(shape))


@pytest.mark.parametrize(
    "statement",
    ["import course_lib.attention", "from course_lib.attention import masks, reference"],
)
def test_what_is_numpy_here_loads_no_torch(statement):
    program = f"import sys; {statement}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_the_torch_names_are_listed_and_others_are_ordinary_errors():
    assert "MultiHeadAttention" in dir(course_lib.attention)
    with pytest.raises(AttributeError, match=r"'course_lib.attention' has no attribute 'Heads'"):
        course_lib.attention.Heads  # noqa: B018 (touching it is the test)
