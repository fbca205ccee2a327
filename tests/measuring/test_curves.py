from dataclasses import replace

import pytest

from course_lib.errors import UnknownNameError
from course_lib.measuring import MeasurementError, Provenance, Sweep, Timing

HERE = Provenance(
    "Linux x86_64, 2 cores",
    "3.11.7",
    "2.13.0",
    1,
    "2030-01-31",
    device="a processor",
    dtype="float32",
    shapes="(1, 8, length, 32)",
    repeats="2 rounds",
    command="python -m course_lib record cost",
)


def curve(name, **ms):
    """Two rounds a length, the first the quicker one: n10=5."""
    return {int(n[1:]): Timing(name, (t / 1000, t / 800)) for n, t in ms.items()}


@pytest.fixture
def found():
    return Sweep(
        {
            "dense": curve("dense", n10=1, n20=4, n40=16),
            "linear": curve("linear", n10=4, n20=8, n40=16, n80=32),
            "short": curve("short", n10=0.05),
        },
        {"dense": (80,), "short": (20, 40, 80)},
        15,
        HERE,
    )


def test_each_method_has_its_own_lengths(found):
    assert found.names == ["dense", "linear", "short"]
    assert found.lengths == [10, 20, 40, 80]
    assert found.lengths_of("dense") == [10, 20, 40]
    assert found.minimum_ms("dense") == pytest.approx([1, 4, 16])
    assert found.median_ms("dense") == pytest.approx([1.125, 4.5, 18])


def test_the_ratio_is_taken_round_by_round(found):
    slow_second = {10: Timing("slow", (0.002, 0.5, 0.004))}
    even = {10: Timing("even", (0.001, 0.1, 0.004))}
    both = replace(found, timings={"slow": slow_second, "even": even})
    assert both.ratio("slow", "even", 10) == 2
    assert found.ratio("linear", "dense", 20) == 2


def test_the_exponent_is_fitted_to_the_minimum(found):
    assert found.exponent("dense") == pytest.approx(2)
    assert found.exponent("linear") == pytest.approx(1)
    assert found.exponent("linear").n_points == 4


def test_short_lengths_can_be_left_out_of_the_fit():
    bent = Sweep({"a": curve("a", n10=5, n20=5, n40=20, n80=80)}, {}, 15, HERE)
    assert bent.exponent("a") < 1.5
    assert bent.exponent("a", shortest=20) == pytest.approx(2)


@pytest.mark.parametrize(
    ("dense", "linear", "expected"),
    [
        ({"n10": 1, "n20": 4}, {"n10": 2, "n20": 2}, 10 * 2**0.5),
        ({"n10": 1, "n20": 4, "n40": 16}, {"n10": 4, "n20": 8, "n40": 16}, 40),
        ({"n10": 1, "n20": 1, "n40": 4}, {"n10": 1, "n20": 2, "n40": 2}, 20 * 2**0.5),
        ({"n10": 1, "n20": 4}, {"n10": 2, "n20": 8}, None),
        ({"n10": 1}, {"n10": 2}, None),
        ({"n10": 1, "n20": 9}, {"n10": 2, "n40": 2}, None),
        ({"n10": 1, "n20": 1}, {"n10": 1, "n20": 1}, None),
    ],
)
def test_the_crossover_is_where_the_order_changes(dense, linear, expected):
    both = Sweep({"d": curve("d", **dense), "l": curve("l", **linear)}, {}, 15, HERE)
    assert both.crossover("d", "l") == pytest.approx(expected)
    assert both.crossover("l", "d") == pytest.approx(expected)


def test_the_last_crossover_counts():
    wild = curve("w", n10=1, n20=4, n40=1, n80=4)
    both = Sweep({"w": wild, "s": curve("s", n10=2, n20=2, n40=2, n80=2)}, {}, 15, HERE)
    assert both.crossover("w", "s") == pytest.approx(40 * 2**0.5)


def test_the_table_has_a_row_for_each_length_and_a_column_for_each_method(found):
    lines = str(found).splitlines()
    assert lines[0].split() == ["length", "dense", "linear", "short"]
    assert lines[1].split() == ["10", "1.00", "ms", "4.00", "ms", "0.0500", "ms"]
    assert lines[3].split() == ["40", "16.0", "ms", "16.0", "ms", "–"]
    assert lines[4].split() == ["80", "–", "32.0", "ms", "–"]
    assert len({len(line) for line in lines[:5]}) == 1


def test_below_the_table_stand_the_rounds_the_exponents_and_what_was_left_out(found):
    below = str(found).splitlines()[5:]
    assert below == [
        "minimum of 2 rounds; cost grows as length to the power of",
        "  dense   2.00 (2.00 to 2.00)",
        "  linear  1.00 (1.00 to 1.00)",
        "left out, to stay within 15 s: dense at 80, short at 20 and 40 and 80",
    ]


def test_where_nothing_can_be_fitted_no_exponent_is_promised():
    single = Sweep({"a": curve("a", n10=1234.5)}, {}, 15, HERE)
    assert str(single).splitlines()[1:] == ["    10  1,234 ms", "minimum of 2 rounds"]


def test_a_clock_that_stood_still_does_not_spoil_the_table():
    still = Sweep({"a": {10: Timing("a", (0.0, 0.0)), 20: Timing("a", (0.0, 0.0))}}, {}, 15, HERE)
    assert "too short for the clock" in str(still)


def test_what_is_saved_is_loaded_again(found, tmp_path):
    found.save(tmp_path / "cost.json")
    assert Sweep.load(tmp_path / "cost.json") == found
    assert Sweep.load(str(tmp_path / "cost.json")).crossover("dense", "linear") == pytest.approx(40)


def test_a_file_says_where_its_numbers_come_from(found, tmp_path):
    found.save(tmp_path / "cost.json")
    text = (tmp_path / "cost.json").read_text("utf-8")
    for fact in ("2030-01-31", "float32", "(1, 8, length, 32)", "2.13.0", "record cost"):
        assert fact in text


@pytest.mark.parametrize("fact", ["device", "dtype", "shapes", "repeats", "command"])
def test_without_one_of_these_facts_nothing_is_recorded(found, fact, tmp_path):
    unsaid = replace(found, provenance=replace(HERE, **{fact: ""}))
    with pytest.raises(MeasurementError, match=rf"would not carry {fact}\. Hand it over: sweep"):
        unsaid.save(tmp_path / "cost.json")
    assert not (tmp_path / "cost.json").exists()


def test_a_method_that_was_not_measured_is_named(found):
    with pytest.raises(UnknownNameError, match=r"got 'dens'\. It has dense, linear, short"):
        found.exponent("dens")


def test_a_length_that_was_not_measured_is_named(found):
    with pytest.raises(MeasurementError, match=r"'dense' was measured at; got 80\..*10, 20, 40"):
        found.ratio("linear", "dense", 80)
