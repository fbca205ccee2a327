import numpy as np
import pytest

from course_lib.errors import ShapeError, UnknownNameError
from course_lib.measuring import Exponent, MeasurementError, Provenance, Sweep, Timing
from course_lib.plots import CostDisplay

LENGTHS = [256, 512, 1024, 2048]
AXES = ("length (tokens)", "time (ms)")
FIT = Exponent(1.98, low=1.95, high=2.01, n_points=3)


@pytest.fixture
def cost():
    return CostDisplay.from_curves(
        LENGTHS,
        {"dense": ([256, 512, 1024], [2, 8.3, 33]), "dilated": [4, 8, 16, 1234.5]},
        axes=AXES,
        title="Time of attention",
        exponents={"dense": FIT},
    )


def lines_of(ax):
    return {line.get_label(): line for line in ax.lines if line.get_label() != "_slope"}


def slopes_of(ax):
    """Return the slope of each grey line, on logarithmic axes, by its ends."""
    ends = [np.log(line.get_xydata()) for line in ax.lines if line.get_label() == "_slope"]
    return [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in ends]


def test_the_curves_are_the_data_each_over_its_own_lengths(cost, is_drawn):
    lines = lines_of(cost.plot())
    dense, dilated = lines["dense: exponent 1.98 (1.95 to 2.01)"], lines["dilated"]
    np.testing.assert_array_equal(dense.get_xydata(), [(256, 2), (512, 8.3), (1024, 33)])
    np.testing.assert_array_equal(dilated.get_xdata(), LENGTHS)
    np.testing.assert_array_equal(dilated.get_ydata(), [4, 8, 16, 1234.5])
    assert is_drawn(cost)


def test_a_pair_brings_lengths_of_its_own():
    pairs = {"a": ([300, 700], [2, 8]), "b": (np.array([256, 2048]), np.array([1, 3]))}
    lines = lines_of(CostDisplay.from_curves([], pairs, axes=AXES).plot())
    np.testing.assert_array_equal(lines["a"].get_xydata(), [(300, 2), (700, 8)])
    np.testing.assert_array_equal(lines["b"].get_xydata(), [(256, 1), (2048, 3)])


def test_both_axes_are_logarithmic_and_named(cost):
    ax = cost.plot()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == (*AXES, "Time of attention")
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["dense: exponent 1.98 (1.95 to 2.01)", "dilated"]


def test_every_length_has_its_tick_unless_there_are_too_many(cost):
    ticks = [label.get_text() for label in cost.plot().get_xticklabels()]
    assert ticks == ["256", "512", "1,024", "2,048"]
    many = np.arange(1, 40)
    crowded = CostDisplay.from_curves(many, {"a": many**2}, axes=AXES).plot()
    assert len(crowded.get_xticks()) < 20


def test_curves_differ_in_more_than_colour():
    curves = {str(i): [i, 2 * i] for i in range(1, 7)}
    lines = lines_of(CostDisplay.from_curves([1, 2], curves, axes=AXES).plot()).values()
    for look in ("get_color", "get_marker", "get_linestyle"):
        assert all(getattr(line, look)() != "None" for line in lines)
    assert len({line.get_color() for line in lines}) == 6
    assert len({line.get_marker() for line in lines}) == 6


def test_the_grey_lines_have_the_slopes_that_stand_beside_them(cost):
    ax = cost.plot()
    assert slopes_of(ax) == pytest.approx([1, 2])
    assert [text.get_text() for text in ax.texts] == ["slope 1", "slope 2"]


@pytest.mark.parametrize("slopes", [(), (0, 1, 3), (-1,), (0.5,)])
def test_other_slopes_can_be_asked_for(slopes):
    cost = CostDisplay.from_curves(LENGTHS, {"a": [1, 2, 3, 4]}, axes=AXES, slopes=slopes)
    assert slopes_of(cost.plot()) == pytest.approx(list(slopes))


@pytest.mark.parametrize("costs", [[2, 3, 4, 5], [2, 16, 130, 1000]])
def test_a_grey_line_goes_from_below_every_start_to_the_edge_or_the_top(costs):
    ax = CostDisplay.from_curves(LENGTHS, {"a": costs, "b": [3, 3, 3, 3]}, axes=AXES).plot()
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for line in (line for line in ax.lines if line.get_label() == "_slope"):
        (x0, y0), (x1, y1) = line.get_xydata()
        assert left < x0 < x1
        assert low < y0 < 2
        assert x1 == pytest.approx(right) or y1 == pytest.approx(high)
        assert x1 <= right * (1 + 1e-9)
        assert y1 <= high * (1 + 1e-9)


def test_the_words_say_where_each_curve_starts_and_ends_and_its_exponent(cost):
    assert cost.describe() == (
        "Time of attention. time (ms) against length (tokens), both axes logarithmic: "
        "dense goes from 2 at 256 to 33 at 1,024, exponent 1.98 (1.95 to 2.01); "
        "dilated goes from 4 at 256 to 1,230 at 2,048. "
        "Thin grey lines rise with slope 1 and 2."
    )


def test_without_title_and_slopes_the_words_are_fewer():
    words = CostDisplay.from_curves([1, 2], {"a": [1, 2]}, axes=AXES, slopes=()).describe()
    assert words.startswith("time (ms). ")
    assert "slope" not in words


def test_an_exponent_may_be_a_plain_number_or_words():
    cost = CostDisplay.from_curves(
        [1, 2], {"a": [1, 2], "b": [1, 3]}, axes=AXES, exponents={"a": 1.004, "b": "unknown"}
    )
    assert list(lines_of(cost.plot())) == ["a: exponent 1.00", "b: exponent unknown"]


def test_a_sweep_gives_its_minimum_times_and_its_exponents():
    def curve(name, **ms):
        return {int(n[1:]): Timing(name, (t / 1000, t / 500)) for n, t in ms.items()}

    timings = {"dense": curve("dense", n10=1, n20=4), "once": curve("once", n10=7)}
    sweep = Sweep(timings, {"once": (20,)}, 15, Provenance.of_this_run(repeats="2 rounds"))
    cost = CostDisplay.from_sweep(sweep, title="Both")
    lines = lines_of(cost.plot())
    assert list(lines) == ["dense: exponent 2.00 (2 points: no interval)", "once"]
    np.testing.assert_allclose(lines["once"].get_xydata(), [(10, 7)])
    assert cost.axes == AXES
    assert cost.title == "Both"


def test_it_draws_on_the_axes_it_is_given(cost, ax):
    assert cost.plot(ax) is ax


def test_a_curve_with_a_missing_number_is_named_and_told_of_pairs():
    with pytest.raises(ShapeError, match=r"'a'; got 4 lengths and costs of shape \(3,\).*a pair"):
        CostDisplay.from_curves(LENGTHS, {"a": [1, 2, 3]}, axes=AXES)
    with pytest.raises(ShapeError, match=r"'a'; got 3 lengths and costs of shape \(2,\)"):
        CostDisplay.from_curves(LENGTHS, {"a": ([1, 2, 3], [1, 2])}, axes=AXES)


def test_a_cost_of_nothing_has_no_place():
    with pytest.raises(MeasurementError, match=r"above zero for 'a'; got 0\..*leave that length"):
        CostDisplay.from_curves([1, 2], {"a": [0, 2]}, axes=AXES)


def test_an_exponent_without_a_curve_is_refused():
    with pytest.raises(UnknownNameError, match=r"of the curves a, b; got one of 'c'.*spelt"):
        CostDisplay.from_curves([1], {"a": [1], "b": [1]}, axes=AXES, exponents={"c": 2.0})
