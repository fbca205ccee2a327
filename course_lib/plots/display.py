"""What every picture of the course shares: one way to draw, to describe and to show."""

from abc import ABC, abstractmethod
from base64 import b64encode
from html import escape
from io import BytesIO
from typing import Any, ClassVar

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DPI = 100


class Display(ABC):
    """A picture of data that were computed elsewhere.

    ``plot(ax=None)`` draws, ``describe()`` says in words what is to be seen. In a notebook the
    picture appears with the description as its alt text; where pictures cannot be shown, the
    description stands alone. It is drawn with matplotlib's own settings, whatever a matplotlibrc
    or a style says: large letters would lie over each other, and on a dark style all is white.
    """

    size: ClassVar[tuple[float, float]] = (6.4, 4.0)  # inches

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "plot" in vars(cls):
            cls.plot = style.context("default")(cls.plot)  # type: ignore[method-assign]

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw on ``ax``, or on a figure of its own."""

    @abstractmethod
    def describe(self) -> str:
        """Say in words what the picture shows."""

    @style.context("default")  # what is drawn only when it is saved, such as ticks
    def as_html(self) -> str:
        """Return the still picture as HTML with its alt text."""
        figure = self.plot().figure.figure
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
        data = b64encode(stream.getvalue()).decode()
        alt = escape(self.describe(), quote=True)
        css = "max-width: 100%; background: white; border-radius: 4px"
        image = f'<img alt="{alt}" style="{css}" src="data:image/png;base64,{data}">'
        return f'<figure style="margin: 0">{image}</figure>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.describe(), "text/html": self.as_html()}

    def _axes(self, ax: Axes | None, size: tuple[float, float] | None = None) -> Axes:
        """Return the given axes, or those of a new figure."""
        if ax is not None:
            return ax
        figure = Figure(figsize=size or self.size, layout="constrained", facecolor="white")
        return figure.subplots()
