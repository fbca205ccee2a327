import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib.errors import MaskError, TokenError
from course_lib.plots.pairs import PairsDisplay

NEAR = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
FAR = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]], dtype=bool)
TOKENS = ("the", "cat", "$at$")


@pytest.fixture
def display() -> PairsDisplay:
    masks = {"head 0": {"near": NEAR, "far": FAR}, "head 1": {"near": NEAR, "far": FAR & NEAR}}
    return PairsDisplay.from_masks(masks, tokens=TOKENS)


def test_a_cell_has_the_colour_of_the_first_branch_that_sees_it(display):
    first, second = (panel.images[0].get_array() for panel in display.plot().child_axes)
    np.testing.assert_array_equal(first, [[1, 1, 2], [1, 1, 0], [2, 0, 1]])
    np.testing.assert_array_equal(second, NEAR)


def test_every_branch_that_sees_a_pair_is_written_in_its_cell(display):
    panel = display.plot().child_axes[0]
    written = {
        (text.get_position()[1], text.get_position()[0]): text.get_text() for text in panel.texts
    }
    assert written[0, 0] == "1+2"
    assert written[0, 2] == "2"
    assert (1, 2) not in written


def test_coverage_counts_each_pair_once(display):
    np.testing.assert_allclose(display.coverage, [7 / 9, 5 / 9])


def test_the_description_counts_what_each_branch_sees(display):
    said = display.describe()
    assert "head 0: 78% of all pairs (near sees 5, far sees 4)" in said
    assert "head 1: 56% of all pairs (near sees 5, far sees 2)" in said


def test_positions_stand_where_no_tokens_are_given():
    panel = PairsDisplay.from_masks({"one": {"near": NEAR}}).plot().child_axes[0]
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["0", "1", "2"]


def test_a_long_text_is_drawn_without_labels_in_it():
    panel = PairsDisplay.from_masks({"one": {"near": np.eye(50, dtype=bool)}}).plot().child_axes[0]
    assert not panel.texts


def test_it_draws_on_the_axes_it_is_given(display):
    ax = Figure().subplots()
    assert display.plot(ax) is ax


@pytest.mark.parametrize("mask", [NEAR.astype(float), np.ones((2, 2), dtype=bool)])
def test_masks_that_are_not_bool_or_do_not_match_are_refused(mask):
    with pytest.raises(MaskError, match=r"bool masks.*of one shape"):
        PairsDisplay.from_masks({"one": {"near": NEAR, "far": mask}})


def test_a_missing_token_is_noticed():
    with pytest.raises(TokenError, match="3 tokens, one a position; got 1"):
        PairsDisplay.from_masks({"one": {"near": NEAR}}, tokens=("the",))


@pytest.mark.parametrize(("seq_len", "written"), [(3, "1+2+3+4"), (12, "1+2\n3+4"), (20, "1+")])
def test_numbers_that_do_not_fit_into_a_cell_take_two_lines_or_are_cut_short(seq_len, written):
    branches = {name: np.eye(seq_len, dtype=bool) for name in "abcd"}
    panel = PairsDisplay.from_masks({"one": branches}).plot().child_axes[0]
    assert {text.get_text() for text in panel.texts} == {written}


@pytest.mark.parametrize("seq_len", [8, 11, 12, 16, 20])
@pytest.mark.parametrize("n_branches", [2, 3, 4])
def test_no_number_reaches_beyond_its_cell(seq_len, n_branches):
    branches = {str(i): np.eye(seq_len, dtype=bool) for i in range(n_branches)}
    panel = PairsDisplay.from_masks({"one": branches}).plot().child_axes[0]
    canvas = FigureCanvasAgg(panel.figure)
    canvas.draw()
    room = panel.get_window_extent(canvas.get_renderer()).width / seq_len
    for text in panel.texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert max(box.width, box.height) <= room + 2  # pixels
