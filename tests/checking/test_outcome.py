import sys
import warnings
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from course_lib.checking.cost_limits import Lines, Memory
from course_lib.checking.exercise import Case
from course_lib.checking.guarding import TimeIsUp
from course_lib.checking.isolation import isolated
from course_lib.checking.outcome import observe
from course_lib.checking.results import array_of

VECTOR = array_of("n")


@pytest.fixture
def case():
    return Case("three numbers", (np.array([3.0, 1.0, 2.0]), 2))


seen = partial(observe, kind=VECTOR)


def doubled(numbers, factor):
    return factor * numbers


def test_a_result_is_read_and_the_input_left_alone(case):
    outcome = seen(doubled, case)
    np.testing.assert_array_equal(outcome.parts[0], [6, 2, 4])
    assert (outcome.unreadable, outcome.raised, outcome.changed) == (None, None, ())
    np.testing.assert_array_equal(case.args[0], [3, 1, 2])


def test_every_call_gets_its_own_copy(case):
    def sorting(numbers, factor):
        numbers.sort()
        return numbers

    assert seen(sorting, case).changed == (0,)
    assert seen(sorting, case).changed == (0,)
    np.testing.assert_array_equal(case.args[0], [3, 1, 2])


@pytest.mark.parametrize(
    "change",
    [
        lambda numbers: numbers.__setitem__(0, np.nextafter(3, 4)),
        lambda numbers: numbers.__setitem__(slice(None), -0.0 * numbers),
        lambda numbers: setattr(numbers, "shape", (3, 1)),
        lambda numbers: numbers.byteswap(inplace=True),
    ],
)
def test_any_change_in_place_is_seen(case, change):
    def changing(numbers, factor):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            change(numbers)
        return [0, 0, 0]

    assert seen(changing, case).changed == (0,)


def test_an_input_that_was_changed_and_put_back_is_unchanged(case):
    def careful(numbers, factor):
        numbers += 1
        numbers -= 1
        return numbers

    assert seen(careful, case).changed == ()


def test_an_exception_is_read_with_the_line_that_raised_it(case):
    def failing(numbers, factor):
        return numbers[7]

    raised = seen(failing, case).raised
    assert raised.type_name == "IndexError"
    assert raised.text.startswith("index 7 is out of bounds")
    assert (raised.line, raised.function) == ("return numbers[7]", "failing")
    assert not raised.not_written
    assert not raised.by_hand


def test_of_a_long_text_only_the_first_line_is_kept(case):
    def failing(numbers, factor):
        raise ValueError("\n" + "x" * 10_000 + "\nsecond line")

    text = seen(failing, case).raised.text
    assert set(text) == {"x"}
    assert len(text) == 200


def test_only_an_error_of_the_answers_own_means_not_written(case):
    def unwritten(numbers, factor):
        raise NotImplementedError

    def somebody_elses(numbers, factor):
        return np.ndarray.__new__(Unfinished, 3)

    class Unfinished(np.ndarray):
        def __array_finalize__(self, obj):
            int.__add__(1, 2)
            raise NotImplementedError

    assert seen(unwritten, case).raised.not_written
    compiled = {}
    exec("def helper():\n raise NotImplementedError", compiled)
    assert not seen(lambda numbers, factor: compiled["helper"](), case).raised.not_written


def test_arguments_by_name_only_are_passed_by_name(case):
    def by_name(*, factor, numbers):
        return factor * numbers

    outcome = seen(by_name, case, parameters=("numbers", "factor"))
    np.testing.assert_array_equal(outcome.parts[0], [6, 2, 4])


def test_what_cannot_be_read_is_described_and_a_coroutine_closed(case):
    async def later(numbers, factor):
        return numbers

    assert seen(later, case).unreadable == "got a coroutine"  # and no warning, which would raise


def test_what_reading_the_result_raises_belongs_to_the_answer(case):
    class Hostile:
        @property
        def __class__(self):
            raise ValueError("do not look")

    assert seen(lambda *_: Hostile(), case).raised.text == "do not look"


def test_time_is_up_goes_through(case):
    def late(numbers, factor):
        raise TimeIsUp

    with pytest.raises(TimeIsUp):
        seen(late, case)


def test_what_each_call_prints_is_kept_with_it(case):
    def talking(numbers, factor):
        print(factor)
        return numbers

    with isolated() as console:
        printed = [
            seen(talking, replace(case, args=(case.args[0], factor)), console=console).printed
            for factor in (2, 3)
        ]
    assert printed == ["2\n", "3\n"]


# --- likeness


def raising(text, error=ValueError):
    def failing(*_):
        raise error(text)

    return failing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (doubled, lambda numbers, factor: (numbers + numbers).tolist()),
        (raising("same"), raising("same")),
        (lambda *_: None, lambda *_: None),
        (lambda *_: [np.nan, 1], lambda *_: [np.nan, 1]),
    ],
)
def test_calls_that_look_the_same_from_outside_are_alike(case, one, other):
    assert seen(one, case).is_like(seen(other, case))


def in_place(numbers, factor):
    numbers *= factor
    return numbers


