"""The recordings that the course ships: written by `course.py record`, and never by hand."""

import json
from dataclasses import replace
from datetime import date

import pytest

from course_lib.measuring import Provenance, Sweep, Timing, recordings
from course_lib.measuring.records import RECORDED, STUDIES, as_file_name, place_of

SHIPPED = sorted(path for path in RECORDED.rglob("*") if path.is_file())


def faults(path, folder=RECORDED):
    """Say why a file is not one that `course.py record` has written."""
    studies = {as_file_name(study): study for study in STUDIES}
    if path.stem not in studies:
        return [f"no study is called {path.stem}"]
    study, record = studies[path.stem], json.loads(path.read_text("utf-8"))
    empty = [name for name, told in record["provenance"].items() if not told]
    if empty:
        return [f"its provenance lacks {', '.join(empty)}"]
    sweep = Sweep.load(path)
    date.fromisoformat(sweep.provenance.date)
    timings = [timing for curve in sweep.timings.values() for timing in curve.values()]
    found = {
        "it lies in another device's folder": path
        != place_of(study, sweep.provenance, folder=folder),
        "another command is to measure it again": f'record "{study}"'
        not in sweep.provenance.command,
        "it has times that nobody can have measured": not timings
        or min(min(timing.seconds) for timing in timings) <= 0
        or min(len(timing.seconds) for timing in timings) < 2,
    }
    return [fault for fault, is_so in found.items() if is_so]


@pytest.fixture
def written(tmp_path):
    """Write a recording as it should be, but for what is asked to be otherwise."""

    def write(study="matrix products", seconds=(0.1, 0.2), **otherwise):
        command = f'python3 course.py record "{study}"'
        told = Provenance.of_this_run(
            dtype="float32", shapes="(n, n)", repeats="2", command=command
        )
        place = place_of(study, told, folder=tmp_path)
        place.parent.mkdir(parents=True, exist_ok=True)
        timings = {"float32": {64: Timing("float32", seconds)}}
        Sweep(timings, {}, 9, replace(told, **otherwise)).save(place)
        return place

    return write


def test_there_are_recordings_of_every_study():
    assert [study for study in STUDIES if not recordings(study)] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recording_is_as_record_writes_it(path, tmp_path):
    assert faults(path) == []
    Sweep.load(path).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_a_recording_as_it_should_be_is_let_through(written, tmp_path):
    assert faults(written(), tmp_path) == []


@pytest.mark.parametrize(
    ("otherwise", "fault"),
    [
        ({"date": ""}, "lacks date"),
        ({"driver": ""}, "lacks driver"),
        ({"device": "another one"}, "another device's folder"),
        ({"command": "by hand"}, "another command"),
        ({"seconds": (0.1,)}, "nobody can have measured"),
        ({"seconds": (0.1, 0.0)}, "nobody can have measured"),
    ],
)
def test_a_recording_that_was_not_measured_is_refused(written, tmp_path, otherwise, fault):
    (found,) = faults(written(**otherwise), tmp_path)
    assert fault in found


@pytest.mark.parametrize("name", ["device", "dtype", "shapes", "repeats", "command", "torch"])
def test_a_recording_with_missing_provenance_is_refused(written, tmp_path, name):
    path = written()
    record = json.loads(path.read_text("utf-8"))
    record["provenance"][name] = ""
    path.write_text(json.dumps(record), "utf-8")
    assert faults(path, tmp_path) == [f"its provenance lacks {name}"]


def test_a_recording_of_no_study_is_refused(written, tmp_path):
    stray = written().rename(tmp_path / "matrices.json")
    assert faults(stray, tmp_path) == ["no study is called matrices"]
