"""Laws that all attention weights obey, each with the sentence for where it is broken.

A law reads ``(parts, *args)`` as every Law does: the weights are the first part.
"""

from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.checking.results import Parts


def rows_sum_to_one(parts: Parts, *_: Any) -> str | None:
    """Say which row is the first whose weights do not sum to 1."""
    totals = parts[0].sum(-1)
    return _not_one(totals, np.abs(totals - 1) > 1e-3)


def none_is_negative(parts: Parts, *_: Any) -> str | None:
    """Say where a weight is below zero."""
    where = _first(parts[0] < -1e-6)
    if where is None:
        return None
    return f"There is a negative weight: {parts[0][where]:.4g} at {list(where)}."


def hidden_keys_weigh_nothing(parts: Parts, scores: ndarray, mask: ndarray) -> str | None:
    """Say which hidden key has weight."""
    where = _first(~mask & (np.abs(parts[0]) > 1e-6))
    if where is None:
        return None
    *row, key = where
    return (
        f"In {_row(tuple(row)).lower()}, key {key} is hidden but has the weight "
        f"{parts[0][where]:.4g}; it should have none."
    )


def open_rows_sum_to_one(parts: Parts, scores: ndarray, mask: ndarray) -> str | None:
    """Say which row shares out more or less than 1, or anything where nothing is allowed."""
    totals, is_open = parts[0].sum(-1), mask.any(-1)
    empty = _first(~is_open & (np.abs(totals) > 1e-6))
    if empty is not None:
        return f"{_row(empty)} may attend to nothing, but sums to {_shown(totals[empty], near=0)}."
    return _not_one(totals, is_open & (np.abs(totals - 1) > 1e-3))


def _not_one(totals: Any, broken: Any) -> str | None:
    where = _first(broken)
    if where is None:
        return None
    return f"{_row(where)} sums to {_shown(totals[where], near=1)}, not 1."


def _first(broken: Any) -> tuple[int, ...] | None:
    places = np.argwhere(broken)
    return tuple(int(i) for i in places[0]) if len(places) else None


def _row(where: tuple[int, ...]) -> str:
    """Name a row: the only one, one of a table, or one among several axes."""
    if not where:
        return "The row"
    return f"Row {where[0]}" if len(where) == 1 else f"Row {list(where)}"


def _shown(total: float, *, near: int) -> str:
    """Write a total with as many digits as it takes to see that it is not the right one."""
    return next(text for n in (2, 4, 8) if float(text := f"{total:.{n}g}") != near or n == 8)
