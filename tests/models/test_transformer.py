from functools import partial

import pytest
import torch

from course_lib.attention import dilated_attention
from course_lib.models.training import reproducible
from course_lib.models.transformer import ByHand, Hiding, LanguageModel, attending, dense

DILATED = partial(dilated_attention, segment_lengths=(3, 6), dilations=(1, 2), is_causal=True)


@pytest.fixture
def queries_keys_values():
    with reproducible(0):
        return torch.randn(3, 2, 3, 5, 4, dtype=torch.float64)


def new_model(attend):
    with reproducible(0):
        return LanguageModel(11, attend, context=7, d_model=12, n_heads=3)


def future_reaches_the_past(attend):
    model, ids = new_model(attend), torch.arange(6)[None]
    changed = ids.clone()
    changed[:, 4:] = 10
    with torch.no_grad():
        return not torch.allclose(model(ids)[:, :4], model(changed)[:, :4], atol=1e-6)


def test_by_hand_is_what_torch_computes(queries_keys_values):
    attend = ByHand()
    torch.testing.assert_close(attend(*queries_keys_values), dense(*queries_keys_values))
    torch.testing.assert_close(attend.weights.sum(-1), torch.ones(2, 3, 5, dtype=torch.float64))


def test_weights_may_be_broken_in_several_ways(queries_keys_values):
    ahead, over, undivided = ByHand(ahead=1), ByHand(over=-2), ByHand(divisor=1.0)
    for attend in (ahead, over, undivided):
        attend(*queries_keys_values)
    assert (ahead.weights.diagonal(1, -2, -1) > 0).all()
    assert (ahead.weights.diagonal(2, -2, -1) == 0).all()
    torch.testing.assert_close(over.weights.sum(-2), torch.ones(2, 3, 5, dtype=torch.float64))
    larger = ByHand(divisor=1e9)
    larger(*queries_keys_values)
    assert undivided.weights.max() > larger.weights[..., -1, :].max()


def test_a_blind_head_does_not_look_that_far_back_and_others_are_as_before(queries_keys_values):
    whole, blind = ByHand(), ByHand(blind=(1, 2))
    for attend in (whole, blind):
        attend(*queries_keys_values)
    assert (blind.weights[:, 1].diagonal(-2, -2, -1) == 0).all()
    assert (blind.weights[:, 1].diagonal(-1, -2, -1) > 0).all()
    assert torch.equal(blind.weights[:, [0, 2]], whole.weights[:, [0, 2]])


def test_what_is_hidden_is_seen_by_itself_alone(queries_keys_values):
    attend = ByHand(hidden=torch.tensor([[True, False, False, True, False]] * 2))
    attend(*queries_keys_values)
    assert (attend.weights[..., 1:, 0] == 0).all()
    assert (attend.weights[..., 4, 3] == 0).all()
    assert (attend.weights.diagonal(0, -2, -1) > 0).all()


def test_hiding_one_character_changes_only_what_comes_after_it():
    model, ids = new_model(dense), torch.tensor([[4, 1, 2, 3, 5], [4, 1, 3, 3, 5]])
    with torch.no_grad():
        whole, hidden = model(ids), Hiding(model, token_id=2)(ids)
    torch.testing.assert_close(hidden[1], whole[1])
    torch.testing.assert_close(hidden[0, :3], whole[0, :3])
    assert not torch.allclose(hidden[0, 3:], whole[0, 3:], atol=1e-4)
    assert all(block.attend is dense for block in model.blocks)


@pytest.mark.parametrize("attend", [dense, DILATED, ByHand(), ByHand(divisor=1.0)])
def test_changing_the_future_leaves_the_past_alone(attend):
    assert not future_reaches_the_past(attend)


@pytest.mark.parametrize("attend", [ByHand(ahead=1), ByHand(over=-2)])
def test_the_broken_ones_let_the_future_through(attend):
    assert future_reaches_the_past(attend)


def test_the_model_answers_at_every_place_of_texts_of_any_length():
    model = new_model(dense)
    assert model(torch.zeros(2, 5, dtype=torch.long)).shape == (2, 5, 11)
    assert model(torch.zeros(1, 1, dtype=torch.long)).shape == (1, 1, 11)


def test_another_way_to_attend_is_lent_and_taken_back():
    model, ids = new_model(dense), torch.arange(6)[None]
    look = ByHand()
    with torch.no_grad():
        before = model(ids)
        with attending(model.blocks[0], look):
            torch.testing.assert_close(model(ids), before)
    assert look.weights.shape == (1, 3, 6, 6)
    assert model.blocks[0].attend is dense


def test_it_is_taken_back_when_something_goes_wrong():
    model = new_model(dense)
    with pytest.raises(ZeroDivisionError), attending(model.blocks[0], ByHand()):
        raise ZeroDivisionError
    assert model.blocks[0].attend is dense
