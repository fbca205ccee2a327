# ---
# jupyter:
#   course:
#     number: "03"
#     title: Scores
#     question: Longer vectors give larger scores. Is a larger score a clearer answer?
#     proves: >-
#       one dot product by hand, then all pairs at once; the spread of scores grows as √d_head,
#       and vectors that know nothing look certain until the scores are divided by it
#     minutes: {teaching: 30, exercises: 15}
#     must: scaled_scores
#     cut: The largest score is not the nearest direction
#     exercises: [raw_scores, scaled_scores]
#     notation:
#       - {name: scores, symbol: "$S$", shape: "(n_queries, n_keys)", meaning: "how well each query and key fit; raw: dot products, scaled: divided by √d_head"}
#       - {name: d_head, symbol: "$d_k$", shape: "a number", meaning: "how many features a query and a key have"}
#       - {name: n_queries, symbol: "$n_q$", shape: "a number", meaning: "how many queries ask; rows of the scores"}
#       - {name: n_keys, symbol: "$n_k$", shape: "a number", meaning: "how many keys answer; columns of the scores"}
#     claims:
#       - {claim: "Scores are computed by the dot product of queries and keys", heading: "Every query meets every key", number: "121 scores of the seed sentence from one matrix product, equal to 121 sums by hand"}
# ---

# %% [markdown]
r"""
# 03 · Scores

**Longer vectors give larger scores. Is a larger score a clearer answer?**

In lesson 02 each word of *The cat, which was black, sat on the mat* got a query (what it looks for) and a key (what it offers). Now every query meets every key, and each meeting gives one number: a score. By the end you can

* work out a score by hand, and all of them in one line;
* tell a dot product from a cosine;
* say, from your own measurement, why scores are divided by √d_head.

30 minutes, and 15 for two exercises. You need lesson 02, and what a standard deviation is, roughly: how far numbers typically lie from their mean.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.learning import sentence
from course_lib.seeing import ArrowsDisplay, GrowthDisplay, ScoresDisplay

embeddings = sentence.embeddings()                   # (seq_len, d_model)
queries = embeddings @ sentence.W_QUERY              # (seq_len, d_head)
keys = embeddings @ sentence.W_KEY                   # (seq_len, d_head)
cat, which, black, sat, mat = 1, 3, 5, 7, 10         # positions in the sentence
print("queries:", queries.shape, " keys:", keys.shape)

# %% [markdown]
r"""
## One query meets one key

Eleven tokens (the commas count), and for each a query and a key of four features: *animal, place, action, colour*. The numbers are ours, chosen small so that you can check them; from lesson 07 on a model learns its own. Here is what *sat* looks for, and what *cat* offers.
"""

# %%
print("features:    ", *sentence.SUBJECTS)
print("query of sat:", queries[sat])
print("key of cat:  ", keys[cat])

# %% [markdown]
r"""
*sat* looks for an animal (4) and a place (3): who sat, and where? *cat* offers an animal (2).

The **dot product** multiplies feature by feature and adds up:

$$q \cdot k = \sum_{i=1}^{d_{head}} q_i\, k_i$$

A feature counts only if it is sought *and* offered; where one of the two is 0, nothing is added.
"""

# %%
products = queries[sat] * keys[cat]
print("feature by feature:", products)
print("added up:          ", products.sum())

# %% [markdown]
r"""
**What you saw.** 4·2 + 3·0 + 0·0 + 0·0 = 8. This number is the **score** of *sat* for *cat*: how well what one word seeks fits what the other offers. Nobody compared letters or meanings; two lists of four numbers met.
"""

# %% [markdown]
r"""
## The largest score is not the nearest direction

Three words offer something to *sat*: *cat* an animal (2, 0), *which* a little of an animal (1, 0), *mat* a place (0, 2). *sat* seeks (4, 3). The arrow of *which* points exactly where *cat* points; *mat* points somewhere else. *cat* scores highest, 8.
"""

# %%
predict(
    "Which word has the second-highest score for sat?",
    ["which: it points the same way as cat", "mat", "which and mat have equal scores"],
)

# %%
for name, word in [("cat", cat), ("which", which), ("mat", mat), ("black", black)]:
    score = queries[sat] @ keys[word]
    cosine = score / np.linalg.norm(queries[sat]) / np.linalg.norm(keys[word])
    print(f"{name:6} score {score:3.0f}   cosine {cosine:.1f}")

# %% [markdown]
r"""
**What you saw.** The **cosine** asks only about direction, from 1 (the same way) through 0 (at right angles) to −1 (opposite). By cosine *which* ties with *cat* at 0.8. The dot product also counts length, so *mat*, further off the line but twice as long, scores 6 against 4.

