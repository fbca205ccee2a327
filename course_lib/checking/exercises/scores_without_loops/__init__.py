"""Lesson 09, scores without loops: all scores of a batch of heads at once."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.cost_limits import Lines
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of

_SIZES = ((2, 3, 5, 4), (2, 3, 5, 7), (3, 2, 4, 9), (4, 5, 3, 2))
_SHORT, _LONG = 6, 30


def _batches(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ; at the end, one input whose lines are counted at two lengths."""
    yield Case(
        "1 sentence, 2 heads, 2 tokens and d_head 3",
        (readable(rng, 1, 2, 2, 3), readable(rng, 1, 2, 2, 3)),
    )
    for batch_size, n_heads, seq_len, d_head in _SIZES:
        about = f"batch {batch_size}, {n_heads} heads, {seq_len} tokens and d_head {d_head}"
        yield Case(about, tuple(rng.normal(size=(2, batch_size, n_heads, seq_len, d_head))))
    more_keys = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 7, 5))
    yield Case("more keys than queries", more_keys, is_extra=True)
    short = tuple(rng.normal(size=(2, 2, 3, _SHORT, 5)))
    long = tuple(rng.normal(size=(2, 2, 3, _LONG, 5)))
    about = f"batch 2, 3 heads, {_LONG} tokens and d_head 5"
    yield Case(about, long, limit=Lines(short, (_SHORT, _LONG)))


EXERCISE = Exercise(
    name="scores_without_loops",
    lesson="09",
    parameters=("queries", "keys"),
    reference=reference.scaled_scores,
    kind=array_of("batch", "heads", "n_queries", "n_keys"),
    cases=_batches,
    mistakes=Mistakes(__name__),
    hints=(
        "For one head, one matrix product compares all queries with all keys. With axes in "
        "front, a matrix product works on the last two and leaves the others alone.",
        "The keys have to be turned round first, and only within each head: their last two "
        "axes change places. `.T` turns all four.",
        "One product and one division: `swapaxes` takes two axes, and axes can be counted "
        "from the end. d_head is the last of four sizes. (`einsum` can do it too: name the "
        "four axes of each input, and leave d out after the arrow.)",
    ),
)
