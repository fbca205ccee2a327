"""The exercises of lesson 05, second part: who may look at whom."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import masks, reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.exercises.lesson_04 import softmax_with_faults
from course_lib.checking.inputs import readable
from course_lib.checking.laws import (
    hidden_keys_weigh_nothing,
    none_is_negative,
    open_rows_sum_to_one,
)
from course_lib.checking.results import Parts, array_of


def _lengths(rng: np.random.Generator) -> Iterator[Case]:
    for seq_len in (4, 1, 3, 7, 2, int(rng.integers(8, 20))):
        yield Case(f"a sentence of {seq_len} {'word' if seq_len == 1 else 'words'}", (seq_len,))


def _unchanged(anything: Any) -> Any:
    return anything


def _allowed(
    seq_len: int,
    *,
    rule: Callable = lambda query, key: key <= query,
    numbers: Callable = _unchanged,
    after: Callable = _unchanged,
) -> Any:
    """Make a causal mask with any of the things that can go wrong with it."""
    positions = np.arange(seq_len)
    return after(numbers(rule(positions[:, None], positions)))


_MASK_MISTAKES = (
    Mistake(
        "diagonal excluded",
        (partial(_allowed, rule=lambda q, k: k < q),),
        "The diagonal is False, so no position may look at itself, and the first one may look at "
        "nothing at all. A word attends to itself, too.",
    ),
    Mistake(
        "looks at the future (transposed)",
        (partial(_allowed, rule=lambda q, k: k >= q),),
        "Each position may look at itself and at what comes later, but not back: the mask is "
        "transposed. Rows are queries, so which triangle is the past, the lower or the upper one?",
    ),
    Mistake(
        "inverted",
        (partial(_allowed, rule=lambda q, k: k > q),),
        "True and False are swapped: your mask is True for what is to be hidden. Here True means "
        "*may attend*.",
    ),
    Mistake(
        "float 0/−inf instead of bool",
        (
            partial(_allowed, numbers=lambda m: np.where(m, 0.0, -np.inf)),
            partial(_allowed, numbers=lambda m: np.where(m, 0.0, -1e9)),
            partial(_allowed, numbers=lambda m: np.where(m, 0.0, -1e4)),
            partial(_allowed, numbers=lambda m: np.where(m, 1.0, -np.inf)),
            partial(_allowed, numbers=lambda m: np.where(m, 0.0, np.inf)),
        ),
        "These are numbers to be added to the scores: 0 where attention is allowed, and a very low "
        "one elsewhere. Here the mask is bool: True = may attend.",
    ),
    Mistake(
        "numbers 0 and 1 instead of bool",
        (
            partial(_allowed, numbers=lambda m: m.astype(int)),
            partial(_allowed, numbers=lambda m: np.where(m, 1, -1)),
        ),
        "The pattern is made of numbers such as 0 and 1, and a mask is made of True and False. Its "
        "dtype has to be bool: `~`, `&` and indexing mean something else for numbers.",
    ),
    Mistake(
        "one step into the future",
        (
            partial(_allowed, rule=lambda q, k: k <= q + 1),
            partial(_allowed, rule=lambda q, k: k <= q + 2),
        ),
        "Each position may look at the next one as well. Where exactly does the future begin? "
        "Look at the diagonal, and at the number that moves it.",
    ),
    Mistake(
        "only the nearest past",
        (
            partial(_allowed, rule=lambda q, k: (k <= q) & (k >= q - 1)),
            partial(_allowed, rule=lambda q, k: (k <= q) & (k >= q - 2)),
            partial(_allowed, rule=lambda q, k: k == q - 1),
            partial(_allowed, rule=lambda q, k: abs(q - k) <= 1),
        ),
        "Only the neighbours are allowed. The whole past is open, back to the first position.",
    ),
    Mistake(
        "only the diagonal",
        (partial(_allowed, rule=lambda q, k: k == q),),
        "Each position may look at itself alone. The past is allowed as well.",
    ),
    Mistake(
        "everything allowed",
        (partial(_allowed, rule=lambda q, k: (q == q) & (k == k)),),
        "Every entry is True, so nothing is hidden. What comes after a position has to be False "
        "in its row.",
    ),
    Mistake(
        "nothing allowed",
        (
            partial(_allowed, rule=lambda q, k: (q != q) & (k == k)),
            partial(_allowed, rule=lambda q, k: (k < q) & (k > q)),
        ),
        "Every entry is False, so nobody may look anywhere. Is the mask filled in after it was "
        "made?",
    ),
    Mistake(
        "flipped",
        (
            partial(_allowed, after=lambda m: m[::-1]),
            partial(_allowed, after=lambda m: m[:, ::-1]),
        ),
        "The triangle sits at the wrong corner: rows or columns run backwards. Row 0 is the first "
        "position, and so is column 0.",
    ),
    Mistake(
        "a fixed size",
        tuple(lambda seq_len, n=n: _allowed(n) for n in (3, 4, 5, 6, 8, 10, 11)),
        "The mask has the same size for every sentence. It has a row and a column for each of the "
        "`seq_len` positions.",
    ),
    Mistake(
        "size off by one",
        (lambda seq_len: _allowed(seq_len - 1), lambda seq_len: _allowed(seq_len + 1)),
        "The mask has one row and one column too many, or too few: it should have `seq_len` of "
        "each. Where does your range end?",
    ),
    Mistake(
        "one row only",
        (
            partial(_allowed, after=lambda m: m[0]),
            partial(_allowed, after=lambda m: m[-1]),
            partial(_allowed, after=lambda m: m[:, 0]),
            partial(_allowed, after=lambda m: m[-1:]),
            partial(_allowed, after=lambda m: m[:1]),
        ),
        "One row came back. A mask is a table: a row for each query, a column for each key.",
    ),
    Mistake(
        "axes in front",
        (
            partial(_allowed, after=lambda m: m[None]),
            partial(_allowed, after=lambda m: m[None, None]),
        ),
        "There are axes too many, for batch or heads. Here the mask is a plain table (seq_len, "
        "seq_len), which fits any number of heads by itself.",
    ),
    Mistake(
        "rows cut short",
        (
            lambda seq_len: [[True] * (i + 1) for i in range(seq_len)],
            lambda seq_len: [[True] * i for i in range(1, seq_len + 1)],
        ),
        "The rows differ in length: what is hidden was left out. Every row has `seq_len` entries, "
        "True or False.",
    ),
    Mistake(
        "positions instead of a mask",
        (
            lambda seq_len: np.tril_indices(seq_len),
            lambda seq_len: np.argwhere(_allowed(seq_len)),
            lambda seq_len: np.tril_indices(seq_len, -1),
            lambda seq_len: np.arange(seq_len),
        ),
        "What came back are indices, not a mask. A mask says True or False for every pair of a "
        "query and a key.",
    ),
)


def _wrong_pair(parts: Parts, seq_len: int) -> str | None:
    if not parts[0].diagonal().all():
        where = int(np.flatnonzero(~parts[0].diagonal())[0])
        return f"Position {where} may not look at itself."
    later = np.argwhere(np.triu(parts[0], 1))
    if len(later):
        return f"Position {later[0][0]} may look at position {later[0][1]}, which comes later."
    return None


def _hidden(rng: np.random.Generator) -> Iterator[Case]:
    """Rows that are open, partly hidden and empty; masks that are not causal; large scores."""
    yield Case(
        "3 rows of 4 scores; the last row may attend to nothing",
        (readable(rng, 3, 4), _mask(rng, 3, 4, empty=2)),
    )
    for n_queries, n_keys, empty in ((5, 3, None), (4, 7, 0), (7, 6, 3)):
        scores, mask = rng.normal(size=(n_queries, n_keys)), _mask(rng, n_queries, n_keys, empty)
        what = "no row is empty" if empty is None else f"row {empty} may attend to nothing"
        yield Case(f"{n_queries} rows of {n_keys} scores; {what}", (scores, mask))
    padded = np.arange(5) < np.array([[3]] * 4)
    yield Case(
        "4 rows of 5 scores, the last two keys are padding", (rng.normal(size=(4, 5)), padded)
    )
    yield Case("4 rows of 6 scores and a causal mask", (rng.normal(size=(4, 6)), np.tri(4, 6) > 0))
    levels = np.array([1000, 0, -1000, 500, -200])[:, None] + readable(rng, 5, 6)
    yield Case("rows that differ by 1000", (levels, _mask(rng, 5, 6, empty=1)))
    many = rng.normal(size=(2, 3, 4, 5))
    extra = partial(Case, is_extra=True)
    yield extra("scores with batch and head axes and one mask for all", (many, _mask(rng, 4, 5, 1)))
    yield extra("a mask of one row for all queries", (many[0, 0], _mask(rng, 1, 5, None)))


def _mask(rng: np.random.Generator, n_queries: int, n_keys: int, empty: int | None) -> ndarray:
    """Draw a mask that is no triangle: two keys or more are open in a row, one or more hidden."""
    mask = np.array([rng.permutation(n_keys) < rng.integers(2, n_keys) for _ in range(n_queries)])
    if empty is not None:
        mask[empty] = False
        mask[empty - 1] = True
    return mask


def _minus_inf(scores: ndarray, mask: ndarray) -> ndarray:
    return np.where(mask, scores, -np.inf)


def _kept(weights: ndarray, mask: ndarray) -> ndarray:
    return weights


def _zeros(weights: ndarray, mask: ndarray) -> ndarray:
    return np.where(mask.any(-1, keepdims=True), weights, 0.0)


def _no_nan(weights: ndarray, mask: ndarray) -> ndarray:
    return np.nan_to_num(weights)


def _filled(number: float, scores: ndarray, mask: ndarray) -> ndarray:
    return np.where(mask, scores, number)


def _added(number: float, scores: ndarray, mask: ndarray) -> ndarray:
    return scores + number * ~mask


def _ignored(scores: ndarray, mask: ndarray) -> ndarray:
    return scores


def _nothing(scores: ndarray, axis: Any) -> float:
    return 0.0


def _row_of(number: float | None, weights: ndarray, mask: ndarray) -> ndarray:
    """Fill empty rows with a number; None means equal shares."""
    filling = 1 / weights.shape[-1] if number is None else number
    return np.where(mask.any(-1, keepdims=True), weights, filling)


def _masked(
    scores: ndarray,
    mask: ndarray,
    *,
    read: Callable = _unchanged,
    hide: Callable = _minus_inf,
    empty: Callable = _zeros,
    in_place: bool = False,
    **options: Any,
) -> Any:
    """Compute a masked softmax with any of the things that can go wrong with it."""
    mask_read = read(mask)
    hidden = hide(scores, mask_read)
    weights = empty(softmax_with_faults(hidden, **options), mask_read)
    if in_place:
        scores[~mask] = -np.inf
    return weights


def _either_way(**options: Any) -> tuple[partial, ...]:
    """Make a mistake with empty rows set to zero, and with empty rows as they come out."""
    return tuple(partial(_masked, empty=empty, **options) for empty in (_zeros, _kept, _no_nan))


_SOFTMAX_MISTAKES = (
    Mistake(
        "mask inverted",
        (partial(_masked, read=np.invert),),
        "The hidden keys share the weight, and the allowed ones get none: the mask is inverted. "
        "Here True means *may attend*.",
    ),
    Mistake(
        "mask applied after softmax without renormalising",
        (
            partial(_masked, hide=_ignored, empty=lambda w, m: w * m),
            partial(_masked, hide=_ignored, empty=lambda w, m: np.where(m, w, 0.0)),
        ),
        "The mask comes after softmax: hidden weights are set to 0, and what is left no longer "
        "sums to 1. Hide the scores before softmax, or normalise once more.",
    ),
    Mistake(
        "scores multiplied by the mask",
        (
            *_either_way(hide=lambda s, m: s * m),
            partial(_masked, hide=lambda s, m: s * m, empty=lambda w, m: w * m),
        ),
        "Scores times the mask makes hidden scores 0, and exp of 0 is 1: hidden keys still get "
        "weight. Which score has an exponential of 0?",
    ),
    Mistake(
        "nan for an empty row",
        (partial(_masked, empty=_kept), partial(_masked, empty=_kept, shift=_nothing)),
        "A row that may attend to nothing has no greatest score and a sum of 0, and 0 / 0 is nan. "
        "Such a row should be all zeros: it needs to be looked for.",
    ),
    Mistake(
        "uniform for an empty row",
        (
            partial(_masked, hide=partial(_filled, -1e9), empty=_kept),
            partial(_masked, empty=partial(_row_of, None)),
        ),
        "A row that may attend to nothing gives every key the same weight, as happens when all its "
        "scores are one very low number. Such a row should be all zeros.",
    ),
    Mistake(
        "an empty row as if nothing were hidden",
        (
            partial(_masked, hide=partial(_added, -1e9), empty=_kept),
            partial(_masked, hide=partial(_added, -1e6), empty=_kept),
            partial(_masked, hide=partial(_added, -1e4), empty=_kept),
        ),
        "A row that may attend to nothing has ordinary weights: the same low number was added to "
        "all of its scores, and cancels. Such a row should be all zeros.",
    ),
    Mistake(
        "an empty row filled with another number",
        (
            partial(_masked, empty=partial(_row_of, 1.0)),
            partial(_masked, empty=partial(_row_of, -np.inf)),
            partial(_masked, empty=lambda w, m: np.where(m.any(-1, keepdims=True), w, _first(w))),
        ),
        "A row that may attend to nothing has weights, where it should be all zeros.",
    ),
    Mistake(
        "softmax over the queries",
        _either_way(axis=lambda n: 0),
        "The columns sum to 1 instead of the rows: softmax ran along the first axis, over the "
        "queries. The weights of one query stand along the last axis.",
    ),
    Mistake(
        "softmax over everything",
        (
            *_either_way(axis=lambda n: None),
            *_either_way(total=lambda e, axis: np.nansum(e)),
            partial(_masked, hide=_ignored, empty=lambda w, m: w * m / (w * m).sum()),
        ),
        "All weights together sum to 1: the sum has swallowed both axes. Each row that may attend "
        "to something sums to 1.",
    ),
    Mistake(
        "mask ignored",
        _either_way(hide=_ignored),
        "This is the plain softmax: hidden keys have weight. The mask was not used, or what it did "
        "was not kept.",
    ),
    Mistake(
        "hidden keys not hidden enough",
        tuple(
            partial(_masked, hide=partial(hide, number), empty=empty)
            for number, hide, empty in product(
                (-1000.0, -100.0, -10.0, -1.0), (_filled, _added), (_zeros, _kept)
            )
            if (hide, number) not in ((_added, -1000.0), (_added, -100.0), (_added, -1.0))
        )
        + _either_way(hide=lambda s, m: np.where(m, s, s.min())),
        "Hidden scores got a number that is not low enough: in some rows the hidden keys still "
        "have weight. Which number is below every score?",
    ),
    Mistake(
        "mask added to the scores",
        (
            *_either_way(hide=lambda s, m: s + m),
            *_either_way(hide=lambda s, m: s - m),
        ),
        "The mask was added or subtracted as if True were 1, which moves a score by 1 and hides "
        "nothing.",
    ),
    Mistake(
        "inf or nan instead of −inf",
        (*_either_way(hide=partial(_filled, np.inf)), *_either_way(hide=partial(_filled, np.nan))),
        "Hidden scores were set to +inf or nan, and everything in their row becomes nan. Which "
        "infinity has an exponential of 0?",
    ),
    Mistake(
        "−inf from a product",
        _either_way(hide=lambda s, m: s + ~m * -np.inf),
        "0 times −inf is nan, so the rows are nan where nothing was to be hidden. Choose between "
        "the score and −inf instead of multiplying.",
    ),
    Mistake(
        "overflow for large scores",
        (
            partial(_masked, shift=_nothing),
            partial(_masked, shift=_nothing, empty=_no_nan),
        ),
        "exp of 1000 overflows to inf, and exp of −1000 is 0 for a whole row. Subtract the row's "
        "maximum first, as in lesson 04.",
    ),
    Mistake(
        "one maximum for all rows",
        (
            partial(_masked, shift=lambda s, axis: s.max()),
            partial(_masked, shift=lambda s, axis: s.max(), empty=_no_nan),
        ),
        "One and the same maximum is subtracted everywhere, so in rows far below it all "
        "exponentials are 0. Each row needs its own maximum.",
    ),
    Mistake(
        "not normalised",
        (partial(_masked, share=lambda e, t, s: e),),
        "The exponentials came back as they are. To normalise, divide each row by its sum.",
    ),
    Mistake(
        "always the causal mask",
        (
            partial(_masked, read=lambda m: np.tri(*m.shape) > 0),
            partial(_masked, read=lambda m: m & (np.tri(*m.shape) > 0)),
        ),
        "Later keys are hidden whatever the mask says. Use the mask that is passed in, and nothing "
        "but that.",
    ),
    Mistake(
        "mask transposed",
        (
            lambda scores, mask: np.where(mask.T, scores, -np.inf),
            lambda scores, mask: scores * mask.T,
            lambda scores, mask: np.where(~mask.T, -np.inf, scores),
        ),
        "The mask does not fit the scores once it is transposed. Both have queries in rows and "
        "keys in columns.",
    ),
    Mistake(
        "hidden keys left out",
        (
            lambda scores, mask: reference.softmax(scores[mask]),
            lambda scores, mask: scores[mask],
        ),
        "The hidden keys were taken out, and the shape is lost. They stay where they are, with a "
        "weight of 0.",
    ),
    Mistake(
        "logarithms of the weights",
        _either_way(after=np.log),
        "These are the logarithms of the weights. Weights lie between 0 and 1.",
    ),
    Mistake(
        "only the greatest",
        (partial(_masked, after=lambda w: (w == w.max(-1, keepdims=True)).astype(float)),),
        "Only the greatest allowed score of each row has weight. Softmax gives every allowed key a "
        "share.",
    ),
    Mistake(
        "rounded",
        tuple(partial(_masked, after=lambda w, n=n: np.round(w, n)) for n in (1, 2, 3)),
        "The weights are rounded. Return them as they are, and round only when you print.",
    ),
    Mistake(
        "input changed in place",
        (partial(_masked, in_place=True),),
        "The weights are right, but hidden scores were overwritten in place: whoever called you "
        "still needs them. Work on a copy, or on a new array.",
    ),
)


def _first(weights: ndarray) -> ndarray:
    return np.eye(weights.shape[-1])[0]


EXERCISES = (
    Exercise(
        name="causal_mask",
        lesson="05",
        parameters=("seq_len",),
        reference=masks.causal_mask,
        kind=array_of("seq_len", "seq_len", numbers="bool"),
        cases=_lengths,
        mistakes=_MASK_MISTAKES,
        hints=(
            "Draw the mask for three words. Row 0 is the first word: it may look at itself only. "
            "Row 2 may look at all three.",
            "A pair is allowed where the key does not come after the query. That is a comparison "
            "of two positions, and a comparison gives True or False.",
            "Two ways: compare a column of positions with a row of them, or take the lower "
            "triangle of a table of True. NumPy has a function for the triangle.",
        ),
        laws=(Law(_wrong_pair),),
    ),
    Exercise(
        name="masked_softmax",
        lesson="05",
        parameters=("scores", "mask"),
        reference=reference.masked_softmax,
        kind=array_of("...", "n_queries", "n_keys"),
        cases=_hidden,
        mistakes=_SOFTMAX_MISTAKES,
        hints=(
            "A hidden key should get a weight of exactly 0. Which score has an exponential of 0? "
            "NumPy can choose, entry by entry, between the score and that number.",
            "Take the softmax of lesson 04 along the last axis, after hiding, and on a new array "
            "rather than in the scores that you were given.",
            "Now the row that may attend to nothing: its maximum is −inf and its sum is 0. Replace "
            "both by harmless numbers before you subtract and divide, and zeros are what is left.",
        ),
        laws=(
            Law(hidden_keys_weigh_nothing),
            Law(none_is_negative),
            Law(open_rows_sum_to_one),
        ),
    ),
)
