"""Models for the inputs of a check, each from (T, d_in) to (T, 1), with frozen weights.

They compute in whatever floating type they are given.
"""

import torch
from numpy import ndarray
from torch import Tensor, nn


class _Frozen(nn.Module):
    def __init__(self, **weights: ndarray) -> None:
        super().__init__()
        for name, weight in weights.items():
            self.register_buffer(name, torch.tensor(weight))

    def __deepcopy__(self, memo: dict) -> nn.Module:
        """Stay one: every call of a check copies its arguments, and nothing here can be trained."""
        return self


class Mixing(_Frozen):
    """Each output is a fixed mixture of all inputs, times a fixed row of weights."""

    mixture: Tensor
    readout: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Mix the positions, then the features."""
        return self.mixture.to(x.dtype) @ x @ self.readout.to(x.dtype)


class Attending(_Frozen):
    """Every position looks at every other one, once."""

    w_query: Tensor
    w_key: Tensor
    readout: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Attend with one head, then bend and read out."""
        queries, keys = x @ self.w_query.to(x.dtype), x @ self.w_key.to(x.dtype)
        weights = (queries @ keys.transpose(0, 1) / queries.shape[1] ** 0.5).softmax(-1)
        return (weights @ x).tanh() @ self.readout.to(x.dtype)


class Remembering(_Frozen):
    """A state is carried from the first position to the last, and fades on the way."""

    w_input: Tensor
    w_state: Tensor
    readout: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Read the inputs one by one."""
        state = x.new_zeros(len(self.w_state))
        states = []
        for row in x:
            state = (row @ self.w_input.to(x.dtype) + state @ self.w_state.to(x.dtype)).tanh()
            states.append(state)
        return torch.stack(states) @ self.readout.to(x.dtype)


class Neighbouring(_Frozen):
    """Each output hears of its own input and of the one before, and of no other."""

    readout: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Multiply neighbours, the first and the last being neighbours too."""
        return (x * x.roll(1, 0)) @ self.readout.to(x.dtype)
