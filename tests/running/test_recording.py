"""What is measured here is tiny; what the real studies ask for is only looked at."""

from dataclasses import replace

import pytest
import torch

from course_lib.errors import UnknownNameError
from course_lib.measuring import Provenance, Sweep, Timing, recordings
from course_lib.measuring.records import STUDIES
from course_lib.running import recording
from course_lib.running.recording import PLANS, Plan


@pytest.fixture
def tiny(monkeypatch):
    """Cut every study short, and have no GPU."""
    for name, plan in list(PLANS.items()):
        monkeypatch.setitem(
            PLANS, name, lambda device, plan=plan: replace(plan(device), lengths=[4, 8], n_rounds=2)
        )
    monkeypatch.setattr(recording, "accelerator", lambda: None)


def test_the_studies_that_can_be_measured_are_those_that_lessons_can_ask_for():
    assert tuple(PLANS) == STUDIES


@pytest.mark.usefixtures("tiny")
def test_every_study_is_written_with_its_provenance_and_can_be_read_again(tmp_path, capsys):
    assert recording.run_all(folder=tmp_path) == 0
    said = capsys.readouterr().out
    for study in STUDIES:
        (found,) = recordings(study, folder=tmp_path)
        assert found.lengths == [4, 8]
        assert found.provenance.missing == []
        assert found.provenance.command == f'python3 course.py record "{study}"'
        assert found.provenance.repeats == "2 rounds"
        assert f"{study}\n{found.provenance}\n{found}\nwritten to" in said


@pytest.mark.usefixtures("tiny")
def test_only_the_studies_that_are_named_are_measured(tmp_path):
    recording.run_all(("matrix products", "plain and fused"), folder=tmp_path)
    names = sorted(path.name for path in tmp_path.glob("*/*"))
    assert names == ["matrix-products.json", "plain-and-fused.json"]


def test_an_unknown_study_stops_everything_and_names_those_that_exist(tmp_path):
    with pytest.raises(UnknownNameError, match=r"got 'products'.*\"matrix products\""):
        recording.run_all(("matrix products", "products"), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("study", STUDIES)
def test_who_is_compared_computes_the_same_where_it_should(study):
    calls = {name: make(64) for name, make in PLANS[study]("cpu").makers.items()}
    outputs = {name: call() for name, call in calls.items()}
    expected = {
        "lstm and attention": ["LSTM", "attention"],
        "matrix products": ["float32"],
        "plain and fused": ["plain", "fused"],
        "dilated and dense": ["dense", "from 256", "from 2048"],
    }
    assert list(outputs) == expected[study]
    if study == "plain and fused":
        torch.testing.assert_close(outputs["plain"], outputs["fused"], atol=1e-5, rtol=1e-4)
    if study == "dilated and dense":
        torch.testing.assert_close(outputs["from 256"], outputs["from 2048"])
        assert not torch.allclose(outputs["dense"], outputs["from 256"], atol=1e-3)
    if study == "lstm and attention":
        assert outputs["LSTM"][0].shape == outputs["attention"].shape == (1, 64, 128)


@pytest.mark.parametrize("study", STUDIES)
def test_a_gpu_measures_longer_texts_than_a_cpu(study):
    on_cpu, elsewhere = (list(PLANS[study](device).lengths) for device in ("cpu", "meta"))
    assert max(elsewhere) > max(on_cpu)
    assert len(set(on_cpu)) >= 6


def test_a_gpu_of_nvidias_also_multiplies_in_bfloat16():
    assert PLANS["plain and fused"]("cuda").dtype == "bfloat16"
    products = PLANS["matrix products"]("cuda")
    assert list(products.makers) == ["float32", "bfloat16"]
    assert products.dtype == "float32 and bfloat16"
    assert PLANS["matrix products"]("cpu").dtype == "float32"


def test_all_studies_together_stay_within_ten_minutes():
    assert sum(PLANS[study]("cpu").budget_s for study in STUDIES) <= 600


def test_a_gpu_is_waited_for_by_both_clocks(monkeypatch):
    waited, asked = [], {}

    def note(makers, lengths, **how):
        asked.update(how)
        return Sweep({}, {}, 1, Provenance.of_this_run())

    monkeypatch.setitem(PLANS, "matrix products", lambda device: Plan({}, [1]))
    monkeypatch.setattr(recording, "sweep", note)
    monkeypatch.setattr(recording, "_provenance", lambda *_: Provenance.of_this_run())
    monkeypatch.setattr(recording, "clock_of", lambda device: lambda: waited.append(device))
    recording.measured("matrix products", "cuda", tell=print)
    asked["clock"]()
    asked["wall_clock"]()
    assert waited == ["cuda", "cuda"]


def test_a_length_too_long_for_the_memory_is_left_out(monkeypatch):
    told = []

    def make(length):
        if length > 100:
            raise torch.OutOfMemoryError("no room")
        return lambda: sum(range(length))

    monkeypatch.setitem(
        PLANS, "matrix products", lambda device: Plan({"sum": make}, [400, 50, 200])
    )
    found = recording.measured("matrix products", "cpu", tell=told.append)
    assert isinstance(found, Sweep)
    assert found.lengths == [50]
    assert [text for text in told if "memory" in text] == [
        "400 is too long for the memory here: again, without it",
        "200 is too long for the memory here: again, without it",
    ]


def test_where_not_even_the_shortest_fits_the_error_stands(monkeypatch):
    def make(length):
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setitem(PLANS, "matrix products", lambda device: Plan({"sum": make}, [50]))
    with pytest.raises(torch.OutOfMemoryError, match="no room"):
        recording.measured("matrix products", "cpu", tell=print)


@pytest.mark.usefixtures("tiny")
def test_plain_and_fused_carries_its_memory_and_the_others_carry_times(tmp_path):
    recording.run_all(("plain and fused", "matrix products"), folder=tmp_path)
    (found,) = recordings("plain and fused", folder=tmp_path)
    assert {name: found.peaks.lengths_of(name) for name in found.peaks.names} == {
        "plain": [4, 8],
        "fused": [4, 8],
    }
    assert "peak memory, beyond the inputs" in str(found)
    (without,) = recordings("matrix products", folder=tmp_path)
    assert without.peaks is None


def test_memory_is_asked_for_where_it_was_timed_and_on_the_device_that_counts(monkeypatch):
    asked = []
    timings = {"plain": {4: Timing("plain", (1.0, 2.0)), 8: Timing("plain", (3.0, 4.0))}}
    found = Sweep(timings, {"plain": (16,)}, 1, Provenance.of_this_run())
    monkeypatch.setattr(recording, "sweep", lambda *_, **__: found)
    monkeypatch.setattr(recording, "_provenance", lambda *_: found.provenance)
    monkeypatch.setattr(
        recording, "measure_peaks", lambda makers, lengths, device: asked.append((lengths, device))
    )
    monkeypatch.setitem(
        PLANS, "plain and fused", lambda device: Plan({}, [4, 8, 16], with_memory=True)
    )
    for device in ("cuda", "mps"):
        recording.measured("plain and fused", device, tell=print)
    assert asked == [({"plain": [4, 8]}, "cuda")]
