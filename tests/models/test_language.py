import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from course_lib.errors import CourseError, ShapeError, TokenError
from course_lib.models import language
from course_lib.models.language import (
    closing_chance,
    fit,
    held_out_loss,
    nats_per_character,
    passages,
    sample,
)
from course_lib.models.story import Corpus, corpus, counted_nats
from course_lib.models.training import reproducible
from course_lib.models.transformer import ByHand, LanguageModel

LINE = 'a "b." c.\n'
TOY = Corpus(LINE * 6, LINE * 5, context=6)


class Pairs(nn.Module):
    """Knows the last character alone; its chances are drawn once."""

    def __init__(self, n_characters):
        super().__init__()
        with reproducible(0):
            self.table = nn.Embedding(n_characters, n_characters)

    def forward(self, token_ids):
        return self.table(token_ids)


class Cheat(nn.Module):
    """Reads the next character off its own input; where nothing follows, it guesses."""

    def __init__(self, n_characters):
        super().__init__()
        self.n_characters = n_characters

    def forward(self, token_ids):
        logits = torch.zeros(*token_ids.shape, self.n_characters)
        return logits.scatter(-1, token_ids.roll(-1, 1)[..., None], 1e4).index_fill(
            1, torch.tensor([token_ids.shape[1] - 1]), 0.0
        )


def small_reader(attend, steps):
    """Return a small model that has read the story, and its losses."""
    story = corpus(32)
    with reproducible(3):
        model = LanguageModel(len(story.vocabulary), attend, context=32, d_model=32, n_blocks=1)
    return model, fit(model, story, seed=3, steps=steps)


@pytest.fixture(scope="module")
def reader():
    return small_reader(ByHand(), steps=400)


def test_a_small_model_beats_counting_pairs(reader):
    assert nats_per_character(reader[0], corpus(32)) < counted_nats(corpus(32)) - 0.25


def test_a_model_that_does_not_look_ahead_answers_both_questions_alike(reader):
    losses = held_out_loss(reader[0], corpus(32)), nats_per_character(reader[0], corpus(32))
    assert losses[0] == pytest.approx(losses[1], abs=0.05)


def test_the_loss_of_a_model_that_looks_ahead_is_lower_and_proves_nothing(reader):
    model, losses = small_reader(ByHand(ahead=1), steps=150)
    assert np.mean(losses[-15:]) < np.mean(reader[1][-50:]) - 1
    assert held_out_loss(model, corpus(32)) < held_out_loss(reader[0], corpus(32)) - 1
    assert nats_per_character(model, corpus(32)) > counted_nats(corpus(32)) + 1


@pytest.mark.parametrize("steps", [0, 1, 8, 9])
def test_there_is_one_loss_a_step(steps):
    assert len(fit(Pairs(len(TOY.vocabulary)), TOY, steps=steps)) == steps


def test_two_runs_of_one_seed_are_equal_and_another_seed_differs():
    runs = [fit(Pairs(len(TOY.vocabulary)), TOY, seed=seed, steps=9) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_the_last_steps_are_smaller(monkeypatch):
    calls = []
    monkeypatch.setattr(language, "train", lambda *_, **options: calls.append(options) or [])
    fit(Pairs(len(TOY.vocabulary)), TOY, steps=80, seed=5)
    assert [options["steps"] for options in calls] == [70, 10]
    assert calls[0]["learning_rate"] == 4 * calls[1]["learning_rate"]
    assert calls[0]["seed"] != calls[1]["seed"]


def test_passages_come_from_training_with_what_follows(rng):
    inputs, targets = passages(corpus(), rng)
    assert inputs.shape == targets.shape == (16, 64)
    np.testing.assert_array_equal(inputs[:, 1:], targets[:, :-1])
    for read, following in zip(inputs, targets, strict=True):
        assert corpus().decode(np.append(read, following[-1])) in corpus().training_text


def test_nats_are_the_mean_surprise_of_all_characters_but_the_first():
    story = corpus()
    model = Pairs(len(story.vocabulary))
    ids = torch.from_numpy(story.held_out)
    first = story.context // 2 + 1
    with torch.no_grad():
        by_hand = cross_entropy(model(ids[first - 1 : -1]), ids[first:]).item()
    assert nats_per_character(model, story) == pytest.approx(by_hand, rel=1e-5)
    assert held_out_loss(model, story) == pytest.approx(by_hand, abs=0.02)  # a few fewer at the end


def test_a_model_that_reads_the_answer_is_found_out_when_nothing_follows():
    story = corpus()
    guessing = math.log(len(story.vocabulary))
    cheat = Cheat(len(story.vocabulary))
    assert held_out_loss(cheat, story) == pytest.approx(guessing / 32, rel=1e-4)
    assert nats_per_character(cheat, story) == pytest.approx(guessing, rel=1e-4)


def test_the_chance_of_a_closing_mark_is_asked_within_speech_and_outside():
    mark, b = TOY.encode('"b').tolist()

    class AfterB(nn.Module):
        def forward(self, token_ids):
            logits = torch.zeros(*token_ids.shape, len(TOY.vocabulary))
            logits[..., mark] = torch.where(token_ids.roll(1, 1) == b, 50.0, -50.0)
            return logits

    within, outside = closing_chance(AfterB(), TOY)
    assert within == pytest.approx(1)
    assert outside == pytest.approx(0)


def test_a_sample_goes_on_with_the_prompt_and_one_seed_gives_one_sample():
    model = Pairs(len(corpus().vocabulary))
    samples = [sample(model, corpus(), "The cat", 9, seed=seed) for seed in (1, 1, 2)]
    assert samples[0] == samples[1] != samples[2]
    assert samples[0].startswith("The cat")
    assert len(samples[0]) == 16


def test_hardly_any_temperature_leaves_the_likeliest():
    story = corpus()
    model = Pairs(len(story.vocabulary))
    likeliest = model.table(torch.from_numpy(story.encode("t")))[0].argmax()
    sampled = sample(model, story, "The cat", 1, temperature=1e-4)
    assert sampled[-1] == story.vocabulary[int(likeliest)]


def test_a_sample_sees_no_more_than_one_context():
    seen = []

    class Watching(Pairs):
        def forward(self, token_ids):
            seen.append(token_ids.shape[1])
            return super().forward(token_ids)

    sample(Watching(len(TOY.vocabulary)), TOY, "a b. ", 3)
    assert seen == [5, 6, 6]


def test_asking_leaves_the_model_and_torch_as_they_were():
    model = Pairs(len(TOY.vocabulary)).train()
    state = torch.get_rng_state()
    held_out_loss(model, TOY)
    sample(model, TOY, "a", 2)
    assert model.training
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"prompt": ""}, TokenError, r"text to go on with; got none.*The cat"),
        ({"prompt": "7"}, TokenError, r"characters of the story; got '7'"),
        ({"prompt": "a", "temperature": 0.0}, CourseError, r"temperature above 0; got 0.0.*0\.1"),
        ({"prompt": "a", "temperature": math.nan}, CourseError, r"above 0; got nan"),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_refused(options, kind, said):
    with pytest.raises(kind, match=said):
        sample(Pairs(len(TOY.vocabulary)), TOY, **options)


@pytest.mark.parametrize("ask", [fit, held_out_loss, nats_per_character, closing_chance])
def test_a_model_of_another_vocabulary_is_refused(ask):
    n = len(TOY.vocabulary)
    with pytest.raises(ShapeError, match=rf"characters.*, {n}\); got .*, {n + 2}\).*last layer"):
        ask(Pairs(n + 2), TOY)
