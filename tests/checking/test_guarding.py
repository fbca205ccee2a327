"""What does not end is stopped, by CPU time or by the clock, and what ends gives its result.

The limits of these tests are short where a function never ends by itself, and else far away: none
of them passes or fails by the speed of the machine.
"""

import contextlib
import itertools
import signal
import subprocess
import sys
import threading
import time

import pytest

from course_lib.checking import guarding
from course_lib.checking.guarding import Limit, TimeIsUp, Watch, within

FAR = 600.0
SOON_CPU, SOON_CLOCK = Limit(cpu_s=0.2, clock_s=FAR), Limit(cpu_s=FAR, clock_s=0.2)
NEVER = Limit(cpu_s=FAR, clock_s=FAR)
needs_alarm = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no alarm signal"
)


def in_main(call):
    return call()


def in_thread(call):
    """Call in a second thread, as JupyterLab does with a widget's callback."""
    caught = []

    def run():
        try:
            caught.append((call(), None))
        except BaseException as error:
            caught.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    result, error = caught[0]
    if error is not None:
        raise error
    return result


@pytest.fixture(params=[in_main, in_thread])
def somewhere(request):
    return request.param


def spin(_):
    while True:
        pass


def wait(_):
    time.sleep(FAR)


def catch_exceptions(_):
    for _ in itertools.count():
        with contextlib.suppress(Exception):
            spin(_)


def swallow_the_first_stop(_):
    with contextlib.suppress(BaseException):
        spin(_)
    spin(_)


# --- the watch


class Clocks:
    """Two clocks that go only when they are told to."""

    def __init__(self):
        self.cpu_s, self.clock_s = 70.0, 9.0
        self.watch = Watch(Limit(cpu_s=5.0, clock_s=15.0), lambda: self.cpu_s, lambda: self.clock_s)

    def go_on(self, *, cpu_s, clock_s):
        self.cpu_s += cpu_s
        self.clock_s += clock_s
        return self.watch.late()


def test_on_a_busy_machine_only_cpu_time_and_a_far_clock_count():
    clocks = Clocks()
    assert clocks.go_on(cpu_s=4.9, clock_s=14.9) is None
    late = clocks.go_on(cpu_s=0.0, clock_s=3.1)
    assert (str(late), late.is_cpu) == ("15 seconds on the clock", False)
    assert late.overrun_s == pytest.approx(3.0)


def test_cpu_time_is_up_before_the_clock_is():
    late = Clocks().go_on(cpu_s=5.5, clock_s=6.0)
    assert (str(late), late.is_cpu) == ("5 seconds of CPU time", True)
    assert late.overrun_s == pytest.approx(0.5)


def test_the_check_of_a_watch_raises_when_it_is_late():
    clocks = Clocks()
    clocks.watch.check()
    clocks.go_on(cpu_s=5.0, clock_s=5.0)
    with pytest.raises(TimeIsUp, match="5 seconds of CPU time"):
        clocks.watch.check()


def test_what_others_compute_is_no_cpu_time_of_ours(somewhere):
    """A thread and a process that compute beside it leave a function its time."""
    over = threading.Event()

    def spin_beside():
        while not over.is_set():
            pass

    def wait_for_others(watch):
        thread = threading.Thread(target=spin_beside)
        thread.start()
        before = time.process_time()
        while time.process_time() < before + 0.6:
            time.sleep(0.01)
        over.set()
        thread.join()
        return 42

    if somewhere is in_thread and not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("here a thread's own CPU time cannot be read from another one")
    assert somewhere(lambda: within(Limit(cpu_s=0.5, clock_s=FAR), wait_for_others)) == 42


def test_where_a_thread_has_no_clock_of_its_own_the_whole_process_counts(monkeypatch):
    monkeypatch.delattr(time, "pthread_getcpuclockid", raising=False)
    assert guarding._cpu_clock() is time.process_time
    with pytest.raises(TimeIsUp, match="of CPU time"):
        in_thread(lambda: within(SOON_CPU, spin))


# --- what does not end


@pytest.mark.parametrize("work", [spin, catch_exceptions, swallow_the_first_stop])
def test_what_computes_without_an_end_is_stopped_by_cpu_time(somewhere, work):
    with pytest.raises(TimeIsUp, match=r"0\.2 seconds of CPU time") as stop:
        somewhere(lambda: within(SOON_CPU, work))
    assert stop.value.is_cpu


@needs_alarm
def test_what_waits_is_stopped_by_the_clock():
    with pytest.raises(TimeIsUp, match=r"0\.2 seconds on the clock") as stop:
        within(SOON_CLOCK, wait)
    assert not stop.value.is_cpu
    assert not stop.value.is_running


def test_what_waits_in_a_second_thread_is_left_behind():
    go_on = threading.Event()
    with pytest.raises(TimeIsUp, match=r"0\.2 seconds on the clock") as stop:
        in_thread(lambda: within(SOON_CLOCK, lambda _: go_on.wait(FAR)))
    assert stop.value.is_running
    go_on.set()  # or it would wait for as long as the tests run


def test_what_could_be_stopped_in_a_second_thread_does_not_go_on():
    threads = []

    def spin_here(_):
        threads.append(threading.current_thread())
        spin(_)

    with pytest.raises(TimeIsUp) as stop:
        in_thread(lambda: within(SOON_CPU, spin_here))
    assert not stop.value.is_running
    threads[0].join(FAR)
    assert not threads[0].is_alive()


def test_an_answer_that_swallowed_its_stop_can_ask_the_watch(somewhere):
    def swallow(watch):
        with contextlib.suppress(TimeIsUp):
            spin(watch)
        watch.check()

    with pytest.raises(TimeIsUp, match="of CPU time"):
        somewhere(lambda: within(SOON_CPU, swallow))


# --- what ends


def test_a_result_comes_back(somewhere):
    assert somewhere(lambda: within(NEVER, lambda _: 42)) == 42


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_error_comes_back_whatever_it_is(somewhere, error):
    def work(_):
        raise error

    with pytest.raises(error):
        somewhere(lambda: within(NEVER, work))


@needs_alarm
@pytest.mark.parametrize("work", [lambda _: 1, spin, swallow_the_first_stop])
def test_handler_and_timer_are_as_they_were(work):
    before = signal.getsignal(signal.SIGALRM)
    with contextlib.suppress(TimeIsUp):
        within(SOON_CPU, work)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@needs_alarm
def test_a_limit_within_a_limit_leaves_the_outer_one_running():
    with pytest.raises(TimeIsUp, match=r"0\.2 seconds of CPU time"):
        within(SOON_CPU, lambda watch: (within(NEVER, lambda _: 1), spin(watch)))


def test_time_is_up_is_no_ordinary_exception():
    assert not issubclass(TimeIsUp, Exception)


# --- on a busy machine


@pytest.fixture
def six_spinning_processes():
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(6)]
    yield
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("six_spinning_processes")
def test_beside_six_spinning_processes_cpu_time_goes_slower_than_the_clock(somewhere):
    def compute(_):
        began = time.thread_time()
        while time.thread_time() < began + 0.3:
            pass
        return 42

    assert somewhere(lambda: within(Limit(cpu_s=2.0, clock_s=FAR), compute)) == 42
