# ---
# jupyter:
#   course:
#     number: "06"
#     title: Multi-head attention
#     question: One head has one whole to share out. Can a word look for two things at once?
#     proves: >-
#       the same matrices, cut into two heads, look at cat and at mat instead of in between; split,
#       attend, concatenate, project is PyTorch's own module; and there are tasks at which one head
#       fails and two succeed
#     minutes: {teaching: 30, exercises: 30}
#     must: split_heads
#     cut: Left and right at once
#     exercises: [split_heads, merge_heads, multi_head_attention]
#     notation:
#       - {name: n_heads, symbol: "$h$", shape: "a number", meaning: "how many heads share the features; d_head = d_model / n_heads"}
#       - {name: w_output, symbol: "$W^O$", shape: "(d_model, d_model)", meaning: "mixes what the heads brought back"}
#     claims:
#       - {claim: "Several heads look at the words in different ways; their results are concatenated and projected", heading: "Two heads instead of one", number: "sat looks at cat with 0.854 in one head and at mat with 0.644 in the other, against 0.487 and 0.215 in a single head"}
# ---

# %% [markdown]
r"""
# §multi_head · Multi-head attention

**One head has one whole to share out. Can a word look for two things at once?**

*sat* wants to know two things: who, and where. In lesson §weighted_sum it had one row of weights for both, so *cat* and *mat* competed for the same whole. By the end you can

* split features into heads and put them together again, without mixing up the words;
* write multi-head attention, and compare it with PyTorch's own module;
* put one head and two to the same test, and say what came of it.

30 minutes, and 30 for three exercises. You need lesson §weighted_sum.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Heads divide the *features*, not the words. Each sees the whole sentence and has a whole of its own to share out, so one can look at *cat* and another at *mat*, and what they bring back stays apart. Splitting and merging are only there to do that in one product.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** The last third of the lesson trains small models, twice, each time for about half a minute on two busy cores. Start the cell, and talk while it runs. Forty at once on a hub would wait for minutes: there, run it on the projector before the class, and let them read your results.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import scaled_scores, self_attention, softmax
from course_lib.explorers import AttentionExplorer
from course_lib.models import sentence
from course_lib.plots import BarsDisplay, ContributionsDisplay, HeadsDisplay

tokens = sentence.TOKENS
embeddings = sentence.embeddings()[None]                   # (batch, seq_len, d_model) = (1, 11, 6)
cat, black, sat, mat = 1, 5, 7, 10
print("embeddings:", embeddings.shape)

# %% [markdown]
r"""
From here on there is a batch axis in front, for several sentences at once; `[None]` adds it, here with length 1. Axes are always batch, heads, sequence, feature.

For queries and keys we take six features: three about who (*animal, action, colour*), and three about where (*place, action, colour*). Values come twice. All matrices are cut from those of lesson §queries_keys_values.
"""

# %%
who_columns, where_columns = [0, 2, 3], [1, 2, 3]          # of the old matrices
columns = who_columns + where_columns
w_query, w_key = sentence.W_QUERY[:, columns], sentence.W_KEY[:, columns]        # (6, 6) each
w_value = np.hstack([sentence.W_VALUE, sentence.W_VALUE])
queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
print("queries of sat:", queries[0, sat], "  keys of cat:", keys[0, cat], "  mat:", keys[0, mat])

# %% [markdown]
r"""
## Two heads instead of one

With one head, the six products of a query and a key make *one* score. With two, the first three make the score of head 0, the last three that of head 1. Each **head** has its own softmax, and so its own whole to share out.

With one head, *cat* gets 0.487 and *mat* 0.215. (In lesson §weighted_sum, with four features, *cat* got a little more.)
"""

# %% tags=["slide"]
predict(
    "In head 0 mat no longer competes. What does cat get there?",
    ["0.487, as before", "its own and mat's, 0.702", "more than 0.8"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** One head gave *cat* 0.487 and *mat* 0.215. Cut into two heads: what does *cat* get in head 0?

*Expect:* "half of it", since something was cut in two, or "its own and what *mat* had". Ask what was cut: the features, and not the attention. Each half goes through a softmax of its own, and is divided by a smaller root. Run it: 0.854 for *cat* in head 0, 0.644 for *mat* in head 1.
"""

