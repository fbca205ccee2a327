"""`evaluate` as a learner meets it, and as a learner's worst function meets it."""

import builtins
import contextlib
import functools
import math
import pdb
import signal
import sys
import threading
import time
from itertools import count

import numpy as np
import pytest

from course_lib.checking import engine, evaluate
from course_lib.checking.cost_limits import Lines
from course_lib.checking.engine import LIMIT
from course_lib.checking.exercise import Case, Mistake, Tally
from course_lib.checking.guarding import Limit, TimeIsUp
from course_lib.checking.messages import too_late
from course_lib.errors import UnknownNameError

pytestmark = pytest.mark.usefixtures("exercise")


def right(amounts):
    total = amounts.sum(axis=-1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts), where=total != 0)


def judged(candidate, **options):
    """Judge an answer to the tiny exercise; the seed is fixed unless given."""
    return evaluate("shares", candidate, **{"seed": 1, **options})


# --- nothing to judge


def test_nothing_passed_in_is_not_an_attempt():
    verdict = judged(None)
    assert verdict.status == "not attempted"
    assert 'check("shares", shares)' in verdict.message


def test_a_result_instead_of_the_function_is_explained():
    verdict = judged(np.ones((2, 3)))
    assert verdict.status == "error"
    assert "shares(amounts)" in verdict.message
    assert "without parentheses" in verdict.message


def test_an_exercise_that_does_not_exist_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'shares'"):
        evaluate("share", right)


def stub_with_error(amounts):
    raise NotImplementedError("write your own lines")


def stub_with_pass(amounts):
    pass


def stub_with_dots(amounts): ...


def stub_with_docstring(amounts):
    """Share out each row."""


def stub_that_names_something(amounts):
    """Share out each row."""
    total = amounts.sum()  # noqa: F841 (so do the stubs)
    raise NotImplementedError


STUBS = (
    stub_with_error,
    stub_with_pass,
    stub_with_dots,
    stub_with_docstring,
    stub_that_names_something,
)


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.__name__)
def test_an_untouched_stub_is_not_attempted(stub):
    verdict = judged(stub)
    assert verdict.status == "not attempted"
    assert "write your own lines" in verdict.message


def test_a_line_of_ones_own_that_returns_nothing_is_an_attempt():
    def forgot(amounts):
        amounts / amounts.sum(axis=-1, keepdims=True)

    verdict = judged(forgot)
    assert verdict.status == "incorrect"
    assert "returned None" in verdict.message
    assert "`return`" in verdict.message


# --- right answers


class Shares:
    def __call__(self, amounts):
        return right(amounts)

    def method(self, amounts):
        return right(amounts)

    @staticmethod
    def static(amounts):
        return right(amounts)


def by_keyword(*, amounts):
    return right(amounts)


@functools.wraps(right)
def wrapped(*args, **kwargs):
    return right(*args, **kwargs)


