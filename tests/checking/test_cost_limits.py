"""What a call costs is counted, never timed, and leaves no trace."""

import contextlib
import functools
import itertools
import sys
import threading
import tracemalloc

import numpy as np
import pytest
import torch

from course_lib.checking.cost_limits import Lines, Memory

SHORT, LONG = 6, 30
KIB = 1024


def lines(answer, *, lengths=(SHORT, LONG)):
    """Spend the lines of an answer that is given a table of so many rows."""
    short, long = (np.arange(3.0 * n).reshape(n, 3) for n in lengths)
    limit = Lines((short,), lengths)
    return limit.spend(lambda args: answer(*args), (long,))[1]


def memory(answer, limit=100 * KIB):
    return Memory(limit).spend(lambda args: answer(*args), ())[1]


# --- lines


def with_while(rows):
    i = 0
    while i < len(rows):
        i += 1


def by_halves(rows):
    middle = len(rows) // 2
    return by_halves(rows[:middle]) + by_halves(rows[middle:]) if middle else rows.sum()


def some_columns(rows):
    table = np.zeros((len(rows), 2))
    for i in range(0, len(rows), 2):
        table[i] = rows[i, :2]


def in_a_helper(rows):
    def helper(row):
        return row.sum()

    return list(map(helper, rows))


def in_a_thread(rows):
    found = []
    thread = threading.Thread(target=lambda: found.extend(row.sum() for row in rows))
    thread.start()
    thread.join()
    return found


LOOPS = {
    "for": lambda rows: [row.sum() for row in rows],
    "two of them": lambda rows: [[a @ b for b in rows] for a in rows],
    "while": with_while,
    "every second row": some_columns,
    "generator": lambda rows: sum(row[0] for row in rows),
    "fromiter": lambda rows: np.fromiter((row[0] for row in rows), float),
    "map of a lambda": lambda rows: list(map(lambda row: row[0], rows)),  # noqa: C417
    "map of a NumPy function": lambda rows: list(map(np.dot, rows, rows)),
    "map of a function inside": in_a_helper,
    "reduce": lambda rows: functools.reduce(lambda a, b: a + b, rows),
    "starmap": lambda rows: list(itertools.starmap(np.dot, zip(rows, rows, strict=True))),
    "recursion": by_halves,
    "vectorize": lambda rows: np.vectorize(lambda i: rows[i, 0])(np.arange(len(rows))),
    "vectorize with a signature": lambda rows: np.vectorize(np.dot, signature="(d),(d)->()")(
        rows, rows
    ),
    "apply_along_axis": lambda rows: np.apply_along_axis(lambda row: row[0], 1, rows),
    "apply_along_axis of a method": lambda rows: np.apply_along_axis(rows[0].dot, 1, rows),
    "frompyfunc": lambda rows: np.frompyfunc(lambda x: 2 * x, 1, 1)(rows),
    "nditer": lambda rows: [float(x) for x in np.nditer(rows)],
    "a thread": in_a_thread,
}


@pytest.mark.parametrize("answer", LOOPS.values(), ids=LOOPS)
def test_a_loop_along_the_input_is_found_in_any_disguise(answer):
    assert lines(answer).is_over


def once_a_feature(rows):
    total = 0
    for feature in range(rows.shape[1]):
        total = total + rows[:, feature, None] * rows[None, :, feature]
    return total


def with_an_if(rows):
    if len(rows) > 10:
        rows = rows + 0
        rows = rows * 1
    return rows @ rows.T


NO_LOOPS = {
    "product": lambda rows: rows @ rows.T,
    "einsum": lambda rows: np.einsum("id,jd->ij", rows, rows, optimize=True),
    "broadcast": lambda rows: (rows[:, None] * rows).sum(-1),
    "tensordot": lambda rows: np.tensordot(rows, rows, axes=(1, 1)),
    "a loop over features": once_a_feature,
    "an if": with_an_if,
    "torch": lambda rows: torch.einsum("id,jd->ij", *map(torch.as_tensor, (rows, rows))),
    "prints": lambda rows: (print(rows), print(torch.as_tensor(rows)), rows @ rows.T),
}


@pytest.mark.parametrize("answer", NO_LOOPS.values(), ids=NO_LOOPS)
def test_what_does_not_grow_with_the_input_is_within_the_limit(answer, capsys):
    assert not lines(answer).is_over


