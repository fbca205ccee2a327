# ---
# jupyter:
#   course:
#     number: "02"
#     title: Queries, keys, values, exercises
# ---

# %% [markdown]
r"""
# §queries_keys_values · Queries, keys, values: exercises

Two functions from [lesson §queries_keys_values](notebooks:queries_keys_values). Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import numpy as np

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## 1. Embeddings

Token ids are whole numbers, one for each token; the table has one row for each word of the vocabulary. Ids may repeat, and come in any order.
"""

# %%
def embed(token_ids, table):
    """Return the embedding of each token.

    token_ids: (seq_len,) whole numbers, table: (vocabulary, d_model);
    result: (seq_len, d_model)
    """
    # BEGIN SOLUTION
    return table[token_ids]
    # END SOLUTION

# %%
check("embed", embed)

# %% [markdown]
r"""
## 2. Three projections (the one not to miss)

From the same embeddings, three results in this order: queries, keys, values. Here all three have the same width.
"""

# %%
def project(embeddings, w_query, w_key, w_value):
    """Return the queries, keys and values of each token.

    embeddings: (seq_len, d_model), w_query, w_key and w_value: (d_model, d_head);
    each result: (seq_len, d_head)
    """
    # BEGIN SOLUTION
    return embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    # END SOLUTION

# %%
check("project", project)

# %% [markdown]
r"""
When both are green, **break one on purpose**: return keys and values in the wrong order, or use one matrix twice. Does the check see which?

Stuck? `hint("project")`. Done? Compare with `solution("project")`, and see where you stand with `progress()`. Back to [lesson §queries_keys_values](notebooks:queries_keys_values).
"""
