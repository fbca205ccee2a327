"""Who may look at whom: bool masks in NumPy, True = may attend, rows are queries."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from course_lib.errors import MaskError


def causal_mask(seq_len: int) -> Bool[ndarray, "seq_len seq_len"]:
    """Let each position look at itself and at what came before.

    Examples
    --------
    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


def padding_mask(lengths: Sequence[int], seq_len: int) -> Bool[ndarray, "batch_size 1 1 seq_len"]:
    """Hide the padding behind sentences that are shorter than the batch.

    Parameters
    ----------
    lengths : the number of real tokens of each sentence
    seq_len : the length that all of them were padded to

    Returns
    -------
    mask : True where a key is a real token; the two axes of length 1 stand for every head and
        every query

    Raises
    ------
    MaskError
        If a sentence is longer than ``seq_len``.

    Examples
    --------
    >>> padding_mask([3, 1], 4).astype(int)
    array([[[[1, 1, 1, 0]]],
           [[[1, 0, 0, 0]]]])
    """
    if len(lengths) and not 0 <= min(lengths) <= max(lengths) <= seq_len:
        raise MaskError(
            f"expected lengths between 0 and seq_len={seq_len}; got {list(lengths)}. "
            "Pad to the longest sentence of the batch."
        )
    return np.arange(seq_len) < np.asarray(lengths)[:, None, None, None]
