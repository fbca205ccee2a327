import pytest

from course_lib.measuring import Provenance, Sweep, Timing
from course_lib.running.benchmarks.rows import Aim, Row, compared


@pytest.mark.parametrize(
    ("aim", "value", "word"),
    [
        (Aim(most=0.4), 0.4, "reached"),
        (Aim(most=0.4), 0.41, "missed"),
        (Aim(most=1.05, bar=1.10), 1.07, "missed, within the bar"),
        (Aim(most=1.05, bar=1.10), 1.11, "missed"),
        (Aim(least=0.7), 0.71, "reached"),
        (Aim(least=0.7), 0.69, "missed"),
        (Aim(0.95, 1.10), 1.0, "reached"),
        (Aim(0.95, 1.10), 0.94, "missed"),
        (Aim(0.95, 1.10), 1.11, "missed"),
        (Aim(most=1.0), float("nan"), "missed"),
    ],
)
def test_the_verdict_says_how_a_figure_stands_to_its_aim(aim, value, word):
    assert aim.verdict(value) == word


def test_a_row_shows_the_figure_the_aim_the_verdict_and_what_it_was_made_from():
    row = Row(
        "ours / theirs", "4,096", 0.0204, Aim(most=0.03), {"ours": 488.2, "theirs": 24013.0}, "ms"
    )
    assert row.is_reached
    assert row.cells == ("ours / theirs", "4,096", "0.020", "≤ 0.03", "reached", "488 : 24,013 ms")
    assert row.record == {
        "what": "ours / theirs",
        "words": "4,096",
        "value": 0.0204,
        "aim": "≤ 0.03",
        "verdict": "reached",
        "parts": {"ours": 488.2, "theirs": 24013.0},
        "unit": "ms",
    }


def test_a_row_that_misses_says_so():
    row = Row(
        "tiled: peak, MiB", "4,096", 25.3, Aim(most=25.0), {"peak": 25.3, "nothing": 0.0}, "MiB"
    )
    assert not row.is_reached
    assert row.cells[-2:] == ("missed", "25.3 : 0 MiB")


def test_a_ratio_is_paired_and_times_are_minima():
    timings = {
        "theirs": {64: Timing("theirs", (1.0, 2.0, 4.0))},
        "ours": {64: Timing("ours", (0.5, 1.2, 1.6))},
    }
    found = Sweep(timings, {}, 1, Provenance.of_this_run())
    row = compared(found, "ours", "theirs", Aim(most=0.6))
    assert (row.what, row.words, row.unit) == ("ours / theirs", "64", "ms")
    assert row.value == pytest.approx(0.5)  # the median of 0.5, 0.6 and 0.4
    assert row.parts == {"ours": 500, "theirs": 1000}
    assert compared(found, "ours", "theirs", Aim(), what="a name").what == "a name"
