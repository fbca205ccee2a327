# ---
# jupyter:
#   course:
#     number: "01"
#     title: Why attention
#     question: A word at the beginning should change what we make of the end. How much of it arrives there?
#     proves: >-
#       read step by step, a changed word fades with every step, to a few hundred-millionths after 32,
#       or explodes; seen all at once, it arrives the same from any distance: n − 1 hops against 1
#     minutes: {teaching: 25, exercises: 20}
#     must: recurrent_states
#     cut: Who has to wait for whom?
#     exercises: [recurrent_states, hops]
#     notation:
#       - {name: state, symbol: "$h_t$", shape: "(d_hidden,)", meaning: "what a recurrent reader carries from word to word"}
#     claims:
#       - {claim: "Any two words are directly linked, whatever their distance", heading: "What arrives at the end", number: "a change 32 words away arrives as strongly as one next door; through a recurrent state 4.9e-08 of it"}
#       - {claim: "All words are processed at once, not step by step", heading: "Who has to wait for whom?", number: "outputs computed in any order are equal; 10 of 11 recurrent states have to wait"}
# ---

# %% [markdown]
r"""
# 01 · Why attention

**A word at the beginning should change what we make of the end. How much of it arrives there?**

*The cat, which was black, sat on the mat.* Who sat? Six tokens lie between the verb and its cat. There are two ways to bridge them: carry something along from word to word, or look back directly. By the end you can

* read a sentence step by step with a recurrent state, in three lines;
* measure how much of a changed word arrives somewhere else;
* count hops, and say who has to wait for whom.

25 minutes, and 20 for two exercises. You need lesson 00.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import self_attention
from course_lib.learning import sentence
from course_lib.seeing import GrowthDisplay

print(sentence.TOKENS)
print("cat at", sentence.TOKENS.index("cat"), "  sat at", sentence.TOKENS.index("sat"))

# %% [markdown]
r"""
## Reading step by step

Before attention, models read as we do, word after word, and kept what they had read in a **state**: a vector that every new word changes a little. Such a model is called **recurrent**. With $x_t$ for the $t$-th word, and tanh, which squeezes every number between −1 and 1:

$$h_t = \tanh(x_t W_{in} + h_{t-1} W_{state})$$

Before the first word the state is all zeros.
"""

# %%
def recurrent_states(inputs, w_input, w_state):
    state, states = np.zeros(len(w_state)), []
    for x in inputs:
        state = np.tanh(x @ w_input + state @ w_state)
        states.append(state)
    return np.array(states)                                # (seq_len, d_hidden)


rng = np.random.default_rng(1)
w_input, w_state = rng.normal(size=(6, 5)) / np.sqrt(6), rng.normal(size=(5, 5)) / np.sqrt(5)
states = recurrent_states(sentence.embeddings(), w_input, w_state)
print("states:", states.shape, "  after the last word:", states[-1].round(2))

# %% [markdown]
r"""
The matrices are random, so the numbers mean nothing yet. But the *way* is clear: whatever the last state knows of *cat*, it has through nine further steps. (Each of our words is a row of six numbers here; lesson 02 says where they come from.)

The other way is **self-attention**: every word looks at every word directly. We use it as a closed box today, and open it in lessons 02 to 05.
"""

# %% [markdown]
r"""
## What arrives at the end

A clean experiment: change one word by a tiny bit, and see how much the last result changes. Their ratio is the **influence** of that word on the end. Influence 1: all of it arrives; 0: none.

We use sentences of 33 random words, and random matrices, for both readers. Random means: nobody has taught them what to keep.
"""

# %%
def random_readers(rng, d=16, gain=1.0):
    w_input, w_state, w_query, w_key, w_value = rng.normal(size=(5, d, d)) / np.sqrt(d)
    return {
        "recurrent": lambda words: recurrent_states(words, w_input, gain * w_state),
        "attention": lambda words: self_attention(words, w_query, w_key, w_value),
    }


def influence(read, words, position, nudge):
    changed = words.copy()
    changed[position] += nudge
    return np.linalg.norm(read(changed)[-1] - read(words)[-1]) / np.linalg.norm(nudge)

# %% [markdown]
r"""
(`np.linalg.norm` is the length of a vector.) The last word stands at place 32. We change a word 1, 2, 4, … 32 places before it, in 100 random sentences with 100 random readers each way, and take the median.
"""

# %%
predict(
    "Recurrent: the word 32 places back, against the word next door. How much less arrives?",
    ["about half as much", "about a hundredth", "less than a millionth"],
)

# %%
distances = [1, 2, 4, 8, 16, 32]


def influences(gain):
    found = {"recurrent": [], "attention": []}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        readers = random_readers(rng, gain=gain)
        words, nudge = rng.normal(size=(33, 16)), 1e-4 * rng.normal(size=16)
        for name, read in readers.items():
            found[name].append([influence(read, words, 32 - d, nudge) for d in distances])
    return {name: np.median(rows, axis=0) for name, rows in found.items()}


measured = influences(gain=1.0)
for i, distance in enumerate(distances):
    recurrent, attention = measured["recurrent"][i], measured["attention"][i]
    print(f"{distance:2} words back   recurrent {recurrent:.1e}   attention {attention:.3f}")

# %%
GrowthDisplay.from_curves(
    distances, measured, axes=("distance to the last word", "influence on the last result"),
    title="How much of a changed word arrives",
)

# %% [markdown]
r"""
**What you saw.** Through the state, the influence shrinks at every step: from about a third next door to five hundred-millionths, 32 words back. Through attention it is the same from anywhere, about 0.025.

