"""Scores and attention weights as a table of coloured cells: queries are rows, keys are columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from numpy.typing import ArrayLike

from course_lib.errors import MaskError, ShapeError, TokenError
from course_lib.plots.colors import AS_WRITTEN, hatched, ink_on
from course_lib.plots.display import Display
from course_lib.plots.reading import flags_of, row_tolerance, table_of, words_of

_MOST_NUMBERS = 12 * 12  # beyond that the numbers in the cells are too small to read


@dataclass(frozen=True)
class MatrixDisplay(Display):
    """A table of numbers, a query a row and a key a column.

    Parameters
    ----------
    numbers : (n_queries, n_keys)
    queries, keys : the tokens beside the rows and above the columns
    mask : True = may attend; the other cells are hatched
    title : what the picture shows
    """

    numbers: np.ndarray
    queries: tuple[str, ...]
    keys: tuple[str, ...]
    mask: np.ndarray | None = None
    title: str = ""
    digits: int = 0
    axis_names: tuple[str, str] = ("query", "key")
    size: ClassVar[tuple[float, float]] = (6.6, 5.8)
    quantity: ClassVar[str] = "score"

    def colours(self) -> tuple[Colormap, Normalize]:
        """Signed numbers: diverging colours, symmetric about 0."""
        size = float(np.abs(self.numbers).max()) or 1.0
        return colormaps["RdBu_r"], Normalize(-size, size)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the table; each number stands in its cell while there is room."""
        ax = self._axes(ax)
        colours, scale = self.colours()
        image = ax.imshow(self.numbers, cmap=colours, norm=scale, aspect="auto")
        ax.figure.colorbar(image, ax=ax, label=self.quantity, shrink=0.8)
        slanted: dict[str, Any] = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
        ax.set_xticks(range(len(self.keys)), self.keys, **slanted, **AS_WRITTEN)
        ax.set_yticks(range(len(self.queries)), self.queries, **AS_WRITTEN)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set(ylabel=self.axis_names[0], xlabel=self.axis_names[1])
        ax.set_title(self.title, pad=10)
        if self.numbers.size <= _MOST_NUMBERS:
            self._write_numbers(ax, colours, scale)
        self._hatch(ax)
        return ax

    def _write_numbers(self, ax: Axes, colours: Colormap, scale: Normalize) -> None:
        for (row, column), number in np.ndenumerate(self.numbers):
            if self.mask is not None and not self.mask[row, column]:
                continue
            ink = ink_on(colours(scale(number)))
            text = f"{number:z.{self.digits}f}".replace("-", "−")
            ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=9)

    def _hatch(self, ax: Axes) -> None:
        """Mark the cells that may not be attended to."""
        if self.mask is None:
            return
        for row, column in np.argwhere(~self.mask):
            corner = (column - 0.5, row - 0.5)
            ax.add_patch(hatched(corner))

    def describe(self) -> str:
        """Name the sizes and where the largest number of each row stands."""
        rows = "; ".join(map(self._best_of, range(len(self.queries))))
        rows_name, columns_name = self.axis_names
        size = (
            f"{len(self.queries)} rows, one for each {rows_name}; "
            f"{len(self.keys)} columns, one for each {columns_name}"
        )
        hatching = "" if self.mask is None else " Hatched cells must not be attended to."
        title = self.title or "Table"
        return f"{title} ({size}). Largest {self.quantity} of each row: {rows}.{hatching}"

    def _best_of(self, row: int) -> str:
        """Name the keys of a row's largest number, all of them where several tie."""
        if self.mask is not None and not self.mask[row].any():
            return f"{self.queries[row]}: nothing"
        numbers = self.numbers[row]
        best = " and ".join(self.keys[key] for key in np.flatnonzero(numbers == numbers.max()))
        return f"{self.queries[row]}: {best} {numbers.max():z.{self.digits}f}"


@dataclass(frozen=True)
class ScoresDisplay(MatrixDisplay):
    """Scores: any numbers, negative ones too."""

    @classmethod
    def from_scores(
        cls,
        scores: ArrayLike,
        tokens: Sequence[str],
        *,
        key_tokens: Sequence[str] | None = None,
        title: str = "Scores",
        digits: int = 0,
    ) -> "ScoresDisplay":
        """Take a table of scores and its tokens.

        Raises
        ------
        ShapeError
            If the scores are no finite table.
        TokenError
            If there is not one token a row and a column.
        """
        numbers = table_of("scores", scores)
        queries, keys = _tokens_for(numbers, tokens, key_tokens)
        return cls(numbers, queries, keys, title=title, digits=digits)