*black* has the longest key of all, and a score of 0: it offers only a colour, which *sat* does not seek.
"""

# %%
words = {"cat": cat, "which": which, "mat": mat, "comma": 2}
plane = {name: keys[word, :2] for name, word in words.items()}
ArrowsDisplay.from_vectors(("sat", queries[sat, :2]), plane, axes=("animal", "place"))

# %% [markdown]
r"""
Each dashed line is at right angles to the query, and all points on it have the same score: only how far a key reaches *along* the query counts. The comma lies behind the start: its score is negative, −7. A score may be any number; it is not a percentage. A word can offer something loudly (a long key) and a query can ask for it loudly.
"""

# %% [markdown]
r"""
## Every query meets every key

A sentence of eleven tokens has 11 × 11 meetings, each word with itself among them. A matrix product does them all: it takes rows of the first matrix with *columns* of the second, so the keys are transposed.

$$S = Q K^{\top} \qquad \text{(n\_queries, n\_keys)}$$

These are **raw scores**. Rows are queries, columns are keys; here and in all lessons.
"""

# %%
def raw_scores(queries, keys):
    return queries @ keys.T


scores = raw_scores(queries, keys)
by_hand = [[sum(q * k) for k in keys] for q in queries]
print("shape:", scores.shape)
print("equal to 121 sums by hand:", np.array_equal(scores, by_hand))

# %%
ScoresDisplay.from_scores(scores, sentence.TOKENS, title="Raw scores")

# %% [markdown]
r"""
Read the row of *sat*: 8 under *cat*, 6 under *mat*, 0 under *black*. Now read its column: what do others find in *sat*? The table is not symmetric, since seeking is not offering.
"""

# %%
print("sat seeks cat:", scores[sat, cat])
print("cat seeks sat:", scores[cat, sat])

# %% [markdown]
r"""
## Vectors that know nothing

Our features were chosen with care. A model begins without any: its numbers are random, and so its first scores mean nothing. A good starting point would *look* like nothing too.

So take random queries and keys, each number drawn with mean 0 and standard deviation 1. By the **spread** of the scores we mean their standard deviation. Real models use 64 features or more where our sentence uses 4.
"""

# %%
predict(
    "d_head grows from 4 to 64, sixteen times as many features. What happens to the spread?",
    ["about the same: positive and negative products cancel", "4 times as large",
     "16 times as large"],
)

# %%
rng = np.random.default_rng(3)
sizes = [4, 16, 64, 256, 1024]
spreads = []
for d_head in sizes:
    random_scores = raw_scores(rng.normal(size=(300, d_head)), rng.normal(size=(300, d_head)))
    spreads.append(random_scores.std())
    print(f"d_head {d_head:4}   spread {spreads[-1]:5.1f}   √d_head {np.sqrt(d_head):5.1f}")

# %% [markdown]
r"""
**What you saw.** From 4 to 64 features the spread went from 2.0 to 7.9: about four times, the square root of sixteen. The signs do cancel, but never completely: like a walk of random steps, the sum ends further from 0 the more steps it has. Below we see why it is just the square root.
"""

# %%
products = rng.normal(size=(100_000, 4)) * rng.normal(size=(100_000, 4))
for n_features in (1, 2, 3, 4):
    variance = products[:, :n_features].sum(axis=1).var()
    print(f"{n_features} products added up: variance {variance:.1f}")

# %% [markdown]
r"""
The **variance** is the square of the spread. One product has variance 1, and each further, independent product adds 1 more: variances add up, spreads do not. After d_head products the variance is d_head, so the spread is √d_head.

Now, is that bad? A spread of 8 might just mean clearer opinions.
"""

# %% [markdown]
r"""
## How certain is a model that knows nothing?

A peek at lesson 04: scores become shares of one whole. Each score $s$ turns into $e^s$, always a positive number, and the key's **share** is its part of the sum of all these. Only the *difference* between scores counts: how many points one lies ahead of another.
"""

# %%
def shares(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))   # the shift cancels
    return powers / powers.sum(axis=-1, keepdims=True)


for lead in (0, 1, 8):
    first, second = shares(np.array([lead, 0.0]))
    print(f"{lead} points ahead: share {first:.4f} against {second:.4f}")

# %% [markdown]
r"""
With equal scores, two keys share alike. One point ahead is a clear lead, 0.7311 against 0.2689; eight points ahead, and the other key might as well not be there.

