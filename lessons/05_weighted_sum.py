# ---
# jupyter:
#   course:
#     number: "05"
#     title: Weighted sum
#     question: "Swap cat and mat: the mat, which was black, sat on the cat. Does sat notice?"
#     proves: >-
#       the output of a word is a mixture of values, and four lines are the whole of self-attention,
#       equal to PyTorch's own; the order of the words does not matter until positions are added;
#       masks hide the future, the padding, and sometimes everything
#     minutes: {teaching: 50, exercises: 40}
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
# 05 · Weighted sum

**Swap cat and mat: *the mat, which was black, sat on the cat*. Does *sat* notice?**

Lesson 04 ended with weights: how *sat* shares out its attention. Now it fetches what is there. By the end of the first part you can

* work out the output of a word as a mixture of values;
* write the whole of self-attention in four lines, and show that it is PyTorch's.

In the second part you find out what those four lines do not know, and hide words from each other with masks. 30 and 20 minutes, and 40 for four exercises. You need lessons 02 to 04.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import masked_softmax, project, scaled_scores, softmax
from course_lib.learning import sentence
from course_lib.seeing import AttentionDisplay, BarsDisplay

embeddings, tokens = sentence.embeddings(), sentence.TOKENS          # (seq_len, d_model)
w_query, w_key, w_value = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
queries, keys, values = project(embeddings, w_query, w_key, w_value)
weights = softmax(scaled_scores(queries, keys))                      # (seq_len, seq_len)
cat, which, black, sat, on, mat = 1, 3, 5, 7, 8, 10
print("weights:", weights.shape, "  values:", values.shape)

# %% [markdown]
r"""
## The output is a mixture

A **value** is what a word passes on to those who look at it. Ours have three features: *who*, *where*, and *how it looks*. They differ from the keys: a key is how a word is found, a value is what is found there.
"""

# %%
print("passes on:", sentence.MESSAGES)
for name, word in [("cat", cat), ("which", which), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6} value {values[word]}   weight in the row of sat {weights[sat, word]:.3f}")

# %% [markdown]
r"""
The **weighted sum** takes each value as many times as its weight says, and adds up. The result is the **output** of *sat*, a new vector in the place of the old:

$$o_i = \sum_j a_{ij}\, v_j$$

*black* has the largest number of all in its value: 3 for how it looks.
"""

# %%
predict(
    "How much of black's 3 for 'how it looks' arrives in the output of sat?",
    ["about 3: nobody else speaks of looks", "about 1: a third of it", "less than 0.1"],
)

# %%
contributions = weights[sat][:, None] * values                       # (seq_len, d_value)
for name, word in [("cat", cat), ("which", which), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6}", contributions[word].round(3))
print("all 11", contributions.sum(axis=0).round(3))

# %% [markdown]
r"""
**What you saw.** 0.032 arrives: 3 times a weight of 0.011. The rest of the sentence has nothing to say about looks, but that does not make the share of *black* any larger: weights depend on queries and keys alone, never on values.

*sat* now holds 1.226 of *who*, mostly from *cat*, and 0.517 of *where*, mostly from *mat*. Before it looked around, it held nothing of *who*.
"""

# %%
who, where, looks = contributions.T
BarsDisplay.from_rows(
    {"who": who, "where": where, "how it looks": looks}, tokens,
    quantity="weight × value", title="What each word adds to the output of sat",
)

# %% [markdown]
r"""
An output is a mixture, and a mixture stays between what is mixed: no feature of it can be greater than the greatest among the values, or less than the least. All eleven outputs at once are one more matrix product, $O = AV$.
"""

# %%
outputs = weights @ values                                           # (seq_len, d_value)
inside = (outputs <= values.max(axis=0)) & (outputs >= values.min(axis=0))
print("outputs:", outputs.shape, "  all between least and greatest value:", inside.all())
print("row of sat:", outputs[sat].round(3))

# %% [markdown]
r"""
## Four lines

That is all there is. Three projections, scores, weights, a weighted sum: the whole of self-attention, with its equation above it.

$$\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt{d_{head}}}\right) V$$

*Self*, because queries, keys and values all come from the same words.
"""

