# ---
# jupyter:
#   course:
#     number: "01"
#     title: Why attention, exercises
# ---

# %% [markdown]
r"""
# §why_attention · Why attention: exercises

Two functions from [lesson §why_attention](notebooks:why_attention). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Reading step by step (the one not to miss)

The state after each word: $h_t = \tanh(x_t W_{in} + h_{t-1} W_{state})$, and zeros before the first. Return all states, one row for each word. Try it without looking back.
"""

# %%
def recurrent_states(inputs, w_input, w_state):
    """Return the state after each word.

    inputs: (seq_len, d_in), w_input: (d_in, d_hidden), w_state: (d_hidden, d_hidden);
    result: (seq_len, d_hidden)
    """
    # BEGIN SOLUTION
    state, states = np.zeros(len(w_state)), []
    for x in inputs:
        state = np.tanh(x @ w_input + state @ w_state)
        states.append(state)
    return np.array(states)
    # END SOLUTION

# %%
check("recurrent_states", recurrent_states)

# %% [markdown]
r"""
## 2. Hops

How many hops is it from position i to position j? `kind` is `"recurrent"` (from word to word, in either direction) or `"attention"`. From a position to itself it is 0 for both.
"""

# %%
def hops(i, j, kind):
    """Return the number of hops from position i to position j.

    kind: "recurrent" or "attention"; result: a whole number
    """
    # BEGIN SOLUTION
    if i == j:
        return 0
    return abs(i - j) if kind == "recurrent" else 1
    # END SOLUTION

# %%
check("hops", hops)

# %% [markdown]
r"""
When both are green, **break one on purpose**: forget the tanh, or begin with ones instead of zeros. What does the check make of it?

Stuck? `hint("recurrent_states")`. Done? Compare with `solution("recurrent_states")`, and see where you stand with `progress()`. Back to [lesson §why_attention](notebooks:why_attention).
"""
