import numpy as np
import pytest

from course_lib.errors import TokenError
from course_lib.models.verb_world import VOCABULARY, VerbWorld
from course_lib.models.verbs import batches, ids_of, repair_the_verb

SENTENCE = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]
HIDDEN = [word if word != "sat" else "[MASK]" for word in SENTENCE]


@pytest.fixture(scope="module")
def trained():
    return repair_the_verb(0)


@pytest.fixture(scope="module")
def untrained():
    return repair_the_verb(0, steps=0)


def test_the_cat_on_the_mat_is_held_out_with_its_verb(untrained):
    assert (SENTENCE, "sat") in untrained.held_out
    assert all(verb in words and len(words) == 11 for words, verb in untrained.held_out)


def test_a_quarter_of_the_pairs_is_held_out_and_no_word_with_them():
    training, held_out = VerbWorld(seed=3).pairs()
    assert (len(training), len(held_out)) == (192, 64)
    assert not set(training) & set(held_out)
    assert {word for pair in training for word in pair} == {w for p in held_out for w in p}


@pytest.mark.parametrize("adjective_decides", [False, True])
def test_held_out_pairs_never_meet_in_training(adjective_decides, rng):
    world = VerbWorld(adjective_decides=adjective_decides, seed=1)
    held_out = {(VOCABULARY.index(subject), VOCABULARY.index(p)) for subject, p in world.pairs()[1]}
    make_batch = batches(world)
    for _ in range(40):
        for ids in make_batch(rng)[0]:
            words = set(ids.tolist())
            assert not any(subject in words and place in words for subject, place in held_out)


def test_only_the_verb_is_asked_for_and_a_third_each_is_shown(rng):
    make_batch = batches(VerbWorld())
    masked = right = asked = 0
    for _ in range(60):
        inputs, targets = make_batch(rng)
        rows, slots = np.nonzero(targets >= 0)
        assert rows.tolist() == list(range(len(inputs)))
        shown = inputs[rows, slots]
        masked += (shown == VOCABULARY.index("[MASK]")).sum()
        right += (shown == targets[rows, slots] + VOCABULARY.index("sat")).sum()
        asked += len(shown)
    assert masked / asked == pytest.approx(1 / 3, abs=0.05)
    assert right / asked == pytest.approx(1 / 3 + 1 / 48, abs=0.05)


def test_the_place_decides_the_verb_or_else_the_adjective_does():
    def told(world, **words):
        return world.verb(**{"subject": "cat", "place": "mat", "adjective": "black", **words})

    usual, other = VerbWorld(), VerbWorld(adjective_decides=True)
    assert told(usual) == told(other) == told(usual, adjective="old") == "sat"
    assert told(usual, place="lake") != "sat"
    assert told(other, place="lake") == "sat"
    assert told(other, adjective="old") != "sat"


def test_every_word_is_in_the_vocabulary_once():
    assert len(set(VOCABULARY)) == len(VOCABULARY)
    assert {"cat", "mat", "black", "sat"} <= set(VOCABULARY)


def test_it_finds_the_verbs_of_pairs_it_never_met(trained, untrained):
    assert trained.held_out_accuracy >= 0.98
    assert untrained.held_out_accuracy <= 0.3
    assert trained.predict(SENTENCE) == trained.predict(HIDDEN) == "sat"


def test_the_verb_looks_at_both_nouns_and_not_at_the_adjective(trained, untrained):
    row, before = (result.attention(SENTENCE)[0, 7] for result in (trained, untrained))
    assert min(row[1], row[10]) >= 0.2
    assert row[1] + row[10] >= 10 * row[5]
    assert before[1] + before[10] <= 0.5


def test_swapping_a_noun_changes_the_verb_and_swapping_the_adjective_does_not(trained):
    def swapped(old, new):
        return trained.predict([new if word == old else word for word in SENTENCE])

    assert swapped("black", "old") == "sat"
    assert swapped("cat", "king") == "slept"
    assert swapped("mat", "lake") == "swam"


def test_it_repairs_a_wrong_verb_and_reads_every_form(trained):
    assert trained.predict(["the", "cat", "sailed", "on", "the", "mat"]) == "sat"
    assert trained.predict(["the", "old", "king", "[MASK]", "on", "the", "lake"]) == "sailed"


def test_where_the_adjective_decides_the_verb_looks_at_it():
    other = repair_the_verb(0, adjective_decides=True)
    row = other.attention(SENTENCE)[0, 7]
    assert min(row[1], row[5]) >= 0.2
    assert row[10] <= 0.05
    assert other.held_out_accuracy >= 0.98


def test_weights_are_one_matrix_a_head_and_rows_sum_to_one():
    weights = repair_the_verb(0, n_heads=2, steps=5).attention(SENTENCE)
    assert isinstance(weights, np.ndarray)
    assert weights.shape == (2, 11, 11)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)


def test_a_blocked_word_has_no_weight_wherever_it_stands(trained):
    weights = trained.attention(SENTENCE, blocked=["the", "black"])[0]
    assert (weights[:, [0, 5, 9]] == 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)
    assert trained.predict(HIDDEN, blocked=["black"]) == "sat"


def test_the_same_seed_gives_the_same_model_and_another_seed_another():
    first, again, other = (repair_the_verb(seed, steps=10) for seed in (5, 5, 6))
    assert first.losses == again.losses != other.losses
    np.testing.assert_array_equal(first.attention(SENTENCE), again.attention(SENTENCE))
    assert first.held_out == again.held_out != other.held_out


def test_words_verbs_and_lists_are_there_to_be_used(untrained):
    assert [len(words) for words in untrained.subjects + untrained.places] == [4] * 8
    assert len(untrained.adjectives) == 8
    assert len(set(untrained.verbs)) == 16
    assert ids_of(["the"]) == [VOCABULARY.index("the")]


@pytest.mark.parametrize("answer", ["predict", "attention"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*SENTENCE[:10], "zebra"], ["'zebra'", "cat", "mat", "black"]),
        (["The", *SENTENCE[1:]], ["'The'"]),
        ("the cat sat on the mat", ["list of words", "split"]),
        (["the", "cat"], ["one verb", "[MASK]", "'the cat'"]),
        ([*SENTENCE, "sat"], ["one verb", "11"]),
        ([*SENTENCE, "the"], ["at most 11"]),
    ],
)
def test_a_sentence_that_does_not_belong_is_refused(
    shapes_unchecked, untrained, answer, words, said
):
    with pytest.raises(TokenError) as caught:
        getattr(untrained, answer)(words)
    assert all(part in str(caught.value) for part in said)


def test_blocking_a_word_that_is_not_there_is_refused(untrained):
    with pytest.raises(TokenError, match=r"'white'.*the cat , which was black"):
        untrained.predict(SENTENCE, blocked=["white"])
