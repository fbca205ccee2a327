"""What the browser computes of dilated attention, beside the course's own masks and counts."""

import numpy as np
import pytest

from course_lib.attention.branches import attended_pairs, dilated_positions
from course_lib.attention.masks import dilated_mask
from course_lib.errors import ShapeError, TokenError
from course_lib.explorers import DilatedExplorer

FILE = "dilated.compute.mjs"
TOKENS = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]


@pytest.fixture
def explorer() -> DilatedExplorer:
    return DilatedExplorer.from_branches(TOKENS, [(4, 1), (12, 3)], n_heads=3, query=7)


def random_cases(rng, n_cases=60):
    """Draw lengths, branches and heads; gaps wider than a segment, and a single position, too."""
    for _ in range(n_cases):
        n_branches, n_heads = rng.integers(1, 5), rng.integers(1, 6)
        yield {
            "seqLen": int(rng.integers(1, 41)),
            "branches": [
                [int(rng.integers(1, 50)), int(rng.integers(1, 12))] for _ in range(n_branches)
            ],
            "active": [bool(on) for on in rng.integers(0, 2, n_branches)],
            "heads": sorted({int(head) for head in rng.integers(0, 8, n_heads)}),
            "isCausal": bool(rng.integers(0, 2)),
        }


def masks_of(case):
    """Ask attention: (heads, branches, queries, keys); inactive branches see nothing."""
    n = case["seqLen"]
    seen = np.array(
        [
            [
                dilated_mask(n, w, r, head % r) & on
                for (w, r), on in zip(case["branches"], case["active"], strict=True)
            ]
            for head in case["heads"]
        ]
    )
    return np.tril(seen) if case["isCausal"] else seen


def layers_of(seen):
    """Let news spread as lesson 11 does, each position keeping what it had."""
    sees = seen | np.eye(len(seen), dtype=bool)
    heard_of, layers = np.eye(len(sees), dtype=bool), 0
    while True:
        now = sees.astype(np.float32) @ heard_of > 0
        if np.array_equal(now, heard_of):
            return layers, heard_of
        heard_of, layers = now, layers + 1


def test_browser_and_reference_keep_the_same_positions(node_call, rng):
    for case in random_cases(rng):
        n, head = case["seqLen"], case["heads"][0]
        for w, r in case["branches"]:
            kept = [i for i in range(n) if node_call(FILE, "isKept", i, [w, r], head)]
            assert kept == np.concatenate(dilated_positions(n, w, r, head % r)).tolist()


def test_browser_and_reference_see_the_same_pairs(node_call, rng):
    for case in random_cases(rng):
        found, seen = node_call(FILE, "summary", case), masks_of(case)
        n = case["seqLen"]
        for mask, expected, on in zip(
            found["masks"], seen.any(axis=0), case["active"], strict=True
        ):
            assert (mask is None) == (not on)
            if on:
                np.testing.assert_array_equal(np.reshape(mask, (n, n)), expected)
        assert found["pairs"] == seen.sum(axis=(0, 2, 3)).tolist()
        assert found["compared"] == seen.sum()
        assert found["seen"] == seen.any(axis=(0, 1)).sum()
        assert found["withoutKey"] == np.flatnonzero(~seen.any(axis=(0, 1, 3))).tolist()


def test_a_query_sees_in_the_browser_what_its_row_says(node_call, rng):
    for case in random_cases(rng):
        query, seen = int(rng.integers(0, case["seqLen"])), masks_of(case)
        found = {}
        for sight in node_call(FILE, "sightsOf", {**case, "query": query}):
            found.update({(head, sight["number"]): sight["keys"] for head in sight["group"]})
        expected = {
            (head, branch): np.flatnonzero(seen[h, branch, query]).tolist()
            for h, head in enumerate(case["heads"])
            for branch in np.flatnonzero(case["active"])
        }
        assert found == expected


