import numpy as np
import pytest

from course_lib.errors import ShapeError
from course_lib.plots import ProjectionDisplay
from course_lib.plots.projection import USED

ROW = np.array([0.0, 1.0, 2.0])
MATRICES = {"w_query": np.arange(6.0).reshape(3, 2), "w_value": np.ones((3, 4))}
NAMES = {"results": ["query", "value"], "features": ["animal", "place", "action"]}


@pytest.fixture
def display() -> ProjectionDisplay:
    return ProjectionDisplay.from_row(ROW, matrices=MATRICES, word="sat", **NAMES)


def test_each_result_is_the_row_times_its_matrix(display):
    np.testing.assert_array_equal(display.results["query"], [10, 13])
    np.testing.assert_array_equal(display.results["value"], [3, 3, 3, 3])


def test_every_number_has_a_cell(display, is_drawn):
    ax = display.plot()
    assert len(ax.patches) == 3 + (6 + 2) + (12 + 4)
    drawn = [text.get_text() for text in ax.texts]
    assert {"10", "13", "w_query", "w_value", "query", "value"} <= set(drawn)
    assert drawn.count("place") == 3
    assert is_drawn(display)


def test_rows_that_count_are_coloured(display):
    from matplotlib.colors import to_hex

    coloured = [patch for patch in display.plot().patches if to_hex(patch.get_facecolor()) == USED]
    assert len(coloured) == 2 + 2 * 2 + 2 * 4


def test_the_description_says_what_goes_in_and_what_comes_out(display):
    said = display.describe()
    assert "embedding of sat has 1 for place and 2 for action" in said
    assert "w_query gives the query (10, 13)" in said


def test_it_draws_on_the_axes_it_is_given(display, ax):
    assert display.plot(ax) is ax


def test_a_matrix_that_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"w_key with as many rows; got \(3,\) and \(2, 3\)"):
        ProjectionDisplay.from_row(ROW, matrices={"w_key": np.ones((2, 3))}, **NAMES)


def test_a_missing_name_is_noticed():
    with pytest.raises(ShapeError, match="3 features and 2 names of results; got 3 and 1"):
        ProjectionDisplay.from_row(ROW, matrices=MATRICES, **{**NAMES, "results": ["query"]})
