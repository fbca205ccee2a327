"""Steps of `tiled_attention` that take more than a line."""

import numpy as np
from numpy import ndarray


def pieces(rows: ndarray, tile: int) -> list[ndarray]:
    """Cut rows into tiles; the last one may be shorter."""
    return [rows[start : start + tile] for start in range(0, len(rows), tile)]


def whole_pieces(rows: ndarray, tile: int) -> list[ndarray]:
    """Cut rows into tiles of the same length, and drop what is left over."""
    return [rows[i * tile : (i + 1) * tile] for i in range(len(rows) // tile)]


def up_to_last_whole(rows: ndarray, tile: int) -> ndarray:
    """Leave the rows of a last partial tile at 0."""
    whole = len(rows) // tile * tile
    return np.where(np.arange(len(rows))[:, None] < whole, rows, 0)


def backwards(before: ndarray, after: ndarray) -> ndarray:
    """Grow by what should be shrunk, from the second tile on."""
    return np.where(np.isinf(before), 0, np.exp(after - before))
