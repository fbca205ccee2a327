"""Lesson 05, self-attention: every word looks at every word."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def _sentences(rng: np.random.Generator) -> Iterator[Case]:
    """Five sizes, no two of them alike; scores of about unit variance."""
    small = readable(rng, 3, 2) / 2, *(readable(rng, 2, n) / 4 for n in (4, 4, 5))
    yield Case("3 words, d_model 2, d_head 4 and d_value 5", small)
    for seq_len, d_model, d_head, d_value in (
        (5, 6, 3, 4),
        (7, 4, 9, 5),
        (4, 8, 5, 3),
        (6, 5, 2, 9),
        (2, 7, 6, 4),
    ):
        widths = (d_head, d_head, d_value)
        weights = (rng.normal(size=(d_model, n)) * np.sqrt(2 / d_model) for n in widths)
        about = f"{seq_len} words, d_model {d_model}, d_head {d_head} and d_value {d_value}"
        yield Case(about, (rng.normal(size=(seq_len, d_model)), *weights))


EXERCISE = Exercise(
    name="self_attention",
    lesson="05",
    parameters=("embeddings", "w_query", "w_key", "w_value"),
    reference=reference.self_attention,
    kind=array_of("seq_len", "d_value"),
    cases=_sentences,
    mistakes=Mistakes(__name__),
    hints=(
        "Four steps, one from each lesson: project the embeddings (02), compare queries with "
        "keys (03), turn scores into weights (04), mix the values (05).",
        "Write the shape beside each step. Scores and weights are (seq_len, seq_len), a row "
        "for each query and a column for each key; the output is (seq_len, d_value).",
        "Check the three places where it usually goes wrong: the scale is √d_head and not "
        "√d_model, softmax runs along the last axis, and the values are what is mixed.",
    ),
)
