import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rehearse
from rehearsal import work
from rehearsal.hub import free_ports, wait_for
from rehearsal.kernels import Ran, execute_request
from rehearsal.memory import Taken
from rehearsal.report import Rehearsal, as_markdown
from rehearsal.work import Done

from course_lib.measuring.provenance import Provenance

ROOT = Path(__file__).resolve().parents[2]
LOG, LOG_07 = (
    (ROOT / "workshop/hub" / name).read_text("utf-8")
    for name in ("rehearsal.md", "rehearsal_07.md")
)
ORIGIN = Provenance("some machine", "3.11.7", "2.13.0", 1, "2030-01-31")


def done(name="one", **changes):
    told = {"cells": 3, "as_stored": 3, "verdicts": ["correct", "correct"], **changes}
    return Done(name, answers=True, **told)


def test_a_learner_has_finished_when_all_ran_as_stored_and_was_judged_right():
    assert done().is_finished
    assert Done("two", answers=False, cells=2, as_stored=2, verdicts=["not attempted"]).is_finished


@pytest.mark.parametrize(
    "changes",
    [
        {"as_stored": 2},
        {"cells": 0, "as_stored": 0},
        {"verdicts": []},
        {"verdicts": ["correct", "not attempted"]},
        {"verdicts": ["incorrect"]},
        {"faults": ["NameError: x"]},
    ],
)
def test_a_learner_has_not_finished_when_anything_is_amiss(changes):
    assert not done(**changes).is_finished


def seen(*people, are_all_gone=True):
    taken = Taken(400.0, 300.0, 200.0, 6.0, 3)
    names = [person.name for person in people]
    return Rehearsal(
        "05",
        spawn_s=dict.fromkeys(names, 9.0),
        work_s=dict.fromkeys(names, 20.0),
        done=list(people),
        idle=dict.fromkeys(names, Taken(100.0, 90.0, 80.0, 2.0, 1)),
        taken=dict.fromkeys(names, taken),
        peak_mib=dict.fromkeys(names, 420.0),
        hub_taken=taken,
        are_all_gone=are_all_gone,
    )


def as_text(rehearsal):
    return as_markdown(rehearsal, origin=ORIGIN, versions="versions", command="command")


def test_a_rehearsal_succeeds_only_if_all_finish_and_nothing_is_left():
    assert seen(done()).is_success
    assert not seen(done(), done("two", as_stored=1)).is_success
    assert not seen(done(), are_all_gone=False).is_success
    assert not seen().is_success


def test_the_log_says_who_did_not_finish_and_what_was_left():
    text = as_text(seen(done(), done("two", faults=["NameError: x"]), are_all_gone=False))
    assert "1 of 2 learners finished lesson 05" in text
    assert "NO: NameError: x" in text
    assert "SERVERS WERE LEFT" in text


def test_the_log_takes_the_start_off_the_work_s_processor_time():
    assert "the processor worked for this learner 4.0 s" in as_text(seen(done()))


@pytest.mark.parametrize(("log", "fewest"), [(LOG, 4), (LOG_07, 2)], ids=["05", "07"])
def test_in_the_shipped_logs_all_finished_with_answers_and_without(log, fewest):
    finished, learners = map(int, re.search(r"(\d+) of (\d+) learners finished", log).groups())
    rows = [line for line in log.splitlines() if line.startswith("| learner-")]
    assert finished == learners == len(rows) >= fewest
    assert all(row.endswith("| yes |") for row in rows)
    assert "answers pasted" in log
    assert "left as they were" in log
    assert "every server had stopped" in log


def greatest(log, column):
    rows = [line.split(" | ") for line in log.splitlines() if line.startswith("| learner-")]
    return max(float(row[column]) for row in rows)


