"""Lesson 03, scaled scores: raw scores, divided by √d_head."""

from course_lib.attention import reference
from course_lib.checking.exercise import Exercise
from course_lib.checking.exercises.raw_scores import queries_and_keys
from course_lib.checking.mistakes.reading import Mistakes
from course_lib.checking.results import array_of

EXERCISE = Exercise(
    name="scaled_scores",
    lesson="03",
    parameters=("queries", "keys"),
    reference=reference.scaled_scores,
    kind=array_of("n_queries", "n_keys"),
    cases=queries_and_keys,
    mistakes=Mistakes(__name__),
    hints=(
        "Start from the raw scores. How does their standard deviation change when d_head goes "
        "from 4 to 400? The lesson measured it.",
        "One number divides the whole table. It depends on how many features a query has, not "
        "on how many queries or keys there are.",
        "d_head is the last entry of the shape of the queries, and it stands under a square root.",
    ),
)
