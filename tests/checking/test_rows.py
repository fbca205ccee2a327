import numpy as np
import pytest
import torch

from course_lib.checking.results import LARGEST, UnreadableError, alike
from course_lib.checking.rows import rows_of

KEPT = rows_of("segment", "positions")
ROWS = [[0, 2], [4], []]


def complaint(raw):
    with pytest.raises(UnreadableError) as caught:
        KEPT.read(raw)
    return str(caught.value)


def objects(rows):
    array = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        array[i] = row
    return array


@pytest.mark.parametrize(
    "raw",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row) for row in ROWS],
        [np.array(row, dtype=np.uint8) for row in ROWS],
        [np.array(row, dtype=float) for row in ROWS],
        [np.array(row, dtype=object) for row in ROWS],
        [np.ma.masked_array(row) for row in ROWS],
        [list(map(np.int64, row)) for row in ROWS],
        [torch.tensor(row) for row in ROWS],
        [list(torch.tensor(row)) for row in ROWS],
        [range(0, 4, 2), range(4, 5), range(5, 5)],
        [range(0, 4, 2), [4], np.array([])],
        objects([np.array(row) for row in ROWS]),
        objects(ROWS),
    ],
    ids=lambda raw: f"{type(raw).__name__} of {type(raw[0]).__name__}",
)
def test_rows_may_come_in_any_form(raw):
    sizes, numbers = KEPT.read(raw)
    assert sizes.tolist() == [2, 1, 0]
    assert numbers.tolist() == [0, 2, 4]
    assert sizes.dtype == numbers.dtype == np.float64


@pytest.mark.parametrize(
    "form", [np.array, torch.tensor, lambda rows: np.array(rows, dtype=object)]
)
def test_rows_of_one_length_may_come_as_a_table(form):
    sizes, numbers = KEPT.read(form([[0, 2], [3, 5], [6, 8]]))
    assert sizes.tolist() == [2, 2, 2]
    assert numbers.tolist() == [0, 2, 3, 5, 6, 8]


def test_no_rows_and_rows_without_a_number_are_told_apart():
    none, empty = KEPT.read([]), KEPT.read([[]])
    assert [part.tolist() for part in none] == [[], []]
    assert [part.tolist() for part in empty] == [[0], []]
    assert not alike(none, empty)


def test_the_same_numbers_in_other_rows_are_another_result():
    assert alike(KEPT.read([[0, 2], [4]]), KEPT.read([np.array([0, 2]), (4,)]))
    assert not alike(KEPT.read([[0, 2], [4]]), KEPT.read([[0], [2, 4]]))
    assert not alike(KEPT.read([[0, 2], [4]]), KEPT.read([[4], [0, 2]]))


def test_what_was_read_shares_no_memory_with_the_answer():
    raw = [np.array([0, 2]), np.array([4])]
    _, numbers = KEPT.read(raw)
    raw[0][:] = 9
    assert numbers.tolist() == [0, 2, 4]


def test_a_fraction_among_the_positions_is_a_fault():
    assert KEPT.fault(KEPT.read([[0.0, 2.0]])) is None
    assert "whole numbers; got 2.5" in KEPT.fault(KEPT.read([[0.0, 2.5]]))


def test_masks_count_as_zeros_and_ones():
    sizes, numbers = KEPT.read([np.array([True, False]), np.array([True])])
    assert sizes.tolist() == [2, 1]
    assert numbers.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "got None"),
        (7, "got an int"),
        ("0 2 4", "got a str"),
        ({0: [0, 2]}, "got a dict"),
        ({0, 2}, "got a set"),
        ([0, 2, 4], "one flat row of numbers"),
        (range(3), "one flat row of numbers"),
        (np.array([0, 2, 4]), "one flat row of numbers"),
        (torch.tensor([0, 2, 4]), "one flat row of numbers"),
        ([np.array(0), torch.tensor(2)], "one flat row of numbers"),
        (np.array([0, 2], dtype=object), "one flat row of numbers"),
        ([[0, 2], 4], "a single number where a row should stand"),
        ([np.argwhere([True, False])], "one axis too many"),
        ([np.nonzero([True, False])], "one axis too many"),
        (np.zeros((2, 3, 4)), "one axis too many"),
        ((row for row in ROWS), "one by one, such as a generator"),
        (map(list, ROWS), "one by one, such as a generator"),
        ([(x for x in row) for row in ROWS], "got a generator inside it"),
        ([{0, 2}, {4}], "got a set inside it"),
        ([[0, None], [4]], "got None inside a list inside it"),
        ([slice(0, 4, 2)], "got a slice inside it"),
        ([None, None], "got None inside it"),
        ([[10**400]], "too large"),
        (np.array([["a"]]), "got an array of text"),
    ],
    ids=lambda raw: type(raw).__name__,
)
def test_what_is_no_list_of_rows_is_named(raw, said):
    assert said in complaint(raw)


def test_what_is_wanted_is_said_with_it():
    assert complaint([0, 2]).startswith(
        "expected a list of 1-D arrays, one for each of the segments; got"
    )


def test_an_object_is_never_asked_to_turn_itself_into_numbers():
    class Cheat:
        def __array__(self, *_, **__):
            raise AssertionError("asked")

        __float__ = __index__ = __len__ = __iter__ = __getitem__ = __array__

    class Rows(list):
        __iter__ = __len__ = __getitem__ = Cheat.__array__

    assert "got a Cheat" in complaint(Cheat())
    assert "got a Cheat inside it" in complaint([Cheat()])
    assert "got a Cheat inside a list inside it" in complaint([[Cheat()]])
    assert "got a Cheat inside it" in complaint(objects([Cheat()]))
    assert "got a Rows" in complaint(Rows([[0]]))


def test_an_array_of_another_class_is_read_as_it_is():
    class Liar(np.ndarray):
        def tolist(self):
            return [[9]]

        shape = property(lambda self: (9, 9))
        dtype = property(lambda self: np.dtype(object))

    _, numbers = KEPT.read(np.array([[0, 2], [4, 6]]).view(Liar))
    assert numbers.tolist() == [0, 2, 4, 6]


def test_a_list_inside_itself_is_too_deep():
    endless = []
    endless.append(endless)
    assert "nested too deeply" in complaint(endless)


def test_endless_rows_are_cut_or_refused_before_they_are_copied():
    assert KEPT.read([[]] * 10**6)[0].size < 10**5
    assert "too many numbers" in complaint([range(10**30)])
    assert "too many numbers" in complaint([np.zeros(LARGEST)] * 10**4)
    assert "got an array of shape" in complaint(np.broadcast_to(0.0, (10**7, 10**7)))
    assert "got an array of shape" in complaint(np.broadcast_to(objects([[0]]), (10**7, 10**7)))
