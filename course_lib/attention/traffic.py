"""What processes that share a sequence send to each other: counted, and by formula.

Bytes of keys, of values and of their gradients; they count once for each process that they are
for, as if everybody had a wire to everybody. The few numbers by which the processes compare their
shapes do not count.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from course_lib.attention.branches import Branch, checked_branches
from course_lib.errors import ShapeError


@dataclass(eq=False)
class Sent:
    """How much this process has sent since somebody began to count."""

    bytes_sent: int = 0


_counting: list[Sent] = []


@contextmanager
def counting() -> Iterator[Sent]:
    """Count the bytes that `gather_attention` and `ring_attention` send from this process.

    Examples
    --------
    >>> with counting() as sent:
    ...     note(24)
    >>> sent.bytes_sent
    24
    """
    sent = Sent()
    _counting.append(sent)
    try:
        yield sent
    finally:
        _counting.remove(sent)


def note(n_bytes: int) -> None:
    """Tell whoever counts that so many bytes leave this process."""
    for sent in _counting:
        sent.bytes_sent += n_bytes


def sharded_bytes(
    seq_len: int, n_processes: int, *, n_heads: int, d_head: int, bytes_per_number: int = 4
) -> int:
    """Say how much each process sends so that all may attend to all, for one text, way forth.

    Notes
    -----
    (n_processes − 1) · 2 · slice, whether it gathers or goes round a ring: when it gathers, its
    own keys and values go to each of the others; in a ring, each slice but one passes through it.
    On the way back it is twice that: keys and values once more, and the gradients of both (in
    float32 at least: three times that where keys and values are halves).

    Examples
    --------
    >>> sharded_bytes(1024, 4, n_heads=2, d_head=8)  # 3 · 2 · (2 · 256 · 8) numbers
    98304
    """
    slice_length = _slice_length(seq_len, n_processes)
    return (n_processes - 1) * 2 * n_heads * slice_length * d_head * bytes_per_number


def dilated_gather_bytes(
    seq_len: int,
    n_processes: int,
    branches: Sequence[Branch],
    *,
    n_heads: int,
    d_head: int,
    bytes_per_number: int = 4,
) -> list[int]:
    """Say how much each process would send for each branch of dilated attention, way forth.

    Parameters
    ----------
    seq_len, n_processes : the sequence, cut into equal slices, one a process
    branches : (segment_length, dilation) each
    n_heads, d_head, bytes_per_number : what one position's keys and values weigh

    Returns
    -------
    One number a branch: the bytes of the keys and values that the branch keeps from this
    process's slice, once for each *other* process that shares its segment.

    Raises
    ------
    ShapeError
        If the slices are not equally long, or a branch cuts across them: a segment has to lie
        within a slice or to be made of whole slices, and then the dilation has to divide a slice.

    Notes
    -----
    A segment within a slice costs nothing. A longer one, of w positions over w/slice processes,
    costs (w/slice − 1) · slice/r positions of each head: less than w/r, however long the sequence
    and however many the processes. So a given list of branches costs a bounded amount, where
    `sharded_bytes` grows with the number of processes. A list that grows with the sequence, so
    that its last segment always spans it, adds less than w/r for each branch that joins: with
    w and r doubling together, one constant for each doubling of the length.

    Where seq_len is no multiple of the segment, the last one has fewer processes and costs them
    less; the number is for all others. Causal or not, the same is sent.

    References
    ----------
    Ding et al. (2023), "LongNet", arXiv 2307.02486, section 3.

    Examples
    --------
    >>> dilated_gather_bytes(1024, 4, [(256, 1), (512, 2), (1024, 4)], n_heads=2, d_head=8)
    [0, 16384, 24576]
    """
    slice_length = _slice_length(seq_len, n_processes)
    position = 2 * n_heads * d_head * bytes_per_number
    checked_branches([w for w, _ in branches], [r for _, r in branches])
    return [_kept_for_others(seq_len, slice_length, branch) * position for branch in branches]


def _kept_for_others(seq_len: int, slice_length: int, branch: Branch) -> int:
    """Count the kept positions of one slice, once for each other process of its segment."""
    segment_length, dilation = min(branch[0], seq_len), branch[1]
    if slice_length % segment_length == 0:
        return 0
    if segment_length % slice_length or slice_length % dilation:
        raise ShapeError(
            f"expected segments that divide a slice of {slice_length}, or are whole slices that "
            f"their dilation divides; got the branch {branch}. Powers of two fit, where no "
            "dilation is greater than a slice is long."
        )
    return (segment_length // slice_length - 1) * (slice_length // dilation)


def _slice_length(seq_len: int, n_processes: int) -> int:
    if n_processes < 1 or seq_len % n_processes:
        raise ShapeError(
            f"expected a sequence that the processes can share equally; got seq_len={seq_len} and "
            f"n_processes={n_processes}. Pad the sequence to a multiple of their number."
        )
    return seq_len // n_processes
