"""Lesson 01, recurrent states: a state that is carried along the sentence."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of


def recurrent_states(
    inputs: Float[ndarray, "seq_len d_input"],
    w_input: Float[ndarray, "d_input d_hidden"],
    w_state: Float[ndarray, "d_hidden d_hidden"],
) -> Float[ndarray, "seq_len d_hidden"]:
    """Read a sentence step by step, keeping one state that each step changes.

    References
    ----------
    Elman (1990), "Finding Structure in Time", Cognitive Science 14.
    """
    state = np.zeros(len(w_state))
    states = []
    for x in inputs:
        state = np.tanh(x @ w_input + state @ w_state)
        states.append(state)
    return np.array(states)


def _sentences(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ; states that stay well inside tanh's range."""
    yield Case(
        "4 inputs of length 3 and a state of length 2",
        (readable(rng, 4, 3) / 4, readable(rng, 3, 2) / 2, readable(rng, 2, 2)),
    )
    for seq_len, d_input, d_hidden in ((6, 2, 5), (5, 4, 3), (3, 7, 4), (1, 3, 2), (11, 6, 8)):
        inputs = rng.normal(size=(seq_len, d_input))
        w_input = rng.normal(size=(d_input, d_hidden)) / np.sqrt(d_input)
        w_state = rng.normal(size=(d_hidden, d_hidden)) / np.sqrt(d_hidden)
        about = f"{seq_len} inputs of length {d_input} and a state of length {d_hidden}"
        yield Case(about, (inputs, w_input, w_state))


def _beyond_tanh(parts: Parts, *_: Any) -> str | None:
    rows = np.flatnonzero((np.abs(parts[0]) > 1).any(-1))
    if not rows.size:
        return None
    largest = np.abs(parts[0][rows[0]]).max()
    return f"Row {rows[0]} reaches {largest:.4g} in size; what comes out of tanh stays within 1."


EXERCISE = Exercise(
    name="recurrent_states",
    lesson="01",
    parameters=("inputs", "w_input", "w_state"),
    reference=recurrent_states,
    kind=array_of("seq_len", "d_hidden"),
    cases=_sentences,
    mistakes=Mistakes(__name__),
    hints=(
        "Take the first input alone. The state before it is all zeros, so what is left of the "
        "equation? Then take the second: what is new?",
        "A loop over the rows of the inputs, and one name for the state that is given a new "
        "value in each round. Collect the states in a list.",
        "Inside the loop: the input's part plus the old state's part, each a row vector times "
        "its matrix, and one tanh around the whole sum.",
    ),
    laws=(Law(_beyond_tanh),),
)
