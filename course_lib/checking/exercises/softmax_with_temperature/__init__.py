"""Lesson 04, softmax with temperature: weights made flatter or sharper."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.exercises.softmax import tables_of_scores
from course_lib.checking.laws import none_is_negative, rows_sum_to_one
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def softmax_with_temperature(
    scores: Float[ndarray, "*shape"], temperature: float
) -> Float[ndarray, "*shape"]:
    """Turn scores into weights that are flatter where the temperature is higher.

    References
    ----------
    Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network", eq. 1.
    """
    return reference.softmax(scores / temperature)


def _scores_and_temperatures(rng: np.random.Generator) -> Iterator[Case]:
    temperatures = (2.0, 0.25, 1.5, 3.0, 0.75, 0.5)
    for (about, scores), temperature in zip(tables_of_scores(rng), temperatures, strict=True):
        yield Case(f"{about}, temperature {temperature}", (scores, temperature))


EXERCISE = Exercise(
    name="softmax_with_temperature",
    lesson="04",
    parameters=("scores", "temperature"),
    reference=softmax_with_temperature,
    kind=array_of("...", "n_keys"),
    cases=_scores_and_temperatures,
    mistakes=Mistakes(__name__),
    hints=(
        "A high temperature makes the weights flat, a low one makes them sharp. When are the "
        "weights flat: if the scores lie close together, or far apart?",
        "The temperature changes the scores before softmax sees them, and nothing else.",
        "Your softmax is finished already. Hand it scores that were divided by the temperature.",
    ),
    laws=(Law(none_is_negative), Law(rows_sum_to_one)),
)
