import pytest

from course_lib.authoring.tables import heading_anchor, missing_markers, stale_pages, write_tables

LESSON = """
    # ---
    # jupyter:
    #   course:
    #     title: Scores
    #     question: How alike are two words?
    #     proves: scores grow as √d_head
    #     minutes: {teaching: 30, exercises: 15}
    #     exercises: [raw_scores, scaled_scores]
    #     notation:
    #       - {name: queries, symbol: $Q$, shape: "(n_queries, d_head)", meaning: looked | for}
    #       - {name: d_head, symbol: $d_k$, shape: a number, meaning: their width}
    #     claims:
    #       - {claim: spread grows, heading: "Why divide?", number: "0.50"}
    # ---
"""


@pytest.fixture
def lessons(course):
    return [course.lesson(LESSON), course.lesson(LESSON.replace("Scores", "Cost"), "10_cost")]


def page(course, name="notebooks/README.md"):
    return (course.root / name).read_text(encoding="utf-8")


def test_each_lesson_has_a_row_with_links_that_fit_the_page(course, lessons):
    assert write_tables(course.root, lessons) == ["README.md", "notebooks/README.md"]
    row = (
        "| 03 | [Scores]({}03_scores.ipynb) | *How alike are two words?* | "
        "30 + 15 | [`raw_scores`, `scaled_scores`]({}exercises/03_scores.ipynb) |"
    )
    assert row.format("notebooks/", "") in page(course, "README.md")
    assert row.format("", "../") in page(course)
    assert "[Cost](10_cost.ipynb)" in page(course)


def test_no_table_of_lessons_gives_a_result_away(course, lessons):
    write_tables(course.root, lessons)
    for name in ("README.md", "notebooks/README.md"):
        assert "scores grow" not in page(course, name).casefold()


def test_notation_and_claims_come_from_the_lessons(course, lessons):
    write_tables(course.root, lessons)
    notation = r"| `queries` | $Q$ | `(n_queries, d_head)` | looked \| for | 03 |"
    number = "| `d_head` | $d_k$ | a number | their width | 03 |"
    claim = "| spread grows | 0.50 | [03: Why divide?](03_scores.ipynb#Why-divide?) |"
    assert notation in page(course)
    assert number in page(course)
    assert claim in page(course)


def test_only_what_stands_between_the_markers_is_renewed(course, lessons):
    write_tables(course.root, lessons)
    assert page(course).startswith("# Page\n\n<!-- lessons: begin -->\n|")
    assert "old" not in page(course)
    assert write_tables(course.root, lessons) == []


def test_a_table_that_differs_from_the_lessons_is_stale(course, lessons):
    write_tables(course.root, lessons)
    assert stale_pages(course.root, lessons) == []
    assert stale_pages(course.root, lessons[:1]) == ["README.md", "notebooks/README.md"]


def test_a_page_without_a_place_for_its_table_is_named(course):
    assert missing_markers(course.root) == []
    (course.root / "README.md").write_text("<!-- lessons: begin -->", encoding="utf-8")
    (course.root / "notebooks/README.md").unlink()
    assert missing_markers(course.root) == [
        "README.md: lessons",
        *(f"notebooks/README.md: {table}" for table in ("lessons", "notation", "claims")),
    ]


def test_anchors_are_those_that_jupyterlab_makes():
    assert heading_anchor("Why divide by it?") == "Why-divide-by-it?"
