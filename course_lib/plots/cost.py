"""What something costs against its length: on logarithmic axes the slope is the exponent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import ClassVar, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator
from numpy.typing import ArrayLike

from course_lib.errors import MeasurementError, ShapeError, UnknownNameError
from course_lib.measuring.curves import Sweep
from course_lib.measuring.exponent import Exponent
from course_lib.plots.colors import GREY, LINES
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

_MOST_TICKS = 12
_MOST_DECADES = 3.5  # up to here there is room for the ticks 2 and 5, too

Curve = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class CostDisplay(Display):
    """Costs of several methods against length, beside lines of known slope.

    Parameters
    ----------
    curves : label to lengths and costs
    axes : names of both axes, with units
    exponents : label to the exponent, in words
    slopes : of the thin grey lines
    """

    curves: Mapping[str, Curve]
    axes: tuple[str, str]
    title: str = ""
    exponents: Mapping[str, str] = field(default_factory=dict)
    slopes: tuple[float | int, ...] = (1, 2)
    size: ClassVar[tuple[float, float]] = (7.0, 4.4)

    @classmethod
    def from_curves(
        cls,
        lengths: ArrayLike,
        curves: Mapping[str, ArrayLike | tuple[ArrayLike, ArrayLike]],
        *,
        axes: tuple[str, str],
        title: str = "",
        exponents: Mapping[str, Exponent | float | str] | None = None,
        slopes: Sequence[float | int] = (1, 2),
    ) -> "CostDisplay":
        """Take one cost a length for each method; one with lengths of its own is (lengths, costs).

        Parameters
        ----------
        exponents : of some or all curves, as `scaling_exponent` returns them
        slopes : of the grey lines; () for none

        Raises
        ------
        ShapeError
            If a curve does not have one cost a length.
        MeasurementError
            If a number is not above zero, so that it has no place on a logarithmic axis.
        UnknownNameError
            If there is an exponent without a curve.
        """
        drawn = {name: _curve(name, costs, lengths) for name, costs in curves.items()}
        written = {name: _written(exponent) for name, exponent in (exponents or {}).items()}
        for name in written:
            if name not in drawn:
                raise UnknownNameError(
                    f"expected exponents of the curves {', '.join(drawn)}; got one of {name!r}. "
                    "Is it spelt as the curve is?"
                )
        return cls(drawn, axes, title, written, tuple(slopes))

    @classmethod
    def from_sweep(
        cls,
        sweep: Sweep,
        *,
        axes: tuple[str, str] = ("length (tokens)", "time (ms)"),
        title: str = "",
        slopes: Sequence[float | int] = (1, 2),
    ) -> "CostDisplay":
        """Take the minimum times of a sweep, and their exponents where there are any."""
        curves = {name: (sweep.lengths_of(name), sweep.minimum_ms(name)) for name in sweep.names}
        exponents = {
            name: sweep.exponent(name) for name, (lengths, _) in curves.items() if len(lengths) > 1
        }
        return cls.from_curves(
            sweep.lengths, curves, axes=axes, title=title, exponents=exponents, slopes=slopes
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curves with markers, over thin lines whose slopes are known."""
        ax = self._axes(ax)
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        for (name, (lengths, costs)), (colour, marker, line) in zip(
            self.curves.items(), cycle(LINES), strict=False
        ):
            ax.plot(
                lengths, costs, color=colour, marker=marker, linestyle=line, label=self._label(name)
            )
        self._set_scales(ax)
        for slope in self.slopes:
            self._draw_slope(ax, slope)
        ax.set(xlabel=self.axes[0], ylabel=self.axes[1], title=self.title)
        ax.legend(frameon=False)
        ax.grid(visible=True, linewidth=0.3)
        return ax

    def describe(self) -> str:
        """Say where each curve starts and ends, and what its exponent is."""
        parts = [self._described(name) for name in self.curves]
        grey = f" Thin grey lines rise with slope {_listed(self.slopes)}." if self.slopes else ""
        return (
            f"{self.title or self.axes[1]}. {self.axes[1]} against {self.axes[0]}, both axes "
            f"logarithmic: {'; '.join(parts)}.{grey}"
        )

    def _described(self, name: str) -> str:
        lengths, costs = self.curves[name]
        exponent = f", exponent {self.exponents[name]}" if name in self.exponents else ""
        return (
            f"{name} goes from {_three_digits(costs[0])} at {lengths[0]:,g} to "
            f"{_three_digits(costs[-1])} at {lengths[-1]:,g}{exponent}"
        )

    def _label(self, name: str) -> str:
        exponent = self.exponents.get(name)
        return f"{name}: exponent {exponent}" if exponent else name

    @property
    def _lengths(self) -> np.ndarray:
        return np.unique(np.concatenate([lengths for lengths, _ in self.curves.values()]))

    @property
    def _costs(self) -> np.ndarray:
        return np.concatenate([costs for _, costs in self.curves.values()])

    def _set_scales(self, ax: Axes) -> None:
        if len(self._lengths) <= _MOST_TICKS:
            ax.set_xticks(self._lengths, [f"{length:,g}" for length in self._lengths])
        low, high = self._costs.min() / 2.5, self._costs.max() * 1.6
        ax.set_ylim(low, high)
        ax.set_xlim(*ax.get_xlim())
        steps = (1, 2, 5) if np.log10(high / low) <= _MOST_DECADES else (1,)
        ax.yaxis.set_major_locator(LogLocator(10, subs=steps))
        ax.yaxis.set_major_formatter("{x:,g}")
        ax.minorticks_off()

    def _draw_slope(self, ax: Axes, slope: float | int) -> None:
        """Draw a line from below the lowest start to where it leaves the picture, and name it."""
        start, edge, top = self._lengths[0], ax.get_xlim()[1], ax.get_ylim()[1]
        bottom = min(costs[0] for _, costs in self.curves.values()) / 1.6
        end = min(edge, start * (top / bottom) ** (1 / slope)) if slope > 0 else edge
        height = bottom * (end / start) ** slope
        ax.plot([start, end], [bottom, height], color=GREY, linewidth=0.8, label="_slope")
        ax.annotate(
            f"slope {slope:g}",
            (end, height),
            xytext=(4, 0 if end == edge else -4),
            textcoords="offset points",
            va="center" if end == edge else "top",
            color=GREY,
            fontsize=9,
        )


