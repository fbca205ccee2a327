"""The exercise of lesson 09: all scores of a batch of heads at once, with no loop over tokens."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.cost_limits import Lines
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import array_of

_SIZES = ((2, 3, 5, 4), (2, 3, 5, 7), (3, 2, 4, 9), (4, 5, 3, 2))
_SHORT, _LONG = 6, 30


def _batches(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ; at the end, one input whose lines are counted at two lengths."""
    yield Case(
        "1 sentence, 2 heads, 2 tokens and d_head 3",
        (readable(rng, 1, 2, 2, 3), readable(rng, 1, 2, 2, 3)),
    )
    for batch_size, n_heads, seq_len, d_head in _SIZES:
        about = f"batch {batch_size}, {n_heads} heads, {seq_len} tokens and d_head {d_head}"
        yield Case(about, tuple(rng.normal(size=(2, batch_size, n_heads, seq_len, d_head))))
    more_keys = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 7, 5))
    yield Case("more keys than queries", more_keys, is_extra=True)
    short = tuple(rng.normal(size=(2, 2, 3, _SHORT, 5)))
    long = tuple(rng.normal(size=(2, 2, 3, _LONG, 5)))
    about = f"batch 2, 3 heads, {_LONG} tokens and d_head 5"
    yield Case(about, long, limit=Lines(short, (_SHORT, _LONG)))


def _dot(queries: ndarray, keys: ndarray) -> ndarray:
    return queries @ keys.swapaxes(-1, -2)


def _einsum(equation: str) -> Callable[[ndarray, ndarray], ndarray]:
    return partial(np.einsum, equation)


def _sqrt_d_head(queries: ndarray) -> float:
    return np.sqrt(queries.shape[-1])


def _one(queries: ndarray) -> float:
    return 1.0


def _scores(
    queries: ndarray,
    keys: ndarray,
    *,
    roles: Callable = lambda queries, keys: (queries, keys),
    compare: Callable = _dot,
    divisor: Callable = _sqrt_d_head,
    order: str = "queries by keys",
    after: Callable = np.asarray,
) -> Any:
    """Compute the scores of a batch with any of the things that can go wrong with them."""
    scores = compare(*roles(queries, keys)) / divisor(queries)
    return after(scores.swapaxes(-1, -2) if order == "keys by queries" else scores)


def _softmax(scores: ndarray, axis: int = -1) -> ndarray:
    exponentials = np.exp(scores - scores.max(axis, keepdims=True))
    return exponentials / exponentials.sum(axis, keepdims=True)


def _lengths(vectors: ndarray) -> ndarray:
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def _squared_distance(queries: ndarray, keys: ndarray) -> ndarray:
    return ((queries[..., :, None, :] - keys[..., None, :, :]) ** 2).sum(-1)


def _side_by_side(x: ndarray) -> ndarray:
    """Join the heads again: (batch, T, heads · d_head)."""
    return x.swapaxes(1, 2).reshape(x.shape[0], x.shape[2], -1)


def _only(*where: Any) -> Callable[[ndarray], ndarray]:
    """Leave the scores 0 everywhere but there."""

    def emptied(scores: ndarray) -> ndarray:
        kept = np.zeros_like(scores)
        kept[where] = scores[where]
        return kept

    return emptied


def _scaled_in_place(which: str, queries: ndarray, keys: ndarray) -> ndarray:
    if which == "scores":
        return _dot(queries, keys) / _sqrt_d_head(queries)
    for name, x in (("queries", queries), ("keys", keys)):
        if which in (name, "both"):
            x /= queries.shape[-1] ** (0.25 if which == "both" else 0.5)
    return _dot(queries, keys)


def _by_pairs(queries: ndarray, keys: ndarray) -> ndarray:
    scores = np.zeros((*queries.shape[:3], keys.shape[2]))
    for b, h, i, j in np.ndindex(scores.shape):
        scores[b, h, i, j] = queries[b, h, i] @ keys[b, h, j] / np.sqrt(queries.shape[-1])
    return scores


def _by_tokens(queries: ndarray, keys: ndarray) -> ndarray:
    rows = [_dot(queries[:, :, i : i + 1], keys) for i in range(queries.shape[2])]
    return np.concatenate(rows, axis=2) / np.sqrt(queries.shape[-1])


