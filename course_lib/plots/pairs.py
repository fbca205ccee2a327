"""Which pairs of a query and a key are compared, and by which branch: a panel a head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from course_lib.errors import MaskError, TokenError
from course_lib.plots.colors import AS_WRITTEN, BLUE, GREEN, GREY, ORANGE, RED, ink_on
from course_lib.plots.display import Display
from course_lib.plots.reading import flags_of, words_of

_SIDE = 3.3  # inches a panel
_MOST_LABELS = 20  # beyond that neither tokens nor the numbers in the cells can be read
_LETTER, _LINE = 4.5, 8.3  # points that a digit of size 7 is wide, and a line of them high
_COLOURS = (BLUE, ORANGE, GREEN, RED)


@dataclass(frozen=True)
class PairsDisplay(Display):
    """A panel a head; each cell tells which branches see the pair, by colour and by number.

    Parameters
    ----------
    seen : (n_panels, n_branches, n_queries, n_keys), bool
    panels : what to call each panel
    branches : what to call each branch; they are numbered from 1
    tokens : the tokens beside the rows and above the columns; positions if left
    """

    seen: np.ndarray
    panels: tuple[str, ...]
    branches: tuple[str, ...]
    tokens: tuple[str, ...]
    title: str = ""

    @classmethod
    def from_masks(
        cls,
        masks: Mapping[str, Mapping[str, ArrayLike]],
        *,
        tokens: Sequence[str] | None = None,
        title: str = "",
    ) -> "PairsDisplay":
        """Take for each panel, by name, the mask of each branch, by name; True = may attend.

        Raises
        ------
        MaskError
            If a mask is not bool, or they differ in shape or in their branches.
        TokenError
            If there is not one token a position.
        """
        branches = tuple(next(iter(masks.values())))
        found = [[flags_of(panel[name]) for name in branches] for panel in masks.values()]
        shapes = {mask.shape for panel in found for mask in panel}
        kinds = {mask.dtype for panel in found for mask in panel}
        if len(shapes) > 1 or kinds != {np.dtype(bool)} or len(next(iter(shapes))) != 2:
            raise MaskError(
                "expected bool masks (seq_len, seq_len), True = may attend, of one shape; got "
                f"{', '.join(sorted(map(str, kinds)))} of {', '.join(sorted(map(str, shapes)))}. "
                "Each panel needs a mask for each branch."
            )
        seen = np.array(found)
        labels = tuple(map(str, range(seen.shape[-1]))) if tokens is None else words_of(tokens)
        if len(labels) != seen.shape[-1]:
            raise TokenError(
                f"expected {seen.shape[-1]} tokens, one a position; got {len(labels)}. "
                "Leave them out to number the positions."
            )
        return cls(seen, tuple(masks), branches, labels, title)

    @property
    def coverage(self) -> np.ndarray:
        """Which part of all pairs each panel sees: (n_panels,)."""
        return self.seen.any(axis=1).mean(axis=(1, 2))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw all panels on one pair of axes, side by side."""
        ax = self._axes(ax, (_SIDE * len(self.panels) + 0.4, _SIDE + 0.9))
        ax.set_axis_off()
        columns = min(
            len(self.branches), 2 * len(self.panels)
        )  # of a legend no wider than they are
        ax.set_title(self.title, pad=6 + 16 * -(-len(self.branches) // columns))
        width = 1 / len(self.panels)
        for i, seen in enumerate(self.seen):
            place = ax.inset_axes((i * width + 0.14 * width, 0.0, 0.84 * width, 0.86))
            self._draw(place, seen, i)
        handles = [
            Patch(facecolor=colour, label=f"{number}: {name}")
            for number, (name, colour) in enumerate(
                zip(self.branches, _COLOURS, strict=False), start=1
            )
        ]
        ax.legend(
            handles=handles,
            ncols=columns,
            frameon=False,
            loc="lower center",
            bbox_to_anchor=(0.5, 0.97),
        )
        return ax

    def _draw(self, place: Axes, seen: np.ndarray, i: int) -> None:
        first = np.where(seen.any(axis=0), seen.argmax(axis=0) + 1, 0)
        colours = ListedColormap(["white", *_COLOURS[: len(seen)]])
        place.imshow(first, cmap=colours, vmin=0, vmax=len(seen), aspect="auto")
        place.set_title(f"{self.panels[i]}: {self.coverage[i]:.0%} of all pairs", fontsize=9)
        place.set_xlabel("key")
        if i == 0:
            place.set_ylabel("query")
        if len(self.tokens) > _MOST_LABELS:
            return
        at = range(len(self.tokens))
        place.set_xticks(at, self.tokens, rotation=90, fontsize=8, **AS_WRITTEN)
        place.set_yticks(at, self.tokens if i == 0 else [""] * len(at), fontsize=8, **AS_WRITTEN)
        place.set_xticks(np.arange(len(at) - 1) + 0.5, minor=True)
        place.set_yticks(np.arange(len(at) - 1) + 0.5, minor=True)
        place.grid(which="minor", color=GREY, linewidth=0.3)
        place.tick_params(which="minor", length=0)
        for row, column in np.argwhere(first > 0):
            numbers = [str(b + 1) for b in np.flatnonzero(seen[:, row, column])]
            written = _fitting(numbers, room=_SIDE * 0.84 * 72 / len(at))
            ink = ink_on(to_rgb(_COLOURS[first[row, column] - 1]))
            place.text(column, row, written, ha="center", va="center", color=ink, fontsize=7)

    def describe(self) -> str:
        """Say which part of all pairs each panel sees, and through which branches."""
        parts = []
        for name, seen, share in zip(self.panels, self.seen, self.coverage, strict=True):
            by_branch = ", ".join(
                f"{branch} sees {mask.sum()}"
                for branch, mask in zip(self.branches, seen, strict=True)
            )
            parts.append(f"{name}: {share:.0%} of all pairs ({by_branch})")
        return (
            f"{self.title or 'Pairs'}. Queries are rows, keys are columns; cells that no branch "
            f"sees are white. {'; '.join(parts)}."
        )


def _fitting(numbers: list[str], *, room: float) -> str:
    """Join the numbers of branches; where a cell (points wide) has no room, "1+": and others."""
    a_line = max(1, int((room / _LETTER + 1) / 2))
    lines = ["+".join(numbers[i : i + a_line]) for i in range(0, len(numbers), a_line)]
    fits = len(lines) * _LINE <= room
    return "\n".join(lines) if fits else f"{numbers[0]}+"
