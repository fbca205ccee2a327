import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.errors import TokenError
from course_lib.seeing import BarsDisplay

TOKENS = ("the", "cat", "sat")
CASES = {"cold": [0.1, 0.7, 0.2], "hot": [0.3, 0.4, 0.3]}


@pytest.fixture
def display() -> BarsDisplay:
    return BarsDisplay.from_rows(CASES, TOKENS, quantity="weight", title="Two temperatures")


def test_the_bars_are_as_tall_as_the_numbers(display):
    heights = [[bar.get_height() for bar in group] for group in display.plot().containers]
    np.testing.assert_allclose(heights, list(CASES.values()))


def test_every_token_and_every_case_has_its_label(display):
    ax = display.plot()
    assert tuple(tick.get_text() for tick in ax.get_xticklabels()) == TOKENS
    assert {text.get_text() for text in ax.get_legend().get_texts()} == set(CASES)
    assert ax.get_ylabel() == "weight"


def test_cases_differ_in_more_than_colour(display):
    assert len({group.patches[0].get_hatch() for group in display.plot().containers}) == 2


def test_it_draws_on_the_axes_it_is_given(display):
    ax = Figure().subplots()
    assert display.plot(ax) is ax


def test_the_description_names_the_tallest_bar_first(display):
    assert "cold: cat 0.70, sat 0.20, the 0.10" in display.describe()


def test_a_row_that_does_not_fit_its_tokens_is_refused():
    with pytest.raises(TokenError, match=r"one number a token for 'cold', 3 in all.*\(2,\)"):
        BarsDisplay.from_rows({"cold": [0.5, 0.5]}, TOKENS)
