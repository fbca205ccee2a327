"""Fit a language model to the story, and ask what it has learned (lesson 13).

A model is any module that maps token ids (batch, seq_len) to logits (batch, seq_len, characters):
at every place, which character comes next. It is asked in two ways. `held_out_loss` asks at all
places of a window at once, as training does; `nats_per_character` shows it nothing of what follows.
A model that does not look ahead answers both alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_lib.errors import CourseError, ShapeError, TokenError
from course_lib.models.story import Corpus
from course_lib.models.training import Batch, reproducible, train

STEPS = 600
BATCH_SIZE = 16
LEARNING_RATE = 4e-3
AT_THE_END = 8  # one step in eight, the last ones, is a quarter as large


def fit(model: nn.Module, corpus: Corpus, *, seed: int = 0, steps: int = STEPS) -> list[float]:
    """Train the model on the story, in place, and return the loss of each step.

    Parameters
    ----------
    seed : of the passages that are read; together with the model's own weights it decides all
    steps : how many batches of 16 passages; the last eighth of them with smaller steps

    Raises
    ------
    ShapeError
        If the model does not answer with one logit a character at each place.
    """
    _logits(model, corpus, torch.from_numpy(corpus.training[None, : corpus.context]))

    def make_batch(rng: np.random.Generator) -> Batch:
        return passages(corpus, rng)

    at_the_end = steps // AT_THE_END
    losses = train(
        model,
        make_batch,
        steps=steps - at_the_end,
        learning_rate=LEARNING_RATE,
        seed=seed,
        title="reading",
    )
    return losses + train(
        model,
        make_batch,
        steps=at_the_end,
        learning_rate=LEARNING_RATE / 4,
        seed=seed + 1_000_000,  # passages that the first part has not drawn already
        title="reading on, in smaller steps",
    )


def passages(corpus: Corpus, rng: np.random.Generator) -> Batch:
    """Draw passages, and for each of their characters the one that follows: twice (16, context)."""
    last = len(corpus.training) - corpus.context
    starts = rng.integers(last, size=(BATCH_SIZE, 1))
    read = corpus.training[starts + np.arange(corpus.context + 1)]
    return read[:, :-1].copy(), read[:, 1:].copy()


def held_out_loss(model: nn.Module, corpus: Corpus) -> float:
    """Measure the loss on what was kept back, at all places of a window at once.

    Returns
    -------
    nats per character, over the second half of windows that overlap by half
    """
    half = corpus.context // 2
    windows = torch.from_numpy(corpus.held_out).unfold(0, corpus.context + 1, half)
    with _asking(model):
        logits = _logits(model, corpus, windows[:, :-1])
    return cross_entropy(logits[:, half:].flatten(0, 1), windows[:, half + 1 :].flatten()).item()


def nats_per_character(model: nn.Module, corpus: Corpus) -> float:
    """Measure how much the held-out text surprises the model, with nothing behind it shown.

    Returns
    -------
    nats per character, each predicted from more than half a context before it, and at most a
    whole one; the first characters, which have less before them, are left out
    """
    ids, half, surprise, n_asked = torch.from_numpy(corpus.held_out), corpus.context // 2, 0.0, 0
    with _asking(model):
        for length in range(half + 1, corpus.context + 1):
            # Each length asks for every half-th character; together they ask for all of them.
            windows = ids.unfold(0, length + 1, half)
            logits = _logits(model, corpus, windows[:, :-1])[:, -1]
            surprise += cross_entropy(logits, windows[:, -1], reduction="sum").item()
            n_asked += len(windows)
    return surprise / n_asked


def closing_chance(model: nn.Module, corpus: Corpus) -> tuple[float, float]:
    """Ask how likely the model finds a quotation mark after a full stop, comma, ``?`` or ``!``.

    Returns
    -------
    the chance within speech, where the mark would close it, and outside; on held-out text
    """
    half, text = corpus.context // 2, corpus.held_out_text
    windows = torch.from_numpy(corpus.held_out).unfold(0, corpus.context, half)
    with _asking(model):
        chances = _logits(model, corpus, windows).softmax(-1)[:, half:]
    chance_of_mark = chances[..., corpus.vocabulary.index('"')].flatten().numpy()
    places = half + np.arange(len(chance_of_mark))
    in_speech = np.array([text[: i + 1].count('"') % 2 == 1 for i in places])
    may_end = np.array([text[i] in ".,?!" for i in places])
    within, outside = may_end & in_speech, may_end & ~in_speech
    return float(chance_of_mark[within].mean()), float(chance_of_mark[outside].mean())


def sample(
    model: nn.Module,
    corpus: Corpus,
    prompt: str,
    n: int = 200,
    *,
    temperature: float = 0.7,
    seed: int = 0,
) -> str:
    """Let the model go on with a text, one character after the other.

    Parameters
    ----------
    prompt : how the text begins
    n : how many characters to add
    temperature : logits are divided by it: below 1 the likely becomes likelier
    seed : of the draws

    Raises
    ------
    TokenError
        If the prompt is empty or has a character that the story does not have.
    CourseError
        If the temperature is not above 0.
    """
    if not prompt:
        raise TokenError("expected a text to go on with; got none. Try 'The cat'.")
    if not temperature > 0:
        raise CourseError(
            f"expected a temperature above 0; got {temperature}. Try 0.1 for hardly any chance."
        )
    ids = corpus.encode(prompt).tolist()
    draws = torch.Generator().manual_seed(seed)
    with _asking(model):
        for _ in range(n):
            logits = _logits(model, corpus, torch.tensor([ids[-corpus.context :]]))[0, -1]
            chances = (logits / temperature).softmax(-1)
            ids.append(int(torch.multinomial(chances, 1, generator=draws)))
    return corpus.decode(ids)


@contextmanager
def _asking(model: nn.Module) -> Iterator[None]:
    """Ask without learning, and leave the model as it was."""
    was_training = model.training
    model.eval()
    try:
        with reproducible(0), torch.no_grad():
            yield
    finally:
        model.train(was_training)


def _logits(model: nn.Module, corpus: Corpus, token_ids: Tensor) -> Tensor:
    logits = model(token_ids)
    expected = (*token_ids.shape, len(corpus.vocabulary))
    if logits.shape != expected:
        raise ShapeError(
            f"expected logits of shape (batch, seq_len, characters) = {expected}; "
            f"got {tuple(logits.shape)}. Does the last layer give one number for each of the "
            f"{len(corpus.vocabulary)} characters, at every place?"
        )
    return logits
