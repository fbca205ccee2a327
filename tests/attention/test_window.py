"""Torch's own attention under the window's mask as the witness, and laws."""

import pytest
import torch
from oracles import LAYOUTS, LargestTensor, assert_close, gradients, vectors
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention import reference, window_attention
from course_lib.attention.masks import window_mask
from course_lib.errors import ShapeError
from course_lib.measuring import flops

LENGTHS = [1, 2, 63, 64, 127, 128, 193, 257, 320]  # blocks are of 64, or a quarter of the window
WINDOWS = [1, 3, 64, 65, 66, 100, 260, 400]


def drawn(seq_len=257, *, d_value=5, dtype=torch.float64):
    return vectors(*[(2, 3, seq_len, d) for d in (4, 4, d_value)], dtype=dtype)


def under_the_mask(given, *, window, is_causal):
    mask = torch.from_numpy(window_mask(given[0].shape[2], window, is_causal=is_causal))
    return scaled_dot_product_attention(*given, attn_mask=mask)


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("seq_len", LENGTHS)
def test_it_is_dense_attention_under_the_windows_mask(seq_len, window, is_causal):
    given = drawn(seq_len)
    outputs = window_attention(*given, window=window, is_causal=is_causal)
    expected = under_the_mask(given, window=window, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize(("seq_len", "window"), [(900, 300), (901, 300), (1000, 257), (640, 256)])
def test_a_window_of_several_blocks_is_dense_attention_under_its_mask(seq_len, window, is_causal):
    given = vectors(*[(1, 2, seq_len, d) for d in (4, 4, 5)])
    outputs = window_attention(*given, window=window, is_causal=is_causal)
    expected = under_the_mask(given, window=window, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("window", [256, 1000])
def test_of_four_comparisons_three_lie_within_the_window(window, is_causal):
    given = [x.detach() for x in vectors(*[(1, 2, 6000, 4)] * 3)]
    counted = flops(lambda: window_attention(*given, window=window, is_causal=is_causal))
    inside = window_mask(6000, window, is_causal=is_causal).sum()
    assert 3 / 4 <= 2 * 4 * 4 * inside / counted <= 1  # 2 heads, 4 operations a feature, 4 of them


@pytest.mark.parametrize("d_value", [4, 5])  # torch has a kernel for each
@pytest.mark.parametrize("is_causal", [True, False])
def test_single_precision_is_close_to_double(d_value, is_causal):
    exact, given = drawn(d_value=d_value), drawn(d_value=d_value, dtype=torch.float32)
    expected = under_the_mask(exact, window=30, is_causal=is_causal)
    outputs = window_attention(*given, window=30, is_causal=is_causal)
    assert outputs.dtype == torch.float32
    assert_close([outputs], [expected], 1e-5)
    assert_close(gradients(outputs, given), gradients(expected, exact), 1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("d_value", [4, 5])
def test_it_does_not_matter_how_the_tensors_lie_in_memory(layout, d_value):
    given = drawn(d_value=d_value)
    outputs = window_attention(*(LAYOUTS[layout](x) for x in given), window=30)
    expected = under_the_mask(given, window=30, is_causal=True)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


@pytest.mark.parametrize("is_causal", [True, False])
def test_it_says_what_the_reference_says(is_causal):
    given = drawn(d_value=4)
    arrays = [x.detach().numpy() for x in given]
    expected = reference.window_attention(*arrays, window=30, is_causal=is_causal)
    outputs = window_attention(*given, window=30, is_causal=is_causal)
    assert_close([outputs], [torch.from_numpy(expected)], 1e-10)


def test_a_window_looks_back_only_unless_it_is_told_otherwise():
    given = drawn()
    causal = window_attention(*given, window=30, is_causal=True)
    assert_close([window_attention(*given, window=30)], [causal], 0)


@pytest.mark.parametrize(("seq_len", "window"), [(7, 3), (200, 40)])
@pytest.mark.parametrize("is_causal", [True, False])
def test_the_gradient_is_the_slope(seq_len, window, is_causal):
    given = vectors(*[(1, 1, seq_len, d) for d in (3, 3, 2)])
    assert torch.autograd.gradcheck(
        lambda *x: window_attention(*x, window=window, is_causal=is_causal), given, fast_mode=True
    )


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("d_value", [4, 5])
def test_scores_up_to_ten_thousand_do_no_harm(is_causal, d_value):
    queries, keys, values = inputs = drawn(d_value=d_value)
    given = queries * 3000, keys, values
    outputs = window_attention(*given, window=30, is_causal=is_causal)
    expected = under_the_mask(given, window=30, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-9)
    arrived = gradients(outputs, inputs)
    assert all(x.isfinite().all() for x in arrived)
    assert_close(arrived, gradients(expected, inputs), 1e-7)


# --- laws


@pytest.mark.parametrize("seq_len", [9, 257])
def test_changing_the_future_leaves_the_past_alone(seq_len):
    given = [x.detach() for x in drawn(seq_len)]
    here = seq_len - 4
    before = window_attention(*given, window=5)
    for x in given:
        x[:, :, here:] = 99.0
    after = window_attention(*given, window=5)
    assert_close([before[:, :, :here]], [after[:, :, :here]], 0)
    assert (before[:, :, here:] != after[:, :, here:]).all()


def test_changing_what_lies_outside_the_window_changes_nothing():
    given = [x.detach() for x in drawn()]
    before = window_attention(*given, window=5, is_causal=False)
    for x in given[1:]:
        x[:, :, :100] = 99.0
    after = window_attention(*given, window=5, is_causal=False)
    assert_close([before[:, :, 104:]], [after[:, :, 104:]], 0)
    assert (before[:, :, :104] != after[:, :, :104]).all()


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("window", [257, 1000])
def test_a_window_over_the_whole_text_is_dense_attention(window, is_causal):
    given = drawn()
    expected = scaled_dot_product_attention(*given, is_causal=is_causal)
    assert_close([window_attention(*given, window=window, is_causal=is_causal)], [expected], 1e-10)


@pytest.mark.parametrize("shape", [(0, 3, 257, 4), (2, 0, 257, 4), (2, 3, 0, 4)])
@pytest.mark.parametrize("is_causal", [True, False])
def test_nothing_comes_from_nothing(shape, is_causal):
    given = vectors(shape, shape, shape)
    outputs = window_attention(*given, window=3, is_causal=is_causal)
    assert outputs.shape == shape
    assert [x.shape for x in torch.autograd.grad(outputs.sum(), given)] == [shape] * 3


def test_gradients_go_to_those_who_want_them():
    given = drawn()
    (expected,) = gradients(under_the_mask(given, window=30, is_causal=True), given[2:])
    queries, keys, values = (x.detach() for x in given)
    outputs = window_attention(queries, keys, values.requires_grad_(), window=30)
    assert_close(gradients(outputs, [values]), [expected], 1e-10)
    with torch.no_grad():
        assert not window_attention(*given, window=30).requires_grad


def test_what_goes_in_is_left_as_it_was():
    given = drawn()
    before = [x.detach().clone() for x in given]
    window_attention(*given, window=30).sum().backward()
    assert_close([x.detach() for x in given], before, 0)


@pytest.mark.parametrize("is_causal", [True, False])
def test_no_tensor_grows_with_the_square_of_the_length(is_causal):
    largest = []
    for seq_len in (512, 1024, 2048):
        given = vectors(*[(1, 2, seq_len, 4)] * 3)
        with LargestTensor() as seen:
            window_attention(*given, window=64, is_causal=is_causal).sum().backward()
        largest.append(seen.numbers)
    assert largest[2] <= 2.2 * largest[1] <= 2.2**2 * largest[0]
    assert largest[2] < 2 * 2048**2 / 8


# --- what cannot work


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        ([(3, 5, 4)] * 3, r"\(batch_size, n_heads, seq_len, d_head\).*\(3, 5, 4\).*x\[None, None"),
        ([(2, 3, 5, 4), (2, 3, 5, 3), (2, 3, 5, 4)], r"one d_head.*\(2, 3, 5, 3\).*projection"),
        ([(2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 4)], r"as many queries as keys; got 5 and 7.*own"),
    ],
)
def test_tensors_that_do_not_fit_each_other_are_named(shapes, named):
    with pytest.raises(ShapeError, match=named):
        window_attention(*(torch.zeros(shape) for shape in shapes), window=3)


@pytest.mark.parametrize("window", [0, -1])
def test_an_empty_window_is_named_with_the_smallest_that_is_none(window):
    with pytest.raises(ShapeError, match=rf"at least 1; got {window}\. A window of 1 lets.*itself"):
        window_attention(*drawn(5), window=window)
