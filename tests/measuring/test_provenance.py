import platform
import subprocess
from dataclasses import replace
from datetime import date

import pytest
import torch

from course_lib.measuring import Provenance, provenance


def test_it_names_the_machine_the_versions_the_threads_and_the_day():
    here = Provenance.of_this_run(n_threads=3)
    assert here.machine.startswith(f"{platform.system()} {platform.machine()}")
    assert here.torch == torch.__version__
    assert here.n_threads == 3
    assert date.fromisoformat(here.date).year >= 2024
    for part in (here.machine, here.python, here.torch, "threads: 3", here.date):
        assert part in str(here)


def test_what_is_needed_for_a_recorded_file_is_named_while_it_is_missing():
    here = Provenance.of_this_run()
    assert here.missing == ["dtype", "shapes", "repeats", "command"]
    told = Provenance.of_this_run(dtype="float32", shapes="(8, n)", repeats="5", command="bench")
    assert told.missing == []


def test_what_is_known_stands_in_the_line_and_what_is_not_leaves_no_gap():
    bare = Provenance("a machine", "3.11", "2.13", 1, "2030-01-31")
    assert str(bare).endswith("; 2030-01-31")
    told = replace(bare, device="a GPU", driver="550.1", dtype="float16", shapes="(8, n)")
    assert str(told).endswith("; 2030-01-31; a GPU, driver 550.1; float16, (8, n)")
    assert str(replace(bare, command="bench")).endswith("; 2030-01-31; bench")


def test_a_gpu_has_its_name_and_its_driver(monkeypatch):
    asked = []

    def nvidia(command, **options):
        asked.append(command[0])
        return subprocess.CompletedProcess(command, 0, stdout="550.54.15\n550.54.15\n")

    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"GPU of {device}")
    monkeypatch.setattr(provenance.subprocess, "run", nvidia)
    there = Provenance.of_this_run(device="cuda:1")
    assert (there.device, there.driver) == ("GPU of cuda:1", "550.54.15")
    assert asked == ["nvidia-smi"]


@pytest.mark.parametrize(
    "error", [FileNotFoundError(), subprocess.TimeoutExpired("nvidia-smi", 20)]
)
def test_a_driver_that_nobody_knows_is_unknown(monkeypatch, error):
    def nothing(*_, **__):
        raise error

    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "a GPU")
    monkeypatch.setattr(provenance.subprocess, "run", nothing)
    assert Provenance.of_this_run(device="cuda").driver == "unknown"


@pytest.mark.parametrize(("version", "driver"), [("15.1", "macOS 15.1"), ("", "macOS unknown")])
def test_an_apple_gpu_is_driven_by_its_system_and_nvidia_is_not_asked(monkeypatch, version, driver):
    def nobody(*_, **__):
        raise AssertionError("asked, where there is no GPU of NVIDIA's")

    monkeypatch.setattr(torch.cuda, "get_device_name", nobody)
    monkeypatch.setattr(provenance.subprocess, "run", nobody)
    monkeypatch.setattr(provenance.platform, "mac_ver", lambda: (version, ("", "", ""), "arm64"))
    there = Provenance.of_this_run(device="mps")
    assert (there.device, there.driver) == ("Apple GPU", driver)


def test_a_processor_has_no_driver():
    assert Provenance.of_this_run().driver == "none"
    assert Provenance.of_this_run().device
