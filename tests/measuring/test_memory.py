"""Both witnesses of a processor's memory, against allocations of known size."""

import sys
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course_lib.measuring import MeasurementError, kept_memory, memory, peak_bytes

MIB = 2**20
NEAR = 1.0 * MIB

WAYS = [
    pytest.param(
        memory.by_kernel,
        marks=pytest.mark.skipif(not memory.kernel_counts(), reason="this kernel does not count"),
    ),
    memory.by_allocations,
]


def torch_mib(size):
    return torch.ones(size * MIB // 4)


def numpy_mib(size):
    return np.ones(size * MIB // 8)


KNOWN = {
    "a tensor that is returned": (lambda: torch_mib(64), 64),
    "a tensor that is freed inside": (lambda: torch_mib(64).sum().item(), 64),
    "one after the other": (lambda: (torch_mib(48).sum(), torch_mib(32).sum()), 48),
    "two at once": (lambda: (torch_mib(32), torch_mib(16)), 48),
    "an array of NumPy's": (lambda: numpy_mib(48), 48),
    "an array beside a tensor": (lambda: (numpy_mib(32), torch_mib(16)), 48),
    "an array that is freed inside": (lambda: float(numpy_mib(48).sum()), 48),
}


@pytest.fixture(autouse=True, scope="module")
def caches():
    """Let whatever is cached for good be there, as `peak_bytes` does by a first call."""
    for run, _ in KNOWN.values():
        run()
        memory.by_allocations(run)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KNOWN)
def test_a_known_allocation_is_measured(way, name):
    run, mib = KNOWN[name]
    assert way(run) == pytest.approx(mib * MIB, abs=NEAR)


@pytest.mark.parametrize("way", WAYS)
def test_what_stood_before_does_not_count(way):
    stood = torch_mib(64)
    assert way(lambda: stood.sum()) < NEAR


@pytest.mark.parametrize("way", WAYS)
def test_gaps_that_earlier_calls_left_are_no_hiding_place(way):
    with kept_memory():
        wide, first, narrow, second = torch_mib(24), numpy_mib(1), torch_mib(14), numpy_mib(1)
        del wide, narrow  # each leaves a gap before an array that stays
    assert way(lambda: (torch_mib(20).sum(), torch_mib(12).sum())) == pytest.approx(
        20 * MIB, abs=NEAR
    )
    assert first.size == second.size


@pytest.mark.parametrize("counts", [True, False])
def test_the_kernel_is_asked_where_it_counts_and_the_allocators_elsewhere(counts, monkeypatch):
    monkeypatch.setattr(memory, "kernel_counts", lambda: counts)
    monkeypatch.setattr(memory, "by_kernel", lambda run: 5)
    monkeypatch.setattr(memory, "by_allocations", lambda run: 7)
    assert peak_bytes(lambda: None) == (5 if counts else 7)


def test_the_first_call_is_not_measured(monkeypatch):
    monkeypatch.setattr(memory, "kernel_counts", lambda: False)
    kept = []

    def run():
        if not kept:
            kept.append(numpy_mib(48))
        return numpy_mib(16)

    assert peak_bytes(run) == pytest.approx(16 * MIB, abs=NEAR)


def test_it_measures_on_one_thread():
    seen = []
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        peak_bytes(lambda: seen.append(torch.get_num_threads()))
    finally:
        torch.set_num_threads(threads)
    assert seen == [1, 1]


def test_less_than_nothing_is_nothing(monkeypatch):
    monkeypatch.setattr(memory, "_peak", lambda run, device: -4096)
    assert peak_bytes(lambda: None) == 0


@pytest.mark.parametrize("status", ["VmHWM: 900 kB\nVmRSS: 100 kB", "Name: python"])
def test_a_kernel_counts_if_its_counter_can_be_reset(tmp_path, monkeypatch, status):
    monkeypatch.setattr(memory, "_PROC", tmp_path)
    assert not memory.kernel_counts()  # no such file
    (tmp_path / "status").write_text(status)
    assert memory.kernel_counts() == ("VmHWM" in status)
    assert (tmp_path / "clear_refs").read_text() == "5"
    (tmp_path / "status").write_text("VmHWM: 900000 kB\nVmRSS: 100 kB")
    assert not memory.kernel_counts()


def test_the_profiler_says_nothing_and_a_trace_that_ran_goes_on(capfd):
    tracemalloc.start()
    try:
        memory.by_allocations(lambda: torch.ones(3))
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
    memory.by_allocations(lambda: torch.ones(3))
    assert not tracemalloc.is_tracing()
    assert capfd.readouterr() == ("", "")


def test_allocations_count_in_the_order_of_time_and_those_of_a_gpu_do_not():
    def event(name, start, size, device="CPU"):
        return SimpleNamespace(
            name=lambda: name,
            start_ns=lambda: start,
            nbytes=lambda: size,
            device_type=lambda: getattr(torch.autograd.DeviceType, device),
        )

    events = [
        event("[memory]", 3, -4),
        event("aten::ones", 0, 99),
        event("[memory]", 1, 4),
        event("[memory]", 2, 64, "CUDA"),
    ]
    results = SimpleNamespace(events=lambda: events)
    profile = SimpleNamespace(profiler=SimpleNamespace(kineto_results=results))
    assert memory._changes(profile) == [4, -4]


def test_without_torch_the_arrays_of_numpy_are_counted(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch")
    assert memory.by_allocations(lambda: numpy_mib(8)) == pytest.approx(8 * MIB, abs=NEAR)


def test_an_error_inside_comes_out_and_tracing_ends():
    with pytest.raises(ZeroDivisionError):
        memory.by_allocations(lambda: 1 / 0)
    assert not tracemalloc.is_tracing()


def test_a_gpu_is_asked_for_the_most_that_it_held(monkeypatch):
    asked = []

    def noting(name, answer=None):
        return lambda device: asked.append((name, device)) or answer

    for name, answer in {
        "synchronize": None,
        "reset_peak_memory_stats": None,
        "memory_allocated": 100,
        "max_memory_allocated": 164,
    }.items():
        monkeypatch.setattr(torch.cuda, name, noting(name, answer))
    assert peak_bytes(lambda: asked.append(("run", "")), device="cuda:1") == 64
    assert [name for name, _ in asked] == [
        "run",
        "synchronize",
        "reset_peak_memory_stats",
        "memory_allocated",
        "run",
        "synchronize",
        "max_memory_allocated",
    ]
    assert {device for name, device in asked if name != "run"} == {"cuda:1"}


def test_a_device_that_cannot_count_is_refused():
    with pytest.raises(MeasurementError, match=r"'cpu' or 'cuda'; got 'mps'"):
        peak_bytes(lambda: None, device="mps")
