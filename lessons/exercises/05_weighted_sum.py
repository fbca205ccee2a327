# ---
# jupyter:
#   course:
#     number: "05"
#     title: Weighted sum, exercises
# ---

# %% [markdown]
r"""
# §weighted_sum · Weighted sum: exercises

Four functions from [lesson §weighted_sum](notebooks:weighted_sum): two for its first part, two for its second. Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import catch_up, check, hint, progress, solution

# %% [markdown]
r"""
## 1. Weighted sum

One output for each query: the values, each times its weight, added up. There may be more keys than queries, and values may be wider or narrower than keys.
"""

# %%
def weighted_sum(weights, values):
    """Return the mixture of values that each row of weights asks for.

    weights: (n_queries, n_keys), values: (n_keys, d_value); result: (n_queries, d_value)
    """
    # BEGIN SOLUTION
    return weights @ values
    # END SOLUTION

# %%
check("weighted_sum", weighted_sum)

# %% [markdown]
r"""
## 2. Self-attention (the one not to miss)

From embeddings to outputs, all steps: project, score, scale, softmax, weighted sum. Write the softmax out, or paste yours from lesson §softmax; `catch_up()` defines what the earlier exercises would have.
"""

# %%
def self_attention(embeddings, w_query, w_key, w_value):
    """Let every word look at every word and return one output for each word.

    embeddings: (seq_len, d_model), w_query and w_key: (d_model, d_head),
    w_value: (d_model, d_value); result: (seq_len, d_value)
    """
    # BEGIN SOLUTION
    queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    scores = queries @ keys.T / np.sqrt(keys.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return weights @ values
    # END SOLUTION

# %%
check("self_attention", self_attention)

# %% [markdown]
r"""
## 3. Causal mask

Each position may look at itself and at what came before. Bool, True = may attend.
"""

# %%
def causal_mask(seq_len):
    """Return who may look at whom when nobody may read ahead.

    result: bool (seq_len, seq_len), rows are queries
    """
    # BEGIN SOLUTION
    positions = np.arange(seq_len)
    return positions[:, None] >= positions
    # END SOLUTION

# %%
check("causal_mask", causal_mask)

# %% [markdown]
r"""
## 4. Masked softmax

Softmax over the allowed keys of each row. A row that may attend to nothing is all zeros, and no nan appears anywhere. Scores may be large.
"""

# %%
def masked_softmax(scores, mask):
    """Return weights that share out 1 among the allowed keys of each row.

    scores: (n_queries, n_keys), mask: bool (n_queries, n_keys), True = may attend
    """
    # BEGIN SOLUTION
    allowed = np.where(mask, scores, -np.inf)
    largest = allowed.max(axis=-1, keepdims=True)
    powers = np.exp(allowed - np.where(np.isfinite(largest), largest, 0))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)
    # END SOLUTION

# %%
check("masked_softmax", masked_softmax)

# %% [markdown]
r"""
When all are green, **break one on purpose**: forget the root in `self_attention`, or take the scale from d_model. Does the check tell the two apart?

Stuck? `hint("masked_softmax")`. Done? Compare with `solution("masked_softmax")`, and see where you stand with `progress()`. Back to [lesson §weighted_sum](notebooks:weighted_sum).
"""
