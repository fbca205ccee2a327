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
#     cut: What one head cannot do
#     exercises: [split_heads, merge_heads, multi_head_attention]
#     notation:
#       - {name: n_heads, symbol: "$h$", shape: "a number", meaning: "how many heads share the features; d_head = d_model / n_heads"}
#       - {name: w_output, symbol: "$W^O$", shape: "(d_model, d_model)", meaning: "mixes what the heads brought back"}
#     claims:
#       - {claim: "Several heads look at the words in different ways; their results are concatenated and projected", heading: "Two heads instead of one", number: "sat looks at cat with 0.854 in one head and at mat with 0.644 in the other, against 0.487 and 0.215 in a single head"}
# ---

# %% [markdown]
r"""
# 06 · Multi-head attention

**One head has one whole to share out. Can a word look for two things at once?**

*sat* wants to know two things: who, and where. In lesson 05 it had one row of weights for both, so *cat* and *mat* competed for the same whole. By the end you can

* split features into heads and put them together again, without mixing up the words;
* write multi-head attention, and compare it with PyTorch's own module;
* name a task at which one head fails and two succeed, and say why.

30 minutes, and 30 for three exercises. You need lesson 05.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import scaled_scores, self_attention, softmax
from course_lib.learning import sentence
from course_lib.seeing import AttentionExplorer, BarsDisplay, ContributionsDisplay, HeadsDisplay

tokens = sentence.TOKENS
embeddings = sentence.embeddings()[None]                   # (batch, seq_len, d_model) = (1, 11, 6)
cat, black, sat, mat = 1, 5, 7, 10
print("embeddings:", embeddings.shape)

# %% [markdown]
r"""
From here on there is a **batch** axis in front: several sentences at once, here only one. Axes are always batch, heads, sequence, feature.

For queries and keys we take six features: three about who (*animal, action, colour*), and three about where (*place, action, colour*). Values come twice. All matrices are cut from those of lesson 02.
"""

# %%
who, where = [0, 2, 3], [1, 2, 3]                          # columns of the old matrices
w_query = np.hstack([sentence.W_QUERY[:, who], sentence.W_QUERY[:, where]])      # (6, 6)
w_key = np.hstack([sentence.W_KEY[:, who], sentence.W_KEY[:, where]])
w_value = np.hstack([sentence.W_VALUE, sentence.W_VALUE])
queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
print("queries of sat:", queries[0, sat], "  keys of cat:", keys[0, cat], "  mat:", keys[0, mat])

# %% [markdown]
r"""
## Two heads instead of one

With one head, the six products of a query and a key make *one* score. With two, the first three make one and the last three another. Each **head** then has its own softmax, its own whole to share out. Queries, keys and values stay the same, only cut in two.

Added up to one score, *cat* gets 0.487 and *mat* 0.215. (In lesson 05, with four features, it was a little more for *cat*.)
"""

# %%
predict(
    "One head gave cat 0.487 and mat 0.215. Cut into two heads, what do cat and mat get?",
    ["half of it in each head", "the same in both heads", "cat more in one head, mat more in the other"],
)

# %%
one_head = softmax(scaled_scores(queries, keys))[0, sat]
first = softmax(scaled_scores(queries[..., :3], keys[..., :3]))[0, sat]
second = softmax(scaled_scores(queries[..., 3:], keys[..., 3:]))[0, sat]
for name, row in [("one head", one_head), ("two, first", first), ("two, second", second)]:
    print(f"{name:12} cat {row[cat]:.3f}   mat {row[mat]:.3f}")
shrunk = np.sqrt(3 / 6)                                    # as if still divided by √6
for half, word in [(slice(0, 3), cat), (slice(3, 6), mat)]:
    scores = shrunk * scaled_scores(queries[..., half], keys[..., half])
    print("divided by √6 as before:", softmax(scores)[0, sat, word].round(3))

# %%
BarsDisplay.from_rows(
    {"one head": one_head, "first of two": first, "second of two": second}, tokens,
    title="Where sat looks",
)

# %% [markdown]
r"""
**What you saw.** The first head finds *cat*, 0.854, the second finds *mat*, 0.644. One head had to share one whole between the two: 0.487 and 0.215. Its output is a mixture of *cat* and *mat*; two heads bring back one and the other, side by side. (Part of the sharpness is the smaller root, √3 for √6; without it, 0.677 and 0.464.)

Heads do not divide the *words*: each sees all eleven. They divide the *features*.
"""

# %% [markdown]
r"""
## Split

