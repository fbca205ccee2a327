from itertools import pairwise

import pytest

from course_lib.attention.branches import dilated_positions
from course_lib.attention.traffic import counting, dilated_gather_bytes, note, sharded_bytes
from course_lib.errors import ShapeError

SIZES = {"n_heads": 3, "d_head": 5, "bytes_per_number": 2}
POSITION = 2 * 5 * 2  # the bytes of one position's key and value in one head


def enumerated(seq_len, n_processes, branch, n_heads):
    """Count what each process sends: what it keeps, once for each other that keeps something."""
    slice_length, sent = seq_len // n_processes, [0] * n_processes
    for head in range(n_heads):
        for kept in dilated_positions(seq_len, *branch, head % branch[1]):
            owners = (kept // slice_length).tolist()
            for owner in owners:
                sent[owner] += (len(set(owners)) - 1) * POSITION
    return sent


# --- counting


def test_whoever_counts_is_told_and_nobody_else():
    note(1)
    with counting() as outer:
        note(10)
        with counting() as inner:
            note(100)
        note(1000)
    note(10_000)
    assert (outer.bytes_sent, inner.bytes_sent) == (1110, 100)


def test_counting_ends_with_an_error_too():
    with pytest.raises(KeyError), counting() as sent:
        raise KeyError
    note(1)
    assert sent.bytes_sent == 0


# --- dense


@pytest.mark.parametrize("n_processes", [1, 2, 3, 4])
def test_everybody_sends_its_keys_and_values_to_everybody_else(n_processes):
    in_one_segment = enumerated(24, n_processes, (24, 1), n_heads=3)
    assert in_one_segment == [sharded_bytes(24, n_processes, **SIZES)] * n_processes


def test_dense_attention_sends_more_the_more_processes_there_are():
    sent = [sharded_bytes(64 * p, p, n_heads=2, d_head=8) for p in (1, 2, 4, 8)]
    assert [one // sent[1] for one in sent] == [0, 1, 3, 7]


def test_numbers_have_four_bytes_unless_it_is_said_otherwise():
    double = sharded_bytes(64, 2, n_heads=2, d_head=8, bytes_per_number=8)
    assert double == 2 * sharded_bytes(64, 2, n_heads=2, d_head=8)


# --- dilated


@pytest.mark.parametrize(
    ("seq_len", "n_processes", "branch"),
    [
        (48, 4, (12, 1)),  # a segment is a slice
        (48, 4, (4, 2)),  # within a slice
        (48, 4, (24, 1)),
        (48, 4, (24, 2)),  # whole slices
        (48, 4, (48, 4)),
        (48, 4, (96, 6)),  # longer than the text
        (48, 1, (96, 6)),
        (72, 6, (24, 3)),
        (48, 2, (48, 12)),
    ],
)
def test_a_branch_sends_what_it_keeps_to_the_others_of_its_segment(seq_len, n_processes, branch):
    (sent,) = dilated_gather_bytes(seq_len, n_processes, [branch], **SIZES)
    assert [sent] * n_processes == enumerated(seq_len, n_processes, branch, n_heads=3)


def test_where_the_last_segment_is_shorter_the_others_count():
    (sent,) = dilated_gather_bytes(60, 5, [(24, 2)], **SIZES)
    assert [sent] * 4 + [0] == enumerated(60, 5, (24, 2), n_heads=3)


def test_a_branch_without_gaps_over_everything_sends_what_dense_attention_sends():
    (sent,) = dilated_gather_bytes(48, 4, [(48, 1)], **SIZES)
    assert sent == sharded_bytes(48, 4, **SIZES)


def test_given_branches_send_no_more_than_so_much_however_long_the_text():
    branches = [(16 * 2**i, 2**i) for i in range(6)]
    totals = [
        sum(dilated_gather_bytes(64 * p, p, branches, n_heads=2, d_head=8))
        for p in (1, 2, 4, 8, 16, 64, 1024)
    ]
    assert totals == sorted(totals)
    assert totals[3] == totals[-1]  # the longest segment is 512: eight slices
    assert totals[-1] < 6 * 16 * 2 * 2 * 8 * 4  # fewer than w/r = 16 positions a branch


def test_branches_that_reach_further_with_each_doubling_add_one_constant_each():
    totals = []
    for reach in range(3, 7):
        branches = [(16 * 2**i, 2**i) for i in range(reach + 1)]
        seq_len = branches[-1][0]
        totals.append(sum(dilated_gather_bytes(seq_len, seq_len // 64, branches, **SIZES)))
    added = [after - before for before, after in pairwise(totals)]
    assert all(one < 16 * 3 * POSITION for one in added)
    assert added == sorted(added)


# --- what cannot work


@pytest.mark.parametrize(("seq_len", "n_processes"), [(10, 3), (10, 0)])
def test_a_text_that_cannot_be_shared_equally_is_named(seq_len, n_processes):
    named = rf"seq_len=10 and n_processes={n_processes}\. Pad the sequence"
    with pytest.raises(ShapeError, match=named):
        sharded_bytes(seq_len, n_processes, n_heads=2, d_head=8)
    with pytest.raises(ShapeError, match=named):
        dilated_gather_bytes(seq_len, n_processes, [(4, 1)], n_heads=2, d_head=8)


@pytest.mark.parametrize("branch", [(18, 1), (5, 1), (24, 5), (48, 24)])
def test_a_branch_that_cuts_across_slices_is_named(branch):
    named = rf"divide a slice of 12.*\({branch[0]}, {branch[1]}\)\. Powers of two"
    with pytest.raises(ShapeError, match=named):
        dilated_gather_bytes(48, 4, [(12, 1), branch], n_heads=2, d_head=8)


@pytest.mark.parametrize(
    ("branches", "named"), [([], "at least one"), ([(4, 0)], "at least 1"), ([(0, 1)], "least 1")]
)
def test_what_does_not_make_branches_is_refused_as_everywhere(branches, named):
    with pytest.raises(ShapeError, match=named):
        dilated_gather_bytes(48, 4, branches, n_heads=2, d_head=8)
