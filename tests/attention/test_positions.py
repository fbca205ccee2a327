import numpy as np

from course_lib.attention.positions import sinusoidal_positions


def test_no_two_positions_share_a_vector():
    positions = sinusoidal_positions(200, 16)
    apart = np.linalg.norm(positions[:, None] - positions, axis=-1)
    assert apart[~np.eye(200, dtype=bool)].min() > 0.1


def test_a_longer_sentence_keeps_the_positions_of_a_shorter_one():
    np.testing.assert_array_equal(sinusoidal_positions(9, 6)[:4], sinusoidal_positions(4, 6))


def test_numbers_lie_between_minus_one_and_one():
    assert np.abs(sinusoidal_positions(50, 7)).max() <= 1


def test_moving_on_by_a_step_turns_each_pair_of_features_by_one_angle():
    """The offset acts as one rotation at every position (section 3.5 of the paper)."""
    pairs = sinusoidal_positions(12, 6).reshape(12, 3, 2)
    waves = pairs[..., 1] + 1j * pairs[..., 0]
    steps = waves[1:] / waves[:-1]
    np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-12)
