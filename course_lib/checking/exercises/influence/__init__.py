"""Lesson 08, influence: how strongly each input moves the last output.

Nothing here imports torch until it is called: tensors bring their own methods along.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def influence(model: Callable[[Any], Any], inputs: Any) -> Any:
    """Measure how strongly each input moves the last output.

    Parameters
    ----------
    model : maps a tensor (seq_len, d_in) to a tensor (seq_len, 1)
    inputs : a tensor (seq_len, d_in); it is left as it is

    Returns
    -------
    A tensor (seq_len,): the norm of the gradient of the last output with respect to each input.
    """
    import torch  # the other lessons' checks do without it

    own = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        last_output = model(own)[-1].sum()
    (gradient,) = torch.autograd.grad(last_output, own)
    return gradient.norm(dim=-1)


def _models(rng: np.random.Generator) -> Iterator[Case]:
    """Each model is asked once, and then twice with the same tensor."""
    for about, model, inputs in _models_and_inputs(rng):
        yield Case(about, (model, inputs))
        yield Case(f"{about}, asked a second time with the same tensor", (model, inputs), calls=2)


def _models_and_inputs(rng: np.random.Generator) -> Iterator[tuple[str, Any, Any]]:
    """From a model that can be checked by hand to one that forgets; float64 throughout."""
    import torch

    from course_lib.checking.small_models import Attending, Mixing, Neighbouring, Remembering

    mixing = Mixing(mixture=readable(rng, 3, 3), readout=readable(rng, 2, 1))
    attending = Attending(
        w_query=rng.normal(size=(3, 4)),
        w_key=rng.normal(size=(3, 4)),
        readout=rng.normal(size=(3, 1)),
    )
    remembering = Remembering(
        w_input=rng.normal(size=(2, 6)) / 2,
        w_state=rng.normal(size=(6, 6)) / 3,
        readout=rng.normal(size=(6, 1)),
    )
    neighbouring = Neighbouring(readout=rng.normal(size=(4, 1)))
    yield (
        "3 inputs of length 2, each output a mixture of them",
        mixing,
        torch.tensor(readable(rng, 3, 2)),
    )
    for about, model, shape in (
        ("5 inputs of length 3 that attend to each other", attending, (5, 3)),
        ("7 inputs of length 2 and a recurrent model", remembering, (7, 2)),
        ("6 inputs of length 4 that hear of one neighbour only", neighbouring, (6, 4)),
    ):
        yield about, model, torch.tensor(rng.normal(size=shape))


def _below_zero(parts: Parts, *_: Any) -> str | None:
    below = np.flatnonzero(parts[0] < -1e-9)
    if not below.size:
        return None
    return f"Number {below[0]} is {parts[0][below[0]]:.4g}; a norm is a length, and never negative."


EXERCISE = Exercise(
    name="influence",
    lesson="08",
    parameters=("model", "inputs"),
    reference=influence,
    kind=array_of("seq_len"),
    cases=_models,
    mistakes=Mistakes(__name__),
    hints=(
        "The gradient of one number with respect to a tensor has the tensor's own shape. Which "
        "number do you start from, and over which axis is a length still to be taken?",
        "Three steps: a tensor that asks for its gradient goes through the model; `backward` "
        "starts from the last output; the gradient is read where the tensor keeps it.",
        "The check calls you twice with the same tensor. A detached clone of it, yours alone, "
        "starts without any gradient; ask for one with `requires_grad_`.",
    ),
    laws=(Law(_below_zero),),
    needs=("torch", "course_lib.checking.small_models"),
)
