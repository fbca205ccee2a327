# ---
# jupyter:
#   course:
#     number: "03"
#     title: Scores, exercises
# ---

# %% [markdown]
r"""
# §scores · Scores: exercises

Two functions, both from [lesson §scores](notebooks:scores). Replace the line that raises by your own lines, run the cell, then run the check. A check may be run as often as you like; it names the mistake where it knows it. `hint("raw_scores")` helps, `hint("raw_scores", 2)` helps more.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Raw scores

Every query meets every key, and each meeting is one dot product. With 2 queries and 3 keys the result has 2 rows and 3 columns.
"""

# %%
def raw_scores(queries, keys):
    """Return the dot product of every query with every key.

    queries: (n_queries, d_head), keys: (n_keys, d_head); result: (n_queries, n_keys)
    """
    # BEGIN SOLUTION
    return queries @ keys.T
    # END SOLUTION

# %%
check("raw_scores", raw_scores)

# %% [markdown]
r"""
## 2. Scaled scores (the one not to miss)

The same scores, divided so that their spread does not grow with the number of features. Queries and keys come in many sizes: read what you need from their shape.
"""

# %%
def scaled_scores(queries, keys):
    """Return the scores of every query for every key, on a scale that fits any d_head.

    queries: (n_queries, d_head), keys: (n_keys, d_head); result: (n_queries, n_keys)
    """
    # BEGIN SOLUTION
    d_head = queries.shape[-1]
    return queries @ keys.T / np.sqrt(d_head)
    # END SOLUTION

# %%
check("scaled_scores", scaled_scores)

# %% [markdown]
r"""
When both checks are green, **break one on purpose**: leave the root out, swap the two factors, divide by the number of keys. Can you write a wrong answer that the check does not name?

Stuck? `hint("scaled_scores")`. Done? Compare with `solution("scaled_scores")`, and see where you stand with `progress()`. Back to [lesson §scores](notebooks:scores).
"""
