"""Half precision and autocast, in all attentions; float64 and torch's own are the witnesses."""

from functools import partial

import pytest
import torch
from oracles import LAYOUTS, assert_close, relative_errors, there_and_back, vectors
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention import (
    MultiHeadAttention,
    dilated_attention,
    kernels,
    tiled_attention,
    window_attention,
)

HALVES = [torch.bfloat16, torch.float16]
halves = pytest.mark.parametrize("dtype", HALVES, ids=str)
BRANCHES = {"segment_lengths": [256, 512, 1024], "dilations": [1, 2, 4]}
ATTENTIONS = {
    "tiled": tiled_attention,
    "dilated": partial(dilated_attention, **BRANCHES),
    "window": partial(window_attention, window=256),
}
every_attention = pytest.mark.parametrize("name", ATTENTIONS)


def drawn(seq_len, *, d_value=16, dtype=torch.float64):
    """Draw queries, keys, values and a gradient to come back, each number one of bfloat16's."""
    shapes = [(1, 3, seq_len, d) for d in (16, 16, d_value, d_value)]
    with torch.no_grad():
        return [x.bfloat16().to(dtype) for x in vectors(*shapes)]


def errors(attend, seq_len, dtype):
    """Return the errors of outputs and gradients against float64."""
    found = there_and_back(attend, drawn(seq_len, dtype=dtype))
    assert {x.dtype for x in found} == {dtype}
    return relative_errors(found, there_and_back(attend, drawn(seq_len)))


# --- half precision


