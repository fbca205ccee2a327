"""Everything that a function changes in passing is put back."""

import builtins
import os
import random
import signal
import sys
import threading
import traceback
import tracemalloc
import types
import warnings

import numpy as np
import pytest
import torch

from course_lib.attention import reference
from course_lib.checking import registry, results
from course_lib.checking.world import World


@pytest.fixture
def world():
    world = World()
    yield world
    world.leave()


def zero(*_, **__):
    return 0


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        (np, "sqrt"),
        (np, "allclose"),
        (np, "ndarray"),
        (np.linalg, "norm"),
        (np.random, "default_rng"),
        (builtins, "abs"),
        (signal, "setitimer"),
        (traceback, "walk_tb"),
        (tracemalloc, "get_traced_memory"),
        (reference, "scaled_scores"),
        (results, "alike"),
        (results.Kind, "read"),
    ],
)
def test_a_replaced_name_is_put_back(world, holder, name):
    before = getattr(holder, name)
    setattr(holder, name, zero)
    world.restore()
    assert getattr(holder, name) is before


def test_every_function_of_the_course_may_be_replaced_at_once(world):
    """Even those that put things back."""
    ours = [m for name, m in sys.modules.items() if name.startswith("course_lib")]
    before = [dict(vars(module)) for module in ours]
    for module in ours:
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                setattr(module, name, zero)
    world.restore()
    assert all(
        vars(m)[k] is v for m, held in zip(ours, before, strict=True) for k, v in held.items()
    )


def test_a_deleted_name_is_put_back(world):
    before = np.exp
    del np.exp
    world.restore()
    assert np.exp is before


def test_the_code_and_the_defaults_of_our_own_functions_are_put_back(world):
    function = reference.scaled_scores
    before = function.__code__, function.__defaults__, function.__kwdefaults__
    function.__code__ = function.__code__.replace(co_name="bent")
    function.__defaults__ = (1,)
    world.restore()
    assert (function.__code__, function.__defaults__, function.__kwdefaults__) == before


def test_names_that_were_added_stay():
    world = World()
    np.course_test_name = 1
    world.leave()
    assert vars(np).pop("course_test_name") == 1


def test_numpys_settings_are_put_back(world):
    errors, printing = np.geterr(), repr(np.get_printoptions())
    np.seterr(all="raise")
    np.set_printoptions(precision=1, suppress=True)
    world.restore()
    assert (np.geterr(), repr(np.get_printoptions())) == (errors, printing)


def test_random_numbers_go_on_where_they_were(world):
    np.random.seed(1)
    random.seed(1)
    again = World()
    drawn = np.random.random(), random.random()
    again.restore()
    assert (np.random.random(), random.random()) == drawn
    again.leave()


def test_streams_folder_limits_trace_warnings_and_environment_are_put_back(tmp_path):
    def state():
        return (
            (sys.stdout, sys.stderr, sys.stdin, os.getcwd()),  # noqa: PTH109 (as it is found)
            (sys.getrecursionlimit(), sys.gettrace(), warnings.filters[:], dict(os.environ)),
            sys.getswitchinterval(),
        )

    before, world = state(), World()
    sys.stdout = sys.stderr = sys.stdin = None
    os.chdir(tmp_path)
    sys.setrecursionlimit(sys.getrecursionlimit() + 500)
    sys.settrace(lambda *_: None)
    sys.setswitchinterval(0.01)
    warnings.simplefilter("ignore")
    os.environ["COURSE_HOME"] = "elsewhere"
    os.environ["COURSE_TEST"] = "1"
    world.leave()
    assert state() == before


def test_tracing_of_memory_is_off_again_where_it_was_off(world):
    tracemalloc.start()
    world.restore()
    assert not tracemalloc.is_tracing()


def test_tracing_of_memory_goes_on_where_it_was_on():
    tracemalloc.start(3)
    try:
        world = World()
        tracemalloc.stop()
        world.leave()
        assert tracemalloc.get_traceback_limit() == 3
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no alarm on this system")
def test_the_alarm_is_put_back(world):
    before = signal.getsignal(signal.SIGALRM)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    world.restore()
    assert signal.getsignal(signal.SIGALRM) == before


def test_a_world_can_be_put_back_from_another_thread(world):
    before = np.sqrt
    np.sqrt = zero
    thread = threading.Thread(target=world.restore)
    thread.start()
    thread.join()
    assert np.sqrt is before


def test_a_folder_that_was_deleted_under_the_kernel_is_no_fault(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    World().leave()


def test_what_a_cell_replaced_before_is_genuine_meanwhile_and_as_found_afterwards(monkeypatch):
    genuine = np.sqrt, builtins.abs
    monkeypatch.setattr(np, "sqrt", zero)
    monkeypatch.setattr(builtins, "abs", zero)
    world = World()
    assert (np.sqrt, builtins.abs) == genuine
    world.leave()
    assert (np.sqrt, builtins.abs) == (zero, zero)


def test_a_world_that_was_left_is_not_put_back_again(monkeypatch):
    world = World()
    world.leave()
    monkeypatch.setattr(np, "sqrt", zero)
    world.restore()
    world.leave()
    assert np.sqrt is zero


def test_the_exercises_stay_the_same_objects(world):
    before = registry.all_exercises()
    world.restore()
    assert registry.all_exercises() is before


def test_torchs_settings_are_put_back():
    before = torch.get_rng_state()
    world = World()
    torch.manual_seed(7)
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    world.leave()
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
