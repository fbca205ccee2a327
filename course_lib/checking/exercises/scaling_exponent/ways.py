"""Slopes of a line, the right one and others."""

from itertools import combinations

import numpy as np
from numpy import ndarray


def together(x: ndarray, y: ndarray) -> float:
    """Add up how two rows vary together, around the mean of the first."""
    return (x - x.mean()) @ y


def least_squares(x: ndarray, y: ndarray) -> float:
    """Return the slope of the least-squares line."""
    return together(x, y) / together(x, x)


def through(x: ndarray, y: ndarray) -> float:
    """Force a line through the origin."""
    return x @ y / (x @ x)


def at_right_angles(x: ndarray, y: ndarray) -> float:
    """Make the distances at right angles to the line small, not the upright ones."""
    table = np.column_stack([x - x.mean(), y - y.mean()])
    along, up = np.linalg.svd(table)[2][0]
    return up / along


def steps(x: ndarray, y: ndarray) -> ndarray:
    """Return the slope from each point to the next."""
    return np.diff(y) / np.diff(x)


def all_slopes(x: ndarray, y: ndarray) -> ndarray:
    """Return the slope between every two points."""
    i, j = np.array(list(combinations(range(len(x)), 2))).T
    return (y[j] - y[i]) / (x[j] - x[i])


def finite(slopes: ndarray) -> ndarray:
    """Leave out the pairs that were measured at one and the same length."""
    return slopes[np.isfinite(slopes)]
