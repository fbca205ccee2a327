# ---
# jupyter:
#   course:
#     number: "08"
#     title: Global context, exercises
# ---

# %% [markdown]
r"""
# §global_context · Global context: exercise

One function, from [lesson §global_context](notebooks:global_context), in PyTorch. Replace the line that raises by your own lines, run the cell, then run the check.
"""

# %%
import torch

from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## Influence

A model maps a text, a table of numbers with a row for each word, to one number for each word. How much does the *last* of these numbers depend on each word of the input? Return the length of its gradient at each word. The same input may be handed to you again, and nothing of the first time should be left in it.
"""

# %%
def influence(model, inputs):
    """Return how strongly the model's last output depends on each input.

    model: maps (seq_len, d_in) to (seq_len, 1), inputs: a tensor (seq_len, d_in);
    result: (seq_len,)
    """
    # BEGIN SOLUTION
    fresh = inputs.detach().clone().requires_grad_()
    model(fresh)[-1, 0].backward()
    return fresh.grad.norm(dim=-1)
    # END SOLUTION

# %%
check("influence", influence)

# %% [markdown]
r"""
Green? Then **break it on purpose**: take the gradient of the first output, or add up instead of taking the length.

Stuck? `hint("influence")`. Done? Compare with `solution("influence")`, and see where you stand with `progress()`. Back to [lesson §global_context](notebooks:global_context).
"""
