"""Clocks that are told what to say, and makers whose calls take the time that they are told."""

from contextlib import contextmanager

import pytest
import torch

from course_lib.measuring import MeasurementError, Provenance, sweep, sweeping

SQUARED, STRAIGHT = (lambda n: n * n / 1000), (lambda n: n / 100)
LENGTHS = [10, 20, 40, 80]


@pytest.fixture
def run(clock):
    """Sweep with a clock that only the calls let pass."""

    def swept(makers, lengths=LENGTHS, **options):
        return sweep(makers, lengths, clock=clock, wall_clock=clock, **options)

    return swept


def test_each_method_is_timed_at_each_length(run, clock):
    found = run({"dense": clock.grows(SQUARED), "linear": clock.grows(STRAIGHT)}, budget_s=1000)
    assert found.names == ["dense", "linear"]
    assert found.lengths == LENGTHS
    assert found.minimum_ms("dense") == pytest.approx([100, 400, 1600, 6400])
    assert found.minimum_ms("linear") == pytest.approx([100, 200, 400, 800])
    assert found.exponent("dense") == pytest.approx(2)
    assert found.left_out == {}
    assert {len(timing.seconds) for timing in found.timings["dense"].values()} == {5}


def test_making_the_inputs_is_not_timed_and_happens_once_a_length(run, clock):
    made = []
    found = run({"a": clock.grows(STRAIGHT, making=3, made=made)}, budget_s=1000)
    assert made == LENGTHS
    assert found.minimum_ms("a") == pytest.approx([100, 200, 400, 800])


def test_the_first_call_is_not_timed_and_the_methods_take_turns(run, clock):
    calls = []

    def noting(name):
        return lambda length: lambda: calls.append(name)

    run({"a": noting("a"), "b": noting("b")}, [10], n_rounds=3)
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"


def test_lengths_come_in_order_and_once_as_plain_numbers(run, clock):
    made = []
    run({"a": clock.grows(STRAIGHT, made=made)}, torch.tensor([40, 10, 40, 20]).numpy())
    assert made == [10, 20, 40]
    assert all(type(length) is int for length in made)


def test_what_would_break_the_budget_is_left_out_and_the_others_go_on(run, clock):
    made = []
    makers = {"dense": clock.grows(SQUARED, made=made), "linear": clock.grows(STRAIGHT)}
    found = run(makers, budget_s=25)
    assert made == [10, 20, 40]
    assert found.lengths_of("dense") == [10, 20, 40]
    assert found.lengths_of("linear") == LENGTHS
    assert found.left_out == {"dense": (80,)}
    assert "left out, to stay within 25 s: dense at 80" in str(found)
    assert clock.now <= 25


def test_when_nothing_fits_any_more_the_rest_is_left_out(run, clock):
    found = run({"dense": clock.grows(SQUARED)}, [10, 20, 40, 80, 160], budget_s=7)
    assert found.lengths == [10, 20]
    assert found.left_out == {"dense": (40, 80, 160)}
    assert clock.now <= 7


def test_with_little_time_there_are_fewer_rounds_but_at_least_two(run, clock):
    found = run({"a": clock.grows(lambda n: 1.0)}, [10], budget_s=4.5)
    assert len(found.timings["a"][10].seconds) == 3
    found = run({"a": clock.grows(lambda n: 1.0)}, [10], budget_s=0.1)
    assert len(found.timings["a"][10].seconds) == 2
    assert found.provenance.repeats == "2 rounds"


def test_it_says_how_many_rounds_there_were(run, clock):
    found = run({"a": clock.grows(float)}, [10, 11], budget_s=120)
    assert found.provenance.repeats == "4 to 5 rounds"


def test_the_first_length_is_measured_whatever_it_takes(run, clock):
    found = run({"a": clock.grows(lambda n: 100.0)}, budget_s=1)
    assert found.lengths == [10]
    assert found.left_out == {"a": (20, 40, 80)}


def test_it_tells_how_far_it_is(run, clock):
    told = []
    run({"a": clock.grows(STRAIGHT)}, [1000, 2000], n_rounds=2, tell=told.append, budget_s=1000)
    assert told == [
        "length 1,000: making the inputs",
        "length 1,000: round 1 of 2",
        "length 1,000: round 2 of 2",
        "length 2,000: making the inputs",
        "length 2,000: round 1 of 2",
        "length 2,000: round 2 of 2",
    ]


def test_in_a_test_no_line_is_shown(run, clock, capfd):
    run({"a": clock.grows(STRAIGHT)})
    assert capfd.readouterr() == ("", "")


def test_it_computes_on_one_thread_and_gives_torch_its_threads_back(run):
    seen, before = [], torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run({"a": lambda n: lambda: seen.append(torch.get_num_threads())}, [1], n_rounds=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen == [1, 1, 1]


def test_making_the_inputs_belongs_to_the_budget(run, clock):
    found = run({"a": clock.grows(lambda n: 0.001, making=10)}, budget_s=45)
    assert found.left_out == {"a": (20, 40, 80)}


def test_memory_is_kept_as_long_as_it_measures(run, monkeypatch):
    is_kept, seen = [], []

    @contextmanager
    def keeping():
        is_kept.append(True)
        yield
        is_kept.clear()

    monkeypatch.setattr(sweeping, "kept_memory", keeping)
    run({"a": lambda n: lambda: seen.append(bool(is_kept))}, [1], n_rounds=2)
    assert seen == [True, True, True]
    assert not is_kept


def test_the_provenance_is_that_of_this_run_or_what_it_is_given(run, clock):
    makers = {"a": clock.grows(STRAIGHT)}
    assert run(makers).provenance == Provenance.of_this_run(repeats="5 rounds")
    told = Provenance.of_this_run(dtype="float32", shapes="(1, 8, length, 32)", command="bench")
    assert run(makers, provenance=told).provenance.missing == []


@pytest.mark.parametrize(("makers", "lengths"), [({}, [1]), ({"a": None}, []), ({"a": None}, [0])])
def test_without_methods_or_lengths_there_is_nothing_to_measure(makers, lengths, run, clock):
    makers = {name: clock.grows(STRAIGHT) for name in makers}
    with pytest.raises(MeasurementError, match=r"one method, and lengths from 1 on; got .*As in"):
        run(makers, lengths)


def test_one_round_is_refused(run, clock):
    with pytest.raises(MeasurementError, match=r"at least 2 rounds; got n_rounds=1\..*bad luck"):
        run({"a": clock.grows(STRAIGHT)}, n_rounds=1)
