import types

import numpy as np
import pytest

from course_lib.checking.mistakes import reading
from course_lib.checking.mistakes.reading import MistakeFileError, read

RECIPE = """\
# The right answers
    def halves(numbers):
        scale = 2
        return numbers / scale

    def one_by_one(numbers):
        parts = [n / 2 for n in numbers]
        return np.array(parts)

"""
FAMILY = """\
What goes wrong with $what.

## a fixed scale
The $what are divided by a number.
    scale = $number
    scale = 7

## upside down
Turned round.
    result = 1 / result
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return what reads a text as a file of mistakes."""
    families = tmp_path / "families"
    families.mkdir()
    (families / "scale.md").write_text(FAMILY, "utf-8")
    monkeypatch.setattr(reading, "_FAMILIES", families)
    folder = tmp_path / "halves"
    folder.mkdir()

    def read_text(text, ways=None, recipe=RECIPE):
        path = folder / "mistakes.md"
        path.write_text(recipe + text, "utf-8")
        return read(path, ways)

    return read_text


def results(mistake):
    return [way(np.array([4.0, 6.0])).tolist() for way in mistake.wrong_functions]


def test_titles_explanations_and_ways_are_read(written):
    first, second = written(
        "## not halved\nDivide\nby two.\n\n    scale = c for c in 1, 4\n\n"
        "## turned round\nKeep the order.\n    one_by_one: parts = parts[::-1]\n"
    )
    assert (first.title, first.explanation) == ("not halved", "Divide by two.")
    assert results(first) == [[4, 6], [1, 1.5]]
    assert results(second) == [[3, 2]]


def test_a_way_can_be_a_function_of_the_module_beside_it(written):
    ways = types.ModuleType("ways")
    ways.tripled, ways.shifted = (
        lambda numbers: numbers * 3,
        lambda by: lambda numbers: numbers + by,
    )
    (mistake,) = written("## t\nx.\n    @tripled\n    @shifted(by) for by in 1, 2\n", ways)
    assert results(mistake) == [[12, 18], [5, 7], [6, 8]]


def test_the_shown_solution_is_the_recipe_where_none_is_written(tmp_path):
    folder = tmp_path / "raw_scores"
    folder.mkdir()
    path = folder / "mistakes.md"
    path.write_text("## t\nx.\n    queries = -queries\n", "utf-8")
    (way,) = read(path)[0].wrong_functions
    assert way(np.eye(2), np.ones((1, 2))).tolist() == [[-1], [-1]]


def test_ways_marked_alone_are_never_paired(written):
    first, second = written(
        "## a\nx.\n    alone: scale = 3\n    scale = 4\n## b\ny.\n    result = -result\n"
    )
    (other,) = second.wrong_functions
    assert [way.together(other) is None for way in first.wrong_functions] == [True, False]


def test_a_family_is_read_in_the_words_of_its_user(written):
    first, second = written('## use scale(what="halves", number=3 - 1)\n')
    assert (first.title, first.explanation) == (
        "a fixed scale",
        "The halves are divided by a number.",
    )
    assert [way.text for way in first.wrong_functions] == ["scale = 3 - 1", "scale = 7"]
    assert second.title == "upside down"


def test_a_section_of_the_same_title_adds_words_and_ways_to_a_family(written):
    (mistake,) = written(
        '## use scale(what="halves", number=1)\n    without upside down\n\n'
        "## a fixed scale\nIn my own words.\n    scale = 9\n"
    )
    assert mistake.explanation == "In my own words."
    assert [way.text for way in mistake.wrong_functions] == ["scale = 1", "scale = 7", "scale = 9"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## a\nx.\n    scale = (\n", r"line 12: .*The line is: scale = \("),
        ("## a\nx.\n    scalle = 3\n", "line 12: 'scalle = 3' edits nothing"),
        ("## a\nx.\n    @nowhere\n", "line 12: name 'nowhere' is not defined; .* in ways.py"),
        ("## a\nx.\n    other: scale = 3\n", "line 12: expected `alone` or the name of a recipe"),
        ("## a\nx.\n", "line 10: expected ways below the explanation of 'a'; got none"),
        ("## a\nx.\n    scale = 3\nmore\n", "line 13: expected another way, .*; got 'more'"),
        (
            "## a\nx.\n    scale = 3\n## a\ny.\n    scale = 4\n",
            "line 13: expected a title of its own; 'a' stands already in .*, line 10",
        ),
        ("## use rounding\n", "line 10: rounding has no "),
        ("## use scale\n", "line 10: scale has no what"),
        (
            '## use scale(what="x", number=1)\n    without a\n',
            "line 10: scale has no mistake .*'a'",
        ),
    ],
)
def test_a_fault_in_a_file_names_its_line(written, text, words):
    with pytest.raises(MistakeFileError, match=rf"halves/mistakes.md, {words}"):
        written(text)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("    def halves(x):\n        return x +\n", "line 2: invalid syntax"),
        (
            "\n    def halves(x):\n        y = x\n",
            "line 2: expected a recipe that ends in `return`",
        ),
    ],
)
def test_a_fault_in_the_recipe_names_its_line(written, recipe, words):
    with pytest.raises(MistakeFileError, match=rf"halves/mistakes.md, {words}"):
        written("\n## a\nx.\n    scale = 3\n", recipe=recipe)
