"""Lesson 10, bytes: what the scores of one layer take, all heads and sentences together."""

from collections.abc import Iterator

import numpy as np

from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def score_matrix_bytes(batch_size: int, n_heads: int, seq_len: int, bytes_per_number: int) -> int:
    """Say how much memory the scores of one layer take, all heads and sentences together."""
    return batch_size * n_heads * seq_len**2 * bytes_per_number


def _layers(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes of four different ranges, from one that can be counted by hand to a long text."""
    yield _layer(2, 3, 5, 4)
    for lengths, width in (
        ((17, 90), 2),
        ((100, 900), 8),
        ((1000, 9000), 1),
        ((10_000, 99_999), 4),
    ):
        batch_size, n_heads = int(rng.integers(2, 7)), int(rng.integers(7, 17))
        yield _layer(batch_size, n_heads, int(rng.integers(*lengths)), width)


def _layer(batch_size: int, n_heads: int, seq_len: int, bytes_per_number: int) -> Case:
    about = f"batch {batch_size}, {n_heads} heads, {seq_len} tokens, {bytes_per_number} bytes each"
    return Case(about, (batch_size, n_heads, seq_len, bytes_per_number))


EXERCISE = Exercise(
    name="score_matrix_bytes",
    lesson="10",
    parameters=("batch_size", "n_heads", "seq_len", "bytes_per_number"),
    reference=score_matrix_bytes,
    kind=array_of(numbers="int"),
    cases=_layers,
    mistakes=Mistakes(__name__),
    hints=(
        "Draw the table of scores of one head for one sentence. How many rows has it, how "
        "many columns, and so how many numbers?",
        "Then count the tables: how many heads, in how many sentences? And each number takes "
        "its bytes.",
        "Four factors, one of them squared.",
    ),
)
