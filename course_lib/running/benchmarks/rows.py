"""One line of the benchmark: a figure, what it was made from, and what it has to reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, inf, log10

from course_lib.measuring import Sweep

REACHED, MISSED = "reached", "missed"


@dataclass(frozen=True)
class Aim:
    """What a figure has to reach.

    Parameters
    ----------
    least, most : the figures that reach it
    bar : a greatest figure that is no longer the aim, and still allowed

    Examples
    --------
    >>> aim = Aim(most=1.05, bar=1.10)
    >>> print(aim, [aim.verdict(ratio) for ratio in (1.02, 1.07, 1.2)])
    ≤ 1.05, bar 1.10 ['reached', 'missed, within the bar', 'missed']
    >>> print(Aim(least=0.7), Aim(0.95, 1.10), sep="; ")
    ≥ 0.70; 0.95 to 1.10
    """

    least: float = -inf
    most: float = inf
    bar: float = -inf

    def verdict(self, value: float) -> str:
        """Say how a figure stands to the aim."""
        if self.least <= value <= self.most:
            return REACHED
        return f"{MISSED}, within the bar" if self.most < value <= self.bar else MISSED

    def __str__(self) -> str:
        bar = f", bar {self.bar:.2f}" if self.bar > self.most else ""
        if self.least == -inf:
            return f"≤ {self.most:.2f}{bar}"
        return f"≥ {self.least:.2f}" if self.most == inf else f"{self.least:.2f} to {self.most:.2f}"


@dataclass(frozen=True)
class Row:
    """A figure of the benchmark.

    Parameters
    ----------
    what : what is measured
    words : at which length, or lengths
    value : the figure
    aim : what it has to reach
    parts : by name, what it was made from
    unit : of the parts
    """

    what: str
    words: str
    value: float
    aim: Aim
    parts: Mapping[str, float]
    unit: str

    @property
    def is_reached(self) -> bool:
        """Whether the aim is."""
        return self.aim.verdict(self.value) == REACHED

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as the table shows it."""
        made_from = " : ".join(_three_digits(part) for part in self.parts.values())
        verdict = self.aim.verdict(self.value)
        figures = f"{self.value:.3f}", str(self.aim), verdict, f"{made_from} {self.unit}"
        return self.what, self.words, *figures

    @property
    def record(self) -> dict[str, object]:
        """The line as the file keeps it."""
        return {
            "what": self.what,
            "words": self.words,
            "value": self.value,
            "aim": str(self.aim),
            "verdict": self.aim.verdict(self.value),
            "parts": dict(self.parts),
            "unit": self.unit,
        }


def compared(found: Sweep, ours: str, theirs: str, aim: Aim, *, what: str = "") -> Row:
    """Make the row of a paired ratio of times: ours over theirs, at the one length of a sweep."""
    (length,) = found.lengths
    return Row(
        what=what or f"{ours} / {theirs}",
        words=f"{length:,}",
        value=found.ratio(ours, theirs, length),
        aim=aim,
        parts={name: found.minimum_ms(name)[0] for name in (ours, theirs)},
        unit="ms",
    )


def _three_digits(number: float) -> str:
    return f"{number:,.{max(0, 2 - floor(log10(number)))}f}" if number > 0 else "0"
