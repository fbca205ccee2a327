"""What crosses the border between the two processes: plain data, read back with suspicion.

Nothing here is unpickled: to read a pickle is to run it.
"""

import base64
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from course_lib.checking.cost_limits import Spent
from course_lib.checking.outcome import Outcome, Raised
from course_lib.checking.results import LARGEST

_KINDS = {"bool": np.dtype(bool), "float": np.dtype("<f8")}
_LONGEST = 500  # characters of any text


def as_json(seen: list[Outcome]) -> str:
    """Write down what an answer gave on each input."""
    return json.dumps([_packed(one) for one in seen])


def from_json(text: str) -> list[Outcome]:
    """Read it back.

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is anything but what ``as_json`` writes.
    """
    return [_unpacked(one) for one in json.loads(text)]


def _packed(one: Outcome) -> dict[str, Any]:
    return {
        "parts": None if one.parts is None else [_packed_array(part) for part in one.parts],
        "unreadable": one.unreadable,
        "raised": one.raised and asdict(one.raised),
        "changed": one.changed,
        "printed": one.printed,
        "spent": one.spent and asdict(one.spent),
    }


def _unpacked(one: dict[str, Any]) -> Outcome:
    parts, raised, spent = one["parts"], one["raised"], one["spent"]
    return Outcome(
        parts=None if parts is None else tuple(map(_unpacked_array, parts)),
        unreadable=_text_or_none(one["unreadable"]),
        raised=None if raised is None else _unpacked_exception(**raised),
        changed=tuple(map(int, one["changed"])),
        printed=_text(one["printed"]),
        spent=None if spent is None else Spent(bool(spent["is_over"]), _text(spent["counted"])),
    )


def _unpacked_exception(
    *, type_name: str, text: str, line: str | None, function: str | None, **flags: bool
) -> Raised:
    return Raised(
        _text(type_name),
        _text(text),
        _text_or_none(line),
        _text_or_none(function),
        not_written=bool(flags["not_written"]),
        by_hand=bool(flags["by_hand"]),
    )


def _packed_array(part: np.ndarray) -> dict[str, Any]:
    if part.dtype.kind == "U":
        return {"words": part.tolist()}
    kind = "bool" if part.dtype == bool else "float"
    raw = np.ascontiguousarray(part, dtype=_KINDS[kind]).tobytes()
    return {"kind": kind, "shape": part.shape, "raw": base64.b64encode(raw).decode("ascii")}


def _unpacked_array(packed: dict[str, Any]) -> np.ndarray:
    if "words" in packed:
        return np.array([_text(word) for word in packed["words"]], dtype=str)
    raw = np.frombuffer(base64.b64decode(packed["raw"]), dtype=_KINDS[packed["kind"]])
    if raw.size > LARGEST:
        raise ValueError("more numbers than any exercise asks for")
    return raw.reshape(tuple(map(int, packed["shape"]))).copy()


def _text_or_none(text: Any) -> str | None:
    return None if text is None else _text(text)


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"expected a text; got {type(text).__name__}")
    return text[:_LONGEST]
