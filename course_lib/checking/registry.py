"""Which exercises the course has, in the order of its lessons."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType

from course_lib.checking.exercise import Exercise
from course_lib.errors import UnknownNameError

_PLACES = (
    "dot_product",
    "recurrent_states",
    "hops",
    "embed",
    "project",
    "raw_scores",
    "scaled_scores",
    "softmax",
    "softmax_with_temperature",
    "weighted_sum",
    "self_attention",
    "causal_mask",
    "masked_softmax",
    "split_heads",
    "merge_heads",
    "multi_head_attention",
    "most_attended",
    "entropy",
    "influence",
    "scores_without_loops",
    "score_matrix_bytes",
    "attention_flops",
    "scaling_exponent",
    "tiled_attention",
    "dilated_positions",
    "dilated_branch",
    "mix_branches",
    "attended_pairs",
    "merge_partials",
    "lesson_13",
)


@cache
def all_exercises() -> Mapping[str, Exercise]:
    """Map each exercise's name to the exercise, in course order."""
    found = {}
    for place in _PLACES:
        module = import_module(f"course_lib.checking.exercises.{place}")
        for exercise in getattr(module, "EXERCISES", None) or [module.EXERCISE]:
            found[exercise.name] = exercise
    return MappingProxyType(found)


def exercise_named(name: str, *, offer: Collection[str] = ()) -> Exercise:
    """Find an exercise.

    Parameters
    ----------
    name : the exercise
    offer : the names to offer where no name is near; all if left

    Raises
    ------
    UnknownNameError
        If there is none of that name; the message offers the nearest one.
    """
    exercises = all_exercises()
    if not isinstance(name, str) or name not in exercises:
        near = get_close_matches(str(name)[:80], exercises, n=1)
        there = f"This lesson has: {', '.join(offer)}." if offer else ""
        there = there or f"There are: {', '.join(exercises)}."
        hint = f"Did you mean {near[0]!r}?" if near else there
        raise UnknownNameError(
            f"expected the name of an exercise in quotation marks; got {str(name)[:80]!r}. {hint}"
        )
    return exercises[name]
