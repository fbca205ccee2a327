import numpy as np
import pytest
import torch

from course_lib.attention import masks, reference
from course_lib.measuring import flops
from course_lib.running import contestants
from course_lib.running.contestants import CORES, forth, forth_and_back, heads

SIZES = {"n_heads": 3, "d_head": 5}
LENGTH = 300  # longer than the window and the first segments of 256


def expected(name):
    q, k, v = (x.double().numpy() for x in heads(LENGTH, **SIZES))
    if name.startswith("dilated"):
        first = int(name.split()[-1])
        branches = {"segment_lengths": [first * r for r in (1, 2, 4, 8, 16)]}
        how = {**branches, "dilations": [1, 2, 4, 8, 16], "is_causal": True}
        return reference.dilated_attention(q, k, v, **how)
    mask = masks.causal_mask(LENGTH) if "causal" in name else None
    if name.startswith("window"):
        mask = masks.window_mask(LENGTH, 256, is_causal=True)
    return reference.attention(q, k, v, mask=mask)


@pytest.mark.parametrize("name", CORES)
def test_each_core_computes_what_its_name_says(name):
    outputs = forth(CORES[name], **SIZES)(LENGTH)()
    assert not outputs.requires_grad
    np.testing.assert_allclose(outputs.numpy(), expected(name), atol=1e-5)


def test_all_cores_are_there_to_be_compared():
    named = {"SDPA", "causal SDPA", "tiled", "causal tiled", "window 256", "plain"}
    assert set(CORES) == named | {"dilated from 256", "dilated from 2048"}


def test_the_way_back_gives_the_gradients_of_all_three():
    causal = [
        forth_and_back(CORES[name], **SIZES)(LENGTH)() for name in ("causal SDPA", "causal tiled")
    ]
    assert [x.shape for x in causal[0]] == [(1, 3, LENGTH, 5)] * 3
    torch.testing.assert_close(*causal, atol=1e-5, rtol=1e-4)
    inputs = [x.requires_grad_() for x in heads(LENGTH, **SIZES)]
    CORES["causal SDPA"](*inputs).sum().backward()
    torch.testing.assert_close(causal[0], tuple(x.grad for x in inputs))


def test_heads_are_of_the_dtype_and_the_sizes_that_were_asked_for():
    drawn = heads(7, dtype=torch.bfloat16, **SIZES)
    assert [(x.shape, x.dtype) for x in drawn] == [((1, 3, 7, 5), torch.bfloat16)] * 3
    assert not torch.equal(drawn[0], drawn[1])
    assert heads(7)[0].shape == (1, 8, 7, 32)


@pytest.mark.parametrize("wrap", [contestants.reading, contestants.learning])
def test_both_layers_compute_the_same(wrap):
    modules = contestants.layers(d_model=6, n_heads=2)
    assert list(modules) == ["nn.MultiheadAttention", "MultiHeadAttention"]
    found = [wrap(module, 6)(5)() for module in modules.values()]
    if wrap is contestants.learning:  # the words come first; weights are cut differently
        assert all(len(gradients) > 1 for gradients in found)
        found = [gradients[0] for gradients in found]
    assert found[0].shape == (1, 5, 6)
    assert not found[0].requires_grad
    torch.testing.assert_close(*found)


def test_both_layers_return_the_same_weights_of_each_head():
    modules = contestants.layers(d_model=6, n_heads=2)
    theirs, ours = (
        contestants.reading(module, 6, return_weights=True)(5)() for module in modules.values()
    )
    assert ours[1].shape == (1, 2, 5, 5)
    torch.testing.assert_close(ours, theirs)


def test_a_square_product_is_one_of_the_length():
    call = contestants.square_product()(7)
    assert call().shape == (7, 7)
    assert flops(call) == 2 * 7**3


def test_products_do_as_much_arithmetic_as_attention():
    length, d_head = 96, 4
    makers = contestants.products(d_head, n_queries=16, n_keys=24, side=8)
    assert list(makers) == ["QKᵀ, 16 × 24", "AV, 16 × 24", "a square of 8"]
    attention = flops(forth(CORES["SDPA"], n_heads=8, d_head=d_head)(length))
    assert {flops(make(length)) for make in makers.values()} == {attention}
