"""Repair the verb: what a model of one attention layer learns in the small world of lesson 07.

The verb's slot shows a mask, a random verb, or the right verb, a third each; the model is to say
which verb belongs there. Nothing tells it where to look.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import torch
from numpy import ndarray

from course_lib.errors import TokenError
from course_lib.models.small import AttentionModel
from course_lib.models.training import IGNORED, Batch, reproducible, train
from course_lib.models.verb_world import (
    ADJECTIVES,
    ALL_VERBS,
    LONGEST,
    MASK,
    PLACES,
    SUBJECTS,
    VOCABULARY,
    VerbWorld,
    verb_slot,
)

STEPS = 800
BATCH_SIZE = 64
PADDING = len(VOCABULARY)  # the id that fills shorter sentences up; nobody attends to it
_ID = {word: i for i, word in enumerate(VOCABULARY)}


@dataclass(frozen=True)
class VerbRepair:
    """A model that repairs verbs, and the world that it was trained in.

    Words are lists of lower-case words, commas among them; ``"[MASK]"`` may stand for the verb.
    """

    model: AttentionModel
    world: VerbWorld
    losses: list[float]
    training_seconds: float

    subjects = SUBJECTS
    places = PLACES
    adjectives = ADJECTIVES
    verbs = ALL_VERBS

    @property
    def held_out(self) -> list[tuple[list[str], str]]:
        """Return sentences whose two nouns never met in training, each with its verb."""
        return list(self.world.held_out())

    @property
    def held_out_accuracy(self) -> float:
        """Return the share of held-out sentences whose verb is found when it is hidden."""
        sentences, verbs = zip(*self.held_out, strict=True)
        hidden = [[MASK if word in ALL_VERBS else word for word in words] for words in sentences]
        with reproducible(0), torch.no_grad():
            logits = self.model(torch.tensor([ids_of(words) for words in hidden]))
        found = logits[:, verb_slot(hidden[0])].argmax(-1)
        return float(np.mean([ALL_VERBS[i] == verb for i, verb in zip(found, verbs, strict=True)]))

    def predict(self, words: list[str], *, blocked: Collection[str] = ()) -> str:
        """Say which verb belongs into the sentence, whichever stands there.

        Parameters
        ----------
        words : the sentence
        blocked : words that nobody may attend to

        Raises
        ------
        TokenError
            If a word is unknown, or the sentence has no verb or is too long.
        """
        ids, mask = _prepared(words, blocked)
        with reproducible(0), torch.no_grad():
            logits = self.model(ids, mask=mask)[0, verb_slot(words)]
        return ALL_VERBS[int(logits.argmax())]

    def attention(self, words: list[str], *, blocked: Collection[str] = ()) -> ndarray:
        """Return the weights, one matrix a head; only the verb's row was trained.

        Parameters
        ----------
        words, blocked : as for ``predict``

        Returns
        -------
        ndarray
            (n_heads, seq_len, seq_len); rows are queries, columns are keys.
        """
        ids, mask = _prepared(words, blocked)
        with reproducible(0):
            return self.model.weights(ids, mask=mask)[0].numpy()


def repair_the_verb(
    seed: int = 0, *, n_heads: int = 1, adjective_decides: bool = False, steps: int = STEPS
) -> VerbRepair:
    """Train a model to repair verbs, which takes a few seconds; nothing tells it where to look.

    Parameters
    ----------
    seed : of the model's first weights, the batches, and the pairs of nouns that are held out
    n_heads : how many heads its one layer of attention has
    adjective_decides : train in the world where the adjective decides instead of the place
    steps : how long; 0 gives the model before training
    """
    world = VerbWorld(adjective_decides=adjective_decides, seed=seed)
    with reproducible(seed, dtype=torch.float32):
        model = AttentionModel(PADDING + 1, len(ALL_VERBS), n_heads=n_heads, max_len=LONGEST)
    started = time.process_time()
    losses = train(_Padded(model), batches(world), steps=steps, seed=seed, title="repairing verbs")
    return VerbRepair(model, world, losses, time.process_time() - started)


class _Padded(torch.nn.Module):
    """The model, for sentences of different lengths."""

    def __init__(self, model: AttentionModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.model(ids, mask=(ids != PADDING)[:, None, None])


def batches(world: VerbWorld) -> Callable[[np.random.Generator], Batch]:
    """Make batches from the pairs of nouns that may meet, told in any form."""
    pairs, _ = world.pairs()

    def make_batch(rng: np.random.Generator) -> Batch:
        inputs = np.full((BATCH_SIZE, LONGEST), PADDING)
        targets = np.full((BATCH_SIZE, LONGEST), IGNORED)
        for row, pair in enumerate(rng.integers(len(pairs), size=BATCH_SIZE)):
            words, verb = _told(world, pairs[pair], rng)
            inputs[row, : len(words)] = ids_of(words)
            targets[row, verb_slot(words)] = ALL_VERBS.index(verb)
        return inputs, targets

    return make_batch


def _told(
    world: VerbWorld, pair: tuple[str, str], rng: np.random.Generator
) -> tuple[list[str], str]:
    """Tell of a pair with any adjective: the words with what the slot shows, and the right verb."""
    form = world.forms[rng.integers(len(world.forms))]
    adjective, random_verb = ADJECTIVES[rng.integers(8)], ALL_VERBS[rng.integers(16)]
    words = {"subject": pair[0], "place": pair[1], "adjective": adjective}
    verb = world.verb(**words)
    shown = (MASK, random_verb, verb)[rng.integers(3)]
    return form.format(verb=shown, **words).split(), verb


def ids_of(words: list[str]) -> list[int]:
    """Return each word's row in the table.

    Raises
    ------
    TokenError
        If the world does not have a word.
    """
    for word in words:
        if word not in _ID:
            raise TokenError(
                f"expected words of this small world; got {word!r}. It has {', '.join(VOCABULARY)}."
            )
    return [_ID[word] for word in words]


def _prepared(words: list[str], blocked: Collection[str]) -> tuple[torch.Tensor, ndarray]:
    """Return the sentence as a batch of one, and who may be attended to."""
    if isinstance(words, str) or isinstance(blocked, str):
        raise TokenError("expected a list of words; got one text. Try `text.split()`.")
    ids = ids_of(words)
    if sum(word == MASK or word in ALL_VERBS for word in words) != 1 or len(words) > LONGEST:
        raise TokenError(
            f"expected a sentence of at most {LONGEST} words with one verb, or {MASK} in its "
            f"place; got {' '.join(words)!r}. The verbs are {', '.join(ALL_VERBS)}."
        )
    for word in blocked:
        if word not in words:
            raise TokenError(
                f"expected to block words of the sentence; got {word!r}. "
                f"The sentence is {' '.join(words)!r}."
            )
    return torch.tensor([ids]), np.array([[word not in blocked for word in words]])