def test_browser_counts_the_pairs_of_lesson_11(node_call):
    for branch in [(4, 1), (12, 3), (8, 2), (64, 16)]:
        counted = node_call(FILE, "pairsOf", branch, [0], 64, False)
        assert counted == attended_pairs(64, [branch])


def test_news_spreads_in_the_browser_as_in_lesson_11(node_call, rng):
    for case in random_cases(rng):
        seen = masks_of(case).any(axis=(0, 1))
        layers, heard_of = layers_of(seen)
        n = case["seqLen"]
        wanted = n * (n + 1) // 2 if case["isCausal"] else n**2
        found = node_call(FILE, "summary", case)["spread"]
        assert found == {"layers": layers, "missing": wanted - heard_of.sum()}


@pytest.mark.parametrize("n", [31, 32, 33, 64, 128])
def test_news_crosses_the_borders_of_machine_words(node_call, n):
    neighbours = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) < 2
    found = node_call(FILE, "spread", neighbours.ravel().tolist(), n, False)
    assert found == {"layers": n - 1, "missing": 0}


def test_neighbours_across_a_border_never_meet_when_looking_back(node_call):
    case = {"seqLen": 64, "branches": [[16, 1], [32, 2], [64, 4]], "active": [True] * 3}
    both_ways = node_call(FILE, "summary", {**case, "heads": [0, 1, 2, 3], "isCausal": False})
    back = node_call(FILE, "summary", {**case, "heads": [0, 1, 2, 3], "isCausal": True})
    assert both_ways["spread"] == {"layers": 2, "missing": 0}  # lesson 11
    assert back["spread"]["missing"] > 0


def test_python_and_browser_say_the_same(node_call, rng):
    for case in random_cases(rng):
        explorer = DilatedExplorer.from_branches(
            case["seqLen"], case["branches"], n_heads=8, is_causal=case["isCausal"]
        )
        explorer.active, explorer.heads = case["active"], case["heads"]
        found = node_call(FILE, "summary", case)
        assert explorer.pairs == found["pairs"]
        assert explorer.without_key == found["withoutKey"]
        assert explorer.coverage == pytest.approx(found["seen"] / found["possible"], abs=1e-12)


def test_python_sees_what_attention_sees(explorer):
    masks = [[dilated_mask(11, 4, 1), dilated_mask(11, 12, 3, head)] for head in range(3)]
    np.testing.assert_array_equal(explorer.seen, masks)
    assert explorer.pairs == [3 * 41, 16 + 16 + 9]


def test_a_missing_head_leaves_queries_without_a_key(explorer):
    explorer.active, explorer.heads = [False, True], [0, 1]
    assert explorer.without_key == [2, 5, 8]


def test_one_head_can_be_chosen_to_begin_with():
    assert DilatedExplorer.from_branches(8, [(4, 2)], n_heads=3, head=1).heads == [1]


def test_a_new_branch_is_looked_through_and_a_removed_one_forgotten(explorer):
    explorer.active = [False, True]
    explorer.branches = [(4, 1), (12, 3), (2, 1)]
    assert explorer.active == [False, True, True]
    explorer.branches = [(4, 1)]
    assert explorer.active == [False]


def test_the_browser_may_set_branches_and_their_switches_at_once(explorer):
    explorer.set_state({"branches": [[4, 1], [12, 3], [24, 6]], "active": [True, False, True]})
    assert explorer.branches == [(4, 1), (12, 3), (24, 6)]
    assert explorer.active == [True, False, True]


def test_the_still_twin_shows_what_is_chosen(explorer):
    explorer.heads, explorer.active = [1], [False, True]
    said = explorer.still().describe()
    assert "head 1: 13% of all pairs (branch (12, 3) sees 16)" in said
    assert "(4, 1)" not in said
    assert "head 0" not in said


