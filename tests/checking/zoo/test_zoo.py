"""The zoo: the right ones are right, the broken ones broken, and each hint tells the truth."""

import copy
from functools import partial

import numpy as np
import pytest

from course_lib.attention import reference
from course_lib.checking.zoo import BROKEN, CORRECT, ZOO, Attention, laws, specimen_of

pytestmark = pytest.mark.usefixtures("shapes_unchecked")  # as in a notebook, and quicker

SIZES = ((2, 5, 3, 4), (3, 8, 2, 5), (2, 4, 4, 4), (1, 6, 1, 3), (2, 1, 3, 2), (1, 1, 1, 1))


def by_name(specimens):
    return pytest.mark.parametrize("specimen", specimens, ids=lambda specimen: specimen.name)


def drawn(rng, size, spread=1.0):
    """Draw arguments for (batch, T, n_heads, d_head)."""
    batch, seq_len, n_heads, d_head = size
    d_model = n_heads * d_head
    weights = rng.normal(size=(4, d_model, d_model)) / np.sqrt(d_model)
    return spread * rng.normal(size=(batch, seq_len, d_model)), *weights, n_heads


# --- the laws that the hints name, each as a test that a reader could write


def is_not_by_hand(attention):
    """Two heads: raw scores of 2·ln 3 and 0 for the first word, that is, ln 3 and 0 scaled."""
    embeddings = np.zeros((1, 2, 8))
    embeddings[0, 0, 0] = embeddings[0, 1, 1] = 1
    w_query, w_key, w_value = np.zeros((3, 8, 8))
    w_query[0, [0, 4]] = np.sqrt(2 * np.log(3))
    w_key[0, [0, 4]] = np.sqrt(2 * np.log(3))
    w_value[0, [0, 4]] = 4
    outputs = attention(embeddings, w_query, w_key, w_value, np.eye(8), 2)
    return not np.allclose(outputs[0, 0], [3, 0, 0, 0, 3, 0, 0, 0], atol=1e-6)


def is_shuffled_otherwise(attention):
    x, *rest = drawn(np.random.default_rng(1), (2, 5, 3, 4))
    order = np.array([3, 0, 4, 1, 2])
    return not np.allclose(attention(x[:, order], *rest), attention(x, *rest)[:, order])


def has_heads_that_hear_of_each_other(attention):
    x, w_query, w_key, w_value, _, n_heads = drawn(np.random.default_rng(2), (2, 5, 3, 4))
    silenced = w_query.copy()
    silenced[:, :4] = 0
    before = attention(x, w_query, w_key, w_value, np.eye(12), n_heads)
    after = attention(x, silenced, w_key, w_value, np.eye(12), n_heads)
    return not np.allclose(before[..., 4:], after[..., 4:])


def makes_another_value_of_one(attention, digits=6):
    x, w_query, w_key, w_value, w_output, n_heads = drawn(np.random.default_rng(3), (2, 5, 3, 4))
    x[..., 0] = 1.2345678
    w_value[1:] = 0  # values read the feature that all words share
    outputs = attention(x, w_query, w_key, w_value, w_output, n_heads)
    return not np.allclose(outputs, x @ w_value @ w_output, rtol=0, atol=10.0**-digits)


def is_coarse(attention):
    return makes_another_value_of_one(attention) and not makes_another_value_of_one(attention, 2)


def has_a_word_that_does_not_notice(attention):
    x, *rest = drawn(np.random.default_rng(4), (1, 6, 3, 4))
    before, after = attention(x, *rest), []
    for i in (0, -1):
        changed = x.copy()
        changed[:, i] += 0.1
        after.append(attention(changed, *rest))
    return any(np.isclose(before, other).all(-1).any() for other in after)


def is_not_its_own_value(attention):
    x, *weights, n_heads = drawn(np.random.default_rng(5), (2, 1, 3, 4))
    return not np.allclose(attention(x, *weights, n_heads), x @ weights[2] @ weights[3])


