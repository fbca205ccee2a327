"""Who may look at whom: bool masks in NumPy, True = may attend, rows are queries."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from course_lib.attention.branches import dilated_positions
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


def window_mask(
    seq_len: int, window: int, *, is_causal: bool = True
) -> Bool[ndarray, "seq_len seq_len"]:
    """Let each position look at its neighbours only.

    Parameters
    ----------
    seq_len : how many positions there are
    window : causal: position i sees i − window + 1 … i; else every j with |i − j| < window
    is_causal : hide what comes later

    Raises
    ------
    MaskError
        If the window is empty.

    Examples
    --------
    >>> window_mask(4, 2).astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 0, 0],
           [0, 1, 1, 0],
           [0, 0, 1, 1]])
    """
    if window < 1:
        raise MaskError(
            f"expected a window of at least 1; got {window}. "
            "A window of 1 lets each position see itself alone."
        )
    back = np.arange(seq_len)[:, None] - np.arange(seq_len)  # how far a key lies behind its query
    return (back < window) & (back >= 0 if is_causal else back > -window)


def dilated_mask(
    seq_len: int, segment_length: int, dilation: int, offset: int = 0
) -> Bool[ndarray, "seq_len seq_len"]:
    """Let the positions that one dilated branch keeps look at each other, within their segment.

    Notes
    -----
    One branch only. Several are mixed by their denominators, where a pair that stands in two
    branches counts twice; masks joined by *or* would count it once.

    Examples
    --------
    >>> dilated_mask(5, 4, 2, 1).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 0, 1, 0],
           [0, 0, 0, 0, 0],
           [0, 1, 0, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    mask = np.zeros((seq_len, seq_len), dtype=bool)
    for kept in dilated_positions(seq_len, segment_length, dilation, offset):
        mask[np.ix_(kept, kept)] = True
    return mask


def refuse_unfit(mask: Any, scores_shape: tuple[int, ...]) -> None:
    """Say why a mask, of NumPy or of torch, is not one for scores of this shape.

    Raises
    ------
    MaskError
        If it is not bool, has three axes where the scores have more, or does not broadcast.
    """
    shape = tuple(mask.shape)
    if not str(mask.dtype).endswith("bool"):
        as_bool = "mask.astype(bool)" if isinstance(mask, ndarray) else "mask.bool()"
        added = "; if it holds 0 and -inf to be added to the scores, use `mask == 0`"
        raise MaskError(
            f"expected a bool mask, True = may attend; got dtype {mask.dtype}. If it holds 1 for a "
            f"real token and 0 for padding, use `{as_bool}`{added * ('float' in str(mask.dtype))}."
        )
    if len(shape) == 3 < len(scores_shape):
        raise MaskError(
            f"expected a mask of four axes, or of two, for scores of shape {scores_shape}; got "
            f"shape {shape}, where the first axis may mean sentences or heads. "
            "One matrix per sentence is `mask[:, None]`, one per head `mask[None]`."
        )
    try:
        fits = np.broadcast_shapes(shape, scores_shape) == scores_shape
    except ValueError:
        fits = False
    if not fits:
        raise MaskError(
            f"expected a mask that fits scores of shape {scores_shape}; got shape {shape}. Rows "
            "are queries and columns are keys; one row of real tokens per sentence is "
            "`mask[:, None, None]`, and `padding_mask` makes that from lengths."
        )
