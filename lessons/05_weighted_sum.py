# ---
# jupyter:
#   course:
#     number: "05"
#     title: Weighted sum
#     question: "Swap cat and mat: the mat, which was black, sat on the cat. Does sat notice?"
#     proves: >-
#       the output of a word is a mixture of values, and four lines are the whole of self-attention,
#       equal to PyTorch's own; the order of the words does not matter until positions are added;
#       masks hide the future and the padding, and only before softmax do they really hide
#     minutes: {teaching: 50, exercises: 40, first_part: 30}
#     must: self_attention
#     cut: A stop
#     exercises: [weighted_sum, self_attention, causal_mask, masked_softmax]
#     notation:
#       - {name: values, symbol: "$V$", shape: "(n_keys, d_value)", meaning: "what each word passes on to those who look at it"}
#       - {name: outputs, symbol: "$O$", shape: "(n_queries, d_value)", meaning: "for each query the weighted sum of the values"}
#       - {name: mask, symbol: "$M$", shape: "(n_queries, n_keys)", meaning: "bool; True = may attend"}
#     claims:
#       - {claim: "Words that are more relevant have more influence on the output of a word", heading: "The output is a mixture", number: "the output of sat: 0.574 of the value of cat, 0.011 of the value of black"}
# ---

# %% [markdown]
r"""
# §weighted_sum · Weighted sum

**Swap cat and mat: *the mat, which was black, sat on the cat*. Does *sat* notice?**

Lesson §softmax ended with weights: how *sat* shares out its attention. Now it fetches what is there. By the end of the first part you can

* work out the output of a word as a mixture of values;
* write the whole of self-attention in four lines, and hold it against PyTorch's.

In the second part you find out what those four lines do not know, and hide words from each other with masks. 30 and 20 minutes, and 40 for four exercises. You need lessons §queries_keys_values to §softmax.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** What a word fetches is a mixture. The weights say how much of each value arrives; values do not decide where one looks, and keys do not arrive. With that, four lines are the whole of self-attention. They see a bag of words: order has to be put in from outside.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** PyTorch takes some seconds to load, and forty learners at once are felt on a hub: let everybody run the cell with `import torch` while you still speak about the four lines. If you end with the first part, keep two minutes for the first cell of "Who sits on whom?": it answers the question of the title.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import masked_softmax, project, scaled_scores, softmax
from course_lib.explorers import QueryStepper
from course_lib.models import sentence
from course_lib.plots import AttentionDisplay, BarsDisplay

embeddings, tokens = sentence.embeddings(), sentence.TOKENS          # (seq_len, d_model)
w_query, w_key, w_value = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
queries, keys, values = project(embeddings, w_query, w_key, w_value)
weights = softmax(scaled_scores(queries, keys))                      # (seq_len, seq_len)
cat, which, black, sat, on, mat = 1, 3, 5, 7, 8, 10
print("weights:", weights.shape, "  values:", values.shape)

# %% [markdown]
r"""
## The output is a mixture

A value is what a word passes on to those who look at it. Ours have three features: *who*, *where*, and *how it looks*. A key is how a word is found, a value is what is found there.
"""

# %%
print("passes on:", sentence.MESSAGES)
for name, word in [("cat", cat), ("which", which), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6} value {values[word]}")

# %% [markdown] tags=["slide"]
r"""
The **weighted sum** takes each value as many times as its weight says, and adds up. The result is the **output** of *sat*, a new vector for its position, as long as a value:

$$o_i = \sum_j a_{ij}\, v_j$$

*black* has the largest number of all in its value: 3 for how it looks, and nobody else says anything about looks.
"""

# %% tags=["slide"]
predict(
    "How much of black's 3 for 'how it looks' arrives in the output of sat?",
    ["about 3: nobody else dilutes it", "about 1: a third of it", "less than 0.1"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** *black* says 3 for how it looks, and nobody else says anything about looks. How much of it arrives at *sat*?

*Expect:* "all 3: nobody dilutes it", or a third. Both let the values decide. Ask where the weight 0.011 came from: a query and a key, before anybody looked at a value. Three times that, at the board, is about 0.03.
"""

