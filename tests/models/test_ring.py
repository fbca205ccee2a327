import numpy as np
import pytest

from course_lib.errors import TokenError
from course_lib.models.ring import name_the_neighbours, rings_and_neighbours

RING = "abcdefghij"


def test_each_position_has_its_own_two_neighbours(rng):
    rings, neighbours = rings_and_neighbours(rng, 7)
    assert rings.shape == (7, 10)
    assert neighbours.shape == (7, 10, 2)
    assert all(len(set(ring)) == 10 for ring in rings.tolist())
    assert (neighbours[:, 0, 0] == rings[:, 9]).all()
    assert (neighbours[:, 0, 1] == rings[:, 1]).all()
    assert (neighbours[:, 9, 1] == rings[:, 0]).all()


def test_one_head_fails_where_two_succeed_with_a_diagonal_each():
    one, two = name_the_neighbours(0), name_the_neighbours(0, n_heads=2)
    assert one.accuracy <= 0.3
    assert two.accuracy >= 0.99
    assert (np.sort(two.diagonals, axis=1)[:, 1] >= 0.9).all()
    assert sorted(two.diagonals.argmax(1)) == [0, 1]
    assert two.predict(RING)[0] == ("j", "b")


def test_weights_are_one_matrix_a_head_and_rows_sum_to_one():
    weights = name_the_neighbours(0, n_heads=4, steps=0).attention(RING)
    assert weights.shape == (4, 10, 10)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)


def test_the_same_seed_gives_the_same_model():
    runs = [name_the_neighbours(seed, feed_forward=True, steps=5).losses for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("symbols", ["abc", "abcdefghiz"])
def test_a_ring_of_other_symbols_is_refused(symbols):
    result = name_the_neighbours(0, steps=0)
    with pytest.raises(TokenError, match=rf"10 of the symbols abc.*{symbols}"):
        result.predict(symbols)