Now one random query looks at 16 random keys, and we repeat that 2,000 times. If nothing stood out, each key would get 1/16 = 0.0625.
"""

# %%
predict(
    "256 features, random numbers, 16 keys. What share does the largest score take, on average?",
    ["about 1/16: nothing is known, so nothing stands out", "about 0.25", "about 0.5",
     "more than 0.9"],
)

# %%
def random_meetings(d_head, n=2_000, n_keys=16):
    rng = np.random.default_rng(16)
    asking, offering = rng.normal(size=(n, 1, d_head)), rng.normal(size=(n, n_keys, d_head))
    return asking, offering


certainty = {"raw": [], "scaled": []}
for d_head in (4, 16, 64, 256):
    asking, offering = random_meetings(d_head)
    raw = (asking @ offering.swapaxes(-1, -2))[:, 0]               # (2000, 16)
    certainty["raw"].append(shares(raw).max(axis=-1).mean())
    certainty["scaled"].append(shares(raw / np.sqrt(d_head)).max(axis=-1).mean())
    print(f"d_head {d_head:3}   raw {certainty['raw'][-1]:.2f}", end="   ")
    print(f"divided by √d_head {certainty['scaled'][-1]:.2f}")
print("an equal share:", 1 / 16)

# %%
GrowthDisplay.from_curves(
    [4, 16, 64, 256], certainty, axes=("d_head", "largest share of 16 keys, on average"),
    title="Certainty about nothing", linear_height=True,
)

# %% [markdown]
r"""
**What you saw.** With 256 features, random vectors give 0.92 of everything to one key, and which key is pure chance. The larger score was not a clearer answer: it was a larger d_head.

Divided by √d_head, the spread is 1 whatever the d_head, and the largest share stays near a quarter: some keys are luckier than others, but none rules. That is a fair place to start learning from.
"""

# %% [markdown]
r"""
## The scale

So the scores of attention are **scaled scores**, the first half of the paper's equation 1 (Vaswani et al., 2017):

$$S = \frac{Q K^{\top}}{\sqrt{d_{head}}}$$

The raw score is divided by the spread that vectors without any knowledge would have. In our sentence d_head is 4, so each score is halved.
"""

# %%
def scaled_scores(queries, keys):
    d_head = queries.shape[-1]
    return raw_scores(queries, keys) / np.sqrt(d_head)


row = scaled_scores(queries, keys)[sat]
for name, word in [("cat", cat), ("mat", mat), ("which", which), ("black", black)]:
    print(f"sat → {name:6} raw {scores[sat, word]:2.0f}   scaled {row[word]:.1f}")

# %% [markdown]
r"""
## Change it: hide a real match

The scale makes everything smaller. Does it also drown what should stand out? Let us plant something worth finding: one of the 16 keys becomes an exact copy of the query. The other 15 stay random.
"""

# %%
predict(
    "With the scale on, d_head grows from 4 to 256. What happens to the share of the copy?",
    ["it stays the same, since the scale removes the effect of d_head",
     "it falls towards 1/16", "it rises to almost 1"],
)

# %%
def share_of_a_copy(d_head, scale):
    asking, offering = random_meetings(d_head)
    offering[:, 0] = asking[:, 0]                                  # the first key is a copy
    raw = (asking @ offering.swapaxes(-1, -2))[:, 0]
    return shares(raw / scale)[:, 0].mean()


for d_head in (4, 16, 64, 256):
    print(f"d_head {d_head:3}   share of the copy {share_of_a_copy(d_head, np.sqrt(d_head)):.2f}")

# %% [markdown]
r"""
**What you saw.** The copy rises from 0.27 to 1.00. Its products are squares, all positive, and add up to about d_head; divided by √d_head, that leaves √d_head. Chance grows as √d_head, agreement as d_head. The scale takes away just what chance gives; what is large *now* is an answer.

**Your turn:** in the loop above, divide by `d_head` instead of `np.sqrt(d_head)`; then by `1`. Predict first. Which of them no longer finds the copy?
"""

# %% [markdown]
r"""
## Exercises

Write [`raw_scores` and `scaled_scores`](../exercises/03_scores.ipynb) yourself. If something is off, the check says which mistake it looks like. The second one is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. A score is the dot product of one word's query with another word's key; $QK^\top$ computes them all, a query a row and a key a column.
2. It counts direction *and* length, so it is not a cosine, and it may be negative.
3. Chance alone makes raw scores spread as √d_head; dividing by √d_head keeps a model that knows nothing from being sure of it, and leaves real agreement standing out.
"""

# %%
quiz("03")

# %% [markdown]
r"""
**Next:** scores can be any numbers, negative ones too. Lesson 04 turns them into weights that share out one whole: softmax.
"""