def breaks_at_large_scores(attention):
    outputs = attention(*drawn(np.random.default_rng(6), (2, 5, 3, 4), spread=100))
    return not np.isfinite(outputs).all()


def has_outputs_without_values(attention):
    x, w_query, w_key, w_value, w_output, n_heads = drawn(np.random.default_rng(7), (2, 5, 3, 4))
    return bool(attention(x, w_query, w_key, 0 * w_value, w_output, n_heads).any())


def keeps_a_feature_without_its_column(attention):
    *args, w_output, n_heads = drawn(np.random.default_rng(8), (2, 5, 3, 4))
    w_output[:, 5] = 0
    is_zero = (attention(*args, w_output, n_heads) == 0).all((0, 1))
    return is_zero.tolist() != [feature == 5 for feature in range(12)]


def mistakes_who_asks_for_who_answers(attention):
    x, w_query, w_key = np.eye(3)[None], np.zeros((3, 3)), np.zeros((3, 3))
    w_query[0, 0] = w_key[1, 0] = 5
    outputs = attention(x, w_query, w_key, np.eye(3), np.eye(3), 1)
    return not (outputs[0, 0, 1] > 0.99 and np.allclose(outputs[0, 1:], 1 / 3))


def lets_sentences_hear_of_each_other(attention):
    x, *rest = drawn(np.random.default_rng(9), (3, 5, 2, 4))
    before = attention(x, *rest).copy()
    changed = x.copy()
    changed[0] += 1
    return not np.allclose(attention(changed, *rest)[1:], before[1:])


def is_another_one_at_the_next_call(attention):
    rng = np.random.default_rng(10)
    mine, other = drawn(rng, (2, 5, 3, 4)), drawn(rng, (2, 5, 3, 4))
    kept = mine[0].copy()
    before = attention(*mine)
    attention(*other)
    return not (np.array_equal(mine[0], kept) and np.allclose(attention(*mine), before))


def minds_what_came_before(attention):
    attention(*drawn(np.random.default_rng(11), (2, 5, 3, 5)))
    return is_not_by_hand(attention)


BETRAYED_BY = {
    laws.BY_HAND: is_not_by_hand,
    laws.SHUFFLED: is_shuffled_otherwise,
    laws.HEADS_APART: has_heads_that_hear_of_each_other,
    laws.SAME_VALUE: makes_another_value_of_one,
    laws.SIX_DIGITS: is_coarse,
    laws.EVERY_WORD: has_a_word_that_does_not_notice,
    laws.ONE_WORD: is_not_its_own_value,
    laws.LARGE: breaks_at_large_scores,
    laws.NO_VALUES: has_outputs_without_values,
    laws.A_COLUMN: keeps_a_feature_without_its_column,
    laws.ASK_AND_ANSWER: mistakes_who_asks_for_who_answers,
    laws.SENTENCES: lets_sentences_hear_of_each_other,
    laws.AGAIN: is_another_one_at_the_next_call,
    laws.OTHER_SIZES: minds_what_came_before,
}


@by_name(BROKEN)
def test_the_law_of_the_hint_betrays_a_broken_one(specimen):
    assert BETRAYED_BY[specimen.why](Attention(specimen, seed=1))


@by_name(CORRECT)
def test_no_law_accuses_a_right_one(specimen):
    accusing = [law for law, breaks in BETRAYED_BY.items() if breaks(Attention(specimen, seed=1))]
    assert accusing == []


# --- right and broken


@by_name(CORRECT)
@pytest.mark.parametrize("spread", [1, 100])
def test_right_ones_agree_with_the_reference_to_twelve_digits(specimen, spread, rng):
    for size in SIZES:
        args = drawn(rng, size, spread)
        expected = reference.multi_head_attention(*args)
        close = 1e-12 * np.abs(expected).max()
        np.testing.assert_allclose(Attention(specimen, 0)(*args), expected, rtol=0, atol=close)


