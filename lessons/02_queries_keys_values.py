# ---
# jupyter:
#   course:
#     number: "02"
#     title: Queries, keys, values
#     question: Three vectors from one word. Is one not enough?
#     proves: >-
#       words become rows of features; three matrices turn each row into what the word seeks, offers
#       and passes on; with one vector as both query and key, sat finds itself, and every score is
#       the same both ways
#     minutes: {teaching: 25, exercises: 15, shown: 12}
#     must: project
#     cut: And the value?
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

**Three vectors from one word. Is one not enough?**

In lesson §why_attention every word looked at every other directly, through a machine that we did not open. Now we do. It begins by making three lists of numbers from each word: a query, a key and a value. By the end you can

* look up the embeddings of a sentence;
* compute queries, keys and values, and read what they mean;
* show what goes wrong when one list has to do two jobs.

25 minutes, and 15 for two exercises. You need the matrix product of lesson §start_here.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Seeking is not offering. *sat* looks for an animal and is not one. With one vector for both jobs a word finds those who seek the same, not what it seeks, and every score is the same both ways. Three matrices, the same for all words, give each word three roles. The features are ours, and only there to be read.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.models import sentence
from course_lib.plots import FeaturesDisplay, ScoresDisplay

print(sentence.TOKENS)
print(len(sentence.TOKENS), "tokens,", len(sentence.VOCABULARY), "different ones")

# %% [markdown]
r"""
## Words become numbers

A **token** is a piece of text that the model treats as one: here a word or a comma. The list of all different tokens is the **vocabulary**, and each token has a number, its position in that list. Numbers like these say nothing about meaning: *cat* is 1 and *mat* is 8, and that is all.
"""

# %%
token_ids = [sentence.VOCABULARY.index(token) for token in sentence.TOKENS]
print(token_ids)

# %% [markdown]
r"""
So each token of the vocabulary gets a row of a table, its **embedding**: a vector whose **features** say something about the word. How many there are is called **d_model**. Our six have names, and small numbers that we chose by hand. A trained model has hundreds or thousands, without names, and finds the numbers itself. (*link* marks words that hold a sentence together.)
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
The sentence is now a table of 11 rows and 6 columns, and that is all that the model sees of it. Both *the* have the same row: the table knows words, not positions. (Lesson §weighted_sum comes back to that.)

*sat* is an action (2), and an action takes place somewhere (1). *black* is a colour (3).
"""

# %% [markdown] tags=["slide"]
r"""
## Three projections

From each embedding three vectors are made:

* the **query**: what does this word look for?
* the **key**: what does this word offer to those who look?
* the **value**: what does it pass on to those who found it?

Each is a matrix product, a **projection**:

$$Q = XW^Q \qquad K = XW^K \qquad V = XW^V$$

How many features a query and a key have is called **d_head**; a value may have another number, d_value.
"""

# %%
w_query, w_key, w_value = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
queries = embeddings @ w_query                             # (seq_len, d_head)
keys = embeddings @ w_key                                  # (seq_len, d_head)
values = embeddings @ w_value                              # (seq_len, d_value)
print("w_query", w_query.shape, " w_key", w_key.shape, " w_value", w_value.shape)
print("queries", queries.shape, " keys", keys.shape, " values", values.shape)

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "The query comes from the question, keys and values from the text": some have met attention as a search in a database, and look for three inputs.

*Say:* point at the cell. `embeddings` stands there three times, and only the matrix changes. Every word asks, offers and passes on, and may find itself. Two different inputs do exist, in translation; the formulas stay the same.
"""

# %% [markdown]
r"""
How to read such a matrix: it has a row for each feature of the word, and the row says what that feature makes the word look for. *sat* has place 1 and action 2, so its query is once the row *place* plus twice the row *action*.
"""

# %%
FeaturesDisplay.from_vectors(
    w_query, sentence.FEATURES, sentence.SUBJECTS, title="w_query: what each feature looks for",
    axis_names=("feature of a word", "feature that it looks for"),
)

# %%
cat, black, sat, mat = 1, 5, 7, 10
print("seeks:                   ", *sentence.SUBJECTS)
print("1 x the row of place:    ", 1 * w_query[1])
print("2 x the row of action:   ", 2 * w_query[2])
print("together, query of sat:  ", queries[sat])

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** The −2 in the query of *sat* puzzles: does it push actions away, and where has it gone?

*Say:* read rows, not columns. A row of `w_query` says what one feature of a word makes it look for. *sat* carries place once and action twice: add one times the one row and two times the other at the board, and watch 2 and −2 cancel.
"""