def test_the_guide_quotes_the_logs():
    guide = (ROOT / "workshop/hub/README.md").read_text("utf-8")
    for pattern in (r"Time to spawn: ([\d.]+ to [\d.]+)", r"all learners together: (\d+ MiB)"):
        assert re.search(pattern, LOG)[1] in guide
    worked = [re.search(r"work through.*median ([\d.]+ s)\.", log)[1] for log in (LOG, LOG_07)]
    assert f"| {worked[0]} | {worked[1]} |" in guide
    resident, shared_out = (f"{greatest(LOG_07, column):.0f} MiB |" for column in (5, 6))
    assert resident in guide
    assert shared_out in guide
    assert f"{greatest(LOG, 5):.0f} MiB |" in guide
    gib = (40 * greatest(LOG_07, 6) + 159) / 1024
    assert f"40 × {greatest(LOG_07, 6):.0f} MiB and the hub are {gib:.1f} GiB" in guide


def test_what_a_cell_printed_is_held_against_the_course_unless_it_was_measured():
    plain, measured = {"metadata": {}}, {"metadata": {"tags": [work.UNSTABLE]}}
    assert work.is_as_stored(Ran(plain, "1\n", None), "1\n")
    assert not work.is_as_stored(Ran(plain, "1\n", None), "2\n")
    assert work.is_as_stored(Ran(measured, "1\n", None), "2\n")


def test_a_line_that_is_written_over_leaves_what_jupyterlab_shows():
    assert work.as_shown("measuring: 1 of 2\rmeasuring: 2 of 2\r                 \rok\n") == [
        "ok",
        "",
    ]
    assert work.as_shown("longer\rshort") == ["shortr"]


def test_every_lesson_says_what_each_of_its_cells_printed():
    name = work.name_of("05")
    printed = work.printed_by("notebooks", name)
    assert len(printed) == len(work.code_cells("notebooks", name))
    assert sum(map(bool, printed)) > 10


def test_an_unknown_lesson_is_named():
    with pytest.raises(SystemExit, match=r"no lesson 77\. Try one such as 05"):
        work.name_of("77")


def test_the_solutions_have_the_cells_of_the_exercises():
    name = work.name_of("05")
    asked, answered = (work.code_cells(folder, name) for folder in ("exercises", "solutions"))
    assert [cell["id"] for cell in asked] == [cell["id"] for cell in answered]
    assert [cell["source"] for cell in asked] != [cell["source"] for cell in answered]


def test_no_two_requests_have_one_name():
    names = {execute_request("1")["header"]["msg_id"] for _ in range(3)}
    assert len(names) == 3


def test_ports_are_free_and_different():
    assert len(set(free_ports(3))) == 3


def test_waiting_in_vain_says_for_what():
    with pytest.raises(TimeoutError, match="in vain for the moon"):
        wait_for("the moon", lambda: False, seconds=0.01)


@pytest.mark.parametrize(
    ("lacks", "parts"),
    [
        ("linux", ("Expected Linux or macOS", "this is Windows", "Try WSL")),
        ("npm", ("Expected npm", "none on the PATH", "Install Node.js")),
        ("course", ("Expected the course's own environment", "not there yet", "doctor")),
    ],
)
def test_what_a_rehearsal_lacks_is_said_before_anything_is_made(
    lacks, parts, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(rehearse.shutil, "which", lambda name: None if lacks == "npm" else name)
    monkeypatch.setattr(rehearse, "COURSE", tmp_path)
    if lacks == "linux":
        monkeypatch.setattr(rehearse.os, "name", "nt")
    code = rehearse.main([])
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert code == 1
    assert all(part in said for part in parts)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("COURSE_REHEARSAL"),
    reason="a whole class takes minutes and a hub's environment: COURSE_REHEARSAL=1 asks for it",
)
def test_a_class_of_two_works_on_one_hub_and_leaves_nothing_behind():
    command = [sys.executable, str(ROOT / "workshop/hub/rehearse.py"), "--learners", "2"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 of 2 learners finished" in ended.stdout
