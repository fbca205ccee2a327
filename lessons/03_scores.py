# ---
# jupyter:
#   course:
#     number: "03"
#     title: Scores
#     question: One score towers over all others. Does the model know something?
#     proves: >-
#       one dot product by hand, then all pairs at once; the spread of scores grows as √d_head,
#       and vectors that know nothing look certain, and hardly learn, until scores are divided by it
#     minutes: {teaching: 30, exercises: 15}
#     must: scaled_scores
#     cut: Direction or length?
#     exercises: [raw_scores, scaled_scores]
#     notation:
#       - {name: scores, symbol: "$S$", shape: "(n_queries, n_keys)", meaning: "how well each query and key fit; raw: dot products, scaled: divided by √d_head"}
#       - {name: n_queries, symbol: "$n_q$", shape: "a number", meaning: "how many queries ask; rows of the scores"}
#       - {name: n_keys, symbol: "$n_k$", shape: "a number", meaning: "how many keys answer; columns of the scores"}
#     claims:
#       - {claim: "Scores are computed by the dot product of queries and keys", heading: "Every query meets every key", number: "121 scores of the seed sentence from one matrix product, equal to 121 sums by hand"}
# ---

# %% [markdown]
r"""
# §scores · Scores

**One score towers over all others. Does the model know something?**

In lesson §queries_keys_values each word of *The cat, which was black, sat on the mat* got a query (what it looks for) and a key (what it offers). Now every query meets every key, and each meeting gives one number: a score. By the end you can

* work out a score by hand, and all of them in one line;
* tell a dot product from a cosine;
* say, from your own measurement, what scores are divided by, and why.

30 minutes, and 15 for two exercises. You need lesson §queries_keys_values, and what a standard deviation is, roughly: how far numbers typically lie from their mean.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** A large score may be pure chance. Dot products of many random features spread as √d_head, so a model that knows nothing looks certain, and one that is certain hardly learns. The scale takes out just that. If one sentence is to remain: dividing by √d_head keeps ignorance undecided.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.models import sentence
from course_lib.plots import ArrowsDisplay, GrowthDisplay, ScoresDisplay

embeddings = sentence.embeddings()                   # (seq_len, d_model)
queries = embeddings @ sentence.W_QUERY              # (seq_len, d_head)
keys = embeddings @ sentence.W_KEY                   # (seq_len, d_head)
cat, which, black, sat, mat = 1, 3, 5, 7, 10         # positions in the sentence
print("queries:", queries.shape, " keys:", keys.shape)

# %% [markdown] tags=["slide"]
r"""
## One query meets one key

Eleven tokens (the commas count), each with a query and a key of d_head = 4 features. The numbers are ours, small enough to check by hand; a trained model has found its own.

*sat* looks for an animal and a place, *cat* offers an animal. The dot product multiplies feature by feature and adds up:

$$q \cdot k = \sum_{i=1}^{d_{head}} q_i\, k_i$$

A feature counts only if it is sought *and* offered; where one of the two is 0, nothing is added.
"""

# %% tags=["slide"]
products = queries[sat] * keys[cat]
print("features:          ", *sentence.SUBJECTS)
print("query of sat:      ", queries[sat])
print("key of cat:        ", keys[cat])
print("feature by feature:", products, "  added up:", products.sum())

# %% [markdown]
r"""
4·2 + 3·0 + 0·0 + 0·0 = 8. This number is the **score** of *sat* for *cat*: how well what one word seeks fits what the other offers. No letters were compared: two lists of four numbers met.
"""

# %% [markdown]
r"""
## Direction or length?

Compare *cat* with two other words. As arrows, the key of *which* points exactly the way the key of *cat* points, only it is half as long. The key of *mat* is as long as that of *cat*, but at a wider angle to the query.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "Direction or length?" with its arrows, and go on at "Every query meets every key". Say instead: a dot product counts direction *and* length, so it is not a cosine. *mat* fits *sat* with 6 and *which* with 4, though *which* points more nearly the right way. A score may be any number, and is not a percentage.
"""

# %%
predict(
    "cat has the highest score for sat. Which word comes second?",
    ["which: it points the same way as cat", "mat", "which and mat, with equal scores"],
)

# %%
for name, word in [("cat", cat), ("which", which), ("mat", mat), ("black", black)]:
    score = queries[sat] @ keys[word]
    cosine = score / np.linalg.norm(queries[sat]) / np.linalg.norm(keys[word])
    print(f"{name:6} key {keys[word]}   score {score:3.0f}   cosine {cosine:.1f}")

# %% [markdown]
r"""
**What you saw.** The **cosine** divides by both lengths (`np.linalg.norm`), so it asks about direction only, from 1 (the same way) through 0 (at right angles) to −1 (opposite). By cosine *which* ties with *cat* at 0.8. The dot product counts how long an arrow is, too: *mat* points less well, 0.6, but is twice as long as *which*: 6 against 4.

