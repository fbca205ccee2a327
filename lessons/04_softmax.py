# ---
# jupyter:
#   course:
#     number: "04"
#     title: Softmax
#     question: Add ten points to every score, or double every score. Which of the two makes a word look elsewhere?
#     proves: >-
#       weights lie between 0 and 1 and sum to 1; adding to all scores changes nothing, which also
#       saves the computation from overflow; doubling them changes everything: temperature and saturation
#     minutes: {teaching: 25, exercises: 20}
#     must: softmax
#     cut: How undecided is a word?
#     exercises: [softmax, softmax_with_temperature]
#     notation:
#       - {name: weights, symbol: "$A$", shape: "(n_queries, n_keys)", meaning: "softmax of the scores: the share of each key; a row sums to 1"}
#       - {name: temperature, symbol: "$\\tau$", shape: "a number", meaning: "what scores are divided by before softmax; low is decided, high is even"}
#     claims:
#       - {claim: "After softmax the scores lie between 0 and 1 and sum to 1, and can be read as a distribution of relevance", heading: "From scores to shares", number: "all 121 weights between 0 and 1, each of 11 rows sums to 1"}
# ---

# %% [markdown]
r"""
# 04 · Softmax

**Add ten points to every score, or double every score. Which of the two makes a word look elsewhere?**

Lesson 03 ended with scaled scores: for each query a row of numbers, positive or negative, one for each key. To mix what the keys' words have to say, we need shares of one whole. By the end you can

* turn a row of scores into weights, and say what each step is for;
* predict what adding to scores and multiplying them does;
* compute weights for scores of any size without an overflow;
* say when a word is too decided to learn.

25 minutes, and 20 for two exercises. You need lesson 03.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention.reference import scaled_scores
from course_lib.learning import sentence
from course_lib.seeing import AttentionDisplay, BarsDisplay, GrowthDisplay

embeddings, tokens = sentence.embeddings(), sentence.TOKENS
scores = scaled_scores(embeddings @ sentence.W_QUERY, embeddings @ sentence.W_KEY)
cat, which, black, sat, mat = 1, 3, 5, 7, 10
for token, score in zip(tokens, scores[sat]):
    print(f"{token:6} {score:4.1f}")

# %% [markdown]
r"""
## From scores to shares

These are the scaled scores of *sat*. We want weights: positive, and 1 in all. Dividing each score by their sum would give 1 in all, but not what we mean: a comma with a *negative* share, and all shares turned round if the sum happens to be negative.
"""

# %%
shares = scores[sat] / scores[sat].sum()
print("cat:", shares[cat], "  mat:", shares[mat], "  comma:", shares[2], "  sum:", shares.sum())

# %% [markdown]
r"""
**Softmax** first makes every score positive by $e^s$, then divides by the sum:

$$a_j = \frac{e^{s_j}}{\sum_{k} e^{s_k}}$$

Why $e^s$? It is positive for every score, it keeps the order, and it makes equal *differences* equal *ratios*: a key that is 1 point ahead of another gets e times its share, wherever the two stand. The results are the **attention weights**.
"""

# %%
powers = np.exp(scores[sat])
weights_of_sat = powers / powers.sum()
for token, score, power, weight in zip(tokens, scores[sat], powers, weights_of_sat):
    print(f"{token:6} score {score:4.1f}   e^score {power:6.2f}   weight {weight:.3f}")
print("sum of the weights:", weights_of_sat.sum().round(12))

# %% [markdown]
r"""
**What you saw.** *cat* takes 0.574, *mat* 0.211, *black* 0.011. *cat* is 1 point ahead of *mat*, and 0.574 / 0.211 is e, up to rounding. The commas keep a tiny weight: softmax never gives exactly 0. And *sat* gives 0.047 to itself; a word attends to itself too.

Row by row we can do the whole sentence. `axis=-1` is the axis of the keys: each *query* has 1 to share out.
"""

# %%
def softmax_by_the_formula(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


weights = softmax_by_the_formula(scores)
print("smallest:", weights.min().round(4), "  largest:", weights.max().round(4))
print("sums of the rows:", weights.sum(axis=-1).round(12))

# %%
AttentionDisplay.from_weights(weights, tokens)

# %% [markdown]
r"""
All 121 weights lie between 0 and 1, and every row sums to 1. So a row can be read as a distribution: how relevant each word is to this one, in shares of one whole. Some words are decided (*mat* looks at *sat* with 0.86), others hardly: *the* looks almost evenly around.
"""

# %% [markdown]
r"""
## Ten points more for everybody

