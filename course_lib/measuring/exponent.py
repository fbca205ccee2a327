"""How fast a cost grows: the slope of its logarithm over the logarithm of the length."""

import math
from collections.abc import Iterable
from typing import SupportsFloat

import numpy as np

from course_lib.errors import MeasurementError, ShapeError

# Student's t for a 95 % interval, by degrees of freedom: 1, 2, … 10.
_T_95 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)
_NORMAL_95 = 1.959964


class Exponent(float):
    """The exponent p of cost ∝ length ** p: a number that knows how sure it is.

    Attributes
    ----------
    low, high : the 95 % confidence interval of the slope; nan where two points leave none
    n_points : how many points the line was laid through

    Examples
    --------
    >>> exponent = Exponent(1.983, low=1.951, high=2.015, n_points=6)
    >>> print(exponent)
    1.98 (1.95 to 2.02)
    >>> exponent > 1.9
    True
    >>> print(f"{exponent:.1f}")
    2.0
    >>> print(Exponent(2.5))
    2.50 (2 points: no interval)
    """

    low: float
    high: float
    n_points: int

    def __new__(
        cls, value: float, *, low: float = math.nan, high: float = math.nan, n_points: int = 2
    ) -> "Exponent":
        """Take a slope, and how sure it is."""
        exponent = super().__new__(cls, value)
        exponent.low, exponent.high, exponent.n_points = low, high, n_points
        return exponent

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{float(self):z.2f} ({self.n_points} points: no interval)"
        return f"{float(self):z.2f} ({self.low:z.2f} to {self.high:z.2f})"

    __repr__ = __str__  # the last line of a cell shows it


def scaling_exponent(lengths: Iterable[SupportsFloat], costs: Iterable[SupportsFloat]) -> Exponent:
    """Fit cost ∝ length ** p: the slope of the least-squares line of log cost over log length.

    Parameters
    ----------
    lengths : what grows
    costs : time, bytes or counts, one a length; their unit does not matter

    Raises
    ------
    ShapeError
        If there is not one cost a length.
    MeasurementError
        If there are fewer than two different lengths, or a number has no logarithm.

    Notes
    -----
    The interval holds the scatter about the line. It does not say that there is a line: five or
    six lengths over at least a factor of four, and a look at the picture, do.

    Examples
    --------
    >>> print(scaling_exponent([1, 2, 4, 8], [3, 13, 46, 195]))
    1.99 (1.82 to 2.16)
    """
    sizes = np.array([float(length) for length in lengths])
    numbers = np.array([float(cost) for cost in costs])
    _complain(sizes, numbers)
    x, y = np.log(sizes), np.log(numbers)
    x_away = x - x.mean()
    spread = float(x_away @ x_away)
    slope = float(x_away @ y) / spread
    if len(x) == 2:
        return Exponent(slope)
    missed = y - y.mean() - slope * x_away
    freedom = len(x) - 2
    margin = _student_t(freedom) * math.sqrt(float(missed @ missed) / freedom / spread)
    return Exponent(slope, low=slope - margin, high=slope + margin, n_points=len(x))


def _student_t(freedom: int) -> float:
    """Return Student's t that 95 % stay within, on both sides (Abramowitz and Stegun, 26.7.5)."""
    if freedom <= len(_T_95):
        return _T_95[freedom - 1]
    x = _NORMAL_95
    return (
        x
        + (x**3 + x) / (4 * freedom)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * freedom**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * freedom**3)
    )


def _complain(sizes: np.ndarray, numbers: np.ndarray) -> None:
    if len(sizes) != len(numbers):
        raise ShapeError(
            f"expected one cost a length; got {len(sizes)} lengths and {len(numbers)} costs. "
            "Was a length left out of the measurement?"
        )
    if len(set(sizes.tolist())) < 2:
        raise MeasurementError(
            f"expected at least two different lengths; got {sizes.tolist()}. "
            "A slope needs two points, and five or six to be trusted."
        )
    for name, values in (("lengths", sizes), ("costs", numbers)):
        unfit = values[~(np.isfinite(values) & (values > 0))]
        if len(unfit):
            raise MeasurementError(
                f"expected {name} above zero, since their logarithm is taken; got {unfit[0]:g}. "
                "Did the clock stand still? Then measure longer lengths."
            )
