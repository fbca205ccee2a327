"""Where each word looks: weights to walk through, a head at a time, and keys to take away."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from jaxtyping import Float
from matplotlib import colormaps
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError, TokenError
from course_lib.explorers.explorer import Explorer, as_bytes, source
from course_lib.plots.display import Display
from course_lib.plots.heads import HeadsDisplay
from course_lib.plots.matrix import AttentionDisplay
from course_lib.plots.reading import numbers_of

_MOST_TOKENS = 128
_VIRIDIS = (255 * colormaps["viridis"](np.arange(256))[:, :3]).round().astype(np.uint8)


def without_keys(
    weights: Float[np.ndarray, "*heads n_queries n_keys"], hidden: Collection[int]
) -> Float[np.ndarray, "*heads n_queries n_keys"]:
    """Take keys away and let the others share the whole: w_j / (1 − w_hidden).

    A row whose whole weight was on hidden keys becomes zeros.

    Examples
    --------
    >>> without_keys(np.array([[0.5, 0.375, 0.125], [1.0, 0.0, 0.0]]), [0])
    array([[0.  , 0.75, 0.25],
           [0.  , 0.  , 0.  ]])
    """
    if not hidden:
        return weights
    kept = weights.copy()
    kept[..., list(hidden)] = 0
    left = kept.sum(axis=-1, keepdims=True)
    return np.divide(kept, left, out=np.zeros_like(kept), where=left > 0)


class AttentionExplorer(Explorer):
    """Follow one sentence's weights: from a word to the words it looks at, in every head.

    Pointing at a word or a row shows where it looks, a click keeps it; keys can be hidden, and the
    others then share the whole.

    Parameters
    ----------
    query : position of the word that is kept in view; None if there is none
    head : the head that is drawn large
    hidden : positions of the keys that are taken away, in all heads

    Notes
    -----
    All three can be read, set, observed and linked, and follow what is done in the browser.
    """

    name: ClassVar[str] = "attention"
    _css = source("shared.css") + source("attention.css")

    query = traitlets.CInt(None, allow_none=True).tag(sync=True)
    head = traitlets.CInt(0).tag(sync=True)
    hidden = traitlets.List(traitlets.CInt()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    head_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _palette = traitlets.Bytes(_VIRIDIS.tobytes()).tag(sync=True)
    _too_much = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_weights(
        cls,
        weights: ArrayLike,
        tokens: Sequence[str],
        *,
        head_names: Sequence[str] | None = None,
        query: int | None = None,
        head: int = 0,
    ) -> "AttentionExplorer":
        """Take the weights of one sentence: (n_heads, seq_len, seq_len), or those of one head.

        Parameters
        ----------
        weights : each row sums to 1, or is zero where a query may attend to nothing
        head_names : what to call each head; numbered if left

        Raises
        ------
        ShapeError
            If the weights are none, or there is no such head.
        TokenError
            If there is not one token a row, or no such query.
        """
        given: Any = [weights] if numbers_of(weights).ndim == 2 else weights
        numbers = numbers_of(given)
        _expect_weights(numbers)
        heads = HeadsDisplay.from_weights(given, tokens, names=head_names)
        too_much = _too_much_for(len(heads.tokens))
        explorer = cls(
            query=query,
            head=head,
            tokens=list(heads.tokens),
            head_names=list(heads.names),
            _weights=b"" if too_much else as_bytes(numbers),
            _too_much=too_much,
        )
        explorer.weights = numbers
        return explorer

    @property
    def shown(self) -> np.ndarray:
        """What is in view, (n_heads, seq_len, seq_len): the weights without the hidden keys."""
        return without_keys(self.weights, self.hidden)

    def still(self) -> Display:
        """Return all heads side by side, or the one that there is, without the hidden keys."""
        gone = " and ".join(self.tokens[key] for key in self.hidden)
        title = f"Attention weights{' without ' if gone else ''}{gone}"
        if len(self.head_names) > 1:
            names = tuple(self.head_names)
            return HeadsDisplay(self.shown, tuple(self.tokens), names, title)
        weights = self.shown[0]
        mask = np.broadcast_to(weights.any(axis=1, keepdims=True), weights.shape).copy()
        mask[:, self.hidden] = False
        given = None if mask.all() else mask
        return AttentionDisplay(weights, tuple(self.tokens), tuple(self.tokens), given, title)

    def too_much(self) -> str:
        """Say so where there are more tokens than can be moved through."""
        return self._too_much

    @traitlets.validate("query")
    def _query_exists(self, proposal: dict[str, Any]) -> int | None:
        if proposal["value"] is not None:
            self._expect_position("query", proposal["value"])
        return proposal["value"]

    @traitlets.validate("hidden")
    def _hidden_keys_exist(self, proposal: dict[str, Any]) -> list[int]:
        for key in proposal["value"]:
            self._expect_position("hidden key", key)
        return sorted(set(proposal["value"]))

    @traitlets.validate("head")
    def _head_exists(self, proposal: dict[str, Any]) -> int:
        n_heads = len(self.head_names)
        if not 0 <= proposal["value"] < n_heads:
            raise ShapeError(
                f"expected a head from 0 to {n_heads - 1}, there are {n_heads}; "
                f"got {proposal['value']}. Heads count from 0."
            )
        return proposal["value"]

    def _expect_position(self, what: str, position: int) -> None:
        if not 0 <= position < len(self.tokens):
            raise TokenError(
                f"expected a {what} from 0 to {len(self.tokens) - 1}, its position among the "
                f"tokens; got {position}. Positions count from 0: try tokens.index(...)."
            )


def _expect_weights(numbers: np.ndarray) -> None:
    """Refuse what HeadsDisplay would draw, but nobody can walk through."""
    if numbers.ndim != 3:
        return  # HeadsDisplay says so
    if not len(numbers) or numbers.shape[1] != numbers.shape[2]:
        raise ShapeError(
            "expected weights of one sentence that attends to itself, (n_heads, seq_len, seq_len); "
            f"got shape {numbers.shape}. For other tables there is AttentionDisplay."
        )
    if (numbers < 0).any():
        head, query, key = np.argwhere(numbers < 0)[0]
        raise ShapeError(
            f"expected weights from 0 to 1; got {numbers[head, query, key]:.4g} in head {head}, at "
            f"query {query}, key {key}. Are these scores? Put them through softmax first."
        )


def _too_much_for(seq_len: int) -> str:
    if seq_len <= _MOST_TOKENS:
        return ""
    return (
        f"{seq_len} tokens are too many to move through, so the picture stands still; up to "
        f"{_MOST_TOKENS} it moves. Take a part of the sentence to walk in it."
    )
