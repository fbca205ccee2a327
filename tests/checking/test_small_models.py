import copy

import numpy as np
import pytest
import torch

from course_lib.checking.small_models import Attending, Mixing, Neighbouring, Remembering


@pytest.fixture(params=["mixing", "attending", "remembering", "neighbouring"])
def model(request, rng):
    return {
        "mixing": Mixing(mixture=rng.normal(size=(5, 5)), readout=rng.normal(size=(3, 1))),
        "attending": Attending(
            w_query=rng.normal(size=(3, 4)),
            w_key=rng.normal(size=(3, 4)),
            readout=rng.normal(size=(3, 1)),
        ),
        "remembering": Remembering(
            w_input=rng.normal(size=(3, 6)),
            w_state=rng.normal(size=(6, 6)) / 3,
            readout=rng.normal(size=(6, 1)),
        ),
        "neighbouring": Neighbouring(readout=rng.normal(size=(3, 1))),
    }[request.param]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_model_gives_one_number_a_position_in_the_type_of_its_inputs(model, dtype):
    outputs = model(torch.ones(5, 3, dtype=dtype))
    assert outputs.shape == (5, 1)
    assert outputs.dtype == dtype


def test_nothing_is_recorded_unless_the_inputs_ask_for_it(model):
    assert not model(torch.ones(5, 3)).requires_grad
    assert model(torch.ones(5, 3, requires_grad=True)).requires_grad


def test_a_copy_costs_nothing_since_nothing_can_be_trained(model):
    assert copy.deepcopy(model) is model
    assert not list(model.parameters())


def test_the_first_and_the_last_output_depend_on_the_inputs_in_other_ways(model, rng):
    table = torch.autograd.functional.jacobian(model, torch.tensor(rng.normal(size=(5, 3))))
    felt = table[:, 0].norm(dim=-1).numpy()
    assert not np.allclose(felt[0], felt[-1], rtol=0.1)
