"""Lesson 10, tiled attention: exact, and never the whole table of scores."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.cost_limits import Memory
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of

_SIZES = ((7, 4, 3, 3), (6, 9, 2, 2), (4, 3, 5, 1), (5, 7, 2, 8))
_LONG, _TILE = 256, 6  # more than 32 tiles, and few enough pairs for a loop over them to end


def _texts(rng: np.random.Generator) -> Iterator[Case]:
    """Tiles that fit and that do not, scores that no bare exp survives, and one long text."""
    smallest = rng.integers(-3, 4, (5, 7)) / 2
    yield Case("5 tokens in tiles of 2", (*np.split(smallest, (2, 4), axis=1), 2))
    for seq_len, d_head, d_value, tile in _SIZES:
        about = f"{seq_len} tokens of d_head {d_head} and d_value {d_value}, tile {tile}"
        yield Case(about, _text(rng, seq_len, d_head, d_value, tile))
    yield Case("8 tokens in tiles of 3, scores that differ by 1000", _steep_text(rng))
    queries, keys = rng.normal(size=(4, 5)), rng.normal(size=(7, 5))
    more_keys = queries, keys, rng.normal(size=(7, 3)), 2
    yield Case("more keys than queries", more_keys, is_extra=True)
    long = _text(rng, _LONG, 2, 1, _TILE)  # narrow: lists of them take little room
    yield Case(f"{_LONG} tokens in tiles of {_TILE}", long, limit=Memory(2 * _LONG**2))


def _text(rng: np.random.Generator, seq_len: int, d_head: int, d_value: int, tile: int) -> tuple:
    queries, keys = rng.normal(size=(2, seq_len, d_head))
    return queries, keys, rng.normal(size=(seq_len, d_value)), tile


def _steep_text(rng: np.random.Generator) -> tuple:
    """Draw rows of scores on different levels, and two whose tiles differ by 1000.

    Whole numbers and d_head 4, so that float32 makes no error before the exponential.
    """
    queries, keys = rng.integers(-2, 3, (2, 8, 4)).astype(float)
    queries[:, 0] = 0, 1000, -1000, 500, 0, 0, -700, 250
    queries[:, 1] = 0, 0, 0, 0, 2, -2, 0, 0
    keys[:, 0] = 2
    keys[:, 1] = 0, 0, 0, 1000, 1000, 1000, 0, 0
    return queries, keys, rng.normal(size=(8, 3)), 3


EXERCISE = Exercise(
    name="tiled_attention",
    lesson="10",
    parameters=("queries", "keys", "values", "tile"),
    reference=reference.tiled_attention,
    kind=array_of("n_queries", "d_value"),
    cases=_texts,
    mistakes=Mistakes(__name__),
    hints=(
        "There is an easy way and a harder one. The easy way: a loop over tiles of queries. A "
        "few queries against all keys are whole rows, so softmax works as ever, and rows of "
        "one tile take little memory.",
        "`range` takes a step, and a slice that reaches beyond the end is simply shorter: that "
        "settles tiles that do not fit. Collect the outputs of the tiles and join them, or "
        "fill an array.",
        "The harder way also cuts the keys: keep for each query a running maximum, a running "
        "sum of exponentials and a running mixture. When the maximum rises from old to new, "
        "what was kept shrinks by e to the power old − new.",
    ),
)