def _by_keys(queries: ndarray, keys: ndarray) -> ndarray:
    columns = [(queries * keys[:, :, j : j + 1]).sum(-1) for j in range(keys.shape[2])]
    return np.stack(columns, axis=-1) / np.sqrt(queries.shape[-1])


def _by_vectorize(queries: ndarray, keys: ndarray) -> ndarray:
    score = np.vectorize(lambda q, k: q @ k / np.sqrt(len(q)), signature="(d),(d)->()")
    return score(queries[:, :, :, None], keys[:, :, None])


_SCALE_MISTAKES = (
    Mistake(
        "no scale",
        (partial(_scores, divisor=_one),),
        "These are bare dot products. Their spread grows with the number of features: the scale "
        "is √d_head, as in lesson 03.",
    ),
    Mistake(
        "divided by d_head",
        (partial(_scores, divisor=lambda q: q.shape[-1]),),
        "The scale is too strong: it is d_head itself, and √d_head would do. (If queries and keys "
        "are both divided, the two factors multiply.)",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_scores, divisor=lambda q: 1 / np.sqrt(q.shape[-1])),
            partial(_scores, divisor=lambda q: 1 / q.shape[-1]),
        ),
        "The scale goes the wrong way: the scores became larger. They already grow with d_head, "
        "and the scale undoes that.",
    ),
    Mistake(
        "scale from the number of heads",
        (
            partial(_scores, divisor=lambda q: np.sqrt(q.shape[1])),
            partial(_scores, divisor=lambda q: q.shape[1]),
        ),
        "The scale was read from the axis of heads: with four axes, the axis after the first is "
        "no longer d_head. Features are the last axis, and axes can be counted from the end.",
    ),
    Mistake(
        "scale from the number of tokens, √T",
        (
            partial(_scores, divisor=lambda q: np.sqrt(q.shape[2])),
            partial(_scores, divisor=lambda q: q.shape[2]),
        ),
        "The scale was read from the axis of tokens (queries or keys). What makes a dot product "
        "large is how many features it adds up: d_head, the last axis.",
    ),
    Mistake(
        "scale from the batch",
        (
            partial(_scores, divisor=lambda q: np.sqrt(len(q))),
            partial(_scores, divisor=len),
        ),
        "The scale was read from the batch axis: it is the number of sentences. What counts is "
        "d_head, the last axis.",
    ),
    Mistake(
        "scale by √d_model",
        (
            partial(_scores, divisor=lambda q: np.sqrt(q.shape[1] * q.shape[-1])),
            partial(_scores, divisor=lambda q: q.shape[1] * q.shape[-1]),
        ),
        "The scale counts the features of all heads together, d_model. Each head compares its own "
        "d_head features only.",
    ),
    Mistake(
        "a fixed scale",
        tuple(partial(_scores, divisor=lambda q, c=c: c) for c in (2.0, 3.0, 4.0, 8.0, 64.0)),
        "The scale is the same number whatever the input. It follows from d_head: read it from "
        "the shape.",
    ),
    Mistake(
        "scaled twice, or by another power",
        (
            partial(_scores, divisor=lambda q: q.shape[-1] ** 1.5),
            partial(_scores, divisor=lambda q: q.shape[-1] ** 0.25),
            partial(_scores, divisor=lambda q: q.shape[-1] ** 0.75),
            partial(_scores, divisor=lambda q: q.shape[-1] ** 2),
            partial(_scores, divisor=lambda q: q.shape[-1] ** (1 / 3)),
            partial(_scores, divisor=lambda q: np.log(q.shape[-1])),
        ),
        "The scale is another power of d_head. If queries, keys and scores are scaled, or the "
        "products averaged, the factors multiply: together they must come to √d_head, once.",
    ),
    Mistake(
        "queries or keys scaled in place",
        tuple(partial(_scaled_in_place, which) for which in ("queries", "keys", "both")),
        "The scores are right, and the arrays that you were given are not what they were: `/=` or "
        "`*=` changed them in place, and whoever called still needs them. Scale the scores, or a "
        "new array.",
    ),
)

