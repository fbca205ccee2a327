import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention.processes import run_on_processes
from course_lib.attention.traffic import sharded_bytes
from course_lib.errors import CourseError
from course_lib.models.devices import attend_sharded

N_PROCESSES, SEQ_LEN, N_HEADS, D_HEAD = 4, 2048, 4, 32
PAIR = 2 * N_HEADS * SEQ_LEN // N_PROCESSES * D_HEAD * 8  # a slice's keys and values: 1 MiB


@pytest.fixture(scope="module")
def arrays():
    return np.random.default_rng(0).normal(size=(3, 1, N_HEADS, SEQ_LEN, D_HEAD))


@pytest.fixture(scope="module")
def shares(arrays):
    """Start the devices once; causal, both ways."""
    return run_on_processes(attend_sharded, N_PROCESSES, *arrays, True, limit_s=600.0)


def joined(shares, way, pick):
    return np.concatenate([pick(share[way]) for share in shares], axis=2)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["gather", "ring"])
def test_the_shares_make_up_what_one_device_computes(arrays, shares, way):
    whole = [torch.from_numpy(x).requires_grad_() for x in arrays]
    outputs = scaled_dot_product_attention(*whole, is_causal=True)
    expected = torch.autograd.grad((outputs**2).sum() / 2, whole)
    found = joined(shares, way, lambda share: share.outputs)
    np.testing.assert_allclose(found, outputs.detach(), rtol=1e-10, atol=1e-10)
    for place, theirs in enumerate(expected):
        ours = joined(shares, way, lambda share, place=place: share.gradients[place])
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["gather", "ring"])
def test_each_device_sends_what_the_formula_says(shares, way):
    formula = sharded_bytes(
        SEQ_LEN, N_PROCESSES, n_heads=N_HEADS, d_head=D_HEAD, bytes_per_number=8
    )
    assert formula == (N_PROCESSES - 1) * PAIR
    for share in shares:
        assert (share[way].bytes_forth, share[way].bytes_back) == (formula, 2 * formula)


@pytest.mark.slow
def test_gathering_needs_memory_for_all_slices_and_the_ring_for_two(shares):
    for share in shares:
        assert share["gather"].peak_bytes > 4 * PAIR
        assert share["ring"].peak_bytes < 4 * PAIR  # two, and what attending itself needs


def test_a_way_that_there_is_not_is_named_with_those_there_are(arrays):
    with pytest.raises(CourseError, match=r"ways gather, ring; got star\. Try"):
        attend_sharded(0, *arrays, ways=["ring", "star"])
