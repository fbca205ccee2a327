# ---
# jupyter:
#   course:
#     number: "01"
#     title: Why attention
#     question: How much of a word at the beginning reaches the end of a sentence?
#     proves: >-
#       read word by word, a change is multiplied by some factor at every hop: in our experiment about
#       0.6, which leaves 4.9e-08 after 32; with words a tenth as large the factor is about 0.9, and more
#       arrives than through attention. Attention: one hop, about 1/n from any distance, and no waiting
#     minutes: {teaching: 45, exercises: 25, shown: 8}
#     must: recurrent_states
#     cut: Which results have to wait?
#     exercises: [recurrent_states, hops]
#     notation:
#       - {name: state, symbol: "$h_t$", shape: "(d_hidden,)", meaning: "what a recurrent network keeps of the words so far"}
#       - {name: "w_input, w_state", symbol: "$W_{in}, W_{state}$", shape: "(d_in, d_hidden), (d_hidden, d_hidden)", meaning: "the two matrices of a recurrent network, the same at every word"}
#     claims:
#       - {claim: "Any two words are directly linked, whatever their distance", heading: "Looking at every word directly", number: "from cat to sat 1 hop, counted in the graph of attention; 6 in the chain of states"}
#       - {claim: "All words are processed at once, not step by step", heading: "Which results have to wait?", number: "outputs computed one by one in a random order equal those computed together; every recurrent state but the first needs another state"}
# ---

# %% [markdown]
r"""
# §why_attention · Why attention

**How much of a word at the beginning reaches the end of a sentence?**

*The cat, which was black, sat on the mat.* Who sat? The word *cat* stands six positions before *sat*. A model can carry *cat* along from word to word, or it can look back directly. By the end you can

* say which problem attention was invented for;
* compute the state of a recurrent network;
* measure how much of a changed word arrives somewhere else;
* count the hops between two words, and say which results have to wait.

45 minutes, and 25 for two exercises. You need lesson §start_here.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** There are two ways to bridge a distance. In a chain of states a change passes every hop between, and every hop multiplies it by some factor. In attention it takes one hop from anywhere. The size of the factor depends on words and matrices; the number of factors does not. Nobody has trained either reader.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import attention, self_attention
from course_lib.models import sentence
from course_lib.plots import FlowDisplay, PathLengthDisplay

print(sentence.TOKENS)
print("cat at", sentence.TOKENS.index("cat"), "  sat at", sentence.TOKENS.index("sat"))

# %% [markdown]
r"""
## One vector for a whole sentence

