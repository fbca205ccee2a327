"""Ways to sum wrongly that no single line makes."""

import numpy as np
from numpy import ndarray


def by_columns(weights: ndarray, values: ndarray) -> ndarray:
    """Take a column of weights for each output."""
    columns = [weights[:, i] for i in range(len(weights))]
    return np.array(
        [sum(w * v for w, v in zip(column, values, strict=False)) for column in columns]
    )


def with_indices_swapped(weights: ndarray, values: ndarray) -> ndarray:
    """Read the table of weights by key and query."""
    keys = range(len(values))
    return np.array([sum(weights[j, i] * values[j] for j in keys) for i in range(len(weights))])