_AXIS_MISTAKES = (
    Mistake(
        "transposed: keys by queries",
        (partial(_scores, order="keys by queries"),),
        "Rows and columns are swapped: in each head a row belongs to a query and a column to a "
        "key.",
    ),
    Mistake(
        "keys not transposed",
        (
            lambda q, k: q @ k / _sqrt_d_head(q),
            lambda q, k: np.dot(q, k) / _sqrt_d_head(q),
        ),
        "A matrix product pairs the columns of its first factor with the rows of its second. Here "
        "rows have to meet rows: which two axes of the keys must change places?",
    ),
    Mistake(
        "keys transposed over too many axes",
        (
            *(
                lambda q, k, order=order: q @ k.transpose(order) / _sqrt_d_head(q)
                for order in permutations(range(4))
                if order[2] != 2
                and order != (0, 1, 3, 2)  # where T stays, NumPy complains as above
            ),
            lambda q, k: np.dot(q, k.T) / _sqrt_d_head(q),
        ),
        "The keys do not meet the queries. With four axes, `.T` turns all of them round. Batch "
        "and heads stay in front; only the last two axes change places.",
    ),
    Mistake(
        "reshaped instead of transposed",
        (
            partial(_scores, compare=lambda q, k: q @ k.reshape(*k.shape[:2], -1, k.shape[2])),
            partial(_scores, compare=lambda q, k: q @ k.T.reshape(*k.shape[:2], -1, k.shape[2])),
        ),
        "The shape is right and the numbers are mixed up: `reshape` reads on in the old order. To "
        "turn rows into columns, swap axes.",
    ),
    Mistake(
        "every head with every other one: mixes heads and batch",
        (
            partial(_scores, compare=lambda q, k: np.dot(q, k.swapaxes(-1, -2))),
            partial(_scores, compare=np.inner),
            partial(_scores, compare=_einsum("bhqd,bgkd->bhqgk")),
            partial(_scores, compare=_einsum("bhqd,bgkd->bhgqk")),
            partial(_scores, compare=_einsum("bhqd,chkd->bchqk")),
            partial(
                _scores, compare=lambda q, k: _dot(*(x.reshape(-1, x.shape[-1]) for x in (q, k)))
            ),
        ),
        "Each head was compared with all heads, or with all sentences (`dot`, `inner` and "
        "`tensordot` pair everything with everything, and so does one long list of all tokens). "
        "`@` keeps batch and heads together, and so does a letter that stands in both inputs of "
        "`einsum`.",
    ),
    Mistake(
        "attends over heads instead of tokens",
        (
            partial(_scores, compare=_einsum("bhtd,bgtd->bthg")),
            partial(_scores, compare=_einsum("bhtd,bgtd->bhg")),
            partial(_scores, compare=_einsum("bhtd,bgtd->bhgt")),
        ),
        "Within each token, heads were compared with heads. The axes come as (batch, heads, T, "
        "d_head), so T and d_head are the last two already: nothing has to be moved.",
    ),
    Mistake(
        "features by features",
        (
            partial(_scores, compare=_einsum("bhtd,bhte->bhde")),
            partial(_scores, compare=_einsum("bhtd,bhte->bhed")),
        ),
        "The product ran over the tokens, and what is left are features by features. Features "
        "are summed away; tokens meet tokens.",
    ),
    Mistake(
        "axes in another order",
        tuple(
            partial(_scores, after=lambda scores, order=order: scores.transpose(order))
            for order in permutations(range(4))
            if order not in {(0, 1, 2, 3), (0, 1, 3, 2)}
        ),
        "The axes stand in another order: batch, heads, queries, keys is what is asked for. Look "
        "at the letters after the arrow, or at your last transpose.",
    ),
    Mistake(
        "batch and heads folded into one axis",
        (partial(_scores, after=lambda scores: scores.reshape(-1, *scores.shape[2:])),),
        "Batch and heads have become one axis. Unfold it at the end: (batch, heads, T, T).",
    ),
)

