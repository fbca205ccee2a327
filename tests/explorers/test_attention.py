"""AttentionExplorer: what Python checks and keeps, and what the browser computes, run by node."""

import numpy as np
import pytest
from ipywidgets import IntSlider, link
from matplotlib import colormaps

from course_lib.errors import CourseError, ShapeError, TokenError
from course_lib.explorers import AttentionExplorer
from course_lib.explorers.attention import without_keys
from course_lib.plots import AttentionDisplay, HeadsDisplay
from course_lib.plots.colors import ink_on

COMPUTE = "attention.compute.mjs"
TOKENS = ("the", "cat", "sat", "on", "it")
VIRIDIS = colormaps["viridis"]
PALETTE = (255 * VIRIDIS(np.arange(256))[:, :3]).round()


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.fixture
def weights(rng) -> np.ndarray:
    return softmax(rng.normal(size=(2, 5, 5)))


@pytest.fixture
def explorer(weights) -> AttentionExplorer:
    return AttentionExplorer.from_weights(weights, TOKENS, head_names=["who", "where"], query=2)


# What Python keeps and refuses.


def test_it_starts_where_it_is_told_to(explorer, weights):
    assert (explorer.query, explorer.head, explorer.hidden) == (2, 0, [])
    np.testing.assert_array_equal(explorer.shown, weights)


def test_weights_go_over_as_bytes_rows_one_after_another(explorer, weights):
    sent = np.frombuffer(explorer._weights).reshape(2, 5, 5)
    np.testing.assert_array_equal(sent, weights)


def test_the_weights_of_a_single_head_are_one_head(weights):
    explorer = AttentionExplorer.from_weights(weights[1], TOKENS)
    assert explorer.head_names == ["head 0"]
    np.testing.assert_array_equal(explorer.shown, weights[1:])


def test_what_is_chosen_can_be_set_and_observed(explorer):
    heard = []
    explorer.observe(lambda change: heard.append((change["name"], change["new"])))
    explorer.query, explorer.head, explorer.hidden = None, 1, [3]
    assert heard == [("query", None), ("head", 1), ("hidden", [3])]


def test_a_slider_can_be_linked_to_it(explorer):
    slider = IntSlider(0, 0, 1)
    link((slider, "value"), (explorer, "head"))
    slider.value = 1
    assert explorer.head == 1
    explorer.head = 0
    assert slider.value == 0


def test_positions_from_numpy_are_taken(explorer, weights):
    explorer.query = weights[0, 0].argmax()
    explorer.hidden = [np.int64(4), 1, 4]
    assert (explorer.query, explorer.hidden) == (weights[0, 0].argmax(), [1, 4])


def test_what_remains_is_divided_by_one_minus_what_was_hidden(explorer, weights):
    explorer.hidden = [1, 3]
    kept = weights.copy()
    kept[..., [1, 3]] = 0
    expected = kept / (1 - weights[..., 1:2] - weights[..., 3:4])
    np.testing.assert_allclose(explorer.shown, expected, atol=1e-12)


def test_hiding_is_what_a_mask_before_softmax_does(rng):
    scores = rng.normal(size=(3, 4))
    masked = np.where([True, False, True, True], scores, -np.inf)
    np.testing.assert_allclose(without_keys(softmax(scores), [1]), softmax(masked))


def test_a_row_whose_whole_weight_was_hidden_becomes_zeros():
    weights = np.array([[0.0, 1.0], [0.25, 0.75]])
    np.testing.assert_array_equal(without_keys(weights, [1]), [[0, 0], [1, 0]])


def test_hiding_leaves_the_given_weights_alone(explorer, weights):
    before = weights.copy()
    explorer.hidden = [0]
    np.testing.assert_array_equal(explorer.weights, before)


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("query", 5, TokenError, r"query from 0 to 4.*got 5.*tokens\.index"),
        ("query", -1, TokenError, "query from 0 to 4.*got -1"),
        ("hidden", [1, 7], TokenError, "hidden key from 0 to 4.*got 7"),
        ("head", 2, ShapeError, "head from 0 to 1.*got 2"),
    ],
)
def test_a_place_that_is_not_there_is_refused_and_nothing_changes(
    explorer, name, value, error, words
):
    before = getattr(explorer, name)
    with pytest.raises(error, match=words):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


@pytest.mark.parametrize("place", [{"query": 5}, {"head": 1}])
def test_a_place_that_is_not_there_is_refused_at_the_start_too(place):
    with pytest.raises(CourseError, match="from 0 to"):
        AttentionExplorer.from_weights(np.eye(5), TOKENS, **place)


