import pytest

from course_lib.measuring.budget import Budget, Method, affordable


def method(name="a", **seconds):
    """Return a method of which so many seconds are known, by length: n10=2.0."""
    known = Method(name, lambda length: lambda: None)
    known.least_s.update({int(length[1:]): taken for length, taken in seconds.items()})
    return known


def test_a_budget_runs_down_and_below_zero(clock):
    clock.now = 100.0
    budget = Budget(15, clock)
    clock.now += 4
    assert budget.left == 11
    clock.now += 20
    assert budget.left == -9


def test_of_what_was_never_seen_nothing_can_be_said():
    assert method().forecast(1000) == 0


def test_seen_once_it_is_taken_to_be_quadratic():
    assert method(n10=2.0).forecast(30) == pytest.approx(18)


def test_seen_twice_it_goes_on_as_it_did():
    assert method(n10=1.0, n20=2.0).forecast(80) == pytest.approx(8)
    assert method(n10=1.0, n20=8.0).forecast(40) == pytest.approx(64)


def test_only_the_last_two_lengths_count():
    assert method(n1=5.0, n10=1.0, n20=2.0).forecast(40) == pytest.approx(4)


def test_a_moment_of_good_or_bad_luck_is_not_taken_for_growth():
    assert method(n10=3.0, n20=1.0).forecast(40) == pytest.approx(2)
    assert method(n10=0.001, n20=1.0).forecast(40) == pytest.approx(16)


def test_a_clock_that_stood_still_forecasts_as_for_one_length():
    assert method(n10=0.0, n20=1.0).forecast(40) == pytest.approx(4)
    assert method(n10=0.0, n20=0.0).forecast(40) == 0


def test_the_costliest_is_left_out_until_the_others_fit_and_stays_out():
    methods = [method("dense", n10=9.0), method("tiled", n10=4.0), method("linear", n10=1.0)]
    assert [m.name for m in affordable(methods, 20, seconds=21)] == ["tiled", "linear"]
    assert [m.name for m in affordable(methods, 20, seconds=1000)] == ["tiled", "linear"]
    assert affordable(methods, 20, seconds=3) == []
    assert all(m.is_left_out for m in methods)


def test_what_just_fits_is_measured():
    assert len(affordable([method(n10=1.0), method(n10=1.0)], 20, seconds=8)) == 2
