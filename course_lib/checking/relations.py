"""What wrong numbers have in common with the right ones, where no known mistake fits.

Each relation looks at one array and says in a sentence where to look, or nothing. None of them
shows a right number.
"""

from collections.abc import Callable

import numpy as np

from course_lib.checking.outcome import Attempt
from course_lib.checking.results import HALF_PRECISION, alike, differs_at

Relation = Callable[[np.ndarray, np.ndarray], str | None]


def relation_between(attempt: Attempt) -> str | None:
    """Say what wrong numbers have in common with the right ones, if anything simple.

    Single numbers are compared over all inputs, since one of them says nothing.
    """
    got, want = attempt.got.parts or (), attempt.want.parts or ()
    if any(part.ndim for part in want):
        wrong = (pair for pair in zip(got, want, strict=True) if differs_at(*pair) is not None)
        return next(filter(None, (relation_of(*pair) for pair in wrong)), None)
    if any(outcome.parts is None or outcome.parts[0].ndim for outcome in attempt.seen):
        return None
    ours, theirs = (
        np.array([outcome.parts[0] for outcome in outcomes if outcome.parts])
        for outcomes in (attempt.seen, attempt.expected)
    )
    return relation_across(ours, theirs)


def is_right_in_half(attempt: Attempt) -> bool:
    """Tell whether numbers are right but for the few digits that half precision holds."""
    spacing = HALF_PRECISION.get(attempt.got.half)
    return spacing is not None and all(
        _near(ours, theirs, 8 * spacing * max(1.0, np.abs(theirs).max(initial=0)))
        for ours, theirs in zip(attempt.got.parts or (), attempt.want.parts or (), strict=True)
    )


def relation_of(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    """Return the first sentence that holds for two arrays of one shape that differ."""
    if ours.dtype.kind == "U":
        return _reordered(ours, theirs)
    if ours.dtype == bool or theirs.dtype == bool:
        return _inverted(ours, theirs) if ours.dtype == theirs.dtype else None
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return None
    found = (relation(ours, theirs) for relation in _RELATIONS)
    return next((sentence for sentence in found if sentence), None)


def relation_across(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    """Do the same for single numbers, one from each input that was tried."""
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return None
    found = (relation(ours, theirs) for relation in (_rounded, _proportional, _shifted))
    return next((sentence for sentence in found if sentence), None)


def _inverted(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if np.array_equal(ours, ~theirs):
        return "True and False are swapped: the result is inverted."
    return None


def _reordered(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if np.array_equal(np.sort(ours), np.sort(theirs)):
        return "These are the right words in another order."
    return _partly_right(ours, theirs)


def _all_zero(ours: np.ndarray, _: np.ndarray) -> str | None:
    if ours.size > 1 and not ours.any():
        return "Every number is 0. Is the result filled in, and is what you return the filled one?"
    return None


def _rounded(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if np.array_equal(ours, np.round(theirs)) or np.array_equal(ours, np.trunc(theirs)):
        return "Your numbers are whole, rounded or cut off: look for an int type, or for `//`."
    if np.array_equal(ours, np.floor(theirs)):
        return "Your numbers are whole, rounded down to the floor: look for `//` or an int type."
    if ours.size > 1 and any(_is_rounded(ours, theirs, digits) for digits in (1, 2, 3)):
        return "Your numbers are rounded; return them as they are and round only when you print."
    return None


def _is_rounded(ours: np.ndarray, theirs: np.ndarray, digits: int) -> bool:
    half = 0.501 * 10.0**-digits
    return np.array_equal(ours, np.round(ours, digits)) and _near(ours, theirs, half)


def _proportional(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if ours.size < 2 or not theirs.any():
        return None
    factor = float((ours * theirs).sum() / (theirs * theirs).sum())
    if not (factor and _near(ours, factor * theirs, 1e-4 * max(1.0, float(np.abs(ours).max())))):
        return None
    if (size := f"{abs(factor):.4g}") == "1":
        return "All your numbers have the sign turned round." if factor < 0 else None
    sign = " with the sign turned round" if factor < 0 else ""
    return (
        f"All your numbers are {size} times the right ones{sign}, so the scale is what to look at: "
        "what do you divide or multiply by?"
    )


def _shifted(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    gap = ours - theirs
    if gap.size > 1 and np.ptp(gap) < 1e-6 * max(1.0, float(np.abs(gap).max())):
        way = "larger" if gap.mean() > 0 else "smaller"
        return (
            f"All your numbers are {way} than the right ones by one and the same amount: "
            "something is added or subtracted that should not be, or forgotten."
        )
    return None


def _misplaced(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if ours.ndim and alike((np.sort(ours, axis=None),), (np.sort(theirs, axis=None),)):
        return (
            "These are the right numbers in the wrong places: look at the order in which you fill "
            "or reshape them, and at which axis is rows and which is columns (a transpose?)."
        )
    return None


def _partly_right(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    """Say which rows are right, where some are."""
    if ours.ndim < 1 or len(ours) < 2:
        return None
    wrong = [i for i in range(len(ours)) if differs_at(ours[i, ...], theirs[i, ...]) is not None]
    if len(wrong) == len(ours):
        return None
    what = "row" if ours.ndim > 1 else "position"
    return (
        f"{len(ours) - len(wrong)} of {len(ours)} {what}s are right; the first that is not is "
        f"{what} {wrong[0]}. What is different there?"
    )


def _near(ours: np.ndarray, theirs: np.ndarray, distance: float) -> bool:
    return bool((np.abs(ours - theirs) <= distance).all())


_RELATIONS: tuple[Relation, ...] = (
    _all_zero,
    _rounded,
    _proportional,
    _shifted,
    _misplaced,
    _partly_right,
)
