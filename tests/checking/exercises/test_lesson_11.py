"""What the exercises of lessons 11 and 12 say, beyond what all exercises promise."""

from itertools import pairwise

import numpy as np
import pytest

from course_lib.attention import reference
from course_lib.checking import evaluate
from course_lib.checking.exercises.dilated_branch import dilated_branch
from course_lib.checking.exercises.mix_branches import mix_branches

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def branch_with(change):
    """Return the right answer with something done to the two arrays of its result."""

    def answer(*args):
        outputs, denominators = dilated_branch(*args)
        change(outputs, denominators)
        return outputs, denominators

    return answer


def merged_with(change):
    def answer(*args):
        outputs, lse = reference.merge_partials(*args)
        change(outputs, lse)
        return outputs, lse

    return answer


def mixed_with(change):
    def answer(outputs, denominators):
        result = mix_branches(outputs, denominators)
        change(result, np.array(denominators))
        return result

    return answer


# --- a broken law is said in a sentence


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        (
            "dilated_positions",
            lambda *sizes: [kept + 4 * (i == 1) for i, kept in _numbered(sizes)],
            "Segment 1 reaches from position 5 to 7, but holds 10",
        ),
        (
            "dilated_branch",
            branch_with(lambda outputs, denominators: outputs.__setitem__(0, 0.4)),
            "Position 0 is not kept by the branch, but its row is not zero",
        ),
        (
            "dilated_branch",
            branch_with(lambda outputs, denominators: np.negative(denominators, out=denominators)),
            "Position 1 is kept, so it meets itself at least",
        ),
        (
            "dilated_branch",
            branch_with(lambda outputs, denominators: outputs.__imul__(77)),
            "Row 1 is no mixture of the values that are kept in its segment",
        ),
        (
            "mix_branches",
            mixed_with(lambda mixed, sums: mixed.__setitem__(sums.sum(0) == 0, 0.3)),
            "No branch keeps row 2, so it should be zeros",
        ),
        (
            "mix_branches",
            mixed_with(lambda mixed, sums: mixed.__setitem__((sums > 0).sum(0) == 1, 0.3)),
            "Row 1 is kept by one branch alone",
        ),
        (
            "mix_branches",
            mixed_with(lambda mixed, sums: mixed.__setitem__((sums > 0).sum(0) == 2, 99.0)),
            "Row 0, feature 0 lies outside what the branches have there",
        ),
        ("attended_pairs", lambda seq_len, branches: 65 * len(branches), "make 8² pairs in each"),
        ("attended_pairs", lambda seq_len, branches: 0, "You count 0 pairs"),
        (
            "merge_partials",
            merged_with(lambda outputs, lse: outputs.__setitem__(0, np.nan)),
            "There is nan in your result",
        ),
        (
            "merge_partials",
            merged_with(lambda out, lse: np.isneginf(lse).any() and out.__setitem__(0, np.nan)),
            "There is nan in row 0, where one side saw nothing",
        ),
        (
            "merge_partials",
            merged_with(lambda outputs, lse: lse.__isub__(5)),
            "In row 0 your lse is smaller than that of one side alone",
        ),
        (
            "merge_partials",
            merged_with(lambda outputs, lse: outputs.__iadd__(9)),
            "Row 0, feature 0 does not lie between the outputs of the two sides",
        ),
    ],
)
def test_a_broken_law_is_said_in_a_sentence(name, answer, words):
    verdict = evaluate(name, answer, 1)
    assert verdict.status == "incorrect"
    assert verdict.mistake is None
    assert words in verdict.message


def _numbered(sizes):
    return enumerate(reference.dilated_positions(*sizes))


# --- segments of different lengths


def test_the_number_of_segments_is_said_where_it_is_wrong():
    verdict = evaluate("dilated_positions", lambda *sizes: [np.array([99])], 1)
    assert "count per segment is (1,); expected (2,), that is (segments)" in verdict.message


def test_a_fraction_among_the_positions_is_shown():
    verdict = evaluate("dilated_positions", lambda *sizes: [[1.5], [6.0]], 1)
    assert "expected whole numbers; got 1.5" in verdict.message


def test_positions_in_the_wrong_segment_are_wrong_although_all_are_there():
    def answer(*sizes):
        rows = [kept.tolist() for kept in reference.dilated_positions(*sizes)]
        for left, right in pairwise(rows):
            left.extend(right[:1])
            del right[:1]
        return rows

    assert evaluate("dilated_positions", answer, 1).status == "incorrect"


# --- two mistakes at once, in words


def test_a_branch_without_scale_that_drifts_hears_of_both():
    def answer(queries, keys, values, segment_length, dilation, offset):
        outputs, denominators = np.zeros(values.shape), np.zeros(len(values))
        for start in range(0, len(queries), segment_length):
            segment = np.arange(len(queries))[start : start + segment_length]
            kept = segment[segment % dilation == offset]
            exponentials = np.exp(queries[kept] @ keys[kept].T)
            denominators[kept] = exponentials.sum(1)
            outputs[kept] = exponentials @ values[kept] / denominators[kept, None]
        return outputs, denominators

    verdict = evaluate("dilated_branch", answer, 1)
    assert "drifts at borders" in verdict.mistake
    assert "no scale" in verdict.mistake


def test_heads_in_front_are_an_extra_that_is_only_remarked_on():
    def answer(outputs_a, lse_a, outputs_b, lse_b):
        _n_queries, _d_value = outputs_a.shape
        return reference.merge_partials(outputs_a, lse_a, outputs_b, lse_b)

    verdict = evaluate("merge_partials", answer, 1)
    assert verdict.status == "correct"
    assert "does not cope yet with several heads at once" in verdict.message


def test_branches_stacked_into_one_array_are_an_extra_too():
    def answer(outputs, denominators):
        return mix_branches(list.copy(outputs), list.copy(denominators))

    verdict = evaluate("mix_branches", answer, 1)
    assert verdict.status == "correct"
    assert "branches stacked into one array" in verdict.message


# --- counts of pairs


def test_a_set_of_pairs_is_named():
    def pairs_once(seq_len, branches):
        return len(
            {
                (query, key)
                for segment_length, dilation in branches
                for start in range(0, seq_len, segment_length)
                for query in range(seq_len)[start : start + segment_length : dilation]
                for key in range(seq_len)[start : start + segment_length : dilation]
            }
        )

    verdict = evaluate("attended_pairs", pairs_once, 1)
    assert verdict.mistake == "pairs in several branches counted once"
