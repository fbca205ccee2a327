"""Lesson 10, operations: what the two products of attention take."""

from collections.abc import Iterator

import numpy as np

from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def attention_flops(seq_len: int, d_model: int) -> int:
    """Count the operations of QKᵀ and AV, over all heads; a multiply-add is 2."""
    multiply_adds_of_one_product = seq_len * seq_len * d_model
    return 2 * 2 * multiply_adds_of_one_product


def _widths(rng: np.random.Generator) -> Iterator[Case]:
    """Short and wide, long and narrow, neither ever a multiple of the other."""
    yield _width(5, 3)
    for lengths, widths in (((11, 20), (23, 40)), ((41, 90), (5, 10)), ((500, 900), (1000, 1500))):
        yield _width(int(rng.integers(*lengths)), int(rng.integers(*widths)))
    yield _width(int(rng.integers(40, 99)) * 100 + 1, 64)  # more than 32 bits can hold


def _width(seq_len: int, d_model: int) -> Case:
    return Case(f"{seq_len} tokens and d_model {d_model}", (seq_len, d_model))


EXERCISE = Exercise(
    name="attention_flops",
    lesson="10",
    parameters=("seq_len", "d_model"),
    reference=attention_flops,
    kind=array_of(numbers="int"),
    cases=_widths,
    mistakes=Mistakes(__name__),
    hints=(
        "Take one score of one head: a dot product over d_head features, so d_head "
        "multiply-adds. How many scores has a head, and how wide are all heads together?",
        "The second product mixes the values with the weights. For each query and each "
        "feature it runs over all keys: is that more, less, or as much as the first?",
        "Two products, each seq_len² times d_model multiply-adds, and each of those counts as "
        "two operations.",
    ),
)
