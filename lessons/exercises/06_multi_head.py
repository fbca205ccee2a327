# ---
# jupyter:
#   course:
#     number: "06"
#     title: Multi-head attention, exercises
# ---

# %% [markdown]
r"""
# §multi_head · Multi-head attention: exercises

Three functions from [lesson §multi_head](notebooks:multi_head). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import catch_up, check, hint, progress, solution

# %% [markdown]
r"""
## 1. Split (the one not to miss)

Features are divided among heads: the first d_head of every word go to head 0, the next to head 1, and so on. Every head gets all words.
"""

# %%
def split_heads(x, n_heads):
    """Give each head its part of every word's features.

    x: (batch, seq_len, d_model), d_head = d_model / n_heads;
    result: (batch, n_heads, seq_len, d_head)
    """
    # BEGIN SOLUTION
    batch, seq_len, d_model = x.shape
    pieces = x.reshape(batch, seq_len, n_heads, d_model // n_heads)
    return pieces.transpose(0, 2, 1, 3)
    # END SOLUTION

# %%
check("split_heads", split_heads)

# %% [markdown]
r"""
## 2. Merge

The way back: the pieces of each word side by side again.
"""

# %%
def merge_heads(x):
    """Put the heads' parts of every word side by side.

    x: (batch, n_heads, seq_len, d_head); result: (batch, seq_len, n_heads * d_head)
    """
    # BEGIN SOLUTION
    batch, n_heads, seq_len, d_head = x.shape
    return x.transpose(0, 2, 1, 3).reshape(batch, seq_len, n_heads * d_head)
    # END SOLUTION

# %%
check("merge_heads", merge_heads)

# %% [markdown]
r"""
## 3. Multi-head attention

Project, split, attend, merge, project. You may call your own `split_heads` and `merge_heads`, and paste your softmax; `catch_up()` defines what the earlier exercises would have.
"""

# %%
def multi_head_attention(embeddings, w_query, w_key, w_value, w_output, n_heads):
    """Let several heads attend, and mix what they bring back.

    embeddings: (batch, seq_len, d_model), all four matrices: (d_model, d_model), used as x @ w;
    result: (batch, seq_len, d_model)
    """
    # BEGIN SOLUTION
    queries, keys, values = [split_heads(embeddings @ w, n_heads) for w in (w_query, w_key, w_value)]
    scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(queries.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return merge_heads(weights @ values) @ w_output
    # END SOLUTION

# %%
check("multi_head_attention", multi_head_attention)

# %% [markdown]
r"""
When all are green, **break one on purpose**: split by `reshape` alone. The shapes fit; does the check notice?

Stuck? `hint("split_heads")`. Done? Compare with `solution("split_heads")`, and see where you stand with `progress()`. Back to [lesson §multi_head](notebooks:multi_head).
"""