# %%
one_head = softmax(scaled_scores(queries, keys)[0, sat])
scores_0 = scaled_scores(queries[..., :3], keys[..., :3])[0, sat]     # the first three features
scores_1 = scaled_scores(queries[..., 3:], keys[..., 3:])[0, sat]     # the last three
head_0, head_1 = softmax(scores_0), softmax(scores_1)
for name, row in [("one head", one_head), ("head 0", head_0), ("head 1", head_1)]:
    print(f"{name:9} cat {row[cat]:.3f}   mat {row[mat]:.3f}")
flat_0, flat_1 = [softmax(scores * np.sqrt(3 / 6)) for scores in (scores_0, scores_1)]
print(f"divided by √6 as before: cat in head 0 {flat_0[cat]:.3f}, mat in head 1 {flat_1[mat]:.3f}")

# %% tags=["slide"]
BarsDisplay.from_rows(
    {"one head": one_head, "head 0 of two": head_0, "head 1 of two": head_1}, tokens,
    title="Where sat looks",
)

# %% [markdown]
r"""
**What you saw.** Head 0 finds *cat*, 0.854, head 1 finds *mat*, 0.644. One head had to share one whole between the two: 0.487 and 0.215. Its output is a mixture of *cat* and *mat*; two heads bring back one and the other, side by side. (Part of the sharpness is the smaller root, √3 for √6; without it, 0.677 and 0.464.)

Heads do not divide the *words*: each sees all eleven. They divide the *features*.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Head 0 sees *cat*, head 1 *mat*": heads as workers who share out the sentence among them.

*Say:* ask for the sum of a row, in either head: 1, over all eleven words. Both saw everything and were asked different questions. Later, in the explorer, hide *cat* in head 0: *which* takes over at once, so it was seen all the time.
"""

# %% [markdown]
r"""
## Split

Now for any number of heads: from (batch, seq_len, d_model) to (batch, n_heads, seq_len, d_head). Each word's features are cut into n_heads pieces, then the axis of heads moves in front of the words, so that every head has its own table. To see what goes where, we number: word 3, feature 5 is 35.
"""

