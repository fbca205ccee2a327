"""Lesson 05, causal mask: no word may look ahead."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import masks
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def _lengths(rng: np.random.Generator) -> Iterator[Case]:
    for seq_len in (4, 1, 3, 7, 2, int(rng.integers(8, 20))):
        yield Case(f"a sentence of {seq_len} {'word' if seq_len == 1 else 'words'}", (seq_len,))


def _wrong_pair(parts: Parts, seq_len: int) -> str | None:
    if not parts[0].diagonal().all():
        where = int(np.flatnonzero(~parts[0].diagonal())[0])
        return f"Position {where} may not look at itself."
    later = np.argwhere(np.triu(parts[0], 1))
    if len(later):
        return f"Position {later[0][0]} may look at position {later[0][1]}, which comes later."
    return None


EXERCISE = Exercise(
    name="causal_mask",
    lesson="05",
    parameters=("seq_len",),
    reference=masks.causal_mask,
    kind=array_of("seq_len", "seq_len", numbers="bool"),
    cases=_lengths,
    mistakes=Mistakes(__name__),
    hints=(
        "Draw the mask for three words. Row 0 is the first word: it may look at itself only. "
        "Row 2 may look at all three.",
        "A pair is allowed where the key does not come after the query. That is a comparison "
        "of two positions, and a comparison gives True or False.",
        "Two ways: compare a column of positions with a row of them, or take the lower "
        "triangle of a table of True. NumPy has a function for the triangle.",
    ),
    laws=(Law(_wrong_pair),),
)
