"""Lesson 00, the dot product, written out."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.bytecode import ready_made_products
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.inputs import readable
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of


def dot_product(a: Float[ndarray, "length"], b: Float[ndarray, "length"]) -> float:
    """Multiply two vectors number by number and add up.

    Examples
    --------
    >>> dot_product(np.array([1.0, 2.0, 3.0]), np.array([4.0, 0.0, -1.0]))
    1.0
    """
    return float(sum(x * y for x, y in zip(a, b, strict=True)))


def _inputs(rng: np.random.Generator) -> Iterator[Case]:
    """Several lengths, so that no fixed number will do."""
    yield Case("vectors of length 3", tuple(readable(rng, 2, 3)))
    for length in (5, 8, 4, 13):
        a, b = rng.normal(size=(2, length))
        yield Case(f"vectors of length {length}", (a, b))
    yield Case("vectors of length 6 with large numbers", tuple(30 * rng.normal(size=(2, 6))))


def _remark(function: Callable[..., Any]) -> str | None:
    products = ready_made_products(function)
    if not products:
        return None
    named = " and ".join(f"`{product}`" for product in products)
    return (
        f"One remark: {named} does it all in one word, and from lesson 02 on so do we. Here the "
        "point was to write it out once: multiply, then add up. Try that too, if you like."
    )


EXERCISE = Exercise(
    name="dot_product",
    lesson="00",
    parameters=("a", "b"),
    reference=dot_product,
    kind=array_of(),
    cases=_inputs,
    mistakes=Mistakes(__name__),
    hints=(
        "Do it on paper for two vectors of three numbers: multiply the numbers that stand in "
        "the same place, then add up the three products.",
        "A total that starts at zero, a loop over the places, one product added to the total "
        "in each step, and the total returned after the loop.",
        "`zip` goes through two vectors side by side and gives a pair of numbers at each step. "
        "Or multiply the arrays as a whole, and then sum what comes out.",
    ),
    remark=_remark,
)
