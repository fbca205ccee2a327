import numpy as np
import pytest

from course_lib.errors import UnknownNameError
from course_lib.models.distance import READERS, across, gradient_reaching, recall_across


def test_the_first_word_is_asked_for_at_the_end(rng):
    texts, targets = across(5, rng, n_texts=3)
    assert texts.shape == targets.shape == (3, 7)
    assert (texts[:, -1] == 8).all()
    assert (texts[:, :-1] < 8).all()
    assert (targets[:, -1] == texts[:, 0]).all()
    assert (targets[:, :-1] < 0).all()


def test_all_readers_have_about_as_many_parameters():
    counts = [recall_across(3, reader=reader, steps=0).n_parameters for reader in READERS]
    assert max(counts) <= 1.06 * min(counts)


def test_across_forty_words_attention_recalls_and_an_lstm_does_not_yet():
    assert recall_across(40).accuracy(40) >= 0.99
    assert recall_across(40, reader="LSTM").accuracy(40) <= 0.25


def test_across_ten_words_the_lstm_copes():
    assert recall_across(10, reader="LSTM").accuracy(10) >= 0.9


def test_training_at_mixed_gaps_reaches_shorter_ones_too():
    result = recall_across(20, mixed=True)
    assert min(result.accuracy(gap) for gap in (1, 7, 20)) >= 0.95


@pytest.mark.parametrize(("reader", "least", "most"), [
    ("RNN", 0, 1e-6),
    ("LSTM", 1e-7, 1e-2),
    ("attention", 0.3, 3),
])  # fmt: skip
def test_the_gradient_that_reaches_the_first_word(reader, least, most):
    gradient = gradient_reaching(40, reader=reader)
    assert gradient.shape == (42,)
    assert least <= gradient[0] / gradient[-2] <= most


@pytest.mark.parametrize("reader", READERS)
def test_the_same_seed_gives_the_same_model(reader):
    runs = [recall_across(4, reader=reader, seed=seed, steps=4).losses for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    np.testing.assert_array_equal(*(gradient_reaching(4, reader=reader, seed=1) for _ in range(2)))


def test_an_unknown_reader_is_refused_with_those_there_are():
    with pytest.raises(UnknownNameError, match=r"'GRU'.*RNN, LSTM, attention"):
        recall_across(4, reader="GRU")
