"""The exercise of lesson 08: how strongly each input moves the last output.

Nothing here imports torch until it is called: tensors bring their own methods along.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Parts, array_of


def influence(model: Callable[[Any], Any], inputs: Any) -> Any:
    """Measure how strongly each input moves the last output.

    Parameters
    ----------
    model : maps a tensor (T, d_in) to a tensor (T, 1)
    inputs : a tensor (T, d_in); it is left as it is

    Returns
    -------
    A tensor (T,): the norm of the gradient of the last output with respect to each input.
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


def _fresh(inputs: Any) -> Any:
    return inputs.detach().clone().requires_grad_()


def _as_given(inputs: Any) -> Any:
    return inputs.requires_grad_()


def _last(outputs: Any) -> Any:
    return outputs[-1].sum()


def _norm(gradient: Any, inputs: Any) -> Any:
    return gradient.norm(dim=-1)


def _felt(
    model: Callable,
    inputs: Any,
    *,
    start: Callable = _fresh,
    choose: Callable = _last,
    measure: Callable = _norm,
    after: Callable = lambda felt: felt,
) -> Any:
    """Compute an influence with any of the things that can go wrong with it."""
    own = start(inputs)
    choose(model(own)).backward()
    return after(measure(own.grad.clone(), own.detach()))


def _not_asked(then: str) -> Callable:
    """Make what looks for a gradient in a copy that keeps none, and does something with it."""

    def answer(model: Callable, inputs: Any) -> Any:
        copied = inputs.requires_grad_().clone()
        _last(model(copied)).backward()
        return getattr(copied.grad, then)

    return answer


def _jacobian(model: Callable, inputs: Any) -> Any:
    """Return the gradient of every output: (T outputs, T inputs, d_in)."""
    rows = inputs.new_zeros(len(inputs), *inputs.shape)
    for i in range(len(inputs)):
        rows[i] = _felt(
            model, inputs, choose=lambda y, i=i: y[i].sum(), measure=lambda gradient, x: gradient
        )
    return rows


def _without_one(model: Callable, inputs: Any) -> Any:
    before = model(inputs)[-1]
    changes = inputs.new_zeros(len(inputs))
    for i in range(len(inputs)):
        silenced = inputs.clone()
        silenced[i] = 0
        changes[i] = (model(silenced)[-1] - before).abs().sum()
    return changes


