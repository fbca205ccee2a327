"""The small world of lesson 07: who does what where.

There are four classes of subjects and four of places. Together they decide the verb: animals sit on
what is soft and swim on what is wet, people sleep on the one and sail on the other. Adjectives
decide nothing, unless a world is made in which they do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SUBJECTS = [
    ["cat", "dog", "fox", "hare"],  # animals
    ["girl", "boy", "baker", "king"],  # people
    ["owl", "hen", "swan", "crow"],  # birds
    ["ball", "coin", "leaf", "stone"],  # things
]
PLACES = [
    ["mat", "rug", "bed", "sofa"],  # soft
    ["road", "path", "field", "hill"],  # on the ground
    ["lake", "pond", "river", "sea"],  # wet
    ["roof", "wall", "table", "shelf"],  # high up
]
ADJECTIVES = ["black", "white", "brown", "grey", "small", "large", "old", "new"]

# One row a class of subjects, one column a class of places.
VERBS = [
    ["sat", "ran", "swam", "jumped"],
    ["slept", "walked", "sailed", "danced"],
    ["nested", "hopped", "floated", "perched"],
    ["lay", "rolled", "drifted", "stood"],
]

FORMS = (
    "the {subject} {verb} on the {place}",
    "the {adjective} {subject} {verb} on the {place}",
    "the {subject} , which was {adjective} , {verb} on the {place}",
)
LONGEST = 11  # tokens, in the last form

MASK = "[MASK]"
ALL_VERBS = [verb for row in VERBS for verb in row]
VOCABULARY = [
    *("the", ",", "which", "was", "on", MASK),
    *(word for words in SUBJECTS + PLACES for word in words),
    *ADJECTIVES,
    *ALL_VERBS,
]

ClassOf = dict[str, int]
SUBJECT_CLASS: ClassOf = {word: row for row, words in enumerate(SUBJECTS) for word in words}
PLACE_CLASS: ClassOf = {word: row for row, words in enumerate(PLACES) for word in words}
ADJECTIVE_CLASS: ClassOf = {word: index // 2 for index, word in enumerate(ADJECTIVES)}

Pair = tuple[str, str]


@dataclass(frozen=True)
class VerbWorld:
    """What is true in this world, and which pairs of nouns never meet in training.

    Parameters
    ----------
    adjective_decides : whether the adjective, instead of the place, decides with the subject
    seed : of the choice of the pairs that are held out, a quarter; (cat, mat) is always one
    """

    adjective_decides: bool = False
    seed: int = 0

    @property
    def forms(self) -> tuple[str, ...]:
        """Return the sentences' forms: an adjective that decides has to be there."""
        return FORMS[1:] if self.adjective_decides else FORMS

    def verb(self, *, subject: str, place: str, adjective: str) -> str:
        """Return what the subject did."""
        row = SUBJECT_CLASS[subject]
        if self.adjective_decides:
            return VERBS[row][ADJECTIVE_CLASS[adjective]]
        return VERBS[row][PLACE_CLASS[place]]

    def pairs(self) -> tuple[list[Pair], list[Pair]]:
        """Return the pairs of subject and place to train with, and those held out."""
        pairs = [(subject, place) for subject in SUBJECT_CLASS for place in PLACE_CLASS]
        pairs.remove(("cat", "mat"))
        rng = np.random.default_rng([self.seed, 1])  # not the numbers that the batches are drawn by
        shuffled = [pairs[i] for i in rng.permutation(len(pairs))]
        return shuffled[63:], [("cat", "mat"), *shuffled[:63]]

    def held_out(self) -> Iterator[tuple[list[str], str]]:
        """Tell each held-out pair with each adjective, as the course's own sentence is told."""
        for subject, place in self.pairs()[1]:
            for adjective in ADJECTIVES:
                words = {"subject": subject, "place": place, "adjective": adjective}
                verb = self.verb(**words)
                yield FORMS[-1].format(verb=verb, **words).split(), verb


def verb_slot(words: list[str]) -> int:
    """Return the position of the verb, or of the mask in its place."""
    return next(i for i, word in enumerate(words) if word == MASK or word in ALL_VERBS)
