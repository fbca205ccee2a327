"""The exercise of lesson 11, last part: how many pairs dilated attention compares."""

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
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


def _unchanged(anything: Any) -> Any:
    return anything


def _as_given(length: int, dilation: int) -> tuple[int, int]:
    return length, dilation


def _segments(seq_len: int, length: int) -> list[int]:
    """List how long each segment is."""
    return [min(length, seq_len - start) for start in range(0, seq_len, length)]


def _rounded_up(size: int, dilation: int) -> int:
    return ceil(size / dilation)


def _squared(kept: float, size: int, dilation: int) -> float:
    return kept**2


def _counted(
    seq_len: int,
    branches: Branches,
    *,
    read: Callable = _as_given,
    cut: Callable = _segments,
    keep: Callable = _rounded_up,
    pair: Callable = _squared,
    segments: Callable = sum,
    total: Callable = sum,
    after: Callable = lambda count, seq_len: count,
) -> Any:
    """Count pairs with any of the things that can go wrong with it.

    Parameters
    ----------
    read : makes segment_length and dilation of a branch
    cut : lists how long the segments are
    keep : from the length of a segment, how many positions of it are kept
    pair : from how many are kept, how many pairs they make
    segments, total : add up the counts of all segments, and of all branches
    after : what is done to the count last
    """
    counts = []
    for branch in branches:
        length, dilation = read(*branch)
        sizes = cut(seq_len, length)
        counts.append(segments([pair(keep(size, dilation), size, dilation) for size in sizes]))
    return after(total(counts), seq_len)


def _all_pairs(seq_len: int, branches: Branches) -> list[tuple[int, int]]:
    """List every pair of positions as often as it is compared."""
    return [
        (int(query), int(key))
        for length, dilation in branches
        for kept in reference.dilated_positions(seq_len, length, dilation)
        for query in kept
        for key in kept
    ]


def _in_step_throughout(seq_len: int, branches: Branches) -> int:
    """Count as if the dilation ran on across the borders of segments."""
    count = 0
    for length, dilation in branches:
        for start in range(0, seq_len, length):
            inside = range(start, min(start + length, seq_len))
            count += sum(i % dilation == 0 for i in inside) ** 2
    return count