_MIXING_MISTAKES = (
    Mistake(
        "mixes heads",
        (
            partial(_scores, roles=lambda q, k: (q, k[:, ::-1])),
            partial(_scores, roles=lambda q, k: (q, np.roll(k, 1, axis=1))),
            partial(_scores, roles=lambda q, k: (q, np.roll(k, -1, axis=1))),
            *(
                partial(_scores, roles=lambda q, k, mix=mix, both=both: both(q, k, mix))
                for mix in (
                    lambda x: np.broadcast_to(x[:, :1], x.shape),
                    lambda x: np.broadcast_to(x[:, -1:], x.shape),
                    lambda x: np.broadcast_to(x.sum(1, keepdims=True), x.shape),
                    lambda x: np.broadcast_to(x.mean(1, keepdims=True), x.shape),
                )
                for both in (
                    lambda q, k, mix: (mix(q), k),
                    lambda q, k, mix: (q, mix(k)),
                    lambda q, k, mix: (mix(q), mix(k)),
                )
            ),
        ),
        "The heads are not kept apart: a head's queries met the keys of another head, or of all "
        "of them. Head h compares its own queries with its own keys: the same index, or the same "
        "letter in `einsum`, for both.",
    ),
    Mistake(
        "one table of scores for all heads",
        (
            partial(_scores, compare=_einsum("bhqd,bhkd->bqk")),
            partial(_scores, after=lambda scores: scores.mean(1)),
            partial(_scores, after=lambda s: np.broadcast_to(s.sum(1, keepdims=True), s.shape)),
            partial(_scores, after=lambda s: np.broadcast_to(s.mean(1, keepdims=True), s.shape)),
            partial(_scores, after=lambda s: s.sum(1, keepdims=True)),
            partial(_scores, after=lambda s: s.mean(1, keepdims=True)),
        ),
        "The heads were added up or averaged, as if they were one wide head, so it mixes heads. "
        "Each head keeps a table of its own: d_head is summed over, the heads are not.",
    ),
    Mistake(
        "mixes batch",
        (
            partial(_scores, roles=lambda q, k: (q, k[::-1])),
            partial(_scores, roles=lambda q, k: (q, np.roll(k, 1, axis=0))),
            *(
                partial(_scores, roles=lambda q, k, mix=mix, both=both: both(q, k, mix))
                for mix in (
                    lambda x: np.broadcast_to(x[:1], x.shape),
                    lambda x: np.broadcast_to(x[-1:], x.shape),
                    lambda x: np.broadcast_to(x.sum(0), x.shape),
                    lambda x: np.broadcast_to(x.mean(0), x.shape),
                )
                for both in (
                    lambda q, k, mix: (mix(q), k),
                    lambda q, k, mix: (q, mix(k)),
                    lambda q, k, mix: (mix(q), mix(k)),
                )
            ),
        ),
        "The sentences of the batch are not kept apart: queries of one sentence met keys of "
        "another, or of all of them. The batch index, or its letter in `einsum`, is the same for "
        "both.",
    ),
    Mistake(
        "one table of scores for the whole batch",
        (
            partial(_scores, compare=_einsum("bhqd,bhkd->hqk")),
            partial(_scores, after=lambda scores: scores.mean(0)),
            partial(_scores, after=lambda s: np.broadcast_to(s.sum(0), s.shape)),
            partial(_scores, compare=_einsum("bhqd,bhkd->qk")),
        ),
        "The sentences were added up or averaged, so it mixes the batch. Each sentence keeps "
        "tables of its own.",
    ),
    Mistake(
        "mixes heads and tokens by reshape",
        (
            partial(
                _scores,
                roles=lambda q, k: (
                    q.reshape(q.shape[0], q.shape[2], q.shape[1], -1).swapaxes(1, 2),
                    k.reshape(k.shape[0], k.shape[2], k.shape[1], -1).swapaxes(1, 2),
                ),
            ),
            partial(
                _scores,
                roles=lambda q, k: (
                    q.swapaxes(1, 2).reshape(q.shape),
                    k.swapaxes(1, 2).reshape(k.shape),
                ),
            ),
        ),
        "A `reshape` gave the axes other names without moving a number, so heads and tokens are "
        "mixed. The axes come as (batch, heads, T, d_head) and can stay so.",
    ),
    Mistake(
        "only one head",
        (
            partial(_scores, after=lambda scores: scores[:, 0]),
            partial(_scores, after=lambda scores: scores[:, -1]),
            partial(_scores, after=lambda scores: scores[:, :1]),
            partial(_scores, after=_only(slice(None), 0)),
            partial(_scores, after=_only(slice(None), -1)),
        ),
        "Only one head has scores. Is a `return` inside a loop, or an index that does not move?",
    ),
    Mistake(
        "only one sentence",
        (
            partial(_scores, after=lambda scores: scores[0]),
            partial(_scores, after=lambda scores: scores[-1]),
            partial(_scores, after=lambda scores: scores[:1]),
            partial(_scores, after=_only(0)),
            partial(_scores, after=_only(-1)),
        ),
        "Only one sentence of the batch has scores. Keep the first axis, and look for a `return` "
        "inside a loop.",
    ),
    Mistake(
        "only one head of one sentence",
        (
            partial(_scores, after=lambda scores: scores[0, 0]),
            partial(_scores, after=lambda scores: scores[-1, -1]),
            partial(_scores, after=_only(0, 0)),
            partial(_scores, after=_only(-1, -1)),
        ),
        "One table came back, and there are batch × heads of them. Is a `return` inside a loop, "
        "or is each table put in the place of the one before?",
    ),
    Mistake(
        "queries with queries, or keys with keys",
        (
            partial(_scores, roles=lambda q, k: (q, q)),
            partial(_scores, roles=lambda q, k: (k, k)),
        ),
        "One of the two inputs is used twice. Queries are compared with keys.",
    ),
)

