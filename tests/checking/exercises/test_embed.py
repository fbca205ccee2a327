"""Slips with a look-up of embeddings, written as a learner writes them."""

import numpy as np
import pytest

from course_lib.checking import evaluate

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def row_of_each_word(token_ids, table):
    rows = np.zeros(table.shape)
    for token in token_ids:
        rows[token] = table[token]
    return rows


def first_rows_of_a_table_too_long(token_ids, table):
    rows = np.zeros(table.shape)
    for i, token in enumerate(token_ids):
        rows[i] = table[token]
    return rows


@pytest.mark.parametrize("answer", [row_of_each_word, first_rows_of_a_table_too_long])
def test_a_row_for_each_word_of_the_vocabulary_is_not_taken_for_the_whole_table(answer):
    verdict = evaluate("embed", answer)
    assert verdict.mistake == "a row for each word of the vocabulary"
    assert "whole table came back" not in verdict.message


def test_another_table_of_that_shape_is_no_known_mistake():
    verdict = evaluate("embed", lambda token_ids, table: table + 1)
    assert verdict.mistake is None
    assert "The shape of result" in verdict.message


def written_to_the_row_of_the_id(token_ids, table):
    rows = np.zeros((len(token_ids), table.shape[1]))
    for token in token_ids:
        rows[token] = table[token]
    return rows


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (written_to_the_row_of_the_id, "ids used as positions of the sentence"),
        (lambda ids, table: np.eye(len(ids))[ids] @ table, "ids used as positions of the sentence"),
        (lambda ids, table: table @ ids, "sizes that do not meet in a matrix product"),
        (
            lambda ids, table: np.eye(table.shape[1])[ids] @ table,
            "sizes that do not meet in a matrix product",
        ),
        (lambda ids, table: np.dot(table, ids), "ids used as numbers"),
        (
            lambda ids, table: np.eye(len(table))[ids] @ table.T,
            "one-hot times the transposed table",
        ),
    ],
)
def test_a_slip_is_named(answer, title):
    assert evaluate("embed", answer).mistake == title
