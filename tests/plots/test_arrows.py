import numpy as np
import pytest

from course_lib.errors import ShapeError
from course_lib.plots import ArrowsDisplay

KEYS = {"cat": [2, 0], "mat": [0, 2], ",": [-1, -1]}


@pytest.fixture
def arrows():
    return ArrowsDisplay.from_vectors(("sat", [4, 3]), KEYS, axes=("animal", "place"))


def test_scores_are_dot_products(arrows):
    assert arrows.scores() == {"cat": 8, "mat": 6, ",": -7}


def test_each_arrow_ends_at_its_vector_and_says_its_score(arrows, is_drawn):
    ax = arrows.plot()
    labels = {text.get_text(): text.xy for text in ax.texts if text.get_text()}
    assert labels == {
        "cat 8": (2, 0),
        "mat 6": (0, 2),
        ", −7": (-1, -1),
        "query of sat": (4, 3),
    }
    arrow_tips = [text.xy for text in ax.texts if text.arrow_patch is not None]
    assert sorted(arrow_tips) == sorted(labels.values())
    assert is_drawn(arrows)


def test_every_point_of_a_dashed_line_has_the_score_of_its_key(arrows):
    ax = arrows.plot()
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    for line, score in zip(dashed, arrows.scores().values(), strict=True):
        np.testing.assert_allclose(line.get_xydata() @ [4, 3], score)


def test_a_query_without_direction_has_no_lines_of_equal_score(is_drawn):
    display = ArrowsDisplay.from_vectors(("cat", [0, 0]), KEYS, axes=("animal", "place"))
    assert not [line for line in display.plot().lines if line.get_linestyle() == "--"]
    assert "Dashed" not in display.describe()
    assert is_drawn(display)


def test_all_arrows_are_inside_the_picture_and_both_axes_have_one_scale(arrows):
    ax = arrows.plot()
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for x, y in [(4, 3), *KEYS.values(), (0, 0)]:
        assert left < x < right
        assert bottom < y < top
    assert ax.get_aspect() == 1
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("animal", "place")


def test_labels_can_be_read_on_white(arrows, contrast):
    for text in arrows.plot().texts:
        assert contrast(text.get_color(), "white") >= 4.5


def test_the_words_list_the_keys_from_the_highest_score_down(arrows):
    assert "cat 8, mat 6, , -7" in arrows.describe()
    assert "animal and place" in arrows.describe()


def test_it_draws_on_the_axes_it_is_given(arrows, ax):
    assert arrows.plot(ax) is ax


@pytest.mark.parametrize(("query", "keys"), [([1, 2, 3], KEYS), ([1, 2], {"cat": [1]})])
def test_a_vector_outside_the_plane_is_named(query, keys):
    with pytest.raises(ShapeError, match=r"two features for (sat|cat).*got shape \((3|1),\)"):
        ArrowsDisplay.from_vectors(("sat", query), keys, axes=("animal", "place"))
