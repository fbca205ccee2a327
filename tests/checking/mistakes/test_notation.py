import ast

import pytest

from course_lib.checking.mistakes.notation import each, marks, split, statements


def test_a_line_without_for_is_one_way():
    assert list(each("scores = queries @ keys.T")) == ["scores = queries @ keys.T"]


def test_a_for_inside_brackets_belongs_to_the_way():
    line = "outputs = np.array([w @ values for w in weights])"
    assert list(each(line)) == [line]


def test_values_are_split_outside_brackets_and_strings_only():
    line = "x = f(c) for c in max(a, b), [1, 2], 'p, q', x[:, 0], (1, 2)"
    calls = ["max(a, b)", "[1, 2]", "'p, q'", "x[:, 0]", "(1, 2)"]
    assert list(each(line)) == [f"x = f({call})" for call in calls]


def test_a_value_of_several_words_gets_parentheses():
    assert list(each("x = y ** p for p in 1 / 2, -1")) == ["x = y ** (1 / 2)", "x = y ** (-1)"]


def test_operators_slices_and_attributes_can_be_values():
    assert list(each("x = s y for s in +, -")) == ["x = + y", "x = - y"]
    assert list(each("x = y[part] for part in :-1, 1:")) == ["x = y[:-1]", "x = y[1:]"]
    assert list(each("x = y.add(0) for add in sum, mean")) == ["x = y.sum(0)", "x = y.mean(0)"]


def test_only_whole_words_are_replaced():
    assert list(each("scale = s * scales['s'] for s in 2, 3")) == [
        "scale = 2 * scales['s']",
        "scale = 3 * scales['s']",
    ]


def test_two_fors_make_all_combinations():
    made = list(each("x = a + b for a in 1, 2 for b in 3, 4"))
    assert made == ["x = 1 + 3", "x = 2 + 3", "x = 1 + 4", "x = 2 + 4"]


def test_a_for_that_begins_a_statement_is_a_loop():
    assert list(each("for kept in rows")) == ["for kept in rows"]
    assert list(each("x = 1; for kept in rows")) == ["x = 1; for kept in rows"]
    assert list(each("for kept in rows[n:] for n in 1, 2")) == [
        "for kept in rows[1:]",
        "for kept in rows[2:]",
    ]


def test_a_for_that_names_nothing_is_refused():
    with pytest.raises(ValueError, match="expected `for NAME in THIS, THAT`; got 'for in 2, 3'"):
        list(each("x = 1 for in 2, 3"))


def test_an_open_bracket_is_refused():
    with pytest.raises(SyntaxError):
        split("f(a, b", ",")


def test_a_word_and_a_colon_are_a_mark_but_a_slice_and_a_lambda_are_not():
    assert marks("alone: x = 1") == (["alone"], "x = 1")
    assert marks("masked: alone: x = 1") == (["masked", "alone"], "x = 1")
    for text in ("x = y[a: b]", "lambda: 3", "return x"):
        assert marks(text) == ([], text)


def test_statements_are_split_at_semicolons_and_arrows():
    found = list(statements("a = 1; total += x -> total = f(x, 'y; z'); if a > 2"))
    assert [(head, ast.unparse(node)) for head, node in found] == [
        ("", "a = 1"),
        ("total += x", "total = f(x, 'y; z')"),
        ("", "if a > 2:\n    pass"),
    ]
