import subprocess
import sys
import textwrap

import pytest

from course_lib.checking.exercise import Exercise
from course_lib.checking.registry import all_exercises, exercise_named
from course_lib.errors import UnknownNameError


def test_every_exercise_is_found_under_its_own_name():
    for name, exercise in all_exercises().items():
        assert isinstance(exercise, Exercise)
        assert exercise_named(name) is exercise
        assert exercise.name == name


def test_exercises_come_in_the_order_of_their_lessons():
    lessons = [exercise.lesson for exercise in all_exercises().values()]
    assert lessons == sorted(lessons)


def test_the_list_cannot_be_changed():
    with pytest.raises(TypeError):
        all_exercises()["new"] = None


def test_a_misspelt_name_gets_the_nearest_one():
    with pytest.raises(
        UnknownNameError, match=r"got 'scaled_score'\. Did you mean 'scaled_scores'"
    ):
        exercise_named("scaled_score")


def test_a_name_unlike_all_others_gets_the_whole_list():
    with pytest.raises(UnknownNameError, match=r"There are: .*raw_scores, scaled_scores"):
        exercise_named("zzz")


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("name", [None, 3, ["scaled_scores"], len, "x" * 10_000])
def test_what_is_no_name_at_all_is_shown_shortened(name):
    with pytest.raises(UnknownNameError, match="name of an exercise in quotation marks") as caught:
        exercise_named(name)
    assert len(str(caught.value)) < 2_000


def test_only_an_exercise_that_needs_torch_loads_it():
    script = """
        import sys
        import course_lib
        from course_lib.checking import evaluate
        from course_lib.checking.registry import all_exercises
        for exercise in all_exercises().values():
            if exercise.lesson < "07":
                assert evaluate(exercise.name, exercise.reference).status == "correct"
        assert evaluate("influence", None).status == "not attempted"
        assert "torch" not in sys.modules
        assert evaluate("influence", lambda model, inputs: inputs).status == "incorrect"
        assert "torch" in sys.modules
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
