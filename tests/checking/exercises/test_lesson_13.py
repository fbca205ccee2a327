"""What the check of a learner's own test says: who survived, who was accused, what would help."""

import json
from importlib.resources import files

import numpy as np
import pytest

from course_lib.attention import reference
from course_lib.checking import engine, evaluate
from course_lib.checking.exercises.lesson_13 import EXERCISES
from course_lib.checking.exercises.lesson_13_tally import MOST_SURVIVORS
from course_lib.checking.outcome import Outcome
from course_lib.checking.results import UnreadableError
from course_lib.checking.zoo import BROKEN, CORRECT, ZOO, laws, specimen_of
from course_lib.checking.zoo.broken import CHANGES_ARRAYS

pytestmark = pytest.mark.usefixtures("shapes_unchecked")

(EXERCISE,) = EXERCISES


def compared(*sizes):
    """Return a test as readers write it: against a version that they trust, on drawn numbers."""

    def test(attention):
        rng = np.random.default_rng(0)
        for batch, seq_len, n_heads, d_head in sizes:
            x = rng.normal(size=(batch, seq_len, n_heads * d_head))
            weights = rng.normal(size=(4, x.shape[-1], x.shape[-1])) / np.sqrt(x.shape[-1])
            outputs = attention(x, *weights, n_heads)
            expected = reference.multi_head_attention(x, *weights, n_heads)
            if not np.allclose(outputs, expected):
                return True
        return False

    return test


@pytest.fixture(scope="module")
def zoo():
    return list(EXERCISE.cases(np.random.default_rng(0)))


def tallied(zoo, answer):
    """Count answers that are given by name: a function of the specimen."""
    answers = [answer(specimen_of(case.args[0])) for case in zoo]
    return EXERCISE.tally(zoo, [outcome(each) for each in answers])


def outcome(answer):
    return Outcome(unreadable="got None") if answer is None else Outcome((np.array(answer),))


def sparing(*names):
    return lambda specimen: specimen.is_broken and specimen.name not in names


# --- good tests


def test_the_solution_catches_all_and_accuses_none():
    source = files("course_lib.checking").joinpath("solutions.json").read_text("utf-8")
    room, asked = {"np": np}, []
    exec(json.loads(source)["suspicious"], room)

    def suspicious(attention):
        asked.append(attention)
        return room["suspicious"](attention)

    verdict = evaluate("suspicious", suspicious, 1)
    assert len(asked) == 48
    assert verdict.status == "correct"
    assert verdict.message == "All 32 broken ones are caught, and all 8 right ones cleared."


def test_a_plain_comparison_at_sizes_that_differ_is_a_good_test():
    verdict = evaluate("suspicious", compared((2, 5, 3, 4), (3, 7, 2, 5)), 1)
    assert verdict.status == "correct"
    assert "30 of 32 broken ones caught, and 8 of 8 right ones cleared" in verdict.message
    assert "If you like to go further:" in verdict.message
    assert "Let scores reach 1000" in verdict.message
    assert "the last call's keys still there" in verdict.message


@pytest.mark.parametrize("answer", [int, float, bool, np.bool_, np.array, np.int64])
def test_one_and_zero_are_welcome(answer):
    for truth in (True, False):
        (part,) = EXERCISE.kind.read(answer(truth))
        assert part == truth
        assert EXERCISE.kind.fault((part,)) is None


def test_fourteen_of_sixteen_are_enough_and_one_less_is_not(zoo):
    assert (len(BROKEN), len(CORRECT), MOST_SURVIVORS) == (32, 8, 4)  # as the exercise says
    names = [specimen.name for specimen in BROKEN[::6]]
    for n_survivors, passes in ((4, True), (5, False)):
        counted = tallied(zoo, sparing(*names[:n_survivors]))
        assert counted.passes == passes
        assert f"{32 - n_survivors} of 32" in counted.text
        assert ("(To pass: 28 and 8.)" in counted.text) != passes


# --- what survives


def test_every_survivor_is_named_beside_the_law_that_betrays_it(zoo):
    lines = tallied(zoo, lambda specimen: False).text.splitlines()
    for specimen in BROKEN:
        (line,) = [line for line in lines if specimen.why in line]
        assert specimen.name in line


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (laws.SENTENCES, "leaks from one sentence to another is caught"),
        (laws.HEADS_APART, "goes wrong between heads is caught"),
        (laws.BY_HAND, "No wrong scale is caught"),
    ],
)
def test_where_all_that_break_a_law_survive_a_sentence_says_so(zoo, law, words):
    first, *others = (specimen.name for specimen in BROKEN if specimen.why == law)
    assert words in tallied(zoo, sparing(first, *others)).text
    assert words not in tallied(zoo, sparing(*others)).text


