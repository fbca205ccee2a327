import json

from course_lib.authoring.answers import FILE, answers_are_current, write_answers

EXERCISE = """
    # %%
    def helper():
        return 1

    def scaled_scores(queries, keys):
        \"\"\"Compare.\"\"\"
        # BEGIN SOLUTION
        return queries @ keys.T / √2
        # END SOLUTION
"""


def test_the_answers_are_the_solved_functions_as_the_exercises_have_them(course):
    source = course.exercise(EXERCISE.replace("√2", "2"))
    assert not answers_are_current(course.root, [source])
    assert write_answers(course.root, [source])
    assert json.loads((course.root / FILE).read_text()) == {
        "scaled_scores": (
            "def scaled_scores(queries, keys):\n"
            '    """Compare."""\n'
            "    return queries @ keys.T / 2\n"
        ).rstrip()
    }
    assert answers_are_current(course.root, [source])
    assert not write_answers(course.root, [source])


def test_an_exercise_that_is_not_python_has_no_answers_yet(course):
    write_answers(course.root, [course.exercise(EXERCISE)])
    assert json.loads((course.root / FILE).read_text()) == {}
