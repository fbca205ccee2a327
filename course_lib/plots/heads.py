"""Several heads side by side, on one scale of colours, each with what it is like in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError
from course_lib.plots.colors import AS_WRITTEN
from course_lib.plots.display import Display
from course_lib.plots.matrix import shares_of
from course_lib.plots.reading import numbers_of, row_tolerance, words_of

_SIDE = 3.1  # inches a head
_MOST_TICKS = 14


@dataclass(frozen=True)
class HeadsDisplay(Display):
    """One table of weights for each head, in a row.

    Parameters
    ----------
    weights : (n_heads, n_queries, n_keys)
    tokens : the tokens beside the rows and above the columns
    names : what to call each head
    is_ring : whether the first and the last token are neighbours
    """

    weights: np.ndarray
    tokens: tuple[str, ...]
    names: tuple[str, ...]
    title: str = ""
    is_ring: bool = False

    @classmethod
    def from_weights(
        cls,
        weights: ArrayLike,
        tokens: Sequence[str],
        *,
        names: Sequence[str] | None = None,
        title: str = "",
        is_ring: bool = False,
    ) -> "HeadsDisplay":
        """Take the weights of all heads for one sentence, or for one ring.

        Raises
        ------
        ShapeError
            If there is no axis of heads, a row does not sum to 1, or a name is missing.
        """
        numbers = numbers_of(weights)
        if numbers.ndim != 3:
            raise ShapeError(
                f"expected weights (n_heads, n_queries, n_keys); got shape {numbers.shape}. "
                "Pick one sentence of the batch first, as in weights[0]."
            )
        labels = words_of(names or [f"head {i}" for i in range(len(numbers))], "names")
        if len(labels) != len(numbers):
            raise ShapeError(
                f"expected one name a head, {len(numbers)} in all; got {len(labels)}. "
                "Leave names out to number the heads."
            )
        for head in numbers:
            shares_of(head, tokens, tolerance=row_tolerance(weights))
        return cls(numbers, words_of(tokens), labels, title, is_ring)

    @property
    def keys_looked_at(self) -> np.ndarray:
        """Among how many keys each head looks: exp of the entropy, mean over the queries."""
        logs = np.log(np.where(self.weights > 0, self.weights, 1))
        return np.exp(-(self.weights * logs).sum(axis=-1)).mean(axis=-1)

    @property
    def distances(self) -> np.ndarray:
        """How many positions away each head looks, on average."""
        n_queries, n_keys = self.weights.shape[1:]
        apart = np.abs(np.arange(n_queries)[:, None] - np.arange(n_keys))
        if self.is_ring:
            apart = np.minimum(apart, n_keys - apart)
        return (self.weights * apart).sum(axis=-1).mean(axis=-1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw all heads on one pair of axes, side by side, with the scale of their colours."""
        ax = self._axes(ax, (_SIDE * len(self.weights) + 1.4, _SIDE + 0.9))
        ax.set_axis_off()
        ax.set_title(self.title)
        colours, scale = colormaps["viridis"], Normalize(0, 1)
        width = 1 / len(self.weights)
        for i, head in enumerate(self.weights):
            place = ax.inset_axes((i * width + 0.14 * width, 0.0, 0.84 * width, 0.86))
            place.imshow(head, cmap=colours, norm=scale, aspect="auto")
            self._label(place, i)
        ax.figure.colorbar(ScalarMappable(scale, colours), ax=ax, label="weight", shrink=0.8)
        return ax

    def _label(self, place: Axes, i: int) -> None:
        numbers = f"{self.keys_looked_at[i]:.1f} keys, {self.distances[i]:.1f} positions away"
        place.set_title(f"{self.names[i]}, on average\nlooks at {numbers}", fontsize=9)
        if len(self.tokens) <= _MOST_TICKS:
            places = range(len(self.tokens))
            place.set_xticks(places, self.tokens, rotation=90, fontsize=8, **AS_WRITTEN)
            beside = self.tokens if i == 0 else [""] * len(self.tokens)
            place.set_yticks(places, beside, fontsize=8, **AS_WRITTEN)
        place.set_xlabel("key")
        if i == 0:
            place.set_ylabel("query")

    def describe(self) -> str:
        """Say of each head how many keys it looks at, and how far away."""
        numbers = zip(self.names, self.keys_looked_at, self.distances, strict=True)
        heads = "; ".join(
            f"{name}: {keys:.1f} keys, {away:.1f} positions away" for name, keys, away in numbers
        )
        title = self.title or "Heads"
        return f"{title}, side by side. What a query looks at, on average, in {heads}."