Now the question of the lesson, first half. Two normalisations compete: dividing by the sum, and softmax. We add 10 to every score of *sat*. (For dividing we keep to three words with positive scores: *cat* 4, *mat* 3, *which* 2.)
"""

# %%
predict(
    "Ten points more for every key. Whose shares change?",
    ["those of softmax: e^10 is a huge factor", "those of dividing by the sum", "both", "neither"],
)

# %%
def divide_by_sum(scores):
    return scores / scores.sum(axis=-1, keepdims=True)


three = scores[sat, [cat, mat, which]]
for name, normalise in [("softmax", softmax_by_the_formula), ("divide ", divide_by_sum)]:
    print(name, " as they are:", normalise(three).round(3), "  +10:", normalise(three + 10).round(3))

# %% [markdown]
r"""
**What you saw.** Softmax does not notice: every power became $e^{10}$ times as large, the sum too, and the factor cancels. Only *differences* of scores count. Divided by their sum, the shares drew together, though no key gained on another. For "how much better does this word fit than that one", softmax has it right.
"""

# %% [markdown]
r"""
## Twice as many points

Second half: every score is doubled.
"""

# %%
predict(
    "All scores of sat are doubled. What happens to the weight of cat, 0.574?",
    ["nothing: all scores grew alike", "it grows a little, to about 0.6", "it grows to more than 0.8",
     "it falls, since the others double too"],
)

# %%
print("cat, mat, which by softmax: ", softmax_by_the_formula(2 * scores[sat])[[cat, mat, which]].round(3))
print("the three by dividing, as is:", divide_by_sum(three).round(3))
print("the three by dividing, x 2:  ", divide_by_sum(2 * three).round(3))

# %% [markdown]
r"""
**What you saw.** Doubling scores doubles *differences*: *cat* goes to 0.856. Here it is dividing that does not notice. So the two behave in opposite ways, and the answer to our question is: adding moves nothing, doubling makes a word look elsewhere.

This is why the factor $1/\sqrt{d_{head}}$ of lesson 03 mattered, while a constant added to all scores never would.
"""

# %% [markdown]
r"""
## When the formula breaks

Scores of some hundreds occur: without the scale, or in a model gone astray. The formula has no trouble on paper.
"""

# %%
predict(
    "Softmax of the scores 1000, 1001, 1002: what does the formula print?",
    ["about 0.09, 0.24, 0.67, as for 0, 1, 2", "0, 0, 1", "not a number, three times"],
)

# %%
large = np.array([1000.0, 1001.0, 1002.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("by the formula:", softmax_by_the_formula(large))
    print("e^709 =", np.exp(709.0), "  e^710 =", np.exp(710.0))

# %% [markdown]
r"""
**What you saw.** A number on a computer ends near 10 to the 308th, and $e^{710}$ lies beyond: **overflow** to infinity, and infinity divided by infinity is nan, "not a number".

But adding the same number to all scores changes nothing, so we may *subtract* the largest one. Then the largest power is $e^0 = 1$, no other is greater, and the sum is at least 1.
"""

# %%
def softmax(scores):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)


print("shifted:", softmax(large).round(3), "  of 0, 1, 2:", softmax(np.arange(3.0)).round(3))
print("same as the formula where that works:", np.allclose(softmax(scores), weights))

# %% [markdown]
r"""
## Temperature

Doubling made *sat* more decided. Dividing makes it less so. The number that scores are divided by has a name from physics, **temperature**:

$$\text{softmax}(s / \tau)$$

Cold, and the best key takes nearly all; hot, and every key gets about the same. In these words √d_head is a temperature.
"""

# %%
cases = {f"temperature {t}": softmax(scores[sat] / t) for t in (0.25, 1, 4)}
BarsDisplay.from_rows(cases, tokens, quantity="weight", title="What sat looks at")

# %% [markdown]
r"""
The order of the keys is the same at every temperature: cold only makes the first key more of a winner. In training, temperature is rarely touched, but the *size* of queries and keys is learned, and that comes to the same: a model can make a head as cold or as hot as it likes.
"""

# %% [markdown]
r"""
## How undecided is a word?

The **entropy** of a row of weights measures how evenly they are shared, $H = -\sum_j a_j \ln a_j$. Its power $e^H$ is easier to read: the number of keys among which equal shares would be just as even. One key with everything gives 1, eleven equal shares give 11.
"""

# %%
def keys_looked_at(weights):
    logs = np.log(np.where(weights > 0, weights, 1))           # 0 · log 0 counts as 0
    return np.exp(-(weights * logs).sum(axis=-1))


for temperature in (0.1, 0.25, 1, 4, 100):
    print(f"temperature {temperature:5}   sat looks at "
          f"{keys_looked_at(softmax(scores[sat] / temperature)):4.1f} keys")

# %% [markdown]
r"""
At temperature 1, as attention has it, *sat* looks at 3.8 keys, so to speak.

