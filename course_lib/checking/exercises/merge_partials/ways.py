"""Steps that the ways of `merge_partials` share; `both` is the lse of the two sides, stacked."""

import numpy as np
from numpy import ndarray


def normalised(numbers: ndarray) -> ndarray:
    """Divide by the sum over the two sides."""
    return numbers / numbers.sum(0)


def safely(numbers: ndarray) -> ndarray:
    """Divide by the sum over the two sides, where it is not 0."""
    total = numbers.sum(0)
    return numbers / np.where(total == 0, 1.0, total)


def finite_max(both: ndarray) -> ndarray:
    """Return the larger of the two; 0 where both are −inf."""
    return np.where(np.isfinite(both.max(0)), both.max(0), 0.0)


def relative(both: ndarray) -> ndarray:
    """Take exponentials relative to the larger of the two; 0 where both are −inf."""
    return np.exp(both - finite_max(both))


def log_sum(both: ndarray, shift: ndarray) -> ndarray:
    """Take log-sum-exp relative to any number."""
    return shift + np.log(np.exp(both - shift).sum(0))
