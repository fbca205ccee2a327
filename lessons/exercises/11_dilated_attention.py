# ---
# jupyter:
#   course:
#     number: "11"
#     title: Dilated attention, exercises
# ---

# %% [markdown]
r"""
# §dilated_attention · Dilated attention: exercises

Four functions from [lesson §dilated_attention](notebooks:dilated_attention): who is kept, one branch, several branches, and what it all costs. Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Dilated positions

Cut the sequence into segments, and keep one position in `dilation` of each, beginning at `offset`. Eight positions, segments of five, dilation 2, offset 1: the segments are 0–4 and 5–7, and what is kept is 1, 3 and 6. In every segment counting begins anew.
"""

# %%
def dilated_positions(seq_len, segment_length, dilation, offset):
    """Return the positions that each segment keeps.

    offset: from 0 to dilation - 1; the last segment may be shorter than the others;
    result: a list of arrays, one for each segment, empty where it keeps nothing
    """
    # BEGIN SOLUTION
    kept = []
    for start in range(0, seq_len, segment_length):
        end = min(start + segment_length, seq_len)
        kept.append(np.arange(start + offset, end, dilation))
    return kept
    # END SOLUTION

# %%
check("dilated_positions", dilated_positions)

# %% [markdown]
r"""
## 2. One branch (the one not to miss)

In each segment, the kept positions attend to each other and to nobody else. Give back the outputs and, for each row, the sum that softmax divides by. Rows that are not kept stay zero, in both. The scores are small: a bare `exp` will do, with no maximum subtracted. You may call your own `dilated_positions`.
"""

# %%
def dilated_branch(queries, keys, values, segment_length, dilation, offset):
    """Return the outputs of one branch, and its softmax denominators.

    queries, keys: (seq_len, d_head), values: (seq_len, d_value);
    result: outputs (seq_len, d_value) and denominators (seq_len,), the sums of exp(score)
    """
    # BEGIN SOLUTION
    outputs, denominators = np.zeros((len(queries), values.shape[1])), np.zeros(len(queries))
    for kept in dilated_positions(len(queries), segment_length, dilation, offset):
        scores = queries[kept] @ keys[kept].T / np.sqrt(queries.shape[1])
        exponentials = np.exp(scores)
        denominators[kept] = exponentials.sum(axis=1)
        outputs[kept] = exponentials @ values[kept] / denominators[kept, None]
    return outputs, denominators
    # END SOLUTION

# %%
check("dilated_branch", dilated_branch)

# %% [markdown]
r"""
## 3. Branches mixed

Each branch has its outputs and its denominators. In every row, a branch's share is its denominator divided by the sum of all branches' denominators: where A has 3 and B has 1, three quarters come from A. A row that no branch keeps is zeros.
"""

# %%
def mix_branches(outputs, denominators):
    """Return the mixture of all branches, each by its share of the denominators.

    outputs: a list of (seq_len, d_value), denominators: a list of (seq_len,), one for each
    branch; result: (seq_len, d_value)
    """
    # BEGIN SOLUTION
    total = sum(denominators)
    safe = np.where(total > 0, total, 1)
    mixed = np.zeros_like(outputs[0])
    for found, denominator in zip(outputs, denominators):
        mixed = mixed + (denominator / safe)[:, None] * found
    return mixed
    # END SOLUTION

# %%
check("mix_branches", mix_branches)

# %% [markdown]
r"""
## 4. Attended pairs

Count the pairs of a query and a key that one head with offset 0 compares, self-pairs included, nothing hidden. Eight positions and the branch (5, 2): its segments keep 3 and 2, so 9 + 4 = 13. A pair that stands in two branches counts twice.
"""

# %%
def attended_pairs(seq_len, branches):
    """Return how many pairs of a query and a key are compared.

    branches: a list of (segment_length, dilation); segment_length may exceed seq_len;
    result: a whole number
    """
    # BEGIN SOLUTION
    count = 0
    for segment_length, dilation in branches:
        for start in range(0, seq_len, segment_length):
            length = min(segment_length, seq_len - start)
            count += len(range(0, length, dilation)) ** 2
    return count
    # END SOLUTION

# %%
check("attended_pairs", attended_pairs)

# %% [markdown]
r"""
When all are green, **break one on purpose**: let the steps run on across the border of a segment, or take the log of the denominators. Does the check notice?

Stuck? `hint("dilated_branch")`. Done? Compare with `solution("dilated_branch")`, and see where you stand with `progress()`. Back to [lesson §dilated_attention](notebooks:dilated_attention).
"""