@pytest.mark.parametrize(
    "candidate",
    [
        right,
        wrapped,
        by_keyword,
        Shares(),
        Shares().method,
        Shares.static,
        functools.partial(right),
        lambda amounts: right(amounts).tolist(),
        lambda amounts: right(amounts.astype(np.float32)),
        lambda amounts, unused=None: right(amounts),
        lambda *amounts: right(*amounts),
        lambda amounts: np.nan_to_num(amounts / amounts.sum(axis=-1, keepdims=True)),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(candidate):
    verdict = judged(candidate)
    assert (verdict.status, verdict.mistake) == ("correct", None)
    assert "all 6 inputs" in verdict.message


def test_a_tensor_is_welcome():
    torch = pytest.importorskip("torch")
    assert judged(lambda amounts: torch.from_numpy(right(amounts))).status == "correct"


def test_numpys_warnings_never_change_a_verdict():
    with np.errstate(all="raise"):
        verdict = judged(lambda a: np.nan_to_num(a / a.sum(axis=-1, keepdims=True)))
        assert np.geterr()["divide"] == "raise"
    assert verdict.status == "correct"


def test_what_was_printed_never_reaches_the_notebook(capfd):
    def talkative(amounts):
        print(amounts)
        print(amounts, file=sys.stderr)
        return right(amounts)

    assert judged(talkative).status == "correct"
    assert capfd.readouterr() == ("", "")


def test_what_a_wrong_answer_printed_is_shown_with_its_verdict():
    def looking(amounts):
        print("shape", amounts.shape)
        return amounts

    assert "Your function printed: shape (2, 3)" in judged(looking).message


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_right_numbers_in_half_precision_are_told_what_is_wrong_with_them(dtype):
    torch = pytest.importorskip("torch")

    def in_half(amounts):
        return torch.tensor(right(amounts)).to(getattr(torch, dtype))

    def wrong_in_half(amounts):
        return 0.97 * in_half(amounts).T.T ** 2

    verdict = judged(in_half)
    assert (verdict.status, verdict.mistake) == ("incorrect", None)
    assert f"right as far as half precision ({dtype}) goes" in verdict.message
    assert "Compute in float64 or float32." in verdict.message
    assert "half precision" not in judged(wrong_in_half).message


def test_inf_in_half_precision_is_told_where_its_numbers_end():
    message = judged(lambda amounts: (1e6 * right(amounts)).astype(np.float16)).message
    assert "There is inf" in message
    assert "float16 holds nothing above 65,504" in message


def test_hidden_entries_are_no_zeros():
    def hiding(amounts):
        total = amounts.sum(axis=-1, keepdims=True)
        return np.ma.masked_array(amounts, mask=(total == 0) | (amounts < 2)) / total

    verdict = judged(hiding)
    assert verdict.status == "incorrect"
    assert "got a masked array, in which hidden entries (shown as --)" in verdict.message
    assert "`.filled(0)`" in verdict.message


# --- the order of diagnosis


def test_an_exception_is_shown_with_the_learners_own_line():
    def no_such_axis(amounts):
        total = np.sum(amounts, axis=7)
        return amounts / total

    verdict = judged(no_such_axis)
    assert verdict.status == "error"
    assert "AxisError in your line `total = np.sum(amounts, axis=7)`" in verdict.message
    assert "axis 7 is out of bounds" in verdict.message
    assert "shares(amounts)" in verdict.message
    assert "2 rows of 3" in verdict.message


def test_the_wrong_number_of_parameters_is_an_exception_without_a_line():
    verdict = judged(lambda: 1)
    assert verdict.status == "error"
    assert "TypeError: " in verdict.message
    assert "0 positional arguments" in verdict.message


def generator(amounts):
    yield right(amounts)


async def coroutine(amounts):
    return right(amounts)


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (generator, ("a generator", "`return` where you have `yield`")),
        (coroutine, ("a coroutine", "`async`")),
        (lambda amounts: "0.5", ("(n_rows, n_columns) = (2, 3)", "got a str")),
        (lambda amounts: right, ("got a function",)),
        (lambda amounts: [[1, 2], [3]], ("rows differ in length",)),
        (lambda amounts: right(amounts) + 0j, ("complex numbers",)),
    ],
)
def test_a_result_of_the_wrong_type_is_named(candidate, words):
    verdict = judged(candidate)
    assert verdict.status == "incorrect"
    for word in words:
        assert word in verdict.message


def test_a_wrong_shape_is_shown_with_the_names_of_the_axes():
    verdict = judged(lambda amounts: right(amounts)[0])
    assert verdict.status == "incorrect"
    assert "(3,); expected (2, 3), that is (n_rows, n_columns)" in verdict.message


def test_nan_is_named_with_the_input_it_came_from():
    def other_nan(amounts):
        return 2 * right(amounts) if amounts.all() else np.full(amounts.shape, np.nan)

    def only_nan(amounts):
        return right(amounts) if amounts.all() else np.full(amounts.shape, np.nan)

    assert "nan" not in judged(other_nan).message  # 2 rows of 3 come first
    verdict = judged(only_nan)
    assert "There is nan in your result, for an empty row." in verdict.message
    assert verdict.status == "incorrect"


def test_inf_is_named_too():
    assert "There is inf" in judged(lambda amounts: right(amounts) / 0).message


