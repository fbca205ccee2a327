# ---
# jupyter:
#   course:
#     number: "02"
#     title: Queries, keys, values
#     question: Each word gets three vectors. Would one be enough?
#     proves: >-
#       words become rows of features; three matrices, the same for all words, make a query, a key and a
#       value from each row; with one vector as both query and key every score is the same both ways, and
#       sat finds what seeks the same; scores depend on the product of w_query and w_key alone
#     minutes: {teaching: 45, exercises: 15, shown: 12}
#     must: project
#     cut: A value of its own
#     exercises: [embed, project]
#     notation:
#       - {name: seq_len, symbol: "$n$", shape: "a number", meaning: "how many tokens a sentence has"}
#       - {name: d_model, symbol: "$d_{model}$", shape: "a number", meaning: "how many features an embedding has"}
#       - {name: d_head, symbol: "$d_k$", shape: "a number", meaning: "how many features a query and a key have"}
#       - {name: embeddings, symbol: "$X$", shape: "(seq_len, d_model)", meaning: "one row for each token: what is known of the word by itself"}
#       - {name: queries, symbol: "$Q$", shape: "(n_queries, d_head)", meaning: "what each token looks for; $X W^Q$"}
#       - {name: keys, symbol: "$K$", shape: "(n_keys, d_head)", meaning: "what each token offers; $X W^K$"}
#       - {name: "w_query, w_key, w_value", symbol: "$W^Q, W^K, W^V$", shape: "(d_model, d_head), the last (d_model, d_value)", meaning: "the three matrices, the same for every token; a model learns them"}
#     claims:
#       - {claim: "Queries, keys and values are made from the same embeddings by three matrices, which a model learns", heading: "Three projections", number: "66 numbers make queries, keys and values, for 11 tokens as for 1,100"}
# ---

# %% [markdown]
r"""
# §queries_keys_values · Queries, keys, values

**Each word gets three vectors. Would one be enough?**

In lesson §why_attention every word looked directly at all words, itself included, and we did not say how. The first step is to make three vectors from each word: a query, a key and a value. By the end you can

* look up the embeddings of a sentence;
* compute queries, keys and values, and read what they mean;
* say what the matrices of queries and keys do together;
* compare three vectors per word with one.

45 minutes, and 15 for two exercises. You need the matrix product of lesson §start_here.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** To look for something and to offer something are two jobs. *sat* looks for an animal and offers an action. With one vector for both jobs a word finds words that look for the same, and every score is the same both ways. Three matrices, the same for all words, give each word three vectors. The named features are ours: they make the numbers readable.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.models import sentence
from course_lib.plots import FeaturesDisplay, ProjectionDisplay, ScoresDisplay

print(sentence.TOKENS)
print(len(sentence.TOKENS), "tokens,", len(sentence.VOCABULARY), "different ones")

# %% [markdown]
r"""
## Words become numbers

A **token** is a piece of text that the model treats as one unit. Here it is a word or a comma. Real models also cut words into pieces, so that a new word can be built from known pieces. The list of all different tokens is the **vocabulary**. Each token has a number, its position in that list.
"""

# %%
token_ids = [sentence.VOCABULARY.index(token) for token in sentence.TOKENS]
print(token_ids)

# %% [markdown]
r"""
These numbers say nothing about meaning: *cat* is 1 and *mat* is 8. So each token of the vocabulary gets a row of a table, its **embedding**. This is a vector of **features** that describe the word. The number of features is called **d_model**. We chose six features with names and small numbers, by hand. A trained model has hundreds or thousands, without names, and learns their values. (*link* marks words that connect other words.)
"""

# %% tags=["slide"]
FeaturesDisplay.from_vectors(
    sentence.TABLE, sentence.VOCABULARY, sentence.FEATURES, title="The table: one row for each word",
)

# %%
embeddings = np.array([sentence.TABLE[i] for i in token_ids])         # (seq_len, d_model)
print("table:", sentence.TABLE.shape, "  embeddings:", embeddings.shape)
print("the, first and last:", embeddings[0], embeddings[9])

# %% [markdown]
r"""
The sentence is now a table with 11 rows and 6 columns, called X. Both *the* have the same row, because the table knows words and not positions. (Lesson §weighted_sum comes back to this.) *sat* has *action* 2. It also has *place* 1, because sitting happens somewhere.
"""

# %% [markdown] tags=["slide"]
r"""
## Three projections

