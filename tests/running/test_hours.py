import re

import pytest
from click.testing import CliRunner

from course_lib.running.cli import course
from course_lib.teaching.schedule import PATHS


@pytest.fixture
def said(monkeypatch):
    """Run the verb in a wide terminal and return what it printed."""
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        return CliRunner().invoke(course, ["schedule", *words], prog_name="course.py").output

    return call


def test_a_schedule_is_printed_from_the_hour_that_is_asked_for(said):
    text = said("three", "hours", "--start", "13:30")
    minutes = int(re.search(r"three hours, (\d+) minutes", text)[1])
    assert 120 < minutes <= 180
    hour, minute = divmod(13 * 60 + 30 + minutes, 60)
    assert f"13:30 to {hour}:{minute:02}" in text
    assert text.index("13:30 │") < text.index("01 Why attention, shown") < text.index("Pause")
    assert '05 Weighted sum, the first part, up to "A stop"' in text
    assert "Pause" in text
    assert "Sitting" not in text


def test_without_a_name_the_ways_are_listed(said):
    text = said()
    for path in PATHS:
        assert f"\n{path.name}, " in text
    assert '"three hours" --start 09:30' in text


@pytest.mark.parametrize(
    ("words", "answer"),
    [(["a week"], "got 'a week'"), (["one day", "--start", "9h"], "'9h'")],
)
def test_what_it_does_not_know_is_said(said, words, answer):
    text = said(*words)
    assert answer in text
    assert "Traceback" not in text
