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

*The cat, which was black, sat on the mat.* Who sat? Five tokens lie between the verb and its cat. There are two ways to bridge them: carry something along from word to word, or look back directly. By the end you can

* read a sentence step by step with a recurrent state;
* measure how much of a changed word arrives somewhere else;
* count hops, and say who has to wait for whom.

25 minutes, and 20 for two exercises. You need lesson 00.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import attention, self_attention
from course_lib.learning import sentence
from course_lib.seeing import PathLengthDisplay

print(sentence.TOKENS)
print("cat at", sentence.TOKENS.index("cat"), "  sat at", sentence.TOKENS.index("sat"))

# %% [markdown]
r"""
## Reading step by step

Before attention, models read as we do, word after word, and kept what they had read in a **state**: a vector that every new word changes a little. Such a model is called **recurrent**. Here $x_t$ is the $t$-th word as a list of numbers, $h_t$ the state after it, the two $W$ are matrices, and tanh squeezes every number between −1 and 1:

$$h_t = \tanh(x_t W_{in} + h_{t-1} W_{state})$$

Before the first word the state is all zeros.
"""

# %%
def last_state(inputs, w_input, w_state):
    state = np.zeros(len(w_state))
    for x in inputs:
        state = np.tanh(x @ w_input + state @ w_state)
    return state                                           # (d_hidden,)


words = sentence.embeddings()                              # (11, 6): six numbers a word
rng = np.random.default_rng(1)
w_input, w_state = rng.normal(size=(6, 5)) / np.sqrt(6), rng.normal(size=(5, 5)) / np.sqrt(5)
print("after the last word:", last_state(words, w_input, w_state).round(2))

# %% [markdown]
r"""
The matrices are random, so the numbers mean nothing yet. But the *way* is clear: whatever the last state knows of *cat*, it has through nine further steps. (Where a word's six numbers come from is for lesson 02; why we divide by roots, for lesson 03.)

The other way is **self-attention**: every word looks at every word directly. We use it as a closed box today, and open it in lessons 02 to 05.
"""

# %% [markdown]
r"""
## What arrives at the end

A clean experiment: change one word by a tiny bit, and see how much the last result changes. Their ratio is the **influence** of that word on the end. Influence 0: nothing arrives; 1: a change as large as the one we made.

We use sentences of 33 random words, each a row of 16 random numbers, and random matrices for both readers. Random means: nobody has taught them what to keep.
"""

# %%
def random_readers(rng, d=16, gain=1.0):
    w_input, w_state, w_query, w_key, w_value = rng.normal(size=(5, d, d)) / np.sqrt(d)
    return {
        "recurrent": lambda words: last_state(words, w_input, gain * w_state),
        "attention": lambda words: self_attention(words, w_query, w_key, w_value)[-1],
    }


def influence(read, words, position, nudge):
    changed = words.copy()
    changed[position] += nudge
    return np.linalg.norm(read(changed) - read(words)) / np.linalg.norm(nudge)

# %% [markdown]
r"""
(`np.linalg.norm` is the length of a vector.) The last word stands at place 32. We change a word 1, 2, 4, … 32 places before it, in 100 random sentences, each with a fresh reader of either kind, and take the median.
"""

# %%
predict(
    "Recurrent: how much arrives from 32 words back, compared with the word next door?",
    ["about half as much", "about a hundredth", "less than a millionth"],
)

# %%
distances = [1, 2, 4, 8, 16, 32]


def influences(gain):                                      # (100 readers, 6 distances) each
    found = {"recurrent": [], "attention": []}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        readers = random_readers(rng, gain=gain)
        words, nudge = rng.normal(size=(33, 16)), 1e-4 * rng.normal(size=16)
        for name, read in readers.items():
            found[name].append([influence(read, words, 32 - d, nudge) for d in distances])
    return {name: np.array(rows) for name, rows in found.items()}


measured = {name: np.median(rows, axis=0) for name, rows in influences(gain=1.0).items()}
for i, distance in enumerate(distances):
    print(f"{distance:2} words back   recurrent {measured['recurrent'][i]:.1e}",
          f"  attention {measured['attention'][i]:.3f}")

# %% [markdown]
r"""
**What you saw.** Through the state, the influence shrinks with every step: 0.33 next door, 0.000 000 05 from 32 words back. Through attention it is the same from anywhere, but for chance. It has to be: attention is not told where a word stands.

Look at the small distances, too: *near* words come through far better in the state. Attention gives each of 33 words a small part of itself, and none is favoured for being near.
"""