_MISTAKES = (
    Mistake(
        "dilation applied once instead of to queries and keys",
        (
            partial(_counted, pair=lambda kept, size, r: kept * size),
            partial(_counted, pair=lambda kept, size, r: ceil(size**2 / r)),
            partial(_counted, pair=lambda kept, size, r: size**2 // r),
            partial(_counted, pair=lambda kept, size, r: size**2 / r),
            lambda n, branches: sum(n * w / r for w, r in branches),
            lambda n, branches: sum(n * w // r for w, r in branches),
            lambda n, branches: sum(n * ceil(w / r) for w, r in branches),
            lambda n, branches: sum(n * ceil(min(n, w) / r) for w, r in branches),
        ),
        "Only one side is thinned out: every position of a segment meets the kept ones. Both "
        "queries and keys are kept positions, so the dilation counts twice.",
    ),
    Mistake(
        "segments forgotten",
        (partial(_counted, cut=lambda n, length: [n]),),
        "You counted as if the whole sequence were one segment. Positions meet only inside their "
        "segment: count the pairs of each segment, then add up.",
    ),
    Mistake(
        "last short segment dropped",
        (
            partial(_counted, cut=lambda n, length: [length] * (n // length)),
            partial(_counted, cut=lambda n, length: [min(n, length)] * max(1, n // length)),
            partial(_counted, cut=lambda n, length: [length] * max(1, n // length)),
        ),
        "What is left over at the end of the sequence is missing: the last segment is shorter, and "
        "counts as well. So does a sequence that is shorter than one segment.",
    ),
    Mistake(
        "last short segment counted in full",
        (
            partial(_counted, cut=lambda n, length: [length] * ceil(n / length)),
            partial(_counted, cut=lambda n, length: [min(n, length)] * ceil(n / length)),
            partial(_counted, cut=lambda n, length: [length] * (n // length + 1)),
        ),
        "Every segment was counted with its full length. The last one ends where the sequence "
        "ends, and so does a segment that is longer than the whole sequence.",
    ),
    Mistake(
        "a fraction of a segment",
        (
            lambda n, branches: sum(n / w * ceil(w / r) ** 2 for w, r in branches),
            lambda n, branches: sum(n / w * (w / r) ** 2 for w, r in branches),
            lambda n, branches: int(sum(n / w * (w / r) ** 2 for w, r in branches)),
            lambda n, branches: round(sum(n / w * (w / r) ** 2 for w, r in branches)),
            lambda n, branches: sum(int(n / w * (w / r) ** 2) for w, r in branches),
            lambda n, branches: sum(n * w / r**2 for w, r in branches),
            lambda n, branches: sum(n * w // r**2 for w, r in branches),
            lambda n, branches: int(sum(n / w * ceil(w / r) ** 2 for w, r in branches)),
            lambda n, branches: sum(int(n / w * ceil(w / r) ** 2) for w, r in branches),
            lambda n, branches: sum(int(n / w) * (w / r) ** 2 for w, r in branches),
            lambda n, branches: sum(n // w * (w // r) ** 2 for w, r in branches),
            lambda n, branches: sum(n // w * (w / r) ** 2 for w, r in branches),
            lambda n, branches: sum(-(-n // w) * (w / r) ** 2 for w, r in branches),
            lambda n, branches: sum(n * (min(n, w) / r) ** 2 / min(n, w) for w, r in branches),
        ),
        "You multiplied the number of segments, n / w, by the pairs of one full segment. That is "
        "the rule of thumb; counted exactly, the last segment is shorter than the others, and what "
        "a segment keeps is a whole number.",
    ),
    Mistake(
        "rounded down instead of up",
        (
            partial(_counted, keep=lambda size, r: size // r),
            partial(_counted, keep=lambda size, r: round(size / r)),
            partial(_counted, keep=lambda size, r: max(1, size // r)),
            partial(_counted, keep=lambda size, r: size // r + 1),
            lambda n, branches: sum(
                n // w * ceil(w / r) ** 2 + (n % w // r) ** 2 for w, r in branches
            ),
            lambda n, branches: sum(
                n // w * (w // r) ** 2 + ceil(n % w / r) ** 2 for w, r in branches
            ),
        ),
        "How many positions a segment keeps is rounded the wrong way. A segment of 5 with dilation "
        "2 keeps the places 0, 2 and 4: three. Where it does not divide, round up.",
    ),
    Mistake(
        "not rounded to whole positions",
        (
            partial(_counted, keep=lambda size, r: size / r),
            partial(_counted, keep=lambda size, r: size / r, after=lambda c, n: int(c)),
            partial(_counted, keep=lambda size, r: size / r, after=lambda c, n: ceil(c)),
            partial(_counted, keep=lambda size, r: size / r, after=lambda c, n: round(c)),
            partial(_counted, pair=lambda kept, size, r: ceil((size / r) ** 2)),
            partial(_counted, pair=lambda kept, size, r: int((size / r) ** 2)),
            partial(_counted, pair=lambda kept, size, r: round((size / r) ** 2)),
        ),
        "A segment keeps a whole number of positions, and it is made whole before it is squared: "
        "divided by the dilation, and rounded up.",
    ),
    Mistake(
        "dilation ignored",
        (
            partial(_counted, keep=lambda size, r: size),
            partial(_counted, keep=lambda size, r: size, cut=lambda n, length: [n]),
        ),
        "You counted all pairs, of the segments or of the whole sequence, as in dense attention. "
        "Only one position in `dilation` is kept.",
    ),
    Mistake(
        "positions counted instead of pairs",
        (
            partial(_counted, pair=lambda kept, size, r: kept),
            partial(_counted, pair=lambda kept, size, r: 2 * kept),
            partial(_counted, pair=lambda kept, size, r: size),
        ),
        "You counted the kept positions. Each of them, as a query, meets each of them, as a key: "
        "how many pairs does that make?",
    ),
    Mistake(
        "self-pairs left out",
        (
            partial(_counted, pair=lambda kept, size, r: kept * (kept - 1)),
            partial(_counted, pair=lambda kept, size, r: (kept - 1) ** 2),
            partial(_counted, after=lambda count, n: count - n),
        ),
        "A position also meets itself, and that pair counts: attention leaves nobody out.",
    ),
    Mistake(
        "every pair counted once only, as in a causal mask",
        (
            partial(_counted, pair=lambda kept, size, r: kept * (kept + 1) / 2),
            partial(_counted, pair=lambda kept, size, r: kept * (kept - 1) / 2),
            partial(_counted, after=lambda count, n: count / 2),
            partial(_counted, after=lambda count, n: count // 2),
        ),
        "This is half of them: the causal ones, or those where the order does not matter. Query 2 "
        "with key 4 and query 4 with key 2 are two pairs, and nothing is hidden here.",
    ),
    Mistake(
        "pairs in several branches counted once",
        (
            lambda n, branches: len(set(_all_pairs(n, branches))),
            lambda n, branches: len({tuple(sorted(pair)) for pair in _all_pairs(n, branches)}),
        ),
        "A pair that stands in two branches was counted once. Each branch computes it anew, so it "
        "counts as often as it is compared.",
    ),
    Mistake(
        "only one branch",
        (
            partial(_counted, total=lambda counts: counts[0]),
            partial(_counted, total=lambda counts: counts[-1]),
            partial(_counted, total=max),
            partial(_counted, total=min),
        ),
        "The count of one branch came back: the first, the last or the largest. Is there a "
        "`return` inside the loop, or an `=` where `+=` is meant?",
    ),
    Mistake(
        "only one segment of each branch",
        (
            partial(_counted, segments=lambda counts: counts[0]),
            partial(_counted, segments=lambda counts: counts[-1]),
            partial(_counted, segments=max),
        ),
        "One segment of each branch was counted, as if there were no others. How many segments "
        "does the sequence have, and how long is the last one?",
    ),
    Mistake(
        "squared after adding up",
        (
            partial(
                _counted, pair=lambda kept, size, r: kept, segments=lambda counts: sum(counts) ** 2
            ),
            partial(
                _counted,
                pair=lambda kept, size, r: kept,
                after=lambda count, n: count**2,
            ),
        ),
        "The kept positions of all segments were added up first, and then squared. So positions of "
        "different segments meet; square in each segment, then add up.",
    ),
    Mistake(
        "branches averaged or multiplied",
        (
            partial(_counted, total=lambda counts: sum(counts) / len(counts)),
            partial(_counted, total=lambda counts: sum(counts) // len(counts)),
            partial(_counted, total=lambda counts: np.prod(counts)),
            partial(_counted, segments=np.prod),
            partial(_counted, segments=np.mean),
        ),
        "Counts of branches or segments were averaged or multiplied. All of this work is done: add "
        "it up.",
    ),
    Mistake(
        "a list, not yet added up",
        (
            partial(_counted, total=_unchanged),
            partial(_counted, segments=_unchanged, total=_unchanged),
            partial(_counted, segments=_unchanged, total=lambda counts: [*map(len, counts)]),
        ),
        "One number came back for each branch, or for each segment. The result is a single number: "
        "add them up.",
    ),
    Mistake(
        "swapped: segment_length and dilation",
        (partial(_counted, read=lambda length, dilation: (dilation, length)),),
        "The two numbers of a branch changed places. The first is segment_length, the second the "
        "dilation.",
    ),
    Mistake(
        "dilation over the whole sequence",
        (
            _in_step_throughout,
            lambda n, branches: sum(
                sum(size**2 for size in _segments(ceil(n / r), w)) for w, r in branches
            ),
            lambda n, branches: sum(
                sum(size**2 for size in _segments(ceil(n / r), max(1, w // r))) for w, r in branches
            ),
            lambda n, branches: sum(
                sum(size**2 for size in _segments(ceil(n / r), ceil(w / r))) for w, r in branches
            ),
        ),
        "The sequence was thinned out first, and cut into segments afterwards. First come the "
        "segments; in each of them, counting begins anew with its first position.",
    ),
    Mistake(
        "all offsets counted",
        (
            partial(_counted, pair=lambda kept, size, r: r * kept**2),
            partial(_counted, pair=lambda kept, size, r: r * (size // r) ** 2),
            lambda n, branches: sum(
                len(kept) ** 2
                for w, r in branches
                for offset in range(r)
                for kept in reference.dilated_positions(n, w, r, offset)
            ),
        ),
        "The count is `dilation` times too large, about: it holds every offset, as if there were "
        "one head for each. One head with offset 0 is asked for.",
    ),
    Mistake(
        "multiplied by another number",
        (
            partial(_counted, after=lambda count, n: 2 * count),
            partial(_counted, after=lambda count, n: count * n),
            partial(_counted, after=lambda count, n: count / n),
            partial(_counted, after=lambda count, n: count // n),
            partial(_counted, after=lambda count, n: count / n**2),
        ),
        "The count was multiplied or divided by something in the end: doubled, or taken for each "
        "position. One pair counts 1, whatever it costs.",
    ),
    Mistake(
        "another power than the square",
        (
            partial(_counted, pair=lambda kept, size, r: kept**3),
            partial(_counted, pair=lambda kept, size, r: 2**kept),
            partial(_counted, pair=lambda kept, size, r: kept ^ 2),
        ),
        "Each of the kept queries meets each of the kept keys: that is a square. (In Python `^` is "
        "no power.)",
    ),
    Mistake(
        "the last segment not thinned out",
        (
            lambda n, branches: sum(n // w * ceil(w / r) ** 2 + (n % w) ** 2 for w, r in branches),
            lambda n, branches: sum(
                n // w * ceil(w / r) ** 2 + ceil((n % w) ** 2 / r) for w, r in branches
            ),
            lambda n, branches: sum(
                n // w * ceil(w / r) ** 2 + ceil(n % w / r) for w, r in branches
            ),
        ),
        "The full segments are counted rightly, but the short one at the end is not: it is thinned "
        "out and squared like all the others.",
    ),
    Mistake(
        "a minus sign under the square",
        (partial(_counted, after=lambda count, n: -count),),
        "The count is negative. In Python a power binds more tightly than a minus sign before it: "
        "brackets around what is squared help.",
    ),
    Mistake(
        "pairs that are left out",
        (
            lambda n, branches: sum(n**2 - len(_all_pairs(n, [branch])) for branch in branches),
            lambda n, branches: n**2 - len(_all_pairs(n, branches)),
            lambda n, branches: n**2,
        ),
        "These are all pairs of the sequence, or those that dilated attention leaves out. Wanted "
        "are the pairs that are compared.",
    ),
)


def _impossible(parts: Parts, seq_len: int, branches: Branches) -> str | None:
    """Say where a count is smaller or larger than any way of choosing pairs could make it."""
    count, most = float(parts[0]), len(branches) * seq_len**2
    if not 0 < count <= most:
        return (
            f"You count {count:.4g} pairs. {seq_len} positions make {seq_len}² pairs in each "
            f"branch at the most, {most} here, and there is at least one."
        )
    return None


EXERCISES = (
    Exercise(
        name="attended_pairs",
        lesson="11",
        parameters=("seq_len", "branches"),
        reference=reference.attended_pairs,
        kind=array_of(numbers="int"),
        cases=_sizes,
        mistakes=_MISTAKES,
        hints=(
            "Begin with one segment of 5 positions and dilation 2. Which places are kept, and how "
            "many pairs of a query and a key do they make, each with itself included?",
            "Go through the segments of a branch and ask how long each one is: all are "
            "segment_length long, but for the last. Then through the branches.",
            "A segment keeps its length divided by the dilation, rounded up. Square that, and add "
            "up over segments and branches.",
        ),
        laws=(Law(_impossible),),
    ),
)
