"""Every file of mistakes that the course has, read as a linter reads code.

That no way is right, and no title stands for what another one names already, is seen in
test_exercises.py: every way has to come back as a mistake, and under its own title.
"""

import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import course_lib.checking.exercises as exercises
from course_lib.checking.mistakes.reading import _FAMILIES, Mistakes, _sections
from course_lib.checking.mistakes.recipe import Way
from course_lib.checking.outcome import observe
from course_lib.checking.registry import all_exercises

FOLDER = Path(exercises.__file__).parent
FILES = sorted([*FOLDER.glob("*/mistakes.md"), *_FAMILIES.glob("*.md")])
WRITTEN = [e for e in all_exercises().values() if isinstance(e.mistakes, Mistakes)]


def ways_of(exercise):
    ways = (way for mistake in exercise.mistakes for way in mistake.wrong_functions)
    return [way for way in ways if isinstance(way, Way)]


def test_every_folder_with_mistakes_is_an_exercise_of_the_course():
    assert {path.parent.name for path in FILES if path.parent != _FAMILIES} == {
        exercise.name for exercise in WRITTEN
    }


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise.name)
def test_every_recipe_is_a_right_answer(exercise):
    recipes = {way.recipe for way in ways_of(exercise)}
    cases = exercise.cases(np.random.default_rng(1))
    for case in (case for case in cases if not case.is_extra):
        right = observe(exercise.reference, case, kind=exercise.kind)
        for recipe in recipes:
            nothing = Way(recipe, "", frozenset())
            assert observe(nothing, case, kind=exercise.kind).gave_like(right), recipe.tree.name


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise.name)
def test_no_way_uses_a_name_that_is_not_there(exercise):
    for case in exercise.cases(np.random.default_rng(1)):
        for way in ways_of(exercise):
            raised = observe(way, case, kind=exercise.kind).raised
            assert not raised or raised.type_name not in ("NameError", "UnboundLocalError"), way


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise.name)
def test_every_mistake_says_where_to_look(exercise):
    for mistake in exercise.mistakes:
        assert mistake.explanation.endswith((".", "?", ")")), mistake.title


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda exercise: exercise.name)
def test_names_of_variables_are_shown_as_learners_write_them(exercise):
    for mistake in exercise.mistakes:
        first = mistake.title.split()[0]
        assert "_" not in first, f"{mistake.title!r} is shown with a capital letter"
        said = f"{mistake.title} {mistake.explanation}"
        assert not re.search(r"(?<!\.)\bT\b", said), "say seq_len"  # `.T` is code


def test_no_explanation_and_no_block_of_ways_stands_twice():
    stands = defaultdict(list)
    for path in FILES:
        for section in _sections(path)[1:]:
            stands[" ".join(section.said)].append(section.where)
            block = tuple(text for _, _, text in section.ways)
            stands[block if len(block) > 1 else ""].append(section.where)
    del stands[""]
    assert not {text: places for text, places in stands.items() if len(places) > 1}
