"""The one training loop of the course: guess, measure the error, change every weight a little."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_lib.models.waiting import counted

IGNORED = -100  # a target that is not asked for; torch's own number for it

Batch = tuple[ndarray, ndarray]


@contextmanager
def reproducible(seed: int, *, dtype: torch.dtype = torch.float64) -> Iterator[None]:
    """Make and train models that come out alike on every machine; leave torch as it was.

    Parameters
    ----------
    seed : of torch's random numbers
    dtype : of new weights

    Notes
    -----
    In float32 processors with other vector units round otherwise, draw
    other normal numbers, and training makes that visible in the second digit.
    """
    threads, before = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)  # sums in the same order on every machine
    torch.set_default_dtype(dtype)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_default_dtype(before)
        torch.set_num_threads(threads)


def mean_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Measure how much the right answers surprise the model, on average over those asked for."""
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=IGNORED)


def train(
    model: nn.Module,
    make_batch: Callable[[np.random.Generator], Batch],
    *,
    steps: int,
    loss: Callable[[Tensor, Tensor], Tensor] = mean_cross_entropy,
    learning_rate: float = 3e-3,
    seed: int = 0,
    title: str = "training",
) -> list[float]:
    """Train the model in place and return the loss of each step.

    Parameters
    ----------
    model : maps a batch of inputs to logits, the possible answers on the last axis
    make_batch : draws inputs and targets; a target ``IGNORED`` is not asked for
    steps : how many batches the model sees
    loss : of logits and targets; the optimiser, Adam, makes it small
    seed : of the batches; together with the model's own weights it decides everything
    title : what the progress line says of a long training

    Raises
    ------
    KeyboardInterrupt
        When you stop it; the model then keeps what it has learned so far.
    """
    rng = np.random.default_rng(seed)
    losses: list[float] = []
    with reproducible(seed):
        optimiser = torch.optim.Adam(model.parameters(), lr=learning_rate)
        try:
            for _ in counted(steps, title):
                inputs, targets = map(torch.from_numpy, make_batch(rng))
                error = loss(model(inputs), targets)
                optimiser.zero_grad()
                error.backward()
                optimiser.step()
                losses.append(error.item())
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"{title} was stopped after {len(losses)} of {steps} steps. "
                "Run the cell again to train from the beginning."
            ) from None
    return losses