_SCORE_MISTAKES = (
    Mistake(
        "tokens meet only themselves",
        (
            partial(_scores, compare=lambda q, k: (q * k).sum(-1)),
            partial(_scores, compare=lambda q, k: (q * k).sum(-1, keepdims=True)),
            partial(_scores, compare=lambda q, k: q * k),
            partial(_scores, after=lambda scores: scores * np.eye(scores.shape[-1])),
        ),
        "Each query met the key at its own position only: elementwise, or on the diagonal. Every "
        "query meets every key of its head.",
    ),
    Mistake(
        "products not summed over the features",
        (
            partial(_scores, compare=lambda q, k: q[..., :, None, :] * k[..., None, :, :]),
            lambda q, k: q * k.swapaxes(-1, -2) / _sqrt_d_head(q),
        ),
        "× multiplies number by number. A dot product also adds up over the features, so that the "
        "last axis, d_head, disappears.",
    ),
    Mistake(
        "summed over the wrong axis",
        (
            partial(_scores, compare=lambda q, k: (q[..., None, :] * k[..., None, :, :]).sum(-2)),
            partial(_scores, compare=lambda q, k: (q[..., None, :] * k[..., None, :, :]).sum(-3)),
            partial(_scores, compare=lambda q, k: (q[..., None, :] * k[..., None, :, :]).sum(1)),
            partial(_scores, compare=lambda q, k: (q[..., None, :] * k[..., None, :, :]).sum(0)),
        ),
        "The products were added up over tokens, heads or batch. It is the features that are "
        "summed: the last axis.",
    ),
    Mistake(
        "outer sum",
        (
            partial(_scores, compare=lambda q, k: (q[..., None, :] + k[..., None, :, :]).sum(-1)),
            partial(_scores, compare=lambda q, k: q.sum(-1)[..., None] * k.sum(-1)[..., None, :]),
        ),
        "The features were added up before they were multiplied, or + stands where × belongs. "
        "Multiply feature by feature first, then add up.",
    ),
    Mistake(
        "only some of the features",
        tuple(
            partial(_scores, compare=lambda q, k, cut=cut: _dot(q[..., cut], k[..., cut]))
            for cut in (slice(0, 1), slice(-1, None), slice(None, -1), slice(1, None))
        ),
        "Not every feature is added up: look at where your sum starts and ends, and whether each "
        "product is added (`+=`) or replaces the one before (`=`).",
    ),
    Mistake(
        "some tokens left out",
        (
            partial(_scores, after=_only(Ellipsis, slice(None, -1), slice(None))),
            partial(_scores, after=_only(Ellipsis, slice(None, -1))),
            partial(_scores, after=_only(Ellipsis, slice(None, -1), slice(None, -1))),
            partial(_scores, after=_only(Ellipsis, slice(1, None), slice(None))),
            partial(_scores, after=_only(Ellipsis, slice(1, None))),
            partial(_scores, after=_only(Ellipsis, slice(1, None), slice(1, None))),
            partial(_scores, after=_only(Ellipsis, -1, slice(None))),
            partial(_scores, after=_only(Ellipsis, -1)),
            partial(_scores, after=_only(Ellipsis, 0, slice(None))),
        ),
        "Some rows or columns are still 0: the first or the last token is left out. Where does "
        "your range of tokens begin and end?",
    ),
    Mistake(
        "softmax already applied",
        (
            partial(_scores, after=_softmax),
            partial(_scores, after=partial(_softmax, axis=-2)),
            partial(_scores, after=partial(_softmax, axis=1)),
            partial(_scores, after=np.exp),
        ),
        "Your numbers went through exp or softmax. Those are weights; scores come before them, "
        "may be negative and need not sum to 1.",
    ),
    Mistake(
        "a mask already",
        (
            partial(_scores, after=np.tril),
            partial(_scores, after=np.triu),
            partial(_scores, after=lambda s: np.where(np.tri(*s.shape[-2:]) > 0, s, -np.inf)),
            partial(_scores, after=lambda s: np.where(np.tri(*s.shape[-2:]) > 0, s, -1e9)),
            partial(_scores, after=lambda s: np.tril(s) + np.tril(s, -1).swapaxes(-1, -2)),
        ),
        "Later keys are hidden from earlier queries, or only half of the pairs were computed. "
        "Here every query meets every key, and (i, j) is not (j, i).",
    ),
    Mistake(
        "cosine similarity",
        (
            partial(_scores, compare=lambda q, k: _dot(q / _lengths(q), k / _lengths(k))),
            partial(
                _scores,
                compare=lambda q, k: _dot(q / _lengths(q), k / _lengths(k)),
                divisor=_one,
            ),
            partial(_scores, compare=lambda q, k: _dot(q / _lengths(q), k)),
            partial(_scores, compare=lambda q, k: _dot(q, k / _lengths(k))),
        ),
        "Queries or keys were divided by their lengths, so this is a cosine. A dot product takes "
        "them as they are.",
    ),
    Mistake(
        "distance instead of dot product",
        (
            partial(_scores, compare=_squared_distance),
            partial(_scores, compare=lambda q, k: -_squared_distance(q, k)),
            partial(_scores, compare=lambda q, k: np.sqrt(_squared_distance(q, k))),
            partial(_scores, compare=lambda q, k: -np.sqrt(_squared_distance(q, k))),
        ),
        "Each entry is a distance between a query and a key. A score is their dot product: "
        "nothing is subtracted.",
    ),
    Mistake(
        "sign or absolute value",
        (partial(_scores, after=np.abs), partial(_scores, after=np.negative)),
        "The signs are not those of a dot product. A negative score is a meaningful one.",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_scores, after=np.trunc),
            partial(_scores, after=np.round),
            partial(_scores, after=np.floor),
        ),
        "The scores lost what stands behind the point. Was the array that you fill made with an "
        "int type, or is there a `//`?",
    ),
    Mistake(
        "everything in one number",
        (
            partial(_scores, after=np.sum),
            partial(_scores, after=lambda scores: scores[-1, -1, -1, -1]),
            partial(_scores, after=lambda scores: scores[0, 0, 0, 0]),
        ),
        "One number came back. There is a score for each pair of a query and a key, in each head "
        "of each sentence.",
    ),
    Mistake(
        "a sum over keys or queries",
        tuple(
            partial(_scores, after=lambda scores, sum_=sum_, axis=axis: sum_(scores, axis))
            for axis in (-1, -2)
            for sum_ in (np.sum, np.mean, np.max)
        ),
        "A sum, a mean or a maximum swallowed an axis that is still needed: queries and keys both "
        "stay.",
    ),
)

