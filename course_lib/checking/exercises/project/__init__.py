"""Lesson 02, project: the embeddings seen through three matrices."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Kind


def _layers(rng: np.random.Generator) -> Iterator[Case]:
    """Three weight matrices of one width, and no two sizes alike."""
    yield Case(
        "4 tokens, d_model 3 and d_head 2",
        (readable(rng, 4, 3), *(readable(rng, 3, 2) for _ in range(3))),
    )
    for seq_len, d_model, d_head in ((5, 6, 4), (7, 4, 9), (2, 8, 5), (11, 5, 3)):
        weights = rng.normal(size=(3, d_model, d_head)) / np.sqrt(d_model)
        about = f"{seq_len} tokens, d_model {d_model} and d_head {d_head}"
        yield Case(about, (rng.normal(size=(seq_len, d_model)), *weights))
    w_query, w_key = rng.normal(size=(2, 6, 4))
    wider = rng.normal(size=(5, 6)), w_query, w_key, rng.normal(size=(6, 7))
    yield Case("values that are wider than the keys", wider, is_extra=True)


EXERCISE = Exercise(
    name="project",
    lesson="02",
    parameters=("embeddings", "w_query", "w_key", "w_value"),
    reference=reference.project,
    kind=Kind(
        axes=(("seq_len", "d_head"), ("seq_len", "d_head"), ("seq_len", "d_head")),
        names=("queries", "keys", "values"),
    ),
    cases=_layers,
    mistakes=Mistakes(__name__),
    hints=(
        "The same embeddings are looked at three times, each time through another matrix. "
        "Write the shapes down: which product of the two gives (seq_len, d_head)?",
        "Each result is a matrix product with the embeddings on the left. Nothing has to be "
        "transposed, scaled or bent.",
        "Three products, one for each weight matrix, returned together with commas between "
        "them: first what looks for something, then what is offered, then what is passed on.",
    ),
)
