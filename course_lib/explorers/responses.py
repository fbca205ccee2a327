"""What softmax makes of many queries' scores: as arrays, and as a picture that stands still."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes

from course_lib.plots.bars import BarsDisplay
from course_lib.plots.display import Display
from course_lib.plots.growth import GrowthDisplay

DEAF = 0.001  # a row whose weights respond less than this to a point of raw score
RESPONSES = 1e-5, 3.0  # the axis is the same for every choice, so that pictures can be compared

_MOST_NUMBERS = 16  # bars with a number on top
_CASES = {"without the scale": False, "divided by √d_head": True}


@dataclass(frozen=True)
class Responses:
    """Weights of many queries, and how they respond.

    Parameters
    ----------
    raw : (n_queries, n_keys), raw scores
    divisor : what they are divided by before softmax: the temperature, and √d_head with the scale
    """

    raw: np.ndarray
    divisor: float

    @property
    def weights(self) -> np.ndarray:
        """The share of each key: (n_queries, n_keys)."""
        scores = self.raw / self.divisor
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    @property
    def entropies(self) -> np.ndarray:
        """How evenly each query shares: 0 for one key with everything, ln n for n equal shares."""
        weights = self.weights
        return -(weights * np.log(np.where(weights > 0, weights, 1))).sum(axis=-1)

    @property
    def largest(self) -> np.ndarray:
        """By how much each query's most responsive weight moves, for a point of raw score.

        A weight a responds to its own score by a(1 − a), and to no other score by more.
        """
        weights = self.weights
        return (weights * (1 - weights)).max(axis=-1) / self.divisor

    @property
    def summary(self) -> dict[str, float]:
        """All rows together: means over the queries; of the responses, the one in the middle."""
        entropies, largest = self.entropies, self.largest
        return {
            "spread": float(self.raw.std() / self.divisor),
            "entropy": float(entropies.mean()),
            "keys": float(np.exp(entropies).mean()),
            "response": float(np.median(largest)),
            "deaf": float((largest < DEAF).mean()),
        }


def responses_of(
    queries: np.ndarray, keys: np.ndarray, *, d_head: int, temperature: float, scaled: bool
) -> Responses:
    """Let every query meet every key with the first ``d_head`` features."""
    divisor = temperature * (np.sqrt(d_head) if scaled else 1.0)
    return Responses(queries[:, :d_head] @ keys[:, :d_head].T, float(divisor))


def curve_sizes(n_features: int) -> list[int]:
    """Return the d_heads of the curves: powers of two, and all features there are."""
    return sorted({*(2**power for power in range(n_features.bit_length())), n_features})


@dataclass(frozen=True)
class SoftmaxDisplay(Display):
    """The weights of one query; beside them entropy and response of all, against d_head.

    Parameters
    ----------
    queries, keys : (n_queries, n_features) and (n_keys, n_features)
    d_head : how many features are used for the weights
    query : whose weights are drawn
    """

    queries: np.ndarray
    keys: np.ndarray
    d_head: int
    temperature: float
    scaled: bool
    query: int
    size: ClassVar[tuple[float, float]] = (9.6, 5.2)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the bars on the left and the curves on the right."""
        ax = self._axes(ax)
        ax.set_axis_off()
        self._draw_bars(ax.inset_axes((0.05, 0.08, 0.43, 0.86)))
        for place, curves in zip((0.58, 0.06), self._curves(), strict=True):
            curves.plot(panel := ax.inset_axes((0.58, place, 0.42, 0.37)))
            panel.axvline(self.d_head, color="black", linewidth=0.8, linestyle=":")
            panel.set_title(curves.title, fontsize=10)
        panel.set(yscale="log", ylim=RESPONSES)
        panel.yaxis.set_major_formatter("{x:g}")
        return ax

    def _draw_bars(self, panel: Axes) -> None:
        self._bars().plot(panel)
        n_keys = len(self.keys)
        panel.set_xticks(range(0, n_keys, 1 if n_keys <= _MOST_NUMBERS else 16))
        panel.set_xticklabels([f"{place:g}" for place in panel.get_xticks()])
        panel.set(xlabel="key", ylim=(0, 1))
        panel.set_title(panel.get_title(), fontsize=10)
        if n_keys <= _MOST_NUMBERS:
            panel.bar_label(panel.containers[0], fmt="%.2f", fontsize=7)  # type: ignore[arg-type]

    def describe(self) -> str:
        """Say what the weights are, how far the scores spread, and how the curves go."""
        weights = self._bars().describe()
        curves = " ".join(curves.describe() for curves in self._curves())
        spread, root = self._responses().raw.std(), np.sqrt(self.d_head)
        return (
            f"{weights} The spread of all {self._responses().raw.size} raw scores is {spread:.2f}; "
            f"√{self.d_head} is {root:.2f}. {curves}"
        )

    def _responses(self) -> Responses:
        return self._at(self.d_head, scaled=self.scaled)

    def _at(self, d_head: int, *, scaled: bool) -> Responses:
        return responses_of(
            self.queries, self.keys, d_head=d_head, temperature=self.temperature, scaled=scaled
        )

    def _bars(self) -> BarsDisplay:
        names = [f"key {key}" for key in range(len(self.keys))]
        how = "divided by √d_head" if self.scaled else "without the scale"
        title = f"query {self.query}: d_head {self.d_head}, temperature {self.temperature:g}, {how}"
        row = self._responses().weights[self.query]
        return BarsDisplay.from_rows({"largest": row}, names, quantity="weight", title=title)

    def _curves(self) -> tuple[GrowthDisplay, GrowthDisplay]:
        sizes = curve_sizes(self.keys.shape[1])
        found = {
            label: [self._at(size, scaled=scaled).summary for size in sizes]
            for label, scaled in _CASES.items()
        }
        even = {f"equal shares, ln {len(self.keys)}": [np.log(len(self.keys))] * len(sizes)}
        return (
            self._against(sizes, found, "entropy", "Mean entropy", even),
            self._against(sizes, found, "response", "Largest response, median of the queries", {}),
        )

    def _against(
        self,
        sizes: list[int],
        found: dict[str, list[dict[str, float]]],
        quantity: str,
        title: str,
        expected: dict[str, list[float]],
    ) -> GrowthDisplay:
        drawn = {name: [summary[quantity] for summary in row] for name, row in found.items()}
        axes = ("d_head (features)", quantity)
        return GrowthDisplay.from_curves(
            sizes, drawn, axes=axes, expected=expected, title=title, log="x"
        )
