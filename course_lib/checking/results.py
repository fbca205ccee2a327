"""What a learner's function gave back, read into plain NumPy, and what it should have been.

A result is read once, right after the call, into *parts*: a tuple of plain arrays that share no
memory with anything the learner holds. Objects that are not numbers are never asked to turn
themselves into some.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

Parts = tuple[np.ndarray, ...]

LARGEST = 2**22  # numbers; nothing that is asked for comes near it
_DEEPEST = 8  # axes of nested lists
_MOST_WORDS, _LONGEST_WORD = 1000, 100
_PYTHON_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)
RELATIVE, ABSOLUTE = 2e-4, 1e-6  # so that float32 answers pass where scores reach 1000
HALF_PRECISION = {"float16": 2.0**-10, "bfloat16": 2.0**-7}  # between 1 and the next number


class UnreadableError(Exception):
    """What came back is no array of numbers; the text says what it is instead."""


@dataclass(frozen=True)
class Kind:
    """What an exercise gives back: one array or several, of which axes and which numbers.

    Parameters
    ----------
    axes : for each part, the names of its axes; () is a single number
    names : for each part, what it is called
    numbers : "float", "int" (whole-valued floats are welcome), "bool", or "text" for words
    """

    axes: tuple[tuple[str, ...], ...]
    names: tuple[str, ...] = ("result",)
    numbers: str = "float"

    def read(self, raw: Any) -> Parts:
        """Read what came back; raise UnreadableError where it cannot be numbers at all."""
        parts = self._read_parts(raw)
        if self.numbers == "bool":
            return parts
        return tuple(part.astype(np.float64) if part.dtype == bool else part for part in parts)

    def _read_parts(self, raw: Any) -> Parts:
        if self.numbers == "text":
            return (_read_words(raw),)
        if len(self.axes) == 1:
            return (read_array(raw),)
        if is_array(raw) and _shape_of(raw)[:1] == (len(self.axes),):
            raw = list(read_array(raw))
        if raw is None:
            raise UnreadableError("got None")
        if not isinstance(raw, tuple | list) or len(raw) != len(self.axes):
            what = f"{len(raw)} results" if isinstance(raw, tuple | list) else describe(raw)
            what = "a single array" if is_array(raw) else what
            raise UnreadableError(
                f"expected {len(self.axes)} results, {', '.join(self.names)}, in this order; "
                f"got {what}"
            )
        return tuple(map(_read_part, raw, self.names))

    def fault(self, parts: Parts) -> str | None:
        """Say what is wrong with the entries themselves: bool, whole or words expected."""
        for part in parts:
            if self.numbers == "text" and part.dtype.kind != "U":
                return "expected words, as they stand in the input; got numbers"
            if self.numbers == "bool" and part.dtype != bool:
                return (
                    f"expected a bool array (True = may attend); got numbers of type {part.dtype}. "
                    "A comparison such as `a >= b` gives bool, and so does `.astype(bool)`"
                )
            if self.numbers == "int" and (odd := part[part != np.round(part)]).size:
                return f"expected whole numbers; got {odd[0]:.4g}"
        return None


def array_of(*axes: str, numbers: str = "float") -> Kind:
    """Describe a single array by its axes."""
    return Kind((axes,), numbers=numbers)


def describe(raw: Any) -> str:
    """Name what came back, without asking it anything that it could answer itself."""
    if raw is None:
        return "None"
    name = type.__getattribute__(type(raw), "__name__")
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"[:80]


def alike(ours: Parts, theirs: Parts) -> bool:
    """Tell whether two results are the same numbers, to the course's tolerance."""
    return len(ours) == len(theirs) and all(map(_same, ours, theirs))


def differs_at(ours: np.ndarray, theirs: np.ndarray) -> tuple[int, ...] | None:
    """Find the first position where our array is not the expected one."""
    wrong = ~_close(ours, theirs)
    return tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None


def _same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    if ours.shape != theirs.shape or (ours.dtype == bool) != (theirs.dtype == bool):
        return False
    return bool(_close(ours, theirs).all())