# %%
column = weights[sat][:, None]                                       # (seq_len, 1): stood upright
contributions = column * values                                      # (seq_len, d_value)
for name, word in [("cat", cat), ("which", which), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6} weight {weights[sat, word]:.3f}   adds", contributions[word].round(3))
print("all 11 words             ", contributions.sum(axis=0).round(3))      # sum over the words

# %% [markdown]
r"""
**What you saw.** 0.032 arrives: 3 times a weight of 0.011. That nobody else speaks of looks does not make its share any larger: weights come from queries and keys, never from values.

*sat* now holds 1.226 of *who*, mostly from *cat*, and 0.517 of *where*, mostly from *mat*. Before it looked around, it held nothing of *who*.
"""

# %% tags=["slide"]
added = {name: contributions[:, i] for i, name in enumerate(sentence.MESSAGES)}
BarsDisplay.from_rows(
    added, tokens, quantity="weight × value", title="What each word adds to the output of sat",
)

# %% [markdown]
r"""
A mixture stays between what is mixed. No word passes on more than 2 of *who*, so no output can hold more. All eleven outputs at once are one more matrix product, $O = AV$.
"""

# %%
outputs = weights @ values                                           # (seq_len, d_value)
inside = (outputs <= values.max(axis=0)) & (outputs >= values.min(axis=0))
print("outputs:", outputs.shape, "  all between least and greatest value:", inside.all())
print("row of sat:", outputs[sat].round(3))

# %% [markdown] tags=["slide"]
r"""
## Four lines

That is all there is. Three projections, scores, weights, a weighted sum: the whole of self-attention, with its equation above it.

$$\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt{d_{head}}}\right) V$$

*Self*, because queries, keys and values all come from the same words.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## All of self-attention
"""

# %% tags=["slide", "slide-code"]
def self_attention(embeddings, w_query, w_key, w_value):
    queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])           # (seq_len, seq_len)
    weights = softmax(scores)                                        # each row sums to 1
    return weights @ values                                          # (seq_len, d_value)


outputs = self_attention(embeddings, w_query, w_key, w_value)
print("row of sat:", outputs[sat].round(3))

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Keys and values blur: "*sat* fetches the key of *cat*, weighted".

*Say:* once the scores are made, cover the keys with your hand: nobody needs them any more. A key is the name on the door, a value is what is handed out behind it. *cat* is found by an animal of 2 and hands out a *who* of 2; the numbers agree, but the columns do not mean the same.
"""

# %% [markdown]
r"""
Many large language models run on a function of PyTorch that promises the same. Does it keep the promise? (PyTorch takes a few seconds to load. It has arrays of its own, called **tensors**.)
"""

# %%
import torch

q, k, v = [torch.from_numpy(array) for array in (queries, keys, values)]
theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v).numpy()
print("greatest difference below 1e-12:", np.abs(outputs - theirs).max() < 1e-12)

# %% [markdown]
r"""
The same, to twelve decimal places and more. All that follows, several heads, training, long texts, many machines, is built around these four lines.
"""

# %% [markdown]
r"""
## Number by number

Here is all of it for one query, in six stages. Step through them with *next*, choose another word, and point at any number to see how it came about. Where does the 1.226 of *who* come from? (Before exp the largest score is subtracted, as in lesson §softmax, so *cat* has 1 there.) Below stands how far PyTorch and our four lines are from what you see.
"""

# %%
def ours(queries, keys, values):
    return softmax(queries @ keys.T / np.sqrt(queries.shape[-1])) @ values


def pytorch(queries, keys, values):
    q, k, v = [torch.from_numpy(array) for array in (queries, keys, values)]
    return torch.nn.functional.scaled_dot_product_attention(q, k, v)


QueryStepper.from_arrays(
    queries, keys, values, tokens, query=sat, features=sentence.SUBJECTS, messages=sentence.MESSAGES,
    functions={"four lines": ours, "PyTorch": pytorch},
)

# %% [markdown]
r"""
It is the sum of a column, and two of its eleven numbers are not zero: 0.574 times the 2 of *cat*, and 0.078 times the 1 of *which*. All other words have no *who* to pass on, whatever their weight.
"""

# %% [markdown]
r"""
## A stop