@dataclass(frozen=True)
class FeaturesDisplay(MatrixDisplay):
    """Vectors with named features: a token a row, a feature a column."""

    axis_names: tuple[str, str] = ("token", "feature")
    quantity: ClassVar[str] = "number"
    size: ClassVar[tuple[float, float]] = (5.2, 5.4)

    @classmethod
    def from_vectors(
        cls,
        vectors: ArrayLike,
        tokens: Sequence[str],
        features: Sequence[str],
        *,
        title: str = "",
        axis_names: tuple[str, str] = ("token", "feature"),
    ) -> "FeaturesDisplay":
        """Take one vector a token, and the names of its features.

        Raises
        ------
        ShapeError
            If the vectors are no finite table.
        TokenError
            If there is not one token a row and one name a column.
        """
        numbers = table_of("vectors", vectors)
        rows, columns = _tokens_for(numbers, tokens, features)
        return cls(numbers, rows, columns, title=title, axis_names=axis_names)


@dataclass(frozen=True)
class AttentionDisplay(MatrixDisplay):
    """Attention weights: each row shares out 1 among the keys."""

    title: str = "Attention weights"
    digits: int = field(default=2)
    quantity: ClassVar[str] = "weight"

    @classmethod
    def from_weights(
        cls,
        weights: ArrayLike,
        tokens: Sequence[str],
        *,
        key_tokens: Sequence[str] | None = None,
        mask: ArrayLike | None = None,
        title: str = "Attention weights",
    ) -> "AttentionDisplay":
        """Take a table of weights and its tokens.

        Raises
        ------
        ShapeError
            If the weights are no table, or a row does not sum to 1 (an empty row to 0).
        MaskError
            If the mask is not bool or does not fit the weights.
        TokenError
            If there is not one token a row and a column.
        """
        numbers, queries, keys = shares_of(
            weights, tokens, key_tokens, tolerance=row_tolerance(weights)
        )
        return cls(numbers, queries, keys, _mask_for(mask, numbers), title)

    def colours(self) -> tuple[Colormap, Normalize]:
        """Weights: viridis from 0 to 1, so that pictures can be compared."""
        return colormaps["viridis"], Normalize(0, 1)


def shares_of(
    weights: ArrayLike,
    tokens: Sequence[str],
    key_tokens: Sequence[str] | None = None,
    *,
    tolerance: float,
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Read weights and their tokens; refuse rows that do not share out 1, or nothing at all."""
    numbers = table_of("weights", weights)
    sums = numbers.sum(axis=1)
    wrong = (np.abs(sums - 1) > tolerance) & (np.abs(sums) > tolerance)
    if wrong.any():
        row = int(wrong.argmax())
        raise ShapeError(
            f"expected weights whose rows sum to 1; row {row} sums to {sums[row]:.4g}. "
            "Are these scores? Put them through softmax, or use ScoresDisplay."
        )
    return numbers, *_tokens_for(numbers, tokens, key_tokens)


def _tokens_for(
    table: np.ndarray, tokens: Sequence[str], key_tokens: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    queries = words_of(tokens)
    keys = queries if key_tokens is None else words_of(key_tokens, "key_tokens")
    if (len(queries), len(keys)) != table.shape:
        raise TokenError(
            f"expected {table.shape[0]} tokens for the queries and {table.shape[1]} for the keys; "
            f"got {len(queries)} and {len(keys)}. Where they differ, pass key_tokens=."
        )
    return queries, keys


def _mask_for(mask: ArrayLike | None, table: np.ndarray) -> np.ndarray | None:
    if mask is None:
        return None
    given = flags_of(mask)
    if given.dtype != bool or given.shape != table.shape:
        raise MaskError(
            f"expected a bool mask of shape {table.shape}, True = may attend; "
            f"got {given.dtype} of shape {given.shape}. Broadcast it first if it is smaller."
        )
    return given
