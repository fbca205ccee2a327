"""What a function changes in passing is put back, and what it prints is kept to ourselves."""

import builtins
import random
import sys
import threading
import warnings

import numpy as np
import pytest
import torch

from course_lib.checking.guarding import TimeIsUp
from course_lib.checking.isolation import isolated


def settings():
    return (
        (np.geterr(), repr(np.get_printoptions()), np.random.get_state()[2]),
        (random.getstate(), warnings.filters[:], sys.stdout, sys.stderr),
        (sys.getrecursionlimit(), sys.setrecursionlimit, sys.gettrace()),
        (torch.initial_seed(), torch.is_grad_enabled(), torch.get_default_dtype()),
    )


def change_everything():
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    np.random.random()
    random.random()
    warnings.simplefilter("error")
    sys.stdout = sys.stderr = None
    sys.setrecursionlimit(10**9)
    sys.settrace(lambda *_: None)
    torch.manual_seed(7)
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)


def change_everything_and_raise(error):
    with isolated():
        change_everything()
        raise error


def test_settings_and_random_numbers_are_as_they_were():
    before = settings()
    with isolated():
        change_everything()
    assert settings() == before


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, TimeIsUp])
def test_so_they_are_after_an_error(error):
    before = settings()
    with pytest.raises(error):
        change_everything_and_raise(error)
    assert settings() == before


def test_random_numbers_go_on_where_they_were():
    np.random.seed(1)
    random.seed(1)
    torch.manual_seed(1)
    with isolated():
        drawn = np.random.random(), random.random(), torch.rand(1)
        np.random.seed(5)
    assert (np.random.random(), random.random(), torch.rand(1)) == drawn


def test_prints_and_warnings_stay_inside(capfd, recwarn):
    with isolated() as console:
        print("seen by nobody")
        print("nor this", file=sys.stderr)
        warnings.warn("nor that", stacklevel=1)
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    assert console.take() == "seen by nobody\nnor this\n"
    assert console.take() == ""


def test_megabytes_of_output_are_not_kept():
    with isolated() as console:
        for _ in range(50):
            print("x" * 1_000_000)
    assert 0 < len(console.take()) <= 2_000


def test_the_stack_cannot_be_made_deeper():
    depth = sys.getrecursionlimit()
    with isolated():
        sys.setrecursionlimit(10**9)
        assert sys.getrecursionlimit() == depth


def test_a_thread_that_goes_on_puts_nothing_back_later():
    """Only the thread that asked for isolation ends it."""
    printed, go_on = threading.Event(), threading.Event()

    def late():
        print("inside")
        printed.set()
        go_on.wait(60)

    with isolated() as console:
        thread = threading.Thread(target=late)
        thread.start()
        assert printed.wait(60)
    before = settings()
    go_on.set()
    thread.join()
    assert console.take() == "inside\n"
    assert settings() == before


# --- the keyboard


def test_an_answer_from_the_keyboard_arrives_and_input_is_as_it_was(monkeypatch):
    asked = []
    monkeypatch.setattr(builtins, "input", lambda prompt: asked.append(prompt) or "yes")
    before = builtins.input
    with isolated() as console:
        assert input("really? ") == "yes"
        assert not console.is_asked
    assert (asked, builtins.input) == (["really? "], before)


def refuse(_):
    raise EOFError


def stop(_):
    raise TimeIsUp


@pytest.mark.parametrize(("ask", "error", "is_asked"), [(refuse, EOFError, 0), (stop, TimeIsUp, 1)])
def test_only_while_it_waits_for_the_keyboard_it_is_asked(monkeypatch, ask, error, is_asked):
    monkeypatch.setattr(builtins, "input", ask)
    with isolated() as console:
        with pytest.raises(error):
            input()
        assert console.is_asked == bool(is_asked)