Now as a step of its own. From (batch, seq_len, d_model) to (batch, n_heads, seq_len, d_head): each word's features are cut into n_heads pieces, then the axis of heads moves in front of the words, so that every head has its own table. To see what goes where, we number: word 3, feature 5 is 35.
"""

# %%
def split_heads(x, n_heads):
    batch, seq_len, d_model = x.shape
    pieces = x.reshape(batch, seq_len, n_heads, d_model // n_heads)
    return pieces.transpose(0, 2, 1, 3)                    # (batch, n_heads, seq_len, d_head)


numbered = (10 * np.arange(4)[:, None] + np.arange(6))[None]          # (1, 4, 6)
print(numbered[0])
print("head 0:\n", split_heads(numbered, 2)[0, 0], "\nhead 1:\n", split_heads(numbered, 2)[0, 1])

# %% [markdown]
r"""
Head 0 has features 0 to 2 of every word, head 1 features 3 to 5. The shape that we want, (1, 2, 4, 3), could be had in one step: `x.reshape(1, 2, 4, 3)`, without the transpose.
"""

# %%
predict(
    "x.reshape(1, 2, 4, 3) at once: what stands in head 0?",
    ["the same as before", "words 0 and 1, all their features", "every other word"],
)

# %%
print("head 0, by reshape alone:\n", numbered.reshape(1, 2, 4, 3)[0, 0])
print("shapes equal:", numbered.reshape(1, 2, 4, 3).shape == split_heads(numbered, 2).shape)

# %% [markdown]
r"""
**What you saw.** Words 0 and 1, chopped into four rows. Head 0 would never see words 2 and 3, and nothing complains: the shape is right. This is the commonest mistake of this lesson, and models with it even train, only badly.
"""

# %% [markdown]
r"""
## Attend, merge, project

Each head attends by itself; NumPy does all at once, as the steps of lesson 05 work on the last two axes. Then the pieces of each word are put side by side again (**concatenated**), and one more matrix mixes what the heads brought back:

$$\text{MultiHead}(X) = \text{Concat}(\text{head}_1, \ldots, \text{head}_h)\, W^O$$
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
AttentionExplorer.from_weights(weights[0], tokens, head_names=["who", "where"], query=sat)

# %% [markdown]
r"""
Hide *cat* from *sat*: in the first head *which*, an animal too, takes over; in the second, *mat* hardly changes. Each head has a whole of its own to share out.
"""

# %% [markdown]
r"""
The last matrix decides what is kept of each head. Ours takes *who* from the first and *where* from the second:
"""

# %%
w_output = np.zeros((6, 6))
w_output[0, 0] = 1                                         # who, from the first head
w_output[4, 1] = 1                                         # where, from the second
outputs = merge_heads(found) @ w_output
alone = self_attention(embeddings[0], sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE)
print("one head, lesson 05:       ", alone[sat].round(3))
print("two heads:                 ", outputs[0, sat].round(3))

# %% [markdown]
r"""
1.794 of *who* and 1.516 of *where*, against 1.226 and 0.517 with one head.

A matrix that a model learns has hardly a zero in it. Then every output feature takes something from both heads, and it looks as if they were stirred together for good. Are they?
"""

# %%
predict(
    "Any matrix instead of ours. Can one still tell what each head has put into the output of sat?",
    ["no: after the multiplication the heads are mixed", "only if the matrix can be inverted",
     "yes: each head adds something of its own, and the output is the sum"],
)

# %%
w_mixing = np.random.default_rng(3).normal(size=(6, 6))
outputs = merge_heads(found) @ w_mixing                    # (1, 11, 6)
parts = np.stack([found[0, head] @ w_mixing[3 * head : 3 * head + 3] for head in (0, 1)])
print("parts (n_heads, seq_len, d_model):", parts.shape)
print("they sum to the outputs:", np.allclose(parts.sum(axis=0), outputs[0], rtol=0, atol=1e-12))
for name, part in [("who adds  ", parts[0, sat]), ("where adds", parts[1, sat]), ("output    ", outputs[0, sat])]:
    print(name, part.round(1))

# %%
ContributionsDisplay.from_parts(parts[:, sat], names=["who", "where"], title="What each head adds to the output of sat")

# %% [markdown]
r"""
**What you saw.** A sum. Head 0 meets the first three rows of $W^O$ only, head 1 the last three, so concatenating and multiplying is multiplying each by its own rows and *adding*. A head may also take away what the other brings. And a head can be left out, to see what it was good for: the output then lacks its part, and nothing else.
"""

