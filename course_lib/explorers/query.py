"""One query through the six stages of attention, every number with its arithmetic."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from course_lib.errors import TokenError, UnknownNameError
from course_lib.explorers.comparing import compare, exactly, roughly
from course_lib.explorers.explorer import Explorer, as_bytes, source
from course_lib.explorers.fitting import allowed_pairs, names_of, tables_that_fit
from course_lib.explorers.steps import Steps, StepsDisplay, steps_of

STAGES = ("products", "sum", "scaled and masked", "softmax", "weight × value", "column sums")

_MOST_TOKENS = 128  # to move through
_MOST_NUMBERS = 16  # of a query, a key or a value


class QueryStepper(Explorer):
    """One query through six stages; point at any number to see how it came about.

    The stages are: products of query and keys, their sums, divided by √d_head and masked, softmax,
    weight times value, and the column sums, which are the output.

    Parameters
    ----------
    query : the position of the query
    stage : 0 to 5; earlier stages stay visible

    Notes
    -----
    ``query`` and ``stage`` can be read, set, observed and linked, and follow what is done in the
    browser.
    """

    name: ClassVar[str] = "query"
    _css = source("shared.css") + source("query.css")

    query = traitlets.Int(0).tag(sync=True)
    stage = traitlets.Int(0).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    features = traitlets.List(traitlets.Unicode()).tag(sync=True)
    messages = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _queries = traitlets.Bytes().tag(sync=True)
    _keys = traitlets.Bytes().tag(sync=True)
    _values = traitlets.Bytes().tag(sync=True)
    _allowed = traitlets.Bytes().tag(sync=True)
    _outputs = traitlets.Bytes().tag(sync=True)
    _compared = traitlets.List(traitlets.List(traitlets.Unicode())).tag(
        sync=True
    )  # names, and what is to be said of each
    _too_much = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_arrays(
        cls,
        queries: ArrayLike,
        keys: ArrayLike,
        values: ArrayLike,
        tokens: Sequence[str],
        *,
        mask: ArrayLike | None = None,
        query: int = 0,
        stage: int = 0,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        features: Sequence[str] | None = None,
        messages: Sequence[str] | None = None,
    ) -> "QueryStepper":
        """Take the queries, keys and values of one sentence and one head.

        Parameters
        ----------
        mask : (n_queries, n_keys), or a row for all queries; True = may attend
        functions : name to a function (queries, keys, values[, mask]) -> outputs; each is called
            once, and its greatest difference from the outputs computed here is shown
        features : what the numbers of queries and keys are called
        messages : what the numbers of values are called

        Raises
        ------
        ShapeError
            If the arrays are no finite tables that fit each other.
        MaskError
            If the mask is not bool or does not fit.
        TokenError
            If there is not one token a row, one name a column, or no such query.
        UnknownNameError
            If there is no such stage.
        """
        arrays = tables_that_fit(queries, keys, values)
        n, d_head, d_value = len(arrays[1]), arrays[1].shape[1], arrays[2].shape[1]
        allowed = allowed_pairs(mask, n)
        names = {
            "tokens": names_of("tokens", tokens, n),
            "features": names_of("features", features, d_head),
            "messages": names_of("messages", messages, d_value),
        }
        outputs = np.stack(
            [
                steps_of(q, *arrays[1:], row).output
                for q, row in zip(arrays[0], allowed, strict=True)
            ]
        )
        given = arrays if mask is None else (*arrays, allowed)
        compared = {
            name: compare(function, given, outputs, names["tokens"])
            for name, function in (functions or {}).items()
        }
        packed = zip(
            ("_queries", "_keys", "_values", "_allowed", "_outputs"),
            map(as_bytes, (*arrays, allowed, outputs)),
            strict=True,
        )
        said = [[name, exactly(found)] for name, found in compared.items()]
        explorer = cls(query=query, stage=stage, _compared=said, **names, **dict(packed))
        explorer._arrays, explorer._pairs = arrays, allowed
        explorer._notes = tuple(f"{name}: {roughly(found)}." for name, found in compared.items())
        explorer._too_much = explorer.too_much()
        return explorer

    @traitlets.validate("query")
    def _query_exists(self, proposal: dict[str, Any]) -> int:
        if not 0 <= proposal["value"] < len(self.tokens):
            raise TokenError(
                f"expected a query from 0 to {len(self.tokens) - 1}, its position among the "
                f"tokens; got {proposal['value']}. Positions count from 0: try tokens.index(...)."
            )
        return proposal["value"]

    @traitlets.validate("stage")
    def _stage_exists(self, proposal: dict[str, Any]) -> int:
        if not 0 <= proposal["value"] < len(STAGES):
            named = ", ".join(f"{number} {name}" for number, name in enumerate(STAGES))
            raise UnknownNameError(
                f"expected a stage from 0 to 5 ({named}); got {proposal['value']}. "
                "Stage 5 shows everything."
            )
        return proposal["value"]

    @property
    def steps(self) -> Steps:
        """The numbers of the query that is chosen now."""
        queries, keys, values = self._arrays
        return steps_of(queries[self.query], keys, values, self._pairs[self.query])

    def still(self) -> StepsDisplay:
        """Return all stages of the query that is chosen now, as one table."""
        tokens, features, messages = map(tuple, (self.tokens, self.features, self.messages))
        return StepsDisplay(self.steps, tokens, self.query, features, messages, self._notes)

    def too_much(self) -> str:
        """Say so where there is more than can be moved through."""
        n, widths = len(self.tokens), (len(self.features), len(self.messages))
        if n <= _MOST_TOKENS and max(widths) <= _MOST_NUMBERS:
            return ""
        return (
            f"{n} tokens with d_head={widths[0]} and d_value={widths[1]} are too many numbers to "
            f"move through, so the picture stands still; up to {_MOST_TOKENS} tokens and "
            f"{_MOST_NUMBERS} numbers a row it moves."
        )
