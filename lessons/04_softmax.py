# ---
# jupyter:
#   course:
#     number: "04"
#     title: Softmax
#     question: Add ten points to every score, or double every score. Which of the two changes a weight?
#     proves: >-
#       weights lie between 0 and 1 and sum to 1; adding to all scores changes nothing, which also
#       keeps the computation from breaking; doubling them changes everything: temperature, saturation
#     minutes: {teaching: 25, exercises: 20, shown: 10}
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
# §softmax · Softmax

**Add ten points to every score, or double every score. Which of the two changes a weight?**

Lesson §scores ended with scaled scores: for each query a row of numbers, positive or negative, one for each key. To mix what the keys' words have to say, we need shares of one whole. By the end you can

* turn a row of scores into weights, and say what each step is for;
* predict what adding to scores and multiplying them does;
* compute weights for scores of any size;
* say when a weight hardly responds any more.

25 minutes, and 20 for two exercises. You need lesson §scores.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Only differences of scores count. Softmax makes a lead of one point a factor of e, on whatever level: adding to all changes no weight, multiplying changes how decided a word is. The subtraction against overflow, the temperature and the deaf row all follow from that.
"""

# %%
import numpy as np
from ipywidgets import FloatLogSlider, IntSlider, VBox, dlink, link

from course_lib import predict, quiz
from course_lib.attention.reference import scaled_scores
from course_lib.explorers import SoftmaxExplorer
from course_lib.models import sentence
from course_lib.plots import AttentionDisplay, BarsDisplay, GrowthDisplay

embeddings, tokens = sentence.embeddings(), sentence.TOKENS
scores = scaled_scores(embeddings @ sentence.W_QUERY, embeddings @ sentence.W_KEY)
cat, which, black, sat, mat = 1, 3, 5, 7, 10
for token, score in zip(tokens, scores[sat]):
    print(f"{token:6} {score:4.1f}")

# %% [markdown]
r"""
## From scores to shares

These are the scaled scores of *sat*. We want weights: positive, and 1 in all. Dividing each score by their sum would give 1 in all, but not what we mean: a comma would have a *negative* share, and if the sum happened to be negative, all shares would flip their signs.
"""

# %%
divided = scores[sat] / scores[sat].sum()
print("cat:", divided[cat], "  mat:", divided[mat], "  comma:", divided[2], "  sum:", divided.sum())

# %% [markdown] tags=["slide"]
r"""
**Softmax**, which lesson §scores borrowed as `shares`, first makes every score positive by $e^s$, then divides by the sum:

$$a_j = \frac{e^{s_j}}{\sum_{k} e^{s_k}}$$

Why $e^s$? It is positive for every score, it keeps the order, and it makes equal *differences* equal *ratios*: a key that is 1 point ahead of another gets e times its share. The results are the **attention weights**.
"""

# %%
powers = np.exp(scores[sat])
weights_of_sat = powers / powers.sum()
for token, score, power, weight in zip(tokens, scores[sat], powers, weights_of_sat):
    print(f"{token:6} score {score:4.1f}   e^score {power:6.2f}   weight {weight:.3f}")
print("sum of the weights:", weights_of_sat.sum().round(12))

# %% [markdown]
r"""
**What you saw.** *cat* takes 0.574, *mat* 0.211, *black* 0.011. *cat* is 1 point ahead of *mat*, and 0.574 / 0.211 is e, up to rounding. The commas keep a tiny weight: on paper softmax never gives exactly 0. And *sat* gives 0.047 to itself; a word attends to itself too.
"""

# %% [markdown]
r"""
Row by row we can do the whole sentence. `axis=-1` is the axis of the keys: each *query* has 1 to share out.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "0.011: *black* does not matter", or "they are 1 % alike". A weight is read as a likeness or as a probability of being right.

*Say:* it is a share of one whole, no more. Raise the score of *cat*, and the weight of *black* falls, though nothing about *black* has changed. What a word does with its shares is for lesson §weighted_sum; what they do not prove, for lesson §attention_that_learned.
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
All 121 weights lie between 0 and 1, and every row sums to 1. So a row can be read as a distribution: how one whole of attention is shared out, more of it to words whose keys fit better. Some words are decided (*mat* looks at *sat* with 0.86); the commas look almost evenly around.
"""

# %% [markdown]
r"""
## Ten points more for everybody

We add 10 to every score of *sat*, and make shares in two ways: by softmax, and by dividing by the sum. (For dividing we keep to three words with positive scores: *cat* 4, *mat* 3, *which* 2.)
"""

# %% tags=["slide"]
predict(
    "Ten points more for every key. Whose shares change?",
    ["those of softmax: e^10 is a huge factor", "those of dividing by the sum", "both", "neither"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Take the vote on both halves of the title's question now, adding ten and doubling, and leave the tally on the board.

*Expect:* most fear for softmax at +10, because $e^{10}$ is huge. Let a doubter write $e^{s+10}$ as a product, over a sum of such products, and cancel. The room then corrects its own second vote before the cell does: 0.574 becomes 0.856.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Ten points more for everybody

Three scores, as they are and with ten points more: by softmax, and divided by their sum.
"""

