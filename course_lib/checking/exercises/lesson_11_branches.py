"""The exercise of lesson 11, second part: attention among what one branch keeps."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.exercises.lesson_11 import positions_with_faults, sizes_in_words
from course_lib.checking.inputs import readable
from course_lib.checking.results import Kind, Parts


def dilated_branch(
    queries: Float[ndarray, "seq_len d_head"],
    keys: Float[ndarray, "seq_len d_head"],
    values: Float[ndarray, "seq_len d_value"],
    segment_length: int,
    dilation: int,
    offset: int,
) -> tuple[Float[ndarray, "seq_len d_value"], Float[ndarray, " seq_len"]]:
    """Let the kept positions of each segment attend to each other.

    Parameters
    ----------
    queries, keys, values : one head's; the scores should be too small to overflow a bare exp
    segment_length, dilation, offset : as for `reference.dilated_positions`

    Returns
    -------
    outputs, denominators : Σ exp(score) of each row; both are zero where a position is not kept

    References
    ----------
    Ding et al. (2023), "LongNet", arXiv 2307.02486, eq. 6 to 8.
    """
    seq_len = len(queries)
    outputs, denominators = np.zeros((seq_len, values.shape[1])), np.zeros(seq_len)
    for kept in reference.dilated_positions(seq_len, segment_length, dilation, offset):
        exponentials = np.exp(reference.scaled_scores(queries[kept], keys[kept]))
        denominators[kept] = exponentials.sum(axis=1)
        outputs[kept] = exponentials @ values[kept] / denominators[kept, None]
    return outputs, denominators


def _branches(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ; widths of values that are not those of keys; scores around 1."""
    yield _branch(
        (6, 5, 2, 1),
        readable(rng, 6, 2) / 5,
        readable(rng, 6, 2) / 5,
        readable(rng, 6, 1),
    )
    for sizes, d_head, d_value in (
        ((12, 7, 2, 1), 3, 5),
        ((13, 5, 3, 1), 16, 2),
        ((6, 10, 4, 1), 5, 3),
        ((9, 4, 3, 2), 7, 4),
        ((10, 4, 1, 0), 9, 6),
        ((17, 8, 3, 1), 6, 7),
    ):
        queries, keys = rng.normal(size=(2, sizes[0], d_head))
        yield _branch(sizes, queries, keys, rng.normal(size=(sizes[0], d_value)))


def _branch(sizes: tuple[int, int, int, int], *three: ndarray) -> Case:
    d_head, d_value = three[1].shape[1], three[2].shape[1]
    about = f"{sizes_in_words(*sizes)}; d_head {d_head} and d_value {d_value}"
    return Case(about, (*three, *sizes[1:]))


def _all_three(*three: Any) -> tuple[Any, ...]:
    return three


def _kept_only(kept: ndarray, segment: ndarray, everywhere: ndarray) -> tuple[ndarray, ndarray]:
    return kept, kept


def _dot(queries: ndarray, keys: ndarray) -> ndarray:
    return queries @ keys.T


def _sqrt_d_head(queries: ndarray, values: ndarray, length: int, dilation: int) -> float:
    return np.sqrt(queries.shape[1])


def _softmax(scores: ndarray, axis: int | None = -1) -> ndarray:
    exponentials = np.exp(scores)
    return exponentials / exponentials.sum(axis, keepdims=True)


def _product(weights: ndarray, values: ndarray) -> ndarray:
    return weights @ values


def _total(scores: ndarray, raw: ndarray) -> ndarray:
    return np.exp(scores).sum(-1)


def _both(outputs: ndarray, denominators: ndarray, kept: ndarray, values: ndarray) -> Any:
    return outputs, denominators


def _branched(
    queries: ndarray,
    keys: ndarray,
    values: ndarray,
    segment_length: int,
    dilation: int,
    offset: int,
    *,
    positions: Callable = positions_with_faults,
    meet: Callable = _kept_only,
    roles: Callable = _all_three,
    compare: Callable = _dot,
    divisor: Callable = _sqrt_d_head,
    share: Callable = _softmax,
    mix: Callable = _product,
    total: Callable = _total,
    empty: tuple[float, float] = (0.0, 0.0),
    like: Callable = lambda queries, values: values,
    after: Callable = _both,
) -> Any:
    """Attend in one branch with any of the things that can go wrong with it.

    Parameters
    ----------
    positions : lists what each segment keeps
    meet : from what a segment keeps, all of it, and what is kept anywhere: rows and columns
    roles, compare, divisor, share, mix : the steps of attention
    total : the denominators, from the scores and from those before the scale
    empty : what stands in the outputs and denominators of rows that are not kept
    like : what the table of outputs is shaped like
    after : makes the result; it also knows which rows are kept, and the values
    """
    seq_len = len(queries)
    segments = positions_with_faults(seq_len, segment_length, 1, 0)
    kept = positions(seq_len, segment_length, dilation, offset)
    everywhere = np.concatenate([*kept, np.empty(0, dtype=int)])
    outputs = np.full_like(like(queries, values), empty[0])
    denominators = np.full(seq_len, empty[1])
    scale = divisor(queries, values, segment_length, dilation)
    seeking, offering, giving = roles(queries, keys, values)
    for some, segment in zip(kept, segments, strict=False):
        rows, columns = meet(some, segment, everywhere)
        if len(rows) and len(columns):
            raw = compare(seeking[rows], offering[columns])
            outputs[rows] = mix(share(raw / scale), giving[columns])
            denominators[rows] = total(raw / scale, raw)
    return after(outputs, denominators, everywhere, values)


