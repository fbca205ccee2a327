"""A softmax with faults, for `lesson_05_masks` alone until that one is text."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray


def _unchanged(anything: Any) -> Any:
    return anything


def _last(n_axes: int) -> int:
    return -1


def _greatest(scores: ndarray, axis: Any) -> ndarray:
    return scores.max(axis=axis, keepdims=True)


def _nothing(scores: ndarray, axis: Any) -> float:
    return 0.0


def _sum(exponentials: ndarray, axis: Any) -> ndarray:
    return exponentials.sum(axis=axis, keepdims=True)


def _quotient(exponentials: ndarray, total: Any, scores: ndarray) -> ndarray:
    return exponentials / total


def softmax_with_faults(
    scores: ndarray,
    *,
    before: Callable = _unchanged,
    axis: Callable = _last,
    shift: Callable = _greatest,
    bend: Callable = np.exp,
    total: Callable = _sum,
    share: Callable = _quotient,
    after: Callable = _unchanged,
    in_place: bool = False,
) -> Any:
    """Compute a softmax with any of the things that can go wrong with it.

    Parameters
    ----------
    before, after : what is done to the scores first and to the weights last
    axis : from the number of axes, the one along which maximum and sum are taken
    shift, bend, total, share : the four steps; ``share`` sees the scores as they were, too
    in_place : whether the exponentials are written over the scores
    """
    ready = before(scores)
    along = axis(np.ndim(ready))
    exponentials = bend(ready - shift(ready, along))
    weights = after(share(exponentials, total(exponentials, along), ready.copy()))
    if in_place:
        scores[...] = exponentials
    return weights
