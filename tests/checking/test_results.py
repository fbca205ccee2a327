import numpy as np
import pytest
import torch

from course_lib.checking.results import (
    Kind,
    UnreadableError,
    alike,
    array_of,
    describe,
    differs_at,
    half_precision,
)

TABLE = array_of("n_queries", "n_keys")
NUMBERS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
THREE = Kind((("T", "d_head"), ("T", "d_head"), ("T", "d_value")), ("queries", "keys", "values"))


class OfItsOwn(torch.Tensor):
    pass


def complaint(kind, raw):
    with pytest.raises(UnreadableError) as caught:
        kind.read(raw)
    return str(caught.value)


# --- reading


@pytest.mark.parametrize(
    "raw",
    [
        np.array(NUMBERS),
        np.array(NUMBERS, dtype=np.float32),
        np.array(NUMBERS, dtype=int),
        np.array(NUMBERS, dtype=object),
        np.array(NUMBERS, order="F"),
        np.ma.masked_array(NUMBERS),
        NUMBERS,
        tuple(map(tuple, NUMBERS)),
        [np.array(row) for row in NUMBERS],
        [[np.float32(number) for number in row] for row in NUMBERS],
        torch.tensor(NUMBERS),
        torch.tensor(NUMBERS, dtype=torch.float64, requires_grad=True),
        list(torch.tensor(NUMBERS)),
        torch.nn.Parameter(torch.tensor(NUMBERS)),
        torch.tensor(NUMBERS).as_subclass(OfItsOwn),
        torch.tensor(NUMBERS, dtype=torch.float16),
        torch.tensor(NUMBERS, dtype=torch.bfloat16, requires_grad=True),
        torch.tensor(NUMBERS, dtype=torch.int32),
        [[torch.tensor(number, dtype=torch.bfloat16) for number in row] for row in NUMBERS],
        np.array([[np.float64(number) for number in row] for row in NUMBERS], dtype=object),
    ],
    ids=lambda raw: type(raw).__name__,
)
def test_whatever_holds_the_same_numbers_is_read_as_the_same_array(raw):
    (part,) = TABLE.read(raw)
    assert type(part) is np.ndarray
    assert part.dtype == np.float64
    np.testing.assert_array_equal(part, NUMBERS)


@pytest.mark.parametrize("raw", [2, 2.0, np.int8(2), np.float32(2), torch.tensor(2), np.array(2)])
def test_a_single_number_may_come_in_any_type(raw):
    (part,) = array_of().read(raw)
    assert part == 2.0
    assert part.shape == ()


def test_what_was_read_shares_no_memory_with_the_answer():
    raw = np.array(NUMBERS)
    (part,) = TABLE.read(raw)
    raw[:] = 0
    np.testing.assert_array_equal(part, NUMBERS)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "got None"),
        ("1, 2", "got a str"),
        ({1.0}, "got a set"),
        (..., "got an ellipsis"),
        ((row for row in NUMBERS), "got a generator"),
        (np.array(NUMBERS) + 0j, "complex numbers"),
        (np.array([["a"]]), "text"),
        (np.array([b"a"]), "bytes"),
        (np.array([None]), "Python objects"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), "datetime64"),
        ([[1, 2], [3]], "rows differ in length"),
        ([[1, None], [3, 4]], "got None inside a list"),
        (["a"], "got a str inside a list"),
        ([10**400], "too large"),
        (torch.ones(2, device="meta"), "cannot be read as an array"),
    ],
)
def test_what_cannot_be_numbers_is_named(raw, said):
    assert said in complaint(TABLE, raw)


def test_a_list_inside_itself_is_too_deep():
    endless = []
    endless.append(endless)
    assert "nested too deeply" in complaint(TABLE, endless)


def test_an_enormous_array_is_refused_by_its_shape_without_being_copied():
    enormous = np.broadcast_to(0.0, (10**7, 10**7))
    assert "shape (10000000, 10000000)" in complaint(TABLE, enormous)


