"""The exercise of lesson 12: attention over some keys, joined with attention over others."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Kind, Parts

_A, _B = 0, 1


def _partials(rng: np.random.Generator) -> Iterator[Case]:
    """From numbers that can be checked by hand to sides that saw nothing, and scores of any size.

    Large ones are sixteenths, so that float32 makes no error in them.
    """
    yield _case("", readable(rng, 3, 2), readable(rng, 3), readable(rng, 3, 2), readable(rng, 3))
    yield _drawn(rng, "", (5, 3), rng.normal(size=(2, 5)))
    yield _drawn(rng, "", (4, 6), 3 + 2 * rng.normal(size=(2, 4)))
    one_side = rng.normal(size=(2, 6))
    one_side[_A, [1, 4]] = one_side[_B, 3] = -np.inf
    yield _drawn(rng, "one side saw nothing in some rows", (6, 4), one_side)
    both_sides = rng.normal(size=(2, 7))
    both_sides[:, [2, 5]] = both_sides[_A, 0] = both_sides[_B, 6] = -np.inf
    yield _drawn(rng, "both sides saw nothing in some rows", (7, 5), both_sides)
    for level, shape in ((1000, (4, 7)), (-1000, (8, 3))):
        about = f"lse near {level}"
        yield _drawn(rng, about, shape, level + rng.integers(-40, 41, (2, shape[0])) / 16)
    levels = np.array([[1000, -1000, 1000, 0, -1000, 3], [-1000, 1000, 1000, -900, -1000, 2]])
    levels = levels + rng.integers(-40, 41, levels.shape) / 16
    yield _drawn(rng, "lse that differ by up to 2000", (6, 5), levels)
    heads = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 4))
    several = heads[0][_A], heads[1][_A], heads[0][_B], heads[1][_B]
    yield Case("several heads at once, in an axis in front", several, is_extra=True)


def _drawn(rng: np.random.Generator, about: str, shape: tuple[int, int], lse: ndarray) -> Case:
    """Draw the outputs that belong to some lse: zeros where a side saw nothing."""
    outputs = np.where(np.isfinite(lse)[..., None], rng.normal(size=(2, *shape)), 0.0)
    return _case(about, outputs[_A], lse[_A], outputs[_B], lse[_B])


def _case(about: str, *args: ndarray) -> Case:
    n_queries, d_value = args[0].shape
    sizes = f"{n_queries} queries and d_value {d_value}"
    return Case(f"{sizes}; {about}" if about else sizes, args)


def _unchanged(anything: Any) -> Any:
    return anything


def _total_lse(lse: ndarray) -> ndarray:
    return np.logaddexp(*lse)


def _by_difference(lse: ndarray, total: ndarray) -> ndarray:
    return np.exp(lse - np.where(np.isfinite(total), total, 0.0))


def _added(shares: ndarray, outputs: ndarray) -> ndarray:
    return (shares[..., None] * outputs).sum(0)


def _both(outputs: ndarray, lse: ndarray) -> Any:
    return outputs, lse


def _merged(
    outputs_a: ndarray,
    lse_a: ndarray,
    outputs_b: ndarray,
    lse_b: ndarray,
    *,
    read: Callable = _unchanged,
    share: Callable = _by_difference,
    add: Callable = _added,
    total: Callable = _total_lse,
    after: Callable = _both,
) -> Any:
    """Merge two parts with any of the things that can go wrong with it.

    Parameters
    ----------
    read : what is done to both lse first, (2, n_queries)
    share : from both lse, and the right one of both together, to the shares of the two sides
    add : puts shares and outputs together
    total : the lse that is returned, from both
    after : makes the result
    """
    lse = read(np.stack([lse_a, lse_b]))
    shares = share(lse, np.logaddexp(*lse))
    return after(add(shares, np.stack([outputs_a, outputs_b])), total(lse))


def _alone(**options: Any) -> Callable:
    """Make a mistake that is not looked for together with others, which saves time."""
    return lambda *args: _merged(*args, **options)


def _normalised(numbers: ndarray, axis: int = 0) -> ndarray:
    return numbers / numbers.sum(axis, keepdims=True)


def _safely(numbers: ndarray) -> ndarray:
    total = numbers.sum(0)
    return numbers / np.where(total == 0, 1.0, total)


def _finite_max(lse: ndarray) -> ndarray:
    return np.where(np.isfinite(lse.max(0)), lse.max(0), 0.0)


def _relative(lse: ndarray) -> ndarray:
    """Take exponentials relative to the larger of the two; 0 where both are −inf."""
    return np.exp(lse - _finite_max(lse))


def _softmax(lse: ndarray, axis: int = 0) -> ndarray:
    return _normalised(np.exp(lse - lse.max(axis, keepdims=True)), axis)


def _bare(lse: ndarray) -> ndarray:
    return np.log(np.exp(lse).sum(0))


def _bare_but_never_zero(lse: ndarray) -> ndarray:
    total = np.exp(lse).sum(0)
    return np.log(np.where(total > 0, total, 1.0))


def _shifted_by(shift: Callable) -> Callable:
    """Take log-sum-exp relative to any number."""
    return lambda lse: shift(lse) + np.log(np.exp(lse - shift(lse)).sum(0))


def _by_shift(shift: Callable) -> Callable:
    return lambda lse, total: _normalised(np.exp(lse - shift(lse)))


def _replaced(number: float) -> Callable:
    """Put a number in the place of −inf."""
    return lambda lse: np.where(np.isfinite(lse), lse, number)


def _cut_off(lse: ndarray, *, most: float) -> ndarray:
    return np.clip(lse, -most, most)


def _cut_off_above(lse: ndarray, *, most: float) -> ndarray:
    return np.minimum(lse, most)


def _cut_off_but_for_nothing(lse: ndarray, *, most: float) -> ndarray:
    return np.where(np.isfinite(lse), np.clip(lse, -most, most), lse)


def _from_one_side(lse: ndarray, *, side: int = _A) -> ndarray:
    return lse[side] + np.log1p(np.exp(lse[1 - side] - lse[side]))


def _gone_where_empty(outputs: ndarray, lse: ndarray) -> Any:
    return np.where(np.isfinite(lse)[..., None], outputs, np.nan), lse


def _in_place(change: Callable) -> Callable:
    """Make the right answer that also changes what it was given."""

    def answer(*args: ndarray) -> Any:
        result = reference.merge_partials(*args)
        change(args, *result)
        return result

    return answer


_SHARE_MISTAKES = (
    Mistake(
        "plain mean",
        (partial(_merged, share=lambda lse, total: np.full(lse.shape, 0.5)),),
        "The outputs of the two sides were averaged. The side that saw more counts more: how much "
        "each of them saw is what lse says.",
    ),
    Mistake(
        "outputs added up",
        (partial(_merged, share=lambda lse, total: np.ones(lse.shape)),),
        "The outputs were added as they are. Each is a finished mixture already; the two are mixed "
        "with shares that sum to 1.",
    ),
    Mistake(
        "weights from lse without exp",
        (
            partial(_merged, share=lambda lse, total: _normalised(lse)),
            partial(_merged, share=lambda lse, total: _safely(np.where(np.isfinite(lse), lse, 0))),
            partial(
                _merged,
                share=lambda lse, total: np.nan_to_num(_normalised(lse)),
            ),
            partial(_merged, share=lambda lse, total: lse / total),
            partial(_merged, share=lambda lse, total: lse),
            partial(_merged, share=lambda lse, total: _normalised(np.abs(lse))),
        ),
        "The shares are made of lse itself. It is a logarithm, and may be negative or 0: what is "
        "shared out are the sums of exponentials, so exp comes first.",
    ),
    Mistake(
        "shares not divided by their sum",
        (
            partial(_merged, share=lambda lse, total: np.exp(lse)),
            partial(_merged, share=lambda lse, total: _relative(lse)),
            partial(_merged, share=lambda lse, total: _relative(lse) / 2),
        ),
        "The outputs are multiplied by exponentials, and not divided by their sum. The two shares "
        "of a row sum to 1.",
    ),
    Mistake(
        "shares swapped",
        (partial(_merged, share=lambda lse, total: _by_difference(lse, total)[::-1]),),
        "Each side got the share of the other. The side with the larger lse has the larger share.",
    ),
    Mistake(
        "shares upside down",
        (
            partial(_merged, share=lambda lse, total: np.exp(total - lse)),
            partial(_merged, share=lambda lse, total: _softmax(-lse)),
            partial(_merged, share=lambda lse, total: 1 / np.exp(lse - total)),
        ),
        "The sign of a difference is turned round: the less a side saw, the more it counts. A "
        "share is never above 1.",
    ),
    Mistake(
        "only the side that saw more",
        (
            partial(
                _merged, share=lambda lse, total: np.stack([lse[_A] >= lse[_B], lse[_A] < lse[_B]])
            ),
            partial(
                _merged, share=lambda lse, total: np.stack([lse[_A] > lse[_B], lse[_A] <= lse[_B]])
            ),
        ),
        "In each row one side was taken and the other dropped. Both have their share, as long as "
        "both saw something.",
    ),
    Mistake(
        "only one side",
        (
            partial(_merged, add=lambda shares, outputs: outputs[_A]),
            partial(_merged, add=lambda shares, outputs: outputs[_B]),
            partial(_merged, add=lambda shares, outputs: shares[_A, ..., None] * outputs[_A]),
            partial(_merged, add=lambda shares, outputs: shares[_B, ..., None] * outputs[_B]),
            lambda a, lse_a, b, lse_b: (a, lse_a),
            lambda a, lse_a, b, lse_b: (b, lse_b),
        ),
        "One side is all there is in the outputs. Both sides have their share: look at the names "
        "in your sum.",
    ),
    Mistake(
        "the same share twice",
        (
            partial(_merged, add=lambda shares, outputs: shares[_A, ..., None] * outputs.sum(0)),
            partial(_merged, add=lambda shares, outputs: shares[_B, ..., None] * outputs.sum(0)),
        ),
        "One side's share is used for both. Look at the names: the share of a belongs to "
        "outputs_a, that of b to outputs_b.",
    ),
    Mistake(
        "one share for all queries",
        (
            partial(
                _merged, share=lambda lse, total: _softmax(lse.mean(1, keepdims=True)) + 0 * lse
            ),
            partial(
                _merged,
                share=lambda lse, total: (
                    np.exp(lse).sum(1, keepdims=True) / np.exp(lse).sum() + 0 * lse
                ),
            ),
            partial(_merged, share=lambda lse, total: _softmax(lse[:, :1]) + np.zeros(lse.shape)),
        ),
        "All rows are mixed with the same shares. Each query saw something else: the shares are "
        "made row by row.",
    ),
    Mistake(
        "softmax over the queries",
        (
            partial(_merged, share=lambda lse, total: _softmax(lse, axis=1)),
            partial(_merged, share=lambda lse, total: np.exp(lse) / np.exp(lse).sum()),
        ),
        "The exponentials were divided by their sum over the queries, or over everything. It is "
        "the two sides that share out 1, in each row.",
    ),
    Mistake(
        "another base, power or scale in the shares",
        (
            partial(_merged, share=lambda lse, total: _normalised(2.0 ** (lse - lse.max(0)))),
            partial(_merged, share=lambda lse, total: _normalised(10.0 ** (lse - lse.max(0)))),
            partial(_merged, share=lambda lse, total: _softmax(2 * lse)),
            partial(_merged, share=lambda lse, total: _softmax(lse / 2)),
            partial(_merged, share=lambda lse, total: _safely(_relative(lse) ** 2)),
            partial(_merged, share=lambda lse, total: _safely(_relative(lse) ** 0.5)),
        ),
        "The shares do not follow exp of lse: another base, a square, a root or a factor came in "
        "between.",
    ),
    Mistake(
        "softmax of the exponentials",
        (
            partial(_merged, share=lambda lse, total: _softmax(np.exp(lse))),
            partial(_merged, share=lambda lse, total: _softmax(_by_difference(lse, total))),
        ),
        "exp was taken twice. Once is enough: lse is one logarithm away from the sums that the "
        "shares are made of.",
    ),
    Mistake(
        "outputs taken for sums that are not yet divided",
        (
            partial(_merged, share=lambda lse, total: np.exp(-total) + 0 * np.exp(lse)),
            partial(_merged, share=lambda lse, total: 1 / np.exp(lse).sum(0) + 0 * np.exp(lse)),
            partial(_merged, share=lambda lse, total: np.exp(-lse)),
        ),
        "The outputs were added, or divided by exp of lse, as if they were sums of exponentials "
        "times values. They have been divided already, each by its own side's sum: multiply by "
        "that again before you add.",
    ),
)

_LARGE_MISTAKES = (
    Mistake(
        "overflow for large lse",
        (
            partial(_merged, share=lambda lse, total: _normalised(np.exp(lse)), total=_bare),
            partial(_merged, share=lambda lse, total: _normalised(np.exp(lse))),
            partial(_merged, total=_bare),
            _alone(share=lambda lse, total: _safely(np.exp(lse)), total=_bare),
            _alone(share=lambda lse, total: _safely(np.exp(lse))),
            _alone(share=lambda lse, total: np.nan_to_num(_normalised(np.exp(lse)))),
            _alone(share=lambda lse, total: np.nan_to_num(_normalised(np.exp(lse))), total=_bare),
            _alone(share=lambda lse, total: _by_difference(lse, _bare(lse)), total=_bare),
            _alone(share=lambda lse, total: np.exp(lse - _bare(lse)), total=_bare),
            _alone(share=lambda lse, total: _safely(np.exp(lse)), total=_bare_but_never_zero),
            _alone(share=lambda lse, total: np.exp(lse) / np.exp(total)),
            _alone(share=lambda lse, total: np.nan_to_num(np.exp(lse) / np.exp(total))),
        ),
        "exp of 1000 is too large for a float, and exp of −1000 is 0: then inf / inf or 0 / 0 is "
        "nan. Only the difference between the two lse matters, so subtract the larger of them "
        "first (and add it again to the result's lse).",
    ),
    Mistake(
        "large lse cut off at a limit",
        tuple(
            _alone(read=partial(cut, most=most))
            for most in (20, 50, 100, 500, 700)
            for cut in (_cut_off, _cut_off_above, _cut_off_but_for_nothing)
        ),
        "Large lse were cut off at a limit, so that all beyond it look alike. Overflow can be "
        "avoided without a loss: only the difference between the two matters.",
    ),
    Mistake(
        "one maximum for all rows",
        (
            partial(
                _merged,
                share=_by_shift(lambda lse: lse.max()),
                total=_shifted_by(lambda lse: lse.max()),
            ),
            partial(_merged, share=_by_shift(lambda lse: lse.max())),
            partial(_merged, total=_shifted_by(lambda lse: lse.max())),
            partial(
                _merged,
                share=lambda lse, total: _safely(np.exp(lse - lse.max())),
                total=_shifted_by(lambda lse: lse.max()),
            ),
            partial(_merged, share=lambda lse, total: _safely(np.exp(lse - lse.max()))),
        ),
        "One and the same maximum is subtracted from all rows. Where a row lies far below it, both "
        "exponentials are 0, and 0 / 0 is nan: each row has its own maximum of two.",
    ),
    Mistake(
        "the smaller one subtracted",
        (
            partial(
                _merged,
                share=_by_shift(lambda lse: lse.min(0)),
                total=_shifted_by(lambda lse: lse.min(0)),
            ),
            partial(
                _merged,
                share=_by_shift(lambda lse: lse.mean(0)),
                total=_shifted_by(lambda lse: lse.mean(0)),
            ),
            partial(_merged, share=_by_shift(lambda lse: lse.min(0))),
            partial(_merged, total=_shifted_by(lambda lse: lse.min(0))),
        ),
        "The smaller lse of a row (or the mean of both) is subtracted, so exp of the other can "
        "still overflow. Which of the two leaves nothing above 0?",
    ),
    Mistake(
        "one side always taken for the larger",
        (
            partial(_merged, total=_from_one_side),
            partial(_merged, total=partial(_from_one_side, side=_B)),
            partial(
                _merged,
                share=_by_shift(lambda lse: lse[_A]),
                total=_shifted_by(lambda lse: lse[_A]),
            ),
            partial(
                _merged,
                share=_by_shift(lambda lse: lse[_B]),
                total=_shifted_by(lambda lse: lse[_B]),
            ),
            partial(_merged, share=_by_shift(lambda lse: lse[_A]), total=_from_one_side),
            partial(
                _merged,
                share=_by_shift(lambda lse: lse[_B]),
                total=partial(_from_one_side, side=_B),
            ),
        ),
        "The same side's lse is subtracted in every row, although the other one's may be far "
        "larger, and exp of the difference overflows; or it may be −inf. Take the larger of the "
        "two, row by row.",
    ),
)

_NOTHING_MISTAKES = (
    Mistake(
        "a nan where both sides saw nothing",
        (
            partial(_merged, share=lambda lse, total: np.exp(lse - total)),
            partial(_merged, share=lambda lse, total: _softmax(lse)),
            partial(
                _merged,
                share=lambda lse, total: _softmax(lse),
                total=_shifted_by(lambda lse: lse.max(0)),
            ),
            partial(
                _merged,
                share=lambda lse, total: np.exp(lse - total),
                total=_shifted_by(lambda lse: lse.max(0)),
            ),
            partial(_merged, total=_shifted_by(lambda lse: lse.max(0))),
            partial(_merged, after=_gone_where_empty),
            partial(
                _merged,
                total=lambda lse: lse.max(0) + np.log1p(np.exp(-np.abs(lse[_A] - lse[_B]))),
            ),
            partial(
                _merged,
                share=lambda lse, total: _softmax(lse),
                total=lambda lse: lse.max(0) + np.log1p(np.exp(-np.abs(lse[_A] - lse[_B]))),
            ),
            partial(_merged, share=lambda lse, total: _normalised(_relative(lse))),
        ),
        "There is nan in a row where neither side saw a key: −inf − (−inf), or 0 / 0. Such a row "
        "has outputs of 0 and an lse of −inf. Put a harmless number in the place of what is "
        "subtracted or divided by, there alone.",
    ),
    Mistake(
        "a nan where one side saw nothing",
        (
            partial(_merged, share=lambda lse, total: _by_difference(lse, total) + 0 * lse),
            partial(
                _merged,
                share=lambda lse, total: np.where(
                    np.isfinite(lse).all(0), _by_difference(lse, total), np.nan
                ),
                total=lambda lse: np.where(np.isfinite(lse).all(0), _total_lse(lse), np.nan),
            ),
            partial(_merged, total=lambda lse: _total_lse(lse) + 0 * lse.sum(0)),
            partial(
                _merged,
                share=lambda lse, total: _by_difference(lse, total) + 0 * lse.sum(0),
                total=lambda lse: _total_lse(lse) + 0 * lse.sum(0),
            ),
        ),
        "There is nan in a row where one side saw no key: 0 · (−inf), or the difference of two "
        "infinities. Such a row is what the other side brought, as it is.",
    ),
    Mistake(
        "empty as soon as one side saw nothing",
        (
            partial(
                _merged,
                share=lambda lse, total: np.where(
                    np.isfinite(lse).all(0), _by_difference(lse, total), 0.0
                ),
                total=lambda lse: np.where(np.isfinite(lse).all(0), _total_lse(lse), -np.inf),
            ),
            partial(
                _merged,
                share=lambda lse, total: np.where(
                    np.isfinite(lse).all(0), _by_difference(lse, total), 0.0
                ),
            ),
            partial(
                _merged,
                total=lambda lse: np.where(np.isfinite(lse).all(0), _total_lse(lse), -np.inf),
            ),
        ),
        "A row where one side saw nothing came back empty, although the other side saw something. "
        "Only where both saw nothing is it 0, with an lse of −inf.",
    ),
    Mistake(
        "−inf replaced by a number",
        (
            partial(_merged, read=_replaced(-1e9)),
            *(_alone(read=_replaced(c)) for c in (-1e4, -1e30, 0.0, -100.0, -1e300)),
            *(
                _alone(total=lambda lse, c=c: _replaced(c)(_total_lse(lse)))
                for c in (0.0, -1e9, -1e30, np.inf)
            ),
            _alone(total=lambda lse: np.nan_to_num(_total_lse(lse))),
            _alone(read=np.nan_to_num),
        ),
        "Where both sides saw nothing, lse is a finite number. It is the logarithm of a sum over "
        "no key at all, log 0, and so −inf: whoever merges on with this row has to see that.",
    ),
    Mistake(
        "something added to the sums",
        (
            *(
                _alone(total=lambda lse, c=c: np.log(np.exp(lse).sum(0) + c))
                for c in (1.0, 1e-3, 1e-6, 1e-9)
            ),
            *(
                _alone(
                    share=lambda lse, total, c=c: np.exp(lse) / (np.exp(lse).sum(0) + c),
                    total=lambda lse, c=c: np.log(np.exp(lse).sum(0) + c),
                )
                for c in (1.0, 1e-3, 1e-6, 1e-9)
            ),
            *(
                _alone(share=lambda lse, total, c=c: _relative(lse) / (_relative(lse).sum(0) + c))
                for c in (1.0, 0.1, 1e-2, 1e-3)
            ),
            *(
                _alone(total=lambda lse, c=c: _finite_max(lse) + np.log(_relative(lse).sum(0) + c))
                for c in (1.0, 1e-3, 1e-6, 1e-9, 1e-12)
            ),
            _alone(total=lambda lse: np.log1p(np.exp(lse).sum(0))),
        ),
        "A small number was added to a sum so that nothing is divided by 0, or no log of 0 is "
        "taken. It changes the results, and lse is no longer −inf where both sides saw nothing. "
        "Deal with those rows alone.",
    ),
)

_LSE_MISTAKES = (
    Mistake(
        "both lse added instead of logaddexp",
        (partial(_merged, total=lambda lse: lse.sum(0)),),
        "The two lse were added. What adds up are the sums of exponentials; lse are their "
        "logarithms, and adding logarithms multiplies.",
    ),
    Mistake(
        "the larger lse instead of both together",
        (
            partial(_merged, total=lambda lse: lse.max(0)),
            partial(_merged, total=lambda lse: lse.min(0)),
        ),
        "The result's lse is the larger (or smaller) of the two. Together both sides saw more than "
        "either: the log of the sum of both exponentials is larger than each.",
    ),
    Mistake(
        "both lse averaged, or mixed like the outputs",
        (
            partial(_merged, total=lambda lse: lse.mean(0)),
            partial(_merged, total=lambda lse: _total_lse(lse) - np.log(2)),
            partial(
                _merged,
                total=lambda lse: np.where(
                    np.isfinite(lse), lse * _by_difference(lse, _total_lse(lse)), 0
                ).sum(0),
            ),
        ),
        "The two lse were averaged, or mixed with the shares as outputs are. Nothing is averaged "
        "here: the sums of exponentials of both sides add up, and lse is the log of that.",
    ),
    Mistake(
        "one side's lse",
        (
            partial(_merged, total=lambda lse: lse[_A]),
            partial(_merged, total=lambda lse: lse[_B]),
        ),
        "The lse came back as one side had it. The two together saw more keys.",
    ),
    Mistake(
        "the sum instead of its logarithm",
        (
            partial(_merged, total=lambda lse: np.exp(lse).sum(0)),
            partial(_merged, total=lambda lse: np.exp(_total_lse(lse))),
            partial(_merged, total=lambda lse: _relative(lse).sum(0)),
        ),
        "The second result is a sum of exponentials. What is wanted is its logarithm, so that it "
        "fits into a float however large the scores are.",
    ),
    Mistake(
        "the maximum not added again",
        (
            partial(_merged, total=lambda lse: np.log(_relative(lse).sum(0))),
            partial(
                _merged,
                total=lambda lse: np.log(_relative(lse).sum(0)) - _finite_max(lse),
            ),
            partial(_merged, total=lambda lse: lse.max(0) + _relative(lse).sum(0)),
            partial(_merged, total=lambda lse: lse.max(0) * np.log(_relative(lse).sum(0))),
        ),
        "A maximum was subtracted before exp and is missing in the result, or comes back with the "
        "wrong sign. log Σ exp(x − m) is smaller than log Σ exp(x) by m.",
    ),
    Mistake(
        "another base in the logarithm",
        (
            partial(_merged, total=lambda lse: np.logaddexp2(*lse)),
            partial(_merged, total=lambda lse: _total_lse(lse) / np.log(2)),
            partial(_merged, total=lambda lse: _total_lse(lse) / np.log(10)),
            partial(
                _merged,
                total=lambda lse: _finite_max(lse) + np.log2(_relative(lse).sum(0)),
            ),
            partial(
                _merged,
                total=lambda lse: _finite_max(lse) + np.log10(_relative(lse).sum(0)),
            ),
        ),
        "The logarithm has another base than e. exp and log belong together: use the natural "
        "logarithm.",
    ),
    Mistake(
        "the sign of lse",
        (
            partial(_merged, total=lambda lse: -_total_lse(lse)),
            partial(_merged, total=lambda lse: np.abs(_total_lse(lse))),
            partial(_merged, total=lambda lse: lse[_A] - lse[_B]),
            partial(_merged, total=lambda lse: np.log(np.abs(np.exp(lse[_A]) - np.exp(lse[_B])))),
        ),
        "The result's lse has the wrong sign, or is a difference. The sums of both sides add up, "
        "and its logarithm may be negative.",
    ),
    Mistake(
        "log of the sum of lse",
        (
            partial(_merged, total=lambda lse: np.log(lse.sum(0))),
            partial(_merged, total=lambda lse: np.log(np.abs(lse).sum(0))),
            partial(_merged, total=lambda lse: np.log(lse).sum(0)),
        ),
        "The logarithm was taken of lse, which is one already. First back to sums by exp, then "
        "add, then the logarithm.",
    ),
)

_FORM_MISTAKES = (
    Mistake(
        "only outputs: lse not returned",
        (
            partial(_merged, after=lambda outputs, lse: outputs),
            partial(_merged, after=lambda outputs, lse: (outputs,)),
            partial(_merged, after=lambda outputs, lse: [outputs]),
        ),
        "Only one array came back. Two are wanted, separated by a comma: outputs and lse. Without "
        "lse nobody could merge on.",
    ),
    Mistake(
        "the two results in the wrong order",
        (partial(_merged, after=lambda outputs, lse: (lse, outputs)),),
        "Both are there, but the other way round. Outputs come first, lse second.",
    ),
    Mistake(
        "more than two results",
        (
            lambda *args: (*reference.merge_partials(*args), None),
            lambda *args: (*reference.merge_partials(*args), None, None),
        ),
        "More came back than was asked for. Return outputs and lse.",
    ),
    Mistake(
        "a column for lse",
        (
            partial(_merged, after=lambda outputs, lse: (outputs, lse[..., None])),
            partial(_merged, after=lambda outputs, lse: (outputs, lse[..., None] + 0 * outputs)),
            partial(_merged, after=lambda outputs, lse: (outputs, lse[None])),
        ),
        "lse has two axes; wanted is one number for each query. Use the extra axis for the "
        "product, and leave lse as it was.",
    ),
    Mistake(
        "a share for each row has to become a column",
        (
            lambda a, lse_a, b, lse_b: lse_a * a,
            lambda a, lse_a, b, lse_b: a * lse_a,
        ),
        "A share belongs to a whole row of outputs, and NumPy lines axes up from the end. Give the "
        "shares one more axis, of length 1, at the end.",
    ),
    Mistake(
        "joined instead of mixed",
        (
            lambda a, lse_a, b, lse_b: (np.concatenate([a, b]), np.logaddexp(lse_a, lse_b)),
            lambda a, lse_a, b, lse_b: (np.concatenate([a, b]), np.concatenate([lse_a, lse_b])),
            lambda a, lse_a, b, lse_b: (np.hstack([a, b]), np.logaddexp(lse_a, lse_b)),
            partial(_merged, add=lambda shares, outputs: shares[..., None] * outputs),
            lambda a, lse_a, b, lse_b: (np.stack([a, b]), np.stack([lse_a, lse_b])),
        ),
        "The two sides were put one after another, or into one array. The queries are the same on "
        "both sides, and each of them gets one row: a mixture.",
    ),
    Mistake(
        "summed over the queries or the features",
        (
            partial(_merged, add=lambda shares, outputs: np.einsum("sq,sqd->d", shares, outputs)),
            partial(_merged, add=lambda shares, outputs: np.einsum("sq,sqd->q", shares, outputs)),
            partial(_merged, total=lambda lse: _total_lse(lse).sum()),
            partial(_merged, total=lambda lse: np.logaddexp.reduce(lse, axis=None)),
        ),
        "A sum swallowed an axis that is still needed. Only the two sides are added up; queries "
        "and features stay.",
    ),
    Mistake(
        "the shares came back",
        (
            partial(_merged, add=lambda shares, outputs: shares),
            partial(_merged, add=lambda shares, outputs: shares.T),
        ),
        "These are the shares of the two sides. They still have to be multiplied with the outputs "
        "and added up.",
    ),
    Mistake(
        "inputs changed in place",
        (
            _in_place(lambda args, outputs, lse: args[0].__setitem__(..., outputs)),
            _in_place(lambda args, outputs, lse: args[1].__setitem__(..., lse)),
            _in_place(
                lambda args, outputs, lse: (
                    args[0].__setitem__(..., outputs),
                    args[1].__setitem__(..., lse),
                )
            ),
            _in_place(lambda args, outputs, lse: _weigh(args)),
            _in_place(lambda args, outputs, lse: _weigh(args[:2])),
            _in_place(lambda args, outputs, lse: _make_finite(args)),
        ),
        "The numbers are right, but what was passed in is not what it was: look for `+=`, `*=` or "
        "`out=`. Whoever called it still needs the parts: give the new numbers new names.",
    ),
)


def _weigh(args: tuple[ndarray, ...]) -> None:
    """Multiply outputs by their side's exponentials, as if nobody needed them any longer."""
    for outputs, lse in zip(args[::2], args[1::2], strict=True):
        outputs *= np.exp(lse)[..., None]


