import pytest
import torch

from course_lib.measuring import MeasurementError, accelerator, clock_of, devices
from course_lib.measuring.rounds import cpu_clock


@pytest.mark.parametrize(
    ("has_cuda", "has_mps", "named"),
    [(True, False, "cuda"), (True, True, "cuda"), (False, True, "mps"), (False, False, None)],
)
def test_the_accelerator_has_torchs_name_or_none(monkeypatch, has_cuda, has_mps, named):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: has_mps)
    assert accelerator() == named


def test_a_cpu_is_measured_in_cpu_time():
    assert clock_of("cpu") is cpu_clock


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_the_clock_of_a_gpu_waits_before_it_looks(monkeypatch, device):
    order = []
    monkeypatch.setitem(devices._WAITING, device.partition(":")[0], order.append)
    monkeypatch.setattr(devices.time, "perf_counter", lambda: order.append("looked") or 7.0)
    clock = clock_of(device)
    assert order == []
    assert clock() == 7.0
    assert order == [device, "looked"]


def test_a_device_that_nobody_can_wait_for_is_refused():
    with pytest.raises(MeasurementError, match=r"'cuda' or 'mps'; got 'tpu'.*accelerator\(\)"):
        clock_of("tpu")
