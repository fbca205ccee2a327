import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.measuring.rounds import Rounds, Timing
from course_lib.plots import TimingDisplay

PRODUCT = Timing("product", (0.001, 0.003, 0.002))
LOOP = Timing("loop", (0.040, 0.060, 0.050))


@pytest.fixture
def display() -> TimingDisplay:
    return TimingDisplay.from_rounds(Rounds((PRODUCT, LOOP)), title="The same scores")


def test_every_round_is_a_dot_and_the_minimum_is_marked(display, is_drawn):
    dots, minimum, slower, _ = display.plot().lines
    np.testing.assert_allclose(dots.get_xdata(), [1, 3, 2])
    np.testing.assert_allclose(minimum.get_xdata(), [1])
    np.testing.assert_allclose(slower.get_xdata(), [40, 60, 50])
    assert is_drawn(display)


def test_the_first_stands_on_top_and_the_ratio_at_the_edge(display):
    ax = display.plot()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["product", "loop"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [text.get_text() for text in ax.texts] == ["× 1", "× 25"]


def test_the_axis_says_what_it_measures_and_in_which_unit(display):
    ax = display.plot()
    assert "(ms)" in ax.get_xlabel()
    assert (ax.get_xscale(), ax.get_title()) == ("log", "The same scores")


def test_callables_differ_in_more_than_colour(display):
    dots, _, slower, _ = display.plot().lines
    assert dots.get_color() != slower.get_color()
    assert dots.get_marker() != slower.get_marker()


def test_the_description_gives_the_spread_and_the_ratio(display):
    assert "loop 40 to 60 ms, median 50, 25 times the first" in display.describe()
    assert "3 rounds" in display.describe()


def test_it_draws_on_the_axes_it_is_given(display):
    ax = Figure().subplots()
    assert display.plot(ax) is ax
