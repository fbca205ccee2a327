"""The exercises of lesson 01: a state carried along the sentence, and how far anything travels."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
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


def hops(i: int, j: int, kind: str) -> int:
    """Count the steps that something takes from position i to position j.

    Examples
    --------
    >>> hops(2, 5, "recurrent"), hops(2, 5, "attention")
    (3, 1)
    """
    return abs(i - j) if kind == "recurrent" else int(i != j)


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


def _newest(old: ndarray, new: ndarray, x: ndarray) -> ndarray:
    return new


def _states(
    inputs: ndarray,
    w_input: ndarray,
    w_state: ndarray,
    *,
    start: Callable = lambda inputs, w_input, n: np.zeros(n),
    read: Callable = lambda inputs, t: inputs[t],
    turn: Callable = np.asarray,
    combine: Callable = lambda x, h, old: np.tanh(x + h),
    carry: Callable = _newest,
    after: Callable = np.asarray,
) -> ndarray:
    """Compute recurrent states with any of the things that can go wrong with them."""
    state = start(inputs, w_input, len(w_state))
    states = []
    for t in range(len(inputs)):
        x = read(inputs, t) @ w_input
        new = combine(x, state @ turn(w_state), state)
        states.append(new)
        state = carry(state, new, x)
    return after(np.array(states))


def _before(inputs: ndarray, t: int) -> ndarray:
    return inputs[t - 1] if t else np.zeros_like(inputs[0])


def _behind(inputs: ndarray, t: int) -> ndarray:
    return inputs[t + 1] if t + 1 < len(inputs) else np.zeros_like(inputs[0])


def _entry_by_entry(inputs: ndarray, w_input: ndarray, w_state: ndarray) -> ndarray:
    state, states = np.zeros(len(w_state)), []
    for x in inputs:
        state = np.tanh(x @ w_input + state * w_state)
        states.append(state)
    return np.array(states)


def _zero_first(states: ndarray) -> ndarray:
    return np.vstack([np.zeros_like(states[:1]), states])


_STATE_MISTAKES = (
    Mistake(
        "state not carried",
        (partial(_states, carry=lambda old, new, x: old),),
        "Each state knows its own input only: nothing arrives from the step before. After each "
        "step the new state has to take the place of the old one.",
    ),
    Mistake(
        "state carried for one step only",
        (
            partial(_states, carry=lambda old, new, x: np.tanh(x)),
            partial(_states, carry=lambda old, new, x: x),
        ),
        "What is carried on is the last input alone, not the state that has read everything "
        "before. Look at what you hand to the next step.",
    ),
    Mistake(
        "tanh forgotten",
        (partial(_states, combine=lambda x, h, old: x + h),),
        "The sum went on as it is. In the equation a tanh stands around it, and keeps each state "
        "between −1 and 1.",
    ),
    Mistake(
        "tanh on the state only",
        (
            partial(_states, combine=lambda x, h, old: x + np.tanh(h)),
            partial(
                _states,
                combine=lambda x, h, old: x + h,
                carry=lambda old, new, x: np.tanh(new),
            ),
        ),
        "The tanh covers the part that comes from the old state and leaves the input out. Where "
        "does its parenthesis open, and where does it close?",
    ),
    Mistake(
        "tanh on the input only",
        (
            partial(_states, combine=lambda x, h, old: np.tanh(x) + h),
            lambda inputs, w_input, w_state: _states(
                np.tanh(inputs), w_input, w_state, combine=lambda x, h, old: x + h
            ),
        ),
        "The tanh covers the input's part alone, so the old state is added outside it. Where does "
        "its parenthesis close?",
    ),
    Mistake(
        "tanh on each part, not on the sum",
        (
            partial(_states, combine=lambda x, h, old: np.tanh(x) + np.tanh(h)),
            partial(_states, combine=lambda x, h, old: np.tanh(np.tanh(x) + np.tanh(h))),
            partial(_states, combine=lambda x, h, old: np.tanh(x + np.tanh(h))),
        ),
        "There is more than one tanh, or two where one belongs: add the two parts first, then "
        "take one tanh of the sum.",
    ),
    Mistake(
        "another function instead of tanh",
        (
            partial(_states, combine=lambda x, h, old: 1 / (1 + np.exp(-x - h))),
            partial(_states, combine=lambda x, h, old: np.maximum(x + h, 0)),
            partial(_states, combine=lambda x, h, old: np.tan(x + h)),
            partial(_states, combine=lambda x, h, old: np.arctan(x + h)),
            partial(_states, combine=lambda x, h, old: np.sin(x + h)),
            partial(_states, combine=lambda x, h, old: np.arctanh(np.clip(x + h, -0.999, 0.999))),
        ),
        "The sum goes through another function (sigmoid, ReLU, tan …). The equation asks for the "
        "hyperbolic tangent, tanh.",
    ),
    Mistake(
        "product instead of sum",
        (
            partial(_states, combine=lambda x, h, old: np.tanh(x - h)),
            lambda inputs, w_input, w_state: _states(
                inputs,
                w_input,
                w_state,
                start=lambda inputs, w_input, n: np.ones(n),
                combine=lambda x, h, old: np.tanh(x * h),
            ),
        ),
        "The input's part and the state's part are multiplied or subtracted; they are to be added.",
    ),
    Mistake(
        "inputs never arrive",
        (
            partial(_states, combine=lambda x, h, old: np.tanh(x * h)),
            partial(_states, read=lambda inputs, t: inputs[t] * (t == 0)),
        ),
        "What the inputs say does not get into the states, or only the first one does. Each step "
        "adds (and does not multiply) its own input's part.",
    ),
    Mistake(
        "state times its weights, entry by entry",
        (lambda inputs, w_input, w_state: _entry_by_entry(inputs, w_input, w_state),),
        "`*` multiplied the state with each row of `w_state`, and nothing was added up, so the "
        "state grew an axis. The state's part is a matrix product.",
    ),
    Mistake(
        "old state added once more",
        (
            partial(_states, combine=lambda x, h, old: old + np.tanh(x + h)),
            partial(_states, combine=lambda x, h, old: (old + np.tanh(x + h)) / 2),
            partial(_states, combine=lambda x, h, old: np.tanh(x + h + old)),
        ),
        "The old state comes in twice: through its weights, and once more as it is (look for "
        "`+=`). The new state replaces the old one.",
    ),
    Mistake(
        "state weights not used",
        (
            partial(_states, combine=lambda x, h, old: np.tanh(x + old)),
            partial(_states, combine=lambda x, h, old: x + old),
        ),
        "The old state is added without going through `w_state`. Both parts have a weight matrix "
        "of their own.",
    ),
    Mistake(
        "only the last state",
        (
            partial(_states, after=lambda states: states[-1]),
            partial(_states, after=lambda states: states[-1:]),
        ),
        "One state came back, the last one. The result has one row for each input: keep every "
        "state on the way.",
    ),
    Mistake(
        "only the first state",
        (
            partial(_states, after=lambda states: states[0]),
            partial(_states, after=lambda states: states[:1]),
        ),
        "One state came back, the first one. Does `return` stand inside the loop?",
    ),
    Mistake(
        "every row is the last state",
        (partial(_states, after=lambda states: states[-1] + 0 * states),),
        "All rows are the same: the list holds one array again and again, and every step changes "
        "that array in place. Make a new array at each step.",
    ),
    Mistake(
        "the state before the first is in the result",
        (partial(_states, after=_zero_first),),
        "There is one row too many: the zeros from before the first input. Row 0 belongs to the "
        "state after the first input was read.",
    ),
    Mistake(
        "a step is missing",
        (
            partial(_states, after=lambda states: states[1:]),
            partial(_states, after=lambda states: states[:-1]),
            partial(_states, after=lambda states: np.vstack([states[:-1], 0 * states[:1]])),
            lambda inputs, w_input, w_state: (
                _zero_first(_states(inputs[1:], w_input, w_state))
                if len(inputs) > 1
                else np.zeros((1, len(w_state)))
            ),
            lambda inputs, w_input, w_state: _states(inputs[1:], w_input, w_state),
            lambda inputs, w_input, w_state: _states(inputs[:-1], w_input, w_state),
        ),
        "The first or the last input was never read, or its state never stored. Where does your "
        "loop start, and where does it end?",
    ),
    Mistake(
        "previous input instead of the current one",
        (
            partial(_states, read=lambda inputs, t: inputs[t - 1]),
            partial(_states, read=_before),
            partial(_states, after=lambda states: _zero_first(states)[:-1]),
        ),
        "Everything comes one step late. Either each step reads the input of the step before it "
        "(index −1 is the last row: it wraps round), or the state is stored before it is updated.",
    ),
    Mistake(
        "next input instead of the current one",
        (
            partial(_states, read=_behind),
            partial(_states, read=lambda inputs, t: inputs[(t + 1) % len(inputs)]),
            partial(_states, read=lambda inputs, t: inputs[t + 1]),
        ),
        "Each step reads the input of the step that follows it. At step t, only the inputs up to "
        "t have been read.",
    ),
    Mistake(
        "the same input at every step",
        (
            partial(_states, read=lambda inputs, t: inputs[0]),
            partial(_states, read=lambda inputs, t: inputs[-1]),
            partial(_states, read=lambda inputs, t: inputs.mean(0)),
            partial(_states, read=lambda inputs, t: inputs.sum(0)),
        ),
        "Every step reads the same thing. Step t reads row t of the inputs.",
    ),
    Mistake(
        "read backwards",
        (
            partial(_states, read=lambda inputs, t: inputs[-1 - t]),
            partial(_states, after=lambda states: states[::-1]),
            lambda inputs, w_input, w_state: _states(inputs[::-1], w_input, w_state)[::-1],
        ),
        "The order is turned round: either the last input is read first, or the last state stands "
        "in the first row.",
    ),
    Mistake(
        "weights transposed or swapped",
        (
            partial(_states, turn=np.transpose),
            lambda inputs, w_input, w_state: inputs @ w_state,
            lambda inputs, w_input, w_state: w_input @ inputs[0],
            lambda inputs, w_input, w_state: np.dot(inputs[0], w_state),
            lambda inputs, w_input, w_state: np.dot(w_input, inputs[0]),
            lambda inputs, w_input, w_state: inputs[0] @ w_state,
            lambda inputs, w_input, w_state: np.zeros(len(w_state)) @ w_input,
        ),
        "A weight matrix stands the wrong way round, or in the other one's place. A row vector "
        "comes first and its matrix second, and neither is transposed. (`w_state` is square, so "
        "nothing complains when it is turned.)",
    ),
    Mistake(
        "starts from the wrong state",
        (
            partial(_states, start=lambda inputs, w_input, n: np.ones(n)),
            partial(_states, start=lambda inputs, w_input, n: np.tanh(inputs[0] @ w_input)),
            partial(_states, start=lambda inputs, w_input, n: inputs[0] @ w_input),
        ),
        "Something is in the state before the first input is read, so row 0 is wrong already. "
        "Before the first step the state is all zeros.",
    ),
    Mistake(
        "transposed: features by positions",
        (partial(_states, after=np.transpose),),
        "Rows and columns are swapped: each row belongs to one position of the sentence.",
    ),
    Mistake(
        "states summed up",
        (
            partial(_states, after=lambda states: states.sum(0)),
            partial(_states, after=lambda states: states.mean(0)),
            partial(_states, after=lambda states: states.sum(1)),
            partial(_states, after=lambda states: states.cumsum(0)),
        ),
        "The states were added up or averaged. Return them as they are, one row for each input.",
    ),
)


def _beyond_tanh(parts: Parts, *_: Any) -> str | None:
    rows = np.flatnonzero((np.abs(parts[0]) > 1).any(-1))
    if not rows.size:
        return None
    largest = np.abs(parts[0][rows[0]]).max()
    return f"Row {rows[0]} reaches {largest:.4g} in size; what comes out of tanh stays within 1."


def _distances(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds: forwards, backwards, neighbours, far apart, and staying where one is."""
    near, far = (int(n) for n in (rng.integers(3, 9), rng.integers(40, 900)))
    for i, j, about in (
        (2, 2 + near, "to a later position"),
        (3 + near, 3, "to an earlier position"),
        (near, near, "to the same position"),
        (0, far, "from the first position to one far away"),
        (near + 1, near, "to a neighbour"),
        (0, 0, "to the same position"),
        (far + near, near, "to one far before"),
        (5, 7, "two apart"),
    ):
        for kind in ("recurrent", "attention"):
            yield Case(about, (i, j, kind))


