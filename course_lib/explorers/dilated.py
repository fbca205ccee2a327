"""Dilated attention to move through: whom each query sees, and by which branch and head."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from course_lib.errors import ShapeError
from course_lib.explorers.chosen import (
    MOST_HEADS,
    Branch,
    check_between,
    checked_branches,
    checked_heads,
    tokens_of,
)
from course_lib.explorers.explorer import Explorer, source
from course_lib.plots.pairs import PairsDisplay

_MOST_TOKENS = 128  # to move through; more are drawn, and stand still


class DilatedExplorer(Explorer):
    """Segments with gaps, as a table of pairs: choose branches and heads, and point at a query.

    Parameters
    ----------
    branches : pairs (segment length, dilation), 1 to 4
    active : which of them are looked through
    heads : which of the ``n_heads`` heads are looked through
    query : the position that is pointed at
    is_causal : whether every query looks back only

    Notes
    -----
    All of these can be read, set, observed and linked, and follow what is done in the browser.
    """

    name: ClassVar[str] = "dilated"
    _css = source("shared.css") + source("dilated.css")

    tokens = traitlets.List(traitlets.Any()).tag(sync=True)
    branches = traitlets.List(traitlets.Any()).tag(sync=True)
    active = traitlets.List(traitlets.Any()).tag(sync=True)
    n_heads = traitlets.Int(4).tag(sync=True)
    heads = traitlets.List(traitlets.Any()).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)
    is_causal = traitlets.Bool(False).tag(sync=True)

    @classmethod
    def from_branches(
        cls,
        seq_len_or_tokens: int | Sequence[str] = 32,
        branches: Sequence[Branch] = ((4, 1), (8, 2), (16, 4), (32, 8)),
        *,
        n_heads: int = 4,
        head: int | None = None,
        query: int = 0,
        is_causal: bool = False,
    ) -> "DilatedExplorer":
        """Take the length of a sequence, or its tokens, and the branches to begin with.

        Parameters
        ----------
        branches : pairs (segment length, dilation)
        head : the one head to begin with; all of them if left

        Raises
        ------
        TokenError
            If there are no positions, or too many of them to be drawn.
        ShapeError
            If a branch is no pair of numbers from 1 on, or there is no such head or query.
        """
        tokens = tokens_of(seq_len_or_tokens)
        chosen = checked_branches(branches)
        check_between("n_heads", n_heads, 1, MOST_HEADS)
        heads = checked_heads(range(n_heads) if head is None else [head], n_heads)
        check_between("query", query, 0, len(tokens) - 1)
        return cls(
            tokens=tokens,
            branches=chosen,
            active=[True] * len(chosen),
            n_heads=n_heads,
            heads=heads,
            query=query,
            is_causal=is_causal,
        )

    @traitlets.validate("branches")
    def _branches_fit(self, proposal: dict[str, Any]) -> list[Branch]:
        return checked_branches(proposal["value"])

    @traitlets.validate("active")
    def _active_fit(self, proposal: dict[str, Any]) -> list[bool]:
        active = list(map(bool, proposal["value"]))
        if len(active) != len(self.branches):
            raise ShapeError(
                f"expected one bool a branch, {len(self.branches)} in all; got {active}. "
                "True = the branch is looked through."
            )
        return active

    @traitlets.validate("heads")
    def _heads_fit(self, proposal: dict[str, Any]) -> list[int]:
        return checked_heads(proposal["value"], self.n_heads)

    @traitlets.validate("query")
    def _query_fits(self, proposal: dict[str, Any]) -> int:
        check_between("query", proposal["value"], 0, len(self.tokens) - 1)
        return int(proposal["value"])

    @traitlets.observe("branches")
    def _look_through_new_ones(self, _: dict[str, Any]) -> None:
        missing = len(self.branches) - len(self.active)
        if missing:
            self.active = [*self.active, *[True] * missing][: len(self.branches)]

    @property
    def seen(self) -> np.ndarray:
        """Who sees whom: (chosen heads, branches, queries, keys), bool; False where inactive."""
        positions = np.arange(len(self.tokens))
        segment_length, dilation = np.array(self.branches).T[:, :, None]  # (n_branches, 1)
        heads = np.array(self.heads, dtype=int)[:, None, None]
        kept = positions % segment_length % dilation == heads % dilation
        segment = positions // segment_length
        together = segment[:, :, None] == segment[:, None, :]
        active = np.array(self.active)[:, None, None]
        seen = kept[..., None] & kept[..., None, :] & together & active
        return np.tril(seen) if self.is_causal else seen

    @property
    def pairs(self) -> list[int]:
        """How many pairs the chosen heads compare in each branch; inactive ones none."""
        return [int(pairs) for pairs in self.seen.sum(axis=(0, 2, 3))]

    @property
    def coverage(self) -> float:
        """Which part of the pairs that may be seen is seen by at least one chosen head."""
        n = len(self.tokens)
        possible = n * (n + 1) / 2 if self.is_causal else n**2
        return float(self.seen.any(axis=(0, 1)).sum() / possible)

    @property
    def without_key(self) -> list[int]:
        """The queries that see nobody, through whichever branch and head."""
        return np.flatnonzero(~self.seen.any(axis=(0, 1, 3))).tolist()

    def still(self) -> PairsDisplay:
        """Return a panel a chosen head, with the active branches."""
        n = len(self.tokens)
        seen = self.seen[:, np.array(self.active, dtype=bool)]
        panels = tuple(f"head {head}" for head in self.heads)
        names = tuple(f"branch {b}" for b, on in zip(self.branches, self.active, strict=True) if on)
        if not seen.size:
            seen, panels, names = np.zeros((1, 1, n, n), dtype=bool), ("nothing chosen",), ("none",)
        title = "Who is compared with whom"
        if self.is_causal:
            title = f"Looking back only: at most {(n + 1) / (2 * n):.0%} of pairs"
        return PairsDisplay(seen, panels, names, tuple(map(str, self.tokens)), title)

    def too_much(self) -> str:
        """Say so where there are more positions than can be moved through."""
        n = len(self.tokens)
        if n <= _MOST_TOKENS:
            return ""
        return (
            f"{n} positions are too many to move through, so this picture stands still; "
            f"up to {_MOST_TOKENS} it moves."
        )
