"""Telling a word where it stands: attention by itself does not know."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray


def sinusoidal_positions(seq_len: int, d_model: int) -> Float[ndarray, "seq_len d_model"]:
    """Give every position a row of its own, to be added to the embeddings.

    References
    ----------
    Vaswani et al. (2017), "Attention Is All You Need", section 3.5.

    Examples
    --------
    >>> sinusoidal_positions(2, 4).round(2)
    array([[0.  , 1.  , 0.  , 1.  ],
           [0.84, 0.54, 0.01, 1.  ]])
    """
    features = np.arange(d_model)
    wavelengths = 10_000.0 ** (features // 2 * 2 / d_model)
    angles = np.arange(seq_len)[:, None] / wavelengths
    return np.where(features % 2 == 0, np.sin(angles), np.cos(angles))