_COST_MISTAKES = (
    Mistake(
        "still a Python loop",
        (_by_pairs, _by_tokens, _by_keys, _by_vectorize),
        "It still loops over tokens in Python, and a GPU cannot do at once what Python asks for "
        "one by one: the longer the text, the more lines run. `np.vectorize`, "
        "`np.apply_along_axis`, `map` and comprehensions are loops as well. Let one product take "
        "all queries and all keys; a loop over batch and heads alone is fine.",
    ),
)

EXERCISES = (
    Exercise(
        name="scores_without_loops",
        lesson="09",
        parameters=("queries", "keys"),
        reference=reference.scaled_scores,
        kind=array_of("batch", "heads", "n_queries", "n_keys"),
        cases=_batches,
        mistakes=(
            *_SCALE_MISTAKES,
            *_AXIS_MISTAKES,
            *_MIXING_MISTAKES,
            *_SCORE_MISTAKES,
            *_COST_MISTAKES,
        ),
        hints=(
            "In lesson 03 one matrix product compared all queries with all keys. With axes in "
            "front, a matrix product works on the last two and leaves the others alone.",
            "The keys have to be turned round first, and only within each head: their last two "
            "axes change places. `.T` turns all four.",
            "One product and one division: `swapaxes` takes two axes, and axes can be counted "
            "from the end. d_head is the last of four sizes. (`einsum` can do it too: name the "
            "four axes of each input, and leave d out after the arrow.)",
        ),
    ),
)
