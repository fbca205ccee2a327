# ---
# jupyter:
#   course:
#     number: "00"
#     title: Start here
#     question: A computer adds three numbers. Can you predict the sum?
#     proves: >-
#       how a lesson works: predict, run, change, check; that this machine is ready; and that a
#       computer's sum may depend on the order of its terms
#     minutes: {teaching: 15, exercises: 10}
#     must: dot_product
#     cut: What you need
#     exercises: [dot_product]
#     notation: []
#     claims: []
# ---

# %% [markdown]
r"""
# §start_here · Start here

**A computer adds three numbers. Can you predict the sum?**

This course builds self-attention, the heart of today's language models, from one multiplication upwards. Nothing has to be believed: every central claim is an experiment that runs on your machine. This first lesson shows how that goes. By the end you can

* work through a lesson: predict, run, change, check;
* say whether your machine is ready;
* multiply and add up tables of numbers the way the course does.

15 minutes, and 10 for one exercise. You need a little Python and school mathematics.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** A prediction that fails teaches more than one that holds. The whole course, the checker too, is built on that order: choose, run, be surprised, change one thing. So let nobody run the cell below a question before they have chosen, and do not run it for them.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** Have the lab open on the projector before the first learner sits down, and write `python3 course.py doctor` on the board. Where a first start is still fetching packages, two learners share one screen; nothing in this lesson needs two.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Predict, run, change, check

A prediction that fails is worth more than one that holds.
"""

# %% [markdown]
r"""
## Run

A notebook is made of cells. Click into the next one and press **Shift + Enter**: the cell runs, its result appears below it, and you are in the next cell. Cells build on one another, so go from top to bottom. By keyboard alone, **Escape** leaves a cell and **Tab** leads into what it shows. If you get lost: menu *Run*, then *Run All Above Selected Cell*.
"""

# %%
import numpy as np

from course_lib import predict, quiz

print("NumPy is here: tables of numbers, and what can be done with them.")

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Somebody clicks into the middle of the notebook, runs one cell, and reads `NameError: name 'np' is not defined`.

*Say:* a name exists once the cell that makes it has run, in this session. Menu *Run*, then *Run All Above Selected Cell*. Show it now, with the error on the projector: restart the kernel and run the cell with `np.isclose` first. That saves ten single rescues later.
"""

# %% [markdown]
r"""
## Predict

Before an interesting cell you are asked what it will show. Run the folded line below and the question appears. Choose an answer *before* you run the cell after it; nobody marks it. A prediction that fails is worth more than one that holds: there is something to learn. Take 10 000 000 000 000 000, a one with sixteen zeros, in Python `1e16`. Add 1, and subtract the large number again.
"""

# %% tags=["slide"]
predict(
    "With large = 1e16: what do large + 1 − large and large − large + 1 give?",
    ["1 and 1: the order of a sum does not matter", "0 and 1", "1 and 0"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Hands up before anybody presses a key: is `large + 1 − large` 1 or 0? And in the other order?

*Expect:* most hands for "1 and 1". Whoever has met floating-point numbers says "0 and 1" and begins to explain; ask for a moment's patience and let the others vote. Run it, then give that person the board: sixteen digits, and where the 1 would have to stand.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A computer rounds
"""

# %% tags=["slide"]
large = 1e16
print("large + 1 - large =", large + 1 - large)
print("large - large + 1 =", large - large + 1)

# %% [markdown]
r"""
**What you saw.** 0.0 and 1.0. A computer keeps about sixteen digits of a number; in `large + 1` the 1 would be the seventeenth, and is lost. So a sum may depend on the order of its terms. That is why we usually ask whether two results are *close*. We ask whether they are equal only of small whole numbers, where nothing is rounded.
"""

# %% [markdown]
r"""
## Change

A cell may be changed and run again as often as you like; this is your own copy, and updates never overwrite it. Every lesson invites one change. Here: how small must the large number be for the 1 to survive? And what becomes of a 3 that is added to 1e16?
"""

# %%
for zeros in (14, 15, 16, 17):
    large = 10.0**zeros
    print(f"1 with {zeros} zeros: large + 1 - large = {large + 1 - large}")
print("1e16 + 3 - 1e16 =", 1e16 + 3 - 1e16)
print("0.1 + 0.2 == 0.3 is", 0.1 + 0.2 == 0.3, "  close:", np.isclose(0.1 + 0.2, 0.3))

# %% [markdown]
r"""
Up to fifteen zeros the 1 survives. The 3 comes back as 4.0: just above 1e16 a computer has the even numbers only, so 3 has to become 2 or 4.
"""

# %% [markdown]
r"""
## Is this machine ready?

The next cell checks the version of Python, the packages that the lessons were tested with, memory and disk. Where something is missing, it says what to do. In a terminal, `python3 course.py doctor` checks more.
"""

# %% tags=["nbval-ignore-output"]
from course_lib.running import examination

for look in (examination.python, examination.versions, examination.memory, examination.disk):
    finding = look()
    print("ready" if finding.ok else finding.mend, "·", finding.what)