def _alone(**options: Any) -> Callable:
    """Make a mistake that is not looked for together with others, which saves time."""
    return lambda *args: _branched(*args, **options)


def _alone_with_positions(**options: Any) -> Callable:
    return _alone(positions=partial(positions_with_faults, **options))


def _with_positions(**options: Any) -> Callable:
    """Make a branch that is right but for the positions it keeps."""
    return partial(_branched, positions=partial(positions_with_faults, **options))


def _one_segment(n: int, length: int, dilation: int, offset: int) -> list[ndarray]:
    return [np.arange(offset, n, dilation)]


def _above(greatest: Callable) -> Callable:
    """Sum exponentials relative to some greatest score."""
    return lambda scores, raw: np.exp(scores - greatest(scores)).sum(-1)


def _of_all(change: Callable) -> Callable:
    """Change all kept denominators at once, after the last segment."""

    def after(outputs: ndarray, denominators: ndarray, kept: ndarray, values: ndarray) -> Any:
        changed = denominators.copy()
        changed[kept] = change(denominators[kept])
        return outputs, changed

    return after


def _is_kept(n: int, length: int, dilation: int, offset: int) -> ndarray:
    return np.arange(n) % length % dilation == offset


def _own_segments(n: int, length: int) -> ndarray:
    segment = np.arange(n) // length
    return segment[:, None] == segment


def _by_mask(hide: Callable) -> Callable:
    """Attend over the whole table of scores, and leave the hiding to somebody else.

    ``hide`` sees the scaled scores, which pairs may meet, and the values.
    """

    def answer(
        queries: ndarray, keys: ndarray, values: ndarray, length: int, dilation: int, offset: int
    ) -> Any:
        kept = _is_kept(len(queries), length, dilation, offset)
        mask = kept[:, None] & kept & _own_segments(len(queries), length)
        return hide(_dot(queries, keys) / np.sqrt(queries.shape[1]), mask, values)

    return answer


def _finished(exponentials: ndarray, values: ndarray, rows: Any = None) -> Any:
    """Divide by the rows' sums, in all rows or where some are asked for."""
    total = exponentials.sum(-1)
    outputs = exponentials / total[:, None] @ values
    if rows is None:
        return outputs, total
    return np.where(rows[:, None], outputs, 0.0), np.where(rows, total, 0.0)


def _below(scores: ndarray, mask: ndarray) -> ndarray:
    """Hide scores behind a large negative number, and subtract each row's maximum."""
    hidden = np.where(mask, scores, -1e9)
    return np.exp(hidden - hidden.max(-1, keepdims=True))


def _relative(scores: ndarray, mask: ndarray, values: ndarray, greatest: Any) -> Any:
    """Give right outputs, and denominators relative to a maximum that hidden keys had part in."""
    outputs, _ = _finished(np.exp(scores) * mask + 1e-300, values, mask.any(-1))
    return outputs, (np.exp(scores - greatest) * mask).sum(-1)


def _unevenly(
    queries: ndarray,
    keys: ndarray,
    values: ndarray,
    segment_length: int,
    dilation: int,
    offset: int,
    *,
    of_keys: str,
    of_values: str,
) -> Any:
    """Thin out queries, but not both keys and values, so that the two no longer fit."""
    seq_len = len(queries)
    kept = positions_with_faults(seq_len, segment_length, dilation, offset)[0]
    chosen = {
        "kept": kept,
        "segment": np.arange(min(seq_len, segment_length)),
        "all": np.arange(seq_len),
    }
    return _softmax(_dot(queries[kept], keys[chosen[of_keys]])) @ values[chosen[of_values]]


def _spread_out(outputs: ndarray, denominators: ndarray, kept: ndarray, values: ndarray) -> Any:
    """Fill the rows between two kept ones with the one before."""
    before = np.searchsorted(np.sort(kept), np.arange(len(outputs)), side="right") - 1
    nearest = np.sort(kept)[np.maximum(before, 0)]
    return outputs[nearest], denominators[nearest]


