"""What the check of a learner's own test says: who survived, who was accused, what would help."""

import json
from importlib.resources import files

import numpy as np
import pytest

from course_lib.attention import reference
from course_lib.checking import engine, evaluate
from course_lib.checking.exercises.lesson_13 import EXERCISES
from course_lib.checking.exercises.lesson_13_tally import MOST_SURVIVORS
from course_lib.checking.guarding import Limit
from course_lib.checking.outcome import Outcome
from course_lib.checking.results import UnreadableError
from course_lib.checking.zoo import BROKEN, CORRECT, ZOO, laws
from course_lib.checking.zoo.broken import CHANGES_ARRAYS
from course_lib.checking.zoo.specimen import specimen_behind

pytestmark = pytest.mark.usefixtures("shapes_unchecked")

(EXERCISE,) = EXERCISES


def arguments(batch, seq_len, n_heads, d_head):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, seq_len, n_heads * d_head))
    weights = rng.normal(size=(4, x.shape[-1], x.shape[-1])) / np.sqrt(x.shape[-1])
    return x, *weights, n_heads


def compared(*sizes):
    """Return a test as readers write it: against a version that they trust, on drawn numbers."""

    def test(attention):
        for args in (arguments(*size) for size in sizes):
            outputs = attention(*args)
            if not np.allclose(outputs, reference.multi_head_attention(*args)):
                return True
        return False

    return test


@pytest.fixture(scope="module")
def zoo():
    return list(EXERCISE.cases(np.random.default_rng(0)))


def tallied(zoo, answer):
    """Count answers that are given by name: a function of the specimen."""
    answers = [answer(specimen_behind(case.args[0])) for case in zoo]
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


@pytest.mark.parametrize(
    "size", [(2, 8, 2, 8), (2, 16, 4, 8), (2, 12, 3, 4), (2, 4, 2, 3), (2, 5, 3, 4)]
)
def test_a_single_comparison_is_enough_whatever_the_number_of_words(size):
    verdict = evaluate("suspicious", compared(size), 1)
    assert verdict.status == "correct"
    assert "29 of 32" in verdict.message


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
    for names in np.split(np.array([specimen.name for specimen in BROKEN]), 8):
        lines = tallied(zoo, sparing(*names)).text.splitlines()
        for specimen in (s for s in BROKEN if s.name in names):
            (line,) = [line for line in lines if specimen.why in line]
            assert specimen.name in line


@pytest.mark.parametrize("answer", [False, True])
def test_a_long_list_is_cut_short_and_says_how_many_are_left(zoo, answer):
    lines = tallied(zoo, lambda specimen: answer).text.splitlines()
    bullets = [line for line in lines if line.startswith("• ")]
    named = [s.name for s in (CORRECT if answer else BROKEN) if any(s.name in b for b in bullets)]
    assert len(bullets) == 6
    assert f"… and {(8 if answer else 32) - len(named)} more" in lines


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


@pytest.mark.parametrize("size", [(4, 4, 4, 4), (2, 8, 4, 4), (3, 5, 2, 2)])
def test_as_many_heads_as_features_in_a_head_are_named(size):
    def test(attention):
        args = arguments(*size)
        expected = reference.multi_head_attention(*args)
        return not np.allclose(attention(*args), expected)

    verdict = evaluate("suspicious", test, 1)
    assert verdict.mistake == "n_heads and d_head the same number"
    assert "27 of 32" in verdict.message
    assert "scale by √n_heads" in verdict.message


# --- what is accused


def test_who_accuses_a_right_one_reads_why_it_is_right(zoo):
    accused = CORRECT[1]
    counted = tallied(zoo, lambda specimen: specimen in (*BROKEN, accused))
    assert not counted.passes
    assert "32 of 32 broken ones caught, and 7 of 8 right ones cleared" in counted.text
    assert f"{accused.name}. {accused.why}" in counted.text
    assert "compare with a tolerance" in counted.text
    assert "changes the embeddings" not in counted.text