This is a good place for a break, and for the first two of [the exercises](exercises:weighted_sum), `weighted_sum` and `self_attention`. The second is the one not to miss.

After the break we swap two words of the sentence.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `weighted_sum` expect the weights transposed, or a plain mean; in `self_attention`, no scale, √d_model for √d_head, and softmax over the queries.

*Say:* "Along which axis do the weights sum to 1, and which axis of the values is as long?" and "By whose length do you divide, the word's or its query's?" All sizes differ in the check, so that a wrong axis cannot hide.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Stop here; the lesson is made for it. Say: these four lines are self-attention, equal to PyTorch's own. They know nothing of order: with *cat* and *mat* swapped, *sat* gets the same 1.226 of *who*. Positions are added to the embeddings, and masks hide words before softmax; both are in the second part.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A stop

Your turn: `weighted_sum` and `self_attention`.
"""

# %% [markdown]
r"""
## Who sits on whom?

We swap two words, and nothing else: *the mat, which was black, sat on the cat*. A strange scene, and *sat* is its verb.
"""

# %% tags=["slide"]
predict(
    "cat and mat change places. What happens to the output of sat?",
    ["who and where change places in it", "it changes a little", "it does not change at all"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** *The mat sat on the cat.* Does the output of *sat* change?

*Expect:* laughter, and "of course, who and where change places". Let them defend it: which of the four lines uses a place? Run it: 1.226 both times. Then ask what one would have to add, and to what. Somebody says "a number for the place", and the next section has begun.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## *sat* does not notice
"""

# %% tags=["slide"]
swapped = np.arange(11)
swapped[[cat, mat]] = mat, cat
after = self_attention(embeddings[swapped], w_query, w_key, w_value)
print([tokens[i] for i in swapped])
print("sat before:", outputs[sat].round(3), "  sat after:", after[sat].round(3))

# %% [markdown]
r"""
**What you saw.** *sat* does not notice; *who* is still 1.226, from *cat*. It looks at every word, and a sum does not care in which order its terms come. Attention sees a *bag* of words: which ones, and how often, but in no order.
"""

# %% [markdown]
r"""
The sentence has two *the* and two commas. Can equal words be told apart?
"""

# %%
print("the, first and second:  ", outputs[0].round(3), outputs[9].round(3))
print("comma, first and second:", outputs[2].round(3), outputs[6].round(3))
shuffled = np.random.default_rng(5).permutation(11)
again = self_attention(embeddings[shuffled], w_query, w_key, w_value)
print("shuffled words give shuffled outputs:", np.allclose(again, outputs[shuffled]))

# %% [markdown]
r"""
## Positions are added

The remedy is as simple as it sounds: give each position a vector of its own and *add* it to the embedding of the word that stands there. The original paper uses waves of different lengths; how they are made does not matter here. To see what does, we also try a control: the *same* vector at every position.
"""

# %%
from course_lib.attention.positions import sinusoidal_positions

waves = sinusoidal_positions(11, 6)                                  # (seq_len, d_model)
everywhere_the_same = np.tile(waves[3], (11, 1))
for name, positions in [("waves", waves), ("control", everywhere_the_same)]:
    there = self_attention(embeddings + positions, w_query, w_key, w_value)
    swapped_there = self_attention(embeddings[swapped] + positions, w_query, w_key, w_value)
    print(f"{name:8} sat before the swap {there[sat].round(2)}   after {swapped_there[sat].round(2)}")

# %% [markdown]
r"""
**What you saw.** With the waves *sat* notices the swap: 1.96 of *who* before, 0.71 after. With the same vector everywhere it does not: what helps is that they *differ*. What a word *makes* of positions is another matter: our projections were chosen for words alone, so these outputs mean little. A trained model *can* learn projections that use positions, if its task needs them, as one in lesson §multi_head does.
"""

