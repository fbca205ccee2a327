import pytest
from matplotlib.figure import Figure

from course_lib.errors import ShapeError
from course_lib.plots import FlowDisplay

TOKENS = ("the", "cat", "sat", "$on$")


@pytest.fixture
def display() -> FlowDisplay:
    return FlowDisplay.from_tokens(TOKENS, start=0, goal=2, title="Two ways")


def test_a_chain_leads_from_state_to_state_and_attention_from_every_word(display):
    assert len(display.chain) == 4 + 3
    assert len(display.all_to_all) == 4 * 4


def test_the_way_is_made_of_arrows_that_are_there(display):
    assert set(display.chain_way) <= set(display.chain)
    assert set(display.direct_way) <= set(display.all_to_all)
    assert (len(display.chain_way), len(display.direct_way)) == (3, 1)


def test_every_way_joins_on_to_itself(display):
    way = display.chain_way
    assert [end for _, end in way[:-1]] == [begin for begin, _ in way[1:]]


def test_every_arrow_and_every_word_is_drawn(display, is_drawn):
    above, below = display.plot().child_axes
    for place, arrows, way in (
        (above, display.chain, display.chain_way),
        (below, display.all_to_all, display.direct_way),
    ):
        texts = [text.get_text() for text in place.texts]
        assert set(TOKENS) <= set(texts)
        assert texts.count("") == len(arrows) + len(way)
    assert is_drawn(display)


def test_it_describes_both_ways(display):
    said = display.describe()
    assert "from the to the state at sat leads through 3 states" in said
    assert "from the to the output at sat is one arrow" in said


def test_it_draws_on_the_axes_it_is_given(display, ax):
    assert display.plot(ax) is ax
    assert isinstance(ax.figure, Figure)


@pytest.mark.parametrize(("start", "goal"), [(2, 0), (1, 1), (0, 4), (-1, 2)])
def test_a_way_that_does_not_lead_onwards_is_refused(start, goal):
    with pytest.raises(ShapeError, match=f"goal < 4; got start={start}, goal={goal}.*first"):
        FlowDisplay.from_tokens(TOKENS, start=start, goal=goal)