@pytest.mark.parametrize(
    "twin",
    [
        *("no scale", "scale by √d_model", "causal though nobody asked"),
        *("features dealt out to the heads", "queries and keys swapped"),
    ],
)
def test_a_witness_that_is_wrong_itself_is_named_first_and_shortly(twin):
    wrong = next(s for s in BROKEN if s.name == twin).hatch(np.random.default_rng(0))
    args = arguments(2, 5, 3, 4)
    verdict = evaluate("suspicious", lambda a: not np.allclose(a(*args), wrong(*args)), 1)
    assert verdict.message == (
        f"Not yet.\nAll right ones are accused, and what is cleared is broken: *{twin}*. Does what "
        "you compare with do the same?\n"
        "31 of 32 broken ones caught, and 0 of 8 right ones cleared. (To pass: 28 and 8.)"
    )


def test_who_accuses_all_but_one_right_one_hears_of_the_witness_too(zoo):
    right = sparing("no scale")
    counted = tallied(zoo, lambda s: right(s) or s in CORRECT[1:])
    assert counted.text.startswith("Nearly all right ones are accused, and what is cleared is")


def test_what_only_other_calls_betray_says_nothing_against_the_witness(zoo):
    late = ("the last call's keys still there", "the scale of the first call for all")
    text = tallied(zoo, lambda s: s.name not in late).text
    assert "what you compare with" not in text
    assert "compare with a tolerance" in text


def test_arrays_that_all_attentions_share_are_found_out(zoo):
    met = []

    def spoilt(specimen):
        met.append(specimen.name)
        return specimen.is_broken or CHANGES_ARRAYS in met

    words = "after an attention that changes the embeddings"
    order = [specimen_behind(case.args[0]) for case in zoo]
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
        (None, r"got None\. Did you forget `return`, or `return False` where nothing is found\?$"),
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
    assert "x[None]. The check called" in verdict.message
    assert "return True instead" not in verdict.message


def by_assert(outputs):
    assert outputs.shape == (), "wrong!"


def by_numpy(outputs):
    np.testing.assert_array_equal(outputs, 0)


def by_raise(outputs):
    raise ValueError("wrong!")


@pytest.mark.parametrize("complain", [by_assert, by_numpy, by_raise])
def test_a_test_that_raises_what_it_finds_is_told_to_return_it(complain):
    args = arguments(2, 5, 3, 4)
    verdict = evaluate("suspicious", lambda attention: complain(attention(*args)), 1)
    assert verdict.status == "error"
    assert "Where something is wrong, return True instead, and False at the end" in verdict.message
    assert "!." not in verdict.message


def test_nothing_returned_is_said_in_whole_sentences():
    args = arguments(2, 5, 3, 4)

    def prints(attention):
        print("wrong" if attention(*args).any() else "right")

    message = evaluate("suspicious", prints, 1).message
    assert "`return False` where nothing is found?\n" in message
    assert message.endswith("Your function printed: wrong")


def test_what_is_printed_again_and_again_is_shown_once():
    verdict = evaluate("suspicious", lambda attention: print("Correct!\n" * 100), 1)
    assert verdict.message.endswith("Your function printed: Correct!")


def test_a_slow_test_is_told_how_many_attentions_are_waiting(monkeypatch):
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=0.3, clock_s=600.0))

    def slow(attention):
        while True:
            pass

    verdict = evaluate("suspicious", slow, 1)
    assert verdict.status == "timed out"
    assert "It is called 48 times, with one attention after the other" in verdict.message


def test_the_order_says_nothing_and_is_another_one_each_time(zoo):
    def names(cases):
        return [specimen_behind(case.args[0]).name for case in cases]

    other = names(EXERCISE.cases(np.random.default_rng(1)))
    assert names(zoo) != other
    assert sorted(names(zoo)[:40]) == sorted(other[:40]) == sorted(s.name for s in ZOO)
    assert {case.about for case in zoo} == {"one attention of the zoo"}
