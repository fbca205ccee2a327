"""Slips with hops, written as a learner writes them."""

import pytest

from course_lib.checking import evaluate


def misspelt(i, j, kind):
    if i == j:
        return 0
    if kind == "Recurrent":
        return abs(i - j)
    if kind == "attention":
        return 1
    return None


def both_misspelt(i, j, kind):
    if i == j:
        return 0
    if kind == "Recurrent":
        return abs(i - j)
    if kind == "Attention":
        return 1
    return None


def without_the_same(i, j, kind):
    if kind == "recurrent":
        return abs(i - j)
    return 1 if i != j else None


def forwards_only(i, j, kind):
    if i < j:
        return j - i if kind == "recurrent" else 1
    return 0


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (misspelt, "one kind forgotten"),
        (both_misspelt, "neither kind recognised"),
        (without_the_same, "nothing where i and j are the same"),
        (forwards_only, "only one direction"),
    ],
)
def test_a_slip_is_named(answer, title):
    assert evaluate("hops", answer).mistake == title


@pytest.mark.parametrize("answer", [misspelt, both_misspelt])
def test_a_misspelt_kind_is_asked_for(answer):
    assert "spelled as in the exercise" in evaluate("hops", answer).message


@pytest.mark.parametrize(("kind", "other"), [("Recurrent", "attention"), ("Attention", "else")])
def test_a_misspelt_kind_before_an_else_is_asked_for(kind, other):
    def answer(i, j, asked):
        chain = asked == kind if other == "attention" else asked != kind
        return abs(i - j) if chain else int(i != j)

    assert "is the kind spelled there as in the exercise" in evaluate("hops", answer).message
