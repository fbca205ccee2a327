"""Colours that stay apart for everybody, and text that stays readable on them."""

from typing import Any

from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

# Okabe and Ito (2008), without the yellow that no line shows on white.
BLUE, ORANGE, GREEN, PURPLE, RED, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
)
GREY = "#6b6b6b"

# Colour, marker and dashes of one curve after the other: never colour alone.
LINES: tuple[tuple[str, str, Any], ...] = (
    (BLUE, "o", "-"),
    (RED, "s", "--"),
    (GREEN, "^", "-."),
    (ORANGE, "D", ":"),
    (PURPLE, "v", (0, (6, 2))),
    (SKY, "P", (0, (3, 1, 1, 1))),
)

# A token may hold dollar signs, and is no formula then.
AS_WRITTEN: dict[str, Any] = {"parse_math": False}


def ink_on(colour: object) -> str:
    """Return black or white, whichever has the greater contrast on a colour (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]  # type: ignore[arg-type]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if luminance > 0.179 else "white"


def hatched(corner: tuple[float, float]) -> Rectangle:
    """Return a hatched cell: something that may not be attended to."""
    return Rectangle(corner, 1, 1, hatch="////", facecolor="#dddddd", edgecolor=GREY, linewidth=0)