def _distance(i: int, j: int) -> int:
    return abs(i - j)


def _single(i: int, j: int) -> int:
    return int(i != j)


def _hops(
    i: int,
    j: int,
    kind: str,
    *,
    chain: Callable = _distance,
    direct: Callable = _single,
    after: Callable = lambda number: number,
) -> Any:
    """Count hops with any of the things that can go wrong with them."""
    return after(chain(i, j) if kind == "recurrent" else direct(i, j))


_HOP_MISTAKES = (
    Mistake(
        "signed distance",
        (partial(_hops, chain=lambda i, j: j - i), partial(_hops, chain=lambda i, j: i - j)),
        "In one of the two directions your number is negative. A number of hops has no sign: from "
        "2 to 5 is as far as from 5 to 2.",
    ),
    Mistake(
        "off by one",
        (
            partial(_hops, chain=lambda i, j: abs(i - j) + 1),
            partial(_hops, chain=lambda i, j: abs(i - j) + (i != j)),
            partial(_hops, chain=lambda i, j: abs(i - j) - 1),
            partial(_hops, chain=lambda i, j: max(abs(i - j) - 1, 0)),
            partial(_hops, after=lambda number: number + 1),
            partial(_hops, after=lambda number: number - 1),
        ),
        "Count the steps between the positions, not the positions: from 2 to 3 is one step, and "
        "from 2 to 2 none.",
    ),
    Mistake(
        "attention counted like the recurrent chain",
        (
            partial(_hops, direct=_distance),
            partial(_hops, direct=lambda i, j: j - i),
            partial(_hops, direct=lambda i, j: i - j),
        ),
        "For attention your number grows with the distance. That holds for the chain; with "
        "attention any two positions are linked directly.",
    ),
    Mistake(
        "recurrent counted like attention",
        (partial(_hops, chain=_single), partial(_hops, chain=lambda i, j: 1)),
        "The recurrent chain has no short cuts: everything passes through each position in "
        "between, so the number grows with the distance.",
    ),
    Mistake(
        "the two kinds swapped",
        (partial(_hops, chain=_single, direct=_distance),),
        "The numbers belong to the other kind. Which of the two walks from neighbour to "
        "neighbour, and which looks everywhere at once? Look at your `if`.",
    ),
    Mistake(
        "a hop to itself",
        (
            partial(_hops, direct=lambda i, j: 1),
            partial(_hops, chain=lambda i, j: max(abs(i - j), 1)),
            partial(_hops, after=lambda number: max(number, 1)),
        ),
        "Where i and j are the same there is nothing to cross: 0 hops, for both kinds.",
    ),
    Mistake(
        "no hop for attention",
        (partial(_hops, direct=lambda i, j: 0),),
        "Attention still takes a step where i and j differ: one word looks at another.",
    ),
    Mistake(
        "attention in more than one hop",
        (
            partial(_hops, direct=lambda i, j: 2 * (i != j)),
            partial(_hops, direct=lambda i, j: max(i, j)),
            partial(_hops, direct=lambda i, j: (i - j) ** 2),
            partial(_hops, direct=lambda i, j: int(np.ceil(np.log2(abs(i - j) + 1)))),
        ),
        "Attention needs no stop on the way: one position looks straight at the other, however "
        "far away it is.",
    ),
    Mistake(
        "only one direction",
        (
            partial(_hops, chain=lambda i, j: max(j - i, 0)),
            partial(_hops, chain=lambda i, j: max(i - j, 0)),
            partial(_hops, direct=lambda i, j: int(i < j)),
            partial(_hops, direct=lambda i, j: int(i > j)),
        ),
        "In one of the two directions you count 0 hops. Here i may stand before j or after it: "
        "only the distance counts.",
    ),
    Mistake(
        "positions instead of their distance",
        (
            partial(_hops, chain=lambda i, j: j),
            partial(_hops, chain=lambda i, j: i),
            partial(_hops, chain=max),
            partial(_hops, chain=min),
            partial(_hops, chain=lambda i, j: i + j),
        ),
        "You counted from the start of the sentence, or added the positions. What lies between i "
        "and j is the difference of the two.",
    ),
    Mistake(
        "distance squared, halved or in logarithms",
        (
            partial(_hops, chain=lambda i, j: (i - j) ** 2),
            partial(_hops, chain=lambda i, j: abs(i - j) // 2),
            partial(_hops, chain=lambda i, j: abs(i - j) / 2),
            partial(_hops, chain=lambda i, j: 2 * abs(i - j)),
            partial(_hops, chain=lambda i, j: int(np.ceil(np.log2(abs(i - j) + 1)))),
        ),
        "The chain takes exactly one hop for each step of the distance: no more and no fewer.",
    ),
    Mistake(
        "one kind forgotten",
        (
            partial(_hops, direct=lambda i, j: None),
            partial(_hops, chain=lambda i, j: None),
        ),
        "For one of the two kinds nothing comes back (None). Does every branch of your `if` end in "
        "a `return`, and are the kinds spelled as in the exercise?",
    ),
    Mistake(
        "text instead of a number",
        (partial(_hops, after=str), partial(_hops, after=lambda number: f"{number} hops")),
        "Text came back. Return the number itself.",
    ),
)


def _impossible(parts: Parts, i: int, j: int, kind: str) -> str | None:
    if parts[0] < 0:
        return f"{parts[0]:.4g} hops from {i} to {j}: a number of hops is never negative."
    if i == j and parts[0] != 0:
        return f"{parts[0]:.4g} hops from {i} to itself: there is nothing to cross."
    return None


EXERCISES = (
    Exercise(
        name="recurrent_states",
        lesson="01",
        parameters=("inputs", "w_input", "w_state"),
        reference=recurrent_states,
        kind=array_of("seq_len", "d_hidden"),
        cases=_sentences,
        mistakes=_STATE_MISTAKES,
        hints=(
            "Take the first input alone. The state before it is all zeros, so what is left of the "
            "equation? Then take the second: what is new?",
            "A loop over the rows of the inputs, and one name for the state that is given a new "
            "value in each round. Collect the states in a list.",
            "Inside the loop: the input's part plus the old state's part, each a row vector times "
            "its matrix, and one tanh around the whole sum.",
        ),
        laws=(Law(_beyond_tanh),),
    ),
    Exercise(
        name="hops",
        lesson="01",
        parameters=("i", "j", "kind"),
        reference=hops,
        kind=array_of(numbers="int"),
        cases=_distances,
        mistakes=_HOP_MISTAKES,
        hints=(
            "Draw five positions in a row. For the recurrent chain, walk from one to the next and "
            "count the steps; for attention, draw the arrow that it uses.",
            "Three questions decide: is i the same as j, which kind is it, and how far apart are "
            "the two?",
            "The chain's number is the distance without its sign. Attention's number does not "
            "depend on the distance, as long as there is one.",
        ),
        laws=(Law(_impossible),),
    ),
)
