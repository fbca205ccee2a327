"""Counted operations against the formulas of the textbook; sizes all differ."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from course_lib.measuring import MeasurementError, flops

BATCH, HEADS, N_QUERIES, N_KEYS, D_HEAD, D_VALUE = 2, 3, 7, 11, 5, 5
PRODUCT = 2 * BATCH * HEADS * N_QUERIES * N_KEYS * D_HEAD


@pytest.fixture
def heads():
    torch.manual_seed(0)
    return (
        torch.randn(BATCH, HEADS, N_QUERIES, D_HEAD, requires_grad=True),
        torch.randn(BATCH, HEADS, N_KEYS, D_HEAD, requires_grad=True),
        torch.randn(BATCH, HEADS, N_KEYS, D_VALUE, requires_grad=True),
    )


def test_products_of_matrices_are_counted(heads):
    queries, keys, _ = heads
    assert flops(lambda: queries @ keys.mT) == PRODUCT
    assert flops(lambda: torch.bmm(queries[0], keys[0].mT)) == PRODUCT / BATCH
    assert flops(lambda: queries[0, 0] @ keys[0, 0].mT) == PRODUCT / BATCH / HEADS
    assert flops(lambda: torch.einsum("bhqd,bhkd->bhqk", queries, keys)) == PRODUCT


def test_products_with_vectors_are_counted():
    matrix, vector = torch.ones(3, 5), torch.ones(5)
    assert flops(lambda: matrix @ vector) == 2 * 3 * 5
    assert flops(lambda: vector @ vector) == 2 * 5
    assert flops(lambda: torch.addmv(torch.ones(3), matrix, vector)) == 2 * 3 * 5
    assert flops(lambda: nn.Linear(5, 3)(vector)) == 2 * 3 * 5


@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("options", [{}, {"is_causal": True}])
def test_fused_attention_is_counted_as_two_products(heads, mode, options):
    with mode():
        assert flops(lambda: scaled_dot_product_attention(*heads, **options)) == 2 * PRODUCT


def test_a_mask_takes_nothing_off(heads):
    mask = torch.zeros(N_QUERIES, N_KEYS, dtype=torch.bool)
    mask[:, 0] = True
    assert flops(lambda: scaled_dot_product_attention(*heads, attn_mask=mask)) == 2 * PRODUCT


def test_fused_and_written_out_count_the_same(heads):
    queries, keys, values = heads
    written_out = flops(lambda: torch.softmax(queries @ keys.mT / D_HEAD**0.5, -1) @ values)
    assert written_out == flops(lambda: scaled_dot_product_attention(*heads))


def test_products_added_in_place_are_counted(heads):
    queries, keys, _ = (x.detach()[0] for x in heads)
    scores = torch.zeros(HEADS, N_QUERIES, N_KEYS)
    assert flops(lambda: scores.baddbmm_(queries, keys.mT)) == PRODUCT / BATCH
    assert flops(lambda: scores[0].addmm_(queries[0], keys[0].mT)) == PRODUCT / BATCH / HEADS


def test_the_way_back_is_counted_too(heads):
    queries, keys, _ = heads
    assert flops(lambda: (queries @ keys.mT).sum().backward()) == 3 * PRODUCT
    # The fused kernel computes the scores once more: 2 products forth, 5 back.
    assert flops(lambda: scaled_dot_product_attention(*heads).sum().backward()) == 7 * PRODUCT


@pytest.mark.parametrize("bias", [True, False])
def test_a_module_of_attention_is_its_projections_and_its_core(bias):
    seq_len, d_model = 7, 6
    module = nn.MultiheadAttention(d_model, 3, bias=bias, batch_first=True)
    words = torch.randn(2, seq_len, d_model)
    counted = flops(lambda: module(words, words, words, need_weights=False))
    assert counted == 2 * (8 * seq_len * d_model**2 + 4 * seq_len**2 * d_model)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("kind", "n_gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_a_recurrent_network_multiplies_twice_a_step(kind, n_gates, dtype):
    seq_len, batch_size, d_word, d_state = 7, 2, 5, 3
    module, words = kind(d_word, d_state).to(dtype), torch.randn(seq_len, batch_size, d_word)
    a_step = 2 * batch_size * n_gates * d_state * (d_word + d_state)
    assert flops(lambda: module(words.to(dtype))) == seq_len * a_step


def test_the_fused_lstm_costs_twice_as_much_again_on_the_way_back():
    module, words = nn.LSTM(5, 3), torch.randn(7, 2, 5, requires_grad=True)
    forth = flops(lambda: module(words))
    assert flops(lambda: module(words)[0].sum().backward()) == 3 * forth


@pytest.mark.parametrize("run", [lambda: np.ones((3, 5)) @ np.ones(5), lambda: torch.ones(9).exp()])
def test_where_no_product_is_seen_it_says_so_instead_of_zero(run):
    with pytest.raises(MeasurementError, match=r"saw no product of matrices\. NumPy is not seen"):
        flops(run)
