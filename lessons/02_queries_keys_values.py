# ---
# jupyter:
#   course:
#     number: "02"
#     title: Queries, keys, values
#     question: Three vectors from one word. Would one not do?
#     proves: >-
#       words become rows of features; three matrices turn each row into what the word seeks, offers
#       and passes on; with one vector as both query and key, sat finds itself, and every score is
#       the same both ways
#     minutes: {teaching: 25, exercises: 15}
#     must: project
#     cut: And the value?
#     exercises: [embed, project]
#     notation:
#       - {name: seq_len, symbol: "$n$", shape: "a number", meaning: "how many tokens a sentence has"}
#       - {name: d_model, symbol: "$d_{model}$", shape: "a number", meaning: "how many features an embedding has"}
#       - {name: d_head, symbol: "$d_k$", shape: "a number", meaning: "how many features a query and a key have"}
#       - {name: embeddings, symbol: "$X$", shape: "(seq_len, d_model)", meaning: "one row a token: what is known of the word by itself"}
#       - {name: queries, symbol: "$Q$", shape: "(n_queries, d_head)", meaning: "what each token looks for; $X W^Q$"}
#       - {name: keys, symbol: "$K$", shape: "(n_keys, d_head)", meaning: "what each token offers; $X W^K$"}
#       - {name: "w_query, w_key, w_value", symbol: "$W^Q, W^K, W^V$", shape: "(d_model, d_head), the last (d_model, d_value)", meaning: "the three matrices, the same for every token; a model learns them"}
#     claims:
#       - {claim: "Queries, keys and values are made from the same embeddings by three matrices, which a model learns", heading: "Three projections", number: "66 numbers make queries, keys and values, for 11 tokens as for 1,100"}
# ---

# %% [markdown]
r"""
# 02 · Queries, keys, values

**Three vectors from one word. Would one not do?**

In lesson 01 every word looked at every other directly, through a machine that we did not open. Now we do. It begins by making three lists of numbers from each word: a query, a key and a value. By the end you can

* look up the embeddings of a sentence;
* compute queries, keys and values, and read what they mean;
* show what goes wrong when one list has to do two jobs.

25 minutes, and 15 for two exercises. You need the matrix product of lesson 00.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.learning import sentence
from course_lib.seeing import FeaturesDisplay, ScoresDisplay

print(sentence.TOKENS)
print(len(sentence.TOKENS), "tokens,", len(sentence.VOCABULARY), "different ones")

# %% [markdown]
r"""
## Words become numbers

A **token** is a piece of text that the model treats as one: here a word or a comma. The list of all different tokens is the **vocabulary**, and each token has a number, its place in that list. Numbers like these say nothing about meaning: *cat* is 1 and *mat* is 8, and that is all.
"""

# %%
token_ids = [sentence.VOCABULARY.index(token) for token in sentence.TOKENS]
print(token_ids)

# %% [markdown]
r"""
So each token of the vocabulary gets a row of a table, its **embedding**: a vector whose **features** say something about the word. How many there are is called **d_model**. Our six have names, and small numbers that we chose by hand. A trained model has hundreds or thousands, without names, and finds the numbers itself. (*link* marks words that hold a sentence together.)
"""

# %%
FeaturesDisplay.from_vectors(
    sentence.TABLE, sentence.VOCABULARY, sentence.FEATURES, title="The table: one row a word",
)

# %%
embeddings = np.array([sentence.TABLE[i] for i in token_ids])         # (seq_len, d_model)
print("table:", sentence.TABLE.shape, "  embeddings:", embeddings.shape)
print("the, first and last:", embeddings[0], embeddings[9])

# %% [markdown]
r"""
The sentence is now a table of 11 rows and 6 columns, and that is all that the model sees of it. Both *the* have the same row: the table knows words, not places. (Lesson 05 comes back to that.)

*sat* is an action (2), and an action takes place somewhere (1). *black* is a colour (3).
"""

# %% [markdown]
r"""
## Three projections

From each embedding three vectors are made:

* the **query**: what does this word look for?
* the **key**: what does this word offer to those who look?
* the **value**: what does it pass on to those who found it?