def test_lines_after_a_print_count_again():
    def printing_first(rows):
        repr(rows)
        return [row.sum() for row in rows]

    assert lines(printing_first).is_over


def test_what_was_counted_is_said_with_both_lengths():
    counted = lines(lambda rows: [row.sum() for row in rows]).counted
    assert "lines of Python at length 6," in counted
    assert "at length 30" in counted
    assert 6 <= next(int(word) for word in counted.split() if word.isdigit()) < 40


def test_the_result_is_that_of_the_longer_input_and_neither_input_is_touched():
    short, long = np.zeros(SHORT), np.zeros(LONG)

    def filling(x):
        x += 1
        return len(x)

    result, _ = Lines((short,), (SHORT, LONG)).spend(lambda args: filling(*args), (long,))
    assert result == LONG
    assert not short.any()


def tracer(*_):
    return None


@pytest.fixture
def traced():
    """Be traced already, as under a debugger; what traces in truth comes back afterwards."""
    before = sys.gettrace()
    sys.settrace(tracer)
    yield
    sys.settrace(before)


def failing(rows):
    raise ValueError


@pytest.mark.parametrize("answer", [len, failing])
def test_whatever_traced_before_traces_again(traced, answer):
    with contextlib.suppress(ValueError):
        lines(answer)
    assert sys.gettrace() is tracer


def test_threads_that_start_later_are_traced_as_before(traced):
    threading.settrace(tracer)
    try:
        lines(in_a_thread)
        assert threading.gettrace() is tracer
    finally:
        threading.settrace(None)


def test_lines_are_counted_in_a_second_thread_too():
    spent = []
    loop = LOOPS["for"]
    thread = threading.Thread(target=lambda: spent.extend([lines(loop), lines(len)]))
    thread.start()
    thread.join()
    assert [one.is_over for one in spent] == [True, False]


# --- memory


def table(n_bytes):
    return lambda: np.ones(n_bytes // 8)


def passing_by():
    for _ in range(20):
        np.ones(40 * KIB // 8)


def nested_lists():
    return [[float(i + j) for i in range(100)] for j in range(100)]


@pytest.mark.parametrize(
    ("answer", "is_over"),
    [
        (table(80 * KIB), False),
        (table(101 * KIB), True),
        (lambda: (table(60 * KIB)(), table(60 * KIB)()), True),
        (lambda: table(200 * KIB)().sum(), True),
        (passing_by, False),
        (nested_lists, True),
    ],
)
def test_memory_is_over_where_its_peak_reaches_the_limit(answer, is_over):
    assert memory(answer).is_over is is_over


def test_both_the_peak_and_the_limit_are_said():
    counted = memory(table(512 * KIB)).counted
    assert "512 KiB at its peak" in counted or "513 KiB at its peak" in counted
    assert "below 100 KiB" in counted


def test_tracemalloc_is_off_afterwards_where_it_was_off():
    assert not tracemalloc.is_tracing()
    for answer in (table(KIB), raising, tracemalloc.start, tracemalloc.stop):
        with contextlib.suppress(ValueError):
            memory(answer)
        assert not tracemalloc.is_tracing()


@pytest.fixture
def watched():
    """Have tracemalloc run already, with a peak far above what is held now."""
    tracemalloc.start(3)
    np.ones(2**20)
    yield
    tracemalloc.stop()


def raising():
    raise ValueError


@pytest.mark.parametrize("answer", [table(200 * KIB), raising])
def test_tracemalloc_goes_on_as_found_where_it_was_on(watched, answer):
    held = np.ones(1000)
    before = tracemalloc.get_traced_memory()
    with contextlib.suppress(ValueError):
        memory(answer)
    now = tracemalloc.get_traced_memory()
    assert tracemalloc.get_traceback_limit() == 3
    assert abs(now[0] - before[0]) < 20 * KIB
    assert abs(now[1] - before[1]) < 20 * KIB
    assert tracemalloc.get_object_traceback(held) is not None


def test_what_was_held_before_is_not_held_against_an_answer(watched):
    held = np.ones(2**18)
    assert not memory(table(10 * KIB)).is_over
    assert held.any()


def test_memory_is_measured_in_a_second_thread_too():
    spent = []
    thread = threading.Thread(target=lambda: spent.append(memory(table(200 * KIB))))
    thread.start()
    thread.join()
    assert spent[0].is_over
