import pytest

from course_lib.authoring.notebooks import dumps, targets
from course_lib.errors import CourseError

EXERCISE = '''
    # %% [markdown]
    # # Exercises

    # %%
    def scaled_scores(queries, keys):
        """Compare every query with every key."""
        d_head = keys.shape[-1]
        # BEGIN SOLUTION
        scores = queries @ keys.T
        return scores / d_head**0.5
        # END SOLUTION

    # %% tags=["solution"]
    scaled_scores

    # %% tags=["instructor"]
    "for the teacher"

    # %%
    "last"
'''


def test_an_exercise_becomes_a_blank_and_a_solved_notebook(course):
    blank, solved = targets(course.exercise(EXERCISE), course.root)
    assert (blank.name, blank.executed) == ("exercises/03_scores.ipynb", False)
    assert (solved.name, solved.executed) == ("solutions/03_scores.ipynb", True)


def test_the_blank_keeps_signature_docstring_and_what_stands_before_the_marks(course):
    blank, _ = targets(course.exercise(EXERCISE), course.root)
    assert blank.blank.cells[1].source.splitlines() == [
        "def scaled_scores(queries, keys):",
        '    """Compare every query with every key."""',
        "    d_head = keys.shape[-1]",
        '    raise NotImplementedError("scaled_scores: your turn")',
    ]


def test_the_solution_stands_without_its_marks(course):
    _, solved = targets(course.exercise(EXERCISE), course.root)
    assert solved.blank.cells[1].source.splitlines()[-2:] == [
        "    scores = queries @ keys.T",
        "    return scores / d_head**0.5",
    ]


def test_tags_decide_who_sees_a_cell_and_ids_survive_that(course):
    blank, solved = targets(course.exercise(EXERCISE), course.root)
    assert [cell.id[-3:] for cell in blank.blank.cells] == ["001", "002", "004"]
    assert [cell.id[-3:] for cell in solved.blank.cells] == ["001", "002", "003", "004"]
    assert solved.blank.cells[2].id == "03-scores-003"


def test_what_teachers_read_and_show_changes_no_notebook(course):
    plain = course.lesson('# %% [markdown]\n# # Scores\n\n# %% tags=["nbval-ignore-output"]\n1\n')
    before = dumps(targets(plain, course.root)[0].blank)
    told = course.lesson("""
        # %% [markdown] tags=["slide"]
        # # Scores

        # %% [markdown] tags=["instructor", "slide"]
        # For a slide.

        # %% tags=["nbval-ignore-output", "slide"]
        1

        # %% [markdown] tags=["instructor"]
        # **Stumble.** For the guide.
    """)
    assert dumps(targets(told, course.root)[0].blank) == before


@pytest.mark.parametrize(
    ("code", "is_hidden"),
    [
        ('predict("Why?", ["a", "b"])', True),
        ('# %% tags=["slide"]\nquiz("03")', True),
        ('predict("Why?", ["a", "b"])\nx = 1', False),
        ("predict = 1\npredict", False),
        ('check("dot_product")', False),
        ("# nothing", False),
        ("predict(", False),
    ],
)
def test_the_code_of_a_question_is_hidden_and_no_other(course, code, is_hidden):
    lesson = course.lesson(f"# %%\n{code}\n" if not code.startswith("# %%") else f"{code}\n")
    (cell,) = targets(lesson, course.root)[0].blank.cells
    assert cell.metadata == ({"jupyter": {"source_hidden": True}} if is_hidden else {})


def test_the_innermost_function_is_the_one_whose_turn_it_is(course):
    text = """
        # %%
        def outer():
            def inner():
                # BEGIN SOLUTION
                return 1
                # END SOLUTION
            return inner
    """
    blank, _ = targets(course.exercise(text), course.root)
    assert '"inner: your turn"' in blank.blank.cells[0].source
    assert blank.blank.cells[0].source.endswith("    return inner")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("# BEGIN SOLUTION\n1\n# END SOLUTION", "inside a function"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1", "closed"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTIONS", "closed"),
    ],
)
def test_marks_that_would_show_the_solution_are_refused(course, lines, message):
    source = course.exercise(f"# %%\n{lines}\n")
    with pytest.raises(CourseError, match=rf"exercises/03_scores\.py, cell 1.*{message}"):
        targets(source, course.root)


def test_a_notebook_is_the_same_text_every_time(course):
    texts = {dumps(targets(course.lesson(EXERCISE), course.root)[0].blank) for _ in range(2)}
    assert len(texts) == 1
    assert "jupytext" not in texts.pop()