Each is a matrix product, a **projection**, with a matrix of its own:

$$Q = XW^Q \qquad K = XW^K \qquad V = XW^V$$

How many features a query and a key have is called **d_head**; a value may have another number, d_value.
"""

# %%
queries = embeddings @ sentence.W_QUERY                    # (seq_len, d_head)
keys = embeddings @ sentence.W_KEY                         # (seq_len, d_head)
values = embeddings @ sentence.W_VALUE                     # (seq_len, d_value)
print("w_query", sentence.W_QUERY.shape, " w_key", sentence.W_KEY.shape,
      " w_value", sentence.W_VALUE.shape)
print("queries", queries.shape, " keys", keys.shape, " values", values.shape)

# %% [markdown]
r"""
How to read such a matrix: it has a row for each feature of the word, and the row says what that feature makes the word look for. *sat* has place 1 and action 2, so its query is once the row *place* plus twice the row *action*.
"""

# %%
cat, black, sat, mat = 1, 5, 7, 10
print("seeks:                   ", *sentence.SUBJECTS)
print("1 x the row of place:    ", 1 * sentence.W_QUERY[1])
print("2 x the row of action:   ", 2 * sentence.W_QUERY[2])
print("together, query of sat:  ", queries[sat])

# %% [markdown]
r"""
*sat* seeks an animal (4) and a place (3): who sat, and where? The minus one says that an action does not look for another action; here it just cancels what *place* asks for.

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
FeaturesDisplay.from_vectors(
    sentence.W_KEY, sentence.FEATURES, sentence.SUBJECTS, title="w_key: what each feature offers",
    axis_names=("feature of a word", "offers"),
)

# %% [markdown]
r"""
An animal, a place, an action and a colour offer just what they are; a link offers nothing. A pause offers −1 of animal and of place: it turns away whoever looks for things.

These matrices hold 24 + 24 + 18 = 66 numbers.
"""

# %%
predict(
    "66 numbers for 11 tokens. How many do w_query, w_key and w_value hold for 1,100 tokens?",
    ["66", "6,600", "about 660,000: one set for each pair"],
)

# %%
long_text = np.tile(embeddings, (100, 1))                  # the sentence a hundred times
long_queries = long_text @ sentence.W_QUERY
print("tokens:", len(long_text), "  w_query is still", sentence.W_QUERY.shape)
print("the last copy has the queries of the first:", np.array_equal(long_queries[-11:], queries))

# %% [markdown]
r"""
**What you saw.** Still 66. The three matrices belong to the model, not to a word or a place: the same ones serve every token. A longer text needs more computing, but no more matrices.
"""

# %% [markdown]
r"""
## Would one not do?

Now the question of the lesson. Suppose we save two matrices and let one vector serve as query and key. How well a query fits a key is measured by their dot product, from lesson 00: multiply feature by feature, add up. (Lesson 03 is all about it.) With two matrices, *sat* fits *cat* best:
"""

# %%
fits = queries @ keys.T                                    # (seq_len, seq_len)
best = [sentence.TOKENS[i] for i in fits.argmax(axis=1)]
print("sat fits best:", best[sat], " with", fits[sat].max())
print("how well sat fits cat:", fits[sat, cat], "  cat fits sat:", fits[cat, sat])

# %%
predict(
    "One vector as both query and key, from W_QUERY. What does sat fit best?",
    ["cat, as before", "mat", "sat, that is, itself"],
)

# %%
one_for_both = queries @ queries.T
same = [sentence.TOKENS[i] for i in one_for_both.argmax(axis=1)]
print("sat fits best:", same[sat], " with", one_for_both[sat].max(), " cat:", one_for_both[sat, cat])
print("sat fits cat:", one_for_both[sat, cat], "  cat fits sat:", one_for_both[cat, sat])
print("the same both ways for every pair:", np.array_equal(one_for_both, one_for_both.T))

# %%
ScoresDisplay.from_scores(one_for_both, sentence.TOKENS, title="One vector as query and key")

