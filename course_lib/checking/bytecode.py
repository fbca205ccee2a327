"""Which ready-made operations a function is written with, read from its compiled code."""

import dis
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_NAMES = {"dot", "einsum", "inner", "vdot", "vecdot", "matmul", "tensordot", "sumprod"}
_THEMSELVES = (np.dot, np.inner, np.vdot, np.matmul)


def ready_made_products(function: Callable[..., Any]) -> list[str]:
    """List the operations that take a whole dot product in one word, such as ``@`` or ``dot``.

    Examples
    --------
    >>> ready_made_products(lambda a, b: a @ b)
    ['@']
    >>> ready_made_products(lambda a, b: sum(x * y for x, y in zip(a, b)))
    []
    """
    if any(function is ready_made for ready_made in _THEMSELVES):
        return [function.__name__]
    code = getattr(function, "__code__", None)
    found = set(_operations(code)) if isinstance(code, types.CodeType) else set()
    return sorted(found & (_NAMES | {"@"}))


def _operations(code: types.CodeType) -> Iterator[str]:
    """Yield the names and the matrix products of a function and of what is written inside it."""
    yield from code.co_names
    for step in dis.get_instructions(code):
        if step.opname == "BINARY_OP" and step.argrepr in ("@", "@="):
            yield "@"
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _operations(inner)
