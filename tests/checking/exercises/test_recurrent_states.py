"""Slips with recurrent states, written as a learner writes them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def step(x, state, w_input, w_state):
    return np.tanh(x @ w_input + state @ w_state)


def collected(inputs, w_input, w_state, *, start, step=step):
    state, states = start, []
    for x in inputs:
        state = step(x, state, w_input, w_state)
        states.append(state)
    return np.array(states)


def into_a_table_like_the_inputs(inputs, w_input, w_state):
    states, state = np.zeros((len(inputs), inputs.shape[1])), np.zeros(len(w_state))
    for t in range(len(inputs)):
        state = step(inputs[t], state, w_input, w_state)
        states[t] = state
    return states


def from_a_table_like_the_inputs(inputs, w_input, w_state):
    states = np.zeros((len(inputs), inputs.shape[1]))
    for t in range(len(inputs)):
        states[t] = step(inputs[t], states[t - 1], w_input, w_state)
    return states


@pytest.mark.parametrize(
    "start",
    [
        lambda inputs, w_input, w_state: np.zeros(len(w_input)),
        lambda inputs, w_input, w_state: np.zeros_like(inputs[0]),
        lambda inputs, w_input, w_state: np.zeros(len(inputs)),
    ],
)
def test_a_state_of_another_length_is_not_blamed_on_the_weights_alone(start):
    verdict = evaluate("recurrent_states", lambda *args: collected(*args, start=start(*args)))
    assert verdict.mistake == "sizes that do not meet in a matrix product"
    assert "Is the state as long as" in verdict.message


def test_a_state_from_a_table_like_the_inputs_is_not_blamed_on_the_weights_alone():
    verdict = evaluate("recurrent_states", from_a_table_like_the_inputs)
    assert verdict.mistake == "sizes that do not meet in a matrix product"
    assert evaluate("recurrent_states", into_a_table_like_the_inputs).mistake == (
        "a table as wide as the inputs"
    )


@pytest.mark.parametrize(
    ("start", "title"),
    [
        (lambda w_state: 0, "a single number for the state"),
        (lambda w_state: np.zeros(w_state.shape), "a table for the state"),
        (lambda w_state: np.zeros((1, len(w_state))), "a table for the state"),
    ],
)
def test_a_state_with_other_axes_is_named(start, title):
    verdict = evaluate("recurrent_states", lambda x, w, s: collected(x, w, s, start=start(s)))
    assert verdict.mistake == title


@pytest.mark.parametrize(
    "step",
    [
        lambda x, state, w_input, w_state: np.tanh(x @ w_input.T + state @ w_state),
        lambda x, state, w_input, w_state: np.tanh(x @ w_state + state @ w_input),
    ],
)
def test_weights_in_the_wrong_place_raise_like_a_state_of_another_length(step):
    verdict = evaluate(
        "recurrent_states",
        lambda x, w, s: collected(x, w, s, start=np.zeros(len(s)), step=step),
    )
    assert verdict.mistake == "sizes that do not meet in a matrix product"
    assert "neither of them transposed" in verdict.message


@pytest.mark.parametrize(
    ("step", "title"),
    [
        (lambda x, h, w, s: np.tanh(w @ x + h @ s), "weights transposed or swapped"),
        (lambda x, h, w, s: np.tanh(x @ w + s @ h), "weights transposed or swapped"),
        (lambda x, h, w, s: np.tanh(x * w + h @ s), "input times its weights, entry by entry"),
    ],
)
def test_a_slip_within_a_step_is_named(step, title):
    verdict = evaluate(
        "recurrent_states",
        lambda x, w, s: collected(x, w, s, start=np.zeros(len(s)), step=step),
    )
    assert verdict.mistake == title


def test_states_in_one_row_are_named():
    verdict = evaluate(
        "recurrent_states",
        lambda x, w, s: np.concatenate(collected(x, w, s, start=np.zeros(len(s)))),
    )
    assert verdict.mistake == "one long row"
