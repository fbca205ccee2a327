"""Torch's own attention and autograd as the witness, and laws."""

import pytest
import torch
from oracles import LAYOUTS, TOLERANCE, LargestTensor, assert_close, gradients, vectors
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention import reference, tiled_attention
from course_lib.errors import CourseError, ShapeError

TILES = [(256, 512), (1, 1), (3, 5), (7, 2), (4, 8), (100, 1)]
LENGTHS = [(8, 8), (1, 1), (5, 9), (9, 5), (1, 7), (7, 1)]  # n_queries, n_keys


def drawn(n_queries=7, n_keys=9, *, d_value=6, dtype=torch.float64):
    return vectors(
        (2, 3, n_queries, 4), (2, 3, n_keys, 4), (2, 3, n_keys, d_value), dtype=dtype
    )  # batch, heads, sequence, features


# --- against torch


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize(("query_tile", "key_tile"), TILES)
@pytest.mark.parametrize(("n_queries", "n_keys"), LENGTHS)
def test_outputs_and_gradients_are_those_of_torch(
    n_queries, n_keys, query_tile, key_tile, is_causal, dtype
):
    exact = drawn(n_queries, n_keys)
    expected = scaled_dot_product_attention(*exact, is_causal=is_causal)
    given = drawn(n_queries, n_keys, dtype=dtype)
    outputs = tiled_attention(*given, query_tile=query_tile, key_tile=key_tile, is_causal=is_causal)
    assert outputs.dtype == dtype
    assert_close([outputs], [expected], TOLERANCE[dtype])
    assert_close(gradients(outputs, given), gradients(expected, exact), 10 * TOLERANCE[dtype])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_does_not_matter_how_the_tensors_lie_in_memory(layout):
    given = drawn()
    laid = [LAYOUTS[layout](x) for x in given]
    outputs = tiled_attention(*laid, query_tile=3, key_tile=4)
    expected = scaled_dot_product_attention(*given)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


def test_a_key_shared_by_all_heads_gathers_the_gradients_of_all():
    queries, keys, values = drawn()
    one_head = keys[:, :1]
    given = queries, one_head, values
    outputs = tiled_attention(queries, one_head.expand(-1, 3, -1, -1), values, key_tile=4)
    expected = scaled_dot_product_attention(queries, one_head.expand(-1, 3, -1, -1), values)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


def test_the_gradient_of_a_plain_sum_arrives_too():
    given = drawn()
    found = torch.autograd.grad(tiled_attention(*given, query_tile=3, key_tile=4).sum(), given)
    expected = torch.autograd.grad(scaled_dot_product_attention(*given).sum(), given)
    assert_close(found, expected, 1e-10)


@pytest.mark.parametrize("is_causal", [False, True])
def test_the_gradient_is_the_slope(is_causal):
    given = vectors((1, 2, 4, 3), (1, 2, 5, 3), (1, 2, 5, 2))
    assert torch.autograd.gradcheck(
        lambda *x: tiled_attention(*x, query_tile=3, key_tile=2, is_causal=is_causal), given
    )


@pytest.mark.parametrize("is_causal", [False, True])
def test_scores_up_to_ten_thousand_do_no_harm(is_causal):
    queries, keys, values = drawn(9, 9)
    given = queries * 3000, keys, values
    outputs = tiled_attention(*given, query_tile=2, key_tile=2, is_causal=is_causal)
    expected = scaled_dot_product_attention(*given, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-9)
    inputs = queries, keys, values
    arrived = gradients(outputs, inputs)
    assert all(x.isfinite().all() for x in arrived)
    assert_close(arrived, gradients(expected, inputs), 1e-7)


@pytest.mark.parametrize("tile", [1, 3, 100])
def test_it_says_what_the_reference_says(tile):
    given = drawn()
    arrays = [x.detach().numpy() for x in given]
    expected = torch.from_numpy(reference.tiled_attention(*arrays, tile))
    assert_close([tiled_attention(*given, query_tile=tile, key_tile=tile)], [expected], 1e-10)


# --- laws


