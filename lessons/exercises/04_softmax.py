# ---
# jupyter:
#   course:
#     number: "04"
#     title: Softmax, exercises
# ---

# %% [markdown]
r"""
# §softmax · Softmax: exercises

Two functions from [lesson §softmax](notebooks:softmax). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Softmax (the one not to miss)

Over the last axis, whatever the number of axes: a row of scores, a table, a stack of tables. Rows may differ from each other by 1000 points, and the scores that you are given must stay as they are.
"""

# %%
def softmax(scores):
    """Return weights between 0 and 1 that sum to 1 along the last axis.

    scores: any number of axes; result: the same shape
    """
    # BEGIN SOLUTION
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    # END SOLUTION

# %%
check("softmax", softmax)

# %% [markdown]
r"""
## 2. Softmax with a temperature

The same, with scores divided by a temperature: below 1 the best key wins more, above 1 less. Small temperatures make large scores. You may call your own `softmax`.
"""

# %%
def softmax_with_temperature(scores, temperature):
    """Return softmax(scores / temperature) along the last axis.

    scores: any number of axes; temperature: a positive number; result: the shape of scores
    """
    # BEGIN SOLUTION
    return softmax(scores / temperature)
    # END SOLUTION

# %%
check("softmax_with_temperature", softmax_with_temperature)

# %% [markdown]
r"""
When both are green, **break one on purpose**: take the sum over `axis=0`, or leave the subtraction out. Which input betrays you?

Stuck? `hint("softmax")`. Done? Compare with `solution("softmax")`, and see where you stand with `progress()`. Back to [lesson §softmax](notebooks:softmax).
"""
