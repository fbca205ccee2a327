import csv
import io

import pytest

from course_lib.checking.engine import try_answer
from course_lib.checking.guarding import Limit
from course_lib.checking.outcome import Outcome, Raised
from course_lib.checking.registry import exercise_named
from course_lib.checking.verdict import Verdict
from course_lib.teaching.grading import rows
from course_lib.teaching.grading.process import Limits, Report
from course_lib.teaching.grading.rows import Row, as_csv, row_of
from course_lib.teaching.grading.serialisation import as_json

pytestmark = pytest.mark.usefixtures("shapes_unchecked")  # as in a class, and quicker

LIMITS = Limits(seconds=5.0, memory_mib=512)


def read(report, exercise="softmax"):
    row = row_of("ada", exercise, report, seed=1, limits=LIMITS)
    return row.status, row.mistake


def verdict(status, mistake=None, message="a sentence\nand more"):
    said = {"status": status, "mistake": mistake, "message": message}
    return Report({"verdict": said})


@pytest.mark.parametrize(
    ("report", "status", "mistake"),
    [
        (
            Report(stopped="timed out"),
            "timed out",
            "did not come to its end, and could only be ended with its process",
        ),
        (Report(stopped="out of memory"), "error", "out of memory: more than 512 MiB"),
        (Report(stopped="too much output"), "error", "too much output"),
        (Report(code=3), "error", "crashed: the process ended with code 3 and gave no result"),
        (Report(code=137), "error", "crashed: the process ended by SIGKILL and gave no result"),
        (Report(code=-11), "error", "crashed: the process ended by SIGSEGV and gave no result"),
        (verdict("not attempted"), "not attempted", ""),
        (verdict("not attempted", "no function"), "not attempted", "no function"),
        (verdict("timed out"), "timed out", "a sentence"),
        (verdict("error", message="x\x1b[1m"), "error", r"x\x1b[1m"),
    ],
)
def test_every_end_has_its_words(report, status, mistake):
    assert read(report) == (status, mistake)


@pytest.mark.parametrize(
    "facts",
    [
        {"verdict": {"status": "correct", "mistake": None, "message": ""}},
        {"verdict": {"status": "incorrect", "mistake": "no scale", "message": ""}},
        {"verdict": {"status": "splendid", "mistake": None, "message": ""}},
        {"verdict": "correct"},
        {"seen": "[]", "trouble": []},
        {"seen": "nonsense", "trouble": []},
    ],
)
def test_what_a_process_says_of_itself_is_never_a_grade(facts):
    status, mistake = read(Report(facts))
    assert status == "error"
    assert "cannot be judged" in mistake


def test_too_few_outcomes_are_no_right_answer():
    limit = Limit(cpu_s=30.0, clock_s=600.0)
    seen = try_answer("softmax", exercise_named("softmax").reference, seed=1, limit=limit)
    assert read(Report({"seen": as_json(seen), "trouble": []})) == ("correct", "")
    status, mistake = read(Report({"seen": as_json(seen[:3]), "trouble": []}))
    assert (status, "cannot be judged" in mistake) == ("error", True)


@pytest.mark.parametrize(
    ("type_name", "mistake"),
    [
        ("NameError", "NameError: no x; before that, code cell 2 raised OSError"),
        ("_ArrayMemoryError", "out of memory: more than 512 MiB"),
    ],
)
def test_an_exception_is_said_with_what_went_wrong_before(monkeypatch, type_name, mistake):
    found = Verdict("softmax", "error", "your function raised something")
    monkeypatch.setattr(rows, "judge", lambda *_, **__: found)
    raised = Raised(type_name, "no x", None, None, not_written=False, by_hand=False)
    seen = as_json([Outcome(raised=raised)])
    facts = {"seen": seen, "trouble": ["code cell 2 raised OSError"]}
    assert read(Report(facts)) == ("error", mistake)


def test_the_csv_has_a_header_and_no_cell_that_a_spreadsheet_computes():
    dressed_up = [
        Row("=cmd|' '!A0", "softmax", "correct"),
        Row("+1", "softmax", "error", '-2,"x"'),
        Row("@x", "", "error", "plain"),
    ]
    header, *cells = csv.reader(io.StringIO(as_csv(dressed_up)))
    assert header == ["learner", "exercise", "status", "mistake"]
    assert cells == [
        ["'=cmd|' '!A0", "softmax", "correct", ""],
        ["'+1", "softmax", "error", '\'-2,"x"'],
        ["'@x", "", "error", "plain"],
    ]