_MISTAKES = (
    Mistake(
        "gradient of the first output",
        (partial(_felt, choose=lambda y: y[0].sum()),),
        "This is what moves the first output. The last one is asked for: which index is that, "
        "whatever the length?",
    ),
    Mistake(
        "gradient of all outputs together",
        (
            partial(_felt, choose=lambda y: y.sum()),
            partial(_felt, choose=lambda y: y.mean()),
            partial(_felt, choose=lambda y: y.norm()),
            partial(_felt, choose=lambda y: (y**2).sum()),
        ),
        "All outputs were added up before the gradient was taken. Only the last one counts: pick "
        "it before `backward`.",
    ),
    Mistake(
        "gradient of another output",
        (
            partial(_felt, choose=lambda y: y[-2].sum()),
            partial(_felt, choose=lambda y: y[1].sum()),
            partial(_felt, choose=lambda y: y[2].sum()),
            partial(_felt, choose=lambda y: y.max()),
        ),
        "This is the gradient of an output that is not the last one.",
    ),
    Mistake(
        "gradient of something made of the last output",
        (
            partial(_felt, choose=lambda y: y[-1].sum() ** 2),
            partial(_felt, choose=lambda y: y[-1].tanh().sum()),
            partial(_felt, choose=lambda y: y[-1].sigmoid().sum()),
            partial(_felt, choose=lambda y: -(y[-1].sum() ** 2) / 2),
        ),
        "The last output was squared or bent before the gradient was taken, which multiplies "
        "everything. Take the output as it is.",
    ),
    Mistake(
        "backward from several outputs",
        (partial(_felt, choose=lambda y: y),),
        "A gradient starts from one single number, and the model gives one for each position. Pick "
        "the last one first.",
    ),
    Mistake(
        "not a norm (signed sum)",
        (
            partial(_felt, measure=lambda g, x: g.sum(-1)),
            partial(_felt, measure=lambda g, x: g.mean(-1)),
        ),
        "The features' gradients were added up with their signs, so that they cancel each other, "
        "or averaged. A norm is a length: square, add up, take the root.",
    ),
    Mistake(
        "another norm",
        (
            partial(_felt, measure=lambda g, x: g.abs().sum(-1)),
            partial(_felt, measure=lambda g, x: g.abs().mean(-1)),
            partial(_felt, measure=lambda g, x: g.abs().amax(-1)),
            partial(_felt, measure=lambda g, x: g.amax(-1)),
        ),
        "Sizes were added up, averaged, or only the greatest was taken. The norm meant here is the "
        "ordinary length of a vector: square, add up, take the root.",
    ),
    Mistake(
        "root forgotten",
        (
            partial(_felt, measure=lambda g, x: (g**2).sum(-1)),
            partial(_felt, measure=lambda g, x: (g**2).mean(-1)),
        ),
        "These are squares of lengths, or means of squares. What turns the sum of squares into a "
        "length?",
    ),
    Mistake(
        "mean under the root",
        (
            partial(_felt, measure=lambda g, x: (g**2).mean(-1).sqrt()),
            partial(_felt, measure=lambda g, x: g.std(-1)),
        ),
        "The squares were averaged, not added up, so the number of features divides the result.",
    ),
    Mistake(
        "norm over positions",
        (
            partial(_felt, measure=lambda g, x: g.norm(dim=0)),
            partial(_felt, measure=lambda g, x: g.sum(0)),
            partial(_felt, measure=lambda g, x: g.abs().sum(0)),
        ),
        "There is one number for each feature: the norm runs over the positions. It is to run over "
        "the features, so that one number is left for each input.",
    ),
    Mistake(
        "one number for everything",
        (
            partial(_felt, measure=lambda g, x: g.norm()),
            partial(_felt, measure=lambda g, x: g.abs().sum()),
            partial(_felt, measure=lambda g, x: g.sum()),
        ),
        "The norm swallowed every axis. One number is asked for each input: along which axis does "
        "the norm run?",
    ),
    Mistake(
        "norm forgotten",
        (
            partial(_felt, measure=lambda g, x: g),
            partial(_felt, measure=lambda g, x: g.abs()),
        ),
        "This is the gradient itself, with a number for each feature. Its length is asked for, one "
        "number for each input.",
    ),
    Mistake(
        "axis kept",
        (partial(_felt, measure=lambda g, x: g.norm(dim=-1, keepdim=True)),),
        "The numbers are right, but the axis of the features is still there, with length 1.",
    ),
    Mistake(
        "gradients accumulated from an earlier call",
        (partial(_felt, start=_as_given),),
        "The first call is right and the second one is not: `backward` adds to the gradient that "
        "is there already, and the tensor still holds the last one. Start from none, or work on a "
        "copy of your own.",
    ),
    Mistake(
        "inputs not requiring grad",
        (
            lambda model, inputs: _last(model(inputs)).backward(),
            lambda model, inputs: _last(model(inputs.requires_grad_().detach())).backward(),
        ),
        "Nothing was recorded on the way from the inputs to the output, so there is no gradient. "
        "torch records only for tensors that ask for it, and not inside `no_grad` or after "
        "`detach`: ask before the model is called.",
    ),
    Mistake(
        "no gradient kept in a copy",
        tuple(
            map(
                _not_asked,
                (
                    "norm",
                    "pow",
                    "abs",
                    "sum",
                    "square",
                    "detach",
                    "clone",
                    "numpy",
                    "shape",
                    "layout",
                ),
            )
        ),
        "The gradient is None: torch keeps it only in the tensor that was told to require it, and "
        "not in what was made from that one. Ask for it on the very tensor the model gets.",
    ),
    Mistake(
        "a plain number has no gradient",
        (
            lambda model, inputs: model(inputs)[-1].item().backward(),
            lambda model, inputs: model(inputs).detach().numpy()[-1].backward(),
        ),
        "The output was turned into a plain number before `backward`, and with that its history "
        "is gone. Keep it a tensor.",
    ),
    Mistake(
        "gradient cleared too early",
        (partial(_felt, measure=lambda g, x: 0 * g.norm(dim=-1)),),
        "Everything is 0: the gradient was cleared after `backward` and before it was read. "
        "Clear it before.",
    ),
    Mistake(
        "backward twice",
        (
            partial(_felt, measure=lambda g, x: 2 * g.norm(dim=-1)),
            partial(_felt, measure=lambda g, x: g.norm(dim=-1) / 2),
        ),
        "Everything is twice (or half) what it should be: `backward` ran twice within one call, "
        "and its gradients were added up. Once is enough.",
    ),
    Mistake(
        "gradient times input",
        (
            partial(_felt, measure=lambda g, x: (g * x).sum(-1)),
            partial(_felt, measure=lambda g, x: (g * x).sum(-1).abs()),
            partial(_felt, measure=lambda g, x: (g * x).norm(dim=-1)),
        ),
        "The gradient was multiplied by the input. That is another measure; here the gradient "
        "stands alone.",
    ),
    Mistake(
        "the inputs or outputs themselves",
        (
            lambda model, inputs: inputs.norm(dim=-1),
            lambda model, inputs: model(inputs)[:, 0],
            lambda model, inputs: model(inputs)[:, 0].abs(),
            lambda model, inputs: model(inputs),
        ),
        "These are the lengths of the inputs, or the model's outputs. What is asked for is how the "
        "last output changes when an input does: a gradient.",
    ),
    Mistake(
        "normalised",
        (
            partial(_felt, after=lambda felt: felt / felt.sum()),
            partial(_felt, after=lambda felt: felt / felt.max()),
            partial(_felt, after=lambda felt: felt / felt[-1]),
            partial(_felt, after=lambda felt: felt / felt.norm()),
            partial(_felt, after=lambda felt: felt.softmax(-1)),
            partial(_felt, after=lambda felt: felt.log()),
        ),
        "The numbers were divided by their sum or their greatest, or went through a softmax or a "
        "logarithm. Return the norms as they are.",
    ),
    Mistake(
        "every output instead of the last",
        (
            lambda model, inputs: _jacobian(model, inputs).norm(dim=(0, 2)),
            lambda model, inputs: _jacobian(model, inputs).norm(dim=-1),
            lambda model, inputs: _jacobian(model, inputs).norm(dim=-1).sum(0),
            lambda model, inputs: _jacobian(model, inputs).norm(dim=-1).mean(0),
            _jacobian,
        ),
        "The gradients of all outputs are in it. One row of that table is asked for: the last "
        "output's.",
    ),
    Mistake(
        "each output by its own input",
        (lambda model, inputs: _jacobian(model, inputs).norm(dim=-1).diagonal(),),
        "Each number tells how an output depends on the input at its own place. Fix the output, "
        "the last one, and go through the inputs.",
    ),
    Mistake(
        "outputs and inputs swapped",
        (lambda model, inputs: _jacobian(model, inputs)[:, -1].norm(dim=-1),),
        "Each number tells how the last input moves one of the outputs. The other way round: how "
        "each input moves the last output.",
    ),
    Mistake(
        "input silenced instead of a gradient",
        (_without_one,),
        "Each input was set to zero, and the change of the output measured. That is an ablation; "
        "the gradient tells of very small changes.",
    ),
    Mistake(
        "in reverse order",
        (partial(_felt, after=lambda felt: felt.flip(0)),),
        "The order is turned round: number 0 belongs to the first input.",
    ),
    Mistake(
        "only one position",
        (
            partial(_felt, measure=lambda g, x: g[-1].norm()),
            partial(_felt, measure=lambda g, x: g[0].norm()),
            partial(_felt, measure=lambda g, x: g[-1]),
            partial(_felt, measure=lambda g, x: g[0]),
        ),
        "Only one input's gradient is left. One number for each input is asked for.",
    ),
    Mistake(
        "a position left out",
        (
            partial(_felt, after=lambda felt: felt[:-1]),
            partial(_felt, after=lambda felt: felt[1:]),
        ),
        "The first or the last input has no number. The last input moves the last output, too.",
    ),
)


def _below_zero(parts: Parts, *_: Any) -> str | None:
    below = np.flatnonzero(parts[0] < -1e-9)
    if not below.size:
        return None
    return f"Number {below[0]} is {parts[0][below[0]]:.4g}; a norm is a length, and never negative."


EXERCISES = (
    Exercise(
        name="influence",
        lesson="08",
        parameters=("model", "inputs"),
        reference=influence,
        kind=array_of("seq_len"),
        cases=_models,
        mistakes=_MISTAKES,
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
    ),
)
