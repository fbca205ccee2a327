"""Clocks that are told what to say: no test here depends on how fast anything is."""

import os
import subprocess
import sys

import pytest
import torch

from course_lib.measuring import Rounds, Timing, one_thread, time_in_rounds


def test_each_round_is_timed_and_the_first_turn_is_not(clock):
    runs = {"a": clock.takes(100, 1, 2, 3), "b": clock.takes(100, 7, 5, 6)}
    rounds = time_in_rounds(runs, n_rounds=3, clock=clock)
    assert rounds.timings == (Timing("a", (1.0, 2.0, 3.0)), Timing("b", (7.0, 5.0, 6.0)))


def test_the_callables_take_turns_and_change_their_order(clock):
    calls = []
    runs = {name: clock.takes(*[1] * 4, calls=calls, name=name) for name in "abc"}
    time_in_rounds(runs, n_rounds=3, clock=clock)
    assert "".join(calls) == "abc" + "abc" + "cba" + "abc"


def test_what_happens_between_two_turns_is_not_counted(clock):
    def looking_at_the_clock():
        clock.now += 0.5  # somebody else takes half a second before every look
        return clock.now

    rounds = time_in_rounds({"a": clock.takes(9, 1)}, n_rounds=1, clock=looking_at_the_clock)
    assert rounds.timings[0].seconds == (1.5,)


def test_the_ratio_is_taken_round_by_round():
    slow_first = Rounds((Timing("a", (1.0, 10.0, 1.0)), Timing("b", (2.0, 20.0, 4.0))))
    assert slow_first.ratio("b") == 2
    assert slow_first.ratio("a") == 1


def test_minimum_and_median_are_in_milliseconds():
    timing = Timing("a", (0.004, 0.001, 0.002))
    assert (timing.minimum_ms, timing.median_ms) == (1, 2)


def test_the_table_has_one_line_each_under_its_head():
    rounds = Rounds((Timing("short", (0.25,)), Timing("a longer name", (1.0,))))
    head, first, second = str(rounds).splitlines()
    assert head.split() == ["minimum", "median", "ratio"]
    assert first.split() == ["short", "250.0", "ms", "250.0", "ms", "1.00"]
    assert second.endswith("4.00")
    assert len(head) == len(first) == len(second)


def test_torch_computes_on_one_thread_and_gets_its_threads_back(clock):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    seen = []
    try:
        time_in_rounds({"a": lambda: seen.append(torch.get_num_threads())}, n_rounds=2, clock=clock)
        with pytest.raises(ZeroDivisionError), one_thread():
            1 / 0  # noqa: B018 (raising it is the test)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen == [1, 1, 1]


USES_ALL_THREADS = """
import numpy as np
import torch
from threadpoolctl import threadpool_info
from course_lib.measuring import time_in_rounds

def pools():
    return {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}

matrix, seen = np.ones((64, 64)), []
before = pools()
assert any("openblas" in path or "mkl" in path for path in before), before
assert set(before.values()) == {2}, before
time_in_rounds({"a": lambda: seen.append((matrix @ matrix, pools()))}, n_rounds=1)
assert all(set(inside.values()) == {1} for _, inside in seen), seen
assert pools() == before, (before, pools())
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="Accelerate's threads cannot be seen")
@pytest.mark.skipif(os.cpu_count() == 1, reason="OpenBLAS takes no more threads than processors")
def test_numpy_computes_on_one_thread_too_and_gets_its_threads_back():
    many = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "2")
    command = [sys.executable, "-c", USES_ALL_THREADS]
    ran = subprocess.run(command, env={**os.environ, **many}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
