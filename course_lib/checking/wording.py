"""Small inputs and results in words and digits, the same on every machine."""

from typing import Any

import numpy as np

from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.results import Parts, is_tensor

_MOST_NUMBERS = 24


def an_array(array: np.ndarray) -> str:
    """Show a small array with its numbers, a large one with its shape."""
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype != bool else str(array.item())
    if array.size > _MOST_NUMBERS:
        return f"an array of shape {array.shape}"
    return np.array2string(
        array,
        separator=", ",
        formatter={"float_kind": lambda x: f"{x:.4g}"},
        max_line_width=88,
        threshold=_MOST_NUMBERS + 1,
    )


def an_input(exercise: Exercise, case: Case) -> str:
    """List each argument with its numbers where they are few, else with its shape."""
    named = zip(exercise.parameters, case.args, strict=True)
    shown = [f"{name} = {_argument(value, len(name) + 5)}" for name, value in named]
    return "\n".join([f"The input ({case.about}):", *(f"  {line}" for line in shown)])


def a_shape(exercise: Exercise, parts: Parts | None) -> str:
    """Say what kind of result is expected: "an array (n_queries, n_keys) = (2, 3)"."""
    if parts is None or not parts[0].ndim:
        return "a number"
    if exercise.kind.numbers == "text":
        return f"a list of {len(parts[0])} words"
    axes = ", ".join(exercise.kind.axes[0])
    return f"an array ({axes}) = {parts[0].shape}"


def _argument(value: Any, indent: int) -> str:
    if is_tensor(value):
        value = value.numpy()
    if isinstance(value, np.ndarray):
        return an_array(value).replace("\n", "\n" + " " * indent)
    if isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value):
        gap = ",\n" + " " * (indent + 1)
        return f"[{gap.join(_argument(item, indent + 1) for item in value)}]"
    return repr(value)[:60]