# %% [markdown]
r"""
## Counting hops

Why so different? Count the steps that a change takes from one result to the next, the **hops**. From the state at *cat* to the state at *sat* there are 7 − 1 = 6, and n − 1 from the first to the last of n. In attention there is 1, for every pair. (From a place to itself: 0 in either case.)
"""

# %%
PathLengthDisplay.from_curves(
    distances, hops={"recurrent": distances, "attention": [1] * 6}, arriving=measured,
    title="From a word to the last one",
)

# %% [markdown]
r"""
On the right the axis is logarithmic: each line down is a factor of ten. There the recurrent curve is straight, so at each hop about the same *part* is left. Which part?
"""

# %%
recurrent = measured["recurrent"]
left = (recurrent[1:] / recurrent[:-1]) ** (1 / np.diff(distances))
print("left after each hop:", left.round(2))
print("0.6 to the power of 31:", f"{0.6**31:.0e}")

# %% [markdown]
r"""
About 0.6 at every hop, and 0.6 multiplied by itself 31 times is nearly nothing. Not distance is the trouble, but multiplying: in attention there is nothing to multiply, as there is one hop.
"""

# %% [markdown]
r"""
## Who has to wait for whom?

The state after *sat* needs the state before it, and so on back to the beginning: ten of eleven states have to wait for another one. And the outputs of attention? We compute them one at a time, in a random order: one word asks, and all words are there to look at.
"""

# %%
predict(
    "The output of each word computed by itself, in a random order. The same as all together?",
    ["no: each output builds on the ones before", "only if the order is kept", "yes"],
)

# %%
w_query, w_key, w_value = np.random.default_rng(7).normal(size=(3, 6, 6))
together = self_attention(words, w_query, w_key, w_value)
one_by_one = np.zeros_like(together)
for position in np.random.default_rng(8).permutation(11):
    asking = words[[position]] @ w_query                   # one query only
    one_by_one[position] = attention(asking, words @ w_key, words @ w_value)[0]
    print(sentence.TOKENS[position], end=" ")
print("\nthe same:", np.allclose(one_by_one, together))

# %% [markdown]
r"""
**What you saw.** The same. No output needs another *output*, only the words; so all can be computed at once, by as many processors as there are. Lesson 09 measures what that is worth, and where it is worth nothing.
"""

# %% [markdown]
r"""
## Change it: a louder state

If the state fades, why not turn it up? `gain` multiplies $W_{state}$. With 1 a change fades. Predict what 3 does to the word 32 places back: does it arrive whole, still fade, or something else? And is there a gain in between that is just right?
"""

# %%
for gain in (1.0, 2.3, 3.0):
    from_afar = influences(gain)["recurrent"][:, -1]       # 100 readers, 32 words back
    low, middle, high = np.quantile(from_afar, (0.1, 0.5, 0.9))
    print(f"gain {gain}: typical {middle:.0e}   one reader in ten below {low:.0e}, one above {high:.0e}")

# %% [markdown]
r"""
**What you saw.** With 3 a change does not fade: it *grows*, to eight times its size and more. With 2.3 the typical reader passes it on, but look at the others: one in ten loses nearly all of it, and another makes it many times larger. Multiplying again and again leaves no gain that is right for every reader.

**Your turn:** make the sentences longer, 33 to 65, for attention too. What does attention do?
"""

# %% [markdown]
r"""
## What this does not show

Our readers knew nothing. A *trained* recurrent model can learn to hold on to what matters, and the LSTM was invented for just that; lesson 08 trains one against attention, and shows where each of them wins. What stays is the way itself: n − 1 hops in one case, one in the other.
"""

# %% [markdown]
r"""
## Exercises

Write `recurrent_states` and `hops` in [the exercises](../exercises/01_why_attention.ipynb). The first is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. A recurrent state is carried from word to word; whatever the end knows of the beginning has come through every step between.
2. At every hop a part is lost or gained, and parts multiply: a change fades, or explodes. Through attention it arrives in one hop, equally from any distance, but the smaller the longer the text.
3. No output of attention waits for another: all words at once.
"""

# %%
quiz("01")

# %% [markdown]
r"""
**Next:** we open the box. Lesson 02 makes three vectors from each word: what it seeks, what it offers, what it passes on.
"""
