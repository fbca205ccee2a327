import numpy as np
import pytest

from course_lib.errors import ShapeError
from course_lib.plots import GrowthDisplay

SIZES = [4, 16, 64]
AXES = ("d_head (features)", "spread (points)")


@pytest.fixture
def growth():
    return GrowthDisplay.from_curves(
        SIZES,
        {"raw": [2.1, 3.9, 8.2], "scaled": [1.0, 1.1, 0.9]},
        expected={"√d_head": [2, 4, 8]},
        axes=AXES,
        title="Chance grows",
    )


def lines_of(ax):
    return {line.get_label(): line for line in ax.lines}


def test_the_curves_are_the_data(growth, is_drawn):
    lines = lines_of(growth.plot())
    assert set(lines) == {"raw", "scaled", "√d_head"}
    for name, numbers in {**growth.measured, **growth.expected}.items():
        np.testing.assert_array_equal(lines[name].get_xdata(), SIZES)
        np.testing.assert_array_equal(lines[name].get_ydata(), numbers)
    assert is_drawn(growth)


def test_measured_curves_differ_in_more_than_colour(growth):
    raw, scaled, expected = (lines_of(growth.plot())[n] for n in ("raw", "scaled", "√d_head"))
    assert raw.get_color() != scaled.get_color()
    assert raw.get_marker() != scaled.get_marker()
    assert raw.get_linestyle() != scaled.get_linestyle()
    assert expected.get_marker() == "None"


def test_axes_have_names_units_and_a_legend(growth):
    ax = growth.plot()
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == (*AXES, "Chance grows")
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(named) == ["raw", "scaled", "√d_head"]


def test_every_size_has_its_tick(growth):
    ax = growth.plot()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["4", "16", "64"]


@pytest.mark.parametrize(
    ("log", "scales"),
    [
        ("xy", ("log", "log")),
        ("x", ("log", "linear")),
        ("y", ("linear", "log")),
        ("", ("linear", "linear")),
    ],
)
def test_axes_are_logarithmic_where_that_is_asked_for(log, scales):
    ax = GrowthDisplay.from_curves(SIZES, {"a": [1, 2, 4]}, axes=AXES, log=log).plot()
    assert (ax.get_xscale(), ax.get_yscale()) == scales


def test_a_linear_height_begins_at_zero_so_that_heights_can_be_compared():
    ax = GrowthDisplay.from_curves(SIZES, {"a": [7, 8, 9]}, axes=AXES, log="x").plot()
    assert ax.get_ylim()[0] == 0


def test_a_negative_number_is_not_cut_off():
    ax = GrowthDisplay.from_curves(SIZES, {"a": [-3, 0, 2]}, axes=AXES, log="").plot()
    assert ax.get_ylim()[0] < -3


def test_the_words_say_where_each_curve_starts_and_ends(growth):
    words = growth.describe()
    assert words.startswith("Chance grows.")
    assert "from 4 to 64" in words
    assert "raw goes from 2.1 to 8.2" in words
    assert "√d_head goes from 2 to 8" in words


def test_it_draws_on_the_axes_it_is_given(growth, ax):
    assert growth.plot(ax) is ax


def test_a_curve_with_a_missing_number_is_named():
    with pytest.raises(ShapeError, match=r"for 'short', 3 in all; got shape \(2,\)"):
        GrowthDisplay.from_curves(SIZES, {"short": [1, 2]}, axes=AXES)
