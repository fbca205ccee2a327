"""One query among keys, drawn as arrows in the plane of two features."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError
from course_lib.plots.colors import AS_WRITTEN, BLUE, GREY, RED
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

_REACH = 5.0  # how far lines of equal score are drawn


@dataclass(frozen=True)
class ArrowsDisplay(Display):
    """Arrows for a query and some keys; each dashed line joins points of equal score.

    Parameters
    ----------
    query : (name, vector of 2)
    keys : name to vector of 2
    axes : the names of the two features
    """

    query: tuple[str, np.ndarray]
    keys: Mapping[str, np.ndarray]
    axes: tuple[str, str]
    size: ClassVar[tuple[float, float]] = (6.4, 5.2)

    @classmethod
    def from_vectors(
        cls,
        query: tuple[str, ArrayLike],
        keys: Mapping[str, ArrayLike],
        *,
        axes: tuple[str, str],
    ) -> "ArrowsDisplay":
        """Take one query and some keys, each of two features.

        Raises
        ------
        ShapeError
            If a vector does not have exactly two features.
        """
        name, vector = query
        plane = {key: _in_plane(key, numbers) for key, numbers in keys.items()}
        return cls((name, _in_plane(name, vector)), plane, axes)

    def scores(self) -> dict[str, float]:
        """Return the dot product of the query with each key."""
        return {name: float(self.query[1] @ key) for name, key in self.keys.items()}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the arrows and, for each key, the line on which its score lies."""
        ax = self._axes(ax)
        name, query = self.query
        for key, vector in self.keys.items():
            self._line_of_equal_score(ax, vector)
            self._arrow(ax, vector, f"{key} {self.scores()[key]:g}".replace("-", "−"), BLUE)
        self._arrow(ax, query, f"query of {name}", RED)
        ax.axhline(0, color=GREY, linewidth=0.6, zorder=0)
        ax.axvline(0, color=GREY, linewidth=0.6, zorder=0)
        everything = np.stack([query, *self.keys.values(), np.zeros(2)])
        low, high = everything.min(0) - 0.8, everything.max(0) + 0.8
        ax.set(xlim=(low[0], high[0] + 0.6), ylim=(low[1], high[1]), aspect="equal")
        ax.set(xlabel=self.axes[0], ylabel=self.axes[1])
        ax.set_title("A score counts how far a key reaches along the query")
        return ax

    def _line_of_equal_score(self, ax: Axes, key: np.ndarray) -> None:
        query = self.query[1]
        if not query.any():  # a query of zeros scores 0 everywhere
            return
        along = np.array([-query[1], query[0]]) / np.linalg.norm(query)
        ends = np.stack([key - _REACH * along, key + _REACH * along])
        ax.plot(*ends.T, linestyle="--", linewidth=0.8, color=GREY, zorder=1)

    def _arrow(self, ax: Axes, tip: np.ndarray, text: str, colour: str) -> None:
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        point = (float(tip[0]), float(tip[1]))
        ax.annotate("", xy=point, xytext=(0, 0), arrowprops=style, zorder=3)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
        beyond = (6, 8 if tip[1] >= 0 else -14)
        ax.annotate(
            text, point, beyond, textcoords="offset points", bbox=box, zorder=4, **AS_WRITTEN
        )

    def describe(self) -> str:
        """List the keys with their scores, the largest first."""
        ranked = sorted(self.scores().items(), key=lambda item: -item[1])
        listed = ", ".join(f"{name} {score:g}" for name, score in ranked)
        lines = " Dashed lines at right angles to the query join points of equal score."
        return (
            f"Arrows in the plane of {self.axes[0]} and {self.axes[1]}: the query of "
            f"{self.query[0]} and the keys, with their scores: {listed}."
            f"{lines if self.query[1].any() else ''}"
        )


def _in_plane(name: str, numbers: ArrayLike) -> np.ndarray:
    vector = numbers_of(numbers)
    if vector.shape != (2,):
        raise ShapeError(
            f"expected two features for {name}, one for each axis; got shape {vector.shape}. "
            "Pick two columns, such as queries[7, :2]."
        )
    return vector
