"""Name both neighbours: the task of lesson 06, which asks every position to look two ways at once.

Ten symbols out of sixteen stand in a ring; each position names the one on its left and the one on
its right. One head has one set of weights a position, and so brings back one mixture.
"""

import string
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy import ndarray

from course_lib.errors import TokenError
from course_lib.models.small import AttentionModel
from course_lib.models.training import Batch, reproducible, train

RING = 10
SYMBOLS = string.ascii_lowercase[:16]
STEPS = 500
BATCH_SIZE = 32
_TESTS = 500


@dataclass(frozen=True)
class Neighbours:
    """A model that names the neighbours of each position in a ring."""

    model: AttentionModel
    losses: list[float]
    training_seconds: float

    @property
    def accuracy(self) -> float:
        """Return the share of positions, in new rings, whose two neighbours are both right."""
        rings, neighbours = rings_and_neighbours(np.random.default_rng(10_000), _TESTS)
        with reproducible(0), torch.no_grad():
            found = _both_sides(self.model(torch.from_numpy(rings))).argmax(-1).numpy()
        return float((found == neighbours).all(-1).mean())

    @property
    def diagonals(self) -> ndarray:
        """Return each head's mean weight on the left and on the right neighbour: (n_heads, 2)."""
        rings, _ = rings_and_neighbours(np.random.default_rng(10_000), _TESTS)
        with reproducible(0):
            weights = self.model.weights(torch.from_numpy(rings)).numpy().mean(0)
        here = np.arange(RING)
        sides = [weights[:, here, (here + step) % RING].mean(-1) for step in (-1, 1)]
        return np.stack(sides, axis=-1)

    def predict(self, symbols: str) -> list[tuple[str, str]]:
        """Name the left and the right neighbour of each of the ten symbols.

        Raises
        ------
        TokenError
            If these are not ten of the sixteen symbols.
        """
        with reproducible(0), torch.no_grad():
            found = _both_sides(self.model(_as_ids(symbols)))[0].argmax(-1).tolist()
        return [(SYMBOLS[left], SYMBOLS[right]) for left, right in found]

    def attention(self, symbols: str) -> ndarray:
        """Return the weights in one ring, one matrix a head: (n_heads, 10, 10)."""
        with reproducible(0):
            return self.model.weights(_as_ids(symbols))[0].numpy()


def name_the_neighbours(
    seed: int = 0, *, n_heads: int = 1, feed_forward: bool = False, steps: int = STEPS
) -> Neighbours:
    """Train a model to name both neighbours, which takes a second or two.

    Parameters
    ----------
    seed : of the model's first weights and of the rings
    n_heads : how many heads look around
    feed_forward : whether a feed-forward layer may take apart what a head mixed
    steps : how long; 0 gives the model before training
    """
    n_answers = 2 * len(SYMBOLS)
    with reproducible(seed, dtype=torch.float32):
        model = AttentionModel(
            len(SYMBOLS), n_answers, max_len=RING, n_heads=n_heads, d_hidden=128 * feed_forward
        )
    started = time.process_time()
    losses = train(_Sides(model), _make_batch, steps=steps, seed=seed, title="naming neighbours")
    return Neighbours(model, losses, time.process_time() - started)


class _Sides(torch.nn.Module):
    """The model with its answers on two axes: which side, which symbol."""

    def __init__(self, model: AttentionModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, rings: torch.Tensor) -> torch.Tensor:
        return _both_sides(self.model(rings))


def _both_sides(logits: torch.Tensor) -> torch.Tensor:
    return logits.unflatten(-1, (2, len(SYMBOLS)))


def _make_batch(rng: np.random.Generator) -> Batch:
    return rings_and_neighbours(rng, BATCH_SIZE)


def rings_and_neighbours(rng: np.random.Generator, n_rings: int) -> Batch:
    """Draw rings and what stands left and right of each position: (n, 10) and (n, 10, 2)."""
    rings = rng.permuted(np.tile(np.arange(len(SYMBOLS)), (n_rings, 1)), axis=1)[:, :RING].copy()
    return rings, np.stack([np.roll(rings, 1, axis=1), np.roll(rings, -1, axis=1)], axis=-1)


def _as_ids(symbols: str) -> torch.Tensor:
    if len(symbols) != RING or not set(symbols) <= set(SYMBOLS):
        raise TokenError(
            f"expected {RING} of the symbols {SYMBOLS}; got {symbols!r}. Try {SYMBOLS[:RING]!r}."
        )
    return torch.tensor([[SYMBOLS.index(symbol) for symbol in symbols]])
