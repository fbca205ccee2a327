import re

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from course_lib.errors import MaskError, ShapeError, TokenError
from course_lib.plots import AttentionDisplay, FeaturesDisplay, ScoresDisplay

SCORES = np.array([[8.0, -7.0, 0.0], [1.5, 2.5, -0.25]])
WEIGHTS = np.array([[0.7, 0.3, 0.0], [0.0, 0.0, 0.0], [0.2, 0.3, 0.5]])
MASK = np.array([[True, True, False], [False, False, False], [True, True, True]])
QUERIES, KEYS = ("sat", "on"), ("cat", ",", "mat")


@pytest.fixture
def scores():
    return ScoresDisplay.from_scores(SCORES, QUERIES, key_tokens=KEYS)


@pytest.fixture
def weights():
    return AttentionDisplay.from_weights(WEIGHTS, KEYS, mask=MASK)


def numbers_in(ax):
    """Read the numbers that are written in the cells: (row, column) to text."""
    return {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in ax.texts}


def hatched_in(ax):
    corners = [p.get_xy() for p in ax.patches if isinstance(p, Rectangle) and p.get_hatch()]
    return {(int(y + 0.5), int(x + 0.5)) for x, y in corners}


# --- what is drawn


@pytest.mark.parametrize("fixture", ["scores", "weights"])
def test_the_cells_are_the_data_and_the_picture_is_not_blank(fixture, request, is_drawn):
    display = request.getfixturevalue(fixture)
    (image,) = display.plot().images
    np.testing.assert_array_equal(image.get_array(), display.numbers)
    assert is_drawn(display)


def test_queries_are_rows_and_keys_are_columns(scores):
    ax = scores.plot()
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("query", "key")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(QUERIES)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(KEYS)
    top_left = ax.transData.transform((0, 0))
    below = ax.transData.transform((0, 1))
    assert below[1] < top_left[1]  # the first query stands on top


def test_scores_are_coloured_symmetrically_about_zero(scores):
    (image,) = scores.plot().images
    assert (image.norm.vmin, image.norm.vmax) == (-8, 8)
    assert image.cmap.name == "RdBu_r"


def test_scores_that_are_all_zero_can_be_drawn(is_drawn):
    assert is_drawn(ScoresDisplay.from_scores(np.zeros((2, 2)), QUERIES))


def test_weights_are_coloured_from_0_to_1_whatever_they_are():
    even = AttentionDisplay.from_weights(np.full((4, 4), 0.25), "abcd")
    (image,) = even.plot().images
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    assert image.cmap.name == "viridis"


def test_the_scale_of_colours_says_what_it_measures(scores, weights):
    for display, quantity in ((scores, "score"), (weights, "weight")):
        bar = display.plot().images[0].colorbar
        assert bar.ax.get_ylabel() == quantity


def test_each_number_stands_in_its_own_cell_with_a_real_minus():
    ax = ScoresDisplay.from_scores(SCORES, QUERIES, key_tokens=KEYS, digits=1).plot()
    assert numbers_in(ax) == {
        (0, 0): "8.0",
        (0, 1): "−7.0",
        (0, 2): "0.0",
        (1, 0): "1.5",
        (1, 1): "2.5",
        (1, 2): "−0.2",
    }


def test_nothing_is_written_as_minus_zero(scores):
    assert numbers_in(scores.plot())[1, 2] == "0"


def test_every_number_can_be_read_on_its_cell(rng, contrast):
    ax = ScoresDisplay.from_scores(rng.normal(size=(9, 9)), "abcdefghi").plot()
    (image,) = ax.images
    for (row, column), text in zip(np.ndindex(9, 9), ax.texts, strict=True):
        cell = image.cmap(image.norm(image.get_array()[row, column]))
        assert contrast(text.get_color(), cell) >= 4.5