# %% tags=["slide"]
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

Now every score is doubled.
"""

# %% tags=["slide"]
predict(
    "All scores of sat are doubled. What happens to the weight of cat, 0.574?",
    ["nothing: all scores grew alike", "it grows a little, to about 0.6", "it grows to more than 0.8",
     "it falls, since the others double too"],
)

# %% [markdown] tags=["instructor", "slide"]
r"""
## Twice as many points
"""

# %% tags=["slide"]
print("cat, mat, which by softmax: ", softmax_by_the_formula(2 * scores[sat])[[cat, mat, which]].round(3))
print("the three by dividing, as is:", divide_by_sum(three).round(3))
print("the three by dividing, x 2:  ", divide_by_sum(2 * three).round(3))

# %% [markdown]
r"""
**What you saw.** Doubling scores doubles *differences*: *cat* goes to 0.856. It was e times *mat*; now it is e² times. Here it is dividing by the sum that does not notice. So adding changes no weight, and doubling makes a word look harder at what it already preferred.

That is why the factor $1/\sqrt{d_{head}}$ of lesson §scores mattered.
"""

# %% [markdown]
r"""
## Scores of several hundred

Such scores occur: raw ones do, and those of a model whose training has gone wrong. On paper the formula has no trouble with them.
"""

# %% tags=["slide"]
predict(
    "Softmax of the scores 1000, 1001, 1002: what does the formula print?",
    ["about 0.09, 0.24, 0.67, as for 0, 1, 2", "0, 0, 1", "not a number, three times"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Softmax of 1000, 1001, 1002 by the bare formula: what is printed?

*Expect:* "0.09, 0.24, 0.67" from those who have understood the last half hour, and on paper they are right. Say so, then run it. Ask what we are free to do to these scores without changing a weight. Somebody says "subtract", and half of the exercise is done.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Powers that overflow
"""

