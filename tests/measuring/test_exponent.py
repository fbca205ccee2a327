import copy
import math
import pickle

import numpy as np
import pytest

from course_lib.errors import CourseError, ShapeError
from course_lib.measuring import Exponent, MeasurementError, scaling_exponent
from course_lib.measuring.exponent import _student_t

LENGTHS = [256, 512, 1024, 2048, 4096]


@pytest.mark.parametrize("power", [-1, 0, 0.5, 1, 2, 3.3])
@pytest.mark.parametrize("unit", [1e-6, 1, 40])
def test_a_power_law_gives_its_power_in_any_unit(power, unit):
    exponent = scaling_exponent(LENGTHS, [unit * n**power for n in LENGTHS])
    assert exponent == pytest.approx(power, abs=1e-9)
    assert exponent.low == pytest.approx(power, abs=1e-6)
    assert exponent.high == pytest.approx(power, abs=1e-6)
    assert exponent.n_points == 5


def test_with_noise_it_is_the_slope_that_numpy_fits(rng):
    costs = np.array(LENGTHS) ** 1.5 * np.exp(rng.normal(size=5))
    slope, _ = np.polyfit(np.log(LENGTHS), np.log(costs), 1)
    assert scaling_exponent(LENGTHS, costs) == pytest.approx(slope)
    assert scaling_exponent(LENGTHS[::-1], costs[::-1]) == pytest.approx(slope)


def test_the_interval_holds_the_true_exponent_in_95_of_100_experiments(rng):
    held = 0
    for _ in range(1000):
        exponent = scaling_exponent(LENGTHS, np.array(LENGTHS) ** 2 * np.exp(rng.normal(size=5)))
        held += exponent.low <= 2 <= exponent.high
    assert 930 <= held <= 970


@pytest.mark.parametrize(
    ("freedom", "tabled"),
    [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (11, 2.201), (20, 2.086), (120, 1.980)],
)
def test_students_t_is_that_of_the_tables(freedom, tabled):
    assert _student_t(freedom) == pytest.approx(tabled, abs=6e-4)


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda n: iter(list(n))])
def test_any_row_of_numbers_will_do(kind):
    assert scaling_exponent(kind([2, 4, 8]), kind([1.0, 2.0, 4.0])) == pytest.approx(1)


def test_two_points_leave_no_interval_and_it_says_so():
    exponent = scaling_exponent([10, 20], [3, 12])
    assert exponent == pytest.approx(2)
    assert math.isnan(exponent.low)
    assert math.isnan(exponent.high)
    assert str(exponent) == "2.00 (2 points: no interval)"


def test_it_is_a_number_that_shows_its_interval():
    exponent = Exponent(1.98, low=1.95, high=2.01, n_points=6)
    assert str(exponent) == repr(exponent) == f"{exponent}" == "1.98 (1.95 to 2.01)"
    assert f"{exponent:.1f}" == "2.0"
    assert 1.9 < exponent < 2
    assert exponent + 1 == pytest.approx(2.98)


def test_nothing_is_less_than_nothing_on_the_page():
    assert str(Exponent(-1e-9, low=-0.001, high=0.001, n_points=5)) == "0.00 (0.00 to 0.00)"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
def test_a_copy_knows_its_interval_too(again):
    exponent = again(Exponent(1.5, low=1.25, high=1.75, n_points=4))
    assert (exponent, exponent.low, exponent.high, exponent.n_points) == (1.5, 1.25, 1.75, 4)


def test_unequal_lengths_are_counted():
    with pytest.raises(ShapeError, match=r"one cost a length; got 3 lengths and 2 costs.*left out"):
        scaling_exponent([1, 2, 3], [1, 2])


@pytest.mark.parametrize("lengths", [[], [4], [4, 4, 4]])
def test_a_slope_needs_two_different_lengths(lengths):
    with pytest.raises(MeasurementError, match=r"two different lengths; got \[.*five or six"):
        scaling_exponent(lengths, [1.0] * len(lengths))


@pytest.mark.parametrize("unfit", [0, -3, math.inf, math.nan])
@pytest.mark.parametrize("place", ["lengths", "costs"])
def test_what_has_no_logarithm_is_named(unfit, place):
    numbers = {"lengths": [1, 2, 3], "costs": [1, 2, 3], place: [1, unfit, 3]}
    with pytest.raises(MeasurementError, match=rf"{place} above zero.*got {unfit:g}\..*longer"):
        scaling_exponent(**numbers)


def test_a_complaint_is_an_error_of_the_course_and_an_ordinary_value_error():
    assert issubclass(MeasurementError, CourseError)
    assert issubclass(MeasurementError, ValueError)
