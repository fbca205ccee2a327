import contextlib
import io
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from course_lib.checking.guarding import Output, TimeIsUp, quietly, within

LIMIT = 0.2
LATE = LIMIT + 1.0  # generous: the machine may be busy
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


def sleep(_):
    time.sleep(30)


def catch_everything(_):
    for _ in range(3):
        with contextlib.suppress(Exception):
            spin(_)


@pytest.mark.parametrize(
    ("somewhere", "work"),
    [
        (in_main, spin),
        (in_main, sleep),
        (in_main, catch_everything),
        (in_thread, spin),
        (in_thread, catch_everything),
    ],
)
def test_what_does_not_end_is_stopped(somewhere, work):
    start = time.monotonic()
    with pytest.raises(TimeIsUp):
        somewhere(lambda: within(LIMIT, work))
    assert time.monotonic() - start < LATE


def test_a_sleep_in_a_second_thread_is_left_behind_with_the_world_put_back():
    def work(_):
        with quietly(Output()):
            time.sleep(1)

    streams, start = (sys.stdout, sys.stderr), time.monotonic()
    with pytest.raises(TimeIsUp):
        in_thread(lambda: within(LIMIT, work))
    assert time.monotonic() - start < 1
    assert (sys.stdout, sys.stderr) == streams
    for thread in threading.enumerate():
        if thread.daemon:
            thread.join(2)
    assert (sys.stdout, sys.stderr) == streams


def test_a_result_comes_back(somewhere):
    assert somewhere(lambda: within(LIMIT, lambda _: 42)) == 42


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_error_comes_back_whatever_it_is(somewhere, error):
    def work(_):
        raise error

    with pytest.raises(error):
        somewhere(lambda: within(LIMIT, work))


def swallow_the_first_stop(_):
    try:
        spin(_)
    except BaseException:
        spin(_)


def switch_the_alarm_off(_):
    signal.setitimer(signal.ITIMER_REAL, 0)
    spin(_)


def take_the_alarm_over(_):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    spin(_)


@needs_alarm
@pytest.mark.parametrize(
    "work", [swallow_the_first_stop, switch_the_alarm_off, take_the_alarm_over]
)
def test_an_answer_that_escapes_one_stop_meets_another(work):
    start = time.monotonic()
    with pytest.raises(TimeIsUp):
        within(LIMIT, work)
    assert time.monotonic() - start < LATE


@needs_alarm
@pytest.mark.parametrize("work", [lambda _: 1, switch_the_alarm_off, take_the_alarm_over])
def test_handler_and_timer_are_as_they_were(work):
    before = signal.getsignal(signal.SIGALRM)
    with contextlib.suppress(TimeIsUp):
        within(LIMIT, work)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    time.sleep(2 * LIMIT)  # no alarm comes late


@needs_alarm
def test_a_limit_within_a_limit_leaves_the_outer_one_running():
    with pytest.raises(TimeIsUp):
        within(LIMIT, lambda world: (within(30.0, lambda _: 1), spin(world)))


def test_time_is_up_is_no_ordinary_exception():
    assert not issubclass(TimeIsUp, Exception)


# --- quietly


def test_prints_and_warnings_stay_inside(capfd, recwarn):
    output = Output()
    with quietly(output):
        print("seen by nobody")
        print("nor this", file=sys.stderr)
        warnings.warn("nor that", stacklevel=1)
        np.log(np.zeros(2))
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    assert output.kept.split("\n")[:2] == ["seen by nobody", "nor this"]


def test_megabytes_of_output_are_not_kept():
    output = Output()
    with quietly(output):
        for _ in range(50):
            print("x" * 1_000_000)
    assert 0 < len(output.kept) <= 2_000


def test_streams_come_back_after_an_error():
    before = sys.stdout, sys.stderr
    with pytest.raises(ZeroDivisionError), quietly(Output()):
        raise ZeroDivisionError
    assert (sys.stdout, sys.stderr) == before
    assert isinstance(Output(), io.TextIOBase)


def test_the_stack_cannot_be_made_deeper():
    before = sys.getrecursionlimit(), sys.setrecursionlimit
    with quietly(Output()):
        sys.setrecursionlimit(10**9)
        assert sys.getrecursionlimit() == before[0]
    assert (sys.getrecursionlimit(), sys.setrecursionlimit) == before
