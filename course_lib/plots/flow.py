"""How a word reaches another: along a chain of states, or directly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from matplotlib.axes import Axes

from course_lib.errors import ShapeError
from course_lib.plots.colors import AS_WRITTEN, BLUE, GREY, RED
from course_lib.plots.display import Display

WORDS, RESULTS = 0.0, 1.6  # heights of the two rows of boxes
_EDGE = 0.24  # from a box's middle to where an arrow touches it

Point = tuple[float, float]
Arrow = tuple[Point, Point]


@dataclass(frozen=True)
class FlowDisplay(Display):
    """A recurrent reader above, attention below; the way from one word to another is thick.

    Parameters
    ----------
    tokens : the words, in order
    start, goal : positions of the word that is followed, and of the result that it should reach
    """

    tokens: tuple[str, ...]
    start: int
    goal: int
    title: str = ""
    size: ClassVar[tuple[float, float]] = (8.0, 4.6)

    @classmethod
    def from_tokens(
        cls, tokens: Sequence[str], *, start: int, goal: int, title: str = ""
    ) -> "FlowDisplay":
        """Take a sentence and two of its positions.

        Raises
        ------
        ShapeError
            If the way does not lead from an earlier position to a later one.
        """
        if not 0 <= start < goal < len(tokens):
            raise ShapeError(
                f"expected positions with 0 <= start < goal < {len(tokens)}; got start={start}, "
                f"goal={goal}. Which word comes first?"
            )
        return cls(tuple(tokens), start, goal, title)

    @property
    def chain(self) -> list[Arrow]:
        """Every word into its own state, and every state into the next."""
        places = range(len(self.tokens))
        up: list[Arrow] = [((t, WORDS), (t, RESULTS)) for t in places]
        return up + [((t, RESULTS), (t + 1, RESULTS)) for t in places[:-1]]

    @property
    def all_to_all(self) -> list[Arrow]:
        """Every word into every output."""
        places = range(len(self.tokens))
        return [((i, WORDS), (j, RESULTS)) for i in places for j in places]

    @property
    def chain_way(self) -> list[Arrow]:
        """The arrows of the chain that lead from the start to the goal."""
        first: Arrow = ((self.start, WORDS), (self.start, RESULTS))
        on: list[Arrow] = [((t, RESULTS), (t + 1, RESULTS)) for t in range(self.start, self.goal)]
        return [first, *on]

    @property
    def direct_way(self) -> list[Arrow]:
        """The one arrow of attention from the start to the goal."""
        return [((self.start, WORDS), (self.goal, RESULTS))]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both readers on one pair of axes, one above the other."""
        ax = self._axes(ax)
        ax.set_axis_off()
        ax.set_title(self.title)
        above, below = (ax.inset_axes((0, y, 1, 0.46)) for y in (0.52, 0.0))
        self._draw(above, "recurrent: states", self.chain, self.chain_way)
        self._draw(below, "attention: outputs", self.all_to_all, self.direct_way)
        return ax

    def _draw(self, place: Axes, name: str, arrows: list[Arrow], way: list[Arrow]) -> None:
        place.set(xlim=(-0.7, len(self.tokens) - 0.3), ylim=(-0.5, 2.5))
        place.set_axis_off()
        crowded = len(arrows) > 3 * len(self.tokens)
        for arrow in arrows:
            _arrow(place, arrow, color=GREY, lw=0.8, alpha=0.3 if crowded else 0.9)
        for arrow in way:
            _arrow(place, arrow, color=RED, lw=2.4)
        for t, token in enumerate(self.tokens):
            box: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9}
            place.text(t, WORDS, token, **box, **AS_WRITTEN, bbox=_box(GREY))
            place.text(
                t, RESULTS, f"${'h' if not crowded else 'y'}_{{{t}}}$", **box, bbox=_box(BLUE)
            )
        place.text(-0.5, 2.25, name, ha="left", va="center", fontsize=10, fontweight="bold")

    def describe(self) -> str:
        """Say what is joined with what, and how long the thick way is."""
        start, goal = self.tokens[self.start], self.tokens[self.goal]
        return (
            f"{self.title or 'A chain, and all to all'}. Above, a recurrent reader: each of the "
            f"{len(self.tokens)} words goes into its own state, and each state into the next. The "
            f"way from {start} to the state at {goal} leads through {self.goal - self.start + 1} "
            f"states. Below, attention: every word goes into every output, {len(self.all_to_all)} "
            f"arrows. The way from {start} to the output at {goal} is one arrow."
        )


def _arrow(place: Axes, arrow: Arrow, **style: Any) -> None:
    (x, y), (to_x, to_y) = arrow
    flat = y == to_y
    begin, end = ((x + _EDGE, y), (to_x - _EDGE, y)) if flat else ((x, y + 0.3), (to_x, to_y - 0.3))
    place.annotate(
        "", end, begin, arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0, **style}
    )


def _box(edge: str) -> dict[str, Any]:
    return {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": edge}
