"""What a learner's function gives beside what was computed here, in words whatever it does."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.plots.reading import numbers_of

_CLOSE = (1e-12, 1e-6)  # what a saved output says: the digits below differ between machines
_MOST_WORDS = 200  # letters of an error


def compare(
    function: Callable[..., Any],
    arrays: tuple[np.ndarray, ...],
    outputs: np.ndarray,
    tokens: Sequence[str],
) -> float | str:
    """Return the greatest difference of a function's outputs, or a sentence on what it did.

    Parameters
    ----------
    function : (queries, keys, values[, mask]) -> outputs
    arrays : what it is called with, once, each a copy of its own
    outputs : (n_queries, d_value), what is expected of it
    tokens : the queries
    """
    try:
        found = _call(function, *(array.copy() for array in arrays))
    except NotImplementedError:
        return "not attempted"
    except Exception as fault:  # whatever it is, the view says it and goes on
        return f"{type(fault).__name__}: {' '.join(str(fault).split())}"[:_MOST_WORDS]
    if found.shape != outputs.shape:
        return f"its outputs have shape {found.shape}; expected {outputs.shape}, one row a query"
    for token, row in zip(tokens, found, strict=True):
        if not np.isfinite(row).all():
            return f"{row[~np.isfinite(row)][0]} in the output of {token}"
    return float(np.abs(found - outputs).max())


def _call(function: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    """Call it, with the mask by name where it has such a name; nan is said later, not warned of."""
    *first, last = arrays
    with np.errstate(all="ignore"):
        if len(arrays) == 4 and "mask" in inspect.signature(function).parameters:
            return numbers_of(function(*first, mask=last))
        return numbers_of(function(*arrays))


def exactly(found: float | str) -> str:
    """Say a difference for the live view."""
    if isinstance(found, str):
        return found
    return f"{found:.1e} at most".replace("-", "−") if found else "none"


def roughly(found: float | str) -> str:
    """Say a difference so that it reads the same on every machine."""
    if isinstance(found, str):
        return found
    bound = next((f"below {close:.0e}" for close in _CLOSE if found < close), f"{found:.2g}")
    return f"greatest difference {bound}"
