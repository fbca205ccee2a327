"""What no attention takes, said in three parts; and derivatives, which are right or refused."""

from functools import partial

import pytest
import torch
from oracles import assert_close, vectors

from course_lib.attention import (
    MultiHeadAttention,
    dilated_attention,
    tiled_attention,
    window_attention,
)
from course_lib.errors import CourseError, ShapeError

ATTENTIONS = {
    "tiled": tiled_attention,
    "dilated": partial(dilated_attention, segment_lengths=[3, 7], dilations=[1, 2]),
    "window": partial(window_attention, window=3),
}
every_attention = pytest.mark.parametrize("name", ATTENTIONS)
fused = pytest.mark.parametrize("name", [*ATTENTIONS, "module"])


def drawn(d_head=4):
    return [x.detach() for x in vectors(*[(2, 3, 7, d) for d in (d_head, d_head, 4)])]


def of_one(name):
    """Return an attention as a function of one tensor, and a tensor for it."""
    queries, keys, values = drawn()
    if name == "module":
        torch.manual_seed(0)
        return MultiHeadAttention(4, 2).double(), queries[0]
    return lambda x: ATTENTIONS[name](x, keys, values), queries


@every_attention
@pytest.mark.parametrize(
    ("dtypes", "named"),
    [
        (("float32", "float64", "float32"), "got float32, float64, float32"),
        (("float16", "float32", "float32"), "got float16, float32, float32"),
        (("int64", "int64", "int64"), "got int64, int64, int64"),
    ],
)
@pytest.mark.usefixtures("shapes_unchecked")
def test_dtypes_that_do_not_fit_are_named(name, dtypes, named):
    given = [x.to(getattr(torch, dtype)) for x, dtype in zip(drawn(), dtypes, strict=True)]
    with pytest.raises(CourseError, match=rf"one floating-point dtype; {named}\. Cast.*autocast"):
        ATTENTIONS[name](*given)


@every_attention
def test_vectors_without_features_are_named(name):
    with pytest.raises(ShapeError, match=r"d_head of at least 1; got .*\(2, 3, 7, 0\).*slice"):
        ATTENTIONS[name](*drawn(d_head=0))


@pytest.mark.parametrize("name", ["window", "module"])
@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_torch_func_gives_the_gradient_where_torchs_own_attention_does_the_work(name):
    attend, x = of_one(name)
    leaf = x.clone().requires_grad_()
    expected = torch.autograd.grad(attend(leaf).sum(), leaf)
    assert_close([torch.func.grad(lambda x: attend(x).sum())(x)], expected, 1e-10)


@pytest.mark.parametrize("name", ["tiled", "dilated"])
def test_torch_func_is_refused_elsewhere(name):
    attend, x = of_one(name)
    with pytest.raises(RuntimeError, match=r"autograd\.Function"):
        torch.func.grad(lambda x: attend(x).sum())(x)
    with pytest.raises(RuntimeError, match=r"autograd\.Function"):
        torch.func.vmap(attend)(torch.stack([x, x]))


@fused
@pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")  # torch's own
def test_forward_mode_is_refused(name):
    attend, x = of_one(name)
    forward_mode = torch.autograd.forward_ad
    with forward_mode.dual_level(), pytest.raises(NotImplementedError, match="forward"):
        attend(forward_mode.make_dual(x, x))


@fused
def test_a_second_derivative_is_refused(name):
    attend, x = of_one(name)
    x = x.requires_grad_()

    def back_twice():
        (slope,) = torch.autograd.grad(attend(x).square().sum(), x, create_graph=True)
        torch.autograd.grad(slope.square().sum(), x)

    with pytest.raises((CourseError, RuntimeError), match="derivative"):
        back_twice()


def test_where_weights_are_returned_the_second_derivative_is_right():
    module, x = of_one("module")
    mask = torch.arange(7)[:, None] != 2  # a query that may look at nothing
    assert torch.autograd.gradgradcheck(
        lambda x: module(x, mask=mask, is_causal=True, return_weights=True),
        x.requires_grad_(),
        fast_mode=True,
    )
