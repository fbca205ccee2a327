from dataclasses import replace

import pytest

from course_lib.errors import UnknownNameError
from course_lib.measuring import Provenance, Sweep, Timing, is_gpu, recordings
from course_lib.measuring.records import STUDIES, as_file_name, place_of


@pytest.fixture
def record(tmp_path):
    """Write a recording of "matrix products" by a device on a day."""

    def write(device, date, driver="none"):
        told = Provenance.of_this_run(dtype="float32", shapes="(n, n)", repeats="2", command="c")
        provenance = replace(told, device=device, date=date, driver=driver)
        timings = {"float32": {64: Timing("float32", (0.1, 0.2))}}
        place = place_of("matrix products", provenance, folder=tmp_path)
        place.parent.mkdir(parents=True, exist_ok=True)
        Sweep(timings, {}, 9, provenance).save(place)

    return write


def test_gpus_come_first_then_days_then_devices(record, tmp_path):
    record("Core B", "2030-01-01")
    record("Core A", "2030-01-01")
    record("Core C", "2029-05-05")
    record("H100", "2031-01-01", driver="550.1")
    record("Apple GPU", "2030-06-01", driver="unknown")
    found = recordings("matrix products", folder=tmp_path)
    devices = [sweep.provenance.device for sweep in found]
    assert devices == ["Apple GPU", "H100", "Core C", "Core A", "Core B"]
    assert [is_gpu(sweep) for sweep in found] == [True, True, False, False, False]


def test_a_device_has_one_recording_of_a_study_the_latest(record, tmp_path):
    record("Core A", "2030-01-01")
    record("Core A", "2030-02-01")
    (found,) = recordings("matrix products", folder=tmp_path)
    assert found.provenance.date == "2030-02-01"


def test_where_nobody_has_recorded_anything_there_is_nothing(record, tmp_path):
    record("Core A", "2030-01-01")
    assert recordings("plain and fused", folder=tmp_path) == []
    assert recordings("matrix products", folder=tmp_path / "nowhere") == []


def test_an_unknown_study_is_refused_and_the_known_ones_named():
    with pytest.raises(
        UnknownNameError, match=r"got 'matrices'\. There are \"lstm and attention\""
    ):
        recordings("matrices")


def test_every_study_has_a_file_name_of_its_own():
    names = {as_file_name(study) for study in STUDIES}
    assert len(names) == len(STUDIES)
    assert "dilated-and-dense" in names


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("Intel(R) Xeon(R) Processor", "intel-xeon-processor"),
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-80gb-hbm3"),
        ("../../a device/with: dots.", "a-device-with-dots"),
    ],
)
def test_a_device_names_its_folder(device, name):
    assert as_file_name(device) == name