def _packed(outputs: ndarray, denominators: ndarray, kept: ndarray, values: ndarray) -> Any:
    """Write the kept rows to the top, one after another."""
    top, totals = np.zeros_like(outputs), np.zeros_like(denominators)
    top[: len(kept)], totals[: len(kept)] = outputs[kept], denominators[kept]
    return top, totals


def _to_the_segments_start(*args: Any) -> Any:
    """Write what a segment keeps to its first rows."""
    (outputs, denominators), sizes = dilated_branch(*args), args[3:]
    moved, totals = np.zeros_like(outputs), np.zeros_like(denominators)
    for kept in positions_with_faults(len(outputs), *sizes):
        rows = np.arange(len(kept)) + (kept[0] // sizes[0] * sizes[0] if len(kept) else 0)
        moved[rows], totals[rows] = outputs[kept], denominators[kept]
    return moved, totals


def _without_a_column(
    queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> tuple[ndarray, ndarray]:
    """Divide by denominators that do not stand in a column, empty segments included."""
    outputs, denominators = np.zeros(values.shape), np.zeros(len(values))
    for kept in positions_with_faults(len(values), *sizes):
        exponentials = np.exp(_dot(queries[kept], keys[kept]) / np.sqrt(queries.shape[1]))
        outputs[kept] = exponentials @ values[kept] / exponentials.sum(1)
        denominators[kept] = exponentials.sum(1)
    return outputs, denominators


def _piece_by_piece(*args: Any) -> Any:
    """Collect the segments' results in lists, and leave them there."""
    outputs, denominators = dilated_branch(*args)
    kept = positions_with_faults(len(outputs), *args[3:])
    return [outputs[some] for some in kept], [denominators[some] for some in kept]


def _in_place(change: Callable) -> Callable:
    """Make the right answer that also changes one of the arrays it was given."""

    def answer(*args: Any) -> Any:
        result = dilated_branch(*args)
        change(*args)
        return result

    return answer


def _clear_the_rest(
    which: Callable, queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> None:
    for array in which(queries, keys, values):
        array[~_is_kept(len(array), *sizes)] = 0


_SEGMENT_MISTAKES = (
    Mistake(
        "attends across segments",
        (
            partial(_branched, meet=lambda kept, segment, everywhere: (kept, everywhere)),
            partial(_branched, positions=_one_segment),
            partial(
                _branched,
                positions=lambda *sizes: [np.concatenate(positions_with_faults(*sizes))],
            ),
        ),
        "A query meets keys from other segments. A branch attends only inside a segment: take the "
        "segments one after another, and let nothing out of one into the next.",
    ),
    Mistake(
        "dense inside the segment",
        (
            partial(_branched, meet=lambda kept, segment, everywhere: (segment, segment)),
            _with_positions(keep=lambda s, r, o, i: s),
        ),
        "Every position of a segment meets every other: the dilation is not used. Only the kept "
        "positions take part, as queries and as keys.",
    ),
    Mistake(
        "keys not thinned out",
        (
            partial(_branched, meet=lambda kept, segment, everywhere: (kept, segment)),
            partial(
                _branched,
                meet=lambda kept, segment, everywhere: (
                    kept,
                    segment[len(kept) and kept[0] - segment[0] :],
                ),
            ),
        ),
        "The kept queries meet all keys of their segment. Queries, keys and values are all thinned "
        "out alike: the same positions of each.",
    ),
    Mistake(
        "queries not thinned out: outputs in every row",
        (
            partial(_branched, meet=lambda kept, segment, everywhere: (segment, kept)),
            partial(
                _branched,
                meet=lambda kept, segment, everywhere: (segment, everywhere),
            ),
            partial(_branched, after=_spread_out),
        ),
        "Positions that the branch does not keep have an output too. The same positions are kept "
        "of queries and keys; the other rows stay zero here, and another branch may serve them.",
    ),
    Mistake(
        "each position meets only itself",
        (
            _by_mask(
                lambda scores, mask, v: _finished(np.exp(scores) * np.eye(len(v)), v, mask.any(-1))
            ),
            partial(_branched, share=lambda scores: np.eye(len(scores))),
        ),
        "A kept query meets its own key only. All kept positions of a segment meet each other: a "
        "matrix product of the kept queries with the kept keys.",
    ),
    Mistake(
        "dilation over the whole sequence: drifts at borders",
        (
            _with_positions(
                keep=lambda s, r, o, i: s[s % r == o],
            ),
        ),
        "Which positions are kept was decided by the position in the whole sequence, so the offset "
        "drifts wherever segment_length is no multiple of the dilation. Within each segment "
        "counting begins anew.",
    ),
    Mistake(
        "offset ignored",
        (_with_positions(keep=lambda s, r, o, i: s[::r]),),
        "Every segment is kept from its first position on. The offset says at which place to "
        "begin.",
    ),
    Mistake(
        "another offset than the one given",
        (
            _alone_with_positions(keep=lambda s, r, o, i: s[(o + i) % r :: r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[i % r :: r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o + 1 :: r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[max(0, o - 1) :: r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[(r - o) % r :: r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[(0 if i else o) :: r]),
        ),
        "The kept positions begin at another place than the offset: beside it, counted backwards, "
        "or changing from segment to segment. It is the same place in each segment, counted from "
        "0.",
    ),
    Mistake(
        "the other positions",
        (
            _alone_with_positions(keep=lambda s, r, o, i: s[np.arange(len(s)) % r != o]),
            _alone_with_positions(keep=lambda s, r, o, i: s[s % r != o]),
        ),
        "Kept and left out are inverted: the positions that should be skipped attend to each "
        "other.",
    ),
    Mistake(
        "a block of neighbours",
        (
            _alone_with_positions(keep=lambda s, r, o, i: s[: -(-len(s) // r)]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o : o - (-len(s) // r)]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o:]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o : o + r]),
        ),
        "Neighbours are kept, nothing is left out between them. One position in `dilation` is kept "
        "and the others are skipped.",
    ),
    Mistake(
        "last short segment dropped",
        (
            partial(
                _branched,
                positions=lambda n, w, r, o: positions_with_faults(n, w, r, o)[: n // w],
            ),
            partial(
                _branched,
                positions=lambda n, w, r, o: positions_with_faults(n, w, r, o)[: max(1, n // w)],
            ),
            _with_positions(
                cut=lambda n, w, r, o: [np.arange(s, s + w) for s in range(0, n - w, w)]
            ),
        ),
        "The sequence ends before your segments do: what is left over at the end attends too, as a "
        "shorter segment, and so does a sequence that is shorter than one segment.",
    ),
    Mistake(
        "only one segment",
        (
            partial(_branched, positions=lambda *sizes: positions_with_faults(*sizes)[:1]),
            _alone(
                positions=lambda *sizes: [
                    some[: 0 if i + 1 < len(rows) else None]
                    for rows in [positions_with_faults(*sizes)]
                    for i, some in enumerate(rows)
                ],
            ),
        ),
        "Only the rows of one segment are filled. Is there a `return` inside the loop, or is the "
        "table of zeros made anew in each round?",
    ),
    Mistake(
        "segment-relative positions",
        (_with_positions(name=lambda kept, s: kept - s[0]),),
        "Places within a segment are used as if they were positions in the whole sequence, so all "
        "segments read and write the first rows. Add the segment's start.",
    ),
    Mistake(
        "the last kept position of a segment missing",
        (
            _alone_with_positions(keep=lambda s, r, o, i: s[o : len(s) // r * r : r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o::r][: len(s) // r]),
            _alone_with_positions(keep=lambda s, r, o, i: s[o:-1:r]),
        ),
        "A position at the end of a segment is missing: a group that is not full still has its "
        "place at the offset.",
    ),
    Mistake(
        "segments of another length",
        (
            _alone_with_positions(cut=lambda n, w, r, o: np.array_split(np.arange(n), -(-n // w))),
            _alone_with_positions(cut=lambda n, w, r, o: np.array_split(np.arange(n), w)),
            _alone_with_positions(
                cut=lambda n, w, r, o: [np.arange(n)[s : s + w * r] for s in range(0, n, w * r)]
            ),
            _alone_with_positions(
                cut=lambda n, w, r, o: [np.arange(n)[s : s + r] for s in range(0, n, r)]
            ),
            _alone(positions=lambda n, w, r, o: positions_with_faults(n, r, w, o)),
        ),
        "The sequence is cut in other places than after every segment_length positions: in equal "
        "pieces, say, or with the dilation mixed in. Only the last segment may be shorter.",
    ),
    Mistake(
        "a causal mask",
        (
            partial(
                _branched,
                share=lambda s: _softmax(np.where(np.tri(len(s)) > 0, s, -np.inf)),
                total=lambda s, raw: np.tril(np.exp(s)).sum(-1),
            ),
            partial(_branched, share=lambda s: _softmax(np.where(np.tri(len(s)) > 0, s, -np.inf))),
        ),
        "Later keys are hidden from earlier queries. Nobody asked for a causal mask here: within a "
        "segment all kept positions meet.",
    ),
)

_ROW_MISTAKES = (
    Mistake(
        "rows not kept are nan",
        (
            partial(_branched, empty=(np.nan, 0.0)),
            partial(_branched, empty=(np.nan, np.nan)),
            partial(_branched, empty=(0.0, np.nan)),
            partial(_branched, empty=(np.nan, 1.0)),
        ),
        "There is nan where a position is not kept: 0 divided by 0, or a softmax over nothing at "
        "all. Such a row should be zero, in outputs and denominators.",
    ),
    Mistake(
        "rows not kept are not zero",
        (
            partial(_branched, empty=(0.0, 1.0)),
            _alone(empty=(0.0, -np.inf)),
            _alone(empty=(0.0, np.inf)),
            _alone(empty=(0.0, 1e-9), total=lambda s, raw: _total(s, raw) + 1e-2),
            _alone(
                after=lambda out, total, kept, v: (
                    np.where(np.isin(np.arange(len(v)), kept)[:, None], out, v),
                    total,
                ),
            ),
            _alone(
                after=lambda out, total, kept, v: (
                    np.where(np.isin(np.arange(len(v)), kept)[:, None], out, v),
                    np.where(total > 0, total, 1.0),
                ),
            ),
        ),
        "A row that the branch does not keep has something in it: the position's own value, a 1 or "
        "an infinity. It is zero, in outputs and in denominators, so that it weighs nothing when "
        "branches are mixed.",
    ),
    Mistake(
        "rows not kept get a mean of values",
        (
            _by_mask(lambda scores, mask, v: _finished(_below(scores, mask), v)),
            _by_mask(
                lambda scores, mask, v: (
                    _finished(_below(scores, mask), v)[0],
                    (np.exp(scores) * mask).sum(-1),
                )
            ),
            _by_mask(lambda scores, mask, v: _finished(np.exp(np.where(mask, scores, -20.0)), v)),
        ),
        "Where everything is hidden, a softmax shares out equally, and the row becomes a mean of "
        "all values. A row that is not kept is zero.",
    ),
    Mistake(
        "scores multiplied by the mask",
        (
            _by_mask(lambda scores, mask, v: _finished(np.exp(scores * mask), v)),
            _by_mask(lambda scores, mask, v: _finished(np.exp(scores * mask), v, mask.any(-1))),
        ),
        "Hidden scores were set to 0, and exp of 0 is 1: so they take part all the same, and the "
        "denominators count them too. What is not kept must not be in the sum at all.",
    ),
    Mistake(
        "mask after softmax, not normalised again",
        (
            _by_mask(
                lambda scores, mask, v: (
                    (_softmax(scores) * mask) @ v,
                    (np.exp(scores) * mask).sum(-1),
                )
            ),
            _by_mask(
                lambda scores, mask, v: (
                    (_softmax(scores) * mask) @ v,
                    np.exp(scores).sum(-1) * mask.any(-1),
                )
            ),
            _by_mask(
                lambda scores, mask, v: ((_softmax(scores) * mask) @ v, np.exp(scores).sum(-1))
            ),
        ),
        "Softmax ran over all keys, and the hidden weights were set to zero afterwards, so what is "
        "left no longer sums to 1. Hide first, then normalise over the kept keys.",
    ),
    Mistake(
        "only the kept rows came back",
        (
            partial(_branched, after=lambda out, total, kept, v: (out[kept], total[kept])),
            partial(_branched, after=lambda out, total, kept, v: (out[kept], total)),
            partial(_branched, after=lambda out, total, kept, v: (out, total[kept])),
        ),
        "The result has a row for each kept position and none for the others. It has a row for "
        "every position of the sequence: make it full of zeros first, then fill in.",
    ),
    Mistake(
        "kept rows written to the wrong place",
        (
            _alone(after=_packed),
            _alone(
                after=lambda out, total, kept, v: (_packed(out, total, kept, v)[0], total),
            ),
            _alone(
                after=lambda out, total, kept, v: (out, _packed(out, total, kept, v)[1]),
            ),
            _to_the_segments_start,
        ),
        "The numbers of the kept rows are right, but they stand at the top of the table, or of "
        "their segment, one after another. Each belongs to the position it was computed for: use "
        "the same index to write as to read.",
    ),
    Mistake(
        "a list of pieces, one for each segment",
        (
            _piece_by_piece,
            lambda *args: list(zip(*_piece_by_piece(*args), strict=True)),
            lambda *args: [
                np.column_stack(two) for two in zip(*_piece_by_piece(*args), strict=True)
            ],
        ),
        "The results of the segments stand in a list, piece by piece. The result is one table for "
        "the whole sequence: make it full of zeros first, then fill in the kept rows.",
    ),
)

_DENOMINATOR_MISTAKES = (
    Mistake(
        "log of the denominator",
        (
            partial(_branched, total=lambda scores, raw: np.log(_total(scores, raw))),
            partial(
                _branched,
                total=lambda scores, raw: np.log(_total(scores, raw)),
                empty=(0.0, -np.inf),
            ),
            partial(_branched, total=lambda scores, raw: np.log1p(_total(scores, raw))),
        ),
        "These are logarithms of the denominators, log-sum-exp. That is the safe way, and comes in "
        "lesson 12; here the denominators are plain sums of exponentials.",
    ),
    Mistake(
        "denominators relative to a maximum",
        (
            partial(_branched, total=_above(lambda s: s.max())),
            partial(_branched, total=_above(lambda s: s.max(-1, keepdims=True))),
            partial(_branched, total=_above(lambda s: s.max(0, keepdims=True))),
            partial(_branched, total=_above(lambda s: np.abs(s).max())),
            _by_mask(lambda scores, mask, v: _relative(scores, mask, v, scores.max())),
            _by_mask(
                lambda scores, mask, v: _relative(scores, mask, v, scores.max(-1, keepdims=True))
            ),
            _by_mask(lambda scores, mask, v: _relative(scores, mask, v, scores[mask].max())),
        ),
        "A maximum was subtracted before exp: of the row, or of the segment. It cancels in the "
        "outputs, but not in the denominators, and those of two segments or branches can then no "
        "longer be compared. The scores here are small enough for a bare exp.",
    ),
    Mistake(
        "number of keys instead of the denominator",
        (
            partial(_branched, total=lambda scores, raw: scores.shape[-1]),
            partial(_branched, total=lambda scores, raw: np.exp(scores).mean(-1)),
        ),
        "The denominators are how many keys there were, or a mean. They are the sums of the "
        "exponentials: what softmax divides by.",
    ),
    Mistake(
        "sum of the weights instead of the exponentials",
        (
            partial(_branched, total=lambda scores, raw: _softmax(scores).sum(-1)),
            partial(_branched, total=lambda scores, raw: _softmax(scores).max(-1)),
        ),
        "Your denominators are sums of weights, so all of them are 1. What is meant is the number "
        "that softmax divides by, from before it divides.",
    ),
    Mistake(
        "scores summed without exp",
        (
            partial(_branched, total=lambda scores, raw: scores.sum(-1)),
            partial(_branched, total=lambda scores, raw: raw.sum(-1)),
            _alone(total=lambda scores, raw: np.exp(scores.sum(-1))),
            _alone(total=lambda scores, raw: np.exp(scores).max(-1)),
            _alone(total=lambda scores, raw: scores.max(-1)),
        ),
        "The denominators add up the scores themselves, or exp comes after the sum (or only the "
        "greatest is left). First exp of each score, then the sum.",
    ),
    Mistake(
        "denominators summed over the queries",
        (
            partial(_branched, total=lambda scores, raw: np.exp(scores).sum(0)),
            partial(_branched, total=lambda scores, raw: np.exp(scores).sum()),
        ),
        "The exponentials are added up over the queries, or over the whole segment. Each row has a "
        "denominator of its own: the sum along its keys.",
    ),
    Mistake(
        "denominators without the scale",
        (
            partial(_branched, total=lambda scores, raw: np.exp(raw).sum(-1)),
            partial(_branched, total=lambda scores, raw: np.exp(scores**2 / raw).sum(-1)),
        ),
        "The denominators sum exponentials of other scores than the outputs use: those before the "
        "division by √d_head, or divided twice. It is one and the same softmax.",
    ),
    Mistake(
        "one over the denominator",
        (
            partial(_branched, total=lambda scores, raw: 1 / _total(scores, raw)),
            _alone(total=lambda scores, raw: np.sqrt(_total(scores, raw))),
            _alone(total=lambda scores, raw: _total(scores, raw) ** 2),
        ),
        "The denominators are turned over, or squared. They are the sums themselves.",
    ),
    Mistake(
        "denominators normalised",
        (
            partial(_branched, after=_of_all(lambda totals: totals / totals.sum())),
            _alone(after=_of_all(lambda totals: totals / totals.max())),
            _alone(after=_of_all(_softmax)),
        ),
        "The denominators were divided by their own sum or maximum. They stay as they are: their "
        "size is what branches are compared by.",
    ),
    Mistake(
        "denominators as a column",
        (
            partial(_branched, after=lambda out, total, kept, v: (out, total[:, None])),
            partial(
                _branched,
                after=lambda out, total, kept, v: (out, total[:, None] + np.zeros_like(v)),
            ),
        ),
        "The denominators have two axes; wanted is one number for each position, of shape (T,). "
        "Keep the axis for the division, and drop it before you return.",
    ),
    Mistake(
        "outputs and denominators in the wrong order",
        (partial(_branched, after=lambda out, total, kept, v: (total, out)),),
        "Both are there, but the other way round. Outputs come first, denominators second.",
    ),
    Mistake(
        "only one of the two results",
        (
            partial(_branched, after=lambda out, total, kept, v: out),
            partial(_branched, after=lambda out, total, kept, v: (out,)),
            partial(_branched, after=lambda out, total, kept, v: [out]),
            partial(_branched, after=lambda out, total, kept, v: np.column_stack([out, total])),
        ),
        "Only one array came back. Two are wanted, not joined but separated by a comma: outputs "
        "and denominators.",
    ),
    Mistake(
        "both results joined into one array",
        (partial(_branched, after=lambda out, total, kept, v: list(zip(out, total, strict=True))),),
        "Outputs and denominators were joined. Return them as two, separated by a comma.",
    ),
)

_ATTENTION_MISTAKES = (
    Mistake(
        "outputs not divided by the denominators",
        (partial(_branched, share=np.exp),),
        "The outputs are sums of values times exponentials, not yet divided by the denominators. "
        "Each branch brings finished outputs, and the denominators beside them.",
    ),
    Mistake(
        "divided twice",
        (
            partial(_branched, share=lambda s: _softmax(s) / np.exp(s).sum(-1, keepdims=True)),
            partial(_branched, share=lambda s: _softmax(_softmax(s))),
        ),
        "The outputs were divided by the denominators more than once, or went through softmax "
        "twice.",
    ),
    Mistake(
        "keepdims forgotten: the denominators have to be a column",
        (
            partial(_branched, share=lambda s: np.exp(s) / np.exp(s).sum(-1)),
            partial(_branched, share=np.exp, mix=lambda e, values: e @ values / e.sum(-1)),
            partial(_branched, after=lambda out, total, kept, v: out / total),
            _without_a_column,
        ),
        "A sum drops its axis, and then no longer lines up with the rows that it should divide. "
        "NumPy can keep that axis with length 1, or put one at the end: one denominator a row.",
    ),
    Mistake(
        "outputs as wide as queries or keys",
        (
            partial(_branched, like=lambda queries, values: queries),
            lambda q, k, v, *sizes: _branched(q, k, k, *sizes),
            lambda q, k, v, *sizes: _branched(q, k, q, *sizes),
        ),
        "The outputs have d_head columns: the table was made for queries, or keys are mixed. The "
        "outputs are mixtures of values, and d_value wide.",
    ),
    Mistake(
        "keys or queries used as values",
        (
            partial(_branched, roles=lambda q, k, v: (q, k, k)),
            _alone(roles=lambda q, k, v: (q, k, q)),
            _alone(roles=lambda q, k, v: (q, v, k)),
            _alone(roles=lambda q, k, v: (q, v, v)),
        ),
        "Keys and values changed places, or one plays both parts. Queries meet keys, and what is "
        "mixed are the values.",
    ),
    Mistake(
        "no scale",
        (partial(_branched, divisor=lambda q, v, w, r: 1.0),),
        "The scores go into exp as bare dot products. They are divided by √d_head, as always.",
    ),
    Mistake(
        "divided by d_head",
        (partial(_branched, divisor=lambda q, v, w, r: q.shape[1]),),
        "The scores are divided by d_head. Their standard deviation grows as its root: the scale "
        "is √d_head.",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_branched, divisor=lambda q, v, w, r: 1 / np.sqrt(q.shape[1])),
            _alone(divisor=lambda q, v, w, r: 1 / q.shape[1]),
        ),
        "The scale goes the wrong way: the scores became larger. They are divided by √d_head.",
    ),
    Mistake(
        "a scale that is not √d_head",
        (
            partial(_branched, divisor=lambda q, v, w, r: np.sqrt(v.shape[1])),
            _alone(divisor=lambda q, v, w, r: np.sqrt(len(q))),
            _alone(divisor=lambda q, v, w, r: len(q)),
            _alone(divisor=lambda q, v, w, r: np.sqrt(w)),
            _alone(divisor=lambda q, v, w, r: w),
            _alone(divisor=lambda q, v, w, r: np.sqrt(r)),
            _alone(divisor=lambda q, v, w, r: np.sqrt(q.shape[1]) * r),
            _alone(divisor=lambda q, v, w, r: np.sqrt(q.shape[1] * r)),
            _alone(divisor=lambda q, v, w, r: q.shape[1] ** 1.5),
            *(_alone(divisor=lambda q, v, w, r, c=c: c) for c in (2.0, 4.0, 8.0)),
        ),
        "The scale was read from the wrong place: the length of the sequence or of a segment, the "
        "dilation, d_value, or a fixed number. What makes a dot product large is d_head.",
    ),
    Mistake(
        "softmax over the queries",
        (
            partial(_branched, share=partial(_softmax, axis=0)),
            partial(
                _branched,
                share=partial(_softmax, axis=0),
                total=lambda scores, raw: np.exp(scores).sum(0),
            ),
            partial(_branched, share=partial(_softmax, axis=None)),
            partial(
                _branched,
                share=partial(_softmax, axis=None),
                total=lambda scores, raw: np.exp(scores).sum(),
            ),
        ),
        "The weights of a query do not sum to 1: the sum runs over the queries, or over all pairs. "
        "Each query shares out 1 among the keys, along the last axis.",
    ),
    Mistake(
        "exp forgotten",
        (
            partial(_branched, share=lambda s: s / s.sum(-1, keepdims=True)),
            partial(
                _branched,
                share=lambda s: s / s.sum(-1, keepdims=True),
                total=lambda scores, raw: scores.sum(-1),
            ),
            partial(_branched, share=lambda s: s),
        ),
        "The scores became weights without exp. Scores may be negative; what is summed and shared "
        "out are their exponentials.",
    ),
    Mistake(
        "plain mean of the values",
        (
            partial(_branched, share=lambda s: np.full(s.shape, 1 / s.shape[-1])),
            partial(_branched, share=np.ones_like),
        ),
        "All kept values count alike: they are averaged or added up. The weights come from the "
        "scores.",
    ),
    Mistake(
        "weights transposed",
        (partial(_branched, mix=lambda weights, values: weights.T @ values),),
        "The table of a segment is turned round: its rows belong to queries and its columns to "
        "keys.",
    ),
    Mistake(
        "queries and keys swapped",
        (
            partial(_branched, roles=lambda q, k, v: (k, q, v)),
            _alone(roles=lambda q, k, v: (q, q, v)),
            _alone(roles=lambda q, k, v: (k, k, v)),
        ),
        "Queries and keys changed places, or one of them plays both parts. Look at the names in "
        "your product.",
    ),
    Mistake(
        "the wrong values",
        (
            partial(_branched, roles=lambda q, k, v: (q, k, v[::-1])),
            partial(_branched, mix=lambda weights, values: weights @ values[::-1]),
            partial(_unevenly, of_keys="kept", of_values="segment"),
            partial(_unevenly, of_keys="kept", of_values="all"),
            partial(_unevenly, of_keys="segment", of_values="kept"),
            partial(_unevenly, of_keys="all", of_values="kept"),
        ),
        "The weights meet values of other positions, or there are more of one than of the other. "
        "Keys and values are kept at the same positions.",
    ),
    Mistake(
        "inputs changed in place",
        (
            _in_place(lambda q, *_: np.divide(q, np.sqrt(q.shape[1]), out=q)),
            _in_place(lambda q, k, *_: np.divide(k, np.sqrt(k.shape[1]), out=k)),
            _in_place(partial(_clear_the_rest, lambda q, k, v: (v,))),
            _in_place(partial(_clear_the_rest, lambda q, k, v: (k,))),
            _in_place(partial(_clear_the_rest, lambda q, k, v: (k, v))),
            _in_place(partial(_clear_the_rest, lambda q, k, v: (q, k, v))),
            _in_place(
                lambda q, k, v, *sizes: v.__setitem__(..., dilated_branch(q, k, v, *sizes)[0])
            ),
        ),
        "The numbers are right, but an array that was passed in is not what it was: look for `/=`, "
        "or for zeros written into it. Other branches still need it: make a new array.",
    ),
)


def _wrong_rows(
    parts: Parts, queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> str | None:
    """Say which row is filled that should be zero, or zero that should be filled."""
    outputs, denominators = parts
    for i, kept in enumerate(_is_kept(len(queries), *sizes)):
        if not kept and (outputs[i].any() or denominators[i]):
            return f"Position {i} is not kept by the branch, but its row is not zero."
        if kept and denominators[i] <= 0:
            return (
                f"Position {i} is kept, so it meets itself at least, but its denominator is "
                f"{denominators[i]:.4g}: a sum of exponentials is positive."
            )
    return None


def _no_mixture(
    parts: Parts, queries: ndarray, keys: ndarray, values: ndarray, *sizes: int
) -> str | None:
    """Say where an output lies outside the values that it may be mixed from."""
    length = sizes[0]
    kept = _is_kept(len(queries), *sizes)
    for i in np.flatnonzero(kept):
        own = values[kept & (np.arange(len(values)) // length == i // length)]
        outside = (parts[0][i] < own.min(0) - 1e-3) | (parts[0][i] > own.max(0) + 1e-3)
        if outside.any():
            return (
                f"Row {i} is no mixture of the values that are kept in its segment: feature "
                f"{int(outside.argmax())} lies outside of them."
            )
    return None


EXERCISES = (
    Exercise(
        name="dilated_branch",
        lesson="11",
        parameters=("queries", "keys", "values", "segment_length", "dilation", "offset"),
        reference=dilated_branch,
        kind=Kind((("seq_len", "d_value"), ("seq_len",)), names=("outputs", "denominators")),
        cases=_branches,
        mistakes=(
            *_SEGMENT_MISTAKES,
            *_ROW_MISTAKES,
            *_DENOMINATOR_MISTAKES,
            *_ATTENTION_MISTAKES,
        ),
        hints=(
            "Begin with two tables of zeros, one row a position. What is never filled is then "
            "right already.",
            "Take one segment after another. An array of positions can be an index: with it you "
            "read the kept rows of queries, keys and values, and write to the same rows.",
            "Inside a segment it is attention as ever: scores over √d_head, exp, sum, mixture. The "
            "sum that softmax divides by is what you keep as the denominator.",
        ),
        laws=(Law(_wrong_rows), Law(_no_mixture)),
    ),
)
