import pytest
import torch
from torch import nn

from course_lib.models.training import IGNORED, mean_cross_entropy, reproducible, train


def doubled(rng):
    """Words 0 … 3; the answer to each is the word itself, and the last one is not asked for."""
    inputs = rng.integers(4, size=(16, 3))
    targets = inputs.copy()
    targets[:, -1] = IGNORED
    return inputs, targets


def new_model():
    with reproducible(0):
        return nn.Embedding(4, 4)


def test_the_loss_falls_and_the_model_learns():
    model = new_model()
    losses = train(model, doubled, steps=200, learning_rate=0.1)
    assert len(losses) == 200
    assert losses[-1] < 0.05 < losses[0]
    assert model.weight.argmax(-1).tolist() == [0, 1, 2, 3]


def test_two_runs_of_one_seed_are_equal_and_another_seed_differs():
    runs = [train(new_model(), doubled, steps=5, seed=seed) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_it_computes_on_one_thread_and_leaves_torch_as_it_was():
    def watched(rng):
        assert torch.get_num_threads() == 1
        return doubled(rng)

    threads, state = torch.get_num_threads(), torch.get_rng_state()
    train(new_model(), watched, steps=1)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_new_weights_are_float64_within_and_what_the_caller_chose_after():
    assert new_model().weight.dtype == torch.float64
    assert torch.get_default_dtype() == torch.float32
    torch.set_default_dtype(torch.bfloat16)
    try:
        with pytest.raises(KeyError), reproducible(0):
            raise KeyError
        assert torch.get_default_dtype() == torch.bfloat16
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_model_in_float32_is_trained_as_it_is():
    model = nn.Embedding(4, 4)
    train(model, doubled, steps=1)
    assert model.weight.dtype == torch.float32


def test_what_is_not_asked_for_costs_nothing():
    logits = torch.tensor([[[50.0, 0.0], [0.0, 50.0]]])
    assert mean_cross_entropy(logits, torch.tensor([[0, IGNORED]])).item() == pytest.approx(0)
    assert mean_cross_entropy(logits, torch.tensor([[0, 0]])).item() == pytest.approx(25)


def test_an_interrupted_training_says_how_far_it_came_and_keeps_what_was_learned():
    batches = iter(range(8))

    def stopped(rng):
        if next(batches) == 7:
            raise KeyboardInterrupt
        return doubled(rng)

    model, before, threads = new_model(), new_model(), torch.get_num_threads()
    with pytest.raises(KeyboardInterrupt, match=r"reading was stopped after 7 of 100.*again"):
        train(model, stopped, steps=100, title="reading")
    assert not torch.equal(model.weight, before.weight)
    assert torch.get_num_threads() == threads
