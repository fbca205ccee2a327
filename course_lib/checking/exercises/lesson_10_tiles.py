"""The exercise of lesson 10, second part: exact attention, and never the whole table of scores."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.results import array_of
from course_lib.checking.spending import Memory

_SIZES = ((7, 4, 3, 3), (6, 9, 2, 2), (4, 3, 5, 1), (5, 7, 2, 8))
_LONG, _TILE = 256, 6  # more than 32 tiles, and few enough pairs for a loop over them to end


def _texts(rng: np.random.Generator) -> Iterator[Case]:
    """Tiles that fit and that do not, scores that no bare exp survives, and one long text."""
    smallest = rng.integers(-3, 4, (5, 7)) / 2
    yield Case("5 tokens in tiles of 2", (*np.split(smallest, (2, 4), axis=1), 2))
    for seq_len, d_head, d_value, tile in _SIZES:
        about = f"{seq_len} tokens of d_head {d_head} and d_value {d_value}, tile {tile}"
        yield Case(about, _text(rng, seq_len, d_head, d_value, tile))
    yield Case("8 tokens in tiles of 3, scores that differ by 1000", _steep_text(rng))
    queries, keys = rng.normal(size=(4, 5)), rng.normal(size=(7, 5))
    more_keys = queries, keys, rng.normal(size=(7, 3)), 2
    yield Case("more keys than queries", more_keys, is_extra=True)
    long = _text(rng, _LONG, 2, 1, _TILE)  # narrow: lists of them take little room
    yield Case(f"{_LONG} tokens in tiles of {_TILE}", long, limit=Memory(2 * _LONG**2))


def _text(rng: np.random.Generator, seq_len: int, d_head: int, d_value: int, tile: int) -> tuple:
    queries, keys = rng.normal(size=(2, seq_len, d_head))
    return queries, keys, rng.normal(size=(seq_len, d_value)), tile


def _steep_text(rng: np.random.Generator) -> tuple:
    """Draw rows of scores on different levels, and two whose tiles differ by 1000.

    Whole numbers and d_head 4, so that float32 makes no error before the exponential.
    """
    queries, keys = rng.integers(-2, 3, (2, 8, 4)).astype(float)
    queries[:, 0] = 0, 1000, -1000, 500, 0, 0, -700, 250
    queries[:, 1] = 0, 0, 0, 0, 2, -2, 0, 0
    keys[:, 0] = 2
    keys[:, 1] = 0, 0, 0, 1000, 1000, 1000, 0, 0
    return queries, keys, rng.normal(size=(8, 3)), 3


def _tiles(n_keys: int, tile: int) -> list[slice]:
    return [slice(start, min(start + tile, n_keys)) for start in range(0, n_keys, tile)]


def _whole_tiles(n_keys: int, tile: int) -> list[slice]:
    return [slice(i * tile, (i + 1) * tile) for i in range(n_keys // tile)]


def _sqrt_d_head(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> float:
    return np.sqrt(queries.shape[1])


def _as_they_are(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> tuple:
    return queries, keys, values


def _all_of_it(scores: ndarray, keys: slice, tile: int) -> ndarray:
    return scores


def _outputs_alone(outputs: ndarray, tile: int) -> ndarray:
    return outputs


def _greatest(scores: ndarray, tile: int) -> ndarray:
    return scores.max(1, keepdims=True)


def _sums(powers: ndarray) -> ndarray:
    return powers.sum(1, keepdims=True)


def _the_new(old: ndarray, new: ndarray, peak: ndarray) -> ndarray:
    return new


def _decay(old: ndarray, new: ndarray, peak: ndarray) -> ndarray:
    return np.exp(old - new)


def _no_decay(old: ndarray, new: ndarray, peak: ndarray) -> float:
    return 1.0


def _forget(old: ndarray, new: ndarray, peak: ndarray) -> float:
    return 0.0


def _shared_out(outputs: ndarray, total: ndarray) -> ndarray:
    return outputs / total


Parts = Iterable[tuple[ndarray, ndarray]]  # scores of one tile of keys, and its values


def _online(
    parts: Parts,
    shape: tuple[int, int],
    tile: int,
    *,
    start: float = -np.inf,
    greatest: Callable = _greatest,
    lift: Callable = np.maximum,
    below: Callable = _the_new,
    keep_total: Callable = _decay,
    keep_outputs: Callable = _decay,
    each: Callable = lambda outputs, total: outputs,
    finish: Callable = _shared_out,
) -> Any:
    """Keep a running maximum, sum and output, with any of the things that can go wrong.

    Parameters
    ----------
    parts : tile by tile, scores and values
    start : where the maximum begins
    greatest, lift : the maximum of a tile, and what becomes of the old one
    below : what is subtracted before exp
    keep_total, keep_outputs : what the running sum and outputs are multiplied by
    each, finish : what is done to the outputs after each tile, and at the end
    """
    highest, total = np.full((shape[0], 1), start), np.zeros((shape[0], 1))
    outputs = np.zeros(shape)
    for scores, values in parts:
        peak = greatest(scores, tile)
        maxima = highest, lift(highest, peak), peak
        powers = np.exp(scores - below(*maxima))
        total = total * keep_total(*maxima) + powers.sum(1, keepdims=True)
        outputs = each(outputs * keep_outputs(*maxima) + powers @ values, total)
        highest = maxima[1]
    return finish(outputs, total)


def _tiled(
    queries: ndarray,
    keys: ndarray,
    values: ndarray,
    tile: int,
    *,
    roles: Callable = _as_they_are,
    divisor: Callable = _sqrt_d_head,
    cut: Callable = _tiles,
    see: Callable = _all_of_it,
    combine: Callable = _online,
    after: Callable = _outputs_alone,
) -> Any:
    """Attend over tiles of keys with any of the things that can go wrong with it."""
    q, k, v = roles(queries, keys, values, tile)
    scale = divisor(queries, keys, values, tile)
    parts = ((see(q @ k[s].T / scale, s, tile), v[s]) for s in cut(len(k), tile))
    return after(combine(parts, (len(q), v.shape[1]), tile), tile)


def _softmax(scores: ndarray, axis: int | tuple[int, int] = 1) -> ndarray:
    exponentials = np.exp(scores - scores.max(axis, keepdims=True))
    return exponentials / exponentials.sum(axis, keepdims=True)


def _added(share: Callable, *, mean: str = "") -> Callable:
    """Let each tile share out on its own, and add the outputs up, or average them."""

    def combine(parts: Parts, shape: tuple[int, int], tile: int) -> ndarray:
        outputs, n_tiles, n_keys = np.zeros(shape), 0, 0
        for scores, values in parts:
            outputs += share(scores) @ values * (len(values) if mean == "by length" else 1)
            n_tiles, n_keys = n_tiles + 1, n_keys + len(values)
        whole = max(1, n_keys // tile)
        return (
            outputs
            / {
                "": 1,
                "plain": n_tiles,
                "by length": n_keys,
                "whole tiles": whole,
                "fraction": n_keys / tile,
            }[mean]
        )

    return combine


def _bare(parts: Parts, shape: tuple[int, int], tile: int, *, repair: bool = False) -> ndarray:
    """Add up bare exponentials: right as long as none overflows."""
    outputs, total = np.zeros(shape), np.zeros((shape[0], 1))
    for scores, values in parts:
        outputs += np.exp(scores) @ values
        total += np.exp(scores).sum(1, keepdims=True)
    return np.nan_to_num(outputs / total) if repair else outputs / total


def _row_blocks_greatest(scores: ndarray, tile: int) -> ndarray:
    """Take one maximum for each tile of queries."""
    blocks = [scores[s].max() for s in _tiles(len(scores), tile)]
    return np.repeat(blocks, tile)[: len(scores), None]


def _own_block(scores: ndarray, keys: slice, tile: int) -> ndarray:
    rows = np.arange(len(scores))[:, None]
    return np.where((rows >= keys.start) & (rows < keys.stop), scores, -1e30)


def _not_later(scores: ndarray, keys: slice, tile: int) -> ndarray:
    rows, columns = np.arange(len(scores))[:, None], np.arange(keys.start, keys.stop)
    return np.where(columns <= rows, scores, -1e30)


def _padded(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> tuple:
    more = ((0, -len(keys) % tile), (0, 0))
    return queries, np.pad(keys, more), np.pad(values, more)


def _dropped(outputs: ndarray, tile: int) -> ndarray:
    """Leave the rows of the last partial tile of queries at 0."""
    whole = len(outputs) // tile * tile
    return np.where(np.arange(len(outputs))[:, None] < whole, outputs, 0)


def _before_last(outputs: ndarray, tile: int) -> ndarray:
    """Say which rows a range finds that stops a tile too early."""
    return np.arange(len(outputs))[:, None] < _tiles(len(outputs), tile)[-1].start


def _joined_whole(outputs: ndarray, tile: int) -> ndarray:
    return np.concatenate([outputs[s] for s in _whole_tiles(len(outputs), tile)])


def _first_values(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> tuple:
    return queries, keys, np.resize(values[:tile], values.shape)


def _backwards(old: ndarray, new: ndarray, peak: ndarray) -> ndarray:
    return np.where(np.isinf(old), 0, np.exp(new - old))


def _before_scaling(array: str) -> Callable:
    """Scale one of the inputs in place."""

    def attended(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
        x = queries if array == "queries" else keys
        x /= np.sqrt(x.shape[1])
        return _tiled(queries, keys, values, tile, divisor=lambda q, k, v, tile: 1.0)

    return attended


def _in_equal_parts(how: Callable) -> Callable:
    """Cut by a way that complains where the tile does not fit."""

    def attended(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
        how(queries, keys, values, tile)
        return _tiled(queries, keys, values, tile)

    return attended


def _by_rows(
    queries: ndarray,
    keys: ndarray,
    values: ndarray,
    tile: int,
    *,
    share: Callable = _softmax,
    mix: Callable = lambda weights, values, rows: weights @ values,
    room: Callable = lambda queries, values: np.zeros((len(queries), values.shape[1])),
) -> ndarray:
    """Attend over tiles of queries, each with all keys: whole rows, so softmax works as ever."""
    outputs = room(queries, values)
    for rows in _tiles(len(queries), tile):
        weights = share(queries[rows] @ keys.T / np.sqrt(queries.shape[1]))
        outputs[rows] = mix(weights, values, rows)
    return outputs


def _all_in_one_place(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
    """Write every tile of outputs over the first."""
    outputs, right = np.zeros((len(queries), values.shape[1])), _tiled(queries, keys, values, tile)
    for rows in _tiles(len(queries), tile):
        outputs[:tile] = right[rows]
    return outputs


def _square_room(queries: ndarray, values: ndarray) -> ndarray:
    return np.zeros((len(queries), len(values)))


def _whole_table(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
    return _softmax(queries @ keys.T / np.sqrt(queries.shape[1])) @ values


def _whole_table_in_tiles(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
    scores = queries @ keys.T / np.sqrt(queries.shape[1])
    return np.concatenate([_softmax(scores[s]) @ values for s in _tiles(len(scores), tile)])


def _all_tiles_kept(queries: ndarray, keys: ndarray, values: ndarray, tile: int) -> ndarray:
    scale = np.sqrt(queries.shape[1])
    rows = [_softmax(queries[s] @ keys.T / scale) for s in _tiles(len(queries), tile)]
    return np.concatenate(rows) @ values


def _with(**options: Any) -> partial:
    """Go wrong in what is kept while the tiles go by."""
    return partial(_tiled, combine=partial(_online, **options))


_RUNNING_MISTAKES = (
    Mistake(
        "each tile normalised alone and summed",
        (partial(_tiled, combine=_added(_softmax)),),
        "Each tile of keys shares out a whole 1 of its own, so with three tiles every row of "
        "weights sums to 3. A query shares out 1 over all tiles together: keep a running sum of "
        "the exponentials, and divide once, at the end.",
    ),
    Mistake(
        "averaged over tiles",
        (
            partial(_tiled, combine=_added(_softmax, mean="plain")),
            partial(_tiled, combine=_added(_softmax, mean="by length")),
            partial(_tiled, combine=_added(_softmax, mean="whole tiles")),
            partial(_tiled, combine=_added(_softmax, mean="fraction")),
        ),
        "Each tile was normalised alone and the tiles were averaged, so every tile counts as much "
        "as another. Tiles with large scores deserve more: that is what the running sum of "
        "exponentials is for.",
    ),
    Mistake(
        "running sum not rescaled when the maximum moves",
        (_with(keep_total=_no_decay),),
        "The running sum keeps exponentials that were taken below an older maximum. When a tile "
        "brings a larger one, the sum has to be rescaled, by the same factor as the outputs.",
    ),
    Mistake(
        "outputs not rescaled when the maximum moves",
        (_with(keep_outputs=_no_decay),),
        "The running mixture keeps exponentials that were taken below an older maximum. When a "
        "tile brings a larger one, it has to be rescaled, by the same factor as the running sum.",
    ),
    Mistake(
        "nothing rescaled when the maximum moves",
        (_with(keep_total=_no_decay, keep_outputs=_no_decay),),
        "The maximum moves from tile to tile, and what was added up before is not rescaled. All "
        "exponentials have to be taken below the same maximum: multiply the old sum and the old "
        "mixture by what the change makes of them.",
    ),
    Mistake(
        "each tile below its own maximum, not rescaled",
        (
            _with(below=lambda old, new, peak: peak, keep_total=_no_decay, keep_outputs=_no_decay),
            _with(below=lambda old, new, peak: peak),
        ),
        "The exponentials of each tile are taken below the maximum of that tile alone, and then "
        "added up. They can be added only below one and the same maximum: the running one.",
    ),
    Mistake(
        "rescaled the wrong way round",
        (
            _with(keep_total=_backwards, keep_outputs=_backwards),
            _with(
                keep_total=lambda old, new, peak: np.exp(new - old),
                keep_outputs=lambda old, new, peak: np.exp(new - old),
            ),
            _with(keep_total=_backwards),
            _with(keep_outputs=_backwards),
        ),
        "When the maximum rises, older exponentials become smaller. Your factor is above 1 (or "
        "infinite, as long as the old maximum is −inf): which of the two maxima is subtracted from "
        "which?",
    ),
    Mistake(
        "rescaled with the wrong maximum",
        (
            _with(
                keep_total=lambda old, new, peak: np.exp(old - peak),
                keep_outputs=lambda old, new, peak: np.exp(old - peak),
            ),
            _with(
                keep_total=lambda old, new, peak: np.exp(peak - new),
                keep_outputs=lambda old, new, peak: np.exp(peak - new),
            ),
            _with(keep_total=lambda old, new, peak: np.exp(peak - new)),
            _with(keep_outputs=lambda old, new, peak: np.exp(peak - new)),
        ),
        "What was kept is rescaled with the maximum of this tile. The factor comes from the "
        "running maximum before this tile and the running maximum after it.",
    ),
    Mistake(
        "exponentials below the old maximum",
        (_with(below=lambda old, new, peak: np.where(np.isinf(old), new, old)),),
        "The scores of a tile were shifted by the maximum as it was before that tile. First let "
        "the tile raise the maximum, then take the exponentials.",
    ),
    Mistake(
        "the maximum may fall from tile to tile",
        (_with(lift=lambda old, peak: peak),),
        "The maximum of a tile replaces the running one, even where it is lower, and then the "
        "rescaling overflows. A running maximum never falls: keep the larger of the two.",
    ),
    Mistake(
        "the running maximum starts at 0",
        (_with(start=0.0),),
        "The maximum starts at 0, so a row whose scores all lie far below never moves it: every "
        "exponential is 0, and 0 / 0 is nan. Start below any score.",
    ),
    Mistake(
        "one maximum for all rows",
        (
            _with(greatest=lambda scores, tile: np.full((len(scores), 1), scores.max())),
            _with(greatest=_row_blocks_greatest),
        ),
        "One maximum is taken for all queries of a tile. In a row far below it every exponential "
        "is 0: each query keeps a maximum of its own.",
    ),
    Mistake(
        "maximum along the wrong axis",
        (
            _with(greatest=lambda scores, tile: scores.max(0)),
            _with(greatest=lambda scores, tile: scores.max(0, keepdims=True)),
            _with(greatest=lambda scores, tile: scores.max(1)),
            partial(_by_rows, share=lambda s: _shared_out(p := np.exp(s - s.max(0)), p.sum(1))),
            partial(_by_rows, share=lambda s: _shared_out(p := np.exp(s - s.max(0)), _sums(p))),
            partial(_by_rows, share=lambda s: np.exp(s - s.max(1))),
            partial(_by_rows, share=lambda s: (p := np.exp(s - _greatest(s, 0))) / p.sum(0)),
            _with(finish=lambda outputs, total: outputs / total[:, 0]),
            partial(_by_rows, share=lambda s: (p := np.exp(s - _greatest(s, 0))) / p.sum(1)),
        ),
        "The maxima, or the sums, do not stand where the rows need them: one for each query, along "
        "the keys, as a column (`keepdims`).",
    ),
    Mistake(
        "overflow for large scores",
        (partial(_tiled, combine=_bare), partial(_tiled, combine=partial(_bare, repair=True))),
        "exp of a score above 709 is too large for a float. Subtract a maximum first: the running "
        "maximum of each query, which moves from tile to tile.",
    ),
    Mistake(
        "scores clipped",
        (
            *(
                partial(_tiled, see=lambda s, keys, tile, c=c: np.clip(s, -c, c))
                for c in (50, 100, 500, 700, 709)
            ),
            *(
                partial(_tiled, see=lambda s, keys, tile, c=c: np.minimum(s, c))
                for c in (50, 100, 500, 700, 709)
            ),
        ),
        "Large scores are cut off at a limit, so that all beyond it look alike. Overflow can be "
        "avoided without a loss: subtract a maximum.",
    ),
    Mistake(
        "normalised after every tile",
        (
            _with(each=_shared_out, finish=lambda outputs, total: outputs),
            _with(each=_shared_out),
        ),
        "The outputs are divided by the running sum after every tile, and the next tile is added "
        "to what was divided already. Divide once, when all tiles have been seen.",
    ),
    Mistake(
        "not divided by the running sum",
        (
            _with(finish=lambda outputs, total: outputs),
            partial(_tiled, combine=_added(np.exp)),
            _with(finish=lambda outputs, total: outputs / total**2),
            _with(finish=lambda outputs, total: outputs * total),
        ),
        "The outputs were not divided by the sum of the exponentials, or not once. After the last "
        "tile, each row is divided by its own sum.",
    ),
    Mistake(
        "running sum of the last tile only",
        (_with(keep_total=_forget),),
        "The sum of the exponentials starts anew with every tile. It has to add up over all of "
        "them: `+=` rather than `=`, after it was rescaled.",
    ),
    Mistake(
        "outputs of the last tile only",
        (_with(keep_outputs=_forget), _with(keep_outputs=_forget, keep_total=_forget)),
        "Each tile of keys replaces what the ones before have brought: `=` where `+=` belongs, or "
        "the running values are set to 0 inside the loop.",
    ),
)

_TILE_MISTAKES = (
    Mistake(
        "last partial tile dropped",
        (
            partial(_tiled, cut=_whole_tiles),
            partial(_tiled, cut=_whole_tiles, after=lambda out, tile: np.nan_to_num(out)),
            partial(_tiled, cut=_whole_tiles, after=_dropped),
            partial(_tiled, after=_dropped),
            partial(_tiled, cut=lambda n, tile: _tiles(n, tile)[:-1]),
            partial(_tiled, after=lambda out, tile: out * _before_last(out, tile)),
            partial(_tiled, cut=_whole_tiles, after=_joined_whole),
            partial(_tiled, after=_joined_whole),
        ),
        "The last tokens are missing, at least where the tile does not divide their number, and a "
        "tile larger than the text finds nothing at all. A last tile may be shorter: a slice that "
        "reaches beyond the end does no harm.",
    ),
    Mistake(
        "tile has to divide the number of tokens",
        (
            _in_equal_parts(lambda q, k, v, tile: q.reshape(-1, tile, q.shape[1])),
            _in_equal_parts(lambda q, k, v, tile: k.reshape(-1, tile, k.shape[1])),
            _in_equal_parts(lambda q, k, v, tile: q.reshape(len(q) // tile, tile, q.shape[1])),
            _in_equal_parts(lambda q, k, v, tile: k.reshape(len(k) // tile, tile, k.shape[1])),
            _in_equal_parts(lambda q, k, v, tile: np.split(q, len(q) // tile)),
            _in_equal_parts(lambda q, k, v, tile: np.split(k, len(k) // tile)),
        ),
        "`reshape` and `split` want equal parts, and the last tile may be shorter than the others. "
        "Slices from a start to start plus tile do not mind.",
    ),
    Mistake(
        "padding counted as keys",
        (partial(_tiled, roles=_padded),),
        "The last tile was filled up with zeros. A key of zeros has the score 0, and exp of 0 is "
        "1: the padding gets weight. Use a shorter tile instead, or hide it with −inf.",
    ),
    Mistake(
        "only the first tile of keys",
        (
            partial(_tiled, cut=lambda n, tile: _tiles(n, tile)[:1]),
            partial(_tiled, cut=lambda n, tile: _tiles(n, tile)[:1], after=lambda o, t: o[:t]),
        ),
        "Only the first tile of keys was looked at. Is a `return` inside the loop, or a slice that "
        "does not move?",
    ),
    Mistake(
        "only one tile of queries returned",
        (
            partial(_tiled, after=lambda out, tile: out[:tile]),
            partial(_tiled, after=lambda out, tile: out[_tiles(len(out), tile)[-1]]),
            partial(_tiled, after=lambda out, tile: out * (np.arange(len(out)) < tile)[:, None]),
            _all_in_one_place,
        ),
        "The outputs of one tile of queries came back. Is `return` inside the loop, or is each "
        "tile's result put in the place of the one before?",
    ),
    Mistake(
        "tiles of outputs not joined",
        (
            partial(_tiled, after=lambda out, tile: [out[s] for s in _tiles(len(out), tile)]),
            partial(
                _tiled,
                after=lambda out, tile: [out[s].tolist() for s in _tiles(len(out), tile)],
            ),
            partial(
                _tiled, after=lambda out, tile: np.array([out[s] for s in _tiles(len(out), tile)])
            ),
            partial(
                _tiled, after=lambda out, tile: np.stack([out[s] for s in _tiles(len(out), tile)])
            ),
            partial(
                _tiled, after=lambda out, tile: np.hstack([out[s] for s in _tiles(len(out), tile)])
            ),
        ),
        "The outputs came back as a list of tiles. Join them below each other: "
        "(n_queries, d_value).",
    ),
    Mistake(
        "each tile attends only to itself",
        (partial(_tiled, see=_own_block),),
        "Queries of one tile met the keys of the same tile alone. Tiles only decide what is looked "
        "at together: every tile of queries has to meet every tile of keys.",
    ),
    Mistake(
        "causal: later tokens hidden",
        (
            partial(_tiled, see=_not_later),
            partial(
                _tiled,
                see=lambda s, keys, tile: np.where(
                    np.arange(len(s))[:, None] // tile * tile >= keys.start, s, -1e30
                ),
            ),
        ),
        "Later keys (or tiles) are hidden from earlier queries. There is no mask here: every query "
        "meets every key.",
    ),
    Mistake(
        "the last key of each tile lost",
        (
            partial(
                _tiled,
                cut=lambda n, tile: [slice(s.start, s.start + tile - 1) for s in _tiles(n, tile)],
            ),
            partial(
                _tiled, cut=lambda n, tile: [slice(s.start, s.stop - 1) for s in _tiles(n, tile)]
            ),
            partial(
                _tiled,
                cut=lambda n, tile: [
                    slice(s.start, min(s.start + tile, n - 1)) for s in _tiles(n, tile)
                ],
            ),
        ),
        "A slice stops before its end, so nothing has to be subtracted from it. Some keys are "
        "never looked at.",
    ),
    Mistake(
        "tiles overlap: some keys counted twice",
        (
            partial(
                _tiled,
                cut=lambda n, tile: [slice(s.start, s.start + tile + 1) for s in _tiles(n, tile)],
            ),
            partial(_tiled, cut=lambda n, tile: [slice(i, i + tile) for i in range(n)]),
            partial(
                _tiled,
                cut=lambda n, tile: [slice(i, i + tile) for i in range(max(1, n - tile + 1))],
            ),
        ),
        "Some keys belong to more than one tile, and so count more than once. The next tile starts "
        "where the last one stopped: which step does your range take?",
    ),
    Mistake(
        "the first tile skipped",
        (
            partial(_tiled, cut=lambda n, tile: _tiles(n, tile)[1:]),
            partial(_tiled, cut=lambda n, tile: [slice(i, i + tile) for i in range(1, n, tile)]),
        ),
        "The first keys are never looked at. Where does your range begin?",
    ),
    Mistake(
        "keys and values of different tiles",
        (
            partial(_tiled, roles=_first_values),
            partial(_tiled, roles=lambda q, k, v, tile: (q, k, np.roll(v, tile, 0))),
            partial(_tiled, roles=lambda q, k, v, tile: (q, k, np.roll(v, -tile, 0))),
            partial(_tiled, roles=lambda q, k, v, tile: (q, k, v[::-1])),
            lambda q, k, v, tile: _tiled(q, k, v, tile, combine=_first_rows(v)),
            lambda q, k, v, tile: _tiled(q, k, v, tile, combine=_all_rows(v)),
            partial(_by_rows, mix=lambda weights, values, rows: weights @ values[rows]),
        ),
        "The weights of one tile met the values of another, or all values at once. Key and value "
        "of a token belong together: cut both with the same slice.",
    ),
)


def _first_rows(values: ndarray) -> Callable:
    """Mix the first values in every tile."""

    def combine(parts: Parts, shape: tuple[int, int], tile: int) -> ndarray:
        return _online(((scores, values[:tile]) for scores, _ in parts), shape, tile)

    return combine


def _all_rows(values: ndarray) -> Callable:
    """Mix all values in every tile."""

    def combine(parts: Parts, shape: tuple[int, int], tile: int) -> ndarray:
        return _online(((scores, values) for scores, _ in parts), shape, tile)

    return combine


_ATTENTION_MISTAKES = (
    Mistake(
        "no scale",
        (partial(_tiled, divisor=lambda q, k, v, tile: 1.0),),
        "The scores go into exp as bare dot products. As ever they are divided by √d_head first.",
    ),
    Mistake(
        "divided by d_head",
        (partial(_tiled, divisor=lambda q, k, v, tile: q.shape[1]),),
        "The scale is too strong: d_head itself, where √d_head would do.",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_tiled, divisor=lambda q, k, v, tile: 1 / np.sqrt(q.shape[1])),
            partial(_tiled, divisor=lambda q, k, v, tile: 1 / q.shape[1]),
        ),
        "The scale goes the wrong way: the scores became larger.",
    ),
    Mistake(
        "scale from the tile",
        (
            partial(_tiled, divisor=lambda q, k, v, tile: np.sqrt(tile)),
            partial(_tiled, divisor=lambda q, k, v, tile: tile),
        ),
        "The scale was read from the tile. The result must not depend on the tile at all: it is "
        "√d_head, the number of features.",
    ),
    Mistake(
        "scale from the number of tokens",
        (
            partial(_tiled, divisor=lambda q, k, v, tile: np.sqrt(len(q))),
            partial(_tiled, divisor=lambda q, k, v, tile: len(q)),
        ),
        "The scale was read from the number of tokens. What counts is how many features a query "
        "has: √d_head.",
    ),
    Mistake(
        "scale from d_value",
        (
            partial(_tiled, divisor=lambda q, k, v, tile: np.sqrt(v.shape[1])),
            partial(_tiled, divisor=lambda q, k, v, tile: v.shape[1]),
        ),
        "The scale was read from the values. Scores compare queries and keys, so it is their "
        "width: √d_head.",
    ),
    Mistake(
        "a fixed scale",
        tuple(partial(_tiled, divisor=lambda q, k, v, tile, c=c: c) for c in (2.0, 4.0, 8.0, 64.0)),
        "The scores are divided by the same number whatever the input. It follows from d_head.",
    ),
    Mistake(
        "scaled twice",
        (
            partial(_tiled, divisor=lambda q, k, v, tile: q.shape[1] ** 1.5),
            partial(_tiled, divisor=lambda q, k, v, tile: q.shape[1] ** 0.25),
        ),
        "The scale is another power of d_head: queries, keys and scores need √d_head once in all.",
    ),
    Mistake(
        "softmax over the queries",
        (
            partial(_tiled, combine=_added(partial(_softmax, axis=0))),
            partial(_by_rows, share=partial(_softmax, axis=0)),
        ),
        "Each key shares out its weight among the queries: the sum runs along the wrong axis. It "
        "is each query that shares out 1, among the keys of all tiles.",
    ),
    Mistake(
        "softmax over a whole tile",
        (
            partial(_by_rows, share=partial(_softmax, axis=(0, 1))),
            partial(_tiled, combine=_added(partial(_softmax, axis=(0, 1)))),
        ),
        "All scores of a tile were divided by one sum. Each query shares out 1 of its own: the "
        "sum runs along the keys, row by row.",
    ),
    Mistake(
        "softmax missing",
        (
            partial(_tiled, combine=_added(lambda scores: scores)),
            partial(_tiled, combine=_added(lambda s: s / s.sum(1, keepdims=True))),
        ),
        "The values were mixed with the scores as they are. Weights come first: exponentials, and "
        "their sum over all tiles.",
    ),
    Mistake(
        "plain mean of the values",
        (
            partial(_tiled, see=lambda scores, keys, tile: 0 * scores),
            partial(_tiled, combine=_added(np.ones_like)),
        ),
        "Every key counts as much as any other: the scores do not reach the outputs.",
    ),
    Mistake(
        "queries and keys swapped",
        (partial(_tiled, roles=lambda q, k, v, tile: (k, q, v)),),
        "Queries and keys changed places. Rows of the scores belong to queries.",
    ),
    Mistake(
        "keys used as values",
        (partial(_tiled, roles=lambda q, k, v, tile: (q, k, k)),),
        "The weights mix the keys. What is passed on are the values.",
    ),
    Mistake(
        "one input used for two",
        (
            partial(_tiled, roles=lambda q, k, v, tile: (q, q, v)),
            partial(_tiled, roles=lambda q, k, v, tile: (k, k, v)),
            partial(_tiled, roles=lambda q, k, v, tile: (q, k, q)),
        ),
        "Two of queries, keys and values are the same array. Look at the names, line by line.",
    ),
    Mistake(
        "outputs as wide as the queries",
        (partial(_by_rows, room=lambda queries, values: np.zeros_like(queries)),),
        "The array for the outputs has another width than the values. An output is a mixture of "
        "values, so it is d_value wide; queries may be wider or narrower.",
    ),
    Mistake(
        "weights instead of outputs",
        (partial(_by_rows, mix=lambda weights, values, rows: weights, room=_square_room),),
        "The weights came back, a row of them for each query. One product is missing: each output "
        "is the mixture of values that a row of weights asks for.",
    ),
    Mistake(
        "outputs turned round",
        (partial(_tiled, after=lambda out, tile: out.T),),
        "The outputs are (d_value, n_queries). A row belongs to a query.",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_tiled, after=lambda out, tile: np.trunc(out)),
            partial(_tiled, after=lambda out, tile: np.round(out)),
        ),
        "The outputs lost what stands behind the point. Was the array that you fill made with an "
        "int type?",
    ),
    Mistake(
        "queries or keys scaled in place",
        (_before_scaling("queries"), _before_scaling("keys")),
        "The outputs are right, and an array that you were given is not what it was: `/=` or `*=` "
        "changed it in place. Scale the scores, or a new array.",
    ),
    Mistake(
        "full matrix built",
        (_whole_table, _whole_table_in_tiles, _all_tiles_kept),
        "The outputs are right, and on the way to them the whole table of scores was there, or a "
        "large part of it: that is what tiles are to avoid. Hold the scores of one tile at a time "
        "(`tile` is how many tokens it has, not how many tiles there are), and let them go.",
    ),
)

EXERCISES = (
    Exercise(
        name="tiled_attention",
        lesson="10",
        parameters=("queries", "keys", "values", "tile"),
        reference=reference.tiled_attention,
        kind=array_of("n_queries", "d_value"),
        cases=_texts,
        mistakes=(*_RUNNING_MISTAKES, *_TILE_MISTAKES, *_ATTENTION_MISTAKES),
        hints=(
            "There is an easy way and a harder one. The easy way: a loop over tiles of queries. A "
            "few queries against all keys are whole rows, so softmax works as ever, and rows of "
            "one tile take little memory.",
            "`range` takes a step, and a slice that reaches beyond the end is simply shorter: that "
            "settles tiles that do not fit. Collect the outputs of the tiles and join them, or "
            "fill an array.",
            "The harder way also cuts the keys: keep for each query a running maximum, a running "
            "sum of exponentials and a running mixture. When the maximum rises from old to new, "
            "what was kept shrinks by e to the power old − new.",
        ),
    ),
)