# %% [markdown]
r"""
**What you saw.** *sat* finds itself, with 25, and *cat* not at all. Whoever looks for an animal *is* not an animal; seeking is not offering. And every number is the same both ways: *sat* fits *cat* exactly as *cat* fits *sat*. With two matrices the two may differ, 8 and 4.

Is it the fault of `w_query`? Let `w_key` do both jobs instead, and then a random matrix, for a thousand random words made equally long.
"""

# %%
for name, one in [("w_query", queries), ("w_key", keys)]:
    table = one @ one.T
    print(f"{name} for both: largest number of all on the diagonal: {table.diagonal().max() == table.max()}")
rng = np.random.default_rng(2)
one = rng.normal(size=(1000, 64)) @ rng.normal(size=(64, 32))
one /= np.linalg.norm(one, axis=1, keepdims=True)          # all of length 1
finds_itself = (one @ one.T).argmax(axis=1) == np.arange(1000)
print(f"random, of one length: {finds_itself.mean():.0%} find themselves")

# %% [markdown]
r"""
It is a law: no vector of the same length fits a vector better than that vector itself. With one vector for both jobs a word finds itself, or something longer of its own kind; it can never look *past* itself for something different.
"""

# %% [markdown]
r"""
## And the value?

Could not at least the value be the key? Let us take one away and keep the other. First, colours pass on nothing: the row *colour* of `w_value` becomes zero. Then colours offer nothing: the same row of `w_key`.
"""

# %%
predict(
    "Colours pass on nothing any more. Does cat, which seeks a colour, still find black?",
    ["yes, exactly as well as before", "less well", "no"],
)

# %%
colour = sentence.FEATURES.index("colour")
silent, unseen = sentence.W_VALUE.copy(), sentence.W_KEY.copy()
silent[colour], unseen[colour] = 0, 0
print("silent: cat fits black with", (queries @ keys.T)[cat, black],
      "  black passes on", (embeddings @ silent)[black])
print("unseen: cat fits black with", (queries @ (embeddings @ unseen).T)[cat, black],
      "  black passes on", values[black])

# %% [markdown]
r"""
**What you saw.** With a silent value *black* is found as well as ever, 6, and has nothing to say. With an unseen key it has everything to say, and is not found. How a word is found and what it says are two things; one vector would tie them together. The comma, say, could not turn others away without *saying* "minus one animal".

Three jobs, three vectors, and one input: all come from the same embedding.
"""

# %% [markdown]
r"""
## Change it: a curious comma

Row 5 of `sentence.W_QUERY` says what a pause looks for: `[0, 0, 1, 0]`, an action. Give a copy of the matrix another row 5, so that the commas seek a colour. Predict: how many numbers of the table of fits will change?
"""

# %%
curious = sentence.W_QUERY.copy()
curious[5] = [0, 0, 0, 1]
new_fits = (embeddings @ curious) @ keys.T
changed = new_fits != fits
print("changed:", changed.sum(), "of", fits.size, "  in the rows of:",
      {sentence.TOKENS[i] for i in np.flatnonzero(changed.any(axis=1))})

# %% [markdown]
r"""
**What you saw.** Only rows of commas change, and in each only where a word offers an action or a colour. What a word *asks* changes its own row and no other: nobody finds the comma more or less than before.

**Your turn:** change row 5 of `W_KEY` instead. Is it rows or columns this time, and whose?
"""

# %% [markdown]
r"""
## Exercises

Write `embed` and `project` in [the exercises](../exercises/02_queries_keys_values.ipynb). The second is the one not to miss.
"""

# %% [markdown]
r"""
## Recap

1. A token becomes a row of numbers, its embedding; equal words get equal rows.
2. Three matrices, the same for every word, make three vectors of it: the query seeks, the key offers, the value is passed on.
3. With one vector for query and key, every score is the same both ways, and a word cannot look past itself for something different. A value lets it be found for one thing and say another.
"""

# %%
quiz("02")

# %% [markdown]
r"""
**Next:** how well does a query fit a key? Lesson 03 takes the dot product apart, and finds that it needs a scale.
"""
