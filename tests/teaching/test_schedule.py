"""Hours that add up: pure sums, and then the course's own paths on its own minutes."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from course_lib.authoring.lessons import ROOT, lessons_of, read_sources
from course_lib.errors import CourseError, UnknownNameError
from course_lib.teaching.schedule import PATHS, ClassPath, clock, minutes_of, path_named, plan

HEADERS = {
    "01": {
        "minutes": {"teaching": 25, "exercises": 20, "shown": 8, "first_part": 11},
        "exercises": ["hops", "states"],
        "cut": "A stop",
    }
}
PATH = ClassPath("short", 60, "…", (("01 shown", "Pause: 7", "01 first_part"), ("01 exercises",)))


@pytest.fixture(scope="module")
def headers():
    return {lesson.number: lesson.course for lesson in lessons_of(read_sources(ROOT))}


@pytest.fixture(scope="module")
def page():
    return (ROOT / "workshop/README.md").read_text(encoding="utf-8")


def test_parts_lie_end_to_end_and_each_sitting_begins_anew():
    first, second = plan(PATH, HEADERS, starts=9 * 60 + 50)
    assert [(clock(slot.begins), slot.minutes) for slot in first] == [
        ("09:50", 8),
        ("09:58", 7),
        ("10:05", 11),
    ]
    assert clock(first[-1].ends) == "10:16"
    assert minutes_of(first) == 26
    assert (clock(second[0].begins), minutes_of(second)) == ("09:50", 20)


def test_a_slot_says_what_it_is_for():
    slots = [slot for sitting in plan(PATH, HEADERS) for slot in sitting]
    assert [(slot.lesson, slot.what) for slot in slots] == [
        ("01", "shown"),
        (None, "Pause"),
        ("01", 'the first part, up to "A stop"'),
        ("01", "exercises: hops, states"),
    ]


def test_a_class_may_end_after_midnight():
    assert clock(plan(PATH, HEADERS, starts=23 * 60 + 55)[0][-1].begins) == "00:10"


def test_a_sitting_that_is_too_long_is_refused():
    path = ClassPath("short", 40, "…", (("01 teaching", "01 exercises"),))
    with pytest.raises(CourseError) as complaint:
        plan(path, HEADERS)
    for words in (
        "'short' should be 40 minutes at most",
        "'01 teaching'",
        "is 45",
        "lesson's header",
    ):
        assert words in str(complaint.value)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("02 teaching", "'teaching' of lesson 02, and its header has none"),
        ("01 second", "'second'"),
    ],
)
def test_minutes_that_no_header_states_are_asked_for(step, words):
    with pytest.raises(CourseError) as complaint:
        plan(ClassPath("short", 60, "…", ((step,),)), HEADERS)
    assert words in str(complaint.value)
    assert "Write them there" in str(complaint.value)


def test_a_path_is_found_however_it_is_written():
    assert path_named(" Three  HOURS ").name == "three hours"


def test_an_unknown_path_is_answered_with_those_there_are():
    with pytest.raises(UnknownNameError) as complaint:
        path_named("a week")
    for words in ("got 'a week'", "'90 minutes'", "'whole course'"):
        assert words in str(complaint.value)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_path_fits_its_time(path, headers):
    sittings = plan(path, headers)
    assert all(0 < minutes_of(sitting) <= path.most for sitting in sittings)
    longest = max(slot.minutes for sitting in sittings for slot in sitting)
    assert longest <= 60


def test_the_short_paths_last_what_they_are_called(headers):
    assert sum(map(minutes_of, plan(path_named("90 minutes"), headers))) <= 90
    assert sum(map(minutes_of, plan(path_named("three hours"), headers))) <= 180


def test_the_whole_course_is_every_lesson_and_every_exercise_once(headers):
    steps = [step for sitting in path_named("whole course").sittings for step in sitting]
    wanted = [f"{number} teaching" for number in headers]
    wanted += [f"{number} exercises" for number in headers if headers[number]["exercises"]]
    assert Counter(step for step in steps if ":" not in step) == Counter(wanted)


def _minutes(hour):
    hours, minutes = hour.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_the_teachers_page_adds_up(path, page):
    section = page.split(f"\n### {path.name.capitalize()}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| (\d\d:\d\d) \| (\d\d:\d\d) \| (\d+) \|", section, re.MULTILINE)
    assert all(_minutes(end) - _minutes(begin) == int(long) for begin, end, long in rows)
    jumps = [after[0] for before, after in pairwise(rows) if before[1] != after[0]]
    assert jumps == ["09:00"] * (len(path.sittings) - 1)
    stated = [
        int(number) for number in re.findall(r"\*\*(?:Sitting \d+: )?(\d+) minutes\*\*", section)
    ]
    assert stated[0] == sum(int(row[2]) for row in rows)
    assert sum(stated[1:]) in (0, stated[0])
