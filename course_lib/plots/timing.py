"""Every single time of callables that took turns, so that their spread is seen, too."""

from dataclasses import dataclass
from itertools import cycle
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes

from course_lib.measuring.rounds import Rounds
from course_lib.plots.colors import GREY, LINES
from course_lib.plots.display import Display


@dataclass(frozen=True)
class TimingDisplay(Display):
    """A row of dots a callable, one a round; a tick at the minimum, the ratio at the edge.

    Parameters
    ----------
    rounds : what `time_in_rounds` returned; the first callable is the measure of the others
    """

    rounds: Rounds
    title: str = ""
    size: ClassVar[tuple[float, float]] = (7.6, 1.2)

    @classmethod
    def from_rounds(cls, rounds: Rounds, *, title: str = "") -> "TimingDisplay":
        """Take the times of callables that took turns."""
        return cls(rounds, title)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each time as a dot on a logarithmic axis, the first callable on top."""
        width, height = self.size
        ax = self._axes(ax, (width, height + 0.45 * len(self.rounds.timings)))
        names = [timing.name for timing in self.rounds.timings]
        for place, (timing, (colour, marker, _)) in enumerate(
            zip(self.rounds.timings, cycle(LINES), strict=False)
        ):
            dots = 1000 * np.array(timing.seconds)
            ax.plot(dots, np.full(len(dots), place), marker, color=colour, alpha=0.6)
            ax.plot(timing.minimum_ms, place, "|", color="black", markersize=18)
            said = f"× {self.rounds.ratio(timing.name):.3g}"
            ax.annotate(said, (1.01, place), xycoords=("axes fraction", "data"), va="center")
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:,g}")
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.set(xlabel="time of one call (ms); a dot a round, | the minimum", title=self.title)
        ax.grid(visible=True, axis="x", linewidth=0.3, color=GREY)
        return ax

    def describe(self) -> str:
        """Say of each callable the least, the usual and the longest time."""
        parts = [
            f"{timing.name} {timing.minimum_ms:.3g} to {1000 * max(timing.seconds):.3g} ms, "
            f"median {timing.median_ms:.3g}, {self.rounds.ratio(timing.name):.3g} times the first"
            for timing in self.rounds.timings
        ]
        n_rounds = len(self.rounds.timings[0].seconds)
        return f"{self.title or 'Times'}, {n_rounds} rounds: {'; '.join(parts)}."
