"""One attention of the zoo: what we know of it, and the callable that does not show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.errors import ShapeError

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


class Attention:
    """Somebody's multi-head attention. Call it as lesson 06's `multi_head_attention`.

    All of the zoo look alike. A deep copy is a fresh one: it remembers no call.
    """

    def __init__(self, specimen: Specimen, seed: int) -> None:
        self._specimen, self._seed = specimen, seed
        self._function = specimen.hatch(np.random.default_rng(seed))

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
            outputs = self._function(*arrays, int(n_heads))
            return outputs.astype(arrays[0].dtype, copy=False)

    def __deepcopy__(self, _: dict) -> "Attention":
        return Attention(self._specimen, self._seed)

    def __repr__(self) -> str:
        return "<an attention of the zoo>"


def specimen_of(attention: Attention) -> Specimen:
    """Look up what the zoo knows of an attention."""
    return attention._specimen


# Names under which an exercise still asks for them.
stranger, specimen_behind = Attention, specimen_of


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
