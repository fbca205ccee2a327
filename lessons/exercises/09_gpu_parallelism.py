# ---
# jupyter:
#   course:
#     number: "09"
#     title: GPU parallelism, exercise
# ---

# %% [markdown]
r"""
# §gpu_parallelism · GPU parallelism: exercise

One function, from [lesson §gpu_parallelism](notebooks:gpu_parallelism). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## Scores without loops (the one not to miss)

All scaled scores of a whole batch: every sentence, every head, every query with every key. The check counts the lines of Python that run, for a short text and for a longer one; the longer one must not need more. So no loop over words, in whichever disguise. A loop over sentences and heads alone is allowed. Can you do without it, too?
"""

# %%
def scores_without_loops(queries, keys):
    """Return the scaled scores of every head, with no loop over the words.

    queries and keys: (batch, heads, seq_len, d_head);
    result: (batch, heads, seq_len, seq_len)
    """
    # BEGIN SOLUTION
    d_head = queries.shape[-1]
    return queries @ keys.swapaxes(-1, -2) / np.sqrt(d_head)
    # END SOLUTION

# %%
check("scores_without_loops", scores_without_loops)

# %% [markdown]
r"""
Green? Then **break it on purpose**: write the loop back in, or turn the keys round with `.T`. Does `np.vectorize` fool the check?

Stuck? `hint("scores_without_loops")`. Done? Compare with `solution("scores_without_loops")`, and see where you stand with `progress()`. Back to [lesson §gpu_parallelism](notebooks:gpu_parallelism).
"""
