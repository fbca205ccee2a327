# ---
# jupyter:
#   course:
#     number: "10"
#     title: Quadratic cost, exercises
# ---

# %% [markdown]
r"""
# §quadratic_cost · Quadratic cost: exercises

Four functions from [lesson §quadratic_cost](notebooks:quadratic_cost): what the scores take, what the work is, how fast a measured cost grows, and attention that never holds the whole table. Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. How many bytes?

Each head has a table of scores for each sentence. How much memory do all tables of one layer take together?
"""

# %%
def score_matrix_bytes(batch_size, n_heads, seq_len, bytes_per_number):
    """Return how many bytes the scores of one layer take.

    All four arguments are whole numbers, and so is the result.
    """
    # BEGIN SOLUTION
    numbers = batch_size * n_heads * seq_len * seq_len
    return numbers * bytes_per_number
    # END SOLUTION

# %%
check("score_matrix_bytes", score_matrix_bytes)

# %% [markdown]
r"""
## 2. How many operations?

Count the two products of attention, queries with keys and weights with values, for one text and all heads together. A multiplication with the addition that follows it counts as 2. Softmax, scale and projections are left out, and nothing is masked.
"""

# %%
def attention_flops(seq_len, d_model):
    """Return how many operations the two products of attention take.

    d_model: the width of all heads together; result: a whole number
    """
    # BEGIN SOLUTION
    scores = 2 * seq_len * seq_len * d_model    # each score adds up d_head products, in each head
    mixtures = 2 * seq_len * seq_len * d_model  # each output adds up seq_len products
    return scores + mixtures
    # END SOLUTION

# %%
check("attention_flops", attention_flops)

# %% [markdown]
r"""
## 3. The exponent

Measured costs of several lengths, noise included. If cost is $c\, n^p$, the points lie about a straight line once both axes are logarithmic. Return the slope of its least-squares line. Any way of fitting a line will do.
"""

# %%
def scaling_exponent(lengths, costs):
    """Return p, the slope of the least-squares line of log cost over log length.

    lengths and costs: one number for each measurement, all above 0; result: a number
    """
    # BEGIN SOLUTION
    slope, intercept = np.polyfit(np.log(lengths), np.log(costs), 1)
    return slope
    # END SOLUTION

# %%
check("scaling_exponent", scaling_exponent)

# %% [markdown]
r"""
## 4. Attention in tiles (the one not to miss)

The outputs of attention, exactly, without ever holding all scores. `tile` says how many words are looked at together. It need not divide the length of the text, and may be longer than it. Whole rows are allowed: a tile of queries with all keys at once. If you cut the keys as well, you need the online softmax. Scores may be large, and the check measures memory.
"""

# %%
def tiled_attention(queries, keys, values, tile):
    """Return the outputs of attention, computed a tile of queries at a time.

    queries and keys: (seq_len, d_head), values: (seq_len, d_value), tile: at least 1;
    result: (seq_len, d_value)
    """
    # BEGIN SOLUTION
    outputs = []
    for start in range(0, len(queries), tile):
        scores = queries[start : start + tile] @ keys.T / np.sqrt(queries.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        outputs.append(powers @ values / powers.sum(axis=-1, keepdims=True))
    return np.concatenate(outputs)
    # END SOLUTION

# %%
check("tiled_attention", tiled_attention)

# %% [markdown]
r"""
When all are green, **break one on purpose**: let the last tile fall off the end, or build the whole table first. And if you took whole rows, try it once with tiles of keys.

Stuck? `hint("tiled_attention")`. Done? Compare with `solution("tiled_attention")`, and see where you stand with `progress()`. Back to [lesson §quadratic_cost](notebooks:quadratic_cost).
"""
