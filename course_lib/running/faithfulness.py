"""Does the picture of lesson 07 tell the truth? Swap words, block words, and count what changes."""

from collections.abc import Callable
from itertools import chain

import numpy as np

from course_lib.models.verbs import VerbRepair, repair_the_verb

SENTENCE = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]
SUBJECT, ADJECTIVE, VERB, PLACE = 1, 5, 7, 10

ASKS = {
    "held out": ("≥ 0.98", lambda number: number >= 0.98),
    "cat": ("≥ 0.2", lambda number: number >= 0.2),
    "mat": ("≥ 0.2", lambda number: number >= 0.2),
    "cat + mat": ("≥ 0.6", lambda number: number >= 0.6),
    "(cat + mat) / black": ("≥ 10", lambda number: number >= 10),
    "top two": ("1", lambda number: number == 1),
    "sentences alike": ("≥ 0.95", lambda number: number >= 0.95),
    "swap adjective: changed": ("≤ 0.02", lambda number: number <= 0.02),
    "swap subject: changed": ("≥ 0.95", lambda number: number >= 0.95),
    "swap place: changed": ("≥ 0.95", lambda number: number >= 0.95),
    "seconds": ("≤ 15", lambda number: number <= 15),
}


def verb_figures(seed: int) -> dict[str, float]:
    """Train the model of lesson 07, its untrained twin and its other world; measure all three."""
    trained, untrained = repair_the_verb(seed), repair_the_verb(seed, steps=0)
    other = repair_the_verb(seed, adjective_decides=True)
    two = repair_the_verb(seed, n_heads=2)
    heads = two.attention(SENTENCE)[:, VERB][:, [SUBJECT, PLACE]]
    return {
        "held out": trained.held_out_accuracy,
        **picture(trained),
        **swaps(trained),
        **blocks(trained),
        "seconds": trained.training_seconds,
        **{f"untrained: {name}": number for name, number in picture(untrained).items()},
        "untrained: held out": untrained.held_out_accuracy,
        "adjective decides: held out": other.held_out_accuracy,
        **{f"adjective decides: {name}": weight for name, weight in weights(other).items()},
        "two heads: held out": two.held_out_accuracy,
        "two heads: least of each one's own noun": max(
            min(heads[0, 0], heads[1, 1]), min(heads[0, 1], heads[1, 0])
        ),
    }


def weights(result: VerbRepair) -> dict[str, float]:
    """Return how much the verb looks at the three words that matter, or not."""
    row = result.attention(SENTENCE).mean(0)[VERB]
    return {SENTENCE[i]: float(row[i]) for i in (SUBJECT, PLACE, ADJECTIVE)}


def picture(result: VerbRepair) -> dict[str, float]:
    """Describe the verb's row, and in how many held-out sentences it looks like this."""
    seen = weights(result)
    rows = [result.attention(words).mean(0)[VERB] for words, _ in result.held_out]
    return {
        **seen,
        "cat + mat": seen["cat"] + seen["mat"],
        "(cat + mat) / black": ratio(rows[0]),
        "top two": float(looks_at_both(rows[0])),
        "sentences alike": float(np.mean([looks_at_both(r) and ratio(r) >= 10 for r in rows])),
    }


def looks_at_both(row: np.ndarray) -> bool:
    """Tell whether subject and place lead all words but the verb itself."""
    order = [i for i in np.argsort(-row) if i != VERB]
    return set(order[:2]) == {SUBJECT, PLACE}


def ratio(row: np.ndarray) -> float:
    """Compare the two nouns with the adjective."""
    return float((row[SUBJECT] + row[PLACE]) / row[ADJECTIVE])


def swaps(result: VerbRepair) -> dict[str, float]:
    """Put another word in place of one, and count how many predictions change."""
    rng = np.random.default_rng(0)
    adjectives = [[word] for word in result.adjectives]
    return {
        f"swap {name}: changed": changed(result, _swap(position, classes, rng))
        for name, position, classes in (
            ("adjective", ADJECTIVE, adjectives),
            ("subject", SUBJECT, result.subjects),
            ("place", PLACE, result.places),
        )
    }


def _swap(
    position: int, classes: list[list[str]], rng: np.random.Generator
) -> Callable[[list[str]], list[str]]:
    """Make a function that puts a word of another class at a position."""

    def swapped(words: list[str]) -> list[str]:
        others = chain.from_iterable(row for row in classes if words[position] not in row)
        return [*words[:position], str(rng.choice(list(others))), *words[position + 1 :]]

    return swapped


def changed(result: VerbRepair, swapped: Callable[[list[str]], list[str]]) -> float:
    """Return the share of held-out sentences whose prediction a swap changes."""
    return float(
        np.mean([result.predict(w) != result.predict(swapped(w)) for w, _ in result.held_out])
    )


def blocks(result: VerbRepair) -> dict[str, float]:
    """Hide a word from everybody, and the verb behind a mask, and count the right answers."""
    return {
        f"block {name}: right": float(
            np.mean(
                [
                    result.predict([*w[:VERB], "[MASK]", *w[VERB + 1 :]], blocked=[w[i]]) == verb
                    for w, verb in result.held_out
                ]
            )
        )
        for name, i in (("adjective", ADJECTIVE), ("subject", SUBJECT), ("place", PLACE))
    }
