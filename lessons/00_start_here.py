# ---
# jupyter:
#   course:
#     number: "00"
#     title: Start here
#     question: A computer adds three numbers. Can you predict the sum?
#     proves: >-
#       how a lesson works: predict, run, change, check; that a computer's sum may depend on the order
#       of its terms; the tables of numbers, powers and averages that later lessons need
#     minutes: {teaching: 30, exercises: 10}
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

This course builds self-attention, the central part of today's language models, from one multiplication upwards. Every central claim is an experiment that runs on your machine. This first lesson shows how to work with a lesson, and what you need for the others. By the end you can

* work through a lesson: predict, run, change, check;
* multiply tables of numbers, and add them up along an axis;
* read numbers like 4e-08, and use $e^x$, a median and a standard deviation.

30 minutes, and 10 for one exercise. You need a little Python and school mathematics.
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

A notebook is made of cells. Click into the next cell and press **Shift + Enter**: the cell runs, its result appears below it, and you are in the next cell. Cells need what earlier cells made, so go from top to bottom. With the keyboard alone, **Escape** leaves a cell and **Tab** leads into what it shows. If you get lost: menu *Run*, then *Run All Above Selected Cell*.
"""

# %%
import numpy as np

from course_lib import predict, quiz

print("NumPy is here: it computes with tables of numbers.")

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Somebody clicks into the middle of the notebook, runs one cell, and reads `NameError: name 'np' is not defined`.

*Say:* a name exists once the cell that makes it has run, in this session. Menu *Run*, then *Run All Above Selected Cell*. Show it now, with the error on the projector: restart the kernel and run the cell with `amounts` first. That saves ten single rescues later.
"""

# %% [markdown]
r"""
The next cell checks Python, the packages, memory and disk of this machine. If something is missing, it says what to do.
"""

# %% tags=["nbval-ignore-output"]
from course_lib.running import examination

for look in (examination.python, examination.versions, examination.memory, examination.disk):
    finding = look()
    print("ready" if finding.ok else finding.mend, "·", finding.what)

# %% [markdown]
r"""
## Predict

Before an interesting cell you are asked what it will show. Run the folded line below, and a question appears. Choose an answer *before* you run the cell after it. Nobody marks your answer. A wrong prediction is useful: it shows you where you can learn something. Then open *What you saw*.

Take 10 000 000 000 000 000, a one with sixteen zeros, in Python `1e16`. Add 1, and subtract the large number again.
"""