def test_a_changed_input_is_named_where_the_result_is_right(offer):
    offer(mistakes=())

    def tidy(amounts):
        result = right(amounts)
        amounts.sort()
        return result

    verdict = judged(tidy)
    assert verdict.status == "incorrect"
    assert "changed amounts in place" in verdict.message


def test_a_change_that_rounds_away_is_a_change():
    def nudge(amounts):
        result = right(amounts)
        amounts *= 1 + 1e-15
        return result

    assert judged(nudge).mistake == "in place"


def test_a_known_mistake_is_called_by_its_title():
    verdict = judged(lambda amounts: amounts.tolist())
    assert (verdict.status, verdict.mistake) == ("incorrect", "not divided")
    assert verdict.message.startswith("Not divided. Divide by the sum.")
    assert "The input (2 rows of 3):" in verdict.message
    assert "Your result, first wrong at [0, 0] (n_rows, n_columns):\n  [[" in verdict.message


def test_two_mistakes_at_once_are_both_named():
    verdict = judged(lambda amounts: amounts.T)
    assert verdict.mistake == "transposed; not divided"
    assert "First: Rows first." in verdict.message
    assert "Second: Divide by the sum." in verdict.message


def squared(amounts):
    return amounts @ amounts


def turned(amounts):
    return right(amounts).T


def unguarded(amounts):
    return amounts / amounts.sum(axis=-1, keepdims=True)


def overwriting(amounts):
    amounts[:] = right(amounts)
    return amounts


@pytest.mark.parametrize(
    ("candidate", "title"),
    [
        (squared, "matrix product"),
        (turned, "transposed"),
        (unguarded, "nan for an empty row"),
        (overwriting, "in place"),
    ],
)
def test_exceptions_shapes_nan_and_changes_may_be_known_mistakes_too(candidate, title):
    verdict = judged(candidate)
    assert (verdict.status, verdict.mistake) == ("incorrect", title)


def test_a_mistake_of_the_same_shape_is_named_where_no_other_has_it():
    verdict = judged(lambda amounts: 3 * right(amounts).T)
    assert verdict.mistake == "transposed"
    assert verdict.message.startswith("It looks like this: transposed. Rows first.")


def test_a_mistake_that_raises_alike_is_likely_and_no_more():
    verdict = judged(lambda amounts: amounts @ amounts)
    assert verdict.message.startswith("It looks like this: matrix product. Not a product.")


def test_a_broken_law_is_told_before_a_relation():
    verdict = judged(lambda amounts: 0.97 * right(amounts))
    assert verdict.message.startswith("Row 0 sums to 0.97, not to 1.")
    assert verdict.mistake is None


def test_a_relation_is_told_where_no_law_is_broken(offer):
    offer(laws=())
    assert "0.97 times the right ones" in judged(lambda amounts: 0.97 * right(amounts)).message


def test_else_the_first_difference_is_shown_without_the_right_number(offer):
    offer(laws=())

    def nearly(amounts):
        result = right(amounts)
        result[1, 2:] = 0.125
        return result

    verdict = judged(nearly)
    assert "first wrong at [1, 2] (n_rows, n_columns)" in verdict.message
    amounts = next(engine._cases(engine.exercise_named("shares"), 1).__iter__()).args[0]
    assert f"{right(amounts)[1, 2]:.4g}" not in verdict.message.split("Your result")[1]


def test_of_several_faults_the_one_that_comes_first_is_told():
    def several(amounts):
        amounts[:] = np.nan
        return np.full(7, np.nan)

    assert "The shape of result" in judged(several).message


# --- what an answer costs


def one_by_one(amounts):
    return [[amount / (sum(row) or 1) for amount in row] for row in amounts]


COSTLY = Mistake("a loop", (one_by_one,), "Take all rows at once.")


@pytest.fixture
def costed(offer, exercise):
    """Count the lines of answers to the tiny exercise, on one more input."""

    def cases(rng):
        yield from exercise.cases(rng)
        limit = Lines((rng.random((4, 3)),), (4, 40))
        yield Case("40 rows", (rng.random((40, 3)),), limit=limit)

    return offer(cases=cases, mistakes=(*exercise.mistakes, COSTLY))