# %% tags=["slide"]
large = np.array([1000.0, 1001.0, 1002.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("by the formula:", softmax_by_the_formula(large))
    print("e^709 =", np.exp(709.0), "  e^710 =", np.exp(710.0))
    print("in half precision, e^11 and e^12:", np.exp(np.array([11, 12], dtype=np.float16)))

# %% [markdown]
r"""
**What you saw.** Python's numbers end near 10 to the 308th, and $e^{710}$ lies beyond: **overflow** to infinity, and infinity divided by infinity is nan, "not a number". In the half-precision numbers that many models use, a score of 12 is already too much.
"""

# %% [markdown]
r"""
Adding the same number to all scores changes nothing, so we may *subtract* the largest one. Then the largest power is $e^0 = 1$, no other is greater, and the sum is at least 1.
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

Cold, and the best key takes nearly all; hot, and every key gets about the same. For raw scores, √d_head is the temperature of attention.
"""

# %% tags=["slide"]
cases = {f"temperature {t}": softmax(scores[sat] / t) for t in (0.25, 1, 4)}
BarsDisplay.from_rows(cases, tokens, quantity="weight", title="What sat looks at")

# %% [markdown]
r"""
The order of the keys is the same at every temperature: cold only makes the first key more of a winner. A model learns no temperature, but it learns the *size* of queries and keys, and that comes to the same: it can make a word look as coldly or as hotly as it likes.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Temperature the wrong way round, "hot means decided"; and the search for the temperature among a model's parameters.

*Say:* heat stirs everything up until it is the same everywhere. Point at the bars: at 0.25 *cat* has 0.98, at 4 it has 0.19. And there is none to be found: a model makes its queries and keys longer, and is colder by that.
"""

# %% [markdown]
r"""
## How undecided is a word?

Does one key take all, or do many share? The **entropy** of a row of weights says so in one number, $H = -\sum_j a_j \ln a_j$. Its power $e^H$ is easier to read: so many keys, so to speak, the word looks at. One key with everything gives 1, eleven equal shares give 11.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "How undecided is a word?" up to "Change it", with the push, the curve and the explorer. Say instead: a weight answers to its score most at one half, and hardly near 0 or 1. In a row with one weight near 1 all others are near 0, so the whole row is deaf to small corrections. The explorer is for home.
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
With its scaled scores as they are, at temperature 1, *sat* looks at 3.8 keys.

Now a small push. Which weight *moves* when its own score is pushed up a little? In the row of *sat*, *black* has a weight of 0.011, *mat* 0.211, *cat* 0.574.
"""

# %%
predict(
    "The same small push, each word's score by itself. Whose weight moves most?",
    ["black: it has most room to grow", "mat: it is in the middle", "cat: the leader gains most",
     "all the same: the same push"],
)

# %%
def response(row, key, push=0.001):
    pushed = row.copy()
    pushed[key] += push
    return (softmax(pushed)[key] - softmax(row)[key]) / push


for name, word in [("black", black), ("mat", mat), ("cat", cat)]:
    a = softmax(scores[sat])[word]
    print(f"{name:6} weight {a:.3f}   response {response(scores[sat], word):.3f}   a(1 - a) {a * (1 - a):.3f}")

# %% [markdown]
r"""
**What you saw.** *cat*, with 0.244 of weight for each point of score. The rule behind it, for a small push: with $E = e^s$ for this key and $R$ for the sum of all others, the weight is $a = E/(E+R)$, and its slope is $ER/(E+R)^2 = a(1-a)$.
"""

# %% [markdown]
r"""
Now the weight and its response over the whole range: the score of *cat* moves from far below the others to far above.
"""

# %%
sweep, weight, slope = np.linspace(-4, 12, 81), [], []
for score in sweep:
    row = scores[sat].copy()
    row[cat] = score
    weight.append(softmax(row)[cat])
    slope.append(response(row, cat))
GrowthDisplay.from_curves(
    sweep, {"weight of cat": weight, "its response to a push": slope},
    axes=("score of cat", "weight, and its change for a point of score"),
    title="A weight near 0 or 1 hardly responds", log="",
)

# %% [markdown]
r"""
Most at one half, nothing at 0 and nothing at 1. A row in which one weight is nearly 1 is **saturated**; lesson §scores called it frozen. All its weights stay where they are, whatever small thing happens to the scores. Training moves scores by following such responses. Where they are nearly 0, little reaches the scores, unless the error is very large.
"""

# %% [markdown]
r"""
Now move through it yourself: 300 random queries, 16 random keys. Slide d_head up without the scale, with raw scores, and watch the weights of one query and the spread of all. Then look for the temperature that undoes it. (The explorer shows the entropy H itself; all 16 keys alike are ln 16 = 2.8.)
"""

# %%
rng = np.random.default_rng(4)
explorer = SoftmaxExplorer.from_vectors(rng.normal(size=(300, 512)), rng.normal(size=(16, 512)))
explorer

# %% [markdown]
r"""
At d_head 64 the spread is about √64 = 8, and at temperature 8 the weights are just those that the scale gives at temperature 1: √d_head *is* a temperature. Colder, and rows go deaf again; much hotter, and every key gets the same.
"""

# %% [markdown]
r"""
The view is a widget, and widgets can be linked: the two sliders below, for d_head and τ, move it, and it moves them.

**Your turn:** add `dlink((size, "value"), (heat, "value"), np.sqrt)` above the last line and run the cell again. Now the temperature follows √d_head. Before you slide d_head to its end: will the queries look at fewer keys?
"""

# %%
size = IntSlider(min=1, max=512, description="d_head")
# It sends what it is left at, not each step on the way: else it would round what the view sends.
heat = FloatLogSlider(min=-1, max=2, description="τ", continuous_update=False)
link((explorer, "d_head"), (size, "value"))
link((explorer, "temperature"), (heat, "value"))
VBox([size, heat])

# %% [markdown]
r"""
## Change it: a score of minus infinity

A weight of exactly 0 takes a score of −∞, for then $e^{-\infty} = 0$. Take the row of *sat* and set the score of *cat* to `-np.inf`. What happens to the share that *cat* had, more than a half? Predict: do the others share it equally, or in proportion to what they had?
"""

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** *cat* is taken out of the row of *sat*. Who inherits its share, more than a half?

*Expect:* "everybody gets an equal part", as with a cake. Ask what the $e^s$ of *mat* has to do with *cat*: nothing, only the sum below has shrunk. So all grow by one factor, *mat* to 0.496, and it stays 2.718 times *which*. Leave "all of them −∞" open until lesson §weighted_sum.
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
**What you saw.** In proportion: *mat* stays e times ahead of *which*, 2.718, as if *cat* had never been there. Hiding a key this way is called masking, and lesson §weighted_sum uses it.

**Your turn:** set *all* scores of the row to `-np.inf`. What should a word look at that may look at nothing?

<details><summary>You should see …</summary>nan, eleven times. Lesson §weighted_sum settles what a word does that may look at nothing.</details>
"""

# %% [markdown]
r"""
## Exercises

Write `softmax` and `softmax_with_temperature` in [the exercises](exercises:softmax). Yours has to work for any number of axes and for scores of any size. The first is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `softmax` expect keepdims forgotten, the first axis for the last, and overflow; some clip the scores or paint over the nan. In the second, weights divided after softmax.

*Say:* "Print the sums of your rows, then of your columns." For large scores: "Which smaller scores have the same weights?" For clipping: "Two scores above your limit: which difference is left between them?"
"""

# %% [markdown]
r"""
## Recap

1. Softmax makes each row of scores weights between 0 and 1 that sum to 1: $e^s$, divided by the sum over the keys.
2. Only differences of scores count. Adding to all changes nothing, so we subtract the largest and never overflow; multiplying by a positive number changes how decided a word is.
3. A weight responds to its score by $a(1-a)$: most at one half, hardly near 0 or 1. A saturated row is deaf to small corrections.
"""

# %%
quiz("04")

# %% [markdown]
r"""
**Next:** the weights say where to look. Lesson §weighted_sum fetches what is there: the weighted sum of the values, and with it the whole of self-attention.
"""
