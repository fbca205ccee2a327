# ---
# jupyter:
#   course:
#     number: "12"
#     title: Many devices, exercises
# ---

# %% [markdown]
r"""
# §many_devices · Many devices: exercise

One function, from [lesson §many_devices](notebooks:many_devices). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## Merge partials (the one not to miss)

Two machines hold different keys. Each has let the same queries attend to its own, and reports outputs and *lse*, the log of its sum of exp(score). Make of the two what one machine with all keys would have found. lse may be 1000 or −1000, and −inf where a machine saw no key at all; where neither did, outputs are 0 and lse is −inf.
"""

# %%
def merge_partials(outputs_a, lse_a, outputs_b, lse_b):
    """Return outputs and lse of attention over the keys of both sides.

    outputs: (n_queries, d_value), lse: (n_queries,), log of the sum of exp(score);
    result: outputs (n_queries, d_value) and lse (n_queries,)
    """
    # BEGIN SOLUTION
    lse = np.logaddexp(lse_a, lse_b)
    finite = np.where(np.isfinite(lse), lse, 0)
    share_a, share_b = np.exp(lse_a - finite), np.exp(lse_b - finite)
    return share_a[:, None] * outputs_a + share_b[:, None] * outputs_b, lse
    # END SOLUTION

# %%
check("merge_partials", merge_partials)

# %% [markdown]
r"""
Green? Then **break it on purpose**: leave the exponentials bare, or add the two lse. On which inputs does it show?

Stuck? `hint("merge_partials")`. Done? Compare with `solution("merge_partials")`, and see where you stand with `progress()`. Back to [lesson §many_devices](notebooks:many_devices).
"""
