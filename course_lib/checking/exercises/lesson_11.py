"""The exercises of lesson 11, first part: which positions a dilated branch keeps."""

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.results import Parts
from course_lib.checking.rows import rows_of

# seq_len, segment_length, dilation, offset: a last segment that is short, that keeps nothing, that
# is full; segments longer than the sequence, and shorter than the offset
_SIZES = (
    (8, 5, 2, 1),
    (11, 4, 3, 2),
    (13, 6, 4, 3),
    (6, 10, 4, 1),
    (12, 4, 2, 0),
    (17, 7, 3, 1),
    (10, 3, 1, 0),
    (14, 3, 5, 2),
    (9, 2, 6, 5),
)


def sizes_in_words(seq_len: int, segment_length: int, dilation: int, offset: int) -> str:
    """Name one input as the lesson would."""
    return (
        f"{seq_len} positions, segment_length {segment_length}, dilation {dilation}, "
        f"offset {offset}"
    )


def _sizes(rng: np.random.Generator) -> Iterator[Case]:
    """Yield fixed sizes that can tell, and two that were never seen before."""
    drawn = []
    for least in (20, 30):
        dilation = int(rng.integers(3, 6))
        segment_length = dilation * int(rng.integers(1, 4)) + 1
        drawn.append((least + int(rng.integers(10)), segment_length, dilation, 1))
    for sizes in (*_SIZES, *drawn):
        yield Case(sizes_in_words(*sizes), sizes)


def _unchanged(anything: Any) -> Any:
    return anything


def _segments(seq_len: int, segment_length: int, dilation: int, offset: int) -> list[ndarray]:
    starts = range(0, seq_len, segment_length)
    return [np.arange(start, min(start + segment_length, seq_len)) for start in starts]


def _in_step(segment: ndarray, dilation: int, offset: int, number: int) -> ndarray:
    return segment[offset::dilation]


def positions_with_faults(
    seq_len: int,
    segment_length: int,
    dilation: int,
    offset: int,
    *,
    cut: Callable = _segments,
    keep: Callable = _in_step,
    name: Callable = lambda kept, segment: kept,
    after: Callable = _unchanged,
) -> Any:
    """List kept positions with any of the things that can go wrong with it.

    Parameters
    ----------
    cut : makes the segments
    keep : chooses some of a segment's positions, and knows the segment's number
    name : says what stands for a kept position in the result
    after : what is done to the list last
    """
    segments = cut(seq_len, segment_length, dilation, offset)
    kept = [keep(segment, dilation, offset, i) for i, segment in enumerate(segments)]
    return after([name(some, segment) for some, segment in zip(kept, segments, strict=True)])


def _where(rule: Callable) -> Callable:
    """Keep the positions of which a rule (position, place, dilation, offset) is true."""

    def keep(segment: ndarray, dilation: int, offset: int, number: int) -> ndarray:
        return segment[rule(segment, np.arange(len(segment)), dilation, offset)]

    return keep


def _cut_at(make_starts: Callable, make_end: Callable) -> Callable:
    """Cut segments with other starts and ends."""

    def cut(n: int, length: int, dilation: int, offset: int) -> list[ndarray]:
        starts = make_starts(n, length, dilation, offset)
        return [np.arange(start, make_end(start, n, length)) for start in starts]

    return cut


def _every_start(n: int, length: int, dilation: int, offset: int) -> range:
    return range(0, n, length)


def _clipped(start: int, n: int, length: int) -> int:
    return min(start + length, n)


def _numbered(count: Callable) -> Callable:
    """Cut as many segments as asked for, whether there is anything in them or not."""
    return _cut_at(lambda n, length, r, o: range(0, count(n, length) * length, length), _clipped)


def _in_pieces(count: Callable) -> Callable:
    """Share the sequence out among so many pieces, of nearly equal length."""
    return lambda n, length, r, o: np.array_split(np.arange(n), max(1, count(n, length)))


def _only_inside(kept: ndarray, segment: ndarray) -> ndarray:
    return kept[np.isin(kept, segment)]


def _shifted(segment: ndarray, dilation: int, offset: int, number: int) -> ndarray:
    return segment[::dilation] + offset


def _places(kept: ndarray, segment: ndarray) -> ndarray:
    return kept - segment[0] if len(segment) else kept


def _mask(kept: ndarray, segment: ndarray) -> ndarray:
    return np.isin(segment, kept)