def test_changing_the_future_leaves_the_past_alone():
    given = [x.detach() for x in drawn(9, 9)]
    before = tiled_attention(*given, query_tile=2, key_tile=4, is_causal=True)
    for x in given:
        x[:, :, 5:] = 99.0
    after = tiled_attention(*given, query_tile=2, key_tile=4, is_causal=True)
    assert_close([before[:, :, :5]], [after[:, :, :5]], 0)
    assert (before[:, :, 5:] != after[:, :, 5:]).all()


def test_no_keys_bring_back_zeros_without_any_gradient():
    given = drawn(5, 0)
    outputs = tiled_attention(*given)
    assert_close([outputs], [torch.zeros(2, 3, 5, 6)], 0)
    assert not any(x.any() for x in torch.autograd.grad(outputs.sum(), given))


@pytest.mark.parametrize("shape", [(0, 3, 5, 4), (2, 0, 5, 4), (2, 3, 0, 4)])
def test_nothing_comes_from_nothing(shape):
    given = vectors(shape, shape, shape)
    outputs = tiled_attention(*given, is_causal=True)
    assert outputs.shape == shape
    assert [x.shape for x in torch.autograd.grad(outputs.sum(), given)] == [shape] * 3


@pytest.mark.parametrize("wanting", [(0,), (1,), (2,), (0, 2)])
def test_gradients_go_to_those_who_want_them(wanting):
    given = drawn()
    expected = gradients(scaled_dot_product_attention(*given), given)
    some = [x.detach().requires_grad_(place in wanting) for place, x in enumerate(given)]
    outputs = tiled_attention(*some, query_tile=3, key_tile=4)
    found = gradients(outputs, [some[place] for place in wanting])
    assert_close(found, [expected[place] for place in wanting], 1e-10)


def test_without_gradients_none_are_promised():
    given = drawn()
    with torch.no_grad():
        assert not tiled_attention(*given).requires_grad
    assert not tiled_attention(*(x.detach() for x in given)).requires_grad


def test_a_second_derivative_is_refused_rather_than_wrong():
    given = drawn()
    with pytest.raises(CourseError, match=r"back once; got create_graph=True.*write attention out"):
        torch.autograd.grad(tiled_attention(*given).sum(), given, create_graph=True)


def test_what_goes_in_is_left_as_it_was():
    given = drawn()
    before = [x.detach().clone() for x in given]
    tiled_attention(*given, query_tile=2, key_tile=2, is_causal=True).sum().backward()
    assert_close([x.detach() for x in given], before, 0)


def test_the_whole_table_of_scores_is_never_there_neither_forth_nor_back():
    given = vectors(*[(2, 3, 64, 4)] * 3)
    with LargestTensor() as largest:
        tiled_attention(*given, query_tile=8, key_tile=16).sum().backward()
    assert largest.numbers == given[0].numel() == 1536  # a table has 2 · 3 · 64² = 24 576


def test_the_watch_sees_a_table_where_there_is_one():
    queries, keys, values = vectors(*[(2, 3, 64, 4)] * 3)
    with LargestTensor() as largest:
        ((queries @ keys.mT / 2).softmax(-1) @ values).sum().backward()
    assert largest.numbers == 2 * 3 * 64**2


# --- what cannot work


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        ([(3, 5, 4)] * 3, r"\(batch_size, n_heads, seq_len, d_head\).*\(3, 5, 4\).*x\[None, None"),
        ([(2, 3, 5, 4), (2, 1, 5, 4), (2, 3, 5, 4)], r"same batch and heads.*got.*\(2, 1, 5, 4\)"),
        ([(2, 3, 5, 4), (2, 3, 7, 3), (2, 3, 7, 4)], r"one d_head.*\(2, 3, 7, 3\).*projection"),
        ([(2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 6, 4)], r"one value for each key.*\(2, 3, 6, 4\)"),
    ],
)
def test_tensors_that_do_not_fit_each_other_are_named(shapes, named):
    with pytest.raises(ShapeError, match=named):
        tiled_attention(*(torch.zeros(shape) for shape in shapes))


@pytest.mark.parametrize("tiles", [{"query_tile": 0}, {"key_tile": -2}])
def test_an_empty_tile_is_named_with_the_defaults(tiles):
    with pytest.raises(ShapeError, match=r"at least 1; got query_tile=.*defaults are 256 and 512"):
        tiled_attention(*drawn(), **tiles)