@by_name(BROKEN)
def test_broken_ones_are_wrong_somewhere_by_more_than_any_rounding(specimen, rng):
    attention, worst = Attention(specimen, 0), 0.0
    for size, spread in (
        ((2, 5, 3, 4), 1),
        ((2, 5, 3, 4), 1),
        ((3, 7, 2, 5), 1),
        ((2, 5, 3, 4), 99),
    ):
        args = drawn(rng, size, spread)
        outputs = attention(*args)
        wrong = np.abs(outputs - reference.multi_head_attention(*args)).max()
        worst = max(worst, wrong if np.isfinite(wrong) else np.inf)
    assert worst > 1e-3


@by_name(ZOO)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_legitimate_call_is_answered_in_its_own_shape_and_type(specimen, dtype, rng):
    attention = Attention(specimen, 0)
    for size, spread in [(size, spread) for size in SIZES for spread in (1, 1000)]:
        x, *weights, n_heads = drawn(rng, size, spread)
        arrays = [array.astype(dtype) for array in (x, *weights)]
        outputs = attention(*arrays, n_heads)
        assert (outputs.shape, outputs.dtype) == (x.shape, dtype)


@by_name(ZOO)
def test_lists_whole_numbers_and_names_are_welcome(specimen):
    x = np.arange(12).reshape(1, 3, 4) % 5
    names = ("embeddings", "w_query", "w_key", "w_value", "w_output")
    named = dict(zip(names, [x, *[np.eye(4, dtype=int)] * 4], strict=True))
    lists = {name: array.tolist() for name, array in named.items()}
    expected = Attention(specimen, 0)(**named, n_heads=2)
    np.testing.assert_array_equal(Attention(specimen, 0)(**lists, n_heads=np.int64(2)), expected)


def test_there_are_as_many_as_the_lesson_says():
    assert (len(BROKEN), len(CORRECT)) == (32, 8)
    assert all(specimen.is_broken for specimen in BROKEN)
    assert not any(specimen.is_broken for specimen in CORRECT)
    assert len({specimen.name for specimen in ZOO}) == len(ZOO)


# --- what they have in common


def test_all_look_alike():
    assert {repr(Attention(specimen, seed=0)) for specimen in ZOO} == {"<an attention of the zoo>"}


def test_a_copy_is_a_fresh_one_of_the_same_kind(rng):
    caching = next(s for s in BROKEN if s.name == "the last call's keys still there")
    first, second = drawn(rng, (2, 5, 3, 4)), drawn(rng, (2, 5, 3, 4))
    attention = Attention(caching, 0)
    attention(*first)
    fresh = copy.deepcopy(attention)
    assert specimen_of(fresh) is caching
    right = partial(np.allclose, reference.multi_head_attention(*second))
    assert right(fresh(*second))
    assert not right(attention(*second))


@pytest.mark.parametrize("specimen", [BROKEN[0], CORRECT[0]], ids=["a broken one", "a right one"])
@pytest.mark.parametrize(
    ("shape", "d_model", "n_heads", "words"),
    [
        ((5, 6), 6, 2, r"expected embeddings \(batch, T, d_model\).*got shape \(5, 6\).*x\[None\]"),
        ((2, 0, 6), 6, 2, r"nothing of it empty; got shape \(2, 0, 6\)"),
        ((2, 5, 6), 8, 2, r"four weights of shape \(6, 6\).*got \(8, 8\)"),
        ((2, 5, 6), 6, 4, r"n_heads that divides d_model=6; got 4.*n_heads · d_head"),
        ((2, 5, 6), 6, 0, r"n_heads that divides d_model=6; got 0"),
    ],
)
def test_all_refuse_the_same_odd_calls(specimen, shape, d_model, n_heads, words):
    with pytest.raises(ValueError, match=words):
        Attention(specimen, 0)(np.ones(shape), *np.ones((4, d_model, d_model)), n_heads)
