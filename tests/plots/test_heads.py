import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.errors import ShapeError
from course_lib.plots import HeadsDisplay

TOKENS = ("the", "cat", "sat", "down")


@pytest.fixture
def weights(rng) -> np.ndarray:
    powers = np.exp(rng.normal(size=(2, 4, 4)))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_each_head_is_drawn_with_its_own_weights_on_one_scale(weights):
    heads = HeadsDisplay.from_weights(weights, TOKENS).plot().child_axes
    for head, numbers in zip(heads, weights, strict=True):
        np.testing.assert_array_equal(head.images[0].get_array(), numbers)
        assert head.images[0].get_clim() == (0, 1)


def test_even_weights_look_at_every_key_and_sharp_ones_at_a_single_one():
    both = np.stack([np.full((4, 4), 0.25), np.eye(4)])
    display = HeadsDisplay.from_weights(both, TOKENS)
    np.testing.assert_allclose(display.keys_looked_at, [4, 1])
    np.testing.assert_allclose(display.distances, [1.25, 0])


def test_in_a_ring_the_first_and_the_last_are_neighbours():
    to_the_left = np.roll(np.eye(5), -1, axis=1)[None]
    row = HeadsDisplay.from_weights(to_the_left, "abcde")
    ring = HeadsDisplay.from_weights(to_the_left, "abcde", is_ring=True)
    np.testing.assert_allclose([row.distances[0], ring.distances[0]], [1.6, 1])


def test_the_scale_of_the_colours_stands_beside_the_heads(weights):
    scale = HeadsDisplay.from_weights(weights, TOKENS).plot().figure.axes[-1]
    assert (scale.get_ylabel(), scale.get_ylim()) == ("weight", (0, 1))


def test_queries_are_rows_and_keys_are_columns(weights):
    first = HeadsDisplay.from_weights(weights, TOKENS).plot().child_axes[0]
    assert (first.get_ylabel(), first.get_xlabel()) == ("query", "key")
    assert tuple(tick.get_text() for tick in first.get_xticklabels()) == TOKENS


def test_the_description_names_every_head(weights):
    display = HeadsDisplay.from_weights(weights, TOKENS, names=("who", "where"))
    assert "who: " in display.describe()
    assert "where: " in display.describe()


def test_it_draws_on_the_axes_it_is_given(weights):
    ax = Figure().subplots()
    assert HeadsDisplay.from_weights(weights, TOKENS).plot(ax) is ax


def test_a_table_without_heads_is_refused(weights):
    with pytest.raises(ShapeError, match=r"n_heads, n_queries, n_keys.*\(4, 4\)"):
        HeadsDisplay.from_weights(weights[0], TOKENS)


def test_scores_are_refused_where_weights_are_expected(weights):
    with pytest.raises(ShapeError, match="sum to 1"):
        HeadsDisplay.from_weights(2 * weights, TOKENS)


def test_a_missing_name_is_noticed(weights):
    with pytest.raises(ShapeError, match="one name a head, 2 in all; got 1"):
        HeadsDisplay.from_weights(weights, TOKENS, names=("who",))
