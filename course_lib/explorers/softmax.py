"""Softmax to move through: temperature, d_head and the scale, and what they do to responses."""

from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from course_lib.errors import MeasurementError, ShapeError
from course_lib.explorers.explorer import Explorer, as_bytes, source
from course_lib.explorers.responses import Responses, SoftmaxDisplay, responses_of
from course_lib.plots.reading import table_of

MOST_KEYS = 128  # to move through
_MOST_PRODUCTS = 20_000_000  # what a browser multiplies before a touch feels slow
_TEMPERATURES = (0.01, 1000.0)  # beyond, softmax only says "the first" or "all alike"


class SoftmaxExplorer(Explorer):
    """Weights of one query, and the spread, entropy and responses of all, as softmax gets hotter.

    Parameters
    ----------
    d_head : how many features of the vectors are used, from 1 on
    temperature : what scores are divided by
    scaled : whether scores are divided by √d_head as well
    query : whose weights are shown as bars

    Notes
    -----
    All four can be read, set, observed and linked, and follow what is done in the browser.
    """

    name: ClassVar[str] = "softmax"
    _css = source("shared.css") + source("softmax.css")

    d_head = traitlets.Int(1).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    scaled = traitlets.Bool(False).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)
    _n_features = traitlets.Int(1).tag(sync=True)
    _queries = traitlets.Bytes().tag(sync=True)
    _keys = traitlets.Bytes().tag(sync=True)

    def __init__(self, queries: np.ndarray, keys: np.ndarray, **chosen: Any) -> None:
        self._vectors = queries, keys
        super().__init__(
            _queries=as_bytes(queries),
            _keys=as_bytes(keys),
            _n_features=keys.shape[1],
            **chosen,
        )

    @classmethod
    def from_vectors(
        cls,
        queries: ArrayLike,
        keys: ArrayLike,
        *,
        d_head: int = 64,
        temperature: float = 1.0,
        scaled: bool = False,
        query: int = 0,
    ) -> "SoftmaxExplorer":
        """Take queries and keys with as many features as ``d_head`` shall ever have.

        Parameters
        ----------
        queries, keys : (n_queries, n_features) and (n_keys, n_features); every query meets every
            key, with the first ``d_head`` features

        Raises
        ------
        ShapeError
            If they are no finite tables with equally many features, or there is no such d_head or
            query.
        MeasurementError
            If the temperature is not from 0.01 to 1000.
        """
        vectors = table_of("queries", queries), table_of("keys", keys)
        if vectors[0].shape[1] != vectors[1].shape[1]:
            raise ShapeError(
                f"expected queries and keys with equally many features; got {vectors[0].shape} and "
                f"{vectors[1].shape}. Is one of them transposed?"
            )
        return cls(*vectors, d_head=d_head, temperature=temperature, scaled=scaled, query=query)

    @traitlets.validate("d_head")
    def _d_head_fits(self, proposal: dict[str, Any]) -> int:
        n_features = self._vectors[1].shape[1]
        if not 1 <= proposal["value"] <= n_features:
            raise ShapeError(
                f"expected d_head from 1 to {n_features}, as many features as the queries and keys "
                f"have; got {proposal['value']}. Hand in wider vectors, or choose a smaller d_head."
            )
        return proposal["value"]

    @traitlets.validate("query")
    def _query_exists(self, proposal: dict[str, Any]) -> int:
        n_queries = len(self._vectors[0])
        if not 0 <= proposal["value"] < n_queries:
            raise ShapeError(
                f"expected a query from 0 to {n_queries - 1}; got {proposal['value']}. "
                "Queries count from 0."
            )
        return proposal["value"]

    @traitlets.validate("temperature")
    def _temperature_is_above_zero(self, proposal: dict[str, Any]) -> float:
        low, high = _TEMPERATURES
        if not low <= proposal["value"] <= high:
            raise MeasurementError(
                f"expected a temperature from {low:g} to {high:g}; got {proposal['value']}. "
                "Scores are divided by it: 0 divides nothing, and 1 leaves them as they are."
            )
        return proposal["value"]

    @property
    def responses(self) -> Responses:
        """Weights and responses of all queries, as they are chosen now."""
        choice = {"d_head": self.d_head, "temperature": self.temperature, "scaled": self.scaled}
        return responses_of(*self._vectors, **choice)  # type: ignore[arg-type]

    @property
    def weights(self) -> np.ndarray:
        """The weights of the query that is chosen now: (n_keys,)."""
        return self.responses.weights[self.query]

    @property
    def summary(self) -> dict[str, float]:
        """What all queries are like together, as they are chosen now.

        ``spread`` of the scores that softmax gets, mean ``entropy``, mean number of ``keys`` looked
        at, the ``response`` of the median query, and the part of queries that is ``deaf``.
        """
        return self.responses.summary

    def still(self) -> SoftmaxDisplay:
        """Return bars and curves as they are chosen now."""
        return SoftmaxDisplay(
            *self._vectors, self.d_head, self.temperature, self.scaled, self.query
        )

    def too_much(self) -> str:
        """Say so where there is more than can be moved through."""
        (n_queries, n_features), n_keys = self._vectors[0].shape, len(self._vectors[1])
        if n_keys <= MOST_KEYS and n_queries * n_keys * n_features <= _MOST_PRODUCTS:
            return ""
        return (
            f"{n_queries} queries and {n_keys} keys with {n_features} features are too many to "
            f"move through, so the picture stands still; up to {MOST_KEYS} keys and "
            f"{_MOST_PRODUCTS // 1_000_000} million products it moves."
        )
