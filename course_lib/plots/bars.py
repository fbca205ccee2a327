"""Shares of one whole as bars: one group a token, one colour a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib.errors import TokenError
from course_lib.plots.colors import AS_WRITTEN, BLUE, GREEN, GREY, ORANGE, RED
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of, words_of

_FILLS = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."), (RED, "xx"))


@dataclass(frozen=True)
class BarsDisplay(Display):
    """Bars for each token, side by side for each case.

    Parameters
    ----------
    cases : label to one number a token
    tokens : the tokens below the bars
    quantity : what the height of a bar means
    """

    cases: Mapping[str, np.ndarray]
    tokens: tuple[str, ...]
    quantity: str = "weight"
    title: str = ""
    size: ClassVar[tuple[float, float]] = (7.2, 3.6)

    @classmethod
    def from_rows(
        cls,
        cases: Mapping[str, ArrayLike],
        tokens: Sequence[str],
        *,
        quantity: str = "weight",
        title: str = "",
    ) -> "BarsDisplay":
        """Take one row of numbers a case.

        Raises
        ------
        TokenError
            If a row does not have one number a token.
        """
        labels = words_of(tokens)
        rows = {label: numbers_of(row) for label, row in cases.items()}
        for label, row in rows.items():
            if row.shape != (len(labels),):
                raise TokenError(
                    f"expected one number a token for {label!r}, {len(labels)} in all; got shape "
                    f"{row.shape}. Pick the row of one query first."
                )
        return cls(rows, labels, quantity, title)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one bar a token and case; cases differ in colour and in hatching."""
        ax = self._axes(ax)
        width = 0.8 / len(self.cases)
        places = np.arange(len(self.tokens))
        for i, ((label, row), (colour, hatch)) in enumerate(
            zip(self.cases.items(), cycle(_FILLS), strict=False)
        ):
            left = places - 0.4 + (i + 0.5) * width
            ax.bar(left, row, width, label=label, color=colour, hatch=hatch, edgecolor="white")
        ax.axhline(0, color=GREY, linewidth=0.6)
        ax.set_xticks(places, self.tokens, **AS_WRITTEN)
        ax.set(ylabel=self.quantity, title=self.title)
        if len(self.cases) > 1:
            ax.legend(frameon=False)
        return ax

    def describe(self) -> str:
        """Name the tallest bars of each case."""
        parts = []
        for label, row in self.cases.items():
            tallest = np.argsort(-row, kind="stable")[:3]
            listed = ", ".join(f"{self.tokens[i]} {row[i]:.2f}" for i in tallest)
            parts.append(f"{label}: {listed}")
        return f"{self.title or 'Bars'}: {self.quantity}. {'; '.join(parts)}."
