"""Steps that the ways of `dilated_positions` share."""

import numpy as np
from numpy import ndarray


def pieces(seq_len: int, count: int) -> list[ndarray]:
    """Share the sequence out among so many pieces, of nearly equal length."""
    return np.array_split(np.arange(seq_len), max(1, count))


def filled(rows: list[ndarray], filler: float) -> ndarray:
    """Fill short rows up, so that all are equally long."""
    table = np.full((len(rows), max(map(len, rows), default=0)), filler)
    for row, kept in zip(table, rows, strict=True):
        row[: len(kept)] = kept
    return table


def by_place(rows: list[ndarray]) -> list[list]:
    """Turn rows into columns: the first of every row, then the second, and so on."""
    longest = max(map(len, rows), default=0)
    return [[row[place] for row in rows if place < len(row)] for place in range(longest)]