def _filled(rows: list[ndarray], filler: float) -> ndarray:
    table = np.full((len(rows), max(map(len, rows), default=0)), filler)
    for row, kept in zip(table, rows, strict=True):
        row[: len(kept)] = kept
    return table


def _by_place(rows: list[ndarray]) -> list[list]:
    """Turn rows into columns: the first of every row, then the second, and so on."""
    longest = max(map(len, rows), default=0)
    return [[row[place] for row in rows if place < len(row)] for place in range(longest)]


def _whole_sequence_masks(n: int, length: int, r: int, o: int) -> list[ndarray]:
    kept = positions_with_faults(n, length, r, o)
    return [np.isin(np.arange(n), some) for some in kept]


_CUT_MISTAKES = (
    Mistake(
        "last short segment dropped",
        (
            partial(positions_with_faults, cut=_numbered(lambda n, length: n // length)),
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(0, n - length, length), _clipped),
            ),
            partial(positions_with_faults, cut=_numbered(lambda n, length: max(1, n // length))),
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(0, n - 1, length), _clipped),
            ),
        ),
        "The sequence ends before your segments do: what is left over at the end is a segment too, "
        "only a shorter one, and so is a sequence that is shorter than one segment. Where does "
        "your loop over the starts stop?",
    ),
    Mistake(
        "past the end of the sequence",
        (
            partial(
                positions_with_faults,
                cut=_cut_at(_every_start, lambda start, n, length: start + length),
            ),
        ),
        "The last segment goes on beyond the end: positions of seq_len and more do not exist. A "
        "segment ends at its full length or where the sequence ends, whichever comes first.",
    ),
    Mistake(
        "segments that run on to the end of the sequence",
        (partial(positions_with_faults, cut=_cut_at(_every_start, lambda start, n, length: n)),),
        "Each segment begins where it should, and then runs on to the end of the sequence, through "
        "all segments after it. A segment ends after segment_length positions.",
    ),
    Mistake(
        "segments forgotten",
        (
            partial(positions_with_faults, cut=lambda n, length, r, o: [np.arange(n)]),
            lambda n, length, r, o: [np.arange(o, n, r)],
        ),
        "The whole sequence was taken for one segment: the list holds one array for all of it. "
        "First cut the sequence into segments; each has an array of its own.",
    ),
    Mistake(
        "equal pieces instead of segments of a given length",
        (
            partial(positions_with_faults, cut=_in_pieces(lambda n, length: n // length)),
            partial(positions_with_faults, cut=_in_pieces(lambda n, length: ceil(n / length))),
        ),
        "The sequence was shared out in pieces of nearly equal length, as `array_split` does. "
        "Every segment is segment_length long, and only the last may be shorter: say where to cut, "
        "not into how many pieces.",
    ),
    Mistake(
        "cut in a way that needs equal segments",
        (
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.split(np.arange(n), n // length),
            ),
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.split(np.arange(n), ceil(n / length)),
            ),
            partial(
                positions_with_faults, cut=lambda n, length, r, o: np.split(np.arange(n), length)
            ),
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.arange(n).reshape(-1, length),
            ),
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.arange(n).reshape(n // length, length),
            ),
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.arange(n).reshape(ceil(n / length), length),
            ),
        ),
        "`reshape` and `split` can only cut into segments of equal length, and the last one may be "
        "shorter. Go from start to start instead.",
    ),
    Mistake(
        "a fraction where a whole number is needed",
        (
            lambda n, length, r, o: range(n / length),
            lambda n, length, r, o: np.zeros(n / length),
            lambda n, length, r, o: np.split(np.arange(n), n / length),
        ),
        "The number of segments became a fraction: `/` always gives a float. And the last segment, "
        "the short one, counts as a whole segment too.",
    ),
    Mistake(
        "segment_length taken for the number of segments",
        (
            partial(positions_with_faults, cut=_in_pieces(lambda n, length: length)),
            partial(
                positions_with_faults,
                cut=_cut_at(
                    lambda n, length, r, o: range(0, n, max(1, n // length)),
                    lambda start, n, length: min(start + max(1, n // length), n),
                ),
            ),
        ),
        "There are segment_length segments. The number says how long one segment is; how many "
        "there are follows from seq_len.",
    ),
    Mistake(
        "an extra segment at the end",
        (
            partial(positions_with_faults, cut=_numbered(lambda n, length: n // length + 1)),
            partial(positions_with_faults, after=lambda rows: [*rows, np.array([])]),
        ),
        "There is one segment too many: where the sequence ends exactly with a segment, an empty "
        "one follows in your list. Where does your loop over the starts stop?",
    ),
    Mistake(
        "segments too long or too short by one",
        (
            partial(
                positions_with_faults,
                cut=_cut_at(_every_start, lambda start, n, length: min(start + length - 1, n)),
            ),
            partial(
                positions_with_faults,
                cut=_cut_at(_every_start, lambda start, n, length: min(start + length, n - 1)),
            ),
            partial(
                positions_with_faults,
                cut=_cut_at(_every_start, lambda start, n, length: min(start + length, n) - 1),
            ),
            partial(
                positions_with_faults,
                cut=_cut_at(_every_start, lambda start, n, length: min(start + length + 1, n)),
            ),
            partial(
                positions_with_faults,
                cut=_cut_at(
                    lambda n, length, r, o: range(0, n, length + 1),
                    lambda start, n, length: min(start + length, n),
                ),
            ),
        ),
        "A segment ends one position too early or too late, or its last position is never looked "
        "at. In Python the end of a range is not part of it, so one segment's end is the next "
        "one's start.",
    ),
    Mistake(
        "segments begin at the offset",
        (
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(o, n, length), _clipped),
                keep=lambda segment, r, o, i: segment[::r],
            ),
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(o, n, length), _clipped),
            ),
        ),
        "The offset moved the segments themselves: the first one begins at `offset` instead of 0. "
        "Segments begin at 0; the offset says where in each of them the first kept one stands.",
    ),
    Mistake(
        "segments overlap",
        (
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(0, n, r), _clipped),
            ),
            partial(positions_with_faults, cut=_cut_at(lambda n, length, r, o: range(n), _clipped)),
            partial(
                positions_with_faults,
                cut=_cut_at(lambda n, length, r, o: range(0, n, max(1, length // 2)), _clipped),
            ),
        ),
        "Your segments share positions: each starts before the last one has ended. From one start "
        "to the next is a whole segment_length.",
    ),
    Mistake(
        "segments as long as segment_length × dilation",
        (
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: _segments(n, length * r, r, o),
            ),
            lambda n, length, r, o: [
                np.arange(n)[o::r][i : i + length] for i in range(0, len(range(o, n, r)), length)
            ],
        ),
        "Your segments hold segment_length *kept* positions. The length is counted before anything "
        "is left out: first cut the sequence, then keep some of each segment.",
    ),
    Mistake(
        "segments cut by the dilation",
        (
            lambda n, length, r, o: positions_with_faults(n, r, length, o),
            partial(positions_with_faults, cut=lambda n, length, r, o: _segments(n, r, r, o)),
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: _segments(n, max(1, length // r), r, o),
            ),
            lambda n, length, r, o: [
                np.arange(n)[o::r][i : i + max(1, length // r)]
                for i in range(0, len(range(o, n, r)), max(1, length // r))
            ],
        ),
        "segment_length and dilation are mixed up: the dilation decides how long a segment is. "
        "A segment is segment_length long, whatever is kept of it.",
    ),
    Mistake(
        "the rest joined to the last full segment",
        (
            partial(
                positions_with_faults,
                cut=lambda n, length, r, o: np.split(
                    np.arange(n), [length * i for i in range(1, max(1, n // length))]
                ),
            ),
        ),
        "What is left over at the end was put into the segment before it. It is a segment of its "
        "own, a short one.",
    ),
)

_KEEP_MISTAKES = (
    Mistake(
        "dilation over the whole sequence: drifts at borders",
        (
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: i % r == o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: (i - o) % r == 0)),
        ),
        "The steps run on from one segment into the next, so the offset drifts wherever "
        "segment_length is no multiple of the dilation. Counting begins anew at each segment's "
        "border: what decides is the place within the segment, not the position in the sequence.",
    ),
    Mistake(
        "offset ignored",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[::r]),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: i % r == 0)),
        ),
        "Every segment is kept from its first position on. The offset says at which place of the "
        "segment to begin.",
    ),
    Mistake(
        "dilation ignored",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o:]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[: max(0, len(s) - o)]),
        ),
        "Neighbours are kept, nothing is left out between them. With a dilation of 3, one position "
        "in three is kept.",
    ),
    Mistake(
        "offset in the first segment only",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[(0 if i else o) :: r]),
            lambda n, length, r, o: [
                np.arange(max(start, o), min(start + length, n), r) for start in range(0, n, length)
            ],
        ),
        "The offset is applied in the first segment and not in the others. It is the same in each "
        "segment, counted from that segment's own start.",
    ),
    Mistake(
        "offset added after the steps",
        (
            partial(positions_with_faults, keep=_shifted),
            lambda n, length, r, o: [
                kept[kept < n] for kept in positions_with_faults(n, length, r, o, keep=_shifted)
            ],
            lambda n, length, r, o: [
                np.minimum(kept, n - 1)
                for kept in positions_with_faults(n, length, r, o, keep=_shifted)
            ],
        ),
        "The steps start at the segment's start, and the offset is added to what was found. The "
        "last of them may then lie outside the segment: begin at the offset instead.",
    ),
    Mistake(
        "wrapped round inside the segment",
        (
            partial(
                positions_with_faults,
                keep=lambda s, r, o, i: s[(np.arange(0, len(s), r) + o) % max(1, len(s))],
            ),
            partial(positions_with_faults, keep=lambda s, r, o, i: np.roll(s, -o)[::r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: np.roll(s, o)[::r]),
        ),
        "Positions from the end of a segment come round to its beginning, or the other way. "
        "Counting starts at the offset and stops at the segment's end.",
    ),
    Mistake(
        "offset with the wrong sign",
        (
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: (p + o) % r == 0)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r == (r - o) % r)),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[::r] - o),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[-o::r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[r - o - 1 :: r]),
            lambda n, length, r, o: [
                np.arange(start - o, min(start + length, n), r) for start in range(0, n, length)
            ],
        ),
        "The offset goes the wrong way: it is counted backwards. It is the place of the first "
        "position that is kept, counted from the segment's start.",
    ),
    Mistake(
        "offset too large or too small by one",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o + 1 :: r]),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: (p + 1) % r == o)),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[max(0, o - 1) :: r]),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r == (o + 1) % r)),
        ),
        "The first kept place is one beside the offset. Places count from 0: with offset 0 the "
        "first position of a segment is kept.",
    ),
    Mistake(
        "offset multiplied",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o * r :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o * len(s) :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[2 * o :: r]),
        ),
        "The offset is counted in steps of the dilation, or doubled. It is one place, counted in "
        "single positions from the segment's start.",
    ),
    Mistake(
        "another offset in each segment",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[(o + i) % r :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[i % r :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o + i :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o * i % r :: r]),
        ),
        "The offset changes from segment to segment. It may differ from head to head, and then "
        "whoever calls the function says so; within one call it stays the same.",
    ),
    Mistake(
        "the wrong step",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: r + 1]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: max(1, r - 1)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: 2 * r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::2]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: 2**r]),
        ),
        "The step from one kept position to the next is not the dilation. Dilation 2 keeps every "
        "second position, dilation 3 every third.",
    ),
    Mistake(
        "offset and dilation swapped",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[r::o]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[r :: max(1, o)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[::o]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[:: max(1, o)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[r:]),
            lambda n, length, r, o: [np.arange(s, s + length, o) for s in range(0, n, length)],
            lambda n, length, r, o: [range(s, s + length, o) for s in range(0, n, length)],
        ),
        "The offset is used as the step, or the dilation as the start. The dilation is the step "
        "from one kept position to the next; the offset is where to begin.",
    ),
    Mistake(
        "the other positions",
        (
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r != o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: i % r != o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r != 0)),
        ),
        "Kept and left out are inverted: these are the positions that the branch skips. Look at "
        "your condition: `!=` or `==`?",
    ),
    Mistake(
        "a range of places instead of one in so many",
        (
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r >= o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r <= o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p % r > o)),
            partial(positions_with_faults, keep=_where(lambda i, p, r, o: p // r == o)),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : o + r]),
        ),
        "A whole run of neighbours is kept where there should be one in every `dilation`. Look at "
        "the comparison, and at whether it is the remainder that you compare.",
    ),
    Mistake(
        "a block of neighbours",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : o + ceil(len(s) / r)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : o + len(s) // r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[: ceil(len(s) / r)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[: len(s) // r]),
        ),
        "As many positions are kept as the dilation leaves, but they are neighbours. They should "
        "stand apart, `dilation` from each other.",
    ),
    Mistake(
        "dilation taken for the number kept",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: max(1, len(s) // r)]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][:r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o :: max(1, len(s) // r)][:r]),
        ),
        "The dilation decides how many positions are kept. It is the distance between them: the "
        "longer the segment, the more are kept.",
    ),
    Mistake(
        "the last kept position missing",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : len(s) // r * r : r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][: len(s) // r]),
            lambda n, length, r, o: [
                kept[: length // r] for kept in positions_with_faults(n, length, r, o)
            ],
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][:-1]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : len(s) - o : r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : max(0, len(s) - r) : r]),
        ),
        "At the end of a segment a position is missing: a group that is not full still has its "
        "place at the offset. Where does your step through the segment stop?",
    ),
    Mistake(
        "only one position of each segment",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o : o + 1]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][:1]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][-1:]),
        ),
        "One position came back for each segment. From the offset on, every `dilation`-th one is "
        "kept, until the segment ends.",
    ),
    Mistake(
        "the first position or the offset missing",
        (
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o + r :: r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[o::r][1:]),
        ),
        "The first kept position of each segment is missing: the one that stands at the offset "
        "itself.",
    ),
)