@pytest.mark.parametrize("seq_len", [700, pytest.param(3000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("name", [*ATTENTIONS, "dilated, portable"])
@halves
def test_halves_lose_no_more_digits_than_in_torchs_own(
    name, is_causal, seq_len, dtype, monkeypatch
):
    if name == "dilated, portable":
        monkeypatch.setattr(kernels, "flash_works", lambda: False)
    attend = partial(ATTENTIONS[name.partition(",")[0]], is_causal=is_causal)
    outputs, *gradients = errors(attend, seq_len, dtype)
    own = partial(scaled_dot_product_attention, is_causal=is_causal)
    own_outputs, *own_gradients = errors(own, seq_len, dtype)
    assert outputs <= 1.5 * own_outputs
    for ours, theirs in zip(gradients, own_gradients, strict=True):
        assert ours <= 2 * theirs


@halves
@every_attention
def test_many_equal_values_have_themselves_as_their_mean(name, dtype):
    values = torch.full((1, 1, 5000, 8), 40.0, dtype=dtype)
    same = torch.zeros_like(values)
    outputs = ATTENTIONS[name](same, same, values)
    torch.testing.assert_close(outputs, values, rtol=0, atol=0)


@halves
def test_more_equal_keys_than_a_half_can_count_have_the_weight_one_together(dtype):
    keys = torch.zeros(1, 1, 65536, 8, dtype=dtype)
    outputs = tiled_attention(keys[:, :, :1], keys, torch.ones_like(keys))
    torch.testing.assert_close(outputs, torch.ones_like(outputs), rtol=0, atol=0)


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("n_heads", [1, 3])
@pytest.mark.parametrize("d_head", [8, 16])
@pytest.mark.parametrize("seq_len", [267, 1030])
def test_bfloat16_passes_what_torchs_own_test_asks_of_a_fused_kernel(
    seq_len, d_head, n_heads, is_causal
):
    shape = 2, n_heads, seq_len, d_head
    given = [x.detach().bfloat16() for x in vectors(*[shape] * 4)]
    own = partial(scaled_dot_product_attention, is_causal=is_causal)
    expected = there_and_back(own, [x.double() for x in given])
    found = there_and_back(partial(tiled_attention, is_causal=is_causal), given)
    assert_close(found, [x.bfloat16() for x in expected], 2e-2)


@halves
def test_scores_that_only_fit_once_they_are_scaled_stay_finite(dtype):
    torch.manual_seed(0)
    module, x = MultiHeadAttention(64, 1), 100 * torch.randn(2, 16, 64)
    queries, keys = module.to_queries(x), module.to_keys(x)
    scores = queries @ keys.mT
    assert scores.abs().max() > 65504 > scores.abs().max() / 8  # only float16 minds
    module, x = module.to(dtype), x.to(dtype)
    for is_causal in (False, True):
        outputs, weights = module(x, is_causal=is_causal, return_weights=True)
        assert outputs.isfinite().all()
        expected = torch.ones(2, 1, 16, dtype=dtype)
        torch.testing.assert_close(weights.sum(-1), expected, rtol=0, atol=0.01)


# --- autocast


@pytest.mark.parametrize("d_value", [16, 6])
@pytest.mark.parametrize("is_causal", [False, True])
@every_attention
@halves
def test_autocast_does_what_casting_by_hand_does(name, is_causal, d_value, dtype):
    attend = partial(ATTENTIONS[name], is_causal=is_causal)  # tiles of 512 keys: there are two
    by_hand = there_and_back(attend, drawn(600, d_value=d_value, dtype=dtype))
    with torch.autocast("cpu", dtype):
        found = there_and_back(attend, drawn(600, d_value=d_value, dtype=torch.float32))
        torchs = scaled_dot_product_attention(*drawn(600, dtype=torch.float32)[:3])
    assert [x.dtype for x in found] == [torchs.dtype] + [torch.float32] * 3
    # Values of another width have an attention of torch's own in which autocast goes on.
    assert_close(found, by_hand, 4 * torch.finfo(dtype).eps if name == "window" else 0)


@every_attention
@halves
def test_autocast_takes_tensors_of_several_dtypes_as_torch_does(name, dtype):
    queries, keys, values, _ = drawn(600)
    expected = ATTENTIONS[name](*(x.to(dtype) for x in (queries, keys, values)))
    with torch.autocast("cpu", dtype):
        found = ATTENTIONS[name](queries.float(), keys.to(dtype), values.float())
    assert_close([found], [expected], 0)


@every_attention
def test_autocast_leaves_float64_alone_as_torch_does(name):
    given = drawn(600)
    expected = there_and_back(ATTENTIONS[name], given)
    with torch.autocast("cpu", torch.bfloat16):
        assert_close(there_and_back(ATTENTIONS[name], given), expected, 0)


@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("is_causal", [False, True])
@halves
def test_the_whole_module_runs_under_autocast(dtype, is_causal, masked, return_weights):
    torch.manual_seed(0)
    module, x = MultiHeadAttention(12, 3), torch.randn(2, 20, 12, requires_grad=True)
    mask = torch.ones(20, 20).bool().tril(7) if masked else None
    mask = None if mask is None else mask & (torch.arange(20)[:, None] != 3)  # an empty row
    options = {"mask": mask, "is_causal": is_causal, "return_weights": return_weights}
    expected = torch.as_tensor(module(x, **options)[0] if return_weights else module(x, **options))
    with torch.autocast("cpu", dtype):
        found = module(x, **options)
        outputs = found[0] if return_weights else found
    assert outputs.dtype == dtype
    torch.testing.assert_close(outputs.float(), expected, rtol=0.05, atol=0.02)
    to_x, to_first = torch.autograd.grad(outputs.sum(), [x, module.to_queries.weight])
    assert to_x.dtype == to_first.dtype == torch.float32
    assert to_x.isfinite().all()
    assert to_first.isfinite().all()


@pytest.mark.parametrize("layout", LAYOUTS)
@every_attention
def test_halves_may_lie_in_memory_in_any_way(name, layout):
    given = drawn(600, dtype=torch.bfloat16)
    expected = there_and_back(ATTENTIONS[name], given)
    found = there_and_back(ATTENTIONS[name], [LAYOUTS[layout](x) for x in given])
    assert_close(found, expected, 0.02)
