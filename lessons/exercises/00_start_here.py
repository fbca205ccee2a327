# ---
# jupyter:
#   course:
#     number: "00"
#     title: Start here, exercises
# ---

# %% [markdown]
r"""
# §start_here · Start here: exercise

One function from [lesson §start_here](notebooks:start_here), to get to know the checker. Replace the line that raises by your own lines, run the cell with Shift + Enter, then run the check below it.
"""

# %%
from course_lib import check, hint, progress, solution

# %% [markdown]
r"""
## Dot product

Multiply two vectors pair by pair and add up. Write it out yourself, with a loop or a sum, without `@`, `dot` or `einsum`.
"""

# %%
def dot_product(a, b):
    """Return the dot product of two vectors of the same length, a single number."""
    # BEGIN SOLUTION
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
    return total
    # END SOLUTION

# %%
check("dot_product", dot_product)

# %% [markdown]
r"""
Right at once? Then **break it on purpose**: forget to add up, or take the mean. The check should tell you which it was.

`hint("dot_product")` shows a hint, `hint("dot_product", 2)` a plainer one, `solution("dot_product")` a solution, and `progress()` where you stand. That is all there is to know. On to [lesson §why_attention](notebooks:why_attention).
"""
