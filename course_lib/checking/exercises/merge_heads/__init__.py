"""Lesson 06, merge: heads put side by side again."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.exercises.split_heads import SIZES
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def _parts(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("1 sentence, 3 heads, 2 tokens and d_head 4", (readable(rng, 1, 3, 2, 4),))
    for batch_size, seq_len, n_heads, d_head in SIZES:
        about = f"{batch_size} sentences, {n_heads} heads, {seq_len} tokens and d_head {d_head}"
        yield Case(about, (rng.normal(size=(batch_size, n_heads, seq_len, d_head)),))
    yield Case("heads without the batch axis", (rng.normal(size=(3, 5, 4)),), is_extra=True)


EXERCISE = Exercise(
    name="merge_heads",
    lesson="06",
    parameters=("x",),
    reference=reference.merge_heads,
    kind=array_of("batch", "seq_len", "d_model"),
    cases=_parts,
    mistakes=Mistakes(__name__),
    hints=(
        "It is the split, backwards. What was the last step of the split? Undo that first.",
        "For one token, its parts lie in different heads. Bring the tokens back in front of "
        "the heads, so that the parts of one token are neighbours.",
        "One swap of two axes, then one `reshape` that makes the last two axes one. Its size "
        "is n_heads · d_head.",
    ),
)
