"""Measured numbers against a size; on logarithmic axes a power law is a straight line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib.errors import ShapeError
from course_lib.plots.colors import GREY, LINES
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

_MOST_MARKERS = 12


@dataclass(frozen=True)
class GrowthDisplay(Display):
    """Curves of numbers against sizes, beside the curves they are held against.

    Parameters
    ----------
    sizes : what grows, along the horizontal axis
    measured : label to numbers, drawn with markers
    expected : label to numbers, drawn as thin grey lines
    axes : names of both axes, with units
    log : which axes are logarithmic: "xy", "x", "y" or ""
    """

    sizes: np.ndarray
    measured: Mapping[str, np.ndarray]
    expected: Mapping[str, np.ndarray]
    axes: tuple[str, str]
    title: str = ""
    log: str = "xy"

    @classmethod
    def from_curves(
        cls,
        sizes: Sequence[float],
        measured: Mapping[str, ArrayLike],
        *,
        axes: tuple[str, str],
        expected: Mapping[str, ArrayLike] | None = None,
        title: str = "",
        log: str = "xy",
    ) -> "GrowthDisplay":
        """Take the sizes and one or more curves over them.

        Raises
        ------
        ShapeError
            If a curve does not have one number a size.
        """
        lengths = numbers_of(sizes)
        drawn = {name: _curve(name, numbers, lengths) for name, numbers in measured.items()}
        held = {name: _curve(name, numbers, lengths) for name, numbers in (expected or {}).items()}
        return cls(lengths, drawn, held, axes, title, log)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw measured curves with markers and expected ones as thin lines."""
        ax = self._axes(ax)
        for name, numbers in self.expected.items():
            ax.plot(self.sizes, numbers, color=GREY, linewidth=1, label=name)
        for (name, numbers), (colour, marker, line) in zip(
            self.measured.items(), cycle(LINES), strict=False
        ):
            style: dict[str, Any] = {"color": colour, "linestyle": line, "label": name}
            ax.plot(self.sizes, numbers, marker=marker if self._is_sparse else "", **style)
        self._set_scales(ax)
        ax.set(xlabel=self.axes[0], ylabel=self.axes[1], title=self.title)
        ax.legend(frameon=False)
        ax.grid(visible=True, linewidth=0.3)
        return ax

    @property
    def _is_sparse(self) -> bool:
        """Whether there are so few sizes that each can have its marker and its tick."""
        return len(self.sizes) <= _MOST_MARKERS

    def _set_scales(self, ax: Axes) -> None:
        if "x" in self.log:
            ax.set_xscale("log", base=2)
        if self._is_sparse:
            ax.set_xticks(self.sizes, [f"{size:g}" for size in self.sizes])
        if "y" in self.log:
            ax.set_yscale("log", base=2 if "x" in self.log else 10)
            ax.yaxis.set_major_formatter("{x:g}")
        else:
            ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))
        ax.minorticks_off()

    def describe(self) -> str:
        """Say where each curve starts and ends."""
        ends = [
            f"{name} goes from {_short(numbers[0])} to {_short(numbers[-1])}"
            for name, numbers in {**self.measured, **self.expected}.items()
        ]
        return (
            f"{self.title or self.axes[1]}. {self.axes[1]} against {self.axes[0]} from "
            f"{self.sizes[0]:g} to {self.sizes[-1]:g}: {'; '.join(ends)}."
        )


def _short(number: float) -> str:
    """Write a number as one would say it: two digits, or all of them where they are whole."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2g}"


def _curve(name: str, numbers: ArrayLike, sizes: np.ndarray) -> np.ndarray:
    curve = numbers_of(numbers)
    if curve.shape != sizes.shape:
        raise ShapeError(
            f"expected one number a size for {name!r}, {len(sizes)} in all; got shape "
            f"{curve.shape}. Was a size left out?"
        )
    return curve
