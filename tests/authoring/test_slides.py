import re

import pytest
from nbformat.v4 import new_output

from course_lib.authoring.lessons import ROOT, lessons_of, read_sources
from course_lib.authoring.notebooks import read_built, targets
from course_lib.authoring.slides import LARGEST, notebook_of, slides_of
from course_lib.errors import CourseError

LESSON = """
    # ---
    # jupyter:
    #   course:
    #     number: "03"
    #     title: Scores
    #     question: Does it know?
    #     minutes: {teaching: 30, exercises: 15}
    #     must: scaled_scores
    #     exercises: [raw_scores, scaled_scores]
    # ---

    # %% [markdown]
    # # 03 · Scores

    # %% [markdown] tags=["instructor"]
    # **One idea.** For the teacher.

    # %% [markdown]
    # ## One query
    # See [the exercises](../exercises/03_scores.ipynb), later.

    # %% tags=["slide"]
    predict(
        "What is "
        "it?",
        ["this", "that"],
    )

    # %% [markdown] tags=["instructor"]
    # **Ask the room.** This or that?

    # %% [markdown] tags=["instructor", "slide"]
    # ## In large type

    # %% tags=["slide", "nbval-ignore-output"]
    print("result")

    # %% tags=["slide"]
    figure()

    # %% [markdown] tags=["slide"]
    # **What you saw.** Words that nobody reads from the last row.
    #
    # * one item
    #
    # $$q \\cdot k$$

    # %% tags=["slide"]
    def scores():                              # (n, n)
        return 1

    # %% [markdown]
    # ## Another step

    # %% tags=["slide"]
    print("apart")

    # %% tags=["slide", "slide-code"]
    print("with code")

    # %% [markdown]
    # [The exercises](../exercises/03_scores.ipynb).

    # %% [markdown] tags=["instructor"]
    # **Stumble.** In the exercises.
"""
FIGURE = '<figure><img alt="Two bars." src="data:image/png;base64,"></figure>'


@pytest.fixture
def lesson(course):
    return course.lesson(LESSON)


@pytest.fixture
def built(course, lesson):
    """Pretend that the lesson was built: what would be printed is in its code already."""
    notebook = targets(lesson, course.root)[0].blank
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        if printed := re.search(r'print\("(.*)"\)', cell.source):
            cell.outputs = [new_output("stream", name="stdout", text=f"{printed[1]}\n")]
        elif cell.source == "figure()":
            cell.outputs = [new_output("display_data", data={"text/html": FIGURE})]
    return notebook


@pytest.fixture
def slides(lesson, built):
    return slides_of(lesson, built)


def shown(slide):
    return [
        (part.metadata.kind, part.source or part.outputs[0].get("text")) for part in slide.parts
    ]


def test_the_header_gives_the_first_slide_and_the_way_to_the_exercises(slides):
    assert shown(slides[0]) == [("title", "# 03 · Scores\n\nDoes it know?")]
    (turn,) = [slide for slide in slides if shown(slide)[0][0] == "turn"]
    assert turn is slides[-1], "the last cell that links the exercises hands over to them"
    assert shown(turn)[0][1].splitlines() == [
        "## Your turn: 15 minutes",
        "",
        "* `raw_scores`",
        "* `scaled_scores` (the one not to miss)",
        "",
        "`exercises/03_scores.ipynb`",
    ]


def test_a_prediction_is_a_slide_with_its_question_and_its_choices(slides):
    assert shown(slides[1]) == [("choices", "## What is it?\n\n1. this\n2. that")]


def test_a_text_for_slides_takes_the_result_that_follows(slides):
    assert shown(slides[2]) == [("text", "## In large type"), ("printed", "result\n")]


def test_a_figure_has_a_slide_of_its_own_where_more_than_a_few_words_stand(slides):
    assert [kind for kind, _ in shown(slides[3])] == ["figure"]


def test_of_a_lessons_own_prose_only_heading_list_and_equation_are_shown(slides):
    kind, text = shown(slides[4])[0]
    assert kind == "text"
    assert text == "## One query\n\n* one item\n\n$$q \\cdot k$$"


def test_code_is_shown_only_where_nothing_came_of_it_or_it_is_asked_for(slides):
    assert shown(slides[4])[1] == ("code", "def scores():  # (n, n)\n    return 1")
    assert shown(slides[6]) == [("code", 'print("with code")'), ("printed", "with code\n")]


def test_a_new_heading_of_the_lesson_closes_a_slide(slides):
    assert shown(slides[5]) == [("printed", "apart\n")]


def test_what_only_teachers_read_is_a_note_to_the_slide_before_it(slides):
    noted = [(n, slide.notes) for n, slide in enumerate(slides) if slide.notes]
    assert noted == [
        (0, ["**One idea.** For the teacher."]),
        (1, ["**Ask the room.** This or that?"]),
        (7, ["**Stumble.** In the exercises."]),
    ]


def test_letters_are_as_large_as_the_longest_line_allows(slides, lesson, built):
    assert slides[5].text_size == LARGEST
    printing = built.cells[-2]
    printing.outputs[0].text = "x" * 80
    assert slides_of(lesson, built)[6].text_size == 24  # 80 letters of 24 · 0.602 take 1156 of 1200
    printing.outputs[0].text = "short\n" * 19
    assert slides_of(lesson, built)[6].text_size == 22  # 20 lines with the code's, 600 for all


def test_a_line_that_nobody_could_read_is_refused(lesson, built):
    built.cells[-2].outputs[0].text = "x" * 120
    with pytest.raises(CourseError, match=r"03_scores\.py, slide 7.*last row.*Tag a cell"):
        slides_of(lesson, built)


def test_a_notebook_that_is_not_what_the_lesson_says_is_refused(lesson, built):
    built.cells[3].source = "older"
    with pytest.raises(CourseError, match=r"should say.*Build it first.*build 03"):
        slides_of(lesson, built)


def test_slides_begin_go_on_and_carry_notes_as_nbconvert_expects(lesson, slides):
    notebook = notebook_of(lesson, slides)
    kinds = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    assert kinds.count("slide") == len(slides)
    assert kinds[:6] == ["slide", "notes", "slide", "notes", "slide", "-"]


@pytest.mark.parametrize("lesson", lessons_of(read_sources(ROOT)), ids=lambda lesson: lesson.stem)
def test_every_lesson_has_slides_for_a_class(lesson):
    slides = slides_of(lesson, read_built(ROOT / "notebooks" / f"{lesson.stem}.ipynb"))
    assert 6 <= len(slides) <= 12
    kinds = [kind for slide in slides for kind, _ in shown(slide)]
    assert {"title", "choices", "turn"} <= set(kinds)
    assert sum(bool(slide.notes) for slide in slides) >= 3
