# ---
# jupyter:
#   course:
#     number: "01"
#     title: Why attention
#     question: A word at the beginning should change what we make of the end. How much of it arrives there?
#     proves: >-
#       read step by step, a changed word fades with every step, to a few hundred-millionths after 32,
#       or explodes; seen all at once, it arrives the same from any distance: n − 1 hops against 1
#     minutes: {teaching: 25, exercises: 20, shown: 8}
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
# §why_attention · Why attention

**A word at the beginning should change what we make of the end. How much of it arrives there?**

*The cat, which was black, sat on the mat.* Who sat? Three words and two commas lie between the verb and its cat. There are two ways to bridge them: carry something along from word to word, or look back directly. By the end you can

* read a sentence step by step with a recurrent state;
* measure how much of a changed word arrives somewhere else;
* count hops, and say who has to wait for whom.

25 minutes, and 20 for two exercises. You need lesson §start_here.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** There are two ways to bridge a distance. Carried along from word to word, what is known of the beginning is multiplied at every step, and products fade or explode. Looked up directly, it takes one hop from anywhere. The lesson compares the *ways*: nobody has trained either reader.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import attention, self_attention
from course_lib.models import sentence
from course_lib.plots import PathLengthDisplay

print(sentence.TOKENS)
print("cat at", sentence.TOKENS.index("cat"), "  sat at", sentence.TOKENS.index("sat"))

# %% [markdown] tags=["slide"]
r"""
## Reading step by step

Before attention, models read as we do, word after word, and kept what they had read in a **state**: a vector that each new word changes a little. Such a model is **recurrent**. Here $x_t$ is the $t$-th word as a vector, $h_t$ the state after it, both $W$ are matrices, and tanh squeezes each number between −1 and 1:

$$h_t = \tanh(x_t W_{in} + h_{t-1} W_{state})$$

Before the first word the state is all zeros.
"""

# %%
def last_state(inputs, w_input, w_state):
    state = np.zeros(len(w_state))
    for x in inputs:
        state = np.tanh(x @ w_input + state @ w_state)
    return state                                           # (d_hidden,)


words = sentence.embeddings()                              # (11, 6): six numbers for each word
rng = np.random.default_rng(1)
w_input, w_state = rng.normal(size=(6, 5)) / np.sqrt(6), rng.normal(size=(5, 5)) / np.sqrt(5)
print("after the last word:", last_state(words, w_input, w_state).round(2))

# %% [markdown]
r"""
The matrices are random, so the numbers mean nothing yet. But the *way* is clear: whatever the last state knows of *cat*, it has through nine further steps. (Where a word's six numbers come from is for lesson §queries_keys_values; why we divide by roots, for lesson §scores.)

The other way is **self-attention**: every word looks at every word directly. Today it is a closed box with three matrices inside; we open it in lessons §queries_keys_values to §weighted_sum.
"""

# %% [markdown]
r"""
## What arrives at the end

A clean experiment: change one word by a tiny bit, and see how much the last result changes. Their ratio is the **influence** of that word on the end. Influence 0: nothing arrives; 1: a change as large as the one we made.
"""

# %% [markdown]
r"""
We use sentences of 33 random words, each a row of 16 random numbers, and random matrices for both readers: nobody has taught them what to keep. `random_readers` makes one reader of each kind and returns them by name. (`np.linalg.norm` is the length of a vector.)
"""

# %%
def random_readers(rng, gain=1.0):                         # gain is for the end of the lesson
    w_input, w_state, w_query, w_key, w_value = rng.normal(size=(5, 16, 16)) / np.sqrt(16)

    def step_by_step(words):
        return last_state(words, w_input, gain * w_state)

    def all_at_once(words):
        return self_attention(words, w_query, w_key, w_value)[-1]

    return {"recurrent": step_by_step, "attention": all_at_once}


def influence(read, words, position, nudge):
    changed = words.copy()
    changed[position] += nudge
    return np.linalg.norm(read(changed) - read(words)) / np.linalg.norm(nudge)

# %% [markdown]
r"""
The last word stands at position 32. We change a word 1, 2, 4, … 32 positions before it, in 100 random sentences, each with a fresh reader of either kind. Of the 100 influences we shall take the median.
"""

# %%
distances = [1, 2, 4, 8, 16, 32]


def influences(gain=1.0):                                  # (100 readers, 6 distances) each
    found = {"recurrent": [], "attention": []}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        readers = random_readers(rng, gain)
        words, nudge = rng.normal(size=(33, 16)), 1e-4 * rng.normal(size=16)
        for name, read in readers.items():
            found[name].append([influence(read, words, 32 - d, nudge) for d in distances])
    return {name: np.array(rows) for name, rows in found.items()}

