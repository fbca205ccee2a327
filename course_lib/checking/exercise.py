"""What an exercise is: a reference, inputs that can tell, and the mistakes it names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, product
from typing import Any

import numpy as np

from course_lib.checking.cost_limits import Lines, Memory
from course_lib.checking.mistakes.recipe import Way
from course_lib.checking.results import Kind


@dataclass(frozen=True)
class Case:
    """One input to try an answer on, and how to speak of it.

    Parameters
    ----------
    about : the input in a few words
    args : what the function is called with
    is_extra : goes beyond the exercise, so that failing on it is mentioned and not held against it
    calls : how often the function is called on one copy of them; the last call counts
    limit : what the call may cost, where that is part of the exercise; it goes last, being slow
    is_fresh : drawn anew at each check
    """

    about: str
    args: tuple[Any, ...]
    is_extra: bool = False
    calls: int = 1
    limit: Lines | Memory | None = None
    is_fresh: bool = False


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that the course knows: executable, with a title and an explanation.

    Parameters
    ----------
    title : short; it becomes ``verdict.mistake``
    wrong_functions : every way of making this mistake that the course knows
    explanation : where to look, never the line to type
    """

    title: str
    wrong_functions: tuple[Callable[..., Any], ...]
    explanation: str


@dataclass(frozen=True)
class Law:
    """Something that is true of every right answer, and what to say where it is broken."""

    broken: Callable[..., str | None]  # (parts, *args) -> a sentence, or None where the law holds


@dataclass(frozen=True)
class Tally:
    """What all inputs together say of an answer, where not each of them has to be right."""

    passes: bool
    text: str


@dataclass(frozen=True)
class Exercise:
    """Everything the checker needs to know about one exercise.

    Parameters
    ----------
    name, lesson : as in the lesson table, e.g. "scaled_scores" and "03"
    parameters : the names of the arguments, in order
    reference : the right answer
    kind : what comes back
    cases : makes inputs from a generator, the smallest first
    mistakes : what is looked for in a wrong answer
    hints : two to four, each more direct than the last
    laws : what is looked for where no known mistake fits
    remark : what there is to say of a right answer's way, if anything; it is given the function
    needs : modules that are imported before the clock starts
    once : the fresh batch is enough, since its inputs are the same but for their order
    tally : counts over all inputs, from the cases and what was seen, where that decides
    when_late : where to look when the time is over, if not for an endless loop
    """

    name: str
    lesson: str
    parameters: tuple[str, ...]
    reference: Callable[..., Any]
    kind: Kind
    cases: Callable[[np.random.Generator], Iterator[Case]]
    mistakes: Sequence[Mistake]
    hints: tuple[str, ...]
    laws: tuple[Law, ...] = field(default=())
    remark: Callable[[Callable[..., Any]], str | None] | None = None
    needs: tuple[str, ...] = ()
    once: bool = False
    tally: Callable[[Sequence[Case], Sequence[Any]], Tally] | None = None
    when_late: str = ""

    @property
    def signature(self) -> str:
        """How a learner calls it: ``scaled_scores(queries, keys)``."""
        return f"{self.name}({', '.join(self.parameters)})"


def pairs_of(mistakes: Sequence[Mistake]) -> Iterator[Mistake]:
    """Yield two mistakes at once, wherever their ways edit different lines of a recipe.

    Wrong functions that are ``partial(recipe, scale=...)`` go together likewise, unless they set
    the same option.
    """
    for first, second in combinations(mistakes, 2):
        pairs = product(first.wrong_functions, second.wrong_functions)
        both = tuple(filter(None, (_together(one, other) for one, other in pairs)))
        if both:
            yield Mistake(
                f"{first.title}; {second.title}",
                both,
                f"There are two things to mend. First: {first.explanation} "
                f"Second: {second.explanation}",
            )


def _together(one: Callable, other: Callable) -> Callable | None:
    if isinstance(one, Way) and isinstance(other, Way):
        return one.together(other)
    if not (isinstance(one, partial) and isinstance(other, partial)):
        return None
    if one.func is not other.func or one.keywords.keys() & other.keywords.keys():
        return None
    return partial(one.func, **one.keywords, **other.keywords)
