"""Measures of influence that take more than a line. Tensors bring their own methods along."""

from collections.abc import Callable
from typing import Any


def jacobian(model: Callable, inputs: Any) -> Any:
    """Return the gradient of every output: (seq_len outputs, seq_len inputs, d_in)."""
    rows = inputs.new_zeros(len(inputs), *inputs.shape)
    for i in range(len(inputs)):
        own = inputs.detach().clone().requires_grad_()
        model(own)[i].sum().backward()
        rows[i] = own.grad
    return rows


def without_one(model: Callable, inputs: Any) -> Any:
    """Set each input to zero, and say by how much the last output changes."""
    before = model(inputs)[-1]
    changes = inputs.new_zeros(len(inputs))
    for i in range(len(inputs)):
        silenced = inputs.clone()
        silenced[i] = 0
        changes[i] = (model(silenced)[-1] - before).abs().sum()
    return changes
