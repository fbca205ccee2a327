"""Lesson 11, last part: how many pairs dilated attention compares."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import Parts, array_of

Branches = list[tuple[int, int]]


def _sizes(rng: np.random.Generator) -> Iterator[Case]:
    """Yield counts that stay small: the tolerance lets large ones pass that are off by one."""
    drawn = [_drawn(rng, n_branches) for n_branches in (1, 3)]
    for seq_len, branches in (
        (8, [(5, 2)]),
        (11, [(4, 1), (9, 3)]),
        (13, [(4, 3), (20, 5)]),
        (16, [(4, 1), (8, 2), (16, 4)]),
        (9, [(4, 6)]),
        (29, [(8, 2), (12, 5), (40, 7)]),
        *drawn,
    ):
        many = "branch" if len(branches) == 1 else "branches"
        yield Case(f"{seq_len} positions and {len(branches)} {many}", (seq_len, branches))


def _drawn(rng: np.random.Generator, n_branches: int) -> tuple[int, Branches]:
    lengths, dilations = rng.permutation(np.arange(4, 12)), rng.permutation(np.arange(2, 6))
    pairs = zip(lengths[:n_branches].tolist(), dilations[:n_branches].tolist(), strict=True)
    return int(rng.integers(17, 40)), list(pairs)


def _impossible(parts: Parts, seq_len: int, branches: Branches) -> str | None:
    """Say where a count is smaller or larger than any way of choosing pairs could make it."""
    count, most = float(parts[0]), len(branches) * seq_len**2
    if not 0 < count <= most:
        return (
            f"You count {count:.4g} pairs. {seq_len} positions make {seq_len}² pairs in each "
            f"branch at the most, {most} here, and there is at least one."
        )
    return None


EXERCISE = Exercise(
    name="attended_pairs",
    lesson="11",
    parameters=("seq_len", "branches"),
    reference=reference.attended_pairs,
    kind=array_of(numbers="int"),
    cases=_sizes,
    mistakes=Mistakes(__name__),
    hints=(
        "Begin with one segment of 5 positions and dilation 2. Which places are kept, and how "
        "many pairs of a query and a key do they make, each with itself included?",
        "Go through the segments of a branch and ask how long each one is: all are "
        "segment_length long, but for the last. Then through the branches.",
        "A segment keeps its length divided by the dilation, rounded up. Square that, and add "
        "up over segments and branches.",
    ),
    laws=(Law(_impossible),),
)
