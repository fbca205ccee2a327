"""The running sentence: its shapes, and the numbers that the lessons quote from it."""

import numpy as np
import pytest

from course_lib.attention import reference
from course_lib.models import sentence

WORDS = sentence.TOKENS


def at(word):
    return WORDS.index(word)


@pytest.fixture
def projected():
    weights = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
    return reference.project(sentence.embeddings(), *weights)


def test_it_is_the_sentence_of_the_course():
    text = " ".join(WORDS).replace(" ,", ",").capitalize() + "."
    assert text == "The cat, which was black, sat on the mat."


def test_every_token_has_its_row_in_the_table():
    assert set(WORDS) == set(sentence.VOCABULARY)
    assert len(set(sentence.VOCABULARY)) == len(sentence.VOCABULARY)
    ids = sentence.token_ids()
    assert [sentence.VOCABULARY[i] for i in ids] == list(WORDS)
    np.testing.assert_array_equal(sentence.embeddings(), sentence.TABLE[ids])


def test_both_commas_have_one_embedding():
    first, second = (i for i, word in enumerate(WORDS) if word == ",")
    embeddings = sentence.embeddings()
    np.testing.assert_array_equal(embeddings[first], embeddings[second])


def test_shapes_follow_the_names_that_explain_them():
    d_model, d_head, d_value = map(len, (sentence.FEATURES, sentence.SUBJECTS, sentence.MESSAGES))
    assert sentence.TABLE.shape == (len(sentence.VOCABULARY), d_model)
    assert sentence.W_QUERY.shape == sentence.W_KEY.shape == (d_model, d_head)
    assert sentence.W_VALUE.shape == (d_model, d_value)
    assert sentence.embeddings().shape == (len(WORDS), d_model)
    assert len({len(WORDS), d_model, d_head, d_value}) == 4  # a swapped axis must show


def test_all_numbers_are_small_whole_ones_that_can_be_checked_by_hand():
    for table in (sentence.TABLE, sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE):
        assert table.dtype == float
        np.testing.assert_array_equal(table, np.round(table))
        assert np.abs(table).max() <= 3


def test_nobody_can_change_the_table_through_the_embeddings():
    before = sentence.TABLE.copy()
    sentence.embeddings()[:] = 99
    np.testing.assert_array_equal(sentence.TABLE, before)


@pytest.mark.parametrize(
    ("key", "score"), [("cat", 8), ("mat", 6), ("which", 4), ("black", 0), (",", -7)]
)
def test_sat_scores_the_words_as_the_lessons_say(projected, key, score):
    queries, keys, _ = projected
    assert queries[at("sat")] @ keys[at(key)] == score


def test_the_query_of_sat_and_the_key_of_black_are_those_of_lesson_03(projected):
    queries, keys, _ = projected
    assert queries[at("sat")].tolist() == [4, 3, 0, 0]
    assert keys[at("cat")].tolist() == [2, 0, 0, 0]
    longest = np.linalg.norm(keys, axis=-1).max()
    assert np.linalg.norm(keys[at("black")]) == longest


def test_cosine_and_score_disagree_about_mat_and_which(projected):
    queries, keys, _ = projected
    cosine = {
        word: queries[at("sat")] @ keys[at(word)] / 5 / np.linalg.norm(keys[at(word)])
        for word in ("cat", "mat", "which")
    }
    assert cosine["cat"] == pytest.approx(cosine["which"])
    assert cosine["which"] > cosine["mat"]


def test_sat_attends_to_the_words_as_the_lessons_say(projected):
    queries, keys, _ = projected
    weights = reference.softmax(reference.scaled_scores(queries, keys))[at("sat")]
    assert weights[at("cat")].round(3) == 0.574
    assert weights[at("mat")].round(3) == 0.211
    assert weights[at("black")].round(3) == 0.011
    assert weights[at("cat")] / weights[at("mat")] == pytest.approx(np.e)