Lesson 03 found that shares near 0 or 1 hardly respond to their scores. Now we can see the whole curve. We move the score of *cat* alone, from far below the others to far above, and record its weight, and how much the weight changes for a small push.
"""

# %%
predict(
    "At which weight of cat does a small push of its score move the weight most?",
    ["near 0: there is most room to grow", "at one half", "near 1: the leader gains most"],
)

# %%
sweep, weight, response = np.linspace(-4, 12, 81), [], []
for score in sweep:
    row = scores[sat].copy()
    row[cat] = score
    pushed = row.copy()
    pushed[cat] += 0.001
    weight.append(softmax(row)[cat])
    response.append((softmax(pushed)[cat] - weight[-1]) / 0.001)
best = int(np.argmax(response))
print(f"largest response {response[best]:.2f}, at a weight of {weight[best]:.2f}")
print("response = weight · (1 − weight):", np.allclose(response, np.array(weight) * (1 - np.array(weight)), atol=1e-3))

# %%
GrowthDisplay.from_curves(
    sweep, {"weight of cat": weight, "response of the weight": response},
    axes=("score of cat", "weight, and change of weight for a point of score"),
    title="Decided words do not respond", log="",
)

# %% [markdown]
r"""
**What you saw.** The response is greatest, 0.25, at a weight of one half, and it is $a(1-a)$ everywhere: nothing at 0, nothing at 1. Softmax with a weight near 0 or 1 is **saturated**. Training moves scores by following such responses; where there are none, it stands still.
"""

# %%
rng = np.random.default_rng(4)
for d_head in (4, 16, 64, 256):
    raw = (rng.normal(size=(2_000, 1, d_head)) * rng.normal(size=(2_000, 16, d_head))).sum(axis=-1)
    for name, row in [("raw   ", raw), ("scaled", raw / np.sqrt(d_head))]:
        a = softmax(row)                                        # (2000, 16)
        print(f"d_head {d_head:3}  {name}  looks at {keys_looked_at(a).mean():4.1f} of 16 keys,",
              f" largest response {(a * (1 - a)).max(axis=-1).mean():.3f}")

# %% [markdown]
r"""
Random queries and keys once more, as in lesson 03. Without the scale, more features freeze a word: with 256 it looks at 1.3 keys, and even the most responsive of its sixteen weights answers a push of what softmax receives with only 0.053, on average. With the scale it looks at 10.8 keys and answers with 0.176, much as with 16 features.
"""

# %% [markdown]
r"""
## Change it: a score of minus infinity

Softmax never gives exactly 0, unless a score is −∞: then $e^{-\infty} = 0$. Take the row of *sat* and set the score of *cat* to `-np.inf`. What happens to the share that *cat* had, more than a half? Predict: do the others share it equally, or in proportion to what they had?
"""

# %%
row = scores[sat].copy()
row[cat] = -np.inf
without = softmax(row)
print("cat:", without[cat], "  mat:", without[mat].round(3), "  which:", without[which].round(3))
print("mat : which, before and after:",
      (weights[sat, mat] / weights[sat, which]).round(3), (without[mat] / without[which]).round(3))

# %% [markdown]
r"""
**What you saw.** In proportion: *mat* stays e times ahead of *which*, 2.718, as if *cat* had never been there. Hiding a key this way is called masking, and lesson 05 uses it.

**Your turn:** set *all* scores of the row to `-np.inf`. What should a word look at that may look at nothing?
"""

# %% [markdown]
r"""
## Exercises

Write [`softmax` and `softmax_with_temperature`](../exercises/04_softmax.ipynb). Yours has to work for any number of axes and for scores of any size. The first is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. Softmax turns each row of scores into weights between 0 and 1 that sum to 1: $e^s$, divided by the sum over the keys.
2. Only differences of scores count. Adding to all of them changes nothing, so we subtract the largest and never overflow; multiplying them changes how decided a word is.
3. A weight responds to its score by $a(1-a)$. Decided words do not respond, and so learn slowly.
"""

# %%
quiz("04")

# %% [markdown]
r"""
**Next:** the weights say where to look. Lesson 05 fetches what is there: the weighted sum of the values, and with it the whole of self-attention.
"""
