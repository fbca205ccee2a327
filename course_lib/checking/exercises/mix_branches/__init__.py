"""Lesson 11, third part: what several branches found, mixed."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
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


EXERCISE = Exercise(
    name="mix_branches",
    lesson="11",
    parameters=("outputs", "denominators"),
    reference=mix_branches,
    kind=array_of("seq_len", "d_value"),
    cases=_found,
    mistakes=Mistakes(__name__),
    hints=(
        "Take one row. Branch A has the denominator 3 there, branch B has 1. Three quarters of "
        "the mixture come from A: how do you get from 3 and 1 to three quarters?",
        "The shares are made row by row: each branch's denominators, divided by the sum over "
        "all branches. Where that sum is 0, any other number below the line will do.",
        "A share multiplies a whole row of outputs, so the shares need one more axis, of "
        "length 1. Then add up over the branches.",
    ),
    laws=(Law(_unlike_its_only_branch), Law(_beyond_all_branches)),
)