_FORM_MISTAKES = (
    Mistake(
        "segment-relative positions",
        (
            partial(positions_with_faults, name=_places),
            lambda n, length, r, o: [np.arange(o, length, r) for _ in range(0, n, length)],
            lambda n, length, r, o: [
                np.arange(o, length, r) + i for i in range(len(range(0, n, length)))
            ],
            lambda n, length, r, o: [
                np.arange(o, length, r) + i * r for i in range(len(range(0, n, length)))
            ],
        ),
        "Your numbers are places within a segment, counted from its own start. The result holds "
        "positions in the whole sequence: what has to be added, and is it the segment's start or "
        "only its number?",
    ),
    Mistake(
        "positions counted from 1",
        (partial(positions_with_faults, name=lambda kept, segment: kept + 1),),
        "Every position is one too large. Positions count from 0, as everywhere in Python.",
    ),
    Mistake(
        "masks instead of positions",
        (
            partial(positions_with_faults, name=_mask),
            _whole_sequence_masks,
            partial(positions_with_faults, keep=lambda s, r, o, i: s % r == o),
            partial(positions_with_faults, name=lambda kept, s: np.where(_mask(kept, s), s, -1)),
            partial(positions_with_faults, name=lambda kept, s: np.where(_mask(kept, s), s, 0)),
        ),
        "Each segment came back with an entry for every one of its positions, kept or not: a mask. "
        "Wanted are the positions themselves, only those that are kept.",
    ),
    Mistake(
        "how many are kept instead of which",
        (
            partial(positions_with_faults, after=lambda rows: sum(map(len, rows))),
            partial(positions_with_faults, name=lambda kept, segment: [len(kept)]),
        ),
        "Your numbers count the kept positions. Wanted are the positions themselves, an array for "
        "each segment.",
    ),
    Mistake(
        "one flat array instead of a list",
        (
            partial(positions_with_faults, after=np.concatenate),
            lambda n, length, r, o: np.arange(o, n, r),
        ),
        "What came back is one row of numbers, so nobody can see where a segment ends. Return a "
        "list with one array for each segment: collect them with `append`, not with `extend`.",
    ),
    Mistake(
        "empty segments dropped",
        (partial(positions_with_faults, after=lambda rows: [row for row in rows if len(row)]),),
        "A segment that keeps nothing is missing from your list. It still has its place there, as "
        "an empty array, so that the list has an entry for every segment.",
    ),
    Mistake(
        "padded to equal length",
        (
            *(
                partial(positions_with_faults, after=partial(_filled, filler=filler))
                for filler in (-1, 0, np.nan)
            ),
            lambda n, length, r, o: _filled(positions_with_faults(n, length, r, o), n),
            lambda n, length, r, o: [
                np.arange(start + o, start + length, r).clip(0, n - 1)
                for start in range(0, n, length)
            ],
        ),
        "Short rows were filled up so that all are equally long. Segments may keep different "
        "numbers of positions: a list can hold arrays of different lengths.",
    ),
    Mistake(
        "segments in the wrong order",
        (
            partial(positions_with_faults, after=lambda rows: rows[::-1]),
            partial(positions_with_faults, after=lambda rows: rows[1:] + rows[:1]),
        ),
        "The right arrays stand in another order. The first array belongs to the first segment.",
    ),
    Mistake(
        "positions in reverse",
        (
            partial(positions_with_faults, name=lambda kept, segment: kept[::-1]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[::-1][o::r]),
            partial(positions_with_faults, keep=lambda s, r, o, i: s[::-1][o::r][::-1]),
        ),
        "Positions run backwards within a segment, or the offset is counted from the segment's "
        "end. They go up, from the segment's start.",
    ),
    Mistake(
        "grouped by place instead of by segment",
        (
            partial(positions_with_faults, after=_by_place),
            lambda n, length, r, o: [np.arange(n)[start::r] for start in range(r)],
            lambda n, length, r, o: [np.arange(n)[start::r] for start in range(o, r)],
            lambda n, length, r, o: [np.arange(n)[start::length] for start in range(o, length, r)],
        ),
        "The arrays collect positions of the same place from all segments, or one array for every "
        "offset. Each array belongs to one segment.",
    ),
    Mistake(
        "only one segment came back",
        (
            partial(positions_with_faults, after=lambda rows: rows[:1]),
            partial(positions_with_faults, after=lambda rows: rows[-1:]),
        ),
        "One segment's positions came back. Is there a `return` inside the loop, or does each "
        "segment replace the one before? The list collects them all.",
    ),
    Mistake(
        "a generator instead of a list",
        (partial(positions_with_faults, after=lambda rows: (row for row in rows)),),
        "The arrays are handed out one by one, by `yield`, by an expression in round brackets or "
        "by `map`. Put them into a list.",
    ),
    Mistake(
        "one axis too many",
        (
            partial(positions_with_faults, name=lambda kept, segment: kept[:, None]),
            partial(positions_with_faults, name=lambda kept, segment: (kept,)),
            partial(positions_with_faults, after=lambda rows: [rows]),
        ),
        "Each entry of your list has an axis too many: `np.where` and `np.nonzero` give a tuple "
        "with the positions inside, and `np.argwhere` a column. Wanted are plain 1-D arrays.",
    ),
    Mistake(
        "sets instead of arrays",
        (partial(positions_with_faults, name=lambda kept, segment: set(kept.tolist())),),
        "Each segment is a set, and sets have no order. Return arrays of positions, going up.",
    ),
    Mistake(
        "a dict instead of a list",
        (partial(positions_with_faults, after=lambda rows: dict(enumerate(rows))),),
        "Your segments stand in a dict. Return a list: its order says which segment is which.",
    ),
    Mistake(
        "starts and ends instead of positions",
        (
            partial(
                positions_with_faults,
                name=lambda kept, s: [s[0], s[-1] + 1],
            ),
            partial(positions_with_faults, name=lambda kept, s: [s[0], s[-1]]),
            lambda n, length, r, o: [
                [start + o, min(start + length, n), r] for start in range(0, n, length)
            ],
            lambda n, length, r, o: [
                slice(start + o, min(start + length, n), r) for start in range(0, n, length)
            ],
            partial(positions_with_faults, name=lambda kept, s: slice(s[0], s[-1] + 1)),
        ),
        "These are a segment's borders, or a slice. Wanted are all the positions that it keeps.",
    ),
)


