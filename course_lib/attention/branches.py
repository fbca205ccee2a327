"""The geometry of dilated attention: who is kept where, and how many pairs that makes.

A branch (segment_length, dilation) cuts the sequence into segments; within each of them only
every dilation-th position is kept, beginning at an offset.

Source: Ding et al. (2023), "LongNet: Scaling Transformers to 1,000,000,000 Tokens", arXiv
2307.02486, eq. 6 to 8.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from course_lib.errors import ShapeError

Branch = tuple[int, int]  # segment_length, dilation


def dilated_positions(
    seq_len: int, segment_length: int, dilation: int, offset: int = 0
) -> list[Int[ndarray, " kept"]]:
    """List the positions that one branch keeps, segment by segment.

    Parameters
    ----------
    seq_len : how many positions there are
    segment_length : how many of them make a segment; the last one may be shorter
    dilation : one in so many is kept
    offset : where in each segment the first kept position stands, from 0 to dilation − 1

    Returns
    -------
    A list of arrays, one a segment; empty where a segment keeps nothing.

    Examples
    --------
    >>> dilated_positions(7, 4, 2, 1)
    [array([1, 3]), array([5])]
    """
    checked_branches([segment_length], [dilation])
    if not 0 <= offset < dilation:
        raise ShapeError(
            f"expected an offset from 0 to dilation − 1 = {dilation - 1}; got {offset}. "
            "For head j it is j % dilation."
        )
    starts = range(0, seq_len, segment_length)
    ends = (min(start + segment_length, seq_len) for start in starts)
    return [
        np.arange(start + offset, end, dilation) for start, end in zip(starts, ends, strict=True)
    ]


def attended_pairs(seq_len: int, branches: Sequence[Branch]) -> int:
    """Count the pairs of a query and a key that one head compares, offset 0, not causal.

    Notes
    -----
    A pair that stands in two branches is compared twice, and counted twice.

    Examples
    --------
    >>> attended_pairs(8, [(4, 1), (8, 2)])
    48
    """
    return sum(
        len(kept) ** 2
        for segment_length, dilation in branches
        for kept in dilated_positions(seq_len, segment_length, dilation)
    )


def checked_branches(segment_lengths: Sequence[int], dilations: Sequence[int]) -> list[Branch]:
    """Pair segment lengths with dilations.

    Raises
    ------
    ShapeError
        If there is not one dilation a segment length, or a number is below 1.
    """
    if len(segment_lengths) != len(dilations) or not len(dilations):
        raise ShapeError(
            f"expected one dilation for each segment length, and at least one; got "
            f"segment_lengths={list(segment_lengths)} and dilations={list(dilations)}. "
            "Each pair is a branch: segment_lengths=[4, 8], dilations=[1, 2] has two."
        )
    for name, numbers in (("segment_lengths", segment_lengths), ("dilations", dilations)):
        if min(numbers) < 1:
            raise ShapeError(
                f"expected {name} of at least 1; got {list(numbers)}. "
                "A dilation of 1 keeps every position."
            )
    return list(zip(segment_lengths, dilations, strict=True))