# %% tags=["slide"]
predict(
    "Recurrent: how much arrives from 32 words back, compared with the word next door?",
    ["about half as much", "about a hundredth", "less than a millionth"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** How much of the word 32 positions back arrives, compared with the word next door? Each by themselves, then hands: a half, a hundredth, a millionth.

*Expect:* a hundredth wins, since people subtract a loss for each word instead of multiplying. Write 0.6 · 0.6 · 0.6 on the board and go on aloud until somebody begs you to stop. Then run it.
"""

# %%
measured = {name: np.median(rows, axis=0) for name, rows in influences().items()}
for i, distance in enumerate(distances):
    print(f"{distance:2} words back   recurrent {measured['recurrent'][i]:.1e}",
          f"  attention {measured['attention'][i]:.3f}")

# %% [markdown]
r"""
**What you saw.** Through the state, the influence shrinks with every step: 0.33 next door, 0.000 000 05 from 32 words back. Through attention it is the same from anywhere, apart from chance. It has to be: attention is not told where a word stands.

Look at the small distances, too: *near* words come through far better in the state. Attention shares itself out among 33 words, and favours none for being near.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "So attention is better: its curve lies higher." Only at the far end. Next door, 0.33 arrives through the state and 0.025 through attention.

*Say:* put a finger on distance 1 and ask which reader knows its neighbour better. Attention shares out one whole among 33 words, so each gets little; what it gains is that the little is the same from everywhere.
"""

# %% [markdown]
r"""
## Counting hops

Why so different? Count the steps that a change takes from one result to the next, the **hops**. From the state at *cat* to the state at *sat* there are 7 − 1 = 6, and n − 1 from the first to the last of n. In attention there is 1, for every pair. (From a word to itself: 0 in either case.)
"""

# %% tags=["slide"]
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
print(f"next door {recurrent[0]:.2f}, then 31 times 0.6: {recurrent[0] * 0.6**31:.0e}")

# %% [markdown]
r"""
About 0.6 at every hop. From the 0.33 of the word next door, 31 further hops leave nearly nothing, about what we measured. So the trouble is not the distance but the multiplying. Attention makes one hop, and there is nothing to multiply.
"""

# %% [markdown]
r"""
## Who has to wait for whom?

The state after *sat* needs the state before it, and so on back to the beginning: ten of eleven states have to wait for another one. And the outputs of attention? Let us compute them one at a time, in a random order.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "Who has to wait for whom?" with its prediction. Say instead: each state needs the state before it, so eleven words are eleven steps, one after the other; an output of attention needs no other output, so all can be computed at once. What that is worth is measured in lesson §gpu_parallelism.
"""

# %% tags=["slide"]
predict(
    "The output of each word computed by itself, in a random order. The same as all together?",
    ["no: each output builds on the ones before", "only if the order is kept", "yes"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Somebody name an order in which we compute the eleven outputs. Any order.

*Expect:* "from left to right", out of habit, then something silly to test you. Take the silly one: the cell takes a random order too, and nothing changes. Ask the same for the states: there only one order works, and ten of the eleven have to wait.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## No output waits for another

The eleven outputs, computed in this order:
"""

# %% tags=["slide"]
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
**What you saw.** The same. No output needs another *output*, only the words; so all can be computed at once, by as many processors as there are. Lesson §gpu_parallelism measures what that is worth, and where it is worth nothing.
"""

# %% [markdown]
r"""
## Change it: a louder state

If the state fades, why not turn it up? `gain` multiplies $W_{state}$. With 1 a change fades. Predict what 3 does to the word 32 positions back: does it arrive whole, still fade, or something else? And is there a gain in between that is just right?
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A louder state

How much of the first word arrives 32 words later, with a state that is turned up:
"""

# %% tags=["slide"]
for gain in (1.0, 2.3, 3.0):
    from_afar = influences(gain)["recurrent"][:, -1]       # 100 readers, 32 words back
    low, middle, high = np.quantile(from_afar, (0.1, 0.5, 0.9))
    print(f"gain {gain}: typical {middle:.0e}   one reader in ten below {low:.0e}, one above {high:.0e}")

# %% [markdown]
r"""
**What you saw.** With 3 a change does not fade: it *grows*, to eight times its size and more. With 2.3 the typical reader passes it on, but look at the others: one in ten loses nearly all of it, and another makes it many times larger. Multiplying again and again leaves no gain that is right for every reader.
"""

# %% [markdown]
r"""
**Your turn:** make the sentences longer: in `influences`, 65 for 33 and 64 for 32. What happens to either reader?

<details><summary>You should see …</summary>that attention passes on half as much from everywhere, and that the state hardly notices.</details>
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Then one only has to find the right gain." At 2.3 the typical reader passes on a good part of the change, and the room is content.

*Say:* read the other two numbers of that line. One reader in ten loses nearly all of it, and one in ten makes it ten times as large or more. Right on average is right for hardly anybody. What does come to the rescue is lesson §global_context.
"""

# %% [markdown]
r"""
## What this does not show

Our readers knew nothing. A *trained* recurrent model can learn to hold on to what matters, and the LSTM was invented for just that; lesson §global_context trains one against attention, and shows where each of them wins. What stays is the way itself: n − 1 hops in one case, one in the other.
"""

# %% [markdown]
r"""
## Exercises

Write `recurrent_states` and `hops` in [the exercises](exercises:why_attention). The first is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `recurrent_states` expect a right loop from which only the last state comes back, and a tanh that closes before the sum is complete. In `hops`, a signed distance.

*Say:* "How many rows does the check want, and how many do you have?" Then: "Read your tanh aloud. Of which sum?" For `hops`, ask for the way from the last word back to the first.
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
**Next:** we open the box. Lesson §queries_keys_values makes three vectors from each word: what it seeks, what it offers, what it passes on.
"""
