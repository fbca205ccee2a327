"""The exercise of lesson 00: one dot product, written out."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.linalg import norm

from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Parts, array_of
from course_lib.checking.shortcuts import ready_made_products


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
    yield Case("vectors of length 3", (readable(rng, 3), readable(rng, 3)))
    for length in (5, 8, 4, 13):
        a, b = rng.normal(size=(2, length))
        yield Case(f"vectors of length {length}", (a, b))
    yield Case("vectors of length 6 with large numbers", tuple(30 * rng.normal(size=(2, 6))))


def _unchanged(result: Any, *_: Any) -> Any:
    return result


def _dot(
    a: ndarray,
    b: ndarray,
    *,
    meet: Callable = np.multiply,
    gather: Callable = np.sum,
    after: Callable = _unchanged,
) -> Any:
    """Compute a dot product with any of the things that can go wrong with it."""
    return after(gather(meet(a, b)), a, b)


_MISTAKES = (
    Mistake(
        "product not summed",
        (partial(_dot, gather=np.asarray),),
        "You multiplied number by number, and that is the first half. A dot product then adds all "
        "the products up, so that one single number is left.",
    ),
    Mistake(
        "sum instead of product",
        (partial(_dot, meet=np.add), partial(_dot, meet=np.subtract)),
        "The two numbers of a pair were added or subtracted. In a dot product they are multiplied; "
        "only the products are added up.",
    ),
    Mistake(
        "divided by the length",
        (
            partial(_dot, after=lambda dot, a, b: dot / len(a)),
            partial(_dot, after=lambda dot, a, b: dot / (2 * len(a))),
        ),
        "This is the mean of the products: their sum was divided by how many there are. A dot "
        "product is the plain sum.",
    ),
    Mistake(
        "divided by the square root of the length",
        (partial(_dot, after=lambda dot, a, b: dot / np.sqrt(len(a))),),
        "The sum was scaled by the root of the number of features. That scale comes in lesson 03; "
        "a dot product is the plain sum.",
    ),
    Mistake(
        "cosine similarity",
        (partial(_dot, after=lambda dot, a, b: dot / (norm(a) * norm(b))),),
        "The sum was divided by the lengths (norms) of both vectors, so it is the cosine of their "
        "angle. The dot product keeps the lengths: it is not normalised.",
    ),
    Mistake(
        "one vector normalised",
        (
            partial(_dot, after=lambda dot, a, b: dot / norm(a)),
            partial(_dot, after=lambda dot, a, b: dot / norm(b)),
            partial(_dot, after=lambda dot, a, b: dot / norm(a) ** 2),
            partial(_dot, after=lambda dot, a, b: dot / norm(b) ** 2),
        ),
        "The result was divided by the length (norm) of one of the vectors. A dot product takes "
        "both as they are: nothing is divided.",
    ),
    Mistake(
        "lengths or angle alone",
        (
            lambda a, b: norm(a) * norm(b),
            lambda a, b: np.arccos(np.clip(a @ b / (norm(a) * norm(b)), -1, 1)),
            lambda a, b: np.degrees(np.arccos(np.clip(a @ b / (norm(a) * norm(b)), -1, 1))),
        ),
        "These are the vectors' lengths multiplied, or the angle between them. The dot product "
        "needs neither: it pairs the numbers that stand in the same place.",
    ),
    Mistake(
        "every number with every other",
        (
            partial(_dot, meet=np.outer),
            lambda a, b: np.outer(a, b),
            lambda a, b: np.outer(b, a),
        ),
        "Every number of one vector met every number of the other: an outer product, or the "
        "product of the two sums. Only the same place meets: first with first, second with second.",
    ),
    Mistake(
        "only some of the products",
        (
            partial(_dot, gather=lambda products: products[0]),
            partial(_dot, gather=lambda products: products[-1]),
            partial(_dot, gather=lambda products: products[:-1].sum()),
            partial(_dot, gather=lambda products: products[1:].sum()),
            partial(_dot, gather=lambda products: products[1:-1].sum()),
            partial(_dot, gather=np.max),
        ),
        "Not every product is in the sum. Look at where your loop starts and ends, whether "
        "`return` stands inside it, and whether each product is added (`+=`) or replaces the one "
        "before (`=`).",
    ),
    Mistake(
        "a fixed number of products",
        tuple(partial(_dot, gather=lambda p, n=n: p[:n].sum()) for n in (2, 3, 4, 5, 6)),
        "Your sum stops after a fixed number of products. Vectors come in every length: take the "
        "number of steps from the vector itself.",
    ),
    Mistake(
        "one step too many",
        (lambda a, b: sum(a[i] * b[i] for i in range(len(a) + 1)),),
        "Your loop asks for a number behind the last one. Places are counted from 0: which index "
        "is the last that a vector has?",
    ),
    Mistake(
        "one vector with itself",
        (
            partial(_dot, meet=lambda a, b: a * a),
            partial(_dot, meet=lambda a, b: b * b),
        ),
        "One of the vectors is multiplied with itself, and the other one never enters. Look at "
        "the names on both sides of your product.",
    ),
    Mistake(
        "distance instead of dot product",
        (
            partial(_dot, meet=lambda a, b: (a - b) ** 2),
            partial(_dot, meet=lambda a, b: (a - b) ** 2, after=lambda d, a, b: np.sqrt(d)),
            partial(_dot, meet=lambda a, b: np.abs(a - b)),
        ),
        "This measures how far apart the vectors are. A dot product multiplies the numbers of a "
        "pair and adds up the products; nothing is subtracted.",
    ),
    Mistake(
        "sign lost",
        (
            partial(_dot, after=lambda dot, a, b: np.abs(dot)),
            partial(_dot, after=lambda dot, a, b: -dot),
            partial(_dot, meet=lambda a, b: np.abs(a * b)),
            partial(_dot, meet=lambda a, b: (a * b) ** 2),
            partial(_dot, gather=lambda products: products[products > 0].sum()),
        ),
        "The signs are not those of a dot product. Negative products count as negative, and a "
        "negative result is a meaningful one: the vectors point away from each other.",
    ),
    Mistake(
        "products multiplied, not added",
        (partial(_dot, gather=np.prod), partial(_dot, gather=lambda products: 0.0)),
        "The products were multiplied with each other (`*=`; started from 0, that stays 0). They "
        "are to be added up.",
    ),
    Mistake(
        "the sum starts from the wrong number",
        (
            partial(_dot, gather=lambda products: 1 + products.sum()),
            partial(_dot, gather=lambda products: products[0] + products.sum()),
            partial(_dot, gather=lambda products: products[-1] + products.sum()),
        ),
        "Something is in the sum already before the first product is added. What should an empty "
        "sum be?",
    ),
    Mistake(
        "wrong partners",
        (
            partial(_dot, meet=lambda a, b: a * b[::-1]),
            partial(_dot, meet=lambda a, b: a * np.roll(b, 1)),
            partial(_dot, meet=lambda a, b: a * np.roll(b, -1)),
            partial(_dot, meet=lambda a, b: np.sort(a) * np.sort(b)),
        ),
        "The numbers that meet do not stand in the same place: one vector is reversed, sorted or "
        "shifted against the other. Both need the same index.",
    ),
    Mistake(
        "running sums instead of the total",
        (partial(_dot, gather=np.cumsum),),
        "Each step of the sum came back, not the total alone. Which of them holds all the "
        "products?",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_dot, after=lambda dot, a, b: np.trunc(dot)),
            partial(_dot, after=lambda dot, a, b: np.round(dot)),
            partial(_dot, after=lambda dot, a, b: np.floor(dot)),
            partial(_dot, meet=lambda a, b: np.trunc(a * b)),
            partial(_dot, meet=lambda a, b: np.trunc(a) * np.trunc(b)),
        ),
        "Something was rounded or cut to whole numbers on the way. Look for `int`, `round` or "
        "`//`, and leave the numbers as they are.",
    ),
    Mistake(
        "rounded",
        tuple(partial(_dot, after=lambda dot, a, b, n=n: np.round(dot, n)) for n in (1, 2)),
        "The result is rounded. Return it as it is and round only when you print it.",
    ),
    Mistake(
        "input changed in place",
        (
            partial(_dot, meet=lambda a, b: np.multiply(a, b, out=a)),
            partial(_dot, meet=lambda a, b: np.multiply(a, b, out=b)),
        ),
        "The number is right, but one of the vectors now holds the products: it was changed in "
        "place. Whoever called you still needs it. Look for `*=` or `[...] =`.",
    ),
)


def _too_long(parts: Parts, a: ndarray, b: ndarray) -> str | None:
    longest = norm(a) * norm(b)
    if abs(parts[0]) <= longest * 1.001:
        return None
    return (
        f"{parts[0]:.4g} is too far from 0: these vectors are {norm(a):.4g} and {norm(b):.4g} "
        f"long, and a dot product is never larger than the product of the lengths."
    )


def _remark(function: Callable[..., Any]) -> str | None:
    products = ready_made_products(function)
    if not products:
        return None
    named = " and ".join(f"`{product}`" for product in products)
    return (
        f"One remark: {named} does it all in one word, and from lesson 02 on so do we. Here the "
        "point was to write it out once: multiply, then add up. Try that too, if you like."
    )


EXERCISES = (
    Exercise(
        name="dot_product",
        lesson="00",
        parameters=("a", "b"),
        reference=dot_product,
        kind=array_of(),
        cases=_inputs,
        mistakes=_MISTAKES,
        hints=(
            "Do it on paper for two vectors of three numbers: multiply the numbers that stand in "
            "the same place, then add up the three products.",
            "A total that starts at zero, a loop over the places, one product added to the total "
            "in each step, and the total returned after the loop.",
            "`zip` goes through two vectors side by side and gives a pair of numbers at each step. "
            "Or multiply the arrays as a whole, and then sum what comes out.",
        ),
        laws=(Law(_too_long),),
        remark=_remark,
    ),
)
