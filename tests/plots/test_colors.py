import numpy as np
import pytest
from matplotlib import colormaps

from course_lib.plots import colors


def test_black_on_white_has_the_greatest_contrast_there_is(contrast):
    assert contrast("black", "white") == pytest.approx(21)


@pytest.mark.parametrize("name", ["viridis", "RdBu_r"])
def test_numbers_can_be_read_on_every_colour_of_a_scale(name, contrast):
    for colour in colormaps[name](np.linspace(0, 1, 256)):
        assert contrast(colors.ink_on(colour), colour) >= 4.5


def test_the_ink_is_the_better_one_of_the_two(rng, contrast):
    for colour in rng.random((200, 3)):
        better = max(("black", "white"), key=lambda candidate: contrast(candidate, colour))
        assert contrast(colors.ink_on(colour), colour) >= contrast(better, colour) - 0.1


def test_lines_are_seen_on_white_and_their_colours_differ(contrast):
    colours = (
        colors.BLUE,
        colors.GREEN,
        colors.RED,
        colors.PURPLE,
        colors.ORANGE,
        colors.SKY,
        colors.GREY,
    )
    assert len(set(colours)) == len(colours)
    assert all(contrast(colour, "white") >= 2 for colour in colours)
    assert contrast(colors.GREY, "white") >= 4.5


def test_a_hatched_cell_is_hatched_and_one_cell_large():
    cell = colors.hatched((1.5, 2.5))
    assert cell.get_hatch()
    assert (cell.get_xy(), cell.get_width(), cell.get_height()) == ((1.5, 2.5), 1, 1)