*black* has the longest key of the four, and scores 0: a colour is not what *sat* seeks.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "*mat* beats *which*, so it points better." Cosine and dot product get mixed up, all the more since both go by the name of similarity.

*Say:* two arrows at the board: *which* along the axis of animals, length 1; *mat* along the axis of places, length 2. Cosines 0.8 and 0.6, scores 4 and 6. Ask which of the two numbers changes when an arrow grows.
"""

# %%
words = {"cat": cat, "which": which, "mat": mat, "comma": 2}
plane = {name: keys[word, :2] for name, word in words.items()}
ArrowsDisplay.from_vectors(("sat", queries[sat, :2]), plane, axes=("animal", "place"))

# %% [markdown]
r"""
Each dashed line is at right angles to the query, and every key that ends on it has the same score: only how far a key reaches *along* the query counts. The comma offers −1 animal and −1 place, so to speak "no things here". It points away from the query and scores −7. A score may be any number; it is not a percentage.
"""

# %% [markdown]
r"""
## Every query meets every key

A sentence of eleven tokens has 11 × 11 meetings, each word with itself among them. A matrix product does them all: it takes rows of the first matrix with *columns* of the second, so the keys are transposed.

$$S_{raw} = Q K^{\top} \qquad \text{(n\_queries, n\_keys)}$$

These are **raw scores**. Rows are queries, columns are keys; here and in all lessons.
"""

# %%
def raw_scores(queries, keys):
    return queries @ keys.T


scores = raw_scores(queries, keys)
by_hand = [[sum(q * k) for k in keys] for q in queries]
print("shape:", scores.shape)
print("equal to 121 sums by hand:", np.array_equal(scores, by_hand))

# %% tags=["slide"]
ScoresDisplay.from_scores(scores, sentence.TOKENS, title="Raw scores")

# %% [markdown]
r"""
Read the row of *sat*: 8 under *cat*, 6 under *mat*, 0 under *black*. Now its column, which says who looks for *sat*: above all *mat*, with 10. *sat* seeks *cat* with 8, but *cat* seeks *sat* with 4. The table is not symmetric, since seeking is not offering.
"""

# %% [markdown]
r"""
## Vectors that know nothing

Our features were chosen with care. A model starts without any: its numbers are random, and its first scores mean nothing.

So let us take random queries and keys, every number drawn with mean 0 and standard deviation 1, and look at the **spread** of their scores, that is, their standard deviation. Our sentence uses 4 features; many models use 64 or 128.
"""

# %% tags=["slide"]
predict(
    "d_head grows from 4 to 64, sixteen times as many features. What happens to the spread?",
    ["about the same: positive and negative products cancel", "4 times as large",
     "16 times as large"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Sixteen times as many products, with signs by chance. What happens to the spread of their sum?

*Expect:* two camps, "they cancel" and "sixteen times". Let everybody toss a coin four times, heads +1, tails −1, and add up; then in groups of four, sixteen tosses. The sums neither vanish nor become four times as large. Then the cell: from 2.0 to 7.9.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Vectors that know nothing

The spread of their scores, and the root of d_head:
"""

# %% tags=["slide"]
rng = np.random.default_rng(3)
for d_head in (4, 16, 64, 256, 1024):
    random_scores = raw_scores(rng.normal(size=(300, d_head)), rng.normal(size=(300, d_head)))
    print(f"d_head {d_head:4}   spread {random_scores.std():5.1f}   √d_head {np.sqrt(d_head):5.1f}")

# %% [markdown]
r"""
**What you saw.** From 4 to 64 features the spread went from 2.0 to 7.9, four times as far: the square root of sixteen. The signs do cancel, but seldom completely. It is like a walk of random steps to the left and right: the more steps, the further from the start it typically ends. But why the root, of all things?
"""

# %%
products = rng.normal(size=(100_000, 4)) * rng.normal(size=(100_000, 4))
for n_features in (1, 2, 3, 4):
    variance = products[:, :n_features].sum(axis=1).var()
    print(f"products added up: {n_features}   variance {variance:.1f}")