# %% [markdown]
r"""
## Masks: who may look at whom

A model that writes must not read ahead: when it guesses the next word, that word must not be visible. A **causal mask** lets each word look at itself and at what came before. In all lessons a mask is a table of True and False, and True means *may attend*.
"""

# %%
causal = np.tril(np.ones((11, 11), dtype=bool))                      # on and below the diagonal
for word in (0, cat, sat):
    print(f"{tokens[word]:4} may attend to", [tokens[key] for key in range(11) if causal[word, key]])

# %% [markdown]
r"""
Now *sat* may no longer see *mat*. Lesson §softmax showed how to hide a key: set its score to −∞ *before* softmax. Or should one set its weight to 0 *after* softmax? A test tells: let the hidden *mat* shout, three times as loud, and see whether *sat* hears it.
"""

# %%
predict(
    "Masked after softmax, mat's weight is 0. mat's embedding is tripled. Does cat's weight in the row of sat change?",
    ["no: mat is hidden", "a little", "yes, a great deal"],
)

# %%
loud = embeddings.copy()
loud[mat] *= 3
for name, words in [("as it is", embeddings), ("loud mat", loud)]:
    scores = scaled_scores(words @ w_query, words @ w_key)
    after = (softmax(scores) * causal)[sat]
    before = softmax(np.where(causal, scores, -np.inf))[sat]
    print(f"{name}: masked after  cat {after[cat]:.3f} (sum {after.sum():.3f})", end="   ")
    print(f"masked before  cat {before[cat]:.3f} (sum {before.sum():.3f})")

# %% [markdown]
r"""
**What you saw.** Masked after softmax, *cat* falls from 0.574 to 0.007: the hidden *mat* takes its share all the same, and only then is it wiped out. What must not be seen leaks in through the sum. Masked before, nothing leaks, and the visible keys share one whole: 0.785 for *cat*, whatever *mat* does.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "I set the weight to 0 after softmax, and hidden is hidden." It survives the experiment if one looks at *mat* only.

*Say:* look at the others. *mat* shouts, and *cat* falls from 0.574 to 0.007, though nobody touched its weight. The row sums to 0.009: *sat* shares out a hundredth of what it has. Before softmax, 0.785 stays 0.785.
"""

# %% tags=["slide"]
masked = softmax(np.where(causal, scaled_scores(queries, keys), -np.inf))
AttentionDisplay.from_weights(masked, tokens, mask=causal, title="Causal attention")

# %% [markdown]
r"""
Without a mask *sat* saw a bag of words. What does it notice behind a causal mask? First we swap *cat* and *mat*, then *cat* and *black*, which both come before *sat*.
"""

# %%
predict(
    "Behind a causal mask, which of the two swaps does sat notice?",
    ["neither: it still sees a bag of words", "cat and mat only", "cat and black only", "both: a mask brings order"],
)

# %%
def causal_attention(embeddings):
    queries, keys, values = project(embeddings, w_query, w_key, w_value)
    return softmax(np.where(causal, scaled_scores(queries, keys), -np.inf)) @ values


earlier = np.arange(11)
earlier[[cat, black]] = black, cat
for name, order in [("as it is", np.arange(11)), ("cat and mat", swapped), ("cat and black", earlier)]:
    print(f"{name:14} sat {causal_attention(embeddings[order])[sat].round(3)}")

# %% [markdown]
r"""
**What you saw.** It notices the first swap: *cat* went out of sight, and *mat* came into it. It does not notice the second. One round of attention, called a **layer**, sees a bag of words behind a causal mask, too: of those who came before, but not in which order. (Models stack many layers.)
"""

# %% [markdown]
r"""
## Padding, and a row with nothing to see

Sentences that are computed together, in a **batch**, must have one length, so short ones are filled up with **padding**. Suppose it is all zeros: embeddings, and so queries, keys and values. *the cat sat*, three tokens, stands in a batch with a text of 512.
"""