def test_the_still_twin_says_how_much_looking_back_can_show(explorer, is_drawn):
    explorer.is_causal = True
    assert "Looking back only: at most 55% of pairs" in explorer.still().describe()
    assert is_drawn(explorer.still())


@pytest.mark.parametrize("n_heads", [1, 2])
def test_the_still_twin_has_room_for_four_branches(n_heads, is_drawn):
    assert is_drawn(DilatedExplorer.from_branches(n_heads=n_heads, is_causal=True).still())


@pytest.mark.parametrize("nothing", [{"heads": []}, {"active": [False, False]}])
def test_with_nothing_chosen_the_picture_is_empty(explorer, nothing):
    for name, value in nothing.items():
        setattr(explorer, name, value)
    assert "0% of all pairs" in explorer.still().describe()
    assert explorer.coverage == 0
    assert explorer.without_key == list(range(11))


def test_equal_branches_count_twice():
    explorer = DilatedExplorer.from_branches(4, [(2, 1), (2, 1)], n_heads=1)
    assert explorer.pairs == [8, 8]
    assert explorer.coverage == 0.5
    assert explorer.still().describe().count("branch (2, 1) sees 8") == 2


def test_the_mime_bundle_holds_the_view_the_picture_and_its_words(explorer):
    bundle, *_ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == explorer.still().describe()
    assert "<img alt=" in bundle["text/html"]


def test_a_long_text_is_a_picture_with_a_sentence():
    bundle = DilatedExplorer.from_branches(129, n_heads=1)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for words in bundle.values():
        assert "129 positions are too many to move through" in words
        assert "up to 128 it moves" in words


def test_markup_in_a_token_stays_text_in_the_picture():
    tokens = ["<img onerror=alert(1)>", "cat"]
    bundle, *_ = DilatedExplorer.from_branches(tokens, [(2, 1)])._repr_mimebundle_()
    assert "<img onerror" not in bundle["text/html"]


@pytest.mark.parametrize(
    "branches", [[], [(0, 1)], [(4, 0)], [(4,)], [(1.5, 2)], [4, 1], [(4, 1)] * 5, None]
)
def test_branches_that_are_none_are_refused(branches):
    expected = r"1 to 4 branches \(segment length, dilation\).*got .*Two of them"
    with pytest.raises(ShapeError, match=expected):
        DilatedExplorer.from_branches(8, branches)


def test_a_wrong_branch_leaves_the_old_ones(explorer):
    with pytest.raises(ShapeError, match="whole numbers of at least 1"):
        explorer.branches = [(4, 0)]
    assert explorer.branches == [(4, 1), (12, 3)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"n_heads": 9}, "n_heads from 1 to 8; got 9"),
        ({"n_heads": 2, "head": 2}, "head from 0 to 1; got 2"),
        ({"query": 8}, "query from 0 to 7; got 8"),
        ({"query": 1.5}, "query from 0 to 7; got 1.5"),
    ],
)
def test_what_is_out_of_range_is_refused(options, expected):
    with pytest.raises(ShapeError, match=expected):
        DilatedExplorer.from_branches(8, [(4, 1)], **options)


def test_a_trait_out_of_range_is_refused(explorer):
    with pytest.raises(ShapeError, match="query from 0 to 10; got 11"):
        explorer.query = 11
    with pytest.raises(ShapeError, match="head from 0 to 2; got 3"):
        explorer.heads = [3]
    with pytest.raises(ShapeError, match="one bool a branch, 2 in all"):
        explorer.active = [True]


def test_a_text_is_not_a_list_of_tokens():
    with pytest.raises(TokenError, match=r"list of tokens; got the text.*Split it"):
        DilatedExplorer.from_branches("the cat", [(4, 1)])


@pytest.mark.parametrize("wrong", [0, 1025, []])
def test_there_must_be_positions_and_not_too_many(wrong):
    with pytest.raises(TokenError, match="1 to 1024 positions"):
        DilatedExplorer.from_branches(wrong, [(4, 1)])
