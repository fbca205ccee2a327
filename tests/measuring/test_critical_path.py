import pytest
import torch
from torch import nn

from course_lib.measuring import MeasurementError, dependent_steps, operations


def unrolled(seq_len, *, d_state=3):
    """Read words one after the other, as lesson 01 does."""
    weights = torch.eye(d_state, requires_grad=True)
    state = torch.zeros(d_state)
    for word in torch.ones(seq_len, d_state, requires_grad=True):
        state = torch.tanh(weights @ state + word)
    return state


def attention(seq_len, *, d_head=3):
    words = torch.ones(seq_len, d_head, requires_grad=True)
    return torch.softmax(words @ words.T / d_head**0.5, -1) @ words


def test_one_operation_is_one_step():
    x = torch.ones(2, requires_grad=True)
    assert (dependent_steps(x * 2), operations(x * 2)) == (1, 1)


def test_what_one_has_to_wait_for_is_a_chain():
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(7):
        y = y.exp()
    assert (dependent_steps(y), operations(y)) == (7, 7)


def test_what_need_not_wait_is_more_operations_but_no_longer_chain():
    x = torch.ones(2, requires_grad=True)
    wide = torch.stack([x * factor for factor in range(7)])
    assert (dependent_steps(wide), operations(wide)) == (2, 8)


def test_a_result_that_is_used_twice_is_counted_once():
    x = torch.ones(2, requires_grad=True)
    for _ in range(60):  # every path for itself: 2 to the 60th of them
        x = x + x
    assert (dependent_steps(x), operations(x)) == (60, 60)


def test_of_two_chains_the_longer_one_counts():
    x = torch.ones(2, requires_grad=True)
    short, long = x.exp(), x.exp().exp().exp()
    for joined in (short + long, long + short):
        assert (dependent_steps(joined), operations(joined)) == (4, 5)


def test_a_chain_may_be_longer_than_python_can_recurse():
    x = torch.ones(1, requires_grad=True)
    for _ in range(20_000):
        x = x + 1
    assert dependent_steps(x) == 20_000


def test_the_chain_of_a_recurrent_network_grows_with_the_text_and_that_of_attention_does_not():
    recurrent = [dependent_steps(unrolled(n)) for n in (5, 10, 20)]
    assert recurrent[2] - recurrent[1] == 2 * (recurrent[1] - recurrent[0]) == 10 * 3
    assert len({dependent_steps(attention(n)) for n in (5, 10, 20)}) == 1


def test_torchs_own_recurrent_network_is_recorded_step_by_step_but_its_fused_lstm_is_not():
    def steps(kind, n):
        return dependent_steps(kind(4, 3)(torch.ones(n, 1, 4))[0])

    assert steps(nn.RNN, 20) > steps(nn.RNN, 10) + 10
    assert steps(nn.LSTM, 20) == steps(nn.LSTM, 10)


def test_leaves_are_no_operations():
    x = torch.ones(2, requires_grad=True)
    assert (dependent_steps(x), operations(x)) == (0, 0)


def test_what_wants_no_gradient_is_not_recorded():
    x, y = torch.ones(2, requires_grad=True), torch.ones(2)
    assert dependent_steps(x * y.exp().exp()) == 1


@pytest.mark.parametrize("count", [dependent_steps, operations])
def test_without_a_record_there_is_nothing_to_count(count):
    with pytest.raises(MeasurementError, match=r"its history; got one without.*requires_grad_"):
        count(torch.ones(2) * 2)


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("count", [dependent_steps, operations])
def test_several_results_at_once_are_refused(count):
    with pytest.raises(MeasurementError, match=r"the tensor that was computed; got tuple.*pick"):
        count(nn.RNN(4, 3)(torch.ones(2, 4)))
