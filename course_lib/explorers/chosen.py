"""What may be chosen in DilatedExplorer; anything else is refused before it is drawn."""

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from course_lib.errors import ShapeError, TokenError
from course_lib.plots.reading import words_of

MOST_DRAWN = 1024  # positions
MOST_BRANCHES = 4  # as many as there are colours and sizes that are easily told apart
MOST_HEADS = 8

Branch = tuple[int, int]  # segment length, dilation


def tokens_of(seq_len_or_tokens: int | Sequence[str]) -> list[str]:
    """Return the tokens; positions by number where only their count is given."""
    if isinstance(seq_len_or_tokens, str):
        raise TokenError(
            f"expected a number of positions or a list of tokens; got the text "
            f"{seq_len_or_tokens!r}. Split it first: {seq_len_or_tokens!r}.split()."
        )
    try:
        tokens = list(map(str, range(index(seq_len_or_tokens))))  # type: ignore[arg-type]
    except TypeError:
        tokens = list(words_of(seq_len_or_tokens))  # type: ignore[arg-type]
    if not 1 <= len(tokens) <= MOST_DRAWN:
        raise TokenError(
            f"expected 1 to {MOST_DRAWN} positions; got {len(tokens)}. "
            "A shorter text shows the same pattern."
        )
    return tokens


def checked_branches(branches: Any) -> list[Branch]:
    """Return the branches as pairs of whole numbers."""
    try:
        pairs = [(index(length), index(dilation)) for length, dilation in branches]
    except (TypeError, ValueError):
        pairs = []
    if not 1 <= len(pairs) <= MOST_BRANCHES or min(map(min, pairs)) < 1:
        raise ShapeError(
            f"expected 1 to {MOST_BRANCHES} branches (segment length, dilation), both whole "
            f"numbers of at least 1; got {branches!r}. Two of them: [(4, 1), (12, 3)]."
        )
    return pairs


def checked_heads(heads: Any, n_heads: int) -> list[int]:
    """Return the chosen heads in order, each once."""
    for head in heads:
        check_between("head", head, 0, n_heads - 1)
    return sorted({index(head) for head in heads})


def check_between(name: str, number: Any, low: int, high: int) -> None:
    """Refuse what is no whole number from ``low`` to ``high``."""
    if not isinstance(number, int | np.integer) or not low <= number <= high:
        raise ShapeError(
            f"expected {name} from {low} to {high}; got {number!r}. "
            "Heads and positions are whole numbers and count from 0."
        )
