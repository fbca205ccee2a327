"""One query on its way through attention, as arrays and as a table that stands still."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.plots.colors import AS_WRITTEN, GREY, SKY
from course_lib.plots.display import Display
from course_lib.plots.reading import numbers_of

_MOST_KEYS = 12  # rows that are drawn: the heaviest, in the order of the sentence
_MOST_NUMBERS = 6  # columns of products, and of weighted values, that are drawn


@dataclass(frozen=True)
class Steps:
    """The six stages of one query, each key a row.

    Parameters
    ----------
    products : (n_keys, d_head), the query times each key
    sums : (n_keys,), the raw scores
    scaled : (n_keys,), divided by √d_head; −∞ where the query may not attend
    exponentials : (n_keys,), exp of each score less the greatest
    weights : (n_keys,), all zero where the query may attend to nothing
    weighted : (n_keys, d_value), each value times its weight
    output : (d_value,)
    """

    query: np.ndarray
    products: np.ndarray
    sums: np.ndarray
    scaled: np.ndarray
    exponentials: np.ndarray
    weights: np.ndarray
    weighted: np.ndarray
    output: np.ndarray


def steps_of(query: np.ndarray, keys: np.ndarray, values: np.ndarray, allowed: np.ndarray) -> Steps:
    """Take one query through the six stages.

    Parameters
    ----------
    query : (d_head,)
    keys, values : a row a key
    allowed : (n_keys,), True = may attend
    """
    products = query * keys
    sums = products.sum(axis=1)
    scaled = np.where(allowed, sums / np.sqrt(len(query)), -np.inf)
    greatest = scaled.max() if allowed.any() else 0.0  # −∞ less −∞ would be nan
    exponentials = np.exp(scaled - greatest)
    weights = exponentials / (exponentials.sum() if allowed.any() else 1.0)
    weighted = weights[:, None] * values
    return Steps(
        query, products, sums, scaled, exponentials, weights, weighted, weighted.sum(axis=0)
    )


@dataclass(frozen=True)
class StepsDisplay(Display):
    """The stages side by side, a key a row; below them the sums, and among these the output.

    Parameters
    ----------
    steps : of the query
    tokens : the keys
    query : the position of the query among them
    features, messages : what the numbers of queries and keys, and of values, are called
    notes : sentences to add to the description
    """

    steps: Steps
    tokens: tuple[str, ...]
    query: int
    features: tuple[str, ...]
    messages: tuple[str, ...]
    notes: tuple[str, ...] = ()
    row_height: ClassVar[float] = 0.27  # inches

    @property
    def keys(self) -> np.ndarray:
        """The keys that are drawn: the heaviest ones, in the order of the sentence."""
        heaviest = np.argsort(-self.steps.weights, kind="stable")[:_MOST_KEYS]
        return np.sort(heaviest)

    def table(self) -> list[list[str]]:
        """Return what is written: names, the query, a row a key, and the sums."""
        s, shown, rows = self.steps, slice(_MOST_NUMBERS), self.keys
        block = np.vstack([s.query[shown], s.products[rows][:, shown]])
        query, *products = np.reshape(_written(block), block.shape).tolist()
        raw, scaled = _written(s.sums[rows]), _written([*s.scaled[rows], s.scaled.max()])
        n, m = len(query), len(s.output[shown])
        head = ["key", *self.features[shown], "raw", "scaled", "exp", "weight"]
        table = [[*head, *self.messages[shown]], ["query", *query, *[""] * (4 + m)]]
        for place, key in enumerate(rows):
            fine = _written([s.exponentials[key], s.weights[key], *s.weighted[key, shown]], 3)
            table += [[self.tokens[key], *products[place], raw[place], scaled[place], *fine]]
        sums = _written([s.exponentials.sum(), s.weights.sum(), *s.output[shown]], 3)
        return [*table, ["sum", *[""] * (n + 1), f"max {scaled[-1]}", *sums]]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the table; a bar behind each weight shows it again."""
        table = self.table()
        lengths = np.vectorize(len)(np.array(table, dtype=object)).max(axis=0)
        edges = np.cumsum([0.0, *np.maximum(0.62, 0.08 * lengths + 0.15)])  # inches
        n_rows = len(table)
        ax = self._axes(ax, (edges[-1] + 0.2, self.row_height * (n_rows + 2)))
        ax.set_axis_off()
        ax.set(xlim=(0, edges[-1]), ylim=(n_rows - 0.4, -1.6))
        ax.set_title(f"The query of {self.tokens[self.query]}, stage by stage", **AS_WRITTEN)
        self._name_stages(ax, edges)
        self._shade(ax, edges)
        for (row, column), text in np.ndenumerate(np.array(table, dtype=object)):
            style: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 8.5}
            if row == n_rows - 1:
                style["weight"] = "bold"
            if column == 0:
                ax.text(0.06, row, text, **{**style, "ha": "left"}, **AS_WRITTEN)
            else:
                ax.text(edges[column + 1] - 0.06, row, text, **style, **AS_WRITTEN)
        for line in (1.5, n_rows - 1.5):
            ax.axhline(line, color="black", linewidth=0.8)
        return ax

    def _name_stages(self, ax: Axes, edges: np.ndarray) -> None:
        width, more = len(self.steps.query[:_MOST_NUMBERS]), len(self.steps.output[:_MOST_NUMBERS])
        names = ("q × k", "sum", f"÷ √{len(self.steps.query)}", "softmax", "weight × value")
        first = 1
        for name, columns in zip(names, (width, 1, 1, 2, more), strict=True):
            left, right = edges[first], edges[first + columns]
            ax.axvline(left, color=GREY, linewidth=0.5)
            middle = (left + right) / 2
            ax.text(middle, -1, name, ha="center", va="center", fontsize=9, weight="bold")
            first += columns

    def _shade(self, ax: Axes, edges: np.ndarray) -> None:
        at = len(self.steps.query[:_MOST_NUMBERS]) + 2  # the column of scaled scores
        (scaled, weight), widths = edges[[at, at + 2]], np.diff(edges)
        hatching: Any = {"hatch": "////", "facecolor": "white", "edgecolor": "#d8d8d8"}
        for row, key in enumerate(self.keys, start=2):
            if self.steps.scaled[key] == -np.inf:
                ax.add_patch(Rectangle((scaled, row - 0.5), widths[at], 1, linewidth=0, **hatching))
            share = self.steps.weights[key] * widths[at + 2]
            ax.add_patch(Rectangle((weight, row - 0.42), share, 0.84, facecolor=SKY, alpha=0.5))

    def describe(self) -> str:
        """Name the heaviest keys with their numbers, and the output."""
        s, name = self.steps, self.tokens[self.query]
        parts = [f"The query of {name} at position {self.query}, stage by stage, a key a row."]
        if s.weights.any():
            heaviest = np.argsort(-s.weights, kind="stable")[:3]
            parts += [f"Heaviest keys: {'; '.join(map(self._key_in_words, heaviest))}."]
        else:
            parts += [f"{name} may attend to nothing, so its weights and its output are zeros."]
        n_masked, n_hidden = int((s.scaled == -np.inf).sum()), len(self.tokens) - len(self.keys)
        if n_masked:
            parts += [f"{n_masked} of {len(self.tokens)} keys may not be attended to."]
        if n_hidden:
            parts += [f"{n_hidden} lighter keys are not drawn, but are in the sums."]
        pairs = zip(self.messages[:_MOST_NUMBERS], _written(s.output, 3), strict=False)
        rest = ", …" if len(s.output) > _MOST_NUMBERS else ""
        listed = ", ".join(f"{message} {number}" for message, number in pairs)
        return " ".join([*parts, f"Output: {listed}{rest}.", *self.notes])

    def _key_in_words(self, key: int) -> str:
        s = self.steps
        (raw,), (scaled,) = _written([s.sums[key]]), _written([s.scaled[key]])
        (weight,) = _written([s.weights[key]], 3)
        return f"{self.tokens[key]}, raw score {raw}, scaled {scaled}, weight {weight}"


def _written(numbers: ArrayLike, digits: int | None = None) -> list[str]:
    """Write numbers with equal digits, none where all are whole; a minus as wide as a digit."""
    found = numbers_of(numbers)
    if digits is None:
        finite = found[np.isfinite(found)]
        digits = 0 if (finite == finite.round()).all() else 2
    texts = [f"{number:z.{digits}f}" if np.isfinite(number) else "-∞" for number in found.flat]
    return [text.replace("-", "−") for text in texts]
