import pytest

from course_lib.teaching.grading.extraction import read_cells, take

DEFINED = "def softmax(x):\n    return np.exp(x) / total(x)\n"
STUB = (
    'def softmax(x):\n    """Share out."""\n    raise NotImplementedError("softmax: your turn")\n'
)


def taken(*cells, name="softmax"):
    """Return which cells' statements are taken, one number a statement."""
    return [statement.cell for statement in take(name, read_cells(cells))]


def test_imports_helpers_and_constants_are_taken_with_the_function():
    cells = ["import numpy as np", "SMALL = 1e-9", "def total(x):\n    return x.sum() + SMALL"]
    assert taken(*cells, DEFINED) == [1, 2, 3, 4]


def test_what_the_function_does_not_need_is_left_alone():
    noise = "import os\nwhile True: print('x')\nweights = softmax(scores)\ninput()"
    assert taken("import numpy as np", noise, DEFINED, 'check("softmax", softmax)') == [1, 3]


def test_a_local_name_is_no_reason_to_run_a_cell_that_gives_a_name_like_it():
    assert taken("x = forever()", DEFINED) == [2]


def test_a_name_below_is_taken_only_if_there_is_none_above():
    above, below = "def total(x):\n    return 1", "def total(x):\n    return 2"
    assert taken(above, DEFINED, below) == [1, 2]
    assert taken(DEFINED, below) == [1, 2]


@pytest.mark.parametrize("check", ['check("softmax", softmax)', "check(softmax)"])
def test_what_stands_between_a_function_and_its_check_is_above_the_check(check):
    above, again = "def total(x):\n    return 1", "def total(x):\n    return 2"
    assert taken(above, DEFINED, again, check) == [1, 2, 3]


def test_a_stub_counts_only_where_there_is_nothing_else():
    assert taken(DEFINED, STUB) == [1]
    assert taken(STUB) == [1]


def test_the_last_definition_is_the_answer():
    assert taken(DEFINED, DEFINED) == [1, 2]  # both run, so the second one stays


def test_a_filled_table_is_filled_again():
    assert taken("total = {}", "total['x'] = 1", "total.y = 2", DEFINED) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "cell",
    [
        "if True:\n    def softmax(x): return x",
        "try:\n    softmax = fast\nexcept NameError:\n    softmax = slow",
        "softmax = lambda x: x",
        "def put():\n    global softmax\n    softmax = abs",
        "from mine import softmax",
        "%%time\ndef softmax(x): return x",
        "%matplotlib inline\n!ls\nlen?\ndef softmax(x): return x",
    ],
)
def test_a_function_is_found_however_it_is_given_its_name(cell):
    assert 1 in taken(cell)


def test_a_cell_of_another_language_is_passed_over():
    notebook = read_cells(["%%bash\nsoftmax=1", DEFINED])
    assert not notebook.broken
    assert [one.cell for one in notebook.statements] == [2]


def test_a_star_may_give_any_name():
    assert taken("from numpy import *", DEFINED) == [1, 2]


def test_an_exercise_that_is_imported_from_the_course_is_not_there():
    assert taken("from course_lib.attention.reference import softmax") == []
    assert taken("from course_lib.attention.reference import *") == []


def test_another_exercises_function_may_come_from_the_course():
    cells = ["from course_lib.attention.reference import softmax", "def f(x): return softmax(x)"]
    assert taken(*cells, name="f") == [1, 2]


@pytest.mark.parametrize("broken", ["def f(x)\n  1", "\0", "(" * 300, "return 1", "\ud800"])
def test_a_broken_cell_costs_only_itself(broken):
    notebook = read_cells(["import numpy as np", broken, DEFINED])
    assert list(notebook.broken) == [2]
    assert [one.cell for one in take("softmax", notebook)] == [1, 3]