def _make_finite(args: tuple[ndarray, ...]) -> None:
    for lse in args[1::2]:
        lse[np.isneginf(lse)] = -1e9


def _not_a_number(parts: Parts, *args: ndarray) -> str | None:
    """Say where there is nan, and what the two sides had seen there."""
    outputs, lse = parts
    broken = np.argwhere(np.isnan(lse) | np.isnan(outputs).any(-1))
    if not len(broken):
        return None
    row = tuple(int(i) for i in broken[0])
    empty = int(np.isneginf(args[1][row])) + int(np.isneginf(args[3][row]))
    what = ("both sides saw something", "one side saw nothing", "both sides saw nothing")[empty]
    return f"There is nan in row {row[0] if len(row) == 1 else list(row)}, where {what}."


def _less_than_one_side(
    parts: Parts, a: ndarray, lse_a: ndarray, b: ndarray, lse_b: ndarray
) -> Any:
    """Say where two sides together are said to have seen less than one of them."""
    less = np.argwhere(parts[1] < np.maximum(lse_a, lse_b) - 1e-3)
    if not len(less):
        return None
    return (
        f"In row {int(less[0][0])} your lse is smaller than that of one side alone. Two sides saw "
        "at least as much as either of them."
    )


def _no_mixture(parts: Parts, a: ndarray, lse_a: ndarray, b: ndarray, lse_b: ndarray) -> str | None:
    """Say where an output does not lie between those of the two sides."""
    low, high = np.minimum(a, b) - 1e-3, np.maximum(a, b) + 1e-3
    outside = np.argwhere((parts[0] < low) | (parts[0] > high))
    if not len(outside):
        return None
    row, feature = map(int, outside[0][-2:])
    return (
        f"Row {row}, feature {feature} does not lie between the outputs of the two sides. The two "
        "shares of a row are positive and sum to 1."
    )


EXERCISES = (
    Exercise(
        name="merge_partials",
        lesson="12",
        parameters=("outputs_a", "lse_a", "outputs_b", "lse_b"),
        reference=reference.merge_partials,
        kind=Kind((("n_queries", "d_value"), ("n_queries",)), names=("outputs", "lse")),
        cases=_partials,
        mistakes=(
            *_SHARE_MISTAKES,
            *_LARGE_MISTAKES,
            *_NOTHING_MISTAKES,
            *_LSE_MISTAKES,
            *_FORM_MISTAKES,
        ),
        hints=(
            "Forget the logarithms for a moment. Side a had exponentials that sum to 3, side b to "
            "1. What is their sum for both, and how much of the mixture comes from a?",
            "lse is the log of such a sum. Two of them become one without ever leaving the "
            "logarithms: NumPy has a function for log(exp(x) + exp(y)) that never overflows.",
            "A side's share is exp of its lse minus the lse of both. Shares need one more axis, at "
            "the end, to meet the outputs.",
            "Where both are −inf, the difference is nan. Replace what is subtracted by a finite "
            "number there: exp(−inf) is 0, and that is the share you want.",
        ),
        laws=(Law(_not_a_number), Law(_less_than_one_side), Law(_no_mixture)),
    ),
)
