# ---
# jupyter:
#   course:
#     number: "10"
#     title: Quadratic cost
#     question: A text twice as long. Does attention take twice as long, or four times? And where does the memory go?
#     proves: >-
#       two kinds of work in one layer, counted: twice as many words cost 2.2 times the work at first
#       and 3.8 times in the end, and the clock grows alike; the table of scores outgrows everything else;
#       tile by tile it is never there, the outputs are the same, and the quadratic work stays
#     minutes: {teaching: 35, exercises: 40, shown: 10}
#     must: tiled_attention
#     cut: "Change it: the size of a tile"
#     exercises: [score_matrix_bytes, attention_flops, scaling_exponent, tiled_attention]
#     notation:
#       - {name: tile, symbol: "$B$", shape: "a number", meaning: "how many queries, and how many keys, are looked at together"}
#     claims:
#       - {claim: "Self-attention is quadratic in the length of the text", heading: "Does the clock agree?", number: "exponent of the core's time near 2, fitted over 1024 to 4096 words; operations counted: exactly 4 n² d_model"}
#       - {claim: "Its memory need not be quadratic", heading: "The same, without the table", number: "the same outputs from tiles; the plain way's memory grows eightfold from 1024 to 2896 words, that of tiles less than threefold"}
# ---

# %% [markdown]
r"""
# §quadratic_cost · Quadratic cost

**A text twice as long. Does attention take twice as long, or four times? And where does the memory go?**

Every word looks at every word: that is the strength of attention, and its price, which everybody calls quadratic. There are two prices, time and memory. Today we count both, then measure them, and find that one is avoidable. By the end you can

* count the operations and the bytes of attention;
* read an exponent off a measurement, and say when it misleads;
* compute exact attention without ever holding the table of scores.

35 minutes, and 40 for four exercises. You need lessons §softmax, §weighted_sum and §multi_head; lesson §gpu_parallelism helps.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Two prices, and only one is a law. The *work* of the core grows with the square of the length, whatever we do. The *memory* for the table of scores was never needed: a running maximum, sum and mixture give the same outputs, tile by tile. And quadratic is where it ends; for short texts the linear projections rule.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** Times and memory are measured where the notebook runs: run it once, with nothing else open, and do not restart. No cell stops because of a time; the text says what either outcome means. On a hub, let them read your table; there the plain way takes some 250 MiB beside the kernel at 2048 words, and twice that at 2896, for each learner. Prepare the board: the scores 1, 3, 2 | 0, 5, 4.
"""

# %%
import numpy as np
import torch

from course_lib import predict, quiz
from course_lib.attention import MultiHeadAttention, reference, tiled_attention
from course_lib.measuring import flops, kept_memory, peak_bytes, sweep, time_in_rounds
from course_lib.plots import CostDisplay

rng = np.random.default_rng(10)
d_model, n_heads, d_head = 256, 8, 32                   # the layer of this lesson
print("one layer:", d_model, "features,", n_heads, "heads of", d_head)

# %% [markdown]
r"""
## How many pairs?

*The cat, which was black, sat on the mat* has 11 tokens and 121 scores. Each head keeps a table of its own, and PyTorch's usual numbers take 4 bytes. A page has some 500 words, a chapter 10,000, a novel 100,000.
"""

