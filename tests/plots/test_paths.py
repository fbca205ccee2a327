import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.errors import MeasurementError, ShapeError, UnknownNameError
from course_lib.plots import PathLengthDisplay

DISTANCES = [1, 2, 4]
HOPS = {"recurrent": [1, 2, 4], "attention": [1, 1, 1]}
ARRIVING = {"recurrent": [0.5, 0.25, 0.06], "attention": [0.03, 0.03, 0.02]}


@pytest.fixture
def display() -> PathLengthDisplay:
    return PathLengthDisplay.from_curves(DISTANCES, hops=HOPS, arriving=ARRIVING, title="The way")


def test_hops_stand_on_the_left_and_what_arrives_on_the_right(display, is_drawn):
    left, right = display.plot().child_axes
    for place, curves in ((left, HOPS), (right, ARRIVING)):
        drawn = {line.get_label(): line for line in place.lines}
        for name, numbers in curves.items():
            np.testing.assert_array_equal(drawn[name].get_xdata(), DISTANCES)
            np.testing.assert_array_equal(drawn[name].get_ydata(), numbers)
    assert is_drawn(display)


def test_only_what_arrives_is_drawn_on_a_logarithmic_axis(display):
    left, right = display.plot().child_axes
    assert (left.get_yscale(), right.get_yscale()) == ("linear", "log")


def test_axes_say_what_is_counted_and_what_is_measured(display):
    left, right = display.plot().child_axes
    assert (left.get_ylabel(), right.get_ylabel()) == ("hops, counted", "influence, measured")
    assert left.get_xlabel() == right.get_xlabel() == "distance of the two words (places)"
    assert [text.get_text() for text in left.get_legend().get_texts()] == list(HOPS)


def test_a_reader_has_the_same_line_on_both_sides_and_differs_in_more_than_colour(display):
    left, right = display.plot().child_axes
    looks = [
        [(line.get_color(), line.get_marker(), line.get_linestyle()) for line in place.lines]
        for place in (left, right)
    ]
    assert looks[0] == looks[1]
    assert all(a != b for a, b in zip(*looks[0], strict=True))


def test_the_description_says_both_ends_of_every_way(display):
    said = display.describe()
    assert "recurrent: 1 to 4 hops, influence 0.5 to 0.06" in said
    assert "attention: 1 to 1 hops, influence 0.03 to 0.02" in said


def test_it_draws_on_the_axes_it_is_given(display):
    ax = Figure().subplots()
    assert display.plot(ax) is ax


@pytest.mark.parametrize(("numbers", "got"), [([1, 2], r"shape \(2,\)"), ([1, 2, np.nan], "nan")])
def test_a_curve_that_does_not_fit_is_refused(numbers, got):
    with pytest.raises(ShapeError, match=f"number a distance for 'recurrent', 3 in all; got {got}"):
        PathLengthDisplay.from_curves(
            DISTANCES, hops={**HOPS, "recurrent": numbers}, arriving=ARRIVING
        )


def test_a_reader_without_hops_is_noticed():
    with pytest.raises(UnknownNameError, match=r"same readers.*spelt alike"):
        PathLengthDisplay.from_curves(DISTANCES, hops={"a": [1, 1, 1]}, arriving=ARRIVING)


def test_nothing_that_arrives_has_no_place_on_the_axis():
    none = {**ARRIVING, "attention": [0.1, 0.0, 0.1]}
    with pytest.raises(MeasurementError, match="above zero; got 0"):
        PathLengthDisplay.from_curves(DISTANCES, hops=HOPS, arriving=none)
