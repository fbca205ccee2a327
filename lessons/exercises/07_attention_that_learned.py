# ---
# jupyter:
#   course:
#     number: "07"
#     title: Attention that learned, exercises
# ---

# %% [markdown]
r"""
# §attention_that_learned · Attention that learned: exercises

Two small instruments for reading weights, from [lesson §attention_that_learned](notebooks:attention_that_learned). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Most attended (the one not to miss)

To which tokens does the word at position `query` attend most? Return the k tokens themselves, strongest first. Tokens may repeat (two *the* are two tokens), and the word itself may be among them.
"""

# %%
def most_attended(weights, tokens, query, k):
    """Return the k tokens that get the largest weights from one query, strongest first.

    weights: (seq_len, seq_len), tokens: seq_len strings, query: a position, k: how many
    """
    # BEGIN SOLUTION
    order = np.argsort(-weights[query], kind="stable")
    return [tokens[key] for key in order[:k]]
    # END SOLUTION

# %%
check("most_attended", most_attended)

# %% [markdown]
r"""
## 2. Entropy

How evenly are the weights of each row shared out? $H = -\sum_j a_j \ln a_j$ over the last axis, with the natural logarithm; a weight of 0 adds nothing.
"""

# %%
def entropy(weights):
    """Return the entropy of each row of weights.

    weights: any number of axes; result: the same shape without the last axis
    """
    # BEGIN SOLUTION
    logs = np.log(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1)
    # END SOLUTION

# %%
check("entropy", entropy)

# %% [markdown]
r"""
When both are green, **break one on purpose**: read a column instead of a row, or take the logarithm to base 2. Does the check see it?

Stuck? `hint("entropy")`. Done? Compare with `solution("entropy")`, and see where you stand with `progress()`. Back to [lesson §attention_that_learned](notebooks:attention_that_learned).
"""
