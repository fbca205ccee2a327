"""The definition, key by key and with gradients by autograd, is the witness; and laws."""

import pytest
import torch
from oracles import (
    LAYOUTS,
    LargestTensor,
    assert_close,
    dilated_by_definition,
    gradients,
    keys_of,
    vectors,
)
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention import dilated, dilated_attention, kernels, reference
from course_lib.attention.branches import dilated_positions
from course_lib.attention.masks import dilated_mask
from course_lib.errors import CourseError, ShapeError

CASES = {
    "even": (12, [(4, 1), (12, 2)]),
    "ragged": (13, [(3, 1), (6, 2), (12, 4)]),
    "one position": (1, [(4, 2)]),
    "segments longer than the text": (5, [(8, 2), (40, 3)]),
    "dilations that do not divide": (11, [(5, 2), (7, 3)]),
    "dilations longer than segments": (9, [(2, 3), (3, 5)]),
    "one branch twice": (7, [(4, 1), (4, 1)]),
    "heads that do not share the offsets equally": (10, [(10, 2)]),
    "few heads for many offsets": (10, [(6, 4)]),
}
every_case = pytest.mark.parametrize(("seq_len", "branches"), CASES.values(), ids=CASES)
BRANCHES = CASES["ragged"][1]


@pytest.fixture(params=["flash", "portable"])
def kernel(request, monkeypatch):
    """Attend once with each kernel."""
    if request.param == "portable":
        monkeypatch.setattr(kernels, "flash_works", lambda: False)
    elif not kernels.flash_works():
        pytest.skip("this torch has no flash operator for CPUs that works")
    return request.param


def drawn(seq_len=13, *, n_heads=3, d_value=4, dtype=torch.float64):
    return vectors(*[(2, n_heads, seq_len, d) for d in (4, 4, d_value)], dtype=dtype)


def attended(given, branches=BRANCHES, *, is_causal=False):
    lengths, dilations = zip(*branches, strict=True)
    return dilated_attention(
        *given, segment_lengths=lengths, dilations=dilations, is_causal=is_causal
    )


def kept_by_some(seq_len, n_heads, branches):
    """Tell, for each head, the positions that a branch keeps."""
    kept = torch.zeros(n_heads, seq_len, dtype=torch.bool)
    for head in range(n_heads):
        for at in range(seq_len):
            kept[head, at] = bool(keys_of(at, head, seq_len, branches, is_causal=True))
    return kept


# --- against the definition


