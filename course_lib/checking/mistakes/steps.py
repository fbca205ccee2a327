"""Steps that recipes and ways use by name."""

import numpy as np
from numpy import ndarray


def softmax(scores: ndarray, axis: int | tuple[int, ...] | None = -1) -> ndarray:
    """Turn scores into weights that sum to 1 along an axis, or over everything (None)."""
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def lengths(vectors: ndarray) -> ndarray:
    """Return the length of each row, as a column."""
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def squared_distances(queries: ndarray, keys: ndarray) -> ndarray:
    """Return the squared distance of every query from every key."""
    return ((queries[..., :, None, :] - keys[..., None, :, :]) ** 2).sum(-1)