Look at the small distances, too: *near* words come through far better in the state. Attention gives each of 33 words a small part of its attention; none is favoured for being near.
"""

# %% [markdown]
r"""
## Counting hops

The reason is how many steps lie on the way. Call one step of computing, from one vector to another, a **hop**. From *cat* to the state after *sat* it is 7 − 1 = 6 hops. Each hop squeezes through tanh and mixes in another word. In attention, any word reaches any other in one.
"""

# %%
cat, sat, last = 1, 7, 10
for name, i, j in [("cat → sat", cat, sat), ("first → last", 0, last)]:
    print(f"{name:13} recurrent {j - i:2} hops   attention 1 hop")
for seq_len in (11, 100, 1_000):
    print(f"longest way among {seq_len:5} tokens: recurrent {seq_len - 1:3} hops, attention 1 hop")

# %% [markdown]
r"""
(A recurrent reader reaches only words that come later; we count the distance either way, as if it read in both directions.)
"""

# %% [markdown]
r"""
## Who has to wait for whom?

One hop has a second advantage. The state after *sat* needs the state before it, and so on back to the beginning: ten of eleven states have to wait for another one. Does attention have to wait? Let us compute its outputs one at a time, in a random order, and see whether they come out the same.
"""

# %%
predict(
    "The output of each word computed alone, in a random order. The same as all together?",
    ["no: each output builds on the ones before", "only if the order is kept", "yes, exactly"],
)

# %%
words = sentence.embeddings()
weights = np.random.default_rng(7).normal(size=(3, 6, 6))
w_query, w_key, w_value = weights
together = self_attention(words, w_query, w_key, w_value)
one_by_one = np.empty_like(together)
for position in np.random.default_rng(8).permutation(11):
    in_front = np.roll(words, -position, axis=0)           # this word first, the rest behind it
    one_by_one[position] = self_attention(in_front, w_query, w_key, w_value)[0]
    print(sentence.TOKENS[position], end=" ")
print("\nthe same:", np.allclose(one_by_one, together))

# %% [markdown]
r"""
**What you saw.** The same, to the last digits that a computer keeps. No output needs another output, only the words; so all of them can be computed at once, by as many processors as there are. Lesson 09 measures what that is worth, and where it is worth nothing.
"""

# %% [markdown]
r"""
## Change it: a louder state

If the state fades, why not turn it up? `gain` multiplies $W_{state}$. With 1 a change fades. Predict what 3 does to the word 32 places back: does it arrive whole, still fade, or something else?
"""

# %%
for gain in (0.5, 1.0, 2.0, 3.0):
    row = influences(gain)["recurrent"]
    print(f"gain {gain}   1 back {row[0]:.2f}   32 back {row[-1]:.1e}")

# %% [markdown]
r"""
**What you saw.** With 3, a change does not fade: it *grows*, to several times its size. That is no better. The end then depends violently on the slightest change at the beginning, which is called chaos; nothing reliable arrives either.

**Your turn:** search for the gain at which a word 32 places back arrives as strongly as one next door. Does it hold for 16, too?
"""

# %% [markdown]
r"""
## What this does not show

Our readers knew nothing. A *trained* recurrent model can learn to hold on to what matters, and the LSTM was invented for just that; lesson 08 trains one against attention, and shows where each of them wins. What stays is the way itself: n − 1 hops in one case, one in the other.
"""

# %% [markdown]
r"""
## Exercises

Write [`recurrent_states` and `hops`](../exercises/01_why_attention.ipynb). The first is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. A recurrent state is carried from word to word; whatever the end knows of the beginning has come through every step between.
2. Through random steps a change fades fast, or explodes. Through attention it arrives in one hop, equally from any distance, but in small parts.
3. No output of attention waits for another: all words at once.
"""

# %%
quiz("01")

# %% [markdown]
r"""
**Next:** we open the box. Lesson 02 makes three vectors from each word: what it seeks, what it offers, what it passes on.
"""