# %% [markdown]
r"""
## The same as PyTorch's

All of it in one function, with random weights, compared with `torch.nn.MultiheadAttention`. PyTorch keeps its three matrices stacked and transposed, as `Linear` layers do; we copy ours into it.
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
    same = theirs(*[torch.from_numpy(x)] * 3)[0].numpy()
print("greatest difference below 1e-12:", np.abs(ours - same).max() < 1e-12)

# %% [markdown]
r"""
A layer has four matrices of d_model × d_model, whatever the number of heads. More heads cost nothing in numbers; each gets narrower.

The course has a module of its own, small enough to be read (`course_lib/attention/multi_head.py`). It computes the same, and shows its weights when it is asked to; lessons 07 and later stand on it.
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
## What one head cannot do

Sharper weights are nice, but is there anything that one head *cannot* do? A task to find out: ten letters stand in a ring, and each is to name its neighbour on the left *and* the one on the right. For each letter the model may look around once. (The model is trained; lesson 07 says what that is. It has one layer of attention, with positions, and 32 features, however many heads share them.)
"""

# %%
predict(
    "After training, how often does a model with ONE head name both neighbours right?",
    ["nearly always: it can look at both, half and half", "about half the time", "hardly ever"],
)

# %%
from course_lib.learning import name_the_neighbours

models = {n_heads: name_the_neighbours(seed=0, n_heads=n_heads) for n_heads in (1, 2, 4)}
for n_heads, model in models.items():
    print(f"{n_heads} head(s): both neighbours right {model.accuracy:.0%}")
assert models[1].accuracy < 0.3 and models[2].accuracy > 0.99

# %%
ring = "cfahkbdgel"
for n_heads in (1, 2):
    for head, (left, right) in enumerate(models[n_heads].diagonals):
        print(f"{n_heads} head(s), head {head}: weight on the left {left:.2f}, on the right {right:.2f}")
HeadsDisplay.from_weights(models[2].attention(ring), list(ring), title="Two heads, trained")

# %% [markdown]
r"""
**What you saw.** Two heads become two clean lines: one looks left, the other right, and the last matrix keeps them apart. One head looks at both, about half and half. But why only 8 %? Tossing a coin between the two letters it saw would name both right more often. What does it say?
"""

# %%
from course_lib.learning.ring import SYMBOLS, rings_and_neighbours

rings, truth = rings_and_neighbours(np.random.default_rng(1), 200)
texts = ["".join(SYMBOLS[i] for i in ring) for ring in rings]
named = np.array([[[SYMBOLS.index(s) for s in pair] for pair in models[1].predict(t)] for t in texts])
print("left right, right right:", (named == truth).mean(axis=(0, 1)).round(2))
print("the same letter for both sides:", (named[..., 0] == named[..., 1]).mean().round(2))
print("a letter that is one of the two:", (named[..., :1] == truth).any(axis=-1).mean().round(2))

# %% [markdown]
r"""
One head brings back a *mixture*. It knows *which* two letters, but says mostly the same one, the heavier, for both sides. Were the weights equal, the order would be lost. As they are not, it is there, but the last layer only multiplies and adds, and so ranks the heavier letter first for either answer. Ten times as many training steps change little.
"""

# %% [markdown]
r"""
## Change it: a way to cheat

Real models put a **feed-forward layer** behind attention, which works on each word by itself. It sees the mixture only, never the neighbours. `feed_forward=True` adds one. Predict: does one head succeed now?
"""

# %%
for seed in range(5):
    cheat = name_the_neighbours(seed=seed, n_heads=1, feed_forward=True)
    left, right = cheat.diagonals[0]
    print(f"seed {seed}: both right {cheat.accuracy:.0%}   weight on the left {left:.2f}, on the right {right:.2f}")

# %% [markdown]
r"""
**What you saw.** With some starts it succeeds, with some not. Where it does, the weights have become *uneven*, and the layer behind tells from the amounts which was which. So several heads are not the only way to keep two things apart, but the straight one.

**Your turn:** four heads, with `n_heads=4`: what do the other two do? Look at `model.diagonals`.
"""

# %% [markdown]
r"""
## Exercises

Write `split_heads`, `merge_heads` and `multi_head_attention` in [the exercises](../exercises/06_multi_head.ipynb). The first is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. A head is attention on a part of the features. All heads see all words; each has a whole of its own to share out.
2. Split, attend, concatenate, project. Reshaping without a transpose mixes up the words, in the right shape.
3. One head brings back one mixture for each word. To bring back two things and keep them apart, two heads are the straight way; a feed-forward layer sometimes finds another.
"""

# %%
quiz("06")

# %% [markdown]
r"""
**Next:** all our matrices were chosen by hand, except in the ring. Lesson 07 says what training is, and watches attention find out by itself where to look.
"""
