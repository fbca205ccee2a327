"""Draw formulas as pictures that take the size and the colour of the text around them."""

import html
import re

from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path

_LETTERS = FontProperties(math_fontfamily="stix", size=110)  # a hundredth of an em is a unit
_ALSO_CALLED = {r"\le": r"\leq", r"\ge": r"\geq", r"\ne": r"\neq"}  # what mathtext does not know
_STEPS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}


def as_svg(tex: str) -> str:
    r"""Draw a formula of TeX as SVG, which needs neither letters nor a script in the browser.

    Raises
    ------
    ValueError
        If it says something that matplotlib's mathtext does not know.

    Examples
    --------
    >>> as_svg(r"q \cdot k")[:40]
    '<svg class="formula" role="img" aria-lab'
    """
    known = re.sub(r"\\(?:le|ge|ne)(?![A-Za-z])", lambda found: _ALSO_CALLED[found[0]], tex)
    known = re.sub(r"\s+", " ", known).strip()
    width, height, depth = text_to_path.get_text_width_height_descent(
        f"${known}$", _LETTERS, ismath=True
    )
    drawn = TextPath((0, 0), f"${known}$", prop=_LETTERS)
    return (
        f'<svg class="formula" role="img" aria-label="{html.escape(tex)}" '
        f'viewBox="0 {depth - height:.0f} {width:.0f} {height:.0f}" '
        f'style="width: {width / 100:.2f}em; height: {height / 100:.2f}em; '
        f'vertical-align: {-depth / 100:.2f}em">'
        f'<path transform="scale(1 -1)" fill="currentColor" d="{_steps(drawn)}"/></svg>'
    )


def _steps(drawn: Path) -> str:
    steps = []
    for points, code in drawn.iter_segments():
        numbers = " ".join(f"{value:.1f}" for value in points)
        steps.append(f"{_STEPS[code]}{numbers}" if code in _STEPS else "Z")
    return "".join(steps)