def test_right_numbers_that_cost_too_much_are_a_mistake_of_its_own(costed):
    assert judged(right).status == "correct"
    verdict = judged(one_by_one)
    assert (verdict.status, verdict.mistake) == ("incorrect", "a loop")
    assert verdict.message.startswith("A loop. Take all rows at once.\nCounted while")
    assert "at length 4" in verdict.message
    assert "The input" not in verdict.message


@pytest.mark.parametrize(
    ("candidate", "title"),
    [
        (lambda amounts: [list(row) for row in amounts], "not divided; a loop"),
        (lambda amounts: np.transpose(one_by_one(amounts)), "transposed; a loop"),
        (
            lambda amounts: np.transpose([list(row) for row in amounts]),
            "transposed; not divided; a loop",
        ),
        (lambda amounts: 3 * np.array(one_by_one(amounts)).T, "transposed; a loop"),
    ],
)
def test_wrong_numbers_come_first_and_the_cost_is_named_beside_them(costed, candidate, title):
    verdict = judged(candidate)
    assert (verdict.status, verdict.mistake) == ("incorrect", title)
    assert "Besides: a loop. Take all rows at once. Counted while" in verdict.message
    assert "The input (2 rows of 3):" in verdict.message


def test_beside_wrong_numbers_that_nobody_knows_the_cost_is_named_too(costed):
    verdict = judged(lambda amounts: 0.97 * np.array(one_by_one(amounts)))
    assert (verdict.status, verdict.mistake) == ("incorrect", "a loop")
    assert verdict.message.startswith("Row 0 sums to 0.97, not to 1.")
    assert "Besides: a loop." in verdict.message


def test_a_mistake_that_is_costly_by_itself_is_named_alone(offer, costed):
    def doubled(amounts):
        return [[2 * amount for amount in row] for row in amounts]

    offer(cases=costed.cases, mistakes=(Mistake("doubled", (doubled,), "Once."), COSTLY))
    verdict = judged(lambda amounts: [list(2 * row) for row in amounts])
    assert verdict.mistake == "doubled"
    assert "Besides" not in verdict.message
    assert judged(lambda amounts: 2 * amounts).mistake == "doubled"


def test_a_cost_that_no_mistake_stands_for_is_still_told(costed, offer):
    offer(cases=costed.cases)
    verdict = judged(one_by_one)
    assert (verdict.status, verdict.mistake) == ("incorrect", None)
    assert "The numbers are right, but the way to them costs too much." in verdict.message
    assert "Counted while" in verdict.message


def test_an_exception_elsewhere_is_told_before_the_cost(costed):
    def no_empty_rows(amounts):
        return [[amount / math.prod(row) / sum(row) for amount in row] for row in amounts.tolist()]

    verdict = judged(no_empty_rows)
    assert (verdict.status, verdict.mistake) == ("incorrect", "a loop")

    def never_two(amounts):
        if len(amounts) == 2:
            raise ValueError("two")
        return one_by_one(amounts)

    verdict = judged(never_two)
    assert (verdict.status, verdict.mistake) == ("error", None)
    assert verdict.message.startswith("Your function raised ValueError")


def test_only_what_has_a_limit_is_traced_and_only_once(costed):
    before, found = sys.gettrace(), []

    def looking(amounts):
        found.append((len(amounts), sys.gettrace() is not before))
        return right(amounts)

    assert judged(looking).status == "correct"
    assert sorted(set(found)) == [(2, False), (3, False), (4, False), (4, True), (40, True)]
    assert found.index((40, True)) > found.index((3, False))
    assert [n for n, _ in found].count(3) == 2
    assert [n for n, _ in found].count(40) == 2  # the first time is not counted


def test_a_limit_that_is_never_reached_in_time_times_out(costed, hurried):
    def endless_if_long(amounts):
        while len(amounts) == 40:
            pass
        return right(amounts)

    before = sys.gettrace(), sys.settrace
    assert judged(endless_if_long).status == "timed out"
    assert (sys.gettrace(), sys.settrace) == before


