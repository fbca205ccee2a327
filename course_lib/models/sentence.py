"""The sentence that runs through all lessons, with embeddings that can be checked by hand.

The numbers below are chosen, not learned: few features with names, small whole numbers. Lesson 07
trains a model that finds its own.
"""

import numpy as np

TOKENS = ("the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat")

VOCABULARY = ("the", "cat", ",", "which", "was", "black", "sat", "on", "mat")

FEATURES = ("animal", "place", "action", "colour", "link", "pause")

# One row a word of the vocabulary, one column a feature: (9, 6).
TABLE = np.array(
    [
        [0, 0, 0, 0, 1, 0],  # the
        [2, 0, 0, 0, 0, 0],  # cat
        [0, 0, 0, 0, 0, 1],  # ,
        [1, 0, 0, 0, 2, 0],  # which
        [0, 0, 1, 0, 1, 0],  # was
        [0, 0, 0, 3, 0, 0],  # black
        [0, 1, 2, 0, 0, 0],  # sat
        [0, 1, 0, 0, 1, 0],  # on
        [0, 2, 0, 0, 0, 0],  # mat
    ],
    dtype=float,
)

# What queries and keys speak about: a word seeks these four, a word offers these four.
SUBJECTS = ("animal", "place", "action", "colour")

# What each feature makes a word look for: (6, 4).
W_QUERY = np.array(
    [
        [0, 0, 1, 1],  # an animal looks for what it does and what it looks like
        [0, 1, 2, 0],  # a place looks for other places and, more, for what happens there
        [2, 1, -1, 0],  # an action looks for who does it and where, not for another action
        [1, 0, 0, 0],  # a colour looks for what has it
        [1, 1, 0, 0],  # a linking word looks for things
        [0, 0, 1, 0],  # a pause looks for the action
    ],
    dtype=float,
)

# What each feature makes a word offer: (6, 4).
W_KEY = np.array(
    [
        [1, 0, 0, 0],  # an animal
        [0, 1, 0, 0],  # a place
        [0, 0, 1, 0],  # an action
        [0, 0, 0, 1],  # a colour
        [0, 0, 0, 0],  # a linking word offers nothing
        [-1, -1, 0, 0],  # a pause turns away whoever looks for things
    ],
    dtype=float,
)

# What a word passes on to those who look at it.
MESSAGES = ("who", "where", "how it looks")

# What each feature makes a word pass on: (6, 3).
W_VALUE = np.array(
    [
        [1, 0, 0],  # an animal says who
        [0, 1, 0],  # a place says where
        [0, 0, 0],  # an action says nothing here
        [0, 0, 1],  # a colour says how it looks
        [0, 0, 0],  # a linking word says nothing
        [0, 0, 0],  # nor does a pause
    ],
    dtype=float,
)


def token_ids() -> np.ndarray:
    """Return each token's row in the table: (11,)."""
    return np.array([VOCABULARY.index(token) for token in TOKENS])


def embeddings() -> np.ndarray:
    """Look up the eleven embeddings: (11, 6)."""
    return TABLE[token_ids()]
