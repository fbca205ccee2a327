"""What a latecomer gets, and that it takes nothing away and claims nothing."""

import ast
import builtins
from inspect import getsource
from textwrap import dedent
from types import CodeType

import numpy as np
import pytest
from IPython.utils.capture import capture_output

from course_lib.checking import evaluate
from course_lib.checking.notebook import solutions
from course_lib.checking.progress_table import standings
from course_lib.checking.registry import all_exercises
from course_lib.errors import UnknownNameError
from course_lib.teaching.catching_up import catch_up, functions_before

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


@pytest.fixture
def cell(shell):
    """Run a cell; return what it displays, as text and as HTML."""

    def run(code):
        with capture_output() as captured:
            result = shell.run_cell(dedent(code))
        result.raise_error()
        data = captured.outputs[-1].data
        return data["text/plain"], data["text/html"]

    return run


def test_a_notebook_gets_every_function_of_the_earlier_lessons_and_no_later_one(cell, shell):
    text, html = cell('from course_lib import catch_up\ncatch_up("05")')
    earlier = [one.name for one in all_exercises().values() if one.lesson < "05"]
    assert f"Defined for you, from the course's solutions: {', '.join(earlier)}." in text
    assert all(callable(shell.user_ns[name]) for name in earlier)
    assert "weighted_sum" not in shell.user_ns
    assert "softmax_with_temperature" in html


def test_what_it_defines_passes_its_own_check(cell, shell):
    cell("from course_lib import catch_up\ncatch_up(4)")
    assert evaluate("scaled_scores", shell.user_ns["scaled_scores"]).status == "correct"


def test_a_name_that_the_learner_has_is_left_and_named(cell, shell):
    text, _ = cell("""
        from course_lib import catch_up
        softmax = "mine"
        catch_up("05")
        """)
    assert shell.user_ns["softmax"] == "mine"
    assert "Left as they are, since you have them: softmax." in text
    assert "`del softmax`" in text


def test_a_learners_own_softmax_does_not_break_what_is_built_on_it(cell, shell):
    cell("""
        from course_lib import catch_up
        def softmax(scores):
            raise NotImplementedError("softmax: your turn")
        catch_up("05")
        """)
    weights = shell.user_ns["softmax_with_temperature"](np.array([0.0, 2.0]), 2.0)
    np.testing.assert_allclose(weights, [1 / (1 + np.e), np.e / (1 + np.e)])


def test_it_counts_as_no_progress_and_says_so(cell):
    text, _ = cell('from course_lib import catch_up\ncatch_up("12")')
    assert "counts as no progress" in text
    assert {(row.state, row.attempts) for row in standings()[0]} == {("not attempted", 0)}


def test_the_same_call_says_the_same(cell, shell):
    code = 'from course_lib import catch_up\nsoftmax = 1\ncatch_up("05")'
    first = cell(code)
    for name in functions_before("05"):
        del shell.user_ns[name]
    assert cell(code) == first


def test_outside_a_notebook_the_functions_are_returned(capsys):
    functions = catch_up("03")
    assert list(functions) == ["dot_product", "recurrent_states", "hops", "embed", "project"]
    assert functions["dot_product"]([1, 2], [3, 4]) == 11
    said = capsys.readouterr().out
    assert "No notebook is here" in said
    assert 'catch_up("03")["dot_product"]' in said


@pytest.mark.parametrize("lesson", ["05", "5", 5, " 05 "])
def test_a_lesson_may_be_named_in_several_ways(lesson, capsys):
    assert list(catch_up(lesson)) == list(functions_before("05"))
    assert "lesson 05" in capsys.readouterr().out


@pytest.mark.parametrize("lesson", ["99", "", "five", -1, 5.5, True, None])
def test_an_unknown_lesson_is_answered_with_those_there_are(lesson):
    with pytest.raises(UnknownNameError) as complaint:
        catch_up(lesson)
    for words in (
        "expected the number of the lesson",
        repr(str(lesson)),
        "00, 01",
        'catch_up("05")',
    ):
        assert words in str(complaint.value)


def test_nothing_comes_before_the_first_lesson(capsys):
    assert catch_up("00") == {}
    said = capsys.readouterr().out
    assert "Nothing comes before lesson 00" in said
    assert "Defined" not in said


def names_outside(code):
    """List what a function, and the functions inside it, look up outside themselves."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return [*code.co_names, *(name for one in inner for name in names_outside(one))]


def test_every_name_that_a_solution_uses_is_there():
    functions = functions_before("99")
    assert set(functions) == set(all_exercises())
    for name, function in functions.items():
        nodes = ast.walk(ast.parse(solutions()[name]))
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        outside = used & set(names_outside(function.__code__))
        assert outside <= {*function.__globals__, *vars(builtins)}, name


def test_the_lines_of_a_solution_can_be_looked_at():
    assert getsource(functions_before("05")["softmax"]) == solutions()["softmax"]
