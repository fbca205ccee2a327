"""What each head adds to the output of one word: bars that sum to it, feature by feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError
from course_lib.plots.colors import BLUE, GREEN, GREY, ORANGE, RED
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

_FILLS = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."), (RED, "xx"))


@dataclass(frozen=True)
class ContributionsDisplay(Display):
    """One bar a head and feature, and a diamond where they sum to.

    Parameters
    ----------
    parts : (n_heads, d_model), what each head adds to the output of one query
    names : what to call each head
    features : what to call each feature
    """

    parts: np.ndarray
    names: tuple[str, ...]
    features: tuple[str, ...]
    title: str = ""
    size: ClassVar[tuple[float, float]] = (7.2, 3.6)

    @classmethod
    def from_parts(
        cls,
        parts: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        features: Sequence[str] | None = None,
        title: str = "",
    ) -> "ContributionsDisplay":
        """Take what each head adds to the output of one query.

        Raises
        ------
        ShapeError
            If the parts are no table of finite numbers, or a name is missing.
        """
        numbers = numbers_of(parts)
        if numbers.ndim != 2 or not np.isfinite(numbers).all():
            what = f"shape {numbers.shape}" if numbers.ndim != 2 else "nan or inf among them"
            raise ShapeError(
                f"expected finite numbers (n_heads, d_model), what each head adds; got {what}. "
                "Pick one query first, as in parts[:, query]."
            )
        heads, columns = (
            _named(given, count, one)
            for given, count, one in zip(
                (names, features), numbers.shape, ("head", "feature"), strict=True
            )
        )
        return cls(numbers, heads, columns, title)

    @property
    def outputs(self) -> np.ndarray:
        """The output of the query, the sum over the heads: (d_model,)."""
        return self.parts.sum(axis=0)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the heads side by side at each feature, and the sum across them."""
        ax = self._axes(ax)
        width = 0.7 / len(self.parts)
        places = np.arange(len(self.features))
        for i, (row, (colour, hatch)) in enumerate(zip(self.parts, cycle(_FILLS), strict=False)):
            left = places - 0.35 + (i + 0.5) * width
            look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white"}
            ax.bar(left, row, width, label=self.names[i], **look)
        ax.hlines(self.outputs, places - 0.42, places + 0.42, color="black", linewidth=1)
        ax.plot(places, self.outputs, "kD", markersize=5, label="the output: their sum")
        ax.axhline(0, color=GREY, linewidth=0.6)
        ax.set_xticks(places, self.features, parse_math=False)
        ax.set(xlabel="feature of the output", ylabel="what is added", title=self.title)
        ax.legend(frameon=False)
        return ax

    def describe(self) -> str:
        """Write the sum of each feature out."""
        sums = [
            f"{feature} {' '.join(f'{part:+.2f}' for part in column)} = {column.sum():.2f}"
            for feature, column in zip(self.features, self.parts.T, strict=True)
        ]
        return (
            f"{self.title or 'What each head adds'}, one bar for each head "
            f"({', '.join(self.names)}), the output as a diamond: {'; '.join(sums)}."
        )


def _named(given: Sequence[str] | None, count: int, one: str) -> tuple[str, ...]:
    names = tuple(given) if given is not None else tuple(f"{one} {i}" for i in range(count))
    if len(names) != count:
        raise ShapeError(
            f"expected one name a {one}, {count} in all; got {len(names)}. "
            "Leave them out to have them numbered."
        )
    return names
