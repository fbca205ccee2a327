"""Two clocks that are told what to say: no test here depends on how fast anything is."""

import pytest
import torch

from course_lib.measuring import MeasurementError, OnThreads, Timing, time_on_threads
from course_lib.measuring.on_threads import Shared


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


class Clocks:
    """A clock on the wall and one of the processors, which calls move forward."""

    wall = cpu = 0.0

    def working(self, seconds, calls, name):
        """Return a callable whose work is shared among the threads, a little of it being lost."""

        def run():
            n_threads = torch.get_num_threads()
            calls.append((name, n_threads))
            self.wall += seconds / n_threads
            self.cpu += seconds + 0.5 * (n_threads - 1)

        return run


@pytest.fixture
def timed():
    """Time callables by clocks that stand still in between; return what came out and the calls."""

    def run(seconds, n_threads=(1, 2), **options):
        clocks, calls = Clocks(), []
        named = {name: clocks.working(s, calls, name) for name, s in seconds.items()}
        found = time_on_threads(
            named,
            n_threads,
            wall_clock=lambda: clocks.wall,
            cpu_clock=lambda: clocks.cpu,
            **options,
        )
        return found, calls

    return run


def test_each_number_of_threads_is_timed_by_both_clocks(timed):
    found, _ = timed({"large": 4.0}, n_rounds=2)
    assert found.shared == (
        Shared(1, Timing("large", (4.0, 4.0)), Timing("large", (4.0, 4.0))),
        Shared(2, Timing("large", (2.0, 2.0)), Timing("large", (4.5, 4.5))),
    )
    assert [one.n_busy for one in found.shared] == [1, 2.25]


def test_they_take_turns_and_the_first_turn_is_not_timed(timed):
    found, calls = timed({"a": 1.0, "b": 2.0}, (1, 3), n_rounds=1)
    forth = [("a", 1), ("a", 3), ("b", 1), ("b", 3)]
    assert calls == [*forth, *reversed(forth)]
    assert {len(one.wall.seconds) for one in found.shared} == {1}


@pytest.mark.usefixtures("two_threads")
def test_torch_has_its_threads_back_whatever_happens(timed):
    timed({"a": 1.0}, (1, 3))
    assert torch.get_num_threads() == 2
    with pytest.raises(ZeroDivisionError):
        time_on_threads({"a": lambda: 1 / 0}, (1, 3))
    assert torch.get_num_threads() == 2


def test_the_table_has_a_line_for_each_number_of_threads(timed):
    head, *lines = str(timed({"one large": 0.25, "b": 0.5})[0]).splitlines()
    assert head.split() == ["threads", "on", "the", "wall", "CPU", "time", "busy"]
    assert lines[0].split() == ["one", "large", "1", "250.0", "ms", "250.0", "ms", "1.0"]
    assert lines[3].split() == ["b", "2", "250.0", "ms", "1000.0", "ms", "4.0"]
    assert {len(line) for line in lines} == {len(head)}


def test_what_is_too_short_for_the_clock_keeps_nobody_busy():
    nothing = Timing("a", (0.0,))
    assert Shared(1, nothing, nothing).n_busy == 0
    assert str(OnThreads((Shared(1, nothing, nothing),))).endswith("0.0")


@pytest.mark.parametrize("n_threads", [(), (1, 0)])
def test_no_threads_are_refused(n_threads):
    with pytest.raises(MeasurementError, match=r"threads from 1 on; got \(.*As in \(1, 2\)"):
        time_on_threads({"a": print}, n_threads)