# %% tags=["slide"]
predict(
    "The tables of scores for a whole novel, one layer, 8 heads. How much memory do they take?",
    ["about 3 megabytes: 100,000 words, 8 heads, 4 bytes", "about 40 gigabytes: one table for all heads",
     "about 320 gigabytes"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** A novel is half a megabyte of text. How large are its tables of scores, in one layer with 8 heads?

*Expect:* megabytes from those who take the length once, 40 gigabytes from those who forget the heads. Have it multiplied aloud: 100,000 times 100,000, times 8, times 4 bytes. Then ask how many layers a model has.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A whole novel

How many pairs, and how much for their tables?
"""

# %% tags=["slide"]
for text, n in [("our sentence", 11), ("a page", 500), ("a chapter", 10_000), ("a novel", 100_000)]:
    pairs = n * n
    gigabytes = n_heads * pairs * 4 / 1e9
    print(f"{text:12} {n:7,} tokens {pairs:14,} pairs   8 tables: {gigabytes:11.6f} GB")

# %% [markdown]
r"""
**What you saw.** 320 gigabytes, for one layer and one text, while the novel itself is half a megabyte. From page to chapter the text grows 20 times and the tables 400 times: 20². *Quadratic* means just that: the cost grows with the square of the length.
"""

# %% [markdown]
r"""
## Two kinds of work

First we count operations. A multiplication with its addition counts as two. A layer (lesson §multi_head) has two kinds of work:

* four **projections**, each $n\, d_{model}$ numbers of $d_{model}$ multiply-adds: $2\, n\, d_{model}^2$ operations, four times;
* the **core**. The scores of a head are $n^2$ numbers of $d_{head}$ multiply-adds, over all heads $2\, n^2\, d_{model}$ operations; mixing the values takes as many.

PyTorch can count the products that it really does. Does it agree?
"""

# %%
def projections(n):
    return 8 * n * d_model**2


def core(n):
    return 4 * n**2 * d_model


layer = MultiHeadAttention(d_model, n_heads).requires_grad_(False)
for n in (64, 300):
    words = torch.randn(1, n, d_model)
    counted = flops(lambda: layer(words, return_weights=True))
    print(f"{n} words: {projections(n):,} + {core(n):,} = {projections(n) + core(n):,}, counted {counted:,}")
    assert counted == projections(n) + core(n)

# %% [markdown]
r"""
Equal to the last operation. (Softmax and the scale are left out by both: some five operations for each score, against 64 for its dot product here.) So which of the two kinds of work is the larger one?
"""

# %%
predict(
    "d_model is 256. Beyond which length does the core do more work than the projections?",
    ["beyond the second word", "beyond 512 words", "beyond about 65,000 words"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** A text twice as long: twice the work, or four times?

*Expect:* "four, since it is quadratic". Ask what the projections cost for twice the words: twice. So it depends on which part is larger; a minute on paper, with the two counts of the cell above. At 512 words both are equal, and each answer is right at its own length.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Twice the text: twice the work, or four times?

The projections grow with $n$, the core with $n^2$.
"""

# %% tags=["slide"]
for n in (64, 128, 256, 512, 1024, 2048, 4096):
    share = core(n) / (core(n) + projections(n))
    growth = (core(2 * n) + projections(2 * n)) / (core(n) + projections(n))
    print(f"{n:5} words: core {share:4.0%} of the work; twice as many words, {growth:.1f} times the work")

# %% [markdown]
r"""
**What you saw.** At 512 words both are equal: with $d$ for d_model, $4n^2 d = 8nd^2$ where $n = 2d$. For short texts the projections rule, and twice the text costs 2.2 times the work; at 2048 words it costs 3.6 times. So both answers to our question are right, each at its own length. Quadratic is where it *ends*.
"""

# %% [markdown]
r"""
## Does the clock agree?

Operations are not seconds. So we time the whole layer, and the core alone: PyTorch's `scaled_dot_product_attention` on ready-made queries, keys and values. As in lesson §gpu_parallelism, on one thread and in rounds: for a time the quickest round counts, for a ratio the median.
"""

# %%
def time_layer(n):
    words = torch.randn(1, n, d_model)
    return lambda: layer(words)


def time_core(n):
    queries, keys, values = torch.randn(3, 1, n_heads, n, d_head)
    return lambda: torch.nn.functional.scaled_dot_product_attention(queries, keys, values)


# %%
predict(
    "Counted, the layer's work grows 3.6 times from 2048 to 4096 words. And its time, by the clock?",
    ["about twice: long texts are handled better", "between three and four times",
     "well above four times: the table outgrows the fast memory"],
)

# %% tags=["nbval-ignore-output"]
times = sweep({"layer": time_layer, "core": time_core}, [128, 256, 512, 1024, 2048, 4096], budget_s=12)
print(times)
layer_ms = np.array(times.minimum_ms("layer"))
growth = layer_ms[1:] / layer_ms[:-1]
print("the layer at each doubling:", "  ".join(f"{g:.1f} times" for g in growth))

# %% [markdown]
r"""
**What you saw.** (Your numbers; another machine has others.) Read the last line. The first doubling costs between two and three times, the last between three and four times. The clock follows the count, not to the digit, but in its way of growing.
"""

# %% [markdown]
r"""
## One number for a way of growing

If cost is $c\, n^p$, its logarithm is $\log c + p \log n$: on logarithmic axes a straight line whose slope is the **exponent** $p$. Linear cost has slope 1, quadratic cost slope 2. The line that fits best gives $p$. The numbers in brackets are a 95 % **interval**, from the scatter around that line: it would hold the slope in 95 of 100 such measurements, if the points do lie about a line.
"""

# %% tags=["nbval-ignore-output"]
long = sweep({"core": time_core}, [1024, 1351, 1783, 2352, 3104, 4096], budget_s=8)
exponent = long.exponent("core")
print("core, 1024 to 4096 words: exponent", exponent)

# %% [markdown] tags=["instructor", "slide"]
r"""
## Does the clock agree?
"""

# %% tags=["nbval-ignore-output", "slide"]
CostDisplay.from_sweep(times, title="One layer, and its core alone")

# %% [markdown]
r"""
**What you saw.** The core's exponent is near 2. The layer's curve bends: flatter than the core's on the left, beside slope 2 on the right. One exponent, fitted to a bent curve, lies somewhere in between and holds nowhere; its interval tells of the scatter, not whether there is a line. Also, each call has a small fixed cost, which flattens the short end. So fit where the curve is straight, and say where that was.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** The table prints one exponent for the whole layer, somewhere between 1 and 2, and somebody concludes that attention is not quadratic.

*Say:* look at the curve, not at the number: it bends, and one slope through a bent curve holds nowhere. A narrow interval tells of little scatter, not of a line. Cover the short texts with your hand, and ask for the slope of the rest.
"""

# %% [markdown]
r"""
## Where the memory goes

Now memory. The plain way is lesson §weighted_sum in PyTorch. Queries, keys, values and outputs have $n \cdot d_{model}$ numbers each, the scores $n_{heads} \cdot n^2$. (1 MiB is 2²⁰ bytes, about a million.)
"""

# %%
def plain(queries, keys, values):
    scores = (queries / queries.shape[-1] ** 0.5) @ keys.transpose(-1, -2)
    return scores.softmax(-1) @ values


for n in (512, 1024, 2048, 4096):
    print(f"{n:5} words   queries {n * d_model * 4 / 2**20:4.1f} MiB   scores {n_heads * n * n * 4 / 2**20:5.0f} MiB")

# %%
predict(
    "At 2048 words, how much memory does `plain` need beyond queries, keys and values?",
    ["about 2 MiB, the size of its result", "about 128 MiB, one table for each head",
     "more than 128 MiB: several tables at once"],
)

# %% tags=["nbval-ignore-output"]
def heads(n):
    return torch.randn(3, 1, n_heads, n, d_head)


def memory_of(way, n):                                     # MiB beyond the queries, keys and values
    queries, keys, values = heads(n)
    return peak_bytes(lambda: way(queries, keys, values)) / 2**20


highest = memory_of(plain, 2048)
print(f"measured at the highest point: {highest:.0f} MiB")
assert 240 < highest < 420

# %% [markdown]
r"""
**What you saw.** Two tables of 128 MiB at once: the scores are read while the weights are written. The result has 2 MiB. All that memory is for numbers that nobody asked for: what we want is the mixture of values, and the tables are thrown away. (In training, where the backward pass needs the weights, they would even be kept.)
"""

# %% [markdown]
r"""
## Softmax without a whole row

A first idea: take 64 queries at a time, with all keys. Then only 64 · n scores are there at once. That helps a great deal, as we shall see; but one row of a novel still has 100,000 numbers, and all keys have to be at hand. Can a row, too, be read in portions? Softmax divides by the sum over *all* keys. It seems not.
"""

# %% [markdown]
r"""
Take one query with six keys, in two portions of three, and forget the first portion before the second comes. From lesson §softmax: subtract the greatest score, or `exp` breaks. After the first portion we hold three things: the greatest score so far, the sum of the powers, and the mixture of values, not yet divided.
"""

# %%
scores = np.array([1.0, 3.0, 2.0, 0.0, 5.0, 4.0])        # one query, six keys
values = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])  # one number for each key
whole = reference.softmax(scores) @ values