# %%
def split_heads(x, n_heads):
    batch, seq_len, d_model = x.shape
    pieces = x.reshape(batch, seq_len, n_heads, d_model // n_heads)
    return pieces.transpose(0, 2, 1, 3)                    # axes 1 and 2 change places


numbered = (10 * np.arange(4)[:, None] + np.arange(6))[None]          # (1, 4, 6)
print(numbered[0])
print("head 0:\n", split_heads(numbered, 2)[0, 0], "\nhead 1:\n", split_heads(numbered, 2)[0, 1])

# %% [markdown]
r"""
Head 0 has features 0 to 2 of every word, head 1 features 3 to 5. Could we have the shape that we want, (1, 2, 4, 3), in one step, without the transpose? `reshape` reads all numbers row by row, and fills the new shape in the same order.
"""

# %% tags=["slide"]
predict(
    "x.reshape(1, 2, 4, 3) at once: what stands in head 0?",
    ["the same as before", "words 0 and 1, all their features", "words 0 and 2, all their features"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** `x.reshape(1, 2, 4, 3)` has the right shape at once. What stands in head 0?

*Expect:* "the same as before" from most. Have somebody fill four rows of three at the board, in the order in which the numbers lie: 0 to 5, then 10 to 15. After two words head 0 is full. Ask who would have noticed that in a model with 512 features.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## The right shape, and wrong

Head 0, by reshape alone: two words, chopped up.
"""

# %% tags=["slide"]
print("head 0, by reshape alone:\n", numbered.reshape(1, 2, 4, 3)[0, 0])
print("shapes equal:", numbered.reshape(1, 2, 4, 3).shape == split_heads(numbered, 2).shape)

# %% [markdown]
r"""
**What you saw.** Words 0 and 1, chopped into four rows. Head 0 would never see words 2 and 3, and nothing complains: the shape is right.
"""

# %% [markdown] tags=["slide"]
r"""
## Attend, merge, project

Each head attends by itself. NumPy does all at once, since `@` multiplies tables in the last two axes. (But `keys.T` turns *all* axes round; `keys.swapaxes(-1, -2)` swaps the last two.) Then the pieces of each word are put side by side again (**concatenated**), and one more matrix mixes what the heads brought back:

$$\text{MultiHead}(X) = \text{Concat}(\text{head}_0, \ldots, \text{head}_{h-1})\, W^O$$
"""

# %%
def merge_heads(x):
    batch, n_heads, seq_len, d_head = x.shape
    return x.transpose(0, 2, 1, 3).reshape(batch, seq_len, n_heads * d_head)


heads = [split_heads(x, 2) for x in (queries, keys, values)]
weights = softmax(scaled_scores(heads[0], heads[1]))       # (1, 2, 11, 11)
found = weights @ heads[2]                                 # (1, 2, 11, 3)
print("brought back by each head:", found[0, :, sat].round(3).tolist())
print("side by side:", merge_heads(found)[0, sat].round(3))

# %% [markdown]
r"""
Point at a word to see where it looks; press a small picture to change the head. Press a *key* to hide it: the others then share what it had, as behind a mask.
"""

# %%
AttentionExplorer.from_weights(weights[0], tokens, query=sat)

# %% [markdown]
r"""
Hide *cat* from *sat*: in head 0 *which*, an animal too, takes over; in head 1, *mat* hardly changes. Each head has a whole of its own to share out.
"""

# %% [markdown]
r"""
The last matrix decides what is kept of each head. Ours takes *who* from head 0 and *where* from head 1:
"""

# %%
w_output = np.zeros((6, 6))
w_output[0, 0] = 1                                         # who, from head 0
w_output[4, 1] = 1                                         # where, from head 1
outputs = merge_heads(found) @ w_output
alone = self_attention(embeddings[0], sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE)
print("one head, lesson §weighted_sum:       ", alone[sat].round(3))
print("two heads:                 ", outputs[0, sat].round(3))

# %% [markdown]
r"""
1.794 of *who* and 1.516 of *where*, against 1.226 and 0.517 with one head.

A matrix that a model learns has hardly a zero in it, so every output feature takes something from both heads.
"""

# %%
predict(
    "Any matrix instead of ours. Can one still tell what each head has put into the output of sat?",
    ["no: after the multiplication the heads are mixed", "only if the matrix can be inverted",
     "yes: the output is a sum, with one part from each head"],
)

# %%
w_mixing = np.random.default_rng(3).normal(size=(6, 6))
outputs = merge_heads(found) @ w_mixing                    # (1, 11, 6)
parts = np.stack([found[0, 0] @ w_mixing[:3], found[0, 1] @ w_mixing[3:]])
print("parts (n_heads, seq_len, d_model):", parts.shape)
print("they sum to the outputs:", np.allclose(parts.sum(axis=0), outputs[0], rtol=0, atol=1e-12))
for name, part in [("head 0", parts[0, sat]), ("head 1", parts[1, sat]), ("output", outputs[0, sat])]:
    print(name, part.round(1))

# %% tags=["slide"]
ContributionsDisplay.from_parts(
    parts[:, sat], names=["head 0", "head 1"], title="What each head adds to the output of sat",
)

# %% [markdown]
r"""
**What you saw.** A sum. Head 0 meets only the first three rows of $W^O$, head 1 the last three. So to concatenate and multiply is to multiply each head by its own rows, and to *add*. A head may also take away what the other brings. And a head can be left out, to see what it was good for: the output then lacks its part, and nothing else.
"""

# %% [markdown]
r"""
## The same as PyTorch's

All of it in one function, with random matrices, compared with `torch.nn.MultiheadAttention`. PyTorch keeps the first three transposed, and stacked in one table, `in_proj_weight`; we copy ours into it.
"""

# %%
def multi_head_attention(embeddings, w_query, w_key, w_value, w_output, n_heads):
    queries, keys, values = [split_heads(embeddings @ w, n_heads) for w in (w_query, w_key, w_value)]
    weights = softmax(scaled_scores(queries, keys))        # (batch, n_heads, seq_len, seq_len)
    return merge_heads(weights @ values) @ w_output


rng = np.random.default_rng(6)
x, four = rng.normal(size=(2, 5, 12)), rng.normal(size=(4, 12, 12)) / np.sqrt(12)
ours = multi_head_attention(x, *four, n_heads=3)
print("outputs:", ours.shape)

# %%
import torch

theirs = torch.nn.MultiheadAttention(12, 3, bias=False, batch_first=True, dtype=torch.float64)
with torch.no_grad():
    theirs.in_proj_weight.copy_(torch.from_numpy(np.concatenate([w.T for w in four[:3]])))
    theirs.out_proj.weight.copy_(torch.from_numpy(four[3].T))
    words = torch.from_numpy(x)
    same = theirs(words, words, words)[0].numpy()          # queries, keys and values from the same
print("greatest difference below 1e-12:", np.abs(ours - same).max() < 1e-12)

# %% [markdown]
r"""
A layer has four matrices of d_model × d_model, however many heads share them. More heads are narrower heads, and no more numbers to learn.

The course has a small module that computes the same and can show its weights: `course_lib/attention/multi_head.py`. Later lessons use it.
"""

# %%
from course_lib.attention import MultiHeadAttention

module = MultiHeadAttention.from_torch(theirs)
with torch.no_grad():
    outputs, seen = module(torch.from_numpy(x), return_weights=True)
print("greatest difference below 1e-12:", np.abs(outputs.numpy() - ours).max() < 1e-12)
print("weights (batch, n_heads, seq_len, seq_len):", tuple(seen.shape))

# %% [markdown]
r"""
## Left and right at once

Sharper weights are nice, but can two heads do what one cannot? A task to find out: ten of sixteen letters stand in a ring, and each is to name its neighbour on the left *and* the one on the right. Each letter may look around once. (The model is trained; lesson §attention_that_learned says what that is. It has one layer of attention, with positions, and 32 features, however many heads share them.)
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out the ring, and the layer behind it. Say instead: trained to name both neighbours of a letter, a model with one head was right in 7 or 8 % of the cases, one with two heads always. One head brings back one mixture; two bring back two things, and keep them apart. Where exercises follow, go to `split_heads`.
"""

# %% tags=["slide"]
predict(
    "After training, how often does a model with ONE head name both neighbours right?",
    ["nearly always: it can look at both, half and half", "about half the time", "hardly ever"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Ten letters in a ring, each is to name both its neighbours after one look. Is one head enough?

*Expect:* "yes, half and half", the thoughtful answer, and the weights are just that, 0.46 and 0.43. Ask what a mixture of two letters tells about which was on the left. Show the 8 %, and ask why a coin would do better: the model mostly says the same letter for both sides.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Left and right at once
"""

# %% tags=["slide"]
from course_lib.models import name_the_neighbours

ones = [name_the_neighbours(seed, n_heads=1) for seed in range(3)]
twos = [name_the_neighbours(seed, n_heads=2) for seed in range(3)]
for n_heads, models in [(1, ones), (2, twos)]:
    print(f"{n_heads} head(s), three starts: both neighbours right", *[f"{it.accuracy:.0%}" for it in models])
assert max(it.accuracy for it in ones) < 0.3 and min(it.accuracy for it in twos) > 0.99

# %%
ring, one, two = "cfahkbdgel", ones[0], twos[0]            # the first start
for name, model in [("one head", one), ("two heads", two)]:
    for head, (left, right) in enumerate(model.diagonals):
        print(f"{name}, head {head}: weight on the left {left:.2f}, on the right {right:.2f}")
HeadsDisplay.from_weights(two.attention(ring), list(ring), title="Two heads, trained", is_ring=True)

# %% [markdown]
r"""
**What you saw.** Two heads are right with every start. They become two clean lines: one looks left, the other right, and the last matrix keeps them apart. One head looks at both, about half and half. But why only 7 or 8 %? Tossing a coin between the two letters it saw would name both right more often. What does it say?
"""

# %%
from course_lib.models.ring import SYMBOLS, rings_and_neighbours

rings, truth = rings_and_neighbours(np.random.default_rng(1), 200)     # (200, 10), (200, 10, 2)
named = np.zeros_like(truth)
for i, ring in enumerate(rings):
    pairs = one.predict("".join(SYMBOLS[letter] for letter in ring))
    named[i] = [(SYMBOLS.index(left), SYMBOLS.index(right)) for left, right in pairs]
print("correct on the left, on the right:", (named == truth).mean(axis=(0, 1)).round(2))
print("the same letter for both sides:", (named[..., 0] == named[..., 1]).mean().round(2))
print("a letter that is one of the two:", (named[..., :1] == truth).any(axis=-1).mean().round(2))

# %% [markdown]
r"""
One head brings back a *mixture* of two letters. The model knows *which* two, but nine times in ten it says the same one, the heavier, for both sides. Unequal weights would even tell the two apart. But after the mixture the model only multiplies and adds, and so the heavier letter comes first in either answer.
"""

# %% [markdown]
r"""
## Change it: one more layer

Real models put a **feed-forward layer** behind attention, which works on each word by itself. It sees the mixture only, never the neighbours. `feed_forward=True` adds one. Predict: does one head succeed now?
"""

# %%
for seed in range(5):
    model = name_the_neighbours(seed, n_heads=1, feed_forward=True)
    left, right = model.diagonals[0]
    print(f"seed {seed}: both right {model.accuracy:.0%}   weight on the left {left:.2f}, on the right {right:.2f}")

# %% [markdown]
r"""
**What you saw.** From four of five starts it gets to 91 % or more; seed 3 stays at 39 %. Where it succeeds, the weights have become *uneven*, and the layer behind tells from the amounts which was which. So several heads are not the only way to keep two things apart, but the direct one.
"""

# %% [markdown]
r"""
**Your turn:** four heads, `name_the_neighbours(0, n_heads=4).diagonals`. What do the other two do?

<details><summary>You should see …</summary>two heads that look left and two that look right. From another start, seed 2, one head stays undecided.</details>
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "So nobody needs several heads", once the feed-forward layer has rescued one head.

*Say:* read the five lines aloud: from 39 % to 100 %. It can work, and it depends on the start; two heads reached 100 % without it. The lesson claims the direct way, not the only one. For the quick: what do four heads do with the two that they do not need?
"""

# %% [markdown]
r"""
## Exercises

Write `split_heads`, `merge_heads` and `multi_head_attention` in [the exercises](exercises:multi_head). The first is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `split_heads` expect a reshape without the transpose above all, then n_heads and d_head swapped; in `merge_heads`, joining without transposing back.

*Say:* "Number the features as the lesson did, and look at head 0." and "Twelve features, three heads: how many heads, and how wide is one?" Let them find out by themselves that merging what was split must give back what they had.
"""

# %% [markdown]
r"""
## Recap

1. A head is attention on a part of the features. All heads see all words; each has a whole of its own to share out.
2. Split, attend, concatenate, project. Reshaping without a transpose mixes up the words, in the right shape.
3. One head brings back one mixture for each word. To bring back two things and keep them apart, two heads are the direct way; a feed-forward layer sometimes finds another.
"""

# %%
quiz("06")

# %% [markdown]
r"""
**Next:** all our matrices were chosen by hand, except in the ring. Lesson §attention_that_learned says what training is, and watches attention find out by itself where to look.
"""