def _outside_its_segment(
    parts: Parts, seq_len: int, segment_length: int, dilation: int, offset: int
) -> str | None:
    """Say which segment is the first that holds what is not its own."""
    counts, positions = parts
    ends = np.cumsum(counts).astype(int)
    for number, some in enumerate(np.split(positions, ends[:-1])):
        first = number * segment_length
        last = min(first + segment_length, seq_len) - 1
        for position in some:
            if not first <= position <= last:
                return (
                    f"Segment {number} reaches from position {first} to {last}, but holds "
                    f"{position:.4g}."
                )
    return None


EXERCISES = (
    Exercise(
        name="dilated_positions",
        lesson="11",
        parameters=("seq_len", "segment_length", "dilation", "offset"),
        reference=reference.dilated_positions,
        kind=rows_of("segment", "positions"),
        cases=_sizes,
        mistakes=(*_CUT_MISTAKES, *_KEEP_MISTAKES, *_FORM_MISTAKES),
        hints=(
            "Take paper: write 0 to 7 in a row, cut it after every fifth number, and in each piece "
            "circle every second one, beginning with the second. Counting begins anew after a cut.",
            "Go from one segment's start to the next, in steps of segment_length. A segment ends "
            "after segment_length positions, or where the sequence ends: the smaller of the two.",
            "Within a segment the kept positions are a range with three numbers: where it begins "
            "(the segment's start and the offset together), where it ends, and its step.",
        ),
        laws=(Law(_outside_its_segment),),
    ),
)
