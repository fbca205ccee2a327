"""Steps and ways of `dilated_branch` that take more than a line."""

import numpy as np
from numpy import ndarray


def joined(positions: list[ndarray]) -> ndarray:
    """Return the kept positions of all segments, of which there may be none."""
    return np.concatenate([*positions, np.empty(0, dtype=int)])


def spread_out(rows: ndarray, positions: list[ndarray]) -> ndarray:
    """Fill the rows between two kept ones with the one before."""
    kept = np.sort(joined(positions))
    before = np.searchsorted(kept, np.arange(len(rows)), side="right") - 1
    return rows[kept[np.maximum(before, 0)]]


def packed(rows: ndarray, positions: list[ndarray]) -> ndarray:
    """Write the kept rows to the top, one after another."""
    kept, top = joined(positions), np.zeros_like(rows)
    top[: len(kept)] = rows[kept]
    return top
