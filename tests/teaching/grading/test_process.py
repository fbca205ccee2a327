"""A few hostile functions in real processes; `handing_in.HOSTILE` has many more."""

import os
import re
import threading

import psutil
import pytest
from teaching.handing_in import HOSTILE, instead, scaled_scores

from course_lib.teaching.grading.process import Limits, run_apart
from course_lib.teaching.grading.rows import row_of
from course_lib.teaching.grading.sandbox import ProcessKeeper, adopting_children

pytestmark = pytest.mark.usefixtures("shapes_unchecked")  # as in a class, and quicker

LIMITS = Limits(seconds=30.0)  # far from what is needed, however busy the machine is
IMPATIENT = Limits(seconds=1.0)
IN_A_PROCESS = (
    "endless",
    "exits",
    "hungry",
    "kills its parent",
    "patches the reference",
    "says it is right",
    "secrets",
)


@pytest.fixture
def run():
    stop = threading.Event()

    def in_a_process(answer, limits=LIMITS):
        with adopting_children():
            report = run_apart(
                "scaled_scores",
                instead(answer),
                seed=5,
                limits=limits,
                keeper=ProcessKeeper(),
                stop=stop,
            )
        return row_of("ada", "scaled_scores", report, seed=5, limits=limits)

    in_a_process.stop = stop
    return in_a_process


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_a_hostile_function_gets_a_row_that_says_what_happened(name, run, monkeypatch):
    monkeypatch.setenv("GRADING_SECRET", "x")
    answer, status, mistake = HOSTILE[name]
    row = run(answer, IMPATIENT if status == "timed out" else LIMITS)
    assert re.fullmatch(status, row.status), row
    assert re.search(mistake, row.mistake), row


@pytest.mark.skipif(os.name == "nt", reason="nothing leaves a group there")
def test_nothing_stays_behind(run):
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    assert run(HOSTILE["leaves a child"][0]).status == "correct"
    after = psutil.Process().children(recursive=True)
    assert [process for process in after if process.pid not in before] == []


def test_a_process_is_ended_when_whoever_grades_goes_home(run):
    run.stop.set()
    assert run(scaled_scores("import time; time.sleep(10**6)")).mistake == "stopped by hand"
