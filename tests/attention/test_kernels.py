"""Two kernels that have to say the same, and the choice between them."""

import pytest
import torch
from oracles import LAYOUTS, TOLERANCE, assert_close, vectors

from course_lib.attention import kernels, reference
from course_lib.attention.kernels import FLASH, PORTABLE, Kernel, kernel_for, merge_into

needs_flash = pytest.mark.skipif(
    not kernels.flash_works(), reason="this torch has no flash operator for CPUs that works"
)


@pytest.fixture
def tried_again():
    """Forget what was found out about torch's operator, before and after."""
    kernels.flash_works.cache_clear()
    yield
    kernels.flash_works.cache_clear()


def tensors(dtype=torch.float64, *, n_queries=7, n_keys=7, d_value=4):
    shapes = [(2, 3, n_queries, 4), (2, 3, n_keys, 4), (2, 3, n_keys, d_value)]
    return [x.detach() for x in vectors(*shapes, dtype=dtype)]


# --- the two kernels


@needs_flash
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("size", [1, 3000])  # scores up to 10⁴
@pytest.mark.parametrize(
    ("n_queries", "n_keys", "is_causal"),
    [(7, 7, True), (7, 7, False), (5, 9, False), (300, 300, True), (300, 200, False)],
)
def test_both_kernels_say_the_same(n_queries, n_keys, is_causal, size, dtype):
    queries, keys, values = tensors(dtype, n_queries=n_queries, n_keys=n_keys)
    given = queries * size, keys, values
    there = [kernel.forth(*given, is_causal=is_causal) for kernel in (FLASH, PORTABLE)]
    # Scores of 10⁴ carry four digits less, in each kernel by itself.
    assert_close(*there, TOLERANCE[dtype] * size)
    gradient = torch.linspace(-1, 2, queries.numel(), dtype=dtype).view_as(queries)
    back = [
        kernel.back(gradient, *given, *there[1], is_causal=is_causal)
        for kernel in (FLASH, PORTABLE)
    ]
    assert_close(*back, TOLERANCE[dtype] * size)


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("kernel", [pytest.param(FLASH, marks=needs_flash), PORTABLE], ids=str)
def test_a_kernel_tells_the_references_log_sum_exp(kernel, is_causal):
    queries, keys, values = tensors()
    mask = torch.ones(7, 7).bool().tril() if is_causal else torch.ones(7, 7).bool()
    expected = reference.attention_with_lse(
        *(x.numpy() for x in (queries, keys, values)), mask=mask.numpy()
    )
    found = kernel.forth(queries, keys, values, is_causal=is_causal)
    assert_close(found, map(torch.from_numpy, expected), 1e-10)


@pytest.mark.parametrize("kernel", [pytest.param(FLASH, marks=needs_flash), PORTABLE], ids=str)
def test_going_back_part_by_part_with_the_total_is_going_back_through_the_whole(kernel):
    queries, keys, values = tensors(n_queries=5, n_keys=9)
    outputs, lse = kernel.forth(queries, keys, values, is_causal=False)
    gradient = torch.ones_like(outputs).cumsum(2)
    whole = kernel.back(gradient, queries, keys, values, outputs, lse, is_causal=False)
    parts = [
        kernel.back(gradient, queries, keys[..., at, :], values[..., at, :], outputs, lse,
                    is_causal=False)
        for at in (slice(0, 4), slice(4, 9))
    ]  # fmt: skip
    to_queries, to_keys, to_values = zip(*parts, strict=True)
    put_together = sum(to_queries), torch.cat(to_keys, 2), torch.cat(to_values, 2)
    assert_close(put_together, whole, 1e-10)


@pytest.mark.parametrize("kernel", [pytest.param(FLASH, marks=needs_flash), PORTABLE], ids=str)
def test_what_a_kernel_is_given_stays_as_it_is(kernel):
    given = tensors()
    there = kernel.forth(*given, is_causal=True)
    before = [x.clone() for x in (*given, *there)]
    kernel.back(torch.ones_like(given[0]), *given, *there, is_causal=True)
    assert_close([*given, *there], before, 0)


