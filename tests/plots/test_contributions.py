import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.errors import ShapeError
from course_lib.plots import ContributionsDisplay

PARTS = np.array([[1.0, -0.5, 0.25], [2.0, 0.5, -1.0]])


@pytest.fixture
def display() -> ContributionsDisplay:
    return ContributionsDisplay.from_parts(
        PARTS, names=["who", "where"], features=["a", "$b$", "c"]
    )


def test_there_is_a_bar_for_each_head_and_feature(display, is_drawn):
    bars = display.plot().containers
    assert [[bar.get_height() for bar in group] for group in bars] == PARTS.tolist()
    assert [group.get_label() for group in bars] == ["who", "where"]
    assert is_drawn(display)


def test_heads_differ_in_more_than_colour(display):
    first, second = (group[0] for group in display.plot().containers)
    assert first.get_facecolor() != second.get_facecolor()
    assert first.get_hatch() != second.get_hatch()


def test_the_diamonds_stand_where_the_parts_sum_to(display):
    diamonds = next(line for line in display.plot().lines if "sum" in line.get_label())
    np.testing.assert_allclose(diamonds.get_ydata(), [3.0, 0.0, -0.75])
    np.testing.assert_array_equal(display.outputs, PARTS.sum(axis=0))


def test_the_description_writes_every_sum_out(display):
    assert "a +1.00 +2.00 = 3.00; $b$ -0.50 +0.50 = 0.00" in display.describe()
    assert "(who, where)" in display.describe()


def test_heads_and_features_are_numbered_where_they_have_no_names():
    display = ContributionsDisplay.from_parts(PARTS)
    assert display.names == ("head 0", "head 1")
    assert display.features == ("feature 0", "feature 1", "feature 2")


def test_it_draws_on_the_axes_it_is_given(display):
    ax = Figure().subplots()
    assert display.plot(ax) is ax


@pytest.mark.parametrize(
    ("parts", "got"),
    [(np.ones((2, 3, 4)), r"shape \(2, 3, 4\).*parts\[:, query\]"), ([[1, np.nan]], "nan or inf")],
)
def test_what_is_no_table_of_finite_numbers_is_refused(parts, got):
    with pytest.raises(ShapeError, match=rf"n_heads, d_model.*{got}"):
        ContributionsDisplay.from_parts(parts)


@pytest.mark.parametrize(("given", "one"), [("names", "head, 2"), ("features", "feature, 3")])
def test_a_missing_name_is_noticed(given, one):
    with pytest.raises(ShapeError, match=f"one name a {one} in all; got 1"):
        ContributionsDisplay.from_parts(PARTS, **{given: ["a"]})
