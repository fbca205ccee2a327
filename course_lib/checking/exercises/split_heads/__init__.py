"""Lesson 06, split: one width, cut into heads."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of

SIZES = (
    (2, 5, 3, 4),
    (2, 5, 3, 7),
    (3, 4, 2, 5),
    (2, 7, 4, 3),
    (3, 5, 8, 2),
)  # batch_size, seq_len, n_heads, d_head


def _wholes(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ, the number of heads included; a sentence alone as an extra."""
    yield Case(
        "1 sentence of 2 tokens, d_model 12 and 3 heads of d_head 4", (readable(rng, 1, 2, 12), 3)
    )
    for batch_size, seq_len, n_heads, d_head in SIZES:
        d_model = n_heads * d_head
        about = (
            f"{batch_size} sentences of {seq_len} tokens, d_model {d_model} and "
            f"{n_heads} heads of d_head {d_head}"
        )
        yield Case(about, (rng.normal(size=(batch_size, seq_len, d_model)), n_heads))
    alone = rng.normal(size=(5, 12)), 3
    yield Case("a sentence without the batch axis", alone, is_extra=True)


EXERCISE = Exercise(
    name="split_heads",
    lesson="06",
    parameters=("x", "n_heads"),
    reference=reference.split_heads,
    kind=array_of("batch", "n_heads", "seq_len", "d_head"),
    cases=_wholes,
    mistakes=Mistakes(__name__),
    hints=(
        "Take one token with six features and two heads. Which features go to head 0, and "
        "which to head 1? Neighbours stay together.",
        "Two steps. The first cuts the last axis in two, heads and d_head, and leaves the rest "
        "alone. The second brings the heads in front of the tokens.",
        "`reshape` takes the sizes batch, seq_len, n_heads and what is left; after it, one "
        "swap of two axes. In one `reshape` alone it cannot be done: it never moves numbers.",
    ),
)
