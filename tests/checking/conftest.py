"""A tiny exercise of its own for tests of the checker, so that no lesson's text can break them."""

import gc
import math
from functools import partial

import numpy as np
import pytest

from course_lib.checking import engine, registry
from course_lib.checking.engine import LIMIT
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.guarding import Limit
from course_lib.checking.results import array_of


def shares(amounts, *, divide=True, axis=-1, order="rows by columns", empty=0.0):
    """Divide each row by its sum, or do what goes wrong with that; an empty row stays empty."""
    total = amounts.sum(axis=axis, keepdims=True) if divide else 1.0
    with np.errstate(all="ignore"):
        divided = np.where(total == 0, empty, amounts / total)
    return divided.T if order == "columns by rows" else divided


def _in_place(amounts):
    amounts /= np.where(amounts.sum(-1, keepdims=True) == 0, 1.0, amounts.sum(-1, keepdims=True))
    return amounts


def _inputs(rng):
    yield Case("2 rows of 3", (rng.integers(1, 5, (2, 3)).astype(float),))
    yield Case("4 rows of 5", (rng.random((4, 5)),))
    amounts = rng.random((3, 2))
    amounts[1] = 0
    yield Case("an empty row", (amounts,))


def _rows_sum_to_one(parts, amounts):
    sums = parts[0].sum(axis=-1)
    wrong = np.flatnonzero((np.abs(sums - 1) > 1e-6) & (amounts.sum(axis=-1) != 0))
    return f"Row {wrong[0]} sums to {sums[wrong[0]]:.3g}, not to 1." if wrong.size else None


MISTAKES = (
    Mistake("transposed", (partial(shares, order="columns by rows"),), "Rows first."),
    Mistake("over the columns", (partial(shares, axis=0),), "Each row is shared out."),
    Mistake("not divided", (partial(shares, divide=False),), "Divide by the sum."),
    Mistake("nan for an empty row", (partial(shares, empty=np.nan),), "0/0 is nan."),
    Mistake("in place", (_in_place,), "The caller's numbers are gone."),
    Mistake("matrix product", (lambda amounts: amounts @ amounts,), "Not a product."),
)

SHARES = {
    "name": "shares",
    "lesson": "00",
    "parameters": ("amounts",),
    "reference": shares,
    "kind": array_of("n_rows", "n_columns"),
    "cases": _inputs,
    "mistakes": MISTAKES,
    "hints": ("Think of a cake.", "Each row has a sum.", "Keep the axis that you sum over."),
    "laws": (Law(_rows_sum_to_one),),
}


@pytest.fixture
def offer(monkeypatch):
    """Return what makes the exercise `shares` the only one of the course, changed at will."""

    def with_changes(**changes):
        exercise = Exercise(**{**SHARES, **changes})
        monkeypatch.setattr(registry, "all_exercises", lambda: {exercise.name: exercise})
        return exercise

    return with_changes


@pytest.fixture
def exercise(offer):
    return offer()


@pytest.fixture(autouse=True)
def busy(monkeypatch):
    """Let a check take as long on the clock as a busy machine makes it; CPU time still counts."""
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=LIMIT.cpu_s, clock_s=math.inf))


@pytest.fixture(autouse=True)
def no_collection():
    """Let no stop fall into a callback of the garbage collector, which swallows it with a warning.

    In a notebook the next stop follows. Here a warning is an error.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def hurried(monkeypatch):
    """Give an answer that never ends little time, so that the test does not wait for it."""
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=0.3, clock_s=0.3))