def _close(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    if "U" in (kinds := {ours.dtype.kind, theirs.dtype.kind}) and len(kinds) > 1:
        return np.zeros(ours.shape, dtype=bool)
    if kinds & {"b", "U"}:
        return np.asarray(ours == theirs)
    with np.errstate(all="ignore"):
        finite = np.abs(theirs[np.isfinite(theirs)])
        size = max(1.0, float(finite.max())) if finite.size else 1.0
        near = np.abs(ours - theirs) <= ABSOLUTE * size + RELATIVE * np.abs(theirs)
        both_nan = np.isnan(ours) & np.isnan(theirs)
        return np.asarray(near & np.isfinite(theirs) | (ours == theirs) | both_nan)


def is_array(raw: Any) -> bool:
    """Tell whether something is an array of NumPy's or torch's."""
    return isinstance(raw, np.ndarray) or is_tensor(raw)


def is_tensor(raw: Any) -> bool:
    """Tell whether something is a torch tensor, such as a Parameter, without loading torch."""
    torch = sys.modules.get("torch")  # a tensor can only come from a torch that is loaded
    return torch is not None and isinstance(raw, torch.Tensor)


def half_precision(raw: Any) -> str:
    """Name the number type of a result, or of one in a list, that holds two or three digits."""
    if isinstance(raw, list | tuple):
        return next(filter(None, map(half_precision, raw)), "")
    name = str(getattr(raw, "dtype", "")).removeprefix("torch.")
    return name if name in HALF_PRECISION else ""


def _shape_of(raw: Any) -> tuple[int, ...]:
    if isinstance(raw, np.ndarray):
        return np.ndarray.view(raw, np.ndarray).shape
    return tuple(raw.shape)


def read_array(raw: Any) -> np.ndarray:
    """Copy whatever holds numbers in rows of equal length into a plain array."""
    if isinstance(raw, np.ma.MaskedArray) and np.ma.is_masked(raw):
        raise UnreadableError(
            "got a masked array, in which hidden entries (shown as --) have no number; write "
            "`.filled(0)` to make them 0"
        )
    if isinstance(raw, np.ndarray):
        return _numbers(np.ndarray.view(raw, np.ndarray))
    if is_tensor(raw):
        return _read_tensor(raw)
    if isinstance(raw, np.generic) or type(raw) in (bool, int, float):
        return _numbers(np.asarray(raw))
    if type(raw) in (list, tuple):
        return _read_nested(raw)
    raise UnreadableError(f"got {describe(raw)}")


def _read_tensor(raw: Any) -> np.ndarray:
    """Read a tensor of any number type; NumPy has no bfloat16."""
    try:
        tensor = raw.detach().cpu()
        return _numbers((tensor.double() if tensor.is_floating_point() else tensor).numpy())
    except (RuntimeError, TypeError, NotImplementedError):
        what = f"a torch tensor ({raw.layout}, {raw.device}) that cannot be read as an array"
        raise UnreadableError(f"got {what}") from None


def _read_words(raw: Any) -> np.ndarray:
    """Read a row of words; numbers stay numbers, so that they can be spoken of."""
    words = np.ndarray.view(raw, np.ndarray) if isinstance(raw, np.ndarray) else raw
    if isinstance(words, np.ndarray) and words.ndim and words.dtype.kind in "UO":
        words = words[:_MOST_WORDS].tolist()
    if type(words) not in (list, tuple) or not all(issubclass(type(w), str) for w in words):
        return read_array(words)
    return np.array([str.__str__(word)[:_LONGEST_WORD] for word in words[:_MOST_WORDS]], dtype=str)


def _read_part(raw: Any, name: str) -> np.ndarray:
    try:
        return read_array(raw)
    except UnreadableError as complaint:
        raise UnreadableError(f"expected an array for {name}; {complaint}") from None


def _read_nested(raw: list | tuple) -> np.ndarray:
    plain = _plain(raw, depth=0, room=[LARGEST])
    try:
        return _numbers(np.array(plain))
    except ValueError:
        raise UnreadableError("got a nested list whose rows differ in length") from None


def _plain(raw: Any, depth: int, room: list[int]) -> Any:
    """Copy nested lists, leaving in them nothing but numbers and plain arrays."""
    room[0] -= 1
    if depth > _DEEPEST or room[0] < 0:
        raise UnreadableError("got a list that is nested too deeply, or too long, to be an answer")
    if type(raw) in (list, tuple):
        return [_plain(item, depth + 1, room) for item in raw]
    try:
        return read_array(raw).tolist()
    except UnreadableError as complaint:
        raise UnreadableError(f"{complaint} inside a list") from None


def _numbers(array: np.ndarray) -> np.ndarray:
    """Copy an array as bool or float64, or say why its entries are no numbers."""
    if array.size > LARGEST:
        raise UnreadableError(f"got an array of shape {array.shape}")
    if array.dtype == bool:
        return array.copy()
    if array.dtype.kind in "iuf":
        return array.astype(np.float64)
    if array.dtype.kind == "O" and all(isinstance(x, _PYTHON_NUMBERS) for x in array.ravel()):
        return _from_objects(array)
    kind = {"c": "complex numbers", "U": "text", "S": "bytes", "O": "Python objects"}
    raise UnreadableError(f"got an array of {kind.get(array.dtype.kind, str(array.dtype))[:60]}")


def _from_objects(array: np.ndarray) -> np.ndarray:
    if array.size and all(isinstance(x, bool | np.bool_) for x in array.ravel()):
        return array.astype(bool)
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise UnreadableError("got whole numbers too large for an array") from None
