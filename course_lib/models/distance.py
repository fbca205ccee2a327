"""Recall across a gap: the first word has to be said again when the question comes (lesson 08)."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy import ndarray
from torch import nn

from course_lib.errors import UnknownNameError
from course_lib.models.small import AttentionModel, RecurrentModel, n_parameters
from course_lib.models.training import IGNORED, Batch, reproducible, train

N_WORDS = 8  # so that chance is 1/8
QUESTION = N_WORDS
LONGEST = 202  # the first word, a gap of 200, the question
STEPS = 300
BATCH_SIZE = 32
_TESTS = 500

Reader = RecurrentModel | AttentionModel

# Widths of the state that give each about as many parameters as attention has.
READERS: dict[str, Callable[[], Reader]] = {
    "RNN": lambda: RecurrentModel(nn.RNN, n_words=9, n_answers=8, d_state=88),
    "LSTM": lambda: RecurrentModel(nn.LSTM, n_words=9, n_answers=8, d_state=38),
    "attention": lambda: AttentionModel(9, 8, max_len=LONGEST),
}


@dataclass(frozen=True)
class Recall:
    """A model that says the first word again, and how well it does."""

    model: Reader
    losses: list[float]
    training_seconds: float

    @property
    def n_parameters(self) -> int:
        """Count the numbers that training could change."""
        return n_parameters(self.model)

    def accuracy(self, gap: int) -> float:
        """Return the share of first words found again, on new texts with this gap."""
        texts, targets = across(gap, np.random.default_rng(10_000), n_texts=_TESTS)
        with reproducible(0), torch.no_grad():
            found = self.model(torch.from_numpy(texts))[:, -1].argmax(-1).numpy()
        return float((found == targets[:, -1]).mean())


def recall_across(
    gap: int,
    *,
    reader: str | Callable[[], Reader] = "attention",
    seed: int = 0,
    mixed: bool = False,
    steps: int = STEPS,
) -> Recall:
    """Train a reader to say the first word again after a gap.

    Parameters
    ----------
    gap : how many words stand between the first word and the question, at most 200
    reader : "RNN", "LSTM" or "attention", with about as many parameters each, or your own
    seed : of the model's first weights and of the texts
    mixed : train at all gaps from 1 to ``gap``, instead of at this gap alone
    steps : how long; 0 gives the model before training
    """
    model = _new_reader(reader, seed)

    def make_batch(rng: np.random.Generator) -> Batch:
        return across(int(rng.integers(1, gap + 1)) if mixed else gap, rng)

    started = time.process_time()
    losses = train(model, make_batch, steps=steps, seed=seed, title=f"reading, gap {gap}")
    return Recall(model, losses, time.process_time() - started)


def across(gap: int, rng: np.random.Generator, *, n_texts: int = BATCH_SIZE) -> Batch:
    """Draw texts that end with the question, and the answer at their last position."""
    texts = rng.integers(N_WORDS, size=(n_texts, gap + 2))
    texts[:, -1] = QUESTION
    targets = np.full_like(texts, IGNORED)
    targets[:, -1] = texts[:, 0]
    return texts, targets


def gradient_reaching(gap: int, *, reader: str | Callable[[], Reader], seed: int = 0) -> ndarray:
    """Measure how strongly the last answer of an untrained reader depends on each word.

    Returns
    -------
    ndarray
        (gap + 2,): the norm of the gradient that reaches each word, averaged over texts.
    """
    model = _new_reader(reader, seed)
    texts, targets = across(gap, np.random.default_rng(seed))
    with reproducible(seed):
        words = model.embed(torch.from_numpy(texts)).detach().requires_grad_()
        surprise = nn.functional.cross_entropy(
            model.read(words)[:, -1], torch.from_numpy(targets[:, -1]), reduction="sum"
        )
        (gradient,) = torch.autograd.grad(surprise, words)
    return gradient.norm(dim=-1).mean(0).numpy()


def _new_reader(reader: str | Callable[[], Reader], seed: int) -> Reader:
    make = READERS.get(reader) if isinstance(reader, str) else reader
    if make is None:
        raise UnknownNameError(
            f"expected a reader; got {reader!r}. The readers are {', '.join(READERS)}."
        )
    with reproducible(seed):
        return make()
