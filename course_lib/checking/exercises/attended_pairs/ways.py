"""Steps that the ways of `attended_pairs` share."""

from math import ceil  # noqa: F401  (lines use it)

from course_lib.attention import reference


def sizes_of(seq_len: int, segment_length: int) -> list[int]:
    """List how long each segment is."""
    return [min(segment_length, seq_len - start) for start in range(0, seq_len, segment_length)]


def all_pairs(seq_len: int, branches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """List every pair of positions as often as it is compared."""
    return [
        (int(query), int(key))
        for segment_length, dilation in branches
        for kept in reference.dilated_positions(seq_len, segment_length, dilation)
        for query in kept
        for key in kept
    ]