def test_masked_cells_are_hatched_and_hold_no_number(weights):
    ax = weights.plot()
    masked = {(0, 2), (1, 0), (1, 1), (1, 2)}
    assert hatched_in(ax) == masked
    assert set(numbers_in(ax)) == {(0, 0), (0, 1), (2, 0), (2, 1), (2, 2)}


def test_without_a_mask_nothing_is_hatched(scores):
    assert hatched_in(scores.plot()) == set()


def test_in_a_large_table_the_numbers_are_left_out(rng):
    display = ScoresDisplay.from_scores(rng.normal(size=(13, 13)), "abcdefghijklm")
    assert not display.plot().texts


def test_it_draws_on_the_axes_it_is_given(scores, ax):
    assert scores.plot(ax) is ax
    assert ax.images


# --- what is said


def test_the_words_name_sizes_and_the_best_key_of_each_query(scores):
    words = scores.describe()
    assert "2 rows, one for each query; 3 columns, one for each key" in words
    assert "sat: cat 8; on: , 2" in words


def test_equal_best_keys_are_all_named():
    words = ScoresDisplay.from_scores([[3, 1, 3]], ["sat"], key_tokens=KEYS).describe()
    assert "sat: cat and mat 3" in words


def test_a_query_that_may_attend_to_nothing_is_said_to_look_at_nothing(weights):
    words = weights.describe()
    assert "cat: cat 0.70; ,: nothing; mat: mat 0.50" in words
    assert "Hatched cells must not be attended to" in words


def test_odd_tokens_are_escaped_in_the_alt_text():
    html = ScoresDisplay.from_scores([[1.0]], ['<b title="x">']).as_html()
    assert "<b title" not in html
    (alt,) = re.findall(r'alt="([^"]*)"', html)
    assert "&lt;b title=&quot;x&quot;&gt;" in alt


def test_tokens_with_dollar_signs_are_no_formulas(is_drawn):
    display = ScoresDisplay.from_scores([[1.0, 2.0]], ["$x"], key_tokens=["a$", "$\\bad{$"])
    assert is_drawn(display)


# --- what is refused


@pytest.mark.parametrize("shape", [(3,), (2, 3, 3), (0, 3)])
def test_what_is_no_table_is_refused_with_its_shape(shape):
    with pytest.raises(ShapeError, match=re.escape(str(shape)) + ".*one sentence and one head"):
        ScoresDisplay.from_scores(np.zeros(shape), KEYS)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_an_odd_number_is_refused_with_its_place(odd):
    table = SCORES.copy()
    table[1, 2] = odd
    with pytest.raises(ShapeError, match=rf"finite scores; got {odd} in row 1, column 2"):
        ScoresDisplay.from_scores(table, QUERIES, key_tokens=KEYS)


def test_scores_are_no_weights():
    with pytest.raises(ShapeError, match=r"row 0 sums to 8.*softmax.*ScoresDisplay"):
        AttentionDisplay.from_weights([[8, 0], [0.5, 0.5]], QUERIES)


def test_tokens_are_counted_on_both_sides():
    with pytest.raises(
        TokenError, match=r"2 tokens for the queries and 3 for the keys.*key_tokens"
    ):
        ScoresDisplay.from_scores(SCORES, QUERIES)


@pytest.mark.parametrize("mask", [np.ones((3, 3)), np.ones((3, 1), dtype=bool)])
def test_a_mask_must_be_bool_and_fit(mask):
    with pytest.raises(MaskError, match=r"bool mask of shape \(3, 3\).*got (float64|bool)"):
        AttentionDisplay.from_weights(WEIGHTS, KEYS, mask=mask)


def test_vectors_have_tokens_for_rows_and_features_for_columns(is_drawn):
    display = FeaturesDisplay.from_vectors(SCORES, QUERIES, ["animal", "place", "action"])
    ax = display.plot()
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("token", "feature")
    assert "one for each token" in display.describe()
    assert is_drawn(display)
