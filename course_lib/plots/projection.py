"""One row of numbers times several matrices: where queries, keys and values come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError
from course_lib.plots.colors import AS_WRITTEN, GREY
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

USED, PLAIN = "#cfe5f5", "white"
_GAP = 1.6  # between one matrix and the next, in cells


@dataclass(frozen=True)
class ProjectionDisplay(Display):
    """A row on the left, the matrices in the middle, one result each on the right.

    Rows of a matrix that are multiplied by something other than zero are coloured.

    Parameters
    ----------
    row : the embedding of one word
    matrices : by name, one row per feature of the word
    results : by name, what the matrices of the same place make of the row
    features : names of the row's numbers
    """

    row: np.ndarray
    matrices: Mapping[str, np.ndarray]
    results: Mapping[str, np.ndarray]
    features: tuple[str, ...]
    word: str = ""
    size: ClassVar[tuple[float, float]] = (9.0, 7.6)

    @classmethod
    def from_row(
        cls,
        row: ArrayLike,
        *,
        matrices: Mapping[str, ArrayLike],
        results: Sequence[str],
        features: Sequence[str],
        word: str = "",
    ) -> "ProjectionDisplay":
        """Take one embedding, and multiply it by each of the matrices.

        Raises
        ------
        ShapeError
            If a matrix does not have one row per feature, or a name is missing.
        """
        x, tables = numbers_of(row), {name: numbers_of(m) for name, m in matrices.items()}
        for name, table in tables.items():
            if x.ndim != 1 or table.ndim != 2 or len(table) != len(x):
                raise ShapeError(
                    f"expected a row of numbers and {name} with as many rows; got {x.shape} and "
                    f"{table.shape}. Is the matrix transposed?"
                )
        if (len(features), len(results)) != (len(x), len(tables)):
            raise ShapeError(
                f"expected {len(x)} features and {len(tables)} names of results; got "
                f"{len(features)} and {len(results)}. Was a name left out?"
            )
        made = {name: x @ table for name, table in zip(results, tables.values(), strict=True)}
        return cls(x, tables, made, tuple(features), word)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the row once, and every matrix with its result beside it."""
        ax = self._axes(ax)
        n, widest = len(self.row), max(m.shape[1] for m in self.matrices.values())
        tall = len(self.matrices) * (n + _GAP)
        ax.set(xlim=(-0.5, 2 * n + 3.5 + 2 * widest), ylim=(tall, -1.2))
        ax.set_axis_off()
        middle = tall / 2 - _GAP / 2 - 0.5
        _cells(ax, self.row[None], (0, middle), coloured=self.row != 0, across=True)
        for i, feature in enumerate(self.features):
            ax.text(
                i + 0.5, middle - 0.2, feature, rotation=60, ha="left", fontsize=9, **AS_WRITTEN
            )
        ax.text(
            n / 2,
            middle + 1.7,
            f"embedding of {self.word}" if self.word else "embedding",
            ha="center",
            fontsize=10,
        )
        for place, (matrix, result) in enumerate(zip(self.matrices, self.results, strict=True)):
            self._branch(ax, matrix, result, (place * (n + _GAP), middle))
        return ax

    def _branch(self, ax: Axes, matrix: str, result: str, heights: tuple[float, float]) -> None:
        top, middle = heights
        n, table, made = len(self.row), self.matrices[matrix], self.results[result]
        left, centre = n + 4.0, top + n / 2
        right = left + table.shape[1]
        arrow = {"arrowstyle": "->", "color": GREY, "lw": 1.5}
        ax.annotate("", (left - 2.2, centre), (n + 0.2, middle + 0.5), arrowprops=arrow)
        for i, feature in enumerate(self.features):
            ax.text(
                left - 0.2,
                top + i + 0.5,
                feature,
                ha="right",
                va="center",
                fontsize=8,
                **AS_WRITTEN,
            )
        _cells(ax, table, (left, top), coloured=self.row != 0)
        ax.text(left, top - 0.2, matrix, fontsize=10, **AS_WRITTEN)
        ax.annotate("", (right + 1.6, centre), (right + 0.2, centre), arrowprops=arrow)
        _cells(ax, made[None], (right + 1.8, centre - 0.5), coloured=np.zeros(1, bool))
        ax.text(right + 1.8, centre - 0.7, result, fontsize=10, **AS_WRITTEN)

    def describe(self) -> str:
        """Say which row goes into which matrices, and what comes out of each."""
        used = " and ".join(
            f"{number:g} for {feature}"
            for feature, number in zip(self.features, self.row, strict=True)
            if number
        )
        made = "; ".join(
            f"{matrix} gives the {result} ({', '.join(f'{number:g}' for number in numbers)})"
            for matrix, (result, numbers) in zip(self.matrices, self.results.items(), strict=True)
        )
        return (
            f"One row, {len(self.matrices)} matrices. The embedding of {self.word or 'a word'} has "
            f"{used or 'zeros only'}, and goes into every matrix; {made}."
        )


def _cells(
    ax: Axes,
    numbers: np.ndarray,
    corner: tuple[float, float],
    *,
    coloured: np.ndarray,
    across: bool = False,
) -> None:
    x, y = corner
    for (i, j), number in np.ndenumerate(numbers):
        fill = USED if coloured[j if across else i] else PLAIN
        ax.add_patch(Rectangle((x + j, y + i), 1, 1, facecolor=fill, edgecolor=GREY, linewidth=0.8))
        ax.text(x + j + 0.5, y + i + 0.5, f"{number:g}", ha="center", va="center", fontsize=9)
