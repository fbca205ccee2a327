# ---
# jupyter:
#   course:
#     number: "13"
#     title: Find the bug, exercises
# ---

# %% [markdown]
r"""
# §capstone · Find the bug: exercise

One function, from [lesson §capstone](notebooks:capstone). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import catch_up, check, hint, progress, solution

# %% [markdown]
r"""
## Suspicious (the one not to miss)

Somebody hands you a multi-head attention. You cannot read it, only call it, as in lesson §multi_head: `attention(embeddings, w_query, w_key, w_value, w_output, n_heads)`, with embeddings (batch, T, d_model). Write a test that says True when it is wrong.

The check has a zoo of forty. 32 are broken, each in one way that people do get wrong; all give the right shape, and none of them raises. Eight are right, and written in other ways than yours. Catch at least 28, and accuse none that is right.

There are two ways, and they go together: a second witness (your own attention of lesson §multi_head, say, or the one that `catch_up()` defines), and laws, which hold whoever wrote it.
"""

# %%
def suspicious(attention):
    """Return True when this multi-head attention is wrong.

    attention is called with embeddings (batch, T, d_model), four matrices (d_model, d_model)
    and n_heads, and returns (batch, T, d_model); result: True or False
    """
    # BEGIN SOLUTION
    sizes = [(2, 5, 3, 4, 1), (2, 5, 3, 4, 1), (3, 11, 2, 5, 1), (1, 1, 5, 2, 1), (2, 6, 3, 4, 30)]
    rng, pairs = np.random.default_rng(13), []                   # what has to be equal, and how closely
    for batch, seq_len, n_heads, d_head, spread in sizes:
        x = spread * rng.normal(size=(batch, seq_len, n_heads * d_head))
        weights = rng.normal(size=(4, x.shape[-1], x.shape[-1])) / np.sqrt(x.shape[-1])
        before, expected = x.copy(), np.zeros_like(x)
        for mine in np.split(np.arange(x.shape[-1]), n_heads):   # a second witness, head after head
            queries, keys, values = (x @ w[:, mine] for w in weights[:3])
            scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(d_head)
            powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
            expected += powers / powers.sum(axis=-1, keepdims=True) @ values @ weights[3, mine]
        pairs.append((attention(x, *weights, n_heads), expected, 1e-4 * spread**2))
        pairs.append((x, before, 0))                             # a law: what is passed in stays as it is
    return not all(a.shape == b.shape and np.allclose(a, b, atol=near) for a, b, near in pairs)
    # END SOLUTION

# %%
check("suspicious", suspicious)

# %% [markdown]
r"""
Green? Read which ones survive, if any do, and catch them too. Then **break it on purpose**: take one head, or a batch of one. How many survive now?

Stuck? `hint("suspicious")`. Done? Compare with `solution("suspicious")`, and see where you stand with `progress()`. Back to [lesson §capstone](notebooks:capstone).
"""