@pytest.mark.parametrize(
    "other",
    [
        lambda numbers, factor: numbers,
        lambda numbers, factor: (factor * numbers)[:, None],
        in_place,
        raising("other"),
        lambda *_: None,
    ],
)
def test_calls_that_differ_in_anything_are_not_alike(case, other):
    assert not seen(doubled, case).is_like(seen(other, case))
    assert not seen(other, case).is_like(seen(doubled, case))


def test_two_exceptions_are_alike_in_type_and_text_only(case):
    assert not seen(raising("a"), case).is_like(seen(raising("b"), case))
    assert not seen(raising("a"), case).is_like(seen(raising("a", TypeError), case))
    assert not seen(lambda *_: None, case).is_like(seen(lambda *_: "text", case))


# --- lists, tensors, and more than one call


@pytest.mark.parametrize(
    "change",
    [
        lambda words, arrays: words.sort(),
        lambda words, arrays: words.append("mat"),
        lambda words, arrays: words.__setitem__(0, "dog"),
        lambda words, arrays: words.__setitem__(0, 3),
        lambda words, arrays: arrays[0].sort(),
        lambda words, arrays: arrays.__setitem__(0, [3, 1]),
    ],
)
def test_a_change_in_a_list_is_seen(change):
    def changing(words, arrays):
        change(words, arrays)
        return 0

    case = Case("words and arrays", (["the", "cat"], [np.array([3.0, 1.0])]))
    assert len(observe(changing, case, kind=array_of()).changed) == 1
    assert observe(lambda *_: 0, case, kind=array_of()).changed == ()


@pytest.fixture
def tensors():
    return Case("a tensor", (torch.tensor([3.0, 1.0]),))


def test_a_gradient_and_its_flag_are_no_change_of_a_tensor(tensors):
    def asking(x):
        x.requires_grad_(True)
        (x**2).sum().backward()
        return x.grad

    outcome = observe(asking, tensors, kind=VECTOR)
    np.testing.assert_array_equal(outcome.parts[0], [6, 2])
    assert outcome.changed == ()
    assert not tensors.args[0].requires_grad


@pytest.mark.parametrize(
    "change", [lambda x: x.zero_(), lambda x: x.unsqueeze_(0), lambda x: x.data.mul_(2)]
)
def test_other_numbers_in_a_tensor_are_a_change(tensors, change):
    assert observe(change, tensors, kind=VECTOR).changed == (0,)


def test_of_several_calls_on_the_same_copy_the_last_one_counts(tensors):
    def adding_up(x):
        x.requires_grad_(True)
        (x**2).sum().backward()
        return x.grad

    twice = replace(tensors, calls=2)
    np.testing.assert_array_equal(observe(adding_up, twice, kind=VECTOR).parts[0], [12, 4])
    np.testing.assert_array_equal(observe(adding_up, twice, kind=VECTOR).parts[0], [12, 4])


def test_an_exception_in_the_first_of_several_calls_is_the_outcome(case):
    failures = iter([ValueError("first")])

    def failing_once(numbers, factor):
        for failure in failures:
            raise failure
        return numbers

    assert seen(failing_once, replace(case, calls=2)).raised.text == "first"


# --- what a call costs


def one_by_one(numbers, factor):
    return [factor * number for number in numbers]


@pytest.fixture
def counted():
    """Ask for lines at two lengths."""
    return Case("a row of 30", (np.ones(30), 2), limit=Lines((np.ones(6), 2), (6, 30)))


def test_a_case_without_a_limit_is_not_traced(case):
    assert seen(one_by_one, case).spent is None
    assert not seen(one_by_one, case).is_over
    before, found = sys.gettrace(), []
    seen(lambda *_: found.append(sys.gettrace()), case)
    assert found == [before]


def test_calls_are_alike_only_if_both_cost_too_much_or_neither(counted):
    at_once, loop = seen(doubled, counted), seen(one_by_one, counted)
    assert (at_once.is_over, loop.is_over) == (False, True)
    assert at_once.gave_like(loop)
    assert not at_once.is_like(loop)
    assert not loop.is_like(at_once)
    slower_still = seen(
        lambda x, factor: [z for y in x for z in map(doubled, [y], [factor])], counted
    )
    assert slower_still.spent.counted != loop.spent.counted
    assert loop.is_like(slower_still)


def test_other_numbers_are_not_alike_whatever_they_cost(counted):
    loop = seen(one_by_one, counted)
    tripled = seen(lambda numbers, _: one_by_one(numbers, 3), counted)
    assert not tripled.is_like(loop)
    assert not tripled.gave_like(loop)


def test_an_exception_has_no_cost_and_is_that_of_the_case_itself(counted):
    def refusing(numbers, factor):
        raise ValueError(f"{len(numbers)} are too many")

    outcome = seen(refusing, counted)
    assert outcome.raised.text == "30 are too many"
    assert outcome.spent is None
    assert outcome.is_like(seen(refusing, replace(counted, limit=None)))


def test_a_change_in_place_is_seen_in_a_counted_call_too(counted):
    assert seen(in_place, counted).changed == (0,)
    np.testing.assert_array_equal(counted.limit.shorter[0], np.ones(6))


def test_memory_is_part_of_the_outcome(case):
    small = replace(case, limit=Memory(100_000))
    assert seen(lambda *_: np.ones(20_000), small).is_over
    assert not seen(doubled, small).is_over
