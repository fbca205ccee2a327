import pytest

from course_lib.authoring.lessons import lessons_of, read_sources
from course_lib.errors import CourseError, UnknownNameError

LESSON = '''
    # ---
    # jupyter:
    #   course:
    #     number: "03"
    #     title: Scores
    # ---

    # %% [markdown]
    r"""
    # Scores
    $\\frac{1}{2}$
    """

    # %% tags=["nbval-ignore-output"]
    1 + 1
'''


def test_a_source_is_read_into_metadata_and_cells(course):
    source = course.lesson(LESSON)
    assert source.course == {"number": "03", "title": "Scores"}
    assert [cell.cell_type for cell in source.cells] == ["markdown", "code"]
    assert source.cells[0].source == "# Scores\n$\\frac{1}{2}$"
    assert [dict(cell.metadata) for cell in source.cells] == [{}, {"tags": ["nbval-ignore-output"]}]
    assert (source.number, source.name, source.is_exercise) == ("03", "lessons/03_scores.py", False)


def test_lessons_come_in_course_order_and_exercises_after_them(course):
    course.lesson(LESSON, stem="10_cost")
    course.exercise(LESSON, stem="03_scores")
    course.lesson(LESSON, stem="03_scores")
    sources = read_sources(course.root)
    assert [source.name for source in sources] == [
        "lessons/03_scores.py",
        "lessons/10_cost.py",
        "lessons/exercises/03_scores.py",
    ]
    assert [source.stem for source in lessons_of(sources)] == ["03_scores", "10_cost"]
    assert [source.name for source in read_sources(course.root, ("3",))] == [
        "lessons/03_scores.py",
        "lessons/exercises/03_scores.py",
    ]


def test_an_unknown_number_names_the_lessons_that_there_are(course):
    course.lesson(LESSON)
    with pytest.raises(UnknownNameError, match=r"number 07.*has 03"):
        read_sources(course.root, ("07",))


def test_a_broken_header_names_its_file(course):
    with pytest.raises(CourseError, match=r"(?s)03_scores\.py.*header.*quotation mark"):
        course.lesson("""
            # ---
            # jupyter:
            #   course: {heading: Why divide?}
            # ---
        """)