def _curve(name: str, costs: ArrayLike | tuple[ArrayLike, ArrayLike], lengths: ArrayLike) -> Curve:
    is_pair = isinstance(costs, tuple) and len(costs) == 2 and np.ndim(costs[0]) == 1
    over, numbers = cast("tuple[ArrayLike, ArrayLike]", costs if is_pair else (lengths, costs))
    curve = numbers_of(over), numbers_of(numbers)
    if curve[0].ndim != 1 or curve[0].shape != curve[1].shape or not curve[0].size:
        raise ShapeError(
            f"expected one cost a length for {name!r}; got {curve[0].size} lengths and costs of "
            f"shape {curve[1].shape}. A curve with lengths of its own is a pair, (lengths, costs)."
        )
    if not all((numbers > 0).all() for numbers in curve):
        raise MeasurementError(
            f"expected lengths and costs above zero for {name!r}; got {min(map(np.min, curve)):g}. "
            "A logarithmic axis has no place for it: leave that length out."
        )
    return curve


def _written(exponent: Exponent | float | str) -> str:
    return str(exponent) if isinstance(exponent, Exponent | str) else f"{exponent:.2f}"


def _three_digits(number: float) -> str:
    return f"{float(f'{number:.3g}'):,.12g}"


def _listed(slopes: Sequence[float | int]) -> str:
    return " and ".join(f"{slope:g}" for slope in slopes)