def test_lines_are_counted_in_a_second_thread_too(costed):
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.extend(map(judged, (right, one_by_one))))
    thread.start()
    thread.join()
    assert [verdict.mistake for verdict in verdicts] == [None, "a loop"]
    assert verdicts[0].status == "correct"


# --- seeds


def right_on_the_fixed_inputs_only():
    """Make an answer that is right three times and then wrong."""
    calls = iter(range(100))
    return lambda amounts: right(amounts) if next(calls) < 3 else right(amounts) ** 2 + 0.1


def test_a_seed_repeats_a_verdict_and_is_printed_where_it_matters():
    first = judged(right_on_the_fixed_inputs_only(), seed=12345)
    again = judged(right_on_the_fixed_inputs_only(), seed=12345)
    other = judged(right_on_the_fixed_inputs_only(), seed=54321)
    assert first == again != other
    assert "seed=12345" in first.message
    assert "seed" not in judged(lambda amounts: amounts + 7).message  # the fixed inputs suffice


def test_without_a_seed_every_check_draws_new_inputs():
    drawn = []

    def collecting(amounts):
        drawn.append(amounts.tobytes())
        return right(amounts)

    judged(collecting, seed=None)
    judged(collecting, seed=None)
    first, second = drawn[:6], drawn[6:]
    assert first[:3] == second[:3]
    assert not set(first[3:]) & set(second[3:])


# --- answers that do not end, and odd ones


def endless(amounts):
    while True:
        pass


def test_an_answer_that_computes_without_an_end_times_out(monkeypatch):
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=0.3, clock_s=600.0))
    verdict = judged(endless)
    assert verdict.status == "timed out"
    assert "after 0.3 seconds of CPU time, so the check stopped it" in verdict.message
    assert "loop that never ends" in verdict.message


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="here it runs in a thread")
def test_an_answer_that_sleeps_times_out_by_the_clock(monkeypatch):
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=600.0, clock_s=0.3))
    verdict = judged(lambda amounts: time.sleep(600))
    assert verdict.status == "timed out"
    assert "after 0.3 seconds on the clock, so the check stopped it" in verdict.message
    assert "Does it sleep" in verdict.message


def test_the_limits_are_five_seconds_of_cpu_time_and_fifteen_on_the_clock():
    assert (LIMIT.cpu_s, LIMIT.clock_s) == (5.0, 15.0)


def swallowing(then):
    """Return an answer that swallows two stops at each call."""

    def answer(amounts):
        calls.append(1)
        for _ in range(2):
            with contextlib.suppress(BaseException):
                endless(amounts)
        return then(amounts)

    calls = []
    return answer, calls


def raising(_):
    raise ValueError("what alarm?")


def here(call):
    return call()


def in_a_second_thread(call):
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("somewhere", [here, in_a_second_thread])
@pytest.mark.parametrize("then", [right, raising])
def test_an_answer_that_swallows_its_stop_is_not_called_again(somewhere, then):
    answer, calls = swallowing(then)
    assert somewhere(lambda: judged(answer)).status == "timed out"
    assert len(calls) == 1


def test_a_stop_that_came_late_is_said_to_be_late(exercise):
    late = TimeIsUp("5 seconds of CPU time", is_cpu=True, overrun_s=31.4)
    assert "That was possible only 31 seconds later." in too_late(exercise, late)
    late.is_running = True
    assert "it goes on in the background until the kernel is restarted" in too_late(exercise, late)


def test_the_time_is_for_the_whole_check_not_for_one_call(monkeypatch):
    """Six calls, each of which stays below the limit."""
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=0.5, clock_s=600.0))
    calls = []

    def slow(amounts):
        calls.append(1)
        began = time.thread_time()
        while time.thread_time() < began + 0.2:
            pass
        return right(amounts)

    assert judged(slow).status == "timed out"
    assert 1 < len(calls) < 6


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("stopped", [True, False])
def test_time_is_up_in_a_second_thread_too(stopped):
    go_on = threading.Event()

    def slow(amounts):
        if stopped:
            endless(amounts)
        go_on.wait(600)  # no signal wakes it
        return right(amounts)

    streams = (sys.stdout, sys.stderr)
    verdict = in_a_second_thread(lambda: judged(slow))
    assert verdict.status == "timed out"
    assert ("could not stop it" in verdict.message) is not stopped
    assert (sys.stdout, sys.stderr) == streams
    go_on.set()


