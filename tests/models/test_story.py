import math

import numpy as np
import pytest

from course_lib.errors import CourseError, TokenError
from course_lib.models.story import Corpus, corpus, counted_nats


def test_the_story_begins_with_the_sentence_of_the_course():
    text = corpus().training_text
    assert text.startswith("The mat\nThe cat, which was black, sat on the mat. ")
    assert 20_000 < len(text) < 40_000


def test_whole_chapters_at_the_end_are_held_out():
    story = corpus()
    assert story.held_out_text.startswith("The thaw\n")
    assert story.training_text.endswith('"Room," said the dog.\n')
    assert 0.10 < len(story.held_out_text) / len(story.training_text + story.held_out_text) < 0.15


def test_little_of_what_is_held_out_stands_in_training_word_for_word():
    assert 0.01 < corpus().known_share(20) < 0.10


def test_known_passages_are_counted():
    assert Corpus("abcd", "xbcd").known_share(2) == pytest.approx(2 / 3)


def test_every_speech_is_closed_in_its_own_paragraph():
    paragraphs = (corpus().training_text + corpus().held_out_text).splitlines()
    assert all(paragraph.count('"') % 2 == 0 for paragraph in paragraphs)
    assert sum(paragraph.count('"') for paragraph in paragraphs) > 500


def test_encoding_and_decoding_lead_back():
    story = corpus()
    assert story.decode(story.encode("The cat,\n")) == "The cat,\n"
    assert story.decode(story.held_out) == story.held_out_text
    assert story.training.max() < len(story.vocabulary) < 64


def test_a_character_that_the_story_does_not_have_is_refused():
    with pytest.raises(TokenError, match=r"characters of the story; got '7'.*abc"):
        corpus().encode("7 cats")


@pytest.mark.parametrize("context", [0, 7, 100_000])
def test_a_context_that_cannot_be_is_refused(context):
    with pytest.raises(CourseError, match=rf"even context from 2 to \d+.*got {context}.*64"):
        corpus(context)


def test_letters_and_pairs_are_counted_as_by_hand():
    # Letters: a twice, b once, of 3, two kinds. A pair that begins with a: aa once, ab once.
    story = Corpus("aab", "ab")
    a, b = (2 + 2 / 2) / 5, (1 + 2 / 2) / 5
    assert counted_nats(story, 0) == pytest.approx(-(math.log(a) + math.log(b)) / 2)
    b_after_a = (1 + 2 * b) / 4
    assert counted_nats(story, 1) == pytest.approx(-(math.log(a) + math.log(b_after_a)) / 2)


def test_the_chances_of_all_that_may_follow_sum_to_one():
    text, before = "abcabdacbbda", "ab"
    chances = []
    for character in "abcd":
        with_it, without = (
            counted_nats(Corpus(text, held_out), 2) * len(held_out)
            for held_out in (before + character, before)
        )
        chances.append(math.exp(without - with_it))
    assert np.sum(chances) == pytest.approx(1)
    assert np.argmin(chances) in (0, 1)  # neither aba nor abb occurs


def test_what_stands_before_makes_the_next_character_less_surprising():
    letters, pairs, triples = (counted_nats(corpus(), n_before) for n_before in (0, 1, 2))
    assert math.log(len(corpus().vocabulary)) > letters > pairs + 0.5
    assert pairs > triples + 0.3
