"""How long the way is from one word to another, and how much arrives: two panels, one distance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_lib.errors import MeasurementError, ShapeError, UnknownNameError
from course_lib.plots.colors import LINES
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of


@dataclass(frozen=True)
class PathLengthDisplay(Display):
    """Hops on the left, what arrives on the right, both against the distance of two words.

    Parameters
    ----------
    distances : between the two words, in places
    hops : by reader, the number of steps from one to the other; counted
    arriving : by reader, how much of a change gets there; measured, drawn on a logarithmic axis
    quantity : what arrives, as the axis says it
    """

    distances: np.ndarray
    hops: Mapping[str, np.ndarray]
    arriving: Mapping[str, np.ndarray]
    quantity: str
    title: str = ""
    size: ClassVar[tuple[float, float]] = (9.0, 3.8)

    @classmethod
    def from_curves(
        cls,
        distances: Sequence[float],
        *,
        hops: Mapping[str, ArrayLike],
        arriving: Mapping[str, ArrayLike],
        quantity: str = "influence",
        title: str = "",
    ) -> "PathLengthDisplay":
        """Take one number a distance, for each reader twice.

        Raises
        ------
        ShapeError
            If a curve does not have one number a distance.
        UnknownNameError
            If the readers are not the same on both sides.
        MeasurementError
            If nothing arrives, or less, so that it has no place on a logarithmic axis.
        """
        apart = numbers_of(distances)
        if set(hops) != set(arriving):
            raise UnknownNameError(
                f"expected the same readers on both sides; got hops of {', '.join(hops)} and what "
                f"arrives through {', '.join(arriving)}. Are they spelt alike?"
            )
        counted = {name: _curve(name, hops[name], apart) for name in hops}
        measured = {name: _curve(name, arriving[name], apart) for name in hops}
        if not all((numbers > 0).all() for numbers in measured.values()):
            least = min(float(numbers.min()) for numbers in measured.values())
            raise MeasurementError(
                f"expected what arrives to be above zero; got {least:g}. A logarithmic axis has "
                "no place for it: leave that distance out."
            )
        return cls(apart, counted, measured, quantity, title)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both panels on one pair of axes, side by side."""
        ax = self._axes(ax)
        ax.set_axis_off()
        ax.set_title(self.title)
        left, right = (ax.inset_axes((x, 0.04, 0.41, 0.9)) for x in (0.06, 0.58))
        self._draw(left, self.hops, "hops, counted")
        self._draw(right, self.arriving, f"{self.quantity}, measured")
        left.legend(frameon=False, loc="upper left")
        right.set_yscale("log")
        return ax

    def _draw(self, place: Axes, curves: Mapping[str, np.ndarray], what: str) -> None:
        for (name, numbers), (colour, marker, line) in zip(
            curves.items(), cycle(LINES), strict=False
        ):
            style: dict[str, Any] = {"color": colour, "marker": marker, "linestyle": line}
            place.plot(self.distances, numbers, label=name, **style)
        place.set(xlabel="distance of the two words (places)", ylabel=what)
        place.grid(visible=True, linewidth=0.3)

    def describe(self) -> str:
        """Say for each reader how the way grows and what becomes of a change on it."""
        parts = [
            f"{name}: {self.hops[name][0]:g} to {self.hops[name][-1]:g} hops, {self.quantity} "
            f"{self.arriving[name][0]:.2g} to {self.arriving[name][-1]:.2g}"
            for name in self.hops
        ]
        return (
            f"{self.title or 'Hops and what arrives'}. Two panels against the distance of two "
            f"words, {self.distances[0]:g} to {self.distances[-1]:g}: {'; '.join(parts)}."
        )


def _curve(name: str, numbers: ArrayLike, distances: np.ndarray) -> np.ndarray:
    curve = numbers_of(numbers)
    if curve.shape != distances.shape or not np.isfinite(curve).all():
        what = f"shape {curve.shape}" if curve.shape != distances.shape else "nan or inf"
        raise ShapeError(
            f"expected one finite number a distance for {name!r}, {distances.size} in all; got "
            f"{what}. Was a distance left out?"
        )
    return curve