# %% tags=["slide"]
predict(
    "With large = 1e16: what do large + 1 − large and large − large + 1 give?",
    ["1 and 1", "0 and 1", "1 and 0"],
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
**What you saw.** 0.0 and 1.0. A computer keeps about sixteen digits of a number. In `large + 1` the 1 would be the seventeenth digit, and it is lost. So a sum may depend on the order of its terms. This is why we usually ask whether two results are *close*: `np.allclose(a, b)`. We compare with `==` only for small whole numbers, because they are not rounded.
"""

# %% [markdown]
r"""
## Change

You may change a cell and run it again as often as you like. This is your own copy, and updates never overwrite it. Most lessons have a section *Change it*, with one line for you to edit.

Here: with how many zeros does the 1 survive? Change the number in the first line and run the cell again.
"""

# %%
zeros = 16                                                 # change this line
large = 10.0**zeros
print(f"1 with {zeros} zeros: large + 1 - large =", large + 1 - large)

# %% [markdown]
r"""
<details><summary>You should see …</summary>

With 15 zeros or fewer the result is 1.0, with 16 or more it is 0.0.

</details>
"""

# %% [markdown]
r"""
## What you need

A **vector** is a list of numbers. The **dot product** of two vectors multiplies them pair by pair and adds up the products. A shopping bill is a dot product of amounts and prices. In Python it is written `@`.
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
A table of numbers is a **matrix**. Its **shape** is (rows, columns). The matrix product `A @ B` takes the dot product of every row of A with every *column* of B. So the sizes in the middle must be equal: (2, 3) @ (3, 4) gives (2, 4). `.T` **transposes** a matrix: its rows become columns.
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
## Axes

An **axis** is a direction of a table. A sum runs along an axis, and this axis disappears. `axis=0` is the first axis: the sum runs down each column. `axis=-1` is the last axis: in a matrix the sum runs along each row.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Sums run along an axis

The table: 1 and 3 in the first row, 5 and 5 in the second.
"""

# %% tags=["slide"]
table = np.array([[1.0, 3.0], [5.0, 5.0]])
print("axis=0, down the columns:", table.sum(axis=0))
print("axis=-1, along the rows: ", table.sum(axis=-1), "  shape", table.sum(axis=-1).shape)

# %% [markdown]
r"""
Now every row is to be divided by its own sum, 4 and 10, so that each row sums to 1. We try `table / table.sum(axis=-1)`.
"""

# %% tags=["slide"]
predict(
    "The rows of table / table.sum(axis=-1): what do they sum to?",
    ["to 1", "not to 1", "there is an error"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The table divided by the sums of its rows. Who expects rows that sum to 1? Who expects an error?

*Expect:* those who know shapes expect an error, the others the right result. Run it, and ask for a row that gives it away: 0.25 and 0.3 do not sum to 1. Then ask who would have noticed in a table of a thousand rows.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Rows divided by their sums
"""

# %% tags=["slide"]
print("divided:      ", (table / table.sum(axis=-1)).tolist())
print("with keepdims:", (table / table.sum(axis=-1, keepdims=True)).tolist())
print("shapes of the sums:", table.sum(axis=-1).shape, table.sum(axis=-1, keepdims=True).shape)

# %% [markdown]
r"""
**What you saw.** Not to 1, and no error: NumPy divided the first *column* by 4 and the second by 10. With `keepdims=True` the axis stays, with length 1. The sums then have the shape (2, 1), a column, and each row is divided by its own sum. NumPy repeats a length of 1 as often as needed; this is called **broadcasting**. When sizes happen to be equal, such a mistake gives no error. So the checker uses sizes that all differ.
"""

# %% [markdown]
r"""
An array can have three axes: a stack of tables. The shape (2, 3, 4) means 2 tables with 3 rows and 4 columns. The last axis is still the columns, and `@` multiplies table by table.
"""

# %%
stack = np.arange(24).reshape(2, 3, 4)                     # 0 to 23
print("second table:", stack[1].tolist())
print("first row of it:", stack[1, 0], "  its sum:", stack.sum(axis=-1)[1, 0])
print("sums along the last axis:", stack.sum(axis=-1).shape)
print("(2, 3, 4) @ (2, 4, 5) gives", (stack @ np.ones((2, 4, 5))).shape)

# %% [markdown]
r"""
## Small numbers and powers

Small numbers are printed with a power of ten: `4e-08` is 4 divided by ten eight times. Powers of $e$ (about 2.718) come back in lesson §softmax. $e^0$ is 1, and $e^x$ is positive for every x, also for negative ones.
"""

# %%
print("4e-08 is", f"{4e-08:.8f}", "  3e2 is", 3e2)
print(f"e is {np.exp(1):.3f}")
for x in (-2, -1, 0, 1, 2):
    print(f"e to the power {x:2} = {np.exp(x):.2f}   next one divided by it: {np.exp(x + 1) / np.exp(x):.2f}")

# %% [markdown]
r"""
Adding 1 to x multiplies $e^x$ by 2.72, wherever x is.

The **mean** of numbers is their sum divided by how many there are. The **median** is the number in the middle when they are sorted. One very large number moves the mean, and hardly moves the median. The **standard deviation** says how far numbers typically are from their mean.
"""

# %%
numbers = np.array([1, 2, 3, 4, 90])
print("mean:", numbers.mean(), "  median:", np.median(numbers))
rng = np.random.default_rng(0)                             # random, but the same at every run
drawn = rng.normal(size=100_000)                           # mean 0, standard deviation 1
print(f"standard deviation of 100,000 random numbers: {drawn.std():.1f}")
print(f"between -1 and 1: {(np.abs(drawn) < 1).mean():.0%} of them")

# %% [markdown]
r"""
## Check

Each lesson has exercises in a notebook of their own. A checker says *which* mistake you made. Here is [the first one](exercises:start_here). It is small on purpose: make a mistake, and read what the check says.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `dot_product` expect the products returned without being summed, and a `return` inside the loop, which leaves after the first product.

*Say:* "How many numbers do you give back, and how many does a bill have at the bottom?" and "In which round does your function leave?" Let them read the check's sentence aloud before you say anything: to read it is what this exercise is for.
"""

# %% [markdown]
r"""
## Recap

1. Predict, run, change, check. A wrong prediction shows where there is something to learn.
2. A computer rounds, so we ask whether results are close, not whether they are equal.
3. A matrix product holds the dot products of all rows with all columns. `axis=-1` is the last axis.

**Next:** lesson §why_attention asks why attention was invented, and measures how much of a word reaches the end of a sentence.

Five questions about this lesson, with explanations:
"""

# %%
quiz("00")

# %% [markdown]
r"""
## Eight questions for later

These are asked twice: now, and at the end of the course. You do not have to know the answers yet, and nothing is explained now. Choose what seems likely, or leave them out.
"""

# %%
quiz("before")
