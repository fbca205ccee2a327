"""One attention of the zoo: what we know of it, and the callable that tells nothing.

What is known of an attention is kept apart from it, so that nobody finds it by looking inside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn
from weakref import WeakKeyDictionary

import numpy as np
from numpy import ndarray

from course_lib.checking.results import describe
from course_lib.errors import CourseError, ShapeError

Function = Callable[..., ndarray]


@dataclass(frozen=True)
class Specimen:
    """What the zoo knows of one attention.

    Parameters
    ----------
    name : what is wrong with it, or how it is written
    hatch : makes a fresh one from a generator, since some remember their calls, or draw
    why : of a broken one the law that betrays it, of a correct one why it is right
    is_broken : whether a test should be suspicious of it
    """

    name: str
    hatch: Callable[[np.random.Generator], Function]
    why: str
    is_broken: bool


class _Known(NamedTuple):
    specimen: Specimen
    seed: int
    function: Function
    is_stranger: bool = False


class Attention:
    """Somebody's multi-head attention. Call it as lesson 06's `multi_head_attention`.

    Its signs are the same for every one of the zoo. A copy is a fresh one: it remembers no call.
    """

    __slots__ = ("__weakref__",)

    def __init__(self, specimen: Specimen, seed: int) -> None:
        _KNOWN[self] = _Known(specimen, seed, specimen.hatch(np.random.default_rng(seed)))

    def __call__(
        self,
        embeddings: Any,
        w_query: Any,
        w_key: Any,
        w_value: Any,
        w_output: Any,
        n_heads: int,
    ) -> ndarray:
        """Return the outputs (batch, T, d_model) of embeddings (batch, T, d_model)."""
        arrays = [_floats(x) for x in (embeddings, w_query, w_key, w_value, w_output)]
        _refuse_odd_shapes(*arrays, n_heads=n_heads)
        with np.errstate(all="ignore"):  # nan comes without a warning to give it away
            outputs = _KNOWN[self].function(*arrays, int(n_heads))
            return outputs.astype(arrays[0].dtype, copy=False)

    def __copy__(self) -> "Attention":
        specimen, seed, _, is_stranger = _KNOWN[self]
        return (stranger if is_stranger else Attention)(specimen, seed)

    def __deepcopy__(self, _: dict) -> "Attention":
        return self.__copy__()

    def __reduce__(self) -> NoReturn:
        raise CourseError(
            "expected something that can be pickled; got an attention of the zoo, which keeps "
            "what it is to itself. Pickle what it gives back, or make it where it is needed."
        )

    def __repr__(self) -> str:
        return "<an attention of the zoo>"


_KNOWN: WeakKeyDictionary[Attention, _Known] = WeakKeyDictionary()


def stranger(specimen: Specimen, seed: int) -> Attention:
    """Make an attention for a check: `specimen_of` tells nothing of it, nor of its copies."""
    attention = Attention(specimen, seed)
    _KNOWN[attention] = _KNOWN[attention]._replace(is_stranger=True)
    return attention


def specimen_behind(attention: Attention) -> Specimen:
    """Look up what a check knows of an attention, a stranger or not."""
    return _KNOWN[attention].specimen


def specimen_of(attention: Attention) -> Specimen:
    """Look up what the zoo knows of an attention that you made yourself.

    Raises
    ------
    CourseError
        If it is a stranger that a check handed out, or of no zoo at all.
    """
    known = _KNOWN.get(attention) if isinstance(attention, Attention) else None
    if known is None or known.is_stranger:
        what = "one that the check hands out" if known else describe(attention)
        raise CourseError(
            "expected an attention that you made yourself, such as Attention(ZOO[0], seed=0); "
            f"got {what}. What it is shows in what it does: call it, and compare."
        )
    return known.specimen


def _floats(x: Any) -> ndarray:
    """Read an array as floats; one that holds floats is passed on as it is, not as a copy."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(float)


def _refuse_odd_shapes(embeddings: ndarray, *weights: ndarray, n_heads: int) -> None:
    """Refuse for all alike what they were not written for."""
    shape = embeddings.shape
    if len(shape) != 3 or 0 in shape:
        raise ShapeError(
            f"expected embeddings (batch, T, d_model), nothing of it empty; got shape {shape}. "
            "A single sentence is a batch of one: x[None]."
        )
    d_model = shape[-1]
    if odd := [weight.shape for weight in weights if weight.shape != (d_model, d_model)]:
        raise ShapeError(
            f"expected four weights of shape {(d_model, d_model)}, as d_model is {d_model}; got "
            f"{odd[0]}. Are the embeddings as wide as you mean them to be?"
        )
    if n_heads != int(n_heads) or n_heads < 1 or d_model % n_heads:
        raise ShapeError(
            f"expected an n_heads that divides d_model={d_model}; got {n_heads}. Multiply: "
            "d_model = n_heads · d_head."
        )