# %% [markdown]
r"""
*sat* seeks an animal (4) and a place (3): who sat, and where? The −2 says that an action does not look for another action; here it cancels what *place* asks for.

What a word seeks and what it offers are different things:
"""

# %%
print("seek and offer:", sentence.SUBJECTS, "  pass on:", sentence.MESSAGES)
for name, word in [("cat", cat), ("black", black), ("sat", sat), ("mat", mat)]:
    print(f"{name:6} seeks {queries[word]}   offers {keys[word]}   passes on {values[word]}")

# %% [markdown]
r"""
*cat* seeks an action (2) and a colour (2): what does it do, what does it look like? It offers an animal. *black* seeks an animal that has it, and offers a colour. And it passes on a 3 for *how it looks*. Queries and keys speak about the same four things, so they can meet. Values are free: ours have three features.
"""

# %%
print("w_key                   ", *sentence.SUBJECTS)
for feature, row in zip(sentence.FEATURES, w_key):
    print(f"{feature:6} makes a word offer", row)

# %% [markdown]
r"""
An animal, a place, an action and a colour offer just what they are; a link offers nothing. A pause offers −1 of animal and of place: it turns away those who look for things.

These matrices hold 24 + 24 + 18 = 66 numbers.
"""

# %% tags=["slide"]
predict(
    "66 numbers for 11 tokens. How many do w_query, w_key and w_value hold for 1,100 tokens?",
    ["66", "6,600", "about 660,000: one set for each pair"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Eleven words or eleven hundred: how many numbers do the three matrices hold?

*Expect:* "a hundred times as many", since a longer text surely needs more of something. Ask of what: more rows of X and more work, yes. But a matrix of its own for word 1,100, which has never been seen before: from what should it be learned? Run it, and ask where the 66 come from in a real model.
"""

# %%
long_text = np.tile(embeddings, (100, 1))                  # the sentence a hundred times
long_queries = long_text @ w_query
print("tokens:", len(long_text), "  w_query is still", w_query.shape)
print("the last copy has the queries of the first:", np.array_equal(long_queries[-11:], queries))

# %% [markdown]
r"""
**What you saw.** Still 66. The three matrices belong to the model, not to a word or a position: the same ones serve every token. A longer text needs more computing, but no more matrices.
"""

# %% [markdown]
r"""
## Is one not enough?

Suppose we save a matrix and let one vector serve as query and key. How well a query fits a key is measured by their dot product, from lesson §start_here: multiply feature by feature, add up. The result is called a score, and lesson §scores is all about it. With two matrices, *sat* has its highest score for *cat*:
"""

# %%
scores = queries @ keys.T                                  # (seq_len, seq_len)
finds = [sentence.TOKENS[i] for i in scores.argmax(axis=1)]
print("highest score of sat: for", finds[sat], scores[sat].max())
print("sat for cat:", scores[sat, cat], "  cat for sat:", scores[cat, sat])

# %% tags=["slide"]
predict(
    "One vector as both query and key, made by w_query. For which word is the score of sat highest?",
    ["cat, as before", "mat", "sat, that is, itself"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** *sat* gets one vector for seeking and for being found. Whom does it find?

*Expect:* *cat*, from those who let the meaning decide, *mat* from those who count places. Have the row worked out at the board: the query of *sat* is (4, 3, 0, 0), with itself that makes 16 + 9. Nothing else in the row reaches 25. Then ask whether *cat* could find *sat* without being found by it.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Seeking is not offering
"""

# %% tags=["slide"]
one_for_both = queries @ queries.T
finds = [sentence.TOKENS[i] for i in one_for_both.argmax(axis=1)]
print("highest score of sat: for", finds[sat], one_for_both[sat].max())
print("sat for cat:", one_for_both[sat, cat], "  cat for sat:", one_for_both[cat, sat])
print("find themselves:", [word for word, found in zip(sentence.TOKENS, finds) if word == found])
print("the same both ways for every pair:", np.array_equal(one_for_both, one_for_both.T))

# %% tags=["slide"]
ScoresDisplay.from_scores(one_for_both, sentence.TOKENS, title="One vector as query and key")

# %% [markdown]
r"""
**What you saw.** *sat* finds itself, with 25, and *cat* not at all: it looks for an animal, and is not one. Eight of eleven words find another: *black* finds *sat*, 12 against 9 for itself. But *sat*, too, looks for an animal. And every score is the same both ways; with two matrices they were 8 and 4.
"""

# %% [markdown]
r"""
Is it the fault of `w_query`? Let `w_key` do both jobs instead. And then a random matrix, for a thousand random words made equally long.
"""

# %%
for name, one in [("w_query", queries), ("w_key", keys)]:
    finds = [sentence.TOKENS[i] for i in (one @ one.T).argmax(axis=1)]
    print(f"{name} for both: which finds {finds[3]}, black finds {finds[black]}, sat finds {finds[sat]}")
rng = np.random.default_rng(2)
one = rng.normal(size=(1000, 64)) @ rng.normal(size=(64, 32))
one /= np.linalg.norm(one, axis=1, keepdims=True)          # all of length 1
finds_itself = (one @ one.T).argmax(axis=1) == np.arange(1000)
print(f"random, of one length: {finds_itself.mean():.0%} find themselves")

# %% [markdown]
r"""
It is a law: no vector of the same length fits a vector better than that vector itself. A longer one can, as *sat* does for *black*, and *cat* for *which*. So with one vector for both jobs a word finds those who seek the same (or offer the same), not what it seeks.
"""

# %% [markdown]
r"""
## And the value?

Could the key serve as the value, at least? We take one away and keep the other. First, colours pass on nothing: the row *colour* of `w_value` becomes zero. Then colours offer nothing: the same row of `w_key`.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "And the value?". Say instead: a word is found by its key and speaks by its value, and the two may differ. If *black* passed nothing on, it would be found as well as ever and have nothing to say; if it offered nothing, it would have much to say, and to nobody.
"""

# %%
predict(
    "Colours pass on nothing any more. Does cat, which seeks a colour, still find black?",
    ["yes, exactly as well as before", "less well", "no"],
)

# %%
colour = sentence.FEATURES.index("colour")
silent, unseen = w_value.copy(), w_key.copy()
silent[colour], unseen[colour] = 0, 0
print("silent: score of cat for black", scores[cat, black],
      "  black passes on", (embeddings @ silent)[black])
print("unseen: score of cat for black", (queries @ (embeddings @ unseen).T)[cat, black],
      "  black passes on", values[black])

# %% [markdown]
r"""
**What you saw.** Silent, *black* is found as well as before, with 6, and has nothing to say. Unseen, it has as much to say as before, and is not found. How a word is found and what it says are two things, and one vector would tie them together: a comma that turns others away would also have to *say* "minus one animal".

Three jobs, three vectors, and one input: all come from the same embedding.
"""

# %% [markdown]
r"""
## Change it: a curious comma

Row 5 of `w_query` says what a pause looks for: `[0, 0, 1, 0]`, an action. Give a copy of the matrix another row 5, so that the commas seek a colour. Predict: how many of the 121 scores will change?
"""

# %%
curious = w_query.copy()
curious[5] = [0, 0, 0, 1]
changed = (embeddings @ curious) @ keys.T != scores
print("changed:", changed.sum(), "of", scores.size, "  in the rows of:",
      {sentence.TOKENS[i] for i in np.flatnonzero(changed.any(axis=1))})

# %% [markdown]
r"""
**What you saw.** Only rows of commas change, and in each only where a word offers an action or a colour. What a word *asks* changes its own row and no other: nobody finds the comma more or less than before.
"""

# %% [markdown]
r"""
**Your turn:** change row 5 of `w_key` instead. Is it rows or columns this time, and whose?

<details><summary>You should see …</summary>that only the two columns of the commas change: what a word offers changes its own column and no other.</details>
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

1. A token becomes a row of numbers, its embedding; equal words get equal rows.
2. Three matrices, the same for every word, make three vectors of it: the query seeks, the key offers, the value is passed on.
3. With one vector for query and key, every score is the same both ways, and a word finds those who seek the same, not what it seeks. A value lets it be found for one thing and say another.
"""

# %%
quiz("02")

# %% [markdown]
r"""
**Next:** how well does a query fit a key? Lesson §scores takes the dot product apart, and asks what a very high score tells.
"""
