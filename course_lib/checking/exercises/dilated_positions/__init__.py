"""Lesson 11, first part: which positions a dilated branch keeps."""

from collections.abc import Iterator

import numpy as np

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law
from course_lib.checking.mistakes.reading import Mistakes
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


EXERCISE = Exercise(
    name="dilated_positions",
    lesson="11",
    parameters=("seq_len", "segment_length", "dilation", "offset"),
    reference=reference.dilated_positions,
    kind=rows_of("segment", "positions"),
    cases=_sizes,
    mistakes=Mistakes(__name__),
    hints=(
        "Take paper: write 0 to 7 in a row, cut it after every fifth number, and in each piece "
        "circle every second one, beginning with the second. Counting begins anew after a cut.",
        "Go from one segment's start to the next, in steps of segment_length. A segment ends "
        "after segment_length positions, or where the sequence ends: the smaller of the two.",
        "Within a segment the kept positions are a range with three numbers: where it begins "
        "(the segment's start and the offset together), where it ends, and its step.",
    ),
    laws=(Law(_outside_its_segment),),
)
