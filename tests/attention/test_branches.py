import numpy as np
import pytest

from course_lib.attention.branches import attended_pairs, checked_branches, dilated_positions
from course_lib.attention.masks import dilated_mask
from course_lib.errors import ShapeError

LAYOUTS = [
    (0, 4, 2),  # nobody is there
    (1, 4, 3),
    (12, 4, 2),
    (13, 5, 3),  # neither divides the other
    (9, 2, 5),  # a dilation longer than its segment
    (5, 8, 2),  # a segment longer than the sequence
]


@pytest.mark.parametrize(("seq_len", "segment_length", "dilation"), LAYOUTS)
def test_a_position_is_kept_where_its_place_in_the_segment_fits_the_offset(
    seq_len, segment_length, dilation
):
    for offset in range(dilation):
        segments = dilated_positions(seq_len, segment_length, dilation, offset)
        assert len(segments) == -(-seq_len // segment_length)
        for segment, kept in enumerate(segments):
            assert kept.tolist() == [
                position
                for position in range(seq_len)
                if position // segment_length == segment
                and position % segment_length % dilation == offset
            ]


@pytest.mark.parametrize(("seq_len", "segment_length", "dilation"), LAYOUTS)
def test_the_offsets_share_all_positions_among_them(seq_len, segment_length, dilation):
    everyone = [
        position
        for offset in range(dilation)
        for kept in dilated_positions(seq_len, segment_length, dilation, offset)
        for position in kept.tolist()
    ]
    assert sorted(everyone) == list(range(seq_len))


def test_pairs_are_those_of_the_masks_counted_once_for_each_branch():
    branches = [(3, 1), (5, 2), (13, 4), (40, 3)]
    counted = sum(dilated_mask(13, *branch).sum() for branch in branches)
    assert attended_pairs(13, branches) == counted


def test_a_pair_in_two_branches_is_counted_twice():
    assert attended_pairs(8, [(4, 2), (4, 2)]) == 2 * attended_pairs(8, [(4, 2)])


def test_pairs_grow_with_the_length_and_not_with_its_square():
    branches = [(16 * 2**i, 2**i) for i in range(4)]
    pairs = [attended_pairs(n, branches) for n in (128, 256, 512)]
    assert pairs == [n * sum(w // r**2 for w, r in branches) for n in (128, 256, 512)]
    assert pairs[2] == 4 * pairs[0]


@pytest.mark.parametrize("offset", [-1, 2, 7])
def test_an_offset_beyond_the_dilation_is_named_with_the_heads_own(offset):
    with pytest.raises(ShapeError, match=rf"0 to dilation − 1 = 1; got {offset}\..*j % dilation"):
        dilated_positions(8, 4, 2, offset)


@pytest.mark.parametrize(("lengths", "dilations"), [([4, 8], [1]), ([4], [1, 2]), ([], [])])
def test_branches_that_do_not_pair_are_named_with_a_pair_that_does(lengths, dilations):
    with pytest.raises(ShapeError, match=r"one dilation for each.*segment_lengths=\[4, 8\], dil"):
        checked_branches(lengths, dilations)


@pytest.mark.parametrize(
    ("lengths", "dilations", "named"),
    [([4, 0], [1, 2], r"segment_lengths.*\[4, 0\]"), ([4, 8], [1, 0], r"dilations.*\[1, 0\]")],
)
def test_a_number_below_one_is_named(lengths, dilations, named):
    with pytest.raises(ShapeError, match=rf"{named}.*dilation of 1 keeps every"):
        checked_branches(lengths, dilations)


def test_positions_and_pairs_refuse_a_dilation_of_nothing_too():
    for refuse in (lambda: dilated_positions(8, 4, 0), lambda: attended_pairs(8, [(0, 1)])):
        with pytest.raises(ShapeError, match="at least 1"):
            refuse()


def test_branches_come_back_in_pairs():
    assert checked_branches((4, 8), np.array([1, 2]).tolist()) == [(4, 1), (8, 2)]
