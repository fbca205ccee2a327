"""Recall of items: many keys with a value each, and some of them asked for (lesson 08).

A recurrent state has to hold all of them at once; attention looks the right one up.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.models.small import AttentionModel, n_parameters
from course_lib.models.training import IGNORED, Batch, reproducible, train

N_VALUES = 16  # so that chance is 1/16
WHICH = N_VALUES  # stands in a question where the value would be
N_QUESTIONS = 16
STEPS = 300
BATCH_SIZE = 32
_TESTS = 100


class ItemModel(nn.Module):
    """One layer of attention over items that stand in no order; each is a key and a value.

    Parameters
    ----------
    n_items : how many keys there are
    n_values : how many different values they may have
    """

    def __init__(self, n_items: int, n_values: int, *, d_model: int = 32) -> None:
        super().__init__()
        self.values = nn.Embedding(n_values + 1, d_model)  # the last one is "which?"
        self.keys = AttentionModel(
            n_items, n_values, max_len=0, d_model=d_model, word_std=0.5, projection_std=0.1
        )
        nn.init.normal_(self.values.weight, std=0.5)

    def forward(self, items: Tensor) -> Tensor:
        """Answer for each item: (batch, n, 2), a key and a value each, to (batch, n, n_values)."""
        return self.keys.read(self.keys.embed(items[..., 0]) + self.values(items[..., 1]))


@dataclass(frozen=True)
class ItemRecall:
    """A model that was shown many items and is asked for some."""

    model: nn.Module
    n_items: int
    losses: list[float]
    training_seconds: float

    @property
    def n_parameters(self) -> int:
        """Count the numbers that training could change."""
        return n_parameters(self.model)

    @property
    def accuracy(self) -> float:
        """Return the share of right values, over new lists of items."""
        items, targets = listed_items(self.n_items, np.random.default_rng(10_000), n_lists=_TESTS)
        with reproducible(0), torch.no_grad():
            found = self.model(torch.from_numpy(items)).argmax(-1).numpy()
        return float((found == targets)[targets != IGNORED].mean())


def recall_items(n_items: int = 64, *, seed: int = 0, steps: int = STEPS) -> ItemRecall:
    """Train one layer of attention, without positions, to look one item up among many.

    Parameters
    ----------
    n_items : how many keys are shown, each with a value drawn anew
    seed : of the model's first weights and of the items
    steps : how long; 0 gives the model before training
    """
    with reproducible(seed):
        model = ItemModel(n_items, N_VALUES)

    def make_batch(rng: np.random.Generator) -> Batch:
        return listed_items(n_items, rng)

    started = time.process_time()
    losses = train(model, make_batch, steps=steps, seed=seed, title=f"{n_items} items")
    return ItemRecall(model, n_items, losses, time.process_time() - started)


def listed_items(n_items: int, rng: np.random.Generator, *, n_lists: int = BATCH_SIZE) -> Batch:
    """Draw lists of items, questions at the end of each, and the answers there."""
    keys, asked = (
        rng.permuted(np.tile(np.arange(n_items), (n_lists, 1)), axis=1) for _ in range(2)
    )
    values = rng.integers(N_VALUES, size=(n_lists, n_items))  # of key 0, 1, 2 …
    questions = asked[:, :N_QUESTIONS]
    shown = np.stack([keys, np.take_along_axis(values, keys, axis=1)], axis=-1)
    asking = np.stack([questions, np.full_like(questions, WHICH)], axis=-1)
    answers = np.take_along_axis(values, questions, axis=1)
    return (
        np.concatenate([shown, asking], axis=1),
        np.concatenate([np.full_like(keys, IGNORED), answers], axis=1),
    )