From each embedding three vectors are made:

* the **query**: what does this word look for?
* the **key**: what does this word offer to words that look?
* the **value**: what does it pass on to words that found it?

Each is a product with a matrix, called a **projection**:

$$Q = XW^Q \qquad K = XW^K \qquad V = XW^V$$

In code the matrices are `w_query`, `w_key` and `w_value`. Queries and keys have the same number of features, **d_head**. Values may have another number.
"""

# %%
w_query, w_key, w_value = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
queries = embeddings @ w_query                             # (seq_len, d_head)
keys = embeddings @ w_key                                  # (seq_len, d_head)
values = embeddings @ w_value                              # (seq_len, d_value)
print("w_query", w_query.shape, " w_key", w_key.shape, " w_value", w_value.shape)
print("queries", queries.shape, " keys", keys.shape, " values", values.shape)

# %% [markdown]
r"""
The picture shows one row of X, the embedding of *sat*. It goes into all three products. *sat* has place 1 and action 2, so its query is 1 times the row *place* plus 2 times the row *action* of `w_query`: (0, 1, 2, 0) + (4, 2, −2, 0) = (4, 3, 0, 0).
"""

# %% tags=["slide"]
cat, black, sat, mat = 1, 5, 7, 10                         # their positions
ProjectionDisplay.from_row(
    embeddings[sat], word="sat", features=sentence.FEATURES,
    matrices={"w_query": w_query, "w_key": w_key, "w_value": w_value},
    results=["query", "key", "value"],
)

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** The −1 in the row *action* of `w_query` puzzles: does it push actions away, and where has it gone?

*Say:* read rows, not columns. A row of `w_query` says what one feature makes a word look for. *sat* has place once and action twice: add one times the one row and two times the other at the board, and watch 2 and −2 cancel.
"""

# %%
print("seek and offer:", sentence.SUBJECTS, "  pass on:", sentence.MESSAGES)
for name, word in [("cat", cat), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6} seeks {queries[word]}   offers {keys[word]}   passes on {values[word]}")

# %% [markdown]
r"""
The four numbers of a query and of a key mean the same four things, so the two can be compared. *sat* seeks an animal (4) and a place (3): who sat, and where? It offers a place (1) and an action (2). *cat* seeks an action and a colour, and offers an animal. *black* seeks an animal, offers a colour, and passes on how something looks.
"""

# %% [markdown]
r"""
This is **self**-attention: queries, keys and values are made from the *same* sentence. In **cross-attention** the queries come from one sentence, and the keys and values from another, as in translation.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "The query comes from the question, keys and values from the text": some have met attention as a search in a database, and look for three inputs.

*Say:* point at the cell. `embeddings` stands there three times, and only the matrix changes. Every word asks, offers and passes on, and may find itself. Two different inputs are cross-attention; the formulas stay the same.
"""

# %% [markdown]
r"""
The three matrices hold 24 + 24 + 18 = 66 numbers. A model learns them in training.
"""