# %%
def self_attention(embeddings, w_query, w_key, w_value):
    queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])           # (seq_len, seq_len)
    weights = softmax(scores)                                        # each row sums to 1
    return weights @ values                                          # (seq_len, d_value)


outputs = self_attention(embeddings, w_query, w_key, w_value)
print("row of sat:", outputs[sat].round(3))

# %% [markdown]
r"""
Large language models run on a function of PyTorch that promises the same. Is it the same? (PyTorch takes a few seconds to load, and wants arrays as its own tensors.)
"""

# %%
import torch

q, k, v = [torch.from_numpy(array) for array in (queries, keys, values)]
theirs = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0].numpy()
print("greatest difference below 1e-12:", np.abs(outputs - theirs).max() < 1e-12)

# %% [markdown]
r"""
**What you saw.** The same, to the last digits. Everything that follows in this course, several heads, training, long texts, many machines, is built around these four lines.

One line of them deserves a look at the whole: who looks at whom.
"""

# %%
AttentionDisplay.from_weights(weights, tokens)

# %% [markdown]
r"""
## A stop

This is a good place for a break, and for the first two exercises, [`weighted_sum` and `self_attention`](../exercises/05_weighted_sum.ipynb). The second is the one not to miss.

After the break: what the four lines do *not* know.
"""

# %% [markdown]
r"""
## Who sits on whom?

Now the question of the lesson. We swap two words, and nothing else: *the mat, which was black, sat on the cat*. A strange scene, and *sat* is its verb.
"""

# %%
predict(
    "cat and mat change places. What happens to the output of sat?",
    ["who and where change places in it", "it changes a little", "it does not change at all"],
)

# %%
swapped = np.arange(11)
swapped[[cat, mat]] = mat, cat
after = self_attention(embeddings[swapped], w_query, w_key, w_value)
print([tokens[i] for i in swapped])
print("sat before:", outputs[sat].round(3), "  sat after:", after[sat].round(3))

# %% [markdown]
r"""
**What you saw.** *sat* does not notice. It looks at every word, and a sum does not care in which order its terms come. Attention sees the words as a *set*.

So two equal words cannot be told apart either. The sentence has two *the* and two commas.
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

The remedy is as simple as it sounds: give each position a vector of its own and *add* it to the embedding of the word that stands there. The original paper uses waves of different lengths; the numbers themselves do not matter here, only that every position has other ones.
"""

# %%
from course_lib.attention.positions import sinusoidal_positions

positions = sinusoidal_positions(11, 6)                              # (seq_len, d_model)
there = self_attention(embeddings + positions, w_query, w_key, w_value)
swapped_there = self_attention(embeddings[swapped] + positions, w_query, w_key, w_value)
print("the, first and second:", there[0].round(2), there[9].round(2))
print("sat before the swap:  ", there[sat].round(2), "  after:", swapped_there[sat].round(2))

# %% [markdown]
r"""
**What you saw.** Now the two *the* differ, and *sat* notices the swap: 1.96 of *who* before, 0.71 after. What it *makes* of positions is another matter: our projections were chosen for words alone, so these outputs mean little. A trained model learns projections that use them (lesson 07).
"""

# %% [markdown]
r"""
## Masks: who may look at whom

A model that writes must not read ahead: when it guesses the next word, that word may not be visible. A **causal mask** lets each word look at itself and at what came before. In all lessons a mask is a table of True and False, and True means *may attend*.
"""

# %%
causal = np.tril(np.ones((11, 11), dtype=bool))                      # on and below the diagonal
for word in (0, cat, sat):
    print(f"{tokens[word]:4} may attend to", [tokens[key] for key in range(11) if causal[word, key]])

# %% [markdown]
r"""
*sat* may no longer see *mat*, which had a fifth of its attention. Lesson 04 showed how to hide a key: set its score to −∞ *before* softmax. Another idea would be to set its weight to 0 *after* softmax.
"""

# %%
predict(
    "Mask after softmax: what do the weights of sat then sum to?",
    ["1, as always", "less than 1", "more than 1"],
)

