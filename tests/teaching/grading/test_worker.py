"""The worker's report and the row made from it, in this process: for answers that do no harm."""

import json
import re

import numpy as np
import pytest
from teaching.handing_in import HARMLESS, HOSTILE, RIGHT, WRONG, cells_of, instead, scaled_scores

from course_lib.checking.registry import all_exercises
from course_lib.teaching.grading import worker
from course_lib.teaching.grading.process import Limits, Report
from course_lib.teaching.grading.rows import row_of
from course_lib.teaching.grading.worker import report

TAME = ("deleted", "renamed", "no Python", "null", "a number", "lost file")
LIMITS = Limits(seconds=30.0)

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def row(cells, exercise="scaled_scores"):
    facts = json.loads(json.dumps(report(exercise, cells, seed=5, seconds=30.0)))
    return row_of("ada", exercise, Report(facts), seed=5, limits=LIMITS)


@pytest.mark.parametrize("answer", HARMLESS.values(), ids=HARMLESS)
def test_whatever_stands_around_it_a_right_answer_is_right(answer):
    found = row(instead(answer))
    assert (found.status, found.mistake) == ("correct", "")


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_a_listed_mistake_has_its_title_in_its_row(answer):
    titles = {mistake.title for mistake in all_exercises()["scaled_scores"].mistakes}
    found = row(instead(answer))
    assert found.status == "incorrect"
    assert found.mistake in titles


@pytest.mark.parametrize("name", TAME)
def test_what_is_missing_or_broken_is_said(name):
    answer, status, mistake = HOSTILE[name]
    found = row(instead(answer))
    assert found.status == status
    assert re.search(mistake, found.mistake)
    assert row(instead(answer), "raw_scores").status == "correct"


def test_an_unlisted_mistake_has_what_shows_in_its_row():
    found = row(["def raw_scores(q, k):\n    return [[[1.0]]]"], "raw_scores")
    assert found.status == "incorrect"
    assert found.mistake.startswith("The shape of result is (1, 1, 1)")


def test_a_blank_notebook_is_not_attempted_and_has_no_mistake():
    blank = cells_of("exercises", "03_scores.ipynb")
    assert (row(blank).status, row(blank).mistake) == ("not attempted", "")


def test_an_earlier_exercise_may_be_called_by_a_later_one():
    cells = cells_of("solutions", "11_dilated_attention.ipynb")
    assert any("dilated_positions(len" in cell for cell in cells)
    assert row(cells, "dilated_branch").status == "correct"


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        (instead(scaled_scores("N", RIGHT, before="N = 0\nwhile True: N += 1")), True),
        (instead(scaled_scores("while True: pass")), False),
    ],
)
def test_what_never_ends_is_stopped_by_its_cpu_time(cells, where, monkeypatch):
    monkeypatch.setattr(worker, "CLOCK_FACTOR", 600.0)
    said = report("scaled_scores", cells, seed=5, seconds=1.0)["verdict"]
    assert said["status"] == "timed out"
    assert said["message"] == (
        f"{'the cells that it needs were ' if where else ''}still running after 1 second of "
        "CPU time"
    )


def test_what_a_cell_sets_is_set_when_the_function_is_called():
    """As in a kernel: the settings are put back once for all, after the last call."""
    before = np.get_printoptions()["precision"]
    cells = [
        "import numpy as np\nSET = np.set_printoptions(precision=3)",
        scaled_scores("assert np.get_printoptions()['precision'] == 3, SET", RIGHT),
    ]
    assert row(cells).status == "correct"
    assert np.get_printoptions()["precision"] == before
