"""Inputs that a learner can read, and check by hand."""

from math import prod

import numpy as np
from numpy import ndarray


def readable(rng: np.random.Generator, *shape: int) -> ndarray:
    """Draw small halves, none of them zero and no two alike, so that none can be mixed up.

    Examples
    --------
    >>> readable(np.random.default_rng(0), 2, 3)
    array([[ 2.5,  1. ,  1.5],
           [-0.5, -2. , -3. ]])
    """
    size = prod(shape)
    signs = rng.choice([-1, 1], size)
    return (signs * rng.permutation(np.arange(1, size + 1))).reshape(shape) / 2