def test_an_object_is_never_asked_to_turn_itself_into_numbers():
    class Cheat:
        def __array__(self, *_, **__):
            raise AssertionError("asked")

        __float__ = __len__ = __iter__ = __getitem__ = __array__

    assert "got a Cheat" in complaint(TABLE, Cheat())
    assert "got a Cheat inside a list" in complaint(TABLE, [[Cheat()]])


def test_an_array_of_another_class_is_read_as_it_is():
    class Liar(np.ndarray):
        def astype(self, *_, **__):
            return np.zeros((2, 3))

        shape = property(lambda self: (9, 9))

    (part,) = TABLE.read(np.array(NUMBERS).view(Liar))
    np.testing.assert_array_equal(part, NUMBERS)


@pytest.mark.parametrize("container", [tuple, list, np.stack])
def test_several_results_may_come_in_any_row(container):
    arrays = [np.full((2, 3), float(n)) for n in range(3)]
    for part, array in zip(THREE.read(container(arrays)), arrays, strict=True):
        np.testing.assert_array_equal(part, array)


def test_too_few_results_are_counted():
    said = complaint(THREE, (np.ones(1), np.ones(1)))
    assert "expected 3 results, queries, keys, values, in this order; got 2 results" in said
    assert complaint(THREE, None) == "got None"


def test_one_array_where_several_are_wanted_is_called_one_array():
    for alone in (np.ones((2, 4)), np.ones(5), np.array(1.0), torch.ones(2, 2)):
        assert "expected 3 results" in complaint(THREE, alone)
        assert "got a single array" in complaint(THREE, alone)


def test_a_result_that_is_no_array_is_named():
    assert "expected an array for keys; got None" in complaint(THREE, (NUMBERS, None, NUMBERS))


def test_bool_counts_as_number_only_where_numbers_are_expected():
    mask = np.array([[True, False]])
    assert TABLE.read(mask)[0].dtype == np.float64
    assert array_of("T", "T", numbers="bool").read(mask)[0].dtype == bool


# --- faults of the numbers themselves


@pytest.mark.parametrize(
    "raw",
    [
        np.array([[True, False]], dtype=object),
        np.array([[np.True_, False]], dtype=object),
        [[True, False]],
        torch.tensor([[True, False]]),
    ],
)
def test_truth_may_come_as_python_objects(raw):
    (part,) = array_of("T", "T", numbers="bool").read(raw)
    assert part.dtype == bool
    np.testing.assert_array_equal(part, [[True, False]])


def test_hidden_entries_of_a_masked_array_are_no_numbers():
    hidden = np.ma.masked_array(NUMBERS, mask=[[0, 0, 1], [0, 0, 0]])
    for raw in (hidden, list(hidden)):
        said = complaint(TABLE, raw)
        assert "got a masked array" in said
        assert "(shown as --)" in said
        assert "`.filled(0)`" in said
    np.testing.assert_array_equal(TABLE.read(hidden.filled(0))[0], [[1, 2, 0], [4, 5, 6]])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (np.ones(2, np.float16), "float16"),
        (torch.ones(2, dtype=torch.bfloat16), "bfloat16"),
        ((np.ones(2), torch.ones(2, dtype=torch.float16)), "float16"),
        ([np.float16(1.0), 2.0], "float16"),
        (np.ones(2, np.float32), ""),
        (torch.ones(2), ""),
        ([[1.0], []], ""),
        (None, ""),
    ],
)
def test_half_precision_is_known_by_its_name(raw, name):
    assert half_precision(raw) == name


def test_numbers_where_truth_is_expected_are_a_fault():
    mask = array_of("T", "T", numbers="bool")
    assert "expected a bool array" in mask.fault(mask.read(np.tri(3)))
    assert mask.fault(mask.read(np.tri(3) > 0)) is None


def test_whole_valued_floats_are_welcome_as_integers():
    count = array_of(numbers="int")
    assert count.fault(count.read(6.0)) is None
    assert "whole numbers; got 6.5" in count.fault(count.read(6.5))