In 2014 two teams translated sentences with two neural networks ([Cho et al.](https://arxiv.org/abs/1406.1078); [Sutskever, Vinyals and Le](https://arxiv.org/abs/1409.3215)). The first network read the sentence word by word and kept one vector. The second network wrote the translation from that vector. So a vector of fixed size had to hold five words or fifty. Long sentences were translated badly ([Cho et al., 2014](https://arxiv.org/abs/1409.1259)).
"""

# %% [markdown]
r"""
Bahdanau, Cho and Bengio changed this in 2014 ([*Neural Machine Translation by Jointly Learning to Align and Translate*](https://arxiv.org/abs/1409.0473)). They kept a vector for *every* word. Before each new word, the second network looked at all of them and chose how much to take from each. This is **attention**.

In 2017 Vaswani et al. removed the word-by-word networks ([*Attention Is All You Need*](https://arxiv.org/abs/1706.03762)). Only attention passes information from word to word. Their model is the **Transformer**.
"""

# %% [markdown] tags=["slide"]
r"""
## Reading word by word

A **recurrent** network keeps a **state**, a vector $h_t$, which each word changes. $x_t$ is the vector of word $t$. $W_{in}$ and $W_{state}$ are matrices. Before the first word the state is zero.

$$h_t = \tanh(x_t W_{in} + h_{t-1} W_{state})$$

The function tanh keeps every number between −1 and 1. Numbers near 0 stay almost as they are.

First with single numbers: $W_{in} = 1$, $W_{state} = 0.5$, and the words 1, 0, 0. The first state is tanh(1 · 1 + 0 · 0.5).
"""

# %%
def next_state(x, state, w_input, w_state):
    return np.tanh(x @ w_input + state @ w_state)


state = np.array([0.0])
for x in (1.0, 0.0, 0.0):
    before = state
    state = next_state(np.array([x]), state, np.array([[1.0]]), np.array([[0.5]]))
    print(f"tanh({x:.0f} * 1 + {before[0]:.2f} * 0.5) = {state[0]:.2f}")

# %% [markdown]
r"""
Only the first word was not zero. It still shows in the third state, but 1 has become 0.18. A real network has long vectors and a matrix instead of 0.5, but the path is the same: whatever a state knows of an early word has passed through all states between.
"""

# %% [markdown]
r"""
## Looking at every word directly

In **self-attention** every word gets an **output**: a weighted average over vectors of *all* words. The weights are positive and sum to 1, and each word computes its own weights. How it does so is the subject of lessons §queries_keys_values to §weighted_sum. Here is the difference in one picture. The thick arrows lead from *cat* to the result at *sat*.
"""

# %% tags=["slide"]
FlowDisplay.from_tokens(sentence.TOKENS, start=1, goal=7, title="How cat reaches sat")

# %% [markdown]
r"""
A **hop** is an arrow that leads from one position to another. (The arrow from a word up to its own state stays at its position, so it is not a hop.) The function below counts hops: it starts at one position, follows all arrows, and stops when the goal is reached. `links[i]` lists the positions to which arrows lead from position i.
"""

# %%
def count_hops(links, start, goal):
    reached, hops = {start}, 0
    while goal not in reached:
        reached |= {there for here in reached for there in links[here]}
        hops += 1
    return hops


chain = [[i + 1] for i in range(33)]                       # each state to the next one
direct = [range(33) for i in range(33)]                    # each word to every output
print("from cat to sat:  recurrent", count_hops(chain, 1, 7), "  attention", count_hops(direct, 1, 7))

# %% [markdown]
r"""
## What arrives at the end

Now we measure. We change one word a little and see how much the last result changes. The length of a vector is the square root of the sum of its squared numbers. The length of the change at the end, divided by the length of our change, is the **influence** of the word on the end. With influence 0 nothing arrives. With influence 1 a change arrives in full length.
"""

# %% [markdown]
r"""
We take sentences of 33 random words (16 numbers each), and random matrices: neither reader was trained.
"""

# %%
def read_by_states(words, matrices):
    state = np.zeros(16)
    for x in words:
        state = next_state(x, state, matrices[0], matrices[1])
    return state                                           # the last state: (16,)


def read_by_attention(words, matrices):
    return self_attention(words, matrices[2], matrices[3], matrices[4])[-1]     # the last output


def influence(read, words, matrices, position, nudge):
    changed = words.copy()
    changed[position] += nudge
    difference = read(changed, matrices) - read(words, matrices)
    return np.linalg.norm(difference) / np.linalg.norm(nudge)          # norm: length of a vector

# %% [markdown]
r"""
One random reader can be an exception. So we take 100 sentences, each with fresh matrices. Of the 100 influences we report the **median**: half of them are below it, half above. The words 1, 2, 4, … 32 positions before the last one are changed. Two settings are for later: `size` multiplies all words, `gain` multiplies $W_{state}$.
"""

# %%
READERS = {"recurrent": read_by_states, "attention": read_by_attention}
DISTANCES = [1, 2, 4, 8, 16, 32]


def influences(size=1.0, gain=1.0, seq_len=33):            # (100 sentences, 6 distances) per reader
    found = {"recurrent": [], "attention": []}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        matrices = rng.normal(size=(5, 16, 16)) / np.sqrt(16)
        matrices[1] *= gain
        words, nudge = size * rng.normal(size=(seq_len, 16)), 1e-4 * rng.normal(size=16)
        for name, read in READERS.items():
            row = [influence(read, words, matrices, seq_len - 1 - d, nudge) for d in DISTANCES]
            found[name].append(row)
    return {name: np.array(rows) for name, rows in found.items()}

# %% tags=["slide"]
predict(
    "A word changes 32 positions before the last. What is its influence on the last state?",
    ["about a tenth", "about a thousandth", "below a millionth"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** How much of the word 32 positions back arrives in the last state? Each by themselves, then hands.

*Expect:* a tenth or a thousandth, since people subtract a loss for each word instead of multiplying. Let them first read the result, then find the factor per hop at the board. Do not call it a law yet: the words become smaller in the next section.
"""

# %%
measured = {name: np.median(rows, axis=0) for name, rows in influences().items()}
for i, distance in enumerate(DISTANCES):
    print(f"{distance:2} words back   recurrent {measured['recurrent'][i]:.1e}",
          f"  attention {measured['attention'][i]:.3f}")

# %% [markdown]
r"""
**What you saw.** Below a millionth. Through the states 0.33 of a change arrives from next door, and 0.000 000 05 from 32 words back. (The ending e-08 means: divided by ten, eight times.) Through attention every distance gives about the same: 0.025 next door, 0.027 from 32 words back. *Near* words come through better in the state.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "So attention is better: its curve lies higher." Only at the far end. Next door, 0.33 arrives through the state and 0.025 through attention.

*Say:* put a finger on distance 1 and ask which reader knows its neighbour better. An output of attention is an average over 33 words, so each word has a small part in it; but the part is the same from everywhere.
"""

# %% tags=["slide"]
predict(
    "Sentences of 65 words instead of 33. What becomes of the influence through attention?",
    ["it stays about the same", "it becomes about half", "it becomes about a quarter"],
)

# %%
longer = np.median(influences(seq_len=65)["attention"], axis=0)
print("33 words:", measured["attention"].round(3), f"  1/33 = {1 / 33:.3f}")
print("65 words:", longer.round(3), f"  1/65 = {1 / 65:.3f}")

# %% [markdown]
r"""
**What you saw.** About half. The weights of one output sum to 1, so 33 words have a weight of 1/33 on average, and 65 words 1/65. The change of a word is multiplied by its weight and by the value matrix, so we get about 1/n and not exactly 1/n. These matrices are random and prefer no position. A *trained* model can give one word nearly all the weight.
"""

# %% [markdown]
r"""
## One factor per hop

On the left: the number of hops, from our function. On the right: the influences that we measured. There the axis is logarithmic: from one line to the next is a factor of ten.
"""

# %% tags=["slide"]
last = 32
hops = {"recurrent": [count_hops(chain, last - d, last) for d in DISTANCES],
        "attention": [count_hops(direct, last - d, last) for d in DISTANCES]}
PathLengthDisplay.from_curves(
    DISTANCES, hops=hops, arriving=measured, title="From a word to the last result",
)

# %% [markdown]
r"""
The recurrent curve on the right is nearly a straight line: every hop multiplies the influence by about the same factor. From 1 to 32 words back there are 31 hops more. Which factor, multiplied 31 times, leads from the first influence to the last? It is the 31st root of their ratio.
"""

# %%
def factor_per_hop(influence):                             # from distance 1 to distance 32
    return (influence[-1] / influence[0]) ** (1 / 31)


print(f"factor per hop: {factor_per_hop(measured['recurrent']):.1f}")

# %% [markdown]
r"""
Is this factor a law of recurrent networks? One constant in our experiment has not been discussed: the size of the words. Their numbers have a standard deviation of 1. We repeat everything with words a tenth as large.
"""

# %% tags=["slide"]
predict(
    "All words times 0.1. Through which reader does more arrive from 32 words back?",
    ["attention, by far", "attention, by a little", "the recurrent one"],
)

# %%
size = 0.1
small = {name: np.median(rows, axis=0) for name, rows in influences(size).items()}
for name, row in small.items():
    print(f"{name}: 1 word back {row[0]:.2f}, 32 words back {row[-1]:.3f}")
print(f"factor per hop, recurrent: {factor_per_hop(small['recurrent']):.1f}")

# %% [markdown]
r"""
**What you saw.** The result turned round: 0.065 through the state, 0.029 through attention. The factor per hop is now 0.9. So 0.000 000 05 is no law: it belongs to the larger words. What holds in general is the *number* of factors. A chain multiplies one per hop. Attention has one hop.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "So recurrent networks are fine if the words are small." For these 33 words, yes.

*Say:* ask for 0.9 multiplied by itself a thousand times. A factor below 1 fades and one above 1 grows; small words only move the factor nearer to 1. Then ask what a network loses whose numbers all stay near zero: there tanh does next to nothing, and the network is almost a product of matrices.
"""

# %% [markdown]
r"""
Why 0.6 and 0.9? At every hop a change is multiplied by $W_{state}$ and by the slope of tanh. Our random $W_{state}$ changes a length little on average, because we divided by $\sqrt{16}$. The slope of tanh is $1 - \tanh^2$: it is 1 at zero, and it falls as the numbers grow.
"""

# %%
for size in (1.0, 0.1):
    slopes = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        matrices = rng.normal(size=(5, 16, 16)) / np.sqrt(16)
        state = read_by_states(size * rng.normal(size=(33, 16)), matrices)
        slopes.append(1 - state**2)                        # 16 slopes, at the last word
    print(f"words times {size}: slope of tanh, on average {np.mean(slopes):.2f}")

# %% [markdown]
r"""
The two averages are close to the two factors. They are not equal, because the matrix changes the length a little, too.
"""

# %% [markdown]
r"""
## Which results have to wait?

The state after *sat* needs the state before it, so the states have to be computed in order. What about the outputs of attention? We compute them one at a time, in a random order, and compare them with the outputs that were computed together.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "Which results have to wait?" with its prediction. Say instead: each state needs the state before it, so eleven words are eleven steps, one after the other; an output of attention needs no other output, so all can be computed at once. What that is worth is measured in lesson §gpu_parallelism.
"""

# %% tags=["slide"]
predict(
    "Outputs computed one by one in a random order: which equal those computed together?",
    ["all of them", "only the first one computed", "none of them"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Somebody name an order in which we compute the eleven outputs. Any order.

*Expect:* "from left to right", out of habit, then something silly to test you. Take the silly one: the cell takes a random order too. Ask the same for the states: there only one order works, and every state but the first has to wait.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Outputs in a random order

The eleven outputs, computed in this order:
"""

# %% tags=["slide"]
words = sentence.embeddings()                              # (11, 6): six numbers for each word
w_query, w_key, w_value = np.random.default_rng(7).normal(size=(3, 6, 6))
together = self_attention(words, w_query, w_key, w_value)
one_by_one = np.zeros_like(together)
for i in np.random.default_rng(8).permutation(11):
    query = words[i : i + 1] @ w_query                     # of one word only: (1, 6)
    one_by_one[i] = attention(query, words @ w_key, words @ w_value)[0]
    print(sentence.TOKENS[i], end=" ")
print("\nequal:", np.isclose(one_by_one, together).all(axis=1).sum(), "of", len(together))

# %% [markdown]
r"""
**What you saw.** All of them. An output needs the words, and no other *output*. So all outputs can be computed at the same time, if there are enough processors. Lesson §gpu_parallelism measures what this is worth, and where it is worth nothing. (What a query is, lesson §queries_keys_values explains.)
"""

# %% [markdown]
r"""
## Change it: a larger state matrix

If a change fades, we can try a larger $W_{state}$. Change the gain in the first line to 3 and run the cell. Does a change from 32 words back still fade? Then search between 2 and 3. Is there a gain that is right for every reader? The cell prints a low value (ten of the 100 readers are below it), the median, and a high value (ten are above it).
"""

# %%
gain = 1.0                                                 # change this line
from_afar = influences(gain=gain)["recurrent"][:, -1]      # 100 readers, 32 words back
low, middle, high = np.quantile(from_afar, (0.1, 0.5, 0.9))
print(f"gain {gain}: ten below {low:.0e}   median {middle:.0e}   ten above {high:.0e}")

# %% [markdown]
r"""
<details><summary>You should see …</summary>

With 3 a change does not fade: the median is above 1, so the change *grows* on its way. Somewhere between 2 and 3 the median is near 1. But with the same gain ten of the 100 readers lose most of the change, and ten make it many times larger. No gain is right for all of these random readers.

</details>
"""

# %% [markdown]
r"""
## What this does not show

Our readers are random. A *trained* recurrent network can learn to keep what matters, and there are better starts than ours and better networks (the LSTM). Lesson §global_context trains them against attention, and shows where each wins. There are other readers, too, such as convolutional networks. What stays is the path: from the first of n words to the last, a chain needs n − 1 hops, and attention one.
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

1. Attention was invented because one vector of fixed size had to hold a whole sentence.
2. In a recurrent network a change passes every state on its way, and every hop multiplies it by a factor: it fades, or it grows. In attention it arrives in one hop, from any distance; with random matrices about 1/n of it arrives.
3. No output of attention needs another output: all can be computed at once.
"""

# %%
quiz("01")

# %% [markdown]
r"""
**Next:** lesson §queries_keys_values makes three vectors from each word: what the word looks for, what it offers, and what it passes on.
"""