# %%
scores = scaled_scores(queries, keys)
after_softmax = softmax(scores) * causal
before_softmax = softmax(np.where(causal, scores, -np.inf))
for name, row in [("after", after_softmax[sat]), ("before", before_softmax[sat])]:
    print(f"masked {name:6} softmax: cat {row[cat]:.3f}   mat {row[mat]:.3f}   sum {row.sum():.3f}")

# %% [markdown]
r"""
**What you saw.** Masked after softmax, only 0.731 of the whole is left, and the output shrinks with it. Masked before, the visible keys share out 1 among themselves: *cat* rises from 0.574 to 0.785. A weight of exactly 0 means that the hidden values cannot leak into the output at all, whatever they are:
"""

# %%
future = values.copy()
future[sat + 1:] = 1e6                                               # absurd values after sat
same = before_softmax[: sat + 1] @ future == before_softmax[: sat + 1] @ values
print("outputs up to sat unchanged by an absurd future:", same.all())
AttentionDisplay.from_weights(before_softmax, tokens, mask=causal, title="Causal attention")

# %% [markdown]
r"""
## Padding, and a row with nothing to see

Sentences of a batch must have one length, so short ones are filled up with **padding**. Suppose it is all zeros: embeddings, and so queries, keys and values. Take *the cat sat* and three tokens of padding.
"""

# %%
predict(
    "The keys of the padding are all zeros. How much weight does sat give to the padding?",
    ["none: a zero key has score 0, so weight 0", "a little, and it matters",
     "softmax fails on zeros"],
)

# %%
short = np.zeros((6, 6))
short[:3] = embeddings[[0, cat, sat]]
q, k, v = project(short, w_query, w_key, w_value)
weights_of_sat = softmax(scaled_scores(q, k))[2]
print("weights of sat:", weights_of_sat.round(3))
print("output of sat:  with padding", (weights_of_sat @ v).round(3), end="   ")
print("alone", self_attention(short[:3], w_query, w_key, w_value)[2].round(3))

# %% [markdown]
r"""
**What you saw.** A score of 0 is no weight of 0: $e^0 = 1$. Each padding token takes 0.016, as much as *the* does, and *who* falls from 1.818 to 1.731. So padding is masked like the future. With `keep` True for the three real keys, the output is what it was alone:
"""

# %%
keep = np.array([True, True, True, False, False, False])             # one row for every query
weights_kept = masked_softmax(scaled_scores(q, k), keep)
print("weights of sat:", weights_kept[2].round(3), "  output:", (weights_kept[2] @ v).round(3))

# %% [markdown]
r"""
One case is left. What if a query may attend to *nothing*: a row of the mask without a single True? All scores are −∞, every power is 0, and 0 / 0 is nan, which then spreads through a whole model. There is nothing to share out, so this course says: zero weights, and an output of zeros.
"""

# %%
nothing = np.zeros(6, dtype=bool)
with np.errstate(invalid="ignore"):
    print("softmax of nothing but −∞:", softmax(np.full(6, -np.inf)))
print("masked_softmax:           ", masked_softmax(scaled_scores(q, k), nothing)[2])

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
**What you saw.** All scores are 0, all weights equal: who asks nothing gets the average of everything. Attention cannot look away; it always shares out a whole.

**Your turn:** make `w_query` ten times as large instead. How many words does *sat* listen to then?
"""

# %% [markdown]
r"""
## Exercises

Four of them: [`weighted_sum`, `self_attention`, `causal_mask` and `masked_softmax`](../exercises/05_weighted_sum.ipynb). If there is time for one only, take the second.
"""

# %% [markdown]
r"""
## Recap

1. The output of a word is the weighted sum of all values; weights come from queries and keys, values only from what is passed on. Four lines are the whole of it.
2. Attention sees a set: swap two words, and the others do not notice, until positions are added.
3. A mask sets scores to −∞ *before* softmax. Hidden words get exactly 0, the others share the whole; with nothing to see, the output is zeros.
"""

# %%
quiz("05")

# %% [markdown]
r"""
**Next:** one set of projections asks one kind of question. Lesson 06 lets a word ask several at once: multi-head attention.
"""