# --- merging


def test_merging_in_place_is_the_references_merging():
    queries, keys, values = tensors(n_keys=9)
    parts = [
        PORTABLE.forth(queries, keys[..., at, :], values[..., at, :], is_causal=False)
        for at in (slice(0, 4), slice(4, 9))
    ]
    expected = reference.merge_partials(*(x.numpy() for part in parts for x in part))
    (mixed, total), second = parts
    merge_into(mixed, total, *second)
    assert_close((mixed, total), map(torch.from_numpy, expected), 1e-10)


def test_a_query_that_has_seen_nothing_yet_takes_the_part_as_it_is():
    outputs, lse = PORTABLE.forth(*tensors(), is_causal=False)
    mixed, total = torch.zeros_like(outputs), torch.full_like(lse, -torch.inf)
    merge_into(mixed, total, outputs, lse)
    assert_close((mixed, total), (outputs, lse), 0)


@pytest.mark.parametrize("apart", [800, -800])
def test_merging_parts_further_apart_than_exp_can_tell_keeps_the_greater(apart):
    mixed, total = torch.tensor([[3.0]]), torch.tensor([0.0])
    merge_into(mixed, total, torch.tensor([[9.0]]), torch.tensor([float(apart)]))
    assert mixed.item() == (9 if apart > 0 else 3)
    assert total.item() == max(apart, 0)


# --- the choice


@needs_flash
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_plain_tensors_get_the_quick_kernel(dtype):
    assert kernel_for(*tensors(dtype)).name == "flash"
    as_projections = [LAYOUTS["as projections"](x) for x in tensors(dtype)]
    assert kernel_for(*as_projections).name == "flash"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_dtype_that_was_not_tried_gets_the_portable_one(dtype):
    assert kernel_for(*tensors(dtype)).name == "portable"


def test_values_of_another_width_get_the_portable_one():
    assert kernel_for(*tensors(d_value=6)).name == "portable"


@pytest.mark.parametrize(("n_queries", "n_keys"), [(0, 7), (7, 0), (0, 0)])
def test_where_nobody_is_there_the_portable_one_is_taken_as_torchs_would_end_the_process(
    n_queries, n_keys
):
    given = tensors(n_queries=n_queries, n_keys=n_keys)
    kernel = kernel_for(*given)
    assert kernel.name == "portable"
    outputs, lse = kernel.forth(*given, is_causal=False)
    assert_close([outputs], [torch.zeros(2, 3, n_queries, 4)], 0)
    assert (lse == -torch.inf).all()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_features_that_lie_apart_get_the_portable_one(place):
    given = tensors()
    given[place] = LAYOUTS["features apart"](given[place])
    assert kernel_for(*given).name == "portable"


def test_where_torch_no_longer_has_the_operator_the_portable_kernel_is_taken(
    monkeypatch, tried_again
):
    monkeypatch.setattr(kernels, "_OPERATOR", "_gone_in_the_next_version")
    assert not kernels.flash_works()
    assert kernel_for(*tensors()).name == "portable"


@needs_flash
@pytest.mark.parametrize("lies", ["forth", "back"])
def test_an_operator_that_has_come_to_mean_something_else_is_not_taken(
    monkeypatch, tried_again, lies
):
    def forth(*tensors, is_causal):
        return FLASH.forth(*tensors, is_causal=is_causal and lies != "forth")

    def back(*tensors, is_causal):
        return FLASH.back(*tensors, is_causal=is_causal and lies != "back")

    monkeypatch.setattr(kernels, "FLASH", Kernel("flash", forth, back))
    assert not kernels.flash_works()


@needs_flash
def test_it_is_tried_once(monkeypatch, tried_again):
    calls = []

    def forth(*tensors, is_causal):
        calls.append(is_causal)
        return FLASH.forth(*tensors, is_causal=is_causal)

    monkeypatch.setattr(kernels, "FLASH", Kernel("flash", forth, FLASH.back))
    for _ in range(3):
        assert kernels.flash_works()
    assert len(calls) == 1