# %% [markdown]
r"""
## What you need

Four things, each in one cell. If they are new to you, take your time here; the whole course rests on them.

A **vector** is a list of numbers, and the **dot product** of two vectors multiplies them pair by pair and adds up. A shopping bill is one: amounts and prices.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out everything from here to "Check", if two questions are answered from the room: which shape has (2, 3) @ (3, 4), and which way does `axis=-1` add up? If either meets with silence, do this section, the rest of the course stands on it, and give the exercise as homework instead.
"""

# %%
amounts, prices = np.array([2, 1, 3]), np.array([5, 20, 4])
print("pair by pair:", amounts * prices)
print("added up:    ", (amounts * prices).sum(), "  dot product:", amounts @ prices)

# %% [markdown]
r"""
A table of numbers is a **matrix**; its **shape** is (rows, columns). The matrix product `A @ B` takes the dot product of every row of A with every *column* of B, so the two must agree in the middle: (2, 3) @ (3, 4) gives (2, 4). `.T` transposes: rows become columns.
"""

# %%
shoppers = np.array([[2, 1, 3], [0, 5, 1]])                # (2 shoppers, 3 goods)
shops = np.array([[5, 4, 6, 5], [20, 22, 19, 21], [4, 4, 5, 3]])      # (3 goods, 4 shops)
print("bills:", (shoppers @ shops).shape)
print(shoppers @ shops)
print("transposed:", shops.shape, "->", shops.T.shape)

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Matrix products are done row by row with row, or with `*`, which is refused with an error about shapes.

*Say:* write (2, 3) and (3, 4) side by side and cover the two inner numbers: they have to be equal, and they disappear. Then have one bill worked out aloud, 2·5 + 1·20 + 3·4 = 42, before anybody looks into the table.
"""

# %% [markdown]
r"""
Sums run along an **axis**, and that axis disappears. In a table `axis=0` adds up down each column, and `axis=-1`, the last axis, adds up along each row.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Sums run along an axis

The table: 1 and 3 in the first row, 5 and 5 in the second.
"""

# %% tags=["slide"]
table = np.array([[1.0, 3.0], [5.0, 5.0]])
print("axis=0, down the columns:  ", table.sum(axis=0))
print("axis=-1, along the rows:   ", table.sum(axis=-1), "  shape", table.sum(axis=-1).shape)
print("with keepdims=True:        ", table.sum(axis=-1, keepdims=True).tolist(),
      "  shape", table.sum(axis=-1, keepdims=True).shape)

# %% [markdown]
r"""
With `keepdims=True` the axis stays, with length 1, and the sums stand beside the rows that they belong to. Does that matter? We want each row divided by its own sum, so that every row sums to 1, but forget `keepdims`.
"""

# %% tags=["slide"]
predict(
    "table / table.sum(axis=-1), without keepdims: what happens?",
    ["each row then sums to 1", "an error: the shapes do not fit", "no error, but a wrong result"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The table divided by the sums of its rows, without `keepdims`. Who would bet on an error?

*Expect:* those who know shapes bet on an error, the others on the right result; the third choice looks impossible. Run it, and ask for a row that gives it away: 0.25 and 0.3 do not sum to 1. Then ask who would have noticed in a table of a thousand rows.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Wrong, and no error
"""

# %% tags=["slide"]
print("without:", (table / table.sum(axis=-1)).tolist())
print("with:   ", (table / table.sum(axis=-1, keepdims=True)).tolist())

# %% [markdown]
r"""
**What you saw.** No error: NumPy lays the two sums along the *columns*, and divides the first column by 4 and the second by 10. Only with `keepdims` does each row meet its own sum. Mistakes like this one are silent, which is why exercises here are checked on tables whose sizes all differ.
"""

# %% [markdown]
r"""
The **standard deviation** tells how far numbers typically lie from their mean. `rng.normal` draws random numbers with mean 0 and standard deviation 1; a fixed seed makes them the same every time.
"""

# %%
rng = np.random.default_rng(0)
numbers = rng.normal(size=100_000)
print(f"mean {abs(numbers.mean()):.1f}, standard deviation {numbers.std():.1f}")
print(f"between -1 and 1: {(np.abs(numbers) < 1).mean():.0%} of them")

# %% [markdown]
r"""
## Check

Each lesson has exercises in a notebook of their own, and a checker that tells you *which* mistake you made. Here is [the first one](exercises:start_here). It is small on purpose: make a mistake, and see what the check says.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `dot_product` expect the products returned without being summed, and a `return` inside the loop, which leaves after the first product.

*Say:* "How many numbers do you give back, and how many does a bill have at the bottom?" and "In which round does your function leave?" Let them read the check's sentence aloud before you say anything: to read it is what this exercise is for.
"""

# %% [markdown]
r"""
## Eight questions for later

These are asked twice: now, and at the end of the course. You are not supposed to know the answers yet, so nothing is explained. Choose what seems likely.
"""

# %%
quiz("before")

# %% [markdown]
r"""
## Recap

1. Predict, run, change, check: a failed prediction is where something is learned.
2. A computer rounds, and so do we: results are compared to be close, not equal.
3. A matrix product is all dot products of rows with columns; `axis=-1` is the last axis.

Five questions on what one needs, this time with explanations:
"""

# %%
quiz("00")

# %% [markdown]
r"""
**Next:** lesson §why_attention asks why attention was invented, and measures how much of a word arrives at the end of a sentence.
"""
