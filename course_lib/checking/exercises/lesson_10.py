"""The exercises of lesson 10, first part: bytes, operations, and how fast a cost grows."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib import measuring
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.results import array_of

# --- how fast a cost grows


def scaling_exponent(lengths: Sequence[float] | ndarray, costs: Sequence[float] | ndarray) -> float:
    """Return the exponent that `course_lib.measuring` fits, as a plain number."""
    return float(measuring.scaling_exponent(lengths, costs))


def _measurements(rng: np.random.Generator) -> Iterator[Case]:
    """Power laws with noise, since without it many a wrong slope is right."""
    costs = np.array([4.0, 16.0, 64.0, 256.0]) + rng.integers((1, -9, 9, 20), (4, -3, 30, 90))
    yield Case(
        "4 lengths that double, noisy costs near length squared", (2.0 ** np.arange(1, 5), costs)
    )
    lengths = np.sort(rng.choice(np.arange(10, 200), 7, replace=False)).astype(float)
    yield Case("7 lengths, noisy, exponent near 1", (lengths, _noisy(rng, lengths, 1.1, 1e-5)))
    lengths = rng.permutation(np.array([64, 100, 256, 300, 1000]))
    yield Case(
        "5 lengths in no order, exponent near 2.4", (lengths, _noisy(rng, lengths, 2.4, 1e-7))
    )
    lengths = np.repeat([16, 50, 128, 700], 2)
    yield Case("4 lengths, each measured twice", (lengths, _noisy(rng, lengths, 1.7, 300.0)))
    lengths = np.array([128, 200, 512, 1024, 1500, 4096])
    yield Case("6 lengths, exponent near 0.6", (lengths, _noisy(rng, lengths, 0.6, 2.0)))
    lists = [10, 20, 50, 70], [3, 17, 60, 150]
    yield Case("lists instead of arrays", lists, is_extra=True)


def _noisy(rng: np.random.Generator, lengths: ndarray, exponent: float, factor: float) -> ndarray:
    return factor * lengths**exponent * np.exp(0.3 * rng.normal(size=len(lengths)))


def _itself(number: Any) -> Any:
    return number


def _least_squares(x: ndarray, y: ndarray) -> float:
    away = x - x.mean()
    return away @ y / (away @ away)


def _line(x: ndarray, y: ndarray) -> tuple[float, float]:
    slope = _least_squares(x, y)
    return slope, y.mean() - slope * x.mean()


def _exponent(
    lengths: ndarray,
    costs: ndarray,
    *,
    prepare: Callable = lambda lengths, costs: (lengths, costs),
    log_lengths: Callable = np.log,
    log_costs: Callable = np.log,
    fit: Callable = _least_squares,
    after: Callable = _itself,
) -> Any:
    """Fit an exponent with any of the things that can go wrong with it."""
    lengths, costs = prepare(lengths, costs)
    return after(fit(log_lengths(lengths), log_costs(costs)))


def _steps(x: ndarray, y: ndarray) -> ndarray:
    return np.diff(y) / np.diff(x)


def _all_slopes(x: ndarray, y: ndarray) -> ndarray:
    i, j = np.array(list(combinations(range(len(x)), 2))).T
    return (y[j] - y[i]) / (x[j] - x[i])


def _finite(slopes: ndarray) -> ndarray:
    """Leave out the pairs that were measured at one and the same length."""
    return slopes[np.isfinite(slopes)]


def _at_right_angles(x: ndarray, y: ndarray) -> float:
    """Make the distances at right angles to the line small, not the upright ones."""
    table = np.column_stack([x - x.mean(), y - y.mean()])
    along, up = np.linalg.svd(table)[2][0]
    return up / along


def _through(x: ndarray, y: ndarray) -> float:
    """Force a line through the origin."""
    return x @ y / (x @ x)


def _spread(x: ndarray, y: ndarray) -> float:
    return (x - x.mean()) @ (y - y.mean())


def _of_raw_sums(x: ndarray, y: ndarray, above: int, below: int) -> float:
    """Take the slope from plain sums; both factors should be the number of points."""
    return (above * (x @ y) - x.sum() * y.sum()) / (below * (x @ x) - x.sum() ** 2)


_EXPONENT_MISTAKES = (
    Mistake(
        "slope without logarithms",
        (
            partial(_exponent, log_lengths=_itself, log_costs=_itself),
            partial(_exponent, log_lengths=_itself, log_costs=_itself, after=np.log),
            partial(_exponent, log_lengths=_itself, log_costs=_itself, after=np.log2),
            lambda n, c: c[-1] / c[0] / (n[-1] / n[0]),
            lambda n, c: c[-1] / n[-1],
            lambda n, c: (c / n).mean(),
        ),
        "This is the slope of costs over lengths as they are. A power law becomes a straight line "
        "only when both axes are logarithmic: take the logarithms before the fit.",
    ),
    Mistake(
        "log of one axis only: the costs",
        (
            partial(_exponent, log_lengths=_itself),
            partial(_exponent, log_lengths=_itself, log_costs=np.log2),
            partial(_exponent, log_lengths=_itself, log_costs=np.log10),
            partial(_exponent, log_lengths=lambda n: n / n[0]),
            partial(_exponent, log_lengths=lambda n: n / n.mean()),
            partial(_exponent, log_lengths=lambda n: n / n.max()),
        ),
        "The costs are logarithms and the lengths are not. That is the slope of an exponential; "
        "for a power law both axes are logarithmic.",
    ),
    Mistake(
        "log of one axis only: the lengths",
        (
            partial(_exponent, log_costs=_itself),
            partial(_exponent, log_costs=_itself, log_lengths=np.log2),
            partial(_exponent, log_costs=_itself, log_lengths=np.log10),
            partial(_exponent, log_costs=lambda c: c / c[0]),
            partial(_exponent, log_costs=lambda c: c / c.mean()),
            partial(_exponent, log_costs=lambda c: c / c.max()),
        ),
        "The lengths are logarithms and the costs are not. For a power law both axes are "
        "logarithmic.",
    ),
    Mistake(
        "logarithms of two different bases",
        tuple(
            partial(_exponent, log_lengths=one, log_costs=other)
            for one, other in permutations((np.log, np.log2, np.log10), 2)
        ),
        "Any base will do, as long as it is the same one on both axes: `log`, `log2` and `log10` "
        "are three different ones.",
    ),
    Mistake(
        "log(1 + x) or log twice",
        (
            partial(_exponent, log_lengths=np.log1p, log_costs=np.log1p),
            partial(_exponent, log_lengths=np.log1p),
            partial(_exponent, log_costs=np.log1p),
            partial(_exponent, log_lengths=lambda x: np.log(np.log(x))),
        ),
        "The logarithm is not that of the number itself: 1 was added to it, or it was taken twice. "
        "Lengths and costs are above 0, so nothing has to be added.",
    ),
    Mistake(
        "another function than the logarithm",
        (
            partial(_exponent, log_lengths=np.sqrt, log_costs=np.sqrt),
            partial(_exponent, log_lengths=np.sqrt),
            partial(_exponent, log_costs=np.sqrt),
            partial(_exponent, log_lengths=np.square, log_costs=_itself),
        ),
        "A square root or a square stands where a logarithm belongs: which function turns a "
        "product into a sum, and a power into a factor?",
    ),
    Mistake(
        "inverted (1/p): lengths over costs",
        (
            partial(_exponent, fit=lambda x, y: _least_squares(y, x)),
            partial(_exponent, after=lambda p: 1 / p),
        ),
        "The axes changed places: this says how lengths grow with cost. Cost stands upwards, "
        "length to the right; which of the two does your fit take first?",
    ),
    Mistake(
        "line fitted the other way round, then inverted",
        (partial(_exponent, fit=lambda x, y: 1 / _least_squares(y, x)),),
        "The line of lengths over costs is another one than that of costs over lengths: each makes "
        "the distances of its own axis small. Here it is the costs that are noisy.",
    ),
    Mistake(
        "wrong sign",
        (partial(_exponent, after=np.negative),),
        "The sign is turned round: costs grow with length, and the slope is positive. Is there a "
        "difference taken the wrong way?",
    ),
    Mistake(
        "intercept instead of slope",
        (
            partial(_exponent, fit=lambda x, y: _line(x, y)[1]),
            partial(_exponent, fit=lambda x, y: np.exp(_line(x, y)[1])),
            partial(_exponent, fit=lambda x, y: 10 ** _line(x, y)[1]),
            partial(_exponent, fit=lambda x, y: 2 ** _line(x, y)[1]),
        ),
        "This is where the line begins, not how steep it is. A fit returns two numbers: "
        "`np.polyfit` gives the highest power first, `numpy.polynomial` the lowest.",
    ),
    Mistake(
        "the whole fit instead of its slope",
        (
            partial(_exponent, fit=lambda x, y: np.array(_line(x, y))),
            partial(_exponent, fit=lambda x, y: np.array(_line(x, y)[::-1])),
        ),
        "Slope and intercept came back together. The exponent is one of the two.",
    ),
    Mistake(
        "slope between first and last point only",
        (
            partial(_exponent, fit=lambda x, y: (y[-1] - y[0]) / (x[-1] - x[0])),
            partial(_exponent, fit=lambda x, y: (y.max() - y.min()) / (x.max() - x.min())),
            partial(_exponent, fit=lambda x, y: np.ptp(y) / (x[-1] - x[0])),
            lambda n, c: np.log(c[-1] - c[0]) / np.log(n[-1] - n[0]),
            partial(
                _exponent,
                fit=lambda x, y: (y[x.argmax()] - y[x.argmin()]) / (x.max() - x.min()),
            ),
        ),
        "Two points decide, and all others are ignored. Measurements are noisy: the least-squares "
        "line takes all of them into account.",
    ),
    Mistake(
        "slope between two neighbouring points only",
        (
            partial(_exponent, fit=lambda x, y: (y[1] - y[0]) / (x[1] - x[0])),
            partial(_exponent, fit=lambda x, y: (y[-1] - y[-2]) / (x[-1] - x[-2])),
        ),
        "Two points decide, and all others are ignored. The least-squares line takes all of them "
        "into account.",
    ),
    Mistake(
        "mean of pairwise slopes",
        (
            partial(_exponent, fit=lambda x, y: _steps(x, y).mean()),
            partial(_exponent, fit=lambda x, y: np.gradient(y, x).mean()),
            partial(_exponent, fit=lambda x, y: _all_slopes(x, y).mean()),
            partial(_exponent, fit=lambda x, y: (y[1:] - y[0]).mean() / (x[1:] - x[0]).mean()),
            partial(_exponent, fit=lambda x, y: ((y[1:] - y[0]) / (x[1:] - x[0])).mean()),
            partial(_exponent, fit=lambda x, y: _finite(_steps(x, y)).mean()),
            partial(_exponent, fit=lambda x, y: _finite(_all_slopes(x, y)).mean()),
        ),
        "Slopes between pairs of points were averaged. Close neighbours then count as much as "
        "distant ones, noise and all, and a length measured twice gives 0/0. Fit one line to all "
        "points.",
    ),
    Mistake(
        "median of pairwise slopes",
        (
            partial(_exponent, fit=lambda x, y: np.median(_steps(x, y))),
            partial(_exponent, fit=lambda x, y: np.median(_all_slopes(x, y))),
            partial(_exponent, fit=lambda x, y: np.median(_finite(_steps(x, y)))),
            partial(_exponent, fit=lambda x, y: np.median(_finite(_all_slopes(x, y)))),
        ),
        "This is the median of slopes between pairs of points: a good line, and not the one of "
        "least squares that is asked for.",
    ),
    Mistake(
        "steps taken for doublings",
        (
            partial(_exponent, fit=lambda x, y: np.diff(y).mean() / np.log(2)),
            partial(_exponent, fit=lambda x, y: np.diff(y)[-1] / np.log(2)),
            partial(_exponent, fit=lambda x, y: np.diff(y)[0] / np.log(2)),
            partial(_exponent, fit=lambda x, y: _least_squares(np.arange(len(y)), y) / np.log(2)),
            partial(_exponent, fit=lambda x, y: _least_squares(np.arange(len(y)), y)),
        ),
        "Each step from one length to the next is taken for a doubling, or for a step of 1. The "
        "lengths do not do that, in general: use them.",
    ),
    Mistake(
        "line forced through the origin",
        (
            partial(_exponent, fit=_through),
            partial(_exponent, fit=lambda x, y: (y / x).mean()),
            partial(_exponent, fit=lambda x, y: y.sum() / x.sum()),
            partial(_exponent, fit=lambda x, y: y[-1] / x[-1]),
            partial(_exponent, fit=lambda x, y: np.median(y / x)),
            lambda n, c: np.log(c.mean()) / np.log(n.mean()),
            lambda n, c: np.log(c.sum()) / np.log(n.sum()),
        ),
        "The line has to pass through the origin here, as if a length of 1 always cost 1. Costs "
        "have a unit, so the line also needs an intercept: log cost = log c + p · log length.",
    ),
    Mistake(
        "line forced through one point",
        (
            partial(_exponent, fit=lambda x, y: _through(x - x[0], y - y[0])),
            partial(_exponent, fit=lambda x, y: _through(x - x[-1], y - y[-1])),
        ),
        "Everything was divided by the first (or last) measurement, and the line has to pass "
        "through it. It is as noisy as the others: leave the intercept free.",
    ),
    Mistake(
        "correlation instead of slope",
        (
            partial(_exponent, fit=lambda x, y: np.corrcoef(x, y)[0, 1]),
            partial(_exponent, fit=lambda x, y: np.corrcoef(x, y)[0, 1] ** 2),
        ),
        "This says how well the points lie on a line, not how steep the line is: it is never "
        "above 1.",
    ),
    Mistake(
        "ratio of the two spreads",
        (
            partial(_exponent, fit=lambda x, y: y.std() / x.std()),
            partial(_exponent, fit=lambda x, y: y.var() / x.var()),
        ),
        "The spread of one axis was divided by the spread of the other. Noise spreads too. The "
        "slope needs what both have in common: how they vary together.",
    ),
    Mistake(
        "covariance and variance divided by different counts",
        (
            partial(_exponent, fit=lambda x, y: np.cov(x, y)[0, 1] / np.var(x)),
            partial(_exponent, fit=lambda x, y: _spread(x, y) / len(x) / np.var(x, ddof=1)),
            partial(_exponent, fit=lambda x, y: _spread(x, y) / np.var(x)),
            partial(_exponent, fit=lambda x, y: _spread(x, y) / np.var(x, ddof=1)),
            partial(_exponent, fit=lambda x, y: _spread(x, y) / len(x) / _spread(x, x)),
        ),
        "One of the two was divided by n and the other by n − 1, or not at all (`np.cov` takes "
        "n − 1, `np.var` takes n). The same count above and below the line cancels.",
    ),
    Mistake(
        "divided by the standard deviation, not the variance",
        (
            partial(_exponent, fit=lambda x, y: _spread(x, y) / len(x) / x.std()),
            partial(_exponent, fit=lambda x, y: np.cov(x, y)[0, 1] / x.std(ddof=1)),
            partial(_exponent, fit=lambda x, y: np.cov(x, y)[0, 1]),
        ),
        "How both axes vary together has to be divided by how the lengths vary with themselves: "
        "their variance, not its root. (Standardising the lengths before the fit does the same.)",
    ),
    Mistake(
        "not both sums are centred",
        (
            partial(_exponent, fit=lambda x, y: _spread(x, y) / (x @ x)),
            partial(_exponent, fit=lambda x, y: x @ y / _spread(x, x)),
        ),
        "The mean of the lengths is subtracted in one sum and not in the other. Both, above and "
        "below the line, are about distances from it.",
    ),
    Mistake(
        "a factor n is missing in the sums",
        (
            partial(_exponent, fit=lambda x, y: _of_raw_sums(x, y, 1, 1)),
            partial(_exponent, fit=lambda x, y: _of_raw_sums(x, y, len(x), 1)),
            partial(_exponent, fit=lambda x, y: _of_raw_sums(x, y, 1, len(x))),
            partial(
                _exponent,
                fit=lambda x, y: (
                    (len(x) * (x @ y) - x.sum() * y.sum()) / (len(x) * (x @ x) - x @ x)
                ),
            ),
        ),
        "In the formula with sums, a factor n (how many points there are) is missing, or the sum "
        "of squares stands where the square of the sum belongs.",
    ),
    Mistake(
        "a parabola instead of a line",
        (
            partial(_exponent, fit=lambda x, y: np.polyfit(x, y, 2)[0]),
            partial(_exponent, fit=lambda x, y: np.polyfit(x, y, 2)[1]),
        ),
        'A curve of degree 2 was fitted to the logarithms. The 2 of "quadratic" is what the slope '
        "should come out as; the fit itself is a straight line, of degree 1.",
    ),
    Mistake(
        "not every point counts the same",
        (
            *(
                lambda n, c, weigh=weigh: np.polyfit(np.log(n), np.log(c), 1, w=weigh(n, c))[0]
                for weigh in (
                    lambda n, c: c,
                    lambda n, c: n,
                    lambda n, c: np.sqrt(c),
                    lambda n, c: np.sqrt(n),
                    lambda n, c: 1 / c,
                    lambda n, c: np.log(n),
                    lambda n, c: np.log(c),
                )
            ),
            partial(_exponent, fit=_at_right_angles),
        ),
        "Some measurements weigh more than others in your fit, or the distance to the line is not "
        "taken upwards. Plain least squares of the logarithms is asked for.",
    ),
    Mistake(
        "slope on a rescaled axis",
        (
            partial(_exponent, fit=lambda x, y: _least_squares(x, y) * np.ptp(x) / 2),
            partial(_exponent, fit=lambda x, y: _least_squares(x, y) * np.ptp(x)),
        ),
        "The slope belongs to an axis that was squeezed first. `Polynomial.fit` does so (its "
        "`convert()` undoes it), and so does mapping the lengths to a range from 0 to 1.",
    ),
    Mistake(
        "cost per token instead of cost",
        (
            partial(_exponent, prepare=lambda n, c: (n, c / n)),
            partial(_exponent, prepare=lambda n, c: (n, c * n)),
            partial(_exponent, prepare=lambda n, c: (n, c / n**2)),
        ),
        "The costs were divided (or multiplied) by the lengths first, which makes the exponent "
        "smaller by 1 (or larger). Take the costs as they are.",
    ),
    Mistake(
        "another number made from the exponent",
        (
            partial(_exponent, after=lambda p: 2**p),
            partial(_exponent, after=np.exp),
            partial(_exponent, after=lambda p: 10**p),
            partial(_exponent, after=np.log),
            partial(_exponent, after=np.log2),
            partial(_exponent, after=lambda p: p / 2),
            partial(_exponent, after=lambda p: 2 * p),
            partial(_exponent, after=lambda p: p**2),
            partial(_exponent, after=np.arctan),
        ),
        "Something was done to the slope after the fit: an exp, a log, a factor, a power. The "
        "slope in the logarithms is the exponent, as it is.",
    ),
    Mistake(
        "rounded",
        (
            partial(_exponent, after=np.round),
            partial(_exponent, after=np.floor),
            partial(_exponent, after=np.ceil),
            partial(_exponent, after=lambda p: round(p, 1)),
            partial(_exponent, after=lambda p: round(p, 2)),
            partial(_exponent, after=lambda p: round(p * 2) / 2),
        ),
        "The exponent was rounded. Measured exponents are seldom whole: return it as it is, and "
        "round only when you print.",
    ),
    Mistake(
        "a fixed exponent",
        (lambda n, c: 2.0, lambda n, c: 1.0),
        "The same number comes back whatever was measured. The exponent follows from the "
        "measurements.",
    ),
    Mistake(
        "a point left out",
        (
            partial(_exponent, fit=lambda x, y: _least_squares(x[1:], y[1:])),
            partial(_exponent, fit=lambda x, y: _least_squares(x[:-1], y[:-1])),
            partial(_exponent, fit=lambda x, y: _least_squares(x[1:-1], y[1:-1])),
        ),
        "The first or the last measurement is not used. All of them count.",
    ),
    Mistake(
        "lengths or costs reordered",
        (
            partial(_exponent, prepare=lambda n, c: (np.sort(n), c)),
            partial(_exponent, prepare=lambda n, c: (n, np.sort(c))),
            partial(_exponent, prepare=lambda n, c: (np.sort(n), np.sort(c))),
            partial(_exponent, prepare=lambda n, c: (np.unique(n), np.unique(c))),
        ),
        "Lengths and costs were sorted each on its own, and no longer belong together. The line "
        "needs no order, only pairs.",
    ),
)


EXERCISES = (
    Exercise(
        name="scaling_exponent",
        lesson="10",
        parameters=("lengths", "costs"),
        reference=scaling_exponent,
        kind=array_of(),
        cases=_measurements,
        mistakes=_EXPONENT_MISTAKES,
        hints=(
            "cost = c · lengthᵖ. Take the logarithm of both sides: a product becomes a sum, and p "
            "becomes a factor. Of what?",
            "So the points lie about a straight line, once both axes are logarithmic. The "
            "exponent is its slope, whichever base the logarithm has.",
            "`np.polyfit` fits a line when the degree is 1; it takes x before y, and returns the "
            "slope first.",
        ),
    ),
)
