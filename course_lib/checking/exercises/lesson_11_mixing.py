"""The exercise of lesson 11, third part: what several branches found, mixed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Parts, array_of


def mix_branches(outputs: Sequence[ndarray], denominators: Sequence[ndarray]) -> ndarray:
    """Mix what several branches found, each by its share of the softmax denominators.

    Parameters
    ----------
    outputs : for each branch, (seq_len, d_value)
    denominators : for each branch, (seq_len,); zero in the rows that it does not keep

    Returns
    -------
    (seq_len, d_value); zeros in a row that no branch keeps.

    References
    ----------
    Ding et al. (2023), "LongNet", arXiv 2307.02486, eq. 9 and 10.
    """
    total = np.sum(denominators, axis=0)
    shares = np.asarray(denominators) / np.where(total > 0, total, 1.0)
    return (shares[..., None] * np.asarray(outputs)).sum(axis=0)


def _found(rng: np.random.Generator) -> Iterator[Case]:
    """Branches with gaps and without, one alone, and rows that nobody keeps."""
    first = [np.array([1.5, 0.0, 0.0]), np.array([0.5, 2.0, 0.0])]
    yield _mixing([readable(rng, 3, 2) for _ in first], first)
    for n_branches, seq_len, d_value, gaps in (
        (3, 5, 4, ()),
        (2, 7, 3, ((0, 1), (0, 4), (1, 2), (1, 4), (1, 6))),
        (1, 4, 3, ((0, 2),)),
        (4, 6, 5, ((0, 0), (1, 0), (2, 0), (0, 3), (1, 3), (2, 3), (3, 3), (2, 5))),
        (3, 8, 6, ((0, 2), (1, 2), (2, 2), (1, 5), (0, 7), (2, 7))),
    ):
        sums = np.exp(rng.normal(size=(n_branches, seq_len))) * 3
        for gap in gaps:
            sums[gap] = 0
        yield _mixing(list(rng.normal(size=(n_branches, seq_len, d_value))), list(sums))
    large = 1000 * rng.uniform(0.5, 2, size=(3, 5))
    yield _mixing(list(rng.normal(size=(3, 5, 2))), list(large))
    stacked = rng.normal(size=(2, 5, 3)), rng.uniform(1, 9, size=(2, 5))
    yield Case("branches stacked into one array", stacked, is_extra=True)


def _mixing(outputs: list[ndarray], denominators: list[ndarray]) -> Case:
    """Make the rows zero that a branch does not keep, as `dilated_branch` does."""
    kept = [np.where(s[:, None] > 0, o, 0.0) for o, s in zip(outputs, denominators, strict=True)]
    many = "branch" if len(kept) == 1 else "branches"
    about = f"{len(kept)} {many}, {len(kept[0])} positions and d_value {kept[0].shape[1]}"
    return Case(about, (kept, denominators))


def _unchanged(anything: Any) -> Any:
    return anything


def _by_total(sums: ndarray) -> ndarray:
    total = sums.sum(0)
    return sums / np.where(total > 0, total, 1.0)


def _added(shares: ndarray, outputs: ndarray) -> ndarray:
    return (shares[:, :, None] * outputs).sum(0)


def _mixed(
    outputs: Sequence[ndarray],
    denominators: Sequence[ndarray],
    *,
    choose: Callable = _unchanged,
    share: Callable = _by_total,
    add: Callable = _added,
    after: Callable = _unchanged,
) -> Any:
    """Mix branches with any of the things that can go wrong with it.

    Parameters
    ----------
    choose : what is done to the denominators first
    share : from the denominators of all branches, (n_branches, seq_len), to their shares
    add : puts shares and outputs together
    after : what is done last
    """
    return after(add(share(choose(np.array(denominators))), np.array(outputs)))


def _softmax(sums: ndarray, axis: int = 0) -> ndarray:
    exponentials = np.exp(sums)
    return exponentials / exponentials.sum(axis, keepdims=True)


def _divided(numbers: ndarray, total: ndarray) -> ndarray:
    return numbers / np.where(total == 0, 1.0, total)


def _equally(sums: ndarray) -> ndarray:
    kept = sums > 0
    return _divided(kept.astype(float), kept.sum(0))


def _upside_down(sums: ndarray) -> ndarray:
    inverse = np.divide(1, sums, out=np.zeros_like(sums), where=sums > 0)
    return _by_total(inverse)


def _largest(sums: ndarray) -> ndarray:
    return (np.arange(len(sums))[:, None] == sums.argmax(0)).astype(float)


def _first_kept(sums: ndarray) -> ndarray:
    return (np.arange(len(sums))[:, None] == (sums > 0).argmax(0)).astype(float)


def _pairwise(
    outputs: Sequence[ndarray], denominators: Sequence[ndarray], *, grow: Callable
) -> ndarray:
    """Mix one branch after another into what is there, with a total that may be wrong."""
    mixed, total = np.array(outputs[0]), np.array(denominators[0])
    for one, s in zip(outputs[1:], denominators[1:], strict=True):
        mixed = _divided(mixed * total[:, None] + one * s[:, None], (total + s)[:, None])
        total = grow(total, s)
    return mixed


def _into_first(change: Callable) -> Callable:
    """Mix rightly, and leave what was passed in changed."""

    def answer(outputs: Sequence[ndarray], denominators: Sequence[ndarray]) -> ndarray:
        result = mix_branches(outputs, denominators)
        change(outputs, denominators, result)
        return result

    return answer


_MIX_MISTAKES = (
    Mistake(
        "plain mean",
        (
            partial(_mixed, share=lambda s: np.full(s.shape, 1 / len(s))),
            lambda outputs, denominators: np.median(outputs, axis=0),
        ),
        "The branches were averaged, whatever their denominators. A branch that saw much counts "
        "more than one that saw little, row by row.",
    ),
    Mistake(
        "sum of the branches",
        (partial(_mixed, share=np.ones_like),),
        "The branches were added up as they are. They are mixed: in each row, the shares of all "
        "branches sum to 1.",
    ),
    Mistake(
        "softmax of the denominators",
        (
            partial(_mixed, share=_softmax),
            partial(_mixed, share=lambda s: _softmax(s - s.max(0), axis=0)),
            partial(_mixed, share=_softmax, after=np.nan_to_num),
            partial(_mixed, share=lambda s: _softmax(np.where(s > 0, s, -np.inf), axis=0)),
            partial(
                _mixed,
                share=lambda s: _softmax(np.where(s > 0, s - s.max(0), -np.inf), axis=0),
            ),
            partial(_mixed, share=lambda s: _softmax(_by_total(s), axis=0)),
        ),
        "exp was taken of the denominators. They are sums of exponentials already: a share is a "
        "denominator divided by the sum of them all, and nothing more.",
    ),
    Mistake(
        "rows that no branch kept are nan",
        (
            partial(_mixed, share=lambda s: s / s.sum(0)),
            partial(_mixed, after=lambda mixed: np.where(mixed.any(1)[:, None], mixed, np.nan)),
        ),
        "Where all denominators are zero, 0 is divided by 0, and the row is nan. Such a row should "
        "be zeros: what could stand below the line instead, so that nothing is divided by 0?",
    ),
    Mistake(
        "equal weight to kept branches",
        (
            partial(_mixed, share=_equally),
            partial(_mixed, share=lambda s: (s > 0) / (s > 0).sum(0)),
        ),
        "Every branch that keeps a row has the same share of it. The shares follow the "
        "denominators: twice the denominator, twice the share.",
    ),
    Mistake(
        "not divided by the sum of the denominators",
        (
            partial(_mixed, share=_unchanged),
            partial(_mixed, share=lambda s: s / len(s)),
            partial(_mixed, share=lambda s: _divided(s, s.max(0))),
            partial(_mixed, share=lambda s: s / s.max()),
            partial(_mixed, share=lambda s: _divided(s, np.sqrt((s**2).sum(0)))),
        ),
        "The outputs were multiplied by the denominators, and that was not undone. The shares of a "
        "row sum to 1: divide by the sum of all branches' denominators.",
    ),
    Mistake(
        "divided by the denominators instead of multiplied",
        (
            partial(_mixed, share=_upside_down),
            partial(_mixed, share=lambda s: (1 / s) / (1 / s).sum(0)),
            partial(_mixed, share=lambda s: np.divide(1, s, out=np.zeros_like(s), where=s > 0)),
            partial(_mixed, share=lambda s: 1 / s),
            partial(_mixed, share=lambda s: 1 - _by_total(s)),
            partial(_mixed, share=lambda s: (1 - _by_total(s)) / max(1, len(s) - 1)),
        ),
        "The shares are upside down: the smaller its denominator, the more a branch counts. A "
        "large denominator means that much was found there, and the share is large too.",
    ),
    Mistake(
        "outputs taken for sums that are not yet divided",
        (
            partial(_mixed, share=lambda s: _divided(np.ones_like(s), s.sum(0))),
            partial(_mixed, share=lambda s: np.ones_like(s) / s.sum(0)),
        ),
        "The outputs were added up and then divided by all denominators. They have been divided "
        "once, each in its own branch: multiply by a branch's denominator before you add.",
    ),
    Mistake(
        "shares in the wrong branch",
        (
            partial(_mixed, choose=lambda s: s[::-1]),
            partial(_mixed, choose=lambda s: np.roll(s, 1, axis=0)),
            partial(_mixed, choose=lambda s: np.roll(s, -1, axis=0)),
            partial(_mixed, share=lambda s: np.repeat(_by_total(s)[:1], len(s), axis=0)),
            partial(_mixed, share=lambda s: np.repeat(_by_total(s)[-1:], len(s), axis=0)),
        ),
        "The outputs of one branch meet the share of another. Each branch has its own: the same "
        "index for both.",
    ),
    Mistake(
        "shares over the positions instead of the branches",
        (
            partial(_mixed, share=lambda s: _divided(s, s.sum(1, keepdims=True))),
            partial(_mixed, share=lambda s: _softmax(s, axis=1)),
            partial(_mixed, share=lambda s: s / s.sum()),
        ),
        "The denominators were divided by their sum over the positions, or over everything. In "
        "each row it is the branches that share out 1 among them.",
    ),
    Mistake(
        "one share for a whole branch",
        (
            partial(_mixed, choose=lambda s: np.repeat(s.sum(1, keepdims=True), s.shape[1], 1)),
            partial(_mixed, choose=lambda s: np.repeat(s.max(1, keepdims=True), s.shape[1], 1)),
            partial(_mixed, choose=lambda s: np.repeat(s[:, :1], s.shape[1], 1)),
        ),
        "A branch has the same share in every row. The shares are made row by row: a branch may "
        "know much of one position and nothing of the next.",
    ),
    Mistake(
        "only the strongest branch",
        (
            partial(_mixed, share=_largest),
            partial(_mixed, share=_first_kept),
            partial(_mixed, share=lambda s: _first_kept(s[::-1])[::-1]),
            partial(_mixed, add=lambda shares, outputs: (shares[:, :, None] * outputs).max(0)),
            lambda outputs, denominators: np.max(outputs, axis=0),
        ),
        "In each row one branch was chosen, the strongest or the first that keeps it. All branches "
        "have their share.",
    ),
    Mistake(
        "only one branch",
        (
            partial(_mixed, add=lambda shares, outputs: outputs[0]),
            partial(_mixed, add=lambda shares, outputs: outputs[-1]),
            partial(_mixed, add=lambda shares, outputs: shares[0, :, None] * outputs[0]),
            partial(_mixed, add=lambda shares, outputs: shares[-1, :, None] * outputs[-1]),
            lambda outputs, denominators: _mixed(outputs[:2], denominators[:2]),
            lambda outputs, denominators: _mixed(outputs[1:], denominators[1:]),
        ),
        "Not all branches are in the result: one is missing, or only one is there. Look at where "
        "your loop starts and ends, and whether each part is added (`+=`) or replaces the one "
        "before (`=`).",
    ),
    Mistake(
        "a branch counted twice",
        (
            partial(_mixed, add=lambda shares, outputs: _added(shares, outputs) + outputs[0]),
            partial(_mixed, add=lambda shares, outputs: _added(shares, outputs) + outputs[-1]),
            partial(
                _mixed,
                add=lambda shares, outputs: (
                    _added(shares, outputs) + shares[0, :, None] * outputs[0]
                ),
            ),
            partial(_mixed, share=lambda s: _divided(s, s.sum(0) + s[0])),
            partial(_mixed, share=lambda s: _divided(s, s[1:].sum(0))),
        ),
        "The first or the last branch is in the outputs or in the sum of the denominators twice, "
        "or not at all. Look at what your sum starts with, and where the loop starts.",
    ),
    Mistake(
        "mixed two by two, the total not carried on",
        (
            partial(_pairwise, grow=lambda total, s: s),
            partial(_pairwise, grow=lambda total, s: total),
            partial(_pairwise, grow=np.maximum),
            partial(_pairwise, grow=lambda total, s: (total + s) / 2),
        ),
        "The branches are mixed one after another. What has been mixed so far stands for all "
        "branches before, so its denominator is their sum, and has to grow with each.",
    ),
    Mistake(
        "powers or logarithms of the denominators",
        (
            partial(_mixed, choose=np.square),
            partial(_mixed, choose=np.sqrt),
            partial(_mixed, choose=np.log1p),
            partial(_mixed, choose=lambda s: np.log(np.where(s > 0, s, 1.0))),
            partial(_mixed, choose=np.log, share=lambda s: s / s.sum(0)),
            partial(_mixed, choose=np.log, share=lambda s: s / s.sum(0), after=np.nan_to_num),
            partial(_mixed, share=lambda s: _by_total(s) ** 2),
        ),
        "The shares are not proportional to the denominators: a square, a root or a logarithm came "
        "between. Three times the denominator is three times the share.",
    ),
    Mistake(
        "something added to the denominators",
        (
            *(
                partial(_mixed, share=lambda s, c=c: s / (s.sum(0) + c))
                for c in (1.0, 0.1, 1e-2, 1e-3)
            ),
            partial(_mixed, share=lambda s: s / np.maximum(s.sum(0), 1.0)),
            partial(_mixed, choose=lambda s: s + 1),
            partial(_mixed, choose=lambda s: s + 1e-2),
            partial(_mixed, choose=lambda s: np.where(s > 0, s, 1.0)),
        ),
        "Something was added so that nothing is divided by 0, and it changes the other rows too. "
        "Replace the zeros alone, and only below the line.",
    ),
    Mistake(
        "a row is zero as soon as one branch skips it",
        (
            partial(_mixed, share=lambda s: np.where((s > 0).all(0), _by_total(s), 0.0)),
            partial(_mixed, share=lambda s: np.where((s > 0).all(0), s / s.sum(0), np.nan)),
        ),
        "A row that some branches skip is zero (or nan), although another branch keeps it. Zeros "
        "are for rows that no branch keeps.",
    ),
    Mistake(
        "a share for each row has to become a column",
        (
            lambda outputs, denominators: denominators[0] * outputs[0],
            lambda outputs, denominators: outputs[0] * denominators[0],
            lambda outputs, denominators: outputs[0] / denominators[0],
            lambda outputs, denominators: np.array(denominators) * np.array(outputs),
            lambda outputs, denominators: np.array(outputs) * np.array(denominators),
            lambda outputs, denominators: np.array(outputs) / np.array(denominators),
        ),
        "A share belongs to a whole row of outputs, and NumPy lines axes up from the end. Give the "
        "shares one more axis, of length 1, at the end.",
    ),
    Mistake(
        "lists used like arrays",
        (
            lambda outputs, denominators: outputs / denominators,
            lambda outputs, denominators: outputs * denominators,
            lambda outputs, denominators: denominators / 1.0,
            lambda outputs, denominators: outputs.shape,
            lambda outputs, denominators: denominators.sum(0),
            lambda outputs, denominators: denominators.shape,
        ),
        "outputs and denominators are lists, one entry a branch, and lists know no arithmetic. Go "
        "through the branches in a loop, or make arrays of them first.",
    ),
    Mistake(
        "summed over the positions",
        (
            partial(_mixed, add=lambda shares, outputs: np.einsum("bt,btd->d", shares, outputs)),
            partial(_mixed, add=lambda shares, outputs: np.einsum("bt,btd->bd", shares, outputs)),
            partial(_mixed, add=lambda shares, outputs: np.einsum("bt,btd->bt", shares, outputs)),
            partial(_mixed, add=lambda shares, outputs: np.einsum("bt,btd->t", shares, outputs)),
        ),
        "A sum swallowed an axis that is still needed. It runs over the branches; positions and "
        "features stay.",
    ),
    Mistake(
        "branches put side by side",
        (
            partial(_mixed, add=lambda shares, outputs: np.concatenate(list(outputs), axis=-1)),
            partial(_mixed, add=lambda shares, outputs: np.concatenate(list(outputs))),
            partial(
                _mixed,
                add=lambda shares, outputs: np.concatenate(
                    list(shares[:, :, None] * outputs), axis=-1
                ),
            ),
            partial(
                _mixed,
                add=lambda shares, outputs: np.concatenate(list(shares[:, :, None] * outputs)),
            ),
            partial(_mixed, add=lambda shares, outputs: shares[:, :, None] * outputs),
            partial(_mixed, add=lambda shares, outputs: outputs),
        ),
        "The branches stand beside or below each other, or in a list. They become one: multiply "
        "each by its shares and add up, so that (T, d_value) is left.",
    ),
    Mistake(
        "the shares came back",
        (
            partial(_mixed, add=lambda shares, outputs: shares),
            partial(_mixed, add=lambda shares, outputs: shares.T),
            partial(_mixed, add=lambda shares, outputs: shares.sum(0)),
        ),
        "These are the shares, one for each branch and row. They still have to be multiplied with "
        "the outputs, and added up over the branches.",
    ),
    Mistake(
        "more than the outputs came back",
        (
            lambda outputs, denominators: (mix_branches(outputs, denominators), sum(denominators)),
            lambda outputs, denominators: (
                mix_branches(outputs, denominators),
                _by_total(np.array(denominators)),
            ),
        ),
        "The denominators or the shares came back as well. The result is one array, the mixed "
        "outputs.",
    ),
    Mistake(
        "inputs changed in place",
        (
            _into_first(lambda o, s, result: o[0].__setitem__(..., result)),
            _into_first(lambda o, s, result: o[0].__imul__(s[0][:, None])),
            _into_first(
                lambda o, s, result: [one.__imul__(a[:, None]) for one, a in zip(o, s, strict=True)]
            ),
            _into_first(lambda o, s, result: [a.__setitem__(a == 0, 1.0) for a in s]),
            _into_first(lambda o, s, result: s[0].__setitem__(..., sum(s))),
            _into_first(
                lambda o, s, result: [
                    one.__imul__(a[:, None])
                    for one, a in zip(o, _by_total(np.array(s)), strict=True)
                ]
            ),
            _into_first(lambda o, s, result: o.append(result)),
        ),
        "The numbers are right, but what was passed in is not what it was: a name for the first "
        "branch is no copy of it, and `+=` or `*=` then writes into it. Start from zeros.",
    ),
)


def _unlike_its_only_branch(
    parts: Parts, outputs: Sequence[ndarray], denominators: Sequence[ndarray]
) -> str | None:
    """Say which row is not as it should be where one branch alone keeps it, or none."""
    kept = np.array(denominators) > 0
    for row in range(kept.shape[1]):
        here = np.flatnonzero(kept[:, row])
        ours = parts[0][row]
        if not len(here) and ours.any():
            return f"No branch keeps row {row}, so it should be zeros."
        if len(here) == 1 and not np.allclose(ours, outputs[here[0]][row], 1e-3, 1e-5):
            return (
                f"Row {row} is kept by one branch alone, number {here[0]}: its share is 1, and its "
                "row should come back as it is."
            )
    return None


def _beyond_all_branches(
    parts: Parts, outputs: Sequence[ndarray], denominators: Sequence[ndarray]
) -> str | None:
    """Say where a mixture lies outside what is mixed."""
    all_outputs = np.array(outputs)
    low, high = all_outputs.min(0) - 1e-3, all_outputs.max(0) + 1e-3
    outside = np.argwhere((parts[0] < low) | (parts[0] > high))
    if not len(outside):
        return None
    row, feature = map(int, outside[0])
    return (
        f"Row {row}, feature {feature} lies outside what the branches have there. The shares of a "
        "row sum to 1, and none is negative."
    )


EXERCISES = (
    Exercise(
        name="mix_branches",
        lesson="11",
        parameters=("outputs", "denominators"),
        reference=mix_branches,
        kind=array_of("seq_len", "d_value"),
        cases=_found,
        mistakes=_MIX_MISTAKES,
        hints=(
            "Take one row. Branch A has the denominator 3 there, branch B has 1. Three quarters of "
            "the mixture come from A: how do you get from 3 and 1 to three quarters?",
            "The shares are made row by row: each branch's denominators, divided by the sum over "
            "all branches. Where that sum is 0, any other number below the line will do.",
            "A share multiplies a whole row of outputs, so the shares need one more axis, of "
            "length 1. Then add up over the branches.",
        ),
        laws=(Law(_unlike_its_only_branch), Law(_beyond_all_branches)),
    ),
)