def test_in_a_second_thread_a_right_answer_is_right():
    assert in_a_second_thread(lambda: judged(right)).status == "correct"


def test_what_the_check_prepares_and_judges_itself_takes_no_time_of_the_answers(offer, monkeypatch):
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=0.1, clock_s=600.0))

    def slowly(function):
        def slow(*args):
            began = time.thread_time()
            while time.thread_time() < began + 0.12:
                pass
            return function(*args)

        return slow

    exercise = offer()
    offer(cases=slowly(exercise.cases), reference=slowly(right), mistakes=())
    assert judged(right).status == "correct"


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "ask", [lambda: input(), lambda: pdb.Pdb().set_trace()], ids=["input", "pdb"]
)
def test_an_answer_that_waits_for_the_keyboard_is_told_so(monkeypatch, ask):
    monkeypatch.setattr(builtins, "input", lambda prompt: time.sleep(600))

    def asking(amounts):
        ask()
        return right(amounts)

    before = sys.gettrace()
    verdict = judged(asking)
    assert verdict.status == "timed out"
    assert "It was waiting for the keyboard: take `input()`, `breakpoint()`" in verdict.message
    assert "loop" not in verdict.message
    assert sys.gettrace() is before
    assert judged(right).status == "correct"


def test_a_recursion_without_end_is_an_exception():
    def deeper(amounts):
        return deeper(amounts)

    def deeper_than_that(amounts):
        sys.setrecursionlimit(10**8)
        return deeper(amounts)

    depth = sys.getrecursionlimit()
    for candidate in (deeper, deeper_than_that):
        verdict = judged(candidate)
        assert verdict.status == "error"
        assert "RecursionError in your line `return deeper(amounts)`" in verdict.message
    assert sys.getrecursionlimit() == depth


class SilentError(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "error",
    [
        BaseException,
        Exception,
        SystemExit(0),
        GeneratorExit,
        MemoryError,
        StopIteration,
        StopAsyncIteration,
        AssertionError("x" * 10**6),
        ExceptionGroup("many", [ValueError("one")]),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        SilentError,
    ],
    ids=count(),
)
def test_no_exception_escapes(error):
    def raising(amounts):
        raise error

    verdict = judged(raising)
    assert verdict.status == "error"
    assert "Your function raised" in verdict.message
    assert "in your line `raise error`" in verdict.message
    assert len(verdict.message) < 1500


def test_an_exception_whose_text_never_ends_times_out(hurried):
    class EndlessError(Exception):
        def __str__(self):
            while True:
                pass

    def raising(amounts):
        raise EndlessError

    assert judged(raising).status == "timed out"


class Odd:
    def __init__(self, *_):
        pass

    def __call__(self, amounts):
        return self

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __eq__ = __len__ = __iter__ = __array__ = __float__ = __bool__ = __getattribute__


class Agreeable:
    """Is equal to everything."""

    def __eq__(self, _):
        return True

    def __array__(self, *_, **__):
        raise AssertionError("asked")

    __hash__ = None


class EndlessList(list):
    def __iter__(self):
        while True:
            yield 1.0


def a_list_inside_itself():
    endless = []
    endless.append(endless)
    return endless


ODD_RESULTS = {
    "an odd object": Odd,
    "a class": lambda: Odd,
    "equal to everything": Agreeable,
    "an endless list": EndlessList,
    "a list inside itself": a_list_inside_itself,
    "an enormous array": lambda: np.broadcast_to(1.0, (10**7, 10**7)),
    "a dict": dict,
    "bytes": bytes,
    "a module": lambda: np,
}


@pytest.mark.parametrize("make", ODD_RESULTS.values(), ids=ODD_RESULTS)
def test_odd_results_are_refused(make):
    verdict = judged(lambda amounts: make())
    assert verdict.status in ("incorrect", "error")
    assert "checker itself" not in verdict.message


