"""What tests of plots ask for."""

import pytest
from drawing import contrast, is_drawn, lists_are_arrays_too  # noqa: F401  fixtures
from matplotlib.axes import Axes
from matplotlib.figure import Figure


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()