def test_equal_sizes_are_named_though_a_right_version_is_at_hand():
    assert evaluate("suspicious", compared((4, 4, 4, 4)), 1).mistake == "all sizes the same number"


# --- what is accused


def test_who_accuses_a_right_one_reads_why_it_is_right(zoo):
    accused = CORRECT[1]
    counted = tallied(zoo, lambda specimen: specimen in (*BROKEN, accused))
    assert not counted.passes
    assert "32 of 32 broken ones caught, and 7 of 8 right ones cleared" in counted.text
    assert f"{accused.name}. {accused.why}" in counted.text
    assert "compare with a tolerance" in counted.text
    assert "changes the embeddings" not in counted.text


def test_arrays_that_all_attentions_share_are_found_out(zoo):
    met = []

    def spoilt(specimen):
        met.append(specimen.name)
        return specimen.is_broken or CHANGES_ARRAYS in met

    words = "after an attention that changes the embeddings"
    order = [specimen_of(case.args[0]) for case in zoo]
    where = [specimen.name for specimen in order].index(CHANGES_ARRAYS)
    assert {specimen.is_broken for specimen in order[:where]} == {True, False}
    counted = tallied(zoo, spoilt)
    assert not counted.passes
    assert words in counted.text
    assert "changed its mind" not in counted.text
    assert words not in tallied(zoo, lambda specimen: True).text


def test_answers_the_wrong_way_round_are_found_out_though_not_all_are(zoo):
    right = sparing("no scale", "half precision")
    assert "True and False swapped" in tallied(zoo, lambda s: not right(s)).text
    assert "True and False swapped" not in tallied(zoo, lambda s: False).text


# --- answers that are none


def test_a_test_that_changes_its_mind_is_told_so(zoo):
    asked = []

    def moody(specimen):
        asked.append(specimen)
        return specimen.is_broken if asked.count(specimen) == 1 else not specimen.is_broken

    counted = tallied(zoo, moody)
    (line,) = [line for line in counted.text.splitlines() if "changed its mind about" in line]
    assert not counted.passes
    assert "without a seed" in line
    named = [specimen for specimen in ZOO if specimen.name in line]
    assert {asked.count(specimen) for specimen in named} == {2}
    assert len(named) == 6
    assert "and 2 others" in line


def test_a_silence_about_a_single_one_is_no_good_test_either(zoo):
    counted = tallied(zoo, lambda s: None if s.name == "no scale" else s.is_broken)
    assert not counted.passes
    assert "No True or False came back for no scale." in counted.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.3, "expected True or False; got 0.3"),
        (np.ones((2, 5)) > 0, "expected one True or False; got an array of shape (2, 5)"),
    ],
)
def test_numbers_and_arrays_are_no_answers(answer, words):
    assert words in EXERCISE.kind.fault(EXERCISE.kind.read(answer))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("yes", "expected True or False; got a str"),
        (None, r"expected True or False; got None\. Did you forget `return`"),
    ],
)
def test_neither_are_words_nor_nothing(answer, words):
    with pytest.raises(UnreadableError, match=words):
        EXERCISE.kind.read(answer)


def test_what_the_test_raises_is_shown_with_its_line():
    def impatient(attention):
        return attention(np.ones((5, 6)), *np.ones((4, 6, 6)), 2).any()

    verdict = evaluate("suspicious", impatient, 1)
    assert verdict.status == "error"
    assert "ShapeError in your line `return attention(" in verdict.message
    assert "expected embeddings (batch, T, d_model)" in verdict.message


def test_a_slow_test_is_told_how_many_attentions_are_waiting(monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 0.3)

    def slow(attention):
        while True:
            pass

    verdict = evaluate("suspicious", slow, 1)
    assert verdict.status == "timed out"
    assert "It is called 48 times, with one attention after the other" in verdict.message


# --- what a learner cannot see


def test_the_order_says_nothing_and_is_another_one_each_time(zoo):
    def names(cases):
        return [specimen_of(case.args[0]).name for case in cases]

    other = names(EXERCISE.cases(np.random.default_rng(1)))
    assert names(zoo) != other
    assert sorted(names(zoo)[:40]) == sorted(other[:40]) == sorted(s.name for s in ZOO)
    assert {case.about for case in zoo} == {"one attention of the zoo"}
