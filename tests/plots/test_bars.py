from itertools import pairwise

import numpy as np
import pytest

from course_lib.errors import TokenError
from course_lib.plots import BarsDisplay

TOKENS = ("cat", "mat", "which")
CASES = {"before": [0.5, 0.25, 0.25], "after": [0.8, 0.15, 0.05]}


@pytest.fixture
def bars():
    return BarsDisplay.from_rows(CASES, TOKENS, title="Doubled")


def test_each_bar_is_as_tall_as_its_number(bars, is_drawn):
    groups = bars.plot().containers
    for group, row in zip(groups, CASES.values(), strict=True):
        np.testing.assert_allclose([bar.get_height() for bar in group], row)
    assert is_drawn(bars)


def test_bars_of_one_token_stand_around_its_name_and_do_not_overlap(bars):
    ax = bars.plot()
    assert [label.get_text() for label in ax.get_xticklabels()] == list(TOKENS)
    spans = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches)
    for (_, right), (left, _) in pairwise(spans):
        assert right <= left + 1e-9
    for place, token_bars in enumerate(zip(*ax.containers, strict=True)):
        centre = np.mean([bar.get_center()[0] for bar in token_bars])
        assert centre == pytest.approx(place)


def test_cases_differ_in_more_than_colour_and_have_a_legend(bars):
    ax = bars.plot()
    first, second = (group[0] for group in ax.containers)
    assert first.get_hatch() != second.get_hatch()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(CASES)
    assert ax.get_ylabel() == "weight"


def test_a_single_case_needs_no_legend():
    assert BarsDisplay.from_rows({"only": [1, 0, 0]}, TOKENS).plot().get_legend() is None


def test_the_words_name_the_tallest_bars_of_each_case(bars):
    assert "before: cat 0.50, mat 0.25, which 0.25" in bars.describe()
    assert "after: cat 0.80, mat 0.15, which 0.05" in bars.describe()


def test_a_row_must_have_one_number_a_token():
    with pytest.raises(TokenError, match=r"'short', 3 in all; got shape \(2,\)"):
        BarsDisplay.from_rows({"short": [1, 0]}, TOKENS)