greatest = scores[:3].max()
powers = np.exp(scores[:3] - greatest)
total, mixture = powers.sum(), powers @ values[:3]
print(f"after three keys: greatest {greatest:.0f}, total {total:.4f}, mixture {mixture:.4f}")

# %% [markdown]
r"""
Now comes the second portion, and with it a greater score: 5. All powers have to be taken relative to 5 now. But the first ones were taken relative to 3, and their scores are gone.
"""

# %% tags=["slide"]
predict(
    "What has to be done with the old total and the old mixture?",
    ["nothing: the last division puts it right", "multiply both by exp(3 − 5)",
     "it cannot be put right: we have to start again"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The old powers were taken relative to 3. Now 5 is the greatest, and the old scores are gone. Can that be mended?

*Expect:* "start again", the honest first answer. Do not help. Write $e^{s-5}$ under $e^{s-3}$ and wait until somebody sees that the quotient is the same for every key. That moment is the lesson.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## One factor puts every old power right

$$e^{s-5} = e^{s-3}\, e^{3-5}$$
"""

# %% tags=["slide"]
new_greatest = max(greatest, scores[3:].max())
shrink = np.exp(greatest - new_greatest)
powers = np.exp(scores[3:] - new_greatest)
total = shrink * total + powers.sum()
mixture = shrink * mixture + powers @ values[3:]
print(f"old parts shrink to {shrink:.4f}")
print(f"in portions {mixture / total:.6f}   all at once {whole:.6f}")

# %% [markdown]
r"""
**What you saw.** $e^{s-5} = e^{s-3}\, e^{3-5}$: one factor, 0.1353, puts every old power right, without knowing any of them. So a row can be forgotten while it is read. This is the **online softmax**: a running maximum, a running sum, a running mixture.
"""

# %% [markdown]
r"""
## The same, without the table

Now for all queries, a **tile** of them at a time, and a tile of keys: that is all of attention. Nothing it makes on the way is larger than tile × tile, or a tile of vectors. (At first the greatest score is −∞: then the factor is exp(−∞) = 0, and nothing is kept.)
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## All of attention, without the table
"""

# %% tags=["slide"]
def tiled(queries, keys, values, tile):
    outputs = []
    for row in range(0, len(queries), tile):
        ours = queries[row : row + tile] / np.sqrt(queries.shape[1])
        greatest, total, mixture = -np.inf, 0.0, 0.0
        for column in range(0, len(keys), tile):
            scores = ours @ keys[column : column + tile].T                    # (tile, tile)
            before, greatest = greatest, np.maximum(greatest, scores.max(axis=1, keepdims=True))
            shrink, powers = np.exp(before - greatest), np.exp(scores - greatest)
            total = shrink * total + powers.sum(axis=1, keepdims=True)
            mixture = shrink * mixture + powers @ values[column : column + tile]
        outputs.append(mixture / total)
    return np.concatenate(outputs)

# %%
q, k, v = rng.normal(size=(3, 1000, d_head))
for tile in (64, 7):
    difference = np.abs(tiled(q, k, v, tile) - reference.attention(q, k, v)).max()
    print(f"tiles of {tile:2}: differs from attention by less than 1e-12: {difference < 1e-12}")

# %% [markdown]
r"""
It is not an approximation. The sums are the same sums in another order.

`course_lib.attention.tiled_attention` is the same in PyTorch, in tiles of 256 queries and 512 keys, with gradients: its backward pass computes the weights once more, tile by tile, instead of keeping them. It meets three others: the plain way, the first idea with 64 whole rows at a time, and PyTorch's own.
"""

# %%
def by_rows(queries, keys, values):
    return torch.cat([plain(rows, keys, values) for rows in queries.split(64, dim=-2)], dim=-2)


own = torch.nn.functional.scaled_dot_product_attention
ways = {"plain": plain, "64 rows": by_rows, "tiled": tiled_attention, "PyTorch's own": own}
queries, keys, values = heads(2048)
for name, way in ways.items():
    torch.testing.assert_close(way(queries, keys, values), own(queries, keys, values), atol=1e-5, rtol=0)
    print(f"{name:13} {flops(lambda: way(queries, keys, values)):,} operations counted")
print(f"formula       {core(2048):,}")

# %% [markdown] tags=["instructor", "slide"]
r"""
## The same outputs, the same operations

And the memory? The plain way, whole rows, tiles, and PyTorch's own:
"""

# %% tags=["nbval-ignore-output", "slide"]
lengths = [1024, 1448, 2048, 2896]
needed = {name: [memory_of(way, n) for n in lengths] for name, way in ways.items()}
for name, row in needed.items():
    print(f"{name:13}", "   ".join(f"{n} words: {mib:3.0f} MiB" for n, mib in zip(lengths, row)))
assert needed["plain"][-1] > 8 * needed["tiled"][-1]
assert needed["plain"][-1] > 6 * needed["plain"][0] and needed["tiled"][-1] < 3 * needed["tiled"][0]

# %% [markdown]
r"""
**What you saw.** The plain way needs eight times as much for not quite three times the words. Whole rows are far better, but grow too. Tiles need room for one tile, always the same, and for the result, which grows with the words. "Attention needs quadratic memory" was true of a way to compute it, not of attention.

The operations, though, are equal. (That of PyTorch's own is the formula.) Nothing was saved there; rescaling even comes on top.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Tiles are quicker because they compute less", or "because they are less exact". Both will come, and both are wrong.

*Say:* read out the operations counted: 4,294,967,296, four times the same. Then the comparison with `reference.attention`: less than 1e-12 apart. What the plain way pays for is room: tables of 128 MiB for numbers that nobody asked for.
"""

# %%
predict(
    "Equal operations, but tiles rescale what they hold, and loop in Python. Their time at 2048 words?",
    ["longer than the plain way", "about the same", "shorter"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Equal operations, rescaling on top, and a loop in Python. Quicker or slower?

*Expect:* "slower", for good reasons. After the table: where can equal operations lose their time? Collect suspects before the next cell, in which everyone keeps their room. On a Mac and on Windows `kept_memory` does nothing, and both tables look alike: show the stored ones.
"""

# %% tags=["nbval-ignore-output"]
calls = {name: (lambda way=way: way(queries, keys, values)) for name, way in ways.items()}
race = time_in_rounds(calls, n_rounds=4)                   # (way=way: each call keeps its own way)
print(race)

# %% [markdown]
r"""
**What you saw.** On Linux the tiles are quicker. (The ratio compares each with the plain way.)
"""

# %% [markdown]
r"""
Where does the time go, if all do equal operations? One suspect: for each table of 128 MiB the plain way asks the operating system for room, which is handed out page by page, each filled with zeros first. Test it: let everyone keep their room from one call to the next.
"""

# %% tags=["nbval-ignore-output"]
with kept_memory():
    kept = time_in_rounds(calls, n_rounds=4)
print(kept)

# %% [markdown]
r"""
That was most of it: with its room kept, the plain way comes near the tiles or ahead of them. (On macOS and Windows `kept_memory` does nothing; there both tables look alike.) The arithmetic was never the difference; tiles save the handling of memory that nobody needed.

PyTorch's own does the same as the tiles in one compiled piece, known as *FlashAttention* (Dao et al., 2022), and is ahead on most processors. For real work, use that.
"""

# %% [markdown]
r"""
## What stays

How far does one gibibyte reach? Two tables for the plain way; for the tiled way queries, keys, values and outputs. And what would the work be?
"""

# %%
gibibyte = 2**30
plain_words = int((gibibyte / (2 * n_heads * 4)) ** 0.5)
tiled_words = gibibyte // (4 * d_model * 4)
print(f"plain: {plain_words:,} words   tiled: {tiled_words:,} words")
print(f"{tiled_words // plain_words} times the words, {core(tiled_words) // core(plain_words):,} times the work of the core")

# %% [markdown]
r"""
64 times as many words fit, and they take 64² times the work: minutes instead of a fraction of a second. The wall of memory has moved far away; now the wall of time comes first. To move that one, some pairs must not be looked at at all: lesson §dilated_attention.
"""

# %% [markdown]
r"""
## Change it: the size of a tile

If small tiles save memory, smaller ones save more. How small is best? With `tile = n` the whole table is there again; with `tile = 16` there are 16,384 pairs of tiles. Everyone keeps their room, so that asking for it does not count. Predict the slowest of these four.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave the size of a tile for home. Say instead: tiles of 16 spend their time in calling, and a tile of 2048 is the whole table again; for real work PyTorch's own does it in one compiled piece. What must be said is the step before: 64 times the words fit, at 4,096 times the work.
"""

# %%
predict("2048 words. Which tile is slowest?", ["16: the most calls", "64", "512", "2048: the most memory"])

# %% tags=["nbval-ignore-output"]
def with_tile(tile):
    return lambda q, k, v: tiled_attention(q, k, v, query_tile=tile, key_tile=tile)


tiles = (2048, 512, 64, 16)
calls = {str(tile): (lambda tile=tile: with_tile(tile)(queries, keys, values)) for tile in tiles}
with kept_memory():
    times = time_in_rounds(calls, n_rounds=2)
for tile, timing in zip(tiles, times.timings):
    print(f"tile {tile:4}: {timing.minimum_ms:6.0f} ms   {memory_of(with_tile(tile), 2048):5.0f} MiB")

# %% [markdown]
r"""
**What you saw.** Too small, and the time goes into *calling*: tens of microseconds for each pair of tiles. Between 512 and 2048 it depends on the processor: a large table needs fewer calls, but its scores are gone through several times, and each time fetched from farther away, past the processor's small fast **cache**. Below 64 no memory is left to save.

**Your turn:** tiles of 16 queries and 2048 keys, or the other way round? Predict time and memory.
"""

# %% [markdown]
r"""
## Exercises

Write `score_matrix_bytes`, `attention_flops`, `scaling_exponent` and `tiled_attention` in [the exercises](exercises:quadratic_cost). The last is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `tiled_attention` expect the last, shorter tile to be lost; with tiles of keys, a running sum that is not rescaled when the maximum moves. In the two counts, `^` for a power.

*Say:* "Seven words, tiles of three: who is in your last tile?" and "Relative to which maximum was this number taken?" Whole rows are allowed: send those who are stuck there.
"""

# %% [markdown]
r"""
## Recap

1. A layer does linear work, its projections, and quadratic work, its core. Up to 2·d_model words the linear part is larger.
2. The table of scores need not exist, nor a whole row of it: a running maximum, sum and mixture give the same outputs, with memory that grows with the words.
3. The operations stay, all of them (the backward pass has a few more). Only looking at fewer pairs saves work.
"""

# %%
quiz("10")

# %% [markdown]
r"""
**Next:** lesson §dilated_attention leaves pairs out, and asks what is lost.
"""