@pytest.mark.usefixtures("shapes_unchecked")  # the hook would ask them what they are
@pytest.mark.parametrize("make", [lambda: Odd, lambda: np.add, lambda: print, lambda: dict])
def test_odd_candidates_are_refused(make):
    verdict = judged(make())
    assert verdict.status in ("incorrect", "error")
    assert "checker itself" not in verdict.message


def test_megabytes_of_output_do_no_harm(capfd):
    def flooding(amounts):
        for _ in range(10):
            print("x" * 1_000_000)
        return amounts

    verdict = judged(flooding)
    assert verdict.mistake == "not divided"
    assert len(verdict.message) < 3000
    assert capfd.readouterr() == ("", "")


def test_html_is_left_for_the_notebook_to_escape():
    def marked_up(amounts):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>alert(1)</script>" in judged(marked_up).message


# --- the notebook around it


def test_settings_and_random_numbers_are_left_as_they_were_found():
    def state():
        return np.geterr(), repr(np.get_printoptions()), sys.stdout, sys.getrecursionlimit()

    def meddling(amounts):
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        np.random.seed(0)
        sys.stdout = None
        sys.setrecursionlimit(10**6)
        return amounts

    before = state()
    np.random.seed(7)
    expected = np.random.random(2)
    np.random.seed(7)
    verdict = judged(meddling)
    assert state() == before
    np.testing.assert_array_equal(np.random.random(2), expected)
    assert verdict.mistake == "not divided"


def test_an_answer_is_not_called_right_before_it_was_tried_on_everything(exercise):
    seen = engine.try_answer("shares", right, seed=1, limit=engine.LIMIT)
    assert engine.judge("shares", seen, seed=1).status == "correct"
    with pytest.raises(ValueError, match=r"outcomes of a right answer; got 1"):
        engine.judge("shares", seen[:1], seed=1)


def test_where_every_input_counts_none_may_be_missing(offer):
    offer(tally=lambda cases, seen: Tally(passes=True, text="well done"))
    seen = engine.try_answer("shares", right, seed=1, limit=engine.LIMIT)
    assert engine.judge("shares", seen, seed=1).message == "well done"
    with pytest.raises(ValueError, match="expected 6 outcomes; got 5"):
        engine.judge("shares", seen[:-1], seed=1)


# --- stopping, and faults of our own


def test_a_check_stopped_by_hand_says_so_and_asks_no_more():
    calls = []

    def stopped(amounts):
        calls.append(1)
        signal.raise_signal(signal.SIGINT)

    verdict = judged(stopped)
    assert verdict.status == "error"
    assert verdict.message.startswith("stopped")
    assert len(calls) == 1


def test_a_check_stopped_between_two_calls_says_so_too(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_cases", interrupted)
    assert judged(right).message.startswith("stopped")


def test_a_function_of_numpys_that_a_cell_replaced_is_thought_of(monkeypatch, exercise):
    monkeypatch.setattr(np, "where", 3)  # the reference calls it
    verdict = judged(right)
    assert verdict.status == "error"
    assert "restart the kernel" in verdict.message


def test_a_fault_of_the_checker_blames_nobody(monkeypatch):
    def faulty(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(engine, "diagnose", faulty)
    verdict = judged(right)
    assert verdict.status == "error"
    assert "The checker itself failed" in verdict.message
    assert "nothing about your answer" in verdict.message
    assert "ZeroDivisionError in faulty" in verdict.message


# --- modules that an exercise needs


def test_what_an_exercise_needs_is_imported_before_the_clock_starts(offer, tmp_path, monkeypatch):
    """It takes longer than the answer may."""
    (tmp_path / "slow_to_come.py").write_text("import time\ntime.sleep(0.7)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(engine, "LIMIT", Limit(cpu_s=600.0, clock_s=0.6))
    exercise = offer(needs=("slow_to_come",))
    assert evaluate("shares", exercise.reference).status == "correct"
    assert "slow_to_come" in sys.modules


def test_a_needed_module_that_is_missing_is_no_fault_of_the_answer(offer):
    exercise = offer(needs=("no_such_module",))
    verdict = evaluate("shares", exercise.reference)
    assert verdict.status == "error"
    assert "checker itself failed" in verdict.message