# %% [markdown]
r"""
The **variance** is the spread squared: the mean of the squares, when the mean is 0. One product has variance 1: the mean of $(q\,k)^2$ is the mean of $q^2$ times that of $k^2$, 1·1. In the square of a sum, products of two different terms are as often negative as positive; on average only the squares remain. So d_head products have variance d_head, and spread √d_head.

Is that bad? Larger scores might just be stronger opinions.
"""

# %% [markdown]
r"""
## How certain is a model that knows nothing?

A peek at lesson §softmax. Scores may be negative, so they are not shares of a whole yet. But $e^s$ is always positive; the **share** of a key is its $e^s$, divided by the sum of all of them. What decides is how many points a score lies ahead of another.
"""

# %%
def shares(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


for lead in (0, 1, 8):
    first, second = shares(np.array([lead, 0]))
    print(f"{lead} points ahead: share {first:.4f} against {second:.4f}")

# %% [markdown]
r"""
Equal scores share alike. One point ahead is a clear lead, 0.7311 against 0.2689; eight points ahead, and the other key might as well not be there.

Now one random query looks at 16 random keys, 2,000 times. An equal share would be 1/16. (In `queries * keys` one query meets 16 keys: NumPy repeats whatever has length 1 along an axis, which is called **broadcasting**. The sum over the last axis then makes dot products.)
"""

# %%
def chance_vectors(d_head):
    rng = np.random.default_rng(16)
    queries = rng.normal(size=(2_000, 1, d_head))    # 2,000 times one query
    keys = rng.normal(size=(2_000, 16, d_head))      # and 16 keys to look at
    return queries, keys


def meet(queries, keys):
    return (queries * keys).sum(axis=-1)             # (2000, 16): each query's 16 scores


print("one query and its first three keys:", meet(*chance_vectors(64))[0, :3].round(1))

# %% tags=["slide"]
predict(
    "256 random features, 16 keys. Which share does the largest raw score take, on average?",
    ["about 1/16: nothing is known, so nothing stands out", "about a quarter", "about a half",
     "about nine tenths"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** 256 features, 16 keys, all of it random. Which share does the luckiest key take?

*Expect:* "a sixteenth: nobody knows anything" is the decent answer, and far off: 0.92. Ask what they would have concluded from such a share in a real model, and bear the silence. Only then show what dividing makes of it, 0.25.
"""

# %%
largest = {"raw": [], "divided by √d_head": []}
for d_head in (4, 16, 64, 256):
    scores = meet(*chance_vectors(d_head))
    raw, scaled = shares(scores), shares(scores / np.sqrt(d_head))
    largest["raw"].append(raw.max(axis=-1).mean())
    largest["divided by √d_head"].append(scaled.max(axis=-1).mean())
    print(f"d_head {d_head:3}   largest share: raw {raw.max(axis=-1).mean():.2f},",
          f"divided by √d_head {scaled.max(axis=-1).mean():.2f}")

# %% tags=["slide"]
GrowthDisplay.from_curves(
    [4, 16, 64, 256], largest, expected={"an equal share, 1/16": [1 / 16] * 4},
    axes=("d_head", "largest share of 16 keys, on average"),
    title="Certainty about nothing", log="x",
)

# %% [markdown]
r"""
**What you saw.** With 256 random features, one key gets 0.92 of everything, on average, and which one is pure chance. A score that towers over the others need not mean that anything is known: it may just mean many features.

Divided by √d_head the scores have spread 1 whatever the d_head, and the largest share stays near a quarter. Some keys are luckier than others, but none rules.
"""

# %% [markdown]
r"""
## Why certainty by chance is bad

A model learns by small steps: it nudges its numbers and keeps what helps. For that, a nudge must *move* something. So we change each query a little, by one hundredth of random numbers, and measure which part of the whole moves from one key to another.
"""

# %%
def moved(d_head, scale):
    queries, keys = chance_vectors(d_head)
    nudged = queries + 0.01 * np.random.default_rng(1).normal(size=queries.shape)
    before, after = shares(meet(queries, keys) / scale), shares(meet(nudged, keys) / scale)
    return np.abs(after - before).sum(axis=-1) / 2


for d_head in (4, 64, 256):
    for name, scale in [("raw", 1), ("divided by √d_head", np.sqrt(d_head))]:
        parts = moved(d_head, scale)
        print(f"d_head {d_head:3}  {name:18}  mean {parts.mean():.4f},  median {np.median(parts):.4f},",
              f" frozen, below 0.0001: {(parts < 0.0001).mean():.0%}")

# %% [markdown]
r"""
**What you saw.** Divided by √d_head, a nudge moves about 0.0036 of the whole, and no query is frozen. Raw, with 256 features, queries fall into two camps. Some jump, so that the mean is even larger, 0.0094. But 42 % hardly move at all, and half move less than 0.0005: certain by chance, and deaf to correction. The authors of attention suspected just this (Vaswani et al., 2017, section 3.2.1).
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** The raw mean, 0.0094, is larger than the scaled one, 0.0037, and somebody asks what is wrong with moving more.

*Say:* the mean hides two camps. A few queries jump, and 42 % hardly move. Ask which pupil one would rather teach: one who takes a little from every hint, or one who is deaf to nearly half of them and thrown by others.
"""

# %% [markdown] tags=["slide"]
r"""
## The scale

So attention uses **scaled scores**: the raw score, divided by the spread that chance alone would give it.

$$S = \frac{Q K^{\top}}{\sqrt{d_{head}}}$$

This stands inside equation 1 of the paper, which writes $d_k$ for d_head. Like its footnote 4, we assumed independent features of spread 1; a real model may start with smaller numbers, but the growth with √d_head is the same. (Lesson §why_attention divided its random matrices by roots for the same reason.)
"""

# %% tags=["slide"]
def scaled_scores(queries, keys):
    d_head = queries.shape[-1]
    return raw_scores(queries, keys) / np.sqrt(d_head)


row = scaled_scores(queries, keys)[sat]
print("sat → cat", row[cat], "  mat", row[mat], "  which", row[which], "  black", row[black])

# %% [markdown]
r"""
## Change it: plant a real match

With d_head = 4 each score is halved. The scale makes everything smaller; does it also drown what *should* stand out? We plant something worth finding: one of the 16 keys becomes an exact copy of the query. The other 15 stay random.
"""

# %%
predict(
    "With the scale on, d_head grows from 4 to 256. What happens to the share of the copy?",
    ["it stays the same, since the scale removes the effect of d_head",
     "it falls towards 1/16", "it rises to almost 1"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The scale makes everything smaller. Does a true match drown with the rest?

*Expect:* "it stays the same" or "it drowns", since we divide. Ask for the score of a vector with itself: 256 squares, about 256, and divided by 16 still 16. Chance, divided, keeps a spread of 1. So the copy takes 1.00. Many features make agreement stand out, once chance is held down.
"""

# %%
for d_head in (4, 16, 64, 256):
    scale = np.sqrt(d_head)
    queries_, keys_ = chance_vectors(d_head)
    chance = shares(meet(queries_, keys_) / scale).max(axis=-1).mean()
    keys_[:, :1] = queries_                          # the first key becomes the query itself
    copy = shares(meet(queries_, keys_) / scale)[:, 0].mean()
    print(f"d_head {d_head:3}   share of the copy {copy:.2f}   largest by chance {chance:.2f}")

# %% [markdown]
r"""
**What you saw.** The copy rises from 0.27 to 1.00. Its score is a sum of squares, about d_head; divided by √d_head, about √d_head is left, while chance keeps its spread of 1. Agreement grows faster than chance: *that* is what many features are good for.

**Your turn:** set `scale = 1`, then `scale = d_head`, and predict both columns first. With one of them, chance looks almost as certain as the copy. With the other, prediction (a) comes true.
"""

# %% [markdown]
r"""
## Exercises

Write `raw_scores` and `scaled_scores` in [the exercises](exercises:scores) yourself, without looking back. If something is off, the check says which mistake it looks like, where it knows it. The second one is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `scaled_scores` expect "divided by d_head", and a fixed 2 from the lesson, where d_head is 4; in `raw_scores`, keys that were not transposed.

*Say:* "Which of the two grows like d_head, the variance or the spread?" and "What would your 2 be with nine features?" For the shapes: write (n_queries, d_head) and (n_keys, d_head) side by side, and ask what has to touch.
"""

# %% [markdown]
r"""
## Recap

1. A score is the dot product of one word's query with another word's key; $QK^\top$ computes them all, queries in rows, keys in columns.
2. It counts direction *and* length, so it is not a cosine, and it may be negative.
3. Chance alone makes raw scores spread as √d_head. Dividing by √d_head keeps a model from being certain by chance and deaf to correction, without changing which key comes first.
"""

# %%
quiz("03")

# %% [markdown]
r"""
**Next:** scores can be any numbers, negative ones too. Lesson §softmax turns them into weights that share out one whole: softmax.
"""
