"""Whether queries, keys, values, a mask and names belong to one sentence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.errors import MaskError, ShapeError, TokenError
from course_lib.plots.reading import flags_of, table_of, words_of

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def tables_that_fit(queries: ArrayLike, keys: ArrayLike, values: ArrayLike) -> Arrays:
    """Return them as tables of floats with a row a token, or say why they do not fit."""
    q, k, v = (
        table_of(name, given).copy()  # the view stays as it was made
        for name, given in (("queries", queries), ("keys", keys), ("values", values))
    )
    if q.shape != k.shape or len(k) != len(v):
        raise ShapeError(
            "expected queries and keys (n_tokens, d_head) and values (n_tokens, d_value) of one "
            f"sentence; got queries {q.shape}, keys {k.shape} and values {v.shape}. "
            "Is one of them transposed?"
        )
    return q, k, v


def allowed_pairs(mask: ArrayLike | None, n: int) -> np.ndarray:
    """Return the whole mask, True = may attend, for n queries and n keys."""
    given = flags_of(True if mask is None else mask)
    if given.dtype != bool or given.shape not in ((), (n,), (1, n), (n, 1), (n, n)):
        raise MaskError(
            f"expected a bool mask of shape {(n, n)}, or {(n,)} for all queries, True = may "
            f"attend; got {given.dtype} of shape {given.shape}. Rows are queries, columns keys."
        )
    return np.broadcast_to(given, (n, n))


def names_of(what: str, names: Sequence[str] | None, count: int) -> list[str]:
    """Return as many names as asked for; positions in brackets where there are none."""
    found = words_of([f"[{i}]" for i in range(count)] if names is None else names, what)
    if len(found) != count:
        raise TokenError(
            f"expected {count} {what}, one a {'row' if what == 'tokens' else 'column'}; "
            f"got {len(found)}. Do they belong to other arrays?"
        )
    return list(found)
