"""What a way does with the lines of a recipe."""

import ast
import traceback

import numpy as np
import pytest

from course_lib.checking.mistakes.recipe import Recipe

RUNNING = """
def running(numbers, factor):
    n, start = len(numbers), 0
    total = start
    totals = np.zeros(n)
    for i, number in enumerate(numbers):
        step = number * factor
        if step < 0:
            return None
        total += step
        totals[i] = total
    scaled = totals / n
    return scaled
"""
NUMBERS = np.array([1.0, 2.0, 5.0])


def recipe(source=RUNNING, **names):
    tree = ast.parse(source).body[0]
    return Recipe(tree, source=source, room={"np": np, **names}, file="somewhere.md")


def answer(*texts, source=RUNNING, args=(NUMBERS, 2.0), **names):
    """Return what all these ways together give."""
    base = recipe(source, **names)
    way, *others = [base.way(text, line=1) for text in texts]
    for other in others:
        way = way.together(other)
    result = way(*args)
    return result.tolist() if isinstance(result, np.ndarray) else result


def test_a_way_without_effect_leaves_the_answer_right():
    assert answer("scaled = totals / n") == [2 / 3, 2, 16 / 3]


def test_a_line_replaces_the_line_that_assigns_the_same_name():
    assert answer("scaled = totals") == [2, 6, 16]
    assert answer("step = number") == [1 / 3, 1, 8 / 3]


def test_one_name_of_a_tuple_is_replaced_alone():
    assert answer("start = 4") == [2, 10 / 3, 20 / 3]
    assert answer("n, start = 3, 4") == [2, 10 / 3, 20 / 3]


def test_a_place_of_an_array_is_a_name_too():
    assert answer("totals[i] = step") == [2 / 3, 4 / 3, 10 / 3]


def test_an_augmented_line_is_replaced_whatever_the_operator():
    assert answer("total -= step") == [-2 / 3, -2, -16 / 3]


def test_an_arrow_replaces_the_line_that_begins_so():
    assert answer("total += step -> total = step") == [2 / 3, 4 / 3, 10 / 3]
    assert answer("totals[i] -> pass") == [0, 0, 0]


def test_the_head_of_a_loop_and_of_a_condition_are_replaced_alone():
    assert answer("for i, number in enumerate(numbers[:2])") == [2 / 3, 2, 0]
    assert answer("if True") is None
    assert answer("if step < 0 -> if True") is None


def test_an_early_return_is_reached_by_an_arrow_only():
    assert answer("if True; return None -> return 7") == 7
    assert answer("if True; return 7") is None


def test_a_line_that_uses_what_it_assigns_goes_on_after_it():
    assert answer("step = step + 1") == [1, 8 / 3, 19 / 3]
    assert answer("scaled = scaled[::-1]") == [16 / 3, 2, 2 / 3]


def test_a_line_about_a_filled_array_goes_on_when_it_is_full():
    assert answer("totals = totals * 3; scaled = totals") == [6, 18, 48]


def test_a_line_that_swaps_names_goes_on_after_both():
    source = "def f(a, b):\n    x = a\n    y = b\n    return x - y\n"
    assert answer("x, y = y, x", source=source, args=(5, 3)) == -2


def test_return_replaces_the_result_and_result_is_what_was_to_be_returned():
    assert answer("return totals") == [2, 6, 16]
    assert answer("result = result[0]") == 2 / 3
    assert answer("return result, n")[1] == 3


def test_a_parameter_is_replaced_from_the_start():
    assert answer("numbers = numbers[::-1]") == [10 / 3, 14 / 3, 16 / 3]
    assert answer("factor = 1") == [1 / 3, 1, 8 / 3]


def test_a_new_name_stands_as_early_as_there_is_what_it_reads():
    assert answer("half = n / 2; scaled = totals / half") == [4 / 3, 4, 32 / 3]
    assert answer("doubled = 2 * number; step = doubled * factor") == [4 / 3, 4, 32 / 3]
    assert answer("largest = totals.max(); scaled = totals / largest") == [0.125, 0.375, 1]


def test_an_array_that_was_passed_in_is_changed_when_all_is_there():
    numbers = NUMBERS.copy()
    assert answer("numbers[:] = totals", args=(numbers, 2.0)) == [2 / 3, 2, 16 / 3]
    assert numbers.tolist() == [2, 6, 16]


def test_an_augmented_line_about_a_plain_name_goes_on_after_it():
    assert answer("scaled /= 2") == [1 / 3, 1, 8 / 3]


def test_names_of_the_room_can_be_used():
    assert answer("scaled = turned(totals)", turned=lambda x: x[::-1]) == [16, 6, 2]


def test_two_ways_go_together_where_they_edit_different_lines():
    assert answer("step = number", "scaled = totals") == [1, 3, 8]
    base = recipe()
    one, other = base.way("scaled = totals", line=1), base.way("scaled = totals * n", line=2)
    assert one.together(other) is None


def test_two_ways_do_not_go_together_where_one_undoes_the_other():
    base = recipe()
    early, late = base.way("scaled = totals / 2", line=1), base.way("return totals", line=2)
    assert early.together(late) is None
    assert late.together(early) is None


def test_a_way_that_changes_its_input_goes_together_with_any_result():
    base = recipe()
    change, late = base.way("numbers[0] = 9", line=1), base.way("return n", line=2)
    numbers = NUMBERS.copy()
    assert change.together(late)(numbers, 1) == 3
    assert numbers[0] == 9


def test_ways_of_two_recipes_and_lonely_ones_stay_alone():
    base, other = recipe(), recipe()
    one = base.way("n = 4", line=1)
    assert one.together(other.way("factor = 1", line=1)) is None
    assert one.together(base.way("factor = 1", line=1, is_alone=True)) is None


def test_an_error_says_the_line_of_the_file():
    way = recipe().way("scaled = totals + 'x'", line=77)
    with pytest.raises(TypeError) as caught:
        way(NUMBERS, 2.0)
    last = traceback.extract_tb(caught.tb)[-1]
    assert (last.filename, last.lineno) == ("somewhere.md", 77)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scales = 3", "'scales = 3' edits nothing: no line uses it"),
        ("np = 3", "'np' is the name of a helper"),
        ("while n", "begins with 'while'; found none"),
        ("tota -> pass", "begins with 'tota'; found 4, 5, 10, 11"),
        ("number -> pass", "begins with 'number'; found none"),
    ],
)
def test_a_way_that_has_no_place_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        recipe().way(text, line=1)


def test_a_name_that_two_lines_assign_has_to_be_told_apart():
    source = "def f(x):\n    y = x\n    y = y + x\n    y = 3 * x\n    return y\n"
    with pytest.raises(ValueError, match=r"begins with 'y'; found 2, 3, 4\. Say which one"):
        recipe(source).way("y = 4", line=1)
    assert answer("y = 3 -> y = 4", source=source, args=(1,)) == 4