@pytest.mark.parametrize(
    ("weights", "tokens", "error", "words"),
    [
        (np.ones((1, 2, 3, 3)) / 3, TOKENS[:3], ShapeError, r"n_heads.*\(1, 2, 3, 3\).*weights\[0"),
        (np.ones((2, 3, 4)) / 4, TOKENS[:3], ShapeError, r"itself.*\(2, 3, 4\).*AttentionDisplay"),
        (np.ones((0, 3, 3)), TOKENS[:3], ShapeError, r"n_heads.*\(0, 3, 3\)"),
        (2 * np.eye(3), TOKENS[:3], ShapeError, "rows sum to 1; row 0 sums to 2.*softmax"),
        (
            np.array([[2.0, -1.0], [0, 1]]),
            TOKENS[:2],
            ShapeError,
            "from 0 to 1; got -1 in head 0, at query 0, key 1.*softmax",
        ),
        (np.full((2, 2), np.nan), TOKENS[:2], ShapeError, "finite weights; got nan"),
        (np.eye(3), TOKENS[:2], TokenError, "3 tokens.*got 2"),
        (np.eye(0), (), ShapeError, "table"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_drawn(weights, tokens, error, words):
    with pytest.raises(error, match=words):
        AttentionExplorer.from_weights(weights, tokens)


def test_a_missing_name_of_a_head_is_noticed(weights):
    with pytest.raises(ShapeError, match="one name a head, 2 in all; got 1"):
        AttentionExplorer.from_weights(weights, TOKENS, head_names=["who"])


# What stands still.


def mimes(explorer) -> dict[str, str]:
    bundle = explorer._repr_mimebundle_()
    return bundle[0] if isinstance(bundle, tuple) else bundle


def test_several_heads_stand_still_side_by_side(explorer, is_drawn):
    still = explorer.still()
    assert isinstance(still, HeadsDisplay)
    assert is_drawn(still)
    assert "who: " in still.describe()
    assert "where: " in still.describe()


def test_hidden_keys_are_missing_from_the_still_picture_too(explorer, weights):
    explorer.hidden = [1]
    np.testing.assert_array_equal(explorer.still().weights, explorer.shown)
    assert explorer.still().describe().startswith("Attention weights without cat,")
    one = AttentionExplorer.from_weights(weights[0], TOKENS)
    one.hidden = [1]
    np.testing.assert_array_equal(one.still().mask, np.tile(np.arange(5) != 1, (5, 1)))


def test_one_head_stands_still_as_a_matrix_and_empty_rows_are_said(weights):
    weights[0, 3] = 0
    still = AttentionExplorer.from_weights(weights[0], TOKENS).still()
    assert isinstance(still, AttentionDisplay)
    assert "on: nothing" in still.describe()


def test_the_still_twin_stands_beside_the_live_view(explorer):
    bundle = mimes(explorer)
    assert bundle["text/plain"] == explorer.still().describe()
    assert f'alt="{explorer.still().describe()}' in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_token_is_text_and_no_html():
    token = "<img src=x onerror=alert(1)>"
    explorer = AttentionExplorer.from_weights(np.eye(2), (token, "cat"))
    assert explorer.tokens[0] == token
    assert "<img src=x" not in mimes(explorer)["text/html"]


def test_a_long_sentence_stands_still_and_sends_no_numbers():
    longest = AttentionExplorer.from_weights(np.eye(128), ["a"] * 128)
    assert longest.too_much() == ""
    longer = AttentionExplorer.from_weights(np.eye(129), ["a"] * 129)
    assert longer._weights == b""
    bundle = mimes(longer)
    assert set(bundle) == {"text/plain", "text/html"}
    assert "129 tokens are too many to move through" in bundle["text/plain"]


# What the browser computes.


@pytest.mark.parametrize("size", [1, 30, 1000])  # of the scores: from even to one key a row
@pytest.mark.parametrize("hidden", [[], [3], [0, 2, 4], [0, 1, 2, 3, 4, 5]])
def test_the_browser_hides_keys_as_python_does(node_call, rng, size, hidden):
    weights = softmax(size * rng.normal(size=(3, 6, 6)))
    weights[1, 4] = 0  # may attend to nothing
    weights[2, 1] = np.eye(6)[3]  # its whole weight on one key
    found = node_call(COMPUTE, "withoutKeys", weights, 6, hidden)
    expected = without_keys(weights, hidden)
    np.testing.assert_allclose(np.reshape(found, weights.shape), expected, rtol=0, atol=1e-12)


def test_a_remainder_too_small_for_one_minus_it_is_still_shared_out(node_call):
    weights = np.array([[1.0, 1e-30, 3e-30], [0, 0, 1], [0, 1, 0]])
    found = node_call(COMPUTE, "withoutKeys", weights, 3, [0])
    np.testing.assert_allclose(found[:3], [0, 0.25, 0.75])
    np.testing.assert_allclose(without_keys(weights, [0])[0], [0, 0.25, 0.75])


def test_the_browser_finds_the_row_of_a_query_in_a_head(node_call, weights):
    assert node_call(COMPUTE, "rowOf", weights, 5, 1, 3) == weights[1, 3].tolist()
    found = node_call(COMPUTE, "weightOn", weights[1, 3], [0, 4])
    assert found == pytest.approx(weights[1, 3, [0, 4]].sum())


def test_the_leaders_are_the_greatest_weights_the_first_of_equals_first(node_call, rng):
    row = rng.permutation(np.r_[rng.random(6), 0.5, 0.5, 0, 0])
    expected = [key for key in np.argsort(-row, kind="stable") if row[key] > 0]
    assert node_call(COMPUTE, "leaders", row, 10) == expected
    assert node_call(COMPUTE, "leaders", row, 3) == expected[:3]
    assert node_call(COMPUTE, "leaders", np.zeros(4), 3) == []


def test_colours_and_the_ink_on_them_are_those_of_the_pictures(node_call, rng):
    for weight in (0.0, 1.0, 0.5, 1 / 3, 1.00001, *rng.random(20)):
        colour = node_call(COMPUTE, "colourOf", float(weight), PALETTE)
        np.testing.assert_allclose(colour, 255 * np.array(VIRIDIS(weight)[:3]), atol=0.5)
        assert node_call(COMPUTE, "inkOn", colour) == ink_on(np.array(colour) / 255)


def test_what_is_written_on_a_cell_stands_out(node_call, contrast):
    for colour in PALETTE:
        ink = node_call(COMPUTE, "inkOn", colour.tolist())
        assert contrast(ink, colour / 255) >= 4.5


def test_a_picture_has_a_pixel_a_weight_and_chequered_columns_where_keys_are_hidden(
    node_call, weights
):
    pixels = node_call(COMPUTE, "pixelsOf", weights, 5, 1, [2], PALETTE)
    picture = np.reshape(pixels, (5, 5, 4))
    seen = [0, 1, 3, 4]
    colours = 255 * VIRIDIS(weights[1])[:, seen]
    np.testing.assert_allclose(picture[:, seen], colours, atol=0.5)
    greys = picture[:, 2, :3]
    assert (greys == greys[:, :1]).all()
    assert (greys[1:] != greys[:-1]).all()


# What the browser says.

NAMES = ["the (0)", "cat", "sat", "the (3)", "“,”"]


def said(node_call, row, hidden=(), key=None):
    """Let the browser say where `sat` looks, or how one of its weights came about."""
    before = np.array(row, dtype=float)
    scene = {"before": before, "now": without_keys(before, hidden), "hidden": list(hidden)}
    scene = {**scene, "names": NAMES, "query": 2, "key": key}
    return node_call(COMPUTE, "saidOfRow" if key is None else "saidOfPair", scene)


def test_a_repeated_token_has_its_position_and_a_comma_quotes(node_call):
    assert node_call(COMPUTE, "namesOf", ["the", "cat", "sat", "the", ","]) == NAMES
    assert node_call(COMPUTE, "namesOf", ["", " ", "Füße", "7"]) == ["“”", "“ ”", "Füße", "7"]


@pytest.mark.parametrize(
    ("row", "hidden", "words"),
    [
        (
            [0.1, 0.5, 0.2, 0.05, 0.15],
            [],
            "cat 0.500, sat 0.200 and “,” 0.150; 2 more have 0.150",
        ),
        ([0.1, 0.5, 0.2, 0.2, 0], [], "cat 0.500, sat 0.200 and the (3) 0.200; 1 more has 0.100."),
        ([0.1, 0.6, 0.1, 0.1, 0.1], [], "looks at cat 0.600; 4 more have 0.400 together."),
        ([0.2] * 5, [], "looks at 5 keys alike, 0.200 each."),
        ([0, 1, 0, 0, 0], [], "sat looks at cat 1.000."),
        ([0] * 5, [1], "sat looks at nothing: it may attend to no key"),
        ([0, 0.25, 0, 0, 0.75], [4], "cat 1.000. Without “,”, 0.250 was left, and is the whole"),
        (
            [0, 0.25, 0, 0, 0.75],
            [1, 4],
            "nothing now: its whole weight was on hidden keys (cat",
        ),
    ],
)
def test_the_browser_says_where_a_query_looks(node_call, row, hidden, words):
    assert words in said(node_call, row, hidden)


@pytest.mark.parametrize(
    ("row", "hidden", "words"),
    [
        ([0, 0.25, 0, 0, 0.75], [], "sat → cat: weight 0.250."),
        ([0, 0.25, 0.25, 0, 0.5], [4], "sat → cat: 0.250 ÷ (1 − 0.500) ≈ 0.500."),
        ([0, 1e-5, 3e-5, 0, 0.99996], [4], "0.0000100 ÷ (1 − 0.9999600) ≈ 0.250."),
        ([0, 0.25, 0, 0, 0.75], [1], "sat → cat: hidden; it had 0.250 of the weight of sat."),
        ([0, 0, 0, 0, 1], [4], "sat → cat: 0, as the whole weight of sat was on hidden keys."),
        ([0] * 5, [4], "sat → cat: 0, as sat may attend to no key."),
    ],
)
def test_the_browser_says_how_a_weight_came_about(node_call, row, hidden, words):
    assert words in said(node_call, row, hidden, key=1)
