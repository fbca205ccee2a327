"""The story that the language model of lesson 13 learns from, and what counting makes of it.

`text/the_mill.txt` was written for this course; like the lessons it is licensed CC BY 4.0. It is 24
chapters about a cat, which was black, and the others at the mill. The last three are never trained
on. torch is not needed here.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from math import log
from pathlib import Path

import numpy as np
from numpy import ndarray

from course_lib.errors import CourseError, TokenError

STORY = Path(__file__).parent / "text" / "the_mill.txt"
HELD_OUT_CHAPTERS = 3
CONTEXT = 64


@dataclass(frozen=True)
class Corpus:
    """A text in characters, and its end, which is kept back to ask a model about.

    Parameters
    ----------
    training_text, held_out_text : what may be learned from, and what may not
    context : how many characters a model sees at once
    """

    training_text: str
    held_out_text: str
    context: int = CONTEXT

    @cached_property
    def vocabulary(self) -> list[str]:
        """Return every character that occurs, in order."""
        return sorted(set(self.training_text + self.held_out_text))

    @cached_property
    def training(self) -> ndarray:
        """Return the ids of the characters to learn from."""
        return self.encode(self.training_text)

    @cached_property
    def held_out(self) -> ndarray:
        """Return the ids of the characters that were kept back."""
        return self.encode(self.held_out_text)

    def encode(self, text: str) -> ndarray:
        """Return each character's number.

        Raises
        ------
        TokenError
            If a character does not occur in the story.
        """
        number = {character: i for i, character in enumerate(self.vocabulary)}
        for character in text:
            if character not in number:
                raise TokenError(
                    f"expected characters of the story; got {character!r}. "
                    f"Try these: {''.join(self.vocabulary).strip()}"
                )
        return np.array([number[character] for character in text], dtype=np.int64)

    def decode(self, token_ids: ndarray | list[int]) -> str:
        """Return the text that these numbers stand for."""
        return "".join(self.vocabulary[int(i)] for i in token_ids)

    def known_share(self, length: int = 20) -> float:
        """Return the share of held-out passages of this length that stand in training, too."""
        known = set(_passages(self.training_text, length))
        return float(np.mean([p in known for p in _passages(self.held_out_text, length)]))


@cache
def corpus(context: int = CONTEXT) -> Corpus:
    """Open the story, its last chapters held out.

    Parameters
    ----------
    context : how many characters a model sees at once, an even number

    Raises
    ------
    CourseError
        If the context cannot be cut in half, or is longer than what is held out.

    Examples
    --------
    >>> corpus().training_text[8:43]
    'The cat, which was black, sat on th'
    """
    chapters = _chapters(STORY.read_text("utf-8"))
    training, held_out = ("".join(part) for part in _without_the_end(chapters))
    if context % 2 or not 2 <= context < len(held_out):
        raise CourseError(
            f"expected an even context from 2 to {len(held_out) - 1} characters; got {context}. "
            f"Try corpus(context={CONTEXT})."
        )
    return Corpus(training, held_out, context)


def _chapters(text: str) -> list[str]:
    """Return each chapter, one line a paragraph; the first line is its title."""
    parts = re.split(r"^# ", text, flags=re.MULTILINE)[1:]
    return ["".join(" ".join(p.split()) + "\n" for p in _paragraphs(part)) for part in parts]


def _paragraphs(chapter: str) -> list[str]:
    return chapter.strip().split("\n\n")


def _without_the_end(chapters: list[str]) -> tuple[list[str], list[str]]:
    return chapters[:-HELD_OUT_CHAPTERS], chapters[-HELD_OUT_CHAPTERS:]


def _passages(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(len(text) - length + 1)]


def counted_nats(corpus: Corpus, n_before: int = 1) -> float:
    """Measure how much the held-out text surprises someone who has only counted.

    Parameters
    ----------
    n_before : how many characters before the next are looked at: 0 counts letters, 1 pairs (the
        bigram model), 2 triples …

    Returns
    -------
    nats per character; guessing among all characters gives log(number of characters)

    Notes
    -----
    What never occurred must not get probability 0. So each count is mixed with those of one
    character less: with a context seen N times, followed by t different characters,
    p = (count + t · p with one less) / (N + t).

    References
    ----------
    Witten and Bell (1991), "The Zero-Frequency Problem", IEEE Trans. Inf. Theory 37(4), method C.
    """
    followers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for n in range(n_before + 1):
        for i in range(n, len(corpus.training_text)):
            followers[corpus.training_text[i - n : i]][corpus.training_text[i]] += 1
    text, total = corpus.held_out_text, 0.0
    for i, character in enumerate(text):
        p = 1 / len(corpus.vocabulary)
        for n in range(min(n_before, i) + 1):
            seen = followers.get(text[i - n : i], Counter())
            if seen:
                p = (seen[character] + len(seen) * p) / (seen.total() + len(seen))
        total -= log(p)
    return total / len(text)
