"""Lesson 02, embed: the table's row for each token."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def _lookups(rng: np.random.Generator) -> Iterator[Case]:
    """Ids that jump, repeat, and could be columns too, so that a mixed-up axis shows."""
    yield Case(
        "3 tokens, the first and the last alike, and a table of 5 rows",
        (np.array([3, 1, 3]), readable(rng, 5, 4)),
    )
    for seq_len, n_words, d_model in ((5, 9, 6), (4, 6, 10), (7, 12, 8), (8, 13, 11)):
        token_ids = rng.integers(0, min(n_words, d_model), seq_len)
        token_ids[-1] = token_ids[0]
        table = rng.normal(size=(n_words, d_model))
        yield Case(f"{seq_len} tokens and a table of {n_words} rows", (token_ids, table))


def _not_in_table(parts: Parts, token_ids: ndarray, table: ndarray) -> str | None:
    for i, row in enumerate(parts[0]):
        if not np.isclose(table, row, rtol=1e-3).all(1).any():
            return f"Row {i} of your result is not a row of the table: a look-up changes nothing."
    return None


EXERCISE = Exercise(
    name="embed",
    lesson="02",
    parameters=("token_ids", "table"),
    reference=reference.embed,
    kind=array_of("seq_len", "d_model"),
    cases=_lookups,
    mistakes=Mistakes(__name__),
    hints=(
        "Take the first id and put your finger on its row of the table: that row is the first "
        "row of the result. A word that comes twice brings its row twice.",
        "It works with a loop over the ids that collects rows. It also works without one: "
        "NumPy lets you index with a whole array of whole numbers at once.",
        "What stands between the brackets chooses rows, and the array of ids may stand there "
        "as it is.",
    ),
    laws=(Law(_not_in_table),),
)
