"""What a view is given, read in one place: arrays and tensors of any number type, and words.

A torch tensor is known by what it can do, since nothing here loads torch.
"""

from collections.abc import Iterable, Sized
from typing import Any

import numpy as np

from course_lib.errors import ShapeError, TokenError

_ROW_TOLERANCE = 1e-4
_SPACING = {"float16": 2.0**-10, "bfloat16": 2.0**-7}  # between 1 and the next number


def numbers_of(given: Any) -> np.ndarray:
    """Read numbers as float64; a tensor may be in half precision, and may require gradients.

    Examples
    --------
    >>> numbers_of([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    return np.asarray(_without_gradient(given), dtype=float)


def flags_of(given: Any) -> np.ndarray:
    """Read a mask as it is, whatever its type."""
    return np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)


def _without_gradient(given: Any) -> Any:
    if hasattr(given, "detach"):
        return given.detach().cpu().double().numpy()
    if isinstance(given, list | tuple):
        return [_without_gradient(one) for one in given]
    return given


def table_of(what: str, given: Any) -> np.ndarray:
    """Read numbers in rows and columns.

    Raises
    ------
    ShapeError
        If they are no table, or one of them is nan or infinite.
    """
    table = numbers_of(given)
    if table.ndim != 2 or not table.size:
        raise ShapeError(
            f"expected {what} as a table of rows and columns; got shape {table.shape}. "
            "Pick one sentence and one head first."
        )
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise ShapeError(
            f"expected finite {what}; got {table[row, column]} in row {row}, column {column}. "
            "Look where it comes from first."
        )
    return table


def row_tolerance(weights: Any) -> float:
    """Return how far a row of weights may be from 1: in half precision, it is rounded coarsely.

    Examples
    --------
    >>> row_tolerance(np.ones(1)), row_tolerance(np.ones(1, np.float16))
    (0.0001, 0.00390625)
    """
    if isinstance(weights, list | tuple):
        return max(map(row_tolerance, weights), default=_ROW_TOLERANCE)
    name = str(getattr(weights, "dtype", "")).removeprefix("torch.")
    return max(_ROW_TOLERANCE, 4 * _SPACING.get(name, 0.0))


def words_of(given: Iterable[Any], what: str = "tokens") -> tuple[str, ...]:
    """Read words or names, each as a text that can be drawn.

    Raises
    ------
    TokenError
        If they can be read only once, or one of them holds half of a character.
    """
    if not isinstance(given, Sized):
        raise TokenError(
            f"expected {what} in a list; got a {type(given).__name__}, which hands them out only "
            f"once. Make a list of it first: list({what})."
        )
    words = tuple(map(str, given))
    for place, word in enumerate(words):
        try:
            word.encode("utf-8")
        except UnicodeEncodeError as fault:
            half = ascii(word[fault.start])
            raise TokenError(
                f"expected {what} of whole characters; got {half}, half of a surrogate pair, in "
                f"{what}[{place}]. Cut the text between characters, and read it as UTF-8 or UTF-16."
            ) from None
    return words