# %% tags=["slide"]
predict(
    "66 numbers for 11 tokens. How many do the three matrices hold for 1,100 tokens?",
    ["66 numbers", "6,600 numbers", "660,000 numbers"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Eleven words or eleven hundred: how many numbers do the three matrices hold?

*Expect:* "a hundred times as many", since a longer text surely needs more of something. Ask of what: more rows of X and more work, yes. But a matrix of its own for word 1,100, which has never been seen before: from what should it be learned?
"""

# %%
long_text = np.tile(embeddings, (100, 1))                  # the sentence a hundred times
long_queries = long_text @ w_query
print("tokens:", len(long_text), "  numbers:", w_query.size + w_key.size + w_value.size)
print("the last copy has the queries of the first:", np.array_equal(long_queries[-11:], queries))

# %% [markdown]
r"""
**What you saw.** Still 66. The same three matrices serve every token, wherever it stands. A real model has many layers, and each layer has its own three matrices. Only the first layer reads embeddings. A later layer reads the outputs of the layer before, and in them the words are already mixed.
"""

# %% [markdown]
r"""
## One vector for two jobs

How well a query fits a key is measured by their dot product, the **score** (lesson §scores). Row *sat* of the scores holds the scores of the query of *sat* for all keys:
"""

# %%
scores = queries @ keys.T                                  # (seq_len, seq_len)
print("sat for", {sentence.TOKENS[i]: int(scores[sat, i]) for i in (cat, black, sat, mat)})
print("cat for sat:", int(scores[cat, sat]))

# %% [markdown]
r"""
*sat* has its highest score, 8, for *cat*. Now suppose that we save `w_key`: the query of each word is also its key.
"""

# %% tags=["slide"]
predict(
    "Each query is used as the key, too. For which word is the score of sat highest?",
    ["cat", "mat", "sat", "black"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** *sat* gets one vector for seeking and for being found. Which word does it find?

*Expect:* *cat*, from those who let the meaning decide, *mat* from those who count places. Have the row worked out at the board: the query of *sat* is (4, 3, 0, 0), with itself that makes 16 + 9. Nothing else in the row reaches 25. Then ask whether *cat* could find *sat* without being found by it.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## One vector as query and key
"""

# %% tags=["slide"]
shared = queries @ queries.T
print("sat for", {sentence.TOKENS[i]: int(shared[sat, i]) for i in (cat, black, sat, mat)})
print("cat for sat:", int(shared[cat, sat]))
print("the same both ways for every pair:", np.array_equal(shared, shared.T))

# %% tags=["slide"]
ScoresDisplay.from_scores(shared, sentence.TOKENS, title="One vector as query and key")

# %% [markdown]
r"""
**What you saw.** *sat* has its highest score for itself: 4 · 4 + 3 · 3 = 25. Its score for *cat* is 0: *sat* seeks an animal and a place, *cat* seeks an action and a colour, and what they seek has nothing in common. Now a high score means that two words *seek the same*: *black* has 12 for *sat*, because both seek an animal. And every score is the same both ways.
"""

# %% [markdown]
r"""
With two matrices the scores of *sat* and *cat* for each other were 8 and 4. One vector cannot express that, because a dot product is the same both ways.
"""

# %% [markdown]
r"""
This does not mean that every model needs two. The Reformer ([Kitaev, Kaiser and Levskaya, 2020](https://arxiv.org/abs/2001.04451)) uses one vector as query and key. It scales the keys to length 1, so its scores need not be the same both ways, and it lets a word choose itself only when there is no other word. Its authors found it no worse.
"""

# %% [markdown]
r"""
## What the two matrices do together

A score is a query times a key, so $QK^\top = X W^Q (W^K)^\top X^\top$. Take any matrix R that has an inverse. Replace $W^Q$ by $W^Q R$, and $W^K$ by $W^K (R^{-1})^\top$. Which numbers change?
"""

# %% tags=["slide"]
predict(
    "R is random. What is different with the two new matrices?",
    ["queries, keys and scores", "queries and keys", "scores only"],
)

# %%
r = np.random.default_rng(0).normal(size=(4, 4))
new_queries = embeddings @ (w_query @ r)
new_keys = embeddings @ (w_key @ np.linalg.inv(r).T)
print("query of sat:", queries[sat], "  now:", new_queries[sat].round(1))
print("queries alike:", np.allclose(new_queries, queries), "  keys alike:", np.allclose(new_keys, keys))
print("scores alike:", np.allclose(new_queries @ new_keys.T, scores))

# %% [markdown]
r"""
**What you saw.** Queries and keys change, and no score does: R and its inverse cancel. Scores depend only on the product $W^Q (W^K)^\top$. So a query of a trained model cannot be read by itself as ours can. "Seeks an animal" is a meaning that *we* gave to the numbers.
"""

# %% [markdown]
r"""
## A value of its own

Could the key serve as the value, too? We change one matrix and leave the other. First, colours pass on nothing: row *colour* of `w_value` is zero. Then, separately, colours offer nothing: row *colour* of `w_key` is zero.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "A value of its own". Say instead: a word is found by its key, and passes on its value, and the two may differ. With a zero value *black* would be found as before and add nothing. With a zero key its score would be 0, and its value would still be there.
"""

# %%
predict(
    "Row colour of w_value is zero. What is the score of cat, which seeks a colour, for black?",
    ["0, the lowest", "3, half of it", "6, as before"],
)

# %%
colour = sentence.FEATURES.index("colour")
new_w_value, new_w_key = w_value.copy(), w_key.copy()
new_w_value[colour], new_w_key[colour] = 0, 0
print("w_value changed: score of cat for black", scores[cat, black],
      "  black passes on", (embeddings @ new_w_value)[black])
print("w_key changed:   score of cat for black", (queries @ (embeddings @ new_w_key).T)[cat, black],
      "  black passes on", values[black])

# %% [markdown]
r"""
**What you saw.** Without its value *black* still has the score 6, but it adds nothing to the output. Without its key its score is 0, and its value is unchanged. The key decides how well a word is found; the value decides what it passes on. With one vector for both, a word would have to pass on exactly what it offers, and nothing else.
"""

# %% [markdown]
r"""
## Change it: a comma that looks for something else

Row 5 of `w_query` says what a pause (a comma) looks for: `[0, 0, 1, 0]`, an action. Replace the row in the cell by `[0, 0, 0, 1]`, so that commas look for a colour, and run it. Before you do: how many of the 121 scores will change, and in which rows?
"""

# %%
new_w_query = w_query.copy()
new_w_query[5] = [0, 0, 1, 0]                              # change this line
changed = (embeddings @ new_w_query) @ keys.T != scores
print("changed:", changed.sum(), "of", scores.size, "  rows:", np.flatnonzero(changed.any(axis=1)),
      "  columns:", np.flatnonzero(changed.any(axis=0)))

# %% [markdown]
r"""
<details><summary>You should see …</summary>

6 of 121 scores change, all in rows 2 and 6: these are the commas. In each of the two rows three scores change, where a word offers an action or a colour. What a word looks for changes its own row only.

</details>

**Your turn:** copy `w_key` and change row 5 there. Is it rows or columns now?

<details><summary>You should see …</summary>

Only columns 2 and 6 change. What a word offers changes its own column only.

</details>
"""

# %% [markdown]
r"""
## Exercises

Write `embed` and `project` in [the exercises](exercises:queries_keys_values). The second is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `embed` expect the table indexed by column, or its first rows instead of the rows that were asked for; in `project`, results in the wrong order, or one matrix used twice.

*Say:* "The last token of our sentence has number 8: which row do you want?" For `project`: "Say the docstring's order aloud, with a finger on your return line." A matrix used twice is a slip; the check names it.
"""

# %% [markdown]
r"""
## Recap

1. Three matrices make three vectors from each row: the query looks for something, the key offers something, the value is passed on.
2. One vector is not enough: with the query as key, every score is the same both ways, and *sat* no longer finds *cat*. With its own value, a word can offer one thing and pass on another.
3. Scores depend on queries and keys only through $W^Q (W^K)^\top$. The values can change without changing any score.
"""

# %%
quiz("02")

# %% [markdown]
r"""
**Next:** lesson §scores takes the dot product apart: what makes a score high?
"""
