"""Gradient checkpointing of both kinds: what is thrown away is computed again, exactly."""

from functools import partial

import pytest
import torch
from oracles import assert_close, there_and_back, vectors
from torch.utils.checkpoint import checkpoint

from course_lib.attention import (
    MultiHeadAttention,
    dilated_attention,
    tiled_attention,
    window_attention,
)

ATTENTIONS = {
    "tiled": partial(tiled_attention, query_tile=16, key_tile=32),
    "dilated": partial(dilated_attention, segment_lengths=[20, 60], dilations=[1, 3]),
    "window": partial(window_attention, window=30),
}
both_kinds = pytest.mark.parametrize("use_reentrant", [False, True])


def again(run, use_reentrant):
    return partial(checkpoint, run, use_reentrant=use_reentrant)


@both_kinds
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("d_value", [4, 5])
@pytest.mark.parametrize("name", ATTENTIONS)
def test_an_attention_gives_the_same_gradients(name, d_value, dtype, use_reentrant):
    given = vectors(*[(2, 3, 257, d) for d in (4, 4, d_value, d_value)], dtype=dtype)
    attend = partial(ATTENTIONS[name], is_causal=True)
    found = there_and_back(again(attend, use_reentrant), given)
    assert_close(found, there_and_back(attend, given), 0)


@both_kinds
@pytest.mark.parametrize("name", ATTENTIONS)
def test_an_attention_gives_the_same_gradients_under_autocast(name, use_reentrant):
    given = vectors(*[(2, 3, 257, 4)] * 4, dtype=torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        found = there_and_back(again(ATTENTIONS[name], use_reentrant), given)
        assert_close(found, there_and_back(ATTENTIONS[name], given), 0)
    assert found[0].dtype == torch.bfloat16


@both_kinds
@pytest.mark.parametrize("return_weights", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_the_module_gives_the_same_gradients(masked, return_weights, use_reentrant):
    torch.manual_seed(0)
    module = MultiHeadAttention(6, 3)
    mask = torch.arange(7) < 5 if masked else None
    given = vectors((2, 7, 6), (2, 7, 6), dtype=torch.float32)

    def attend(x):
        found = module(x, mask=mask, is_causal=True, return_weights=return_weights)
        return found[0] + found[1].square().mean() if return_weights else found

    def gradients_of_all(run):
        module.zero_grad()
        return [*there_and_back(run, given), *(x.grad for x in module.parameters())]

    found = gradients_of_all(again(attend, use_reentrant))
    assert_close(found, gradients_of_all(attend), 0)