@pytest.mark.parametrize("is_causal", [False, True])
@every_case
def test_outputs_and_gradients_are_those_of_the_definition(kernel, seq_len, branches, is_causal):
    given = drawn(seq_len)
    expected = dilated_by_definition(*given, branches, is_causal=is_causal)
    outputs = attended(given, branches, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


@pytest.mark.parametrize("is_causal", [False, True])
@every_case
def test_single_precision_is_close_to_double(kernel, seq_len, branches, is_causal):
    exact, given = drawn(seq_len), drawn(seq_len, dtype=torch.float32)
    expected = attended(exact, branches, is_causal=is_causal)
    outputs = attended(given, branches, is_causal=is_causal)
    assert outputs.dtype == torch.float32
    assert_close([outputs], [expected], 1e-5)
    assert_close(gradients(outputs, given), gradients(expected, exact), 1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_does_not_matter_how_the_tensors_lie_in_memory(kernel, layout):
    given = drawn()
    expected = dilated_by_definition(*given, BRANCHES, is_causal=True)
    outputs = attended([LAYOUTS[layout](x) for x in given], is_causal=True)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_features_apart_in_one_tensor_alone_do_no_harm(place):
    given = drawn()
    expected = attended(given)
    laid = [LAYOUTS["features apart"](x) if i == place else x for i, x in enumerate(given)]
    assert_close([attended(laid)], [expected], 1e-10)
    assert_close(gradients(attended(laid), given), gradients(expected, given), 1e-10)


def test_keys_shared_by_all_heads_gather_the_gradients_of_all(kernel):
    queries, keys, values = drawn()
    given = queries, keys[:, :1], values[:, :1]
    shared = queries, *(x.expand(-1, 3, -1, -1) for x in given[1:])
    expected = dilated_by_definition(*shared, BRANCHES, is_causal=False)
    assert_close(gradients(attended(shared), given), gradients(expected, given), 1e-10)


def test_the_gradient_of_a_plain_sum_arrives_too(kernel):
    given = drawn()
    found = torch.autograd.grad(attended(given).sum(), given)
    expected = dilated_by_definition(*given, BRANCHES, is_causal=False)
    assert_close(found, torch.autograd.grad(expected.sum(), given), 1e-10)


@pytest.mark.parametrize("is_causal", [False, True])
def test_the_gradient_is_the_slope(kernel, is_causal):
    given = vectors(*[(1, 3, 7, 2)] * 3)
    branches = [(3, 1), (6, 2)]
    assert torch.autograd.gradcheck(
        lambda *x: attended(x, branches, is_causal=is_causal), given, fast_mode=True
    )


@pytest.mark.parametrize("is_causal", [False, True])
def test_it_says_what_the_reference_says_at_length(kernel, is_causal):
    given = drawn(777, n_heads=5)
    how = {"segment_lengths": [60, 128, 512], "dilations": [1, 3, 7], "is_causal": is_causal}
    expected = reference.dilated_attention(*(x.detach().numpy() for x in given), **how)
    assert_close([dilated_attention(*given, **how)], [torch.from_numpy(expected)], 1e-10)


def test_values_may_have_another_width():
    given = drawn(d_value=6)
    outputs = attended(given, is_causal=True)
    expected = dilated_by_definition(*given, BRANCHES, is_causal=True)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


# --- large scores


@pytest.mark.parametrize("is_causal", [False, True])
@every_case
def test_scores_up_to_ten_thousand_do_no_harm(kernel, seq_len, branches, is_causal):
    queries, keys, values = inputs = drawn(seq_len)
    given = queries * 3000, keys, values
    outputs = attended(given, branches, is_causal=is_causal)
    expected = dilated_by_definition(*given, branches, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-9)
    arrived = gradients(outputs, inputs)
    assert all(x.isfinite().all() for x in arrived)
    assert_close(arrived, gradients(expected, inputs), 1e-7)


def test_a_query_whose_scores_all_lie_far_below_another_querys_is_not_lost(kernel):
    keys = torch.full((1, 1, 4, 4), 20.0, dtype=torch.float64)
    queries = torch.tensor([-40.0, 40.0, -40.0, 40.0], dtype=torch.float64)  # scores ±1600
    queries = queries[None, None, :, None].expand(1, 1, 4, 4)
    values = torch.arange(4.0, dtype=torch.float64)[None, None, :, None].expand(1, 1, 4, 4)
    outputs = attended((queries, keys, values), [(4, 1), (2, 1)])
    expected = torch.tensor([7, 7, 11, 11]) / 6  # 0 1 2 3 and 0 1; 0 1 2 3 and 2 3
    assert_close([outputs[0, 0, :, 0]], [expected.double()], 1e-7)


# --- queries that no branch keeps


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("size", [1, 3000])
def test_a_query_that_no_branch_keeps_has_zeros_forth_and_back(kernel, is_causal, size):
    branches = [(6, 4), (3, 3)]
    kept = kept_by_some(10, 3, branches)
    assert kept.any()
    assert not kept.all()
    queries, keys, values = given = drawn(10)
    outputs = attended((queries * size, keys, values), branches, is_causal=is_causal)
    assert outputs[:, kept].all()
    assert_close([outputs[:, ~kept]], [torch.zeros_like(outputs[:, ~kept])], 0)
    for arrived in gradients(outputs, given):
        assert arrived.isfinite().all()
        assert not arrived[:, ~kept].any()


def test_where_no_head_keeps_anything_all_is_zero(kernel):
    given = [x.detach()[:, :1].requires_grad_() for x in drawn(4)]
    outputs = attended([x[:, :, 1:2] for x in given], [(4, 2)])  # position 0 is kept
    assert outputs.all()
    two_heads = [x.detach()[:, :2, :1].requires_grad_() for x in drawn(4)]
    outputs = attended(two_heads, [(4, 2)])  # head 1 keeps position 1, which is not there
    assert outputs[:, 0].all()
    assert not outputs[:, 1].any()
    assert all(not x[:, 1].any() for x in gradients(outputs, two_heads))


@pytest.mark.parametrize("shape", [(0, 3, 5, 4), (2, 0, 5, 4), (2, 3, 0, 4)])
def test_nothing_comes_from_nothing(kernel, shape):
    given = vectors(shape, shape, shape)
    outputs = attended(given)
    assert outputs.shape == shape
    assert [x.shape for x in torch.autograd.grad(outputs.sum(), given)] == [shape] * 3


# --- laws


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("segment_length", [13, 14, 100])
def test_one_segment_without_gaps_is_dense_attention(kernel, segment_length, is_causal):
    given = drawn()
    outputs = attended(given, [(segment_length, 1)], is_causal=is_causal)
    expected = scaled_dot_product_attention(*given, is_causal=is_causal)
    assert_close([outputs], [expected], 1e-10)
    assert_close(gradients(outputs, given), gradients(expected, given), 1e-10)


def test_one_branch_is_dense_attention_under_its_mask(kernel):
    given = drawn(12)
    masks = [torch.from_numpy(dilated_mask(12, 4, 2, head % 2)) for head in range(3)]
    expected = scaled_dot_product_attention(*given, attn_mask=torch.stack(masks))
    kept = kept_by_some(12, 3, [(4, 2)])
    assert_close([attended(given, [(4, 2)])[:, kept]], [expected[:, kept]], 1e-10)


def test_a_key_in_two_branches_counts_twice_which_no_mask_can_say(kernel):
    given = drawn(8, n_heads=1)
    outputs = attended(given, [(4, 1), (8, 2)])
    joined = torch.from_numpy(dilated_mask(8, 4, 1) | dilated_mask(8, 8, 2))
    under_both = scaled_dot_product_attention(*given, attn_mask=joined)
    assert (outputs - under_both).abs().max() > 0.01
    counts = torch.from_numpy(dilated_mask(8, 4, 1).astype(float) + dilated_mask(8, 8, 2))
    twice_as_heavy = scaled_dot_product_attention(*given, attn_mask=counts.log())
    assert_close([outputs], [twice_as_heavy], 1e-10)


def test_the_order_of_the_branches_does_not_matter(kernel):
    given = drawn()
    one, other = attended(given, BRANCHES), attended(given, BRANCHES[::-1])
    assert_close([one], [other], 1e-10)
    assert_close(gradients(one, given), gradients(other, given), 1e-10)


def test_the_same_branch_twice_is_that_branch_once(kernel):
    given = drawn()
    assert_close([attended(given, [(4, 2)] * 2)], [attended(given, [(4, 2)])], 1e-10)


def test_changing_the_future_leaves_the_past_alone(kernel):
    given = [x.detach() for x in drawn()]
    before = attended(given, is_causal=True)
    for x in given:
        x[:, :, 9:] = 99.0
    after = attended(given, is_causal=True)
    assert_close([before[:, :, :9]], [after[:, :, :9]], 1e-12)
    assert (before[:, :, 9:] != after[:, :, 9:]).all()


def test_each_text_is_read_alone(kernel):
    given = drawn()
    for text in range(2):
        alone = attended([x[text : text + 1] for x in given])
        assert_close([attended(given)[text : text + 1]], [alone], 1e-12)


@pytest.mark.parametrize("wanting", [(0,), (1,), (2,), (0, 2)])
def test_gradients_go_to_those_who_want_them(kernel, wanting):
    given = drawn()
    expected = gradients(attended(given), given)
    some = [x.detach().requires_grad_(place in wanting) for place, x in enumerate(given)]
    found = gradients(attended(some), [some[place] for place in wanting])
    assert_close(found, [expected[place] for place in wanting], 1e-12)


def test_without_gradients_none_are_promised(kernel):
    given = drawn()
    with torch.no_grad():
        assert not attended(given).requires_grad
    assert not attended([x.detach() for x in given]).requires_grad


def test_a_second_derivative_is_refused_rather_than_wrong(kernel):
    given = drawn()
    with pytest.raises(CourseError, match=r"back once; got create_graph=True.*write attention out"):
        torch.autograd.grad(attended(given).sum(), given, create_graph=True)


def test_what_goes_in_is_left_as_it_was(kernel):
    given = drawn()
    before = [x.detach().clone() for x in given]
    attended(given, is_causal=True).sum().backward()
    assert_close([x.detach() for x in given], before, 0)


# --- views instead of copies


@pytest.mark.parametrize("layout", LAYOUTS)
@every_case
def test_the_pieces_are_views_of_what_each_segment_keeps(seq_len, branches, layout):
    numbered = torch.arange(2 * 3 * seq_len * 2).view(2, 3, seq_len, 2)
    x = LAYOUTS[layout](numbered)
    for segment_length, dilation in branches:
        found = []
        for (piece,) in dilated.pieces((segment_length, dilation), x):
            assert piece.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
            found += [rows.tolist() for rows in piece.flatten(0, 1)]
        expected = [
            numbered[text, head, torch.from_numpy(kept)].tolist()
            for text in range(2)
            for head in range(3)
            for kept in dilated_positions(seq_len, segment_length, dilation, head % dilation)
            if len(kept)
        ]
        assert sorted(found) == sorted(expected)


def test_tensors_are_cut_alike():
    wide, narrow = torch.arange(2 * 3 * 13 * 4).view(2, 3, 13, 4), torch.zeros(2, 3, 13)
    narrow += wide[..., 0]
    for one, other in dilated.pieces((6, 2), wide, narrow):
        assert (one[..., 0] == other).all()


def test_no_tensor_is_larger_than_what_goes_in():
    given = vectors(*[(2, 4, 256, 4)] * 3)
    with LargestTensor() as largest:
        attended(given, [(32, 1), (64, 2), (256, 4)], is_causal=True).sum().backward()
    assert largest.numbers == given[0].numel()


def test_which_kernel_attends_is_decided_by_the_tensors(monkeypatch):
    asked = []

    def attend_noticed(*arguments, kernel, **how):
        asked.append(kernel.name)
        return attend(*arguments, kernel=kernel, **how)

    attend = dilated.attend
    monkeypatch.setattr(dilated, "attend", attend_noticed)
    attended(drawn(d_value=6))
    monkeypatch.setattr(kernels, "flash_works", lambda: False)
    attended(drawn())
    monkeypatch.setattr(kernels, "flash_works", lambda: True)
    with torch.no_grad():
        attended(drawn(1), [(1, 1)])
    assert asked == ["portable", "portable", "flash"]


# --- what cannot work


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        ([(3, 5, 4)] * 3, r"\(batch_size, n_heads, seq_len, d_head\).*\(3, 5, 4\).*x\[None, None"),
        ([(2, 3, 5, 4), (2, 3, 5, 3), (2, 3, 5, 4)], r"one d_head.*\(2, 3, 5, 3\).*projection"),
        ([(2, 3, 5, 4), (2, 3, 5, 4), (2, 3, 4, 4)], r"one value for each key.*\(2, 3, 4, 4\)"),
        ([(2, 3, 5, 4), (2, 1, 5, 4), (2, 3, 5, 4)], r"same batch and heads.*\(2, 1, 5, 4\)"),
        ([(2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 4)], r"as many queries as keys; got 5 and 7.*self"),
    ],
)
def test_tensors_that_do_not_fit_each_other_are_named(shapes, named):
    with pytest.raises(ShapeError, match=named):
        attended([torch.zeros(shape) for shape in shapes])


@pytest.mark.parametrize(
    ("lengths", "dilations", "named"),
    [
        ([4, 8], [1], r"one dilation for each.*\[4, 8\] and dilations=\[1\]"),
        ([], [], "at least one"),
        ([4], [0], r"dilations of at least 1; got \[0\].*keeps every position"),
        ([0, 4], [1, 2], r"segment_lengths of at least 1; got \[0, 4\]"),
    ],
)
def test_what_does_not_make_branches_is_named(lengths, dilations, named):
    with pytest.raises(ShapeError, match=named):
        dilated_attention(*drawn(), segment_lengths=lengths, dilations=dilations)