def test_the_number_that_is_not_whole_is_the_one_that_is_shown():
    counts = array_of("T", numbers="int")
    assert "whole numbers; got 2.5" in counts.fault(counts.read([1, 2.5, 3]))
    assert "whole numbers; got nan" in counts.fault(counts.read([1, np.nan]))


# --- comparing


def test_the_tolerance_lets_float32_pass_and_nothing_coarser(rng):
    scores = 1000 * rng.normal(size=(5, 7))
    single = scores.astype(np.float32).astype(float)
    assert alike((single,), (scores,))
    assert not alike((scores * 1.001,), (scores,))


def test_nan_equals_nan_and_inf_only_itself():
    odd = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert alike((odd,), (odd.copy(),))
    assert differs_at(np.array([np.nan, -np.inf, -np.inf, 1.0]), odd) == (1,)
    assert differs_at(np.array([0.0, np.inf, -np.inf, 1.0]), odd) == (0,)
    assert differs_at(np.array([np.nan, 1e300, -np.inf, 1.0]), odd) == (1,)


def test_single_numbers_are_compared_like_any_array():
    assert alike((np.array(2.0),), (np.array(2.0),))
    assert differs_at(np.array(2.0), np.array(3.0)) == ()
    assert differs_at(np.array(True), np.array(True)) is None


def test_shape_and_kind_of_number_count():
    ones = np.ones((2, 3))
    assert not alike((ones,), (ones.T,))
    assert not alike((ones > 0,), (ones,))
    assert not alike((ones, ones), (ones,))


def test_the_first_differing_position_is_found_in_reading_order():
    theirs = np.zeros((2, 3))
    ours = theirs.copy()
    ours[0, 2] = ours[1, 0] = 1
    assert differs_at(ours, theirs) == (0, 2)
    assert differs_at(theirs, theirs) is None


@pytest.mark.parametrize(
    ("raw", "words"), [(None, "None"), ([1], "a list"), (1, "an int"), (len, "a builtin_function")]
)
def test_what_came_back_is_named_in_words(raw, words):
    assert describe(raw).startswith(words)


# --- words

WORDS = array_of("k", numbers="text")


@pytest.mark.parametrize(
    "raw",
    [
        ["the", "cat"],
        ("the", "cat"),
        np.array(["the", "cat"]),
        np.array(["the", "cat"], dtype=object),
        list(np.array(["the", "cat"])),
        [type("Word", (str,), {"__str__": lambda self: "dog"})(word) for word in ("the", "cat")],
    ],
)
def test_words_are_read_from_any_row_of_them(raw):
    (part,) = WORDS.read(raw)
    assert part.tolist() == ["the", "cat"]
    assert WORDS.fault((part,)) is None


def test_no_words_are_words_too():
    assert WORDS.fault(WORDS.read([])) is None


def test_numbers_where_words_are_expected_are_a_fault():
    assert "expected words" in WORDS.fault(WORDS.read([2, 0]))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("the cat", "got a str"),
        (None, "got None"),
        ({"the", "cat"}, "got a set"),
        ([("the", 0.5)], "got a str inside a list"),
        (np.array([["the", "cat"]]), "got a str inside a list"),
        (np.array("the"), "got an array of text"),
    ],
)
def test_what_is_no_row_of_words_is_named(raw, said):
    assert said in complaint(WORDS, raw)


def test_endless_words_are_cut():
    (part,) = WORDS.read(["x" * 10**6] * 2000)
    assert part.nbytes < 10**6


def test_words_are_compared_letter_by_letter_and_never_with_numbers():
    words = np.array(["the", "cat"])
    assert alike((words,), (words.astype("U9"),))
    assert differs_at(words, np.array(["the", "cut"])) == (1,)
    assert differs_at(np.array([0.0, 1.0]), words) == (0,)
    assert not alike((np.array([0.0, 1.0]),), (words,))
