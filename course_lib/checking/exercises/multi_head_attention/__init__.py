"""Lesson 06, multi-head attention: project, split, attend, merge, project."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def _layers(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ, and one layer whose scores no bare exp survives."""
    readable_weights = (readable(rng, 2, 2) for _ in range(4))
    smallest = readable(rng, 1, 3, 2), *readable_weights, 2
    yield Case("1 sentence of 3 tokens and 2 heads of d_head 1", smallest)
    for batch_size, seq_len, n_heads, d_head in ((2, 5, 3, 4), (2, 5, 3, 7), (3, 4, 2, 5)):
        about = f"batch {batch_size}, {seq_len} tokens and {n_heads} heads of d_head {d_head}"
        yield Case(about, _layer(rng, (batch_size, seq_len, n_heads * d_head), n_heads))
    large = "batch 2, 6 tokens and 5 heads of d_head 4, scores of more than 1000"
    yield Case(large, _large_layer(rng, (2, 6, 20), 5))
    alone, *weights, n_heads = _layer(rng, (1, 5, 12), 3)
    yield Case("a sentence without the batch axis", (alone[0], *weights, n_heads), is_extra=True)


def _layer(rng: np.random.Generator, shape: tuple[int, int, int], n_heads: int) -> tuple[Any, ...]:
    """Draw embeddings and four weight matrices for scores of unit variance."""
    d_model = shape[-1]
    weights = rng.normal(size=(4, d_model, d_model)) / np.sqrt(d_model)
    return rng.normal(size=shape), *weights, n_heads


def _large_layer(
    rng: np.random.Generator, shape: tuple[int, int, int], n_heads: int
) -> tuple[Any, ...]:
    """Draw whole numbers, so that float32 makes no error where scores reach 1000.

    One token is small: beside rows that overflow, there is one that does not.
    """
    embeddings = rng.integers(-9, 10, shape).astype(float)
    embeddings[:, -1] /= 16
    weights = rng.integers(-2, 3, (4, shape[-1], shape[-1])).astype(float)
    return embeddings, *weights, n_heads


EXERCISE = Exercise(
    name="multi_head_attention",
    lesson="06",
    parameters=("embeddings", "w_query", "w_key", "w_value", "w_output", "n_heads"),
    reference=reference.multi_head_attention,
    kind=array_of("batch", "seq_len", "d_model"),
    cases=_layers,
    mistakes=Mistakes(__name__),
    hints=(
        "Write the shapes down, step by step: (batch, seq_len, d_model) after the projections, "
        "(batch, n_heads, seq_len, d_head) after the split, and so on back to the first shape.",
        "Between split and merge it is lesson 05: scores, scale, softmax, mixture. Products "
        "and softmax leave the axes in front alone, so all heads go through at once. But "
        "`keys.T` turns all axes round: `keys.swapaxes(-1, -2)` swaps the last two.",
        "Five steps: project three times, split three times, attend, merge once, and project "
        "once more. A head is d_head wide, and that is what its scores are scaled by.",
    ),
)
