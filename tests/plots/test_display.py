import base64
import re
from dataclasses import dataclass
from html import unescape
from io import BytesIO

import pytest
from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.image import imread
from matplotlib.pyplot import close, subplots

from course_lib.plots.display import DPI, Display


@dataclass(frozen=True)
class DotDisplay(Display):
    """A dot that says what it is."""

    words: str = "A dot."

    def plot(self, ax=None):
        ax = self._axes(ax)
        ax.plot([0.5], [0.5], "o")
        return ax

    def describe(self):
        return self.words


def picture_in(html):
    data = re.search(r'src="data:image/png;base64,([^"]+)"', html)[1]
    return imread(BytesIO(base64.b64decode(data)), format="png")


def test_a_display_without_a_picture_or_words_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        Display()


def test_in_a_notebook_the_picture_comes_with_the_same_words_twice():
    bundle = DotDisplay()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == "A dot."
    assert 'alt="A dot."' in bundle["text/html"]


def test_the_picture_is_as_large_as_it_says_and_not_blank():
    pixels = picture_in(DotDisplay().as_html())
    width, height = (inches * DPI for inches in DotDisplay.size)
    assert pixels.shape[:2] == (height, width)
    assert pixels.std() > 0


@pytest.fixture
def odd_settings():
    odd = {"font.size": 22, "font.family": "serif", "axes.titlesize": 40, "lines.markersize": 30}
    with rc_context({**odd, "text.usetex": True, "savefig.bbox": "tight"}):
        yield


def test_the_users_own_settings_change_no_picture(request):
    before = DotDisplay().as_html()
    request.getfixturevalue("odd_settings")
    assert DotDisplay().as_html() == before


def test_what_is_drawn_on_given_axes_has_the_same_settings(odd_settings):
    _, ax = subplots()
    DotDisplay().plot(ax)
    assert ax.lines[0].get_markersize() == rcParamsDefault["lines.markersize"]
    assert rcParams["lines.markersize"] == 30  # what the user draws stays as it was
    close(ax.figure)


def test_words_are_escaped_in_the_alt_text():
    words = "a \"quoted\" <token> & its 'friend'"
    html = DotDisplay(words).as_html()
    assert "<token>" not in html
    (alt,) = re.findall(r'alt="([^"]*)"', html)
    assert unescape(alt) == words


def test_the_same_data_give_the_same_bytes():
    assert DotDisplay().as_html() == DotDisplay().as_html()


def test_it_draws_on_the_axes_it_is_given(ax):
    assert DotDisplay().plot(ax) is ax
    assert len(ax.lines) == 1


def test_without_axes_each_plot_has_a_figure_of_its_own_on_white():
    first, second = DotDisplay().plot().figure, DotDisplay().plot().figure
    assert first is not second
    assert first.get_layout_engine() is not None
    assert first.get_facecolor() == (1, 1, 1, 1)


def test_a_display_on_given_axes_can_be_part_of_a_larger_figure(ax):
    figure = ax.figure
    DotDisplay().plot(ax)
    DotDisplay().plot(ax)
    assert figure.axes == [ax]
