"""A list of rows of different lengths, such as the positions that each segment keeps.

It is read as safely as any other result, into two parts: how many numbers each row has, and all
numbers one after another. So nothing is lost, and a row that is empty counts as well.
"""

import types
from typing import Any

import numpy as np

from course_lib.checking.results import (
    LARGEST,
    Kind,
    Parts,
    UnreadableError,
    describe,
    is_array,
    read_array,
)

_MOST_ROWS, _MOST_NUMBERS = 1_000, 20_000  # nothing that is asked for comes near them
_ONE_BY_ONE = (types.GeneratorType, map, filter, zip)  # to ask for their items would run code


class Rows(Kind):
    """What an exercise gives back where that is a list of 1-D arrays."""

    def read(self, raw: Any) -> Parts:
        """Read what came back; raise UnreadableError where it is no list of rows at all."""
        if raw is None:
            raise UnreadableError("got None")
        try:
            rows = _read_rows(raw)
        except UnreadableError as complaint:
            wanted = f"expected a list of 1-D arrays, one for each of the {self.axes[0][0]}"
            raise UnreadableError(f"{wanted}; {complaint}") from None
        sizes = np.array([row.size for row in rows], dtype=np.float64)
        return sizes, np.concatenate([np.empty(0), *rows])


def rows_of(row: str, entries: str, *, numbers: str = "int") -> Rows:
    """Describe a list of rows by what a row is, and by what stands in it."""
    names = (f"count per {row}", f"{entries}, {row} after {row}")
    return Rows(((f"{row}s",), (entries,)), names=names, numbers=numbers)


def _read_rows(raw: Any) -> list[np.ndarray]:
    """Read each row on its own, and stop before they fill the memory."""
    rows, room = [], _MOST_NUMBERS
    for item in _items(raw):
        rows.append(_read_row(item).astype(np.float64))
        room -= rows[-1].size
        if room < 0:
            raise UnreadableError("got far too many numbers")
    if rows and not any(row.ndim for row in rows):
        raise UnreadableError("got one flat row of numbers")
    if not all(row.ndim for row in rows):
        raise UnreadableError("got a single number where a row should stand")
    if any(row.ndim > 1 for row in rows):
        raise UnreadableError("got rows that have rows inside: one axis too many")
    return rows


def _items(raw: Any) -> list:
    """List what should be rows, without asking anything that could answer by itself."""
    if type(raw) in _ONE_BY_ONE:
        raise UnreadableError("got something that hands them out one by one, such as a generator")
    if isinstance(raw, np.ndarray):
        raw = np.ndarray.view(raw, np.ndarray)
    if isinstance(raw, np.ndarray) and raw.dtype.kind == "O" and raw.ndim and raw.size <= LARGEST:
        raw = raw.tolist()
    if is_array(raw) and (array := read_array(raw)).ndim:
        raw = list(array[:_MOST_ROWS])
    if type(raw) not in (list, tuple, range):
        raise UnreadableError(f"got {describe(raw)}")
    return list(raw[:_MOST_ROWS])


def _read_row(item: Any) -> np.ndarray:
    if type(item) is range:
        item = list(item[: _MOST_NUMBERS + 1])  # a range costs nothing until it is written out
    try:
        return read_array(item)
    except UnreadableError as complaint:
        raise UnreadableError(f"{complaint} inside it") from None