# %%
predict(
    "the cat sat, padded to 512 with zeros. How much of its attention does sat give to the padding?",
    ["nothing: zero keys have score 0", "about a twentieth", "about a half", "about nine tenths"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Padding of zeros has a score of 0. Does it get any attention?

*Expect:* "nothing" from nearly everybody. Ask for $e^0$, and how many tokens of padding there are: 509, each with as much as *the*. Then the cell: 0.894 goes to nothing at all. Ask those who have padded a batch before how they would have noticed.
"""

# %%
short = np.zeros((512, 6))
short[:3] = embeddings[[0, cat, sat]]
q, k, v = project(short, w_query, w_key, w_value)
weights_of_sat = softmax(scaled_scores(q, k))[2]
print("the, cat, sat:", weights_of_sat[:3].round(3), "  padding:", weights_of_sat[3:].sum().round(3))
print("output of sat:", (weights_of_sat @ v).round(3), "  alone:",
      self_attention(short[:3], w_query, w_key, w_value)[2].round(3))

# %% [markdown]
r"""
**What you saw.** A score of 0 is not a weight of 0: $e^0 = 1$. Each token of padding takes as much as *the*, and 509 of them take 0.894. *who* falls from 1.818 to 0.192.
"""

# %% [markdown]
r"""
So padding is masked like the future. `masked_softmax` sets scores to −∞ and shares out the rest. With `keep` True for the three real keys, the output is what it was alone:
"""

# %%
keep = np.arange(512) < 3                                            # one row for every query
weights_kept = masked_softmax(scaled_scores(q, k), keep)
print("the, cat, sat:", weights_kept[2, :3].round(3), "  output:", (weights_kept[2] @ v).round(3))

# %% [markdown]
r"""
One case is left. What if a query may attend to *nothing*: a row of the mask without a single True? Then the largest score is −∞, and −∞ − (−∞) is nan, which spreads through a whole model. There is nothing to share out, so in this course such a row has zero weights, and an output of zeros.
"""

# %%
nothing = np.zeros(11, dtype=bool)
with np.errstate(invalid="ignore"):
    print("softmax of nothing but −∞:", softmax(np.full(11, -np.inf))[:4], "...")
print("masked_softmax:           ", masked_softmax(scaled_scores(queries, keys), nothing)[sat, :4], "...")

# %% [markdown]
r"""
## Change it: a query that asks nothing

Set all of `w_query` to zero, so that no word asks for anything. Predict: does each word then fetch nothing, only itself, or something else?
"""

# %%
asks_nothing = self_attention(embeddings, np.zeros_like(w_query), w_key, w_value)
print("row of sat:        ", asks_nothing[sat].round(3))
print("mean of all values:", values.mean(axis=0).round(3))

# %% [markdown]
r"""
**What you saw.** All scores are 0, all weights equal: a word that asks nothing gets the average of everything. Attention cannot look away; unless everything is masked, it always shares out a whole.

**Your turn:** make `w_query` ten times as large instead. Whose value does *sat* get then, and how much of it?

<details><summary>You should see …</summary>that sat gets the value of cat, 2 of who, and nothing else: ten times the scores are a very cold softmax.</details>
"""

# %% [markdown]
r"""
## Exercises

Four of them are in [the exercises](exercises:weighted_sum): `weighted_sum`, `self_attention`, `causal_mask` and `masked_softmax`. If there is time for one only, take the second.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `causal_mask` expect the diagonal left out, and numbers instead of True and False; in `masked_softmax`, a mask after softmax, and nan in the row that sees nothing.

*Say:* "May a word look at itself?" and "You put a 0 there: from whom had that key already taken?" For the nan: "What is the largest score of a row in which everything is hidden?"
"""

# %% [markdown]
r"""
## Recap

1. The output of a word is the weighted sum of all values; the weights come from queries and keys. Four lines are the whole of it.
2. Without a mask, attention sees a bag of words: swap two, and the others do not notice, until positions are added.
3. A mask sets scores to −∞ *before* softmax, so hidden words take no share at all; with nothing to see, the output is zeros.
"""

# %%
quiz("05")

# %% [markdown]
r"""
**Next:** one set of projections asks one kind of question. Lesson §multi_head lets a word ask several at once: multi-head attention.
"""
