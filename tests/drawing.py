"""Fixtures that tests of plots and of explorers share."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure


def pixels_of(figure: Figure) -> np.ndarray:
    """Draw a figure and return its pixels: (height, width, 4), 0 to 255."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@pytest.fixture(autouse=True)
def lists_are_arrays_too(shapes_unchecked) -> None:
    """Let lists of numbers in: to beartype an int is no number of NumPy's ArrayLike."""


@pytest.fixture
def is_drawn():
    """Tell whether a picture shows more than its background."""

    def look(display) -> bool:
        pixels = pixels_of(display.plot().figure)
        return len(np.unique(pixels.reshape(-1, 4), axis=0)) > 10

    return look


@pytest.fixture
def contrast():
    """Compute the contrast of two colours as WCAG 2 defines it: 1 to 21."""

    def luminance(colour) -> float:
        channels = np.array(to_rgb(colour))
        low = channels <= 0.04045
        linear = np.where(low, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    def between(one, other) -> float:
        dark, light = sorted((luminance(one), luminance(other)))
        return (light + 0.05) / (dark + 0.05)

    return between
