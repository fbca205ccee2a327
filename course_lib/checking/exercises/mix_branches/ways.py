"""Steps that the ways of `mix_branches` share; `sums` are the denominators, one row a branch."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray


def divided(numbers: ndarray, total: ndarray) -> ndarray:
    """Divide where that is possible."""
    return numbers / np.where(total == 0, 1.0, total)


def inverse(sums: ndarray) -> ndarray:
    """Return 1 / sums, and 0 where a branch keeps nothing."""
    return np.divide(1, sums, out=np.zeros_like(sums), where=sums > 0)


def one_branch(number: ndarray, sums: ndarray) -> ndarray:
    """Give everything to the branch with that number."""
    return (np.arange(len(sums))[:, None] == number).astype(float)


def two_by_two(outputs: ndarray, sums: ndarray, grow: Callable) -> ndarray:
    """Mix one branch after another into what is there, with a total that may be wrong."""
    mixed, total = outputs[0], sums[0]
    for one, s in zip(outputs[1:], sums[1:], strict=True):
        mixed = divided(mixed * total[:, None] + one * s[:, None], (total + s)[:, None])
        total = grow(total, s)
    return mixed
