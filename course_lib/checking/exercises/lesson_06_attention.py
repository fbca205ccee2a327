"""The exercise of lesson 06, second part: split, attend, merge, project."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import array_of


def _layers(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ, and one layer whose scores no bare exp survives."""
    readable_weights = (readable(rng, 2, 2) for _ in range(4))
    smallest = readable(rng, 1, 3, 2), *readable_weights, 2
    yield Case("1 sentence of 3 tokens and 2 heads of d_head 1", smallest)
    for batch_size, seq_len, n_heads, d_head in ((2, 5, 3, 4), (2, 5, 3, 7), (3, 4, 2, 5)):
        about = f"batch {batch_size}, {seq_len} tokens and {n_heads} heads of d_head {d_head}"
        yield Case(about, _layer(rng, (batch_size, seq_len, n_heads * d_head), n_heads))
    large = "batch 2, 6 tokens and 5 heads of d_head 4, scores of more than 1000"
    yield Case(large, _large_layer(rng, (2, 6, 20), 5))
    alone, *weights, n_heads = _layer(rng, (1, 5, 12), 3)
    yield Case("a sentence without the batch axis", (alone[0], *weights, n_heads), is_extra=True)


def _layer(rng: np.random.Generator, shape: tuple[int, int, int], n_heads: int) -> tuple[Any, ...]:
    """Draw embeddings and four weight matrices for scores of unit variance."""
    d_model = shape[-1]
    weights = rng.normal(size=(4, d_model, d_model)) / np.sqrt(d_model)
    return rng.normal(size=shape), *weights, n_heads


def _large_layer(
    rng: np.random.Generator, shape: tuple[int, int, int], n_heads: int
) -> tuple[Any, ...]:
    """Draw whole numbers, so that float32 makes no error where scores reach 1000.

    One token is small: beside rows that overflow, there is one that does not.
    """
    embeddings = rng.integers(-9, 10, shape).astype(float)
    embeddings[:, -1] /= 16
    weights = rng.integers(-2, 3, (4, shape[-1], shape[-1])).astype(float)
    return embeddings, *weights, n_heads


def _all_three(*three: Any) -> tuple[Any, ...]:
    return three


def _product(x: ndarray, weight: ndarray) -> ndarray:
    return x @ weight


def _blocks(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], n_heads, -1).transpose(0, 2, 1, 3)


def _dot(queries: ndarray, keys: ndarray) -> ndarray:
    return queries @ keys.swapaxes(-1, -2)


def _sqrt_d_head(d_model: int, n_heads: int, seq_len: int) -> float:
    return np.sqrt(d_model // n_heads)


def _softmax(scores: ndarray, axis: int | tuple[int, ...] = -1) -> ndarray:
    exponentials = np.exp(scores - scores.max(axis, keepdims=True))
    return exponentials / exponentials.sum(axis, keepdims=True)


def _side_by_side(heads: ndarray) -> ndarray:
    return heads.transpose(0, 2, 1, 3).reshape(heads.shape[0], heads.shape[2], -1)


def _as_it_is(outputs: ndarray, embeddings: ndarray) -> ndarray:
    return outputs


def _attended(
    embeddings: ndarray,
    w_query: ndarray,
    w_key: ndarray,
    w_value: ndarray,
    w_output: ndarray,
    n_heads: int,
    *,
    matrices: Callable = _all_three,
    project: Callable = _product,
    split: Callable = _blocks,
    roles: Callable = _all_three,
    compare: Callable = _dot,
    divisor: Callable = _sqrt_d_head,
    share: Callable = _softmax,
    mix: Callable = _product,
    merge: Callable = _side_by_side,
    output: Callable = _product,
    after: Callable = _as_it_is,
) -> Any:
    """Compute multi-head attention with any of the things that can go wrong with it.

    Parameters
    ----------
    matrices, roles : rearrange the three weights, and the queries, keys and values of the heads
    project, split, compare, share, mix, merge, output : the steps, in their order
    divisor : from d_model, n_heads and seq_len, what the scores are divided by
    after : what is done last, with the embeddings at hand
    """
    three = [project(embeddings, w) for w in matrices(w_query, w_key, w_value)]
    queries, keys, values = roles(*(split(x, n_heads) for x in three))
    _, seq_len, d_model = embeddings.shape
    scores = compare(queries, keys) / divisor(d_model, n_heads, seq_len)
    return after(output(merge(mix(share(scores), values)), w_output), embeddings)


def _by_reshape(x: ndarray, n_heads: int) -> ndarray:
    batch_size, seq_len, d_model = x.shape
    return x.reshape(batch_size, n_heads, seq_len, d_model // n_heads)


def _reshaped_back(heads: ndarray) -> ndarray:
    batch_size, n_heads, seq_len, d_head = heads.shape
    return heads.reshape(batch_size, seq_len, n_heads * d_head)


def _dealt_out(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], -1, n_heads).transpose(0, 3, 1, 2)


def _narrow(x: ndarray, n_heads: int) -> ndarray:
    return _blocks(x, x.shape[-1] // n_heads)


def _masked(scores: ndarray) -> ndarray:
    return _softmax(np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf))


def _normalised(x: ndarray) -> ndarray:
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)


def _bare(scores: ndarray) -> ndarray:
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def _by_corner(heads: ndarray, weight: ndarray) -> ndarray:
    d_head = heads.shape[-1]
    return heads @ weight[:d_head, :d_head]


def _first_rows(heads: ndarray, weight: ndarray) -> ndarray:
    return heads @ weight[: heads.shape[-1]]


def _whole_values(weights: ndarray, values: ndarray) -> ndarray:
    return weights @ _side_by_side(values)[:, None]


def _own_corner(x: ndarray, weight: ndarray, n_heads: int) -> ndarray:
    """Project each head's features with the block of weights on the diagonal."""
    d_head = len(weight) // n_heads
    own = np.kron(np.eye(n_heads), np.ones((d_head, d_head)))
    return _blocks(x @ (weight * own), n_heads)


def _unpacked_without_batch(embeddings: ndarray, *_: Any) -> None:
    _seq_len, _d_model = embeddings.shape


_OUTPUT_MISTAKES = (
    Mistake(
        "output projection forgotten",
        (partial(_attended, output=lambda y, w: y),),
        "The heads are merged and come back as they are. One matrix has not been used yet: it "
        "mixes what the heads found.",
    ),
    Mistake(
        "output weight transposed",
        (partial(_attended, output=lambda y, w: y @ w.T),),
        "`w_output` is turned round. It is square, so nothing complains; it is used like the other "
        "three, as it stands, on the right of what it projects.",
    ),
    Mistake(
        "output weight on the wrong side",
        (
            partial(_attended, output=lambda y, w: w @ y),
            partial(_attended, output=lambda y, w: np.dot(w, y)),
            partial(_attended, output=lambda y, w: w.T @ y),
        ),
        "The inner sizes do not meet: what is projected comes first, and its last axis is d_model. "
        "`w_output` comes second, as it stands.",
    ),
    Mistake(
        "output projection applied per head",
        (
            partial(
                _attended,
                merge=lambda heads: heads,
                output=lambda heads, w: _side_by_side(_by_corner(heads, w)),
            ),
            partial(
                _attended,
                merge=lambda heads: heads,
                output=lambda heads, w: _first_rows(heads, w).sum(1),
            ),
            partial(
                _attended,
                merge=lambda heads: heads,
                output=lambda heads, w: _first_rows(heads, w).mean(1),
            ),
        ),
        "The output projection works on each head alone. It comes once, after the merge, on the "
        "whole width: this is where the heads learn of each other.",
    ),
    Mistake(
        "only d_head wide where d_model is needed",
        (
            partial(_attended, merge=lambda heads: heads),
            partial(_attended, merge=lambda heads: heads.mean(1)),
            partial(_attended, merge=lambda heads: heads[0, 0]),
            lambda x, q, k, v, o, n: _blocks(x, n) @ q,
            lambda x, q, k, v, o, n: np.dot(_blocks(x, n), q),
        ),
        "A weight matrix is d_model tall, and what meets it is only one head wide. Either heads "
        "reach `w_output` unmerged (or averaged, summed or picked instead of put side by side), "
        "or the embeddings were split before they were projected.",
    ),
    Mistake(
        "output projection twice",
        (
            partial(_attended, output=lambda y, w: y @ w @ w),
            lambda x, q, k, v, o, n: _attended(x @ o, q, k, v, o, n),
        ),
        "`w_output` is used more than once, or too early. It comes once, at the very end.",
    ),
    Mistake(
        "output projection before attention",
        (
            lambda x, q, k, v, o, n: _attended(x, q, k, v @ o, o, n, output=lambda y, w: y),
            lambda x, q, k, v, o, n: _attended(x @ o, q, k, v, o, n, output=lambda y, w: y),
        ),
        "The output projection is done before the heads have attended. It works on what they "
        "bring back.",
    ),
    Mistake(
        "output weight not a matrix product",
        (partial(_attended, output=lambda y, w: y * w),),
        "`*` multiplies entries that stand in the same place. A projection is a matrix product.",
    ),
    Mistake(
        "residual or normalisation added",
        (
            partial(_attended, after=lambda out, x: out + x),
            partial(_attended, after=lambda out, x: _normalised(out)),
            partial(_attended, after=lambda out, x: _normalised(out + x)),
        ),
        "The embeddings were added to the outputs, or the outputs normalised. A whole transformer "
        "layer does both, around attention; here attention comes alone.",
    ),
    Mistake(
        "an activation added",
        (
            partial(_attended, after=lambda out, x: np.maximum(out, 0)),
            partial(_attended, after=lambda out, x: np.tanh(out)),
            partial(_attended, after=lambda out, x: _softmax(out)),
        ),
        "Something bends the outputs at the end (ReLU, tanh or softmax). The output projection is "
        "the last step, and a plain matrix product.",
    ),
    Mistake(
        "batch axis forgotten",
        (_unpacked_without_batch,),
        "The embeddings have three axes, (batch, seq_len, d_model), and two sizes were taken from "
        "their shape. (The last of all, wherever it stands, is `shape[-1]`.)",
    ),
    Mistake(
        "only one sentence",
        (
            partial(_attended, after=lambda out, x: out[0]),
            partial(_attended, after=lambda out, x: out[:1]),
            partial(_attended, after=lambda out, x: out.mean(0)),
        ),
        "Only the first sentence of the batch came back. Keep the first axis as it is.",
    ),
)

_SCORE_MISTAKES = (
    Mistake(
        "no scale",
        (partial(_attended, divisor=lambda d_model, n_heads, seq_len: 1.0),),
        "The scores go into softmax as bare dot products. Their spread grows with the number of "
        "features that a head compares: divide by the root of that number.",
    ),
    Mistake(
        "scale by √d_model",
        (partial(_attended, divisor=lambda d_model, n_heads, seq_len: np.sqrt(d_model)),),
        "The scores are divided by √d_model. Each head compares only its own features: how many "
        "are they?",
    ),
    Mistake(
        "scale by √n_heads",
        (
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: np.sqrt(n_heads)),
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: n_heads),
        ),
        "The scale was read from the number of heads. What makes a dot product large is how many "
        "features it adds up: the width of a head.",
    ),
    Mistake(
        "scale by √seq_len",
        (
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: np.sqrt(seq_len)),
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: seq_len),
        ),
        "The scale was read from the number of tokens. What makes a dot product large is how many "
        "features it adds up: the width of a head.",
    ),
    Mistake(
        "divided by d_head",
        (
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: d_model // n_heads),
            partial(_attended, divisor=lambda d_model, n_heads, seq_len: d_model),
        ),
        "The scores are divided by a whole width. Their standard deviation grows as its root.",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_attended, divisor=lambda d_model, n, seq_len: 1 / np.sqrt(d_model // n)),
            partial(_attended, divisor=lambda d_model, n, seq_len: n / d_model),
        ),
        "The scale goes the wrong way: the scores became larger.",
    ),
    Mistake(
        "scaled twice",
        (partial(_attended, divisor=lambda d_model, n, seq_len: (d_model // n) ** 1.5),),
        "The scale is there more than once: queries, keys and scores need √d_head once in all.",
    ),
    Mistake(
        "a fixed scale",
        tuple(
            partial(_attended, divisor=lambda d_model, n, seq_len, c=c: c)
            for c in (2.0, 4.0, 8.0, 64.0)
        ),
        "The scores are divided by the same number whatever the input. It follows from d_head.",
    ),
    Mistake(
        "softmax over the queries",
        (partial(_attended, share=partial(_softmax, axis=-2)),),
        "Each key shares out its weight among the queries. It is each query that shares out 1, "
        "among the keys: they stand along the last axis.",
    ),
    Mistake(
        "softmax over the heads",
        (partial(_attended, share=partial(_softmax, axis=1)),),
        "The heads compete with each other: softmax runs along their axis. Each head has weights "
        "of its own; the keys compete, along the last axis.",
    ),
    Mistake(
        "softmax over another axis",
        (
            partial(_attended, share=partial(_softmax, axis=0)),
            partial(_attended, share=partial(_softmax, axis=(-2, -1))),
            partial(_attended, share=partial(_softmax, axis=(0, 1, 2, 3))),
            partial(_attended, share=partial(_softmax, axis=(1, 2, 3))),
        ),
        "Softmax runs along the batch, or over several axes at once. It runs along the last axis "
        "alone: the keys.",
    ),
    Mistake(
        "softmax missing",
        (
            partial(_attended, share=lambda scores: scores),
            partial(_attended, share=np.exp),
            partial(_attended, share=lambda scores: scores / scores.sum(-1, keepdims=True)),
        ),
        "The scores are not yet weights: exp, or the division by the row's sum, is missing.",
    ),
    Mistake(
        "overflow for large scores",
        (
            partial(_attended, share=_bare),
            partial(_attended, share=lambda scores: np.nan_to_num(_bare(scores))),
        ),
        "exp of a score above 709 is too large for a float. Subtract each row's maximum first, as "
        "in lesson 04.",
    ),
    Mistake(
        "maximum over everything",
        (
            partial(
                _attended,
                share=lambda s: np.exp(s - s.max()) / np.exp(s - s.max()).sum(-1, keepdims=True),
            ),
        ),
        "One maximum is subtracted from all rows of all heads. Where a row lies far below it, "
        "every exp is 0, and 0 / 0 is nan: each row has its own.",
    ),
    Mistake(
        "a mask already",
        (partial(_attended, share=_masked),),
        "Later tokens are hidden from earlier ones. That is a causal mask, and nobody asked for "
        "one: here every token may attend to every token.",
    ),
    Mistake(
        "weights transposed",
        (partial(_attended, mix=lambda weights, values: weights.swapaxes(-1, -2) @ values),),
        "The attention weights are turned round when they meet the values. A row of weights "
        "belongs to a query, and stays a row.",
    ),
    Mistake(
        "keys transposed over too many axes",
        (
            partial(_attended, compare=lambda q, k: q @ k.T),
            partial(_attended, compare=lambda q, k: q @ k),
            partial(_attended, compare=lambda q, k: q @ k.swapaxes(1, 2)),
            partial(_attended, compare=lambda q, k: q @ k.transpose(0, 3, 2, 1)),
            partial(_attended, compare=lambda q, k: np.dot(q, k.T)),
        ),
        "The keys do not meet the queries. With four axes, `.T` turns all of them round; only the "
        "last two should change places, and batch and heads stay where they are.",
    ),
    Mistake(
        "tokens meet only themselves",
        (partial(_attended, compare=lambda q, k: (q * k).sum(-1, keepdims=True)),),
        "Each query met its own key only. Every query has to meet every key of its head: a matrix "
        "product.",
    ),
    Mistake(
        "heads attend over heads",
        (
            lambda x, q, k, v, o, n: _attended(
                x,
                q,
                k,
                v,
                o,
                n,
                split=lambda y, n: y.reshape(*y.shape[:2], n, -1),
                merge=lambda heads: heads.reshape(*heads.shape[:2], -1),
            ),
        ),
        "Within each token its heads look at each other, and no token at another: T and heads "
        "stand in each other's place. For the product, the last two axes have to be T and d_head.",
    ),
)

_HEAD_MISTAKES = (
    Mistake(
        "heads split by reshape alone",
        (partial(_attended, split=_by_reshape),),
        "The heads were made by one `reshape`. It never moves a number: a head gets whole tokens "
        "instead of a part of each. Cut the features first, then bring the heads forward.",
    ),
    Mistake(
        "merged without transposing",
        (partial(_attended, merge=_reshaped_back),),
        "The heads were merged by one `reshape`. All parts of a token have to be neighbours before "
        "that: bring the tokens back in front of the heads.",
    ),
    Mistake(
        "heads averaged and tiled",
        (
            partial(_attended, merge=lambda heads: np.tile(heads.mean(1), heads.shape[1])),
            partial(_attended, merge=lambda heads: np.repeat(heads.mean(1), heads.shape[1], -1)),
        ),
        "The heads were averaged, so what each of them found is lost. They are put side by side.",
    ),
    Mistake(
        "heads summed",
        (
            partial(_attended, merge=lambda heads: np.tile(heads.sum(1), heads.shape[1])),
            partial(_attended, merge=lambda heads: np.repeat(heads.sum(1), heads.shape[1], -1)),
        ),
        "The heads were added up, so what each of them found is lost. They are put side by side.",
    ),
    Mistake(
        "interleaved features",
        (partial(_attended, split=_dealt_out),),
        "The features are dealt out to the heads in turn. A head has a block of neighbours.",
    ),
    Mistake(
        "merged with interleaved features",
        (
            partial(
                _attended, merge=lambda h: h.transpose(0, 2, 3, 1).reshape(len(h), h.shape[2], -1)
            ),
        ),
        "In the merge the heads' features alternate. Each head's features stay together.",
    ),
    Mistake(
        "swapped: n_heads and d_head",
        (
            partial(_attended, split=_narrow),
            partial(
                _attended,
                split=_narrow,
                divisor=lambda d_model, n_heads, seq_len: np.sqrt(n_heads),
            ),
        ),
        "There are d_head heads of width n_heads: the two numbers changed places.",
    ),
    Mistake(
        "one head: n_heads ignored",
        (
            partial(_attended, split=lambda x, n_heads: x[:, None]),
            partial(
                _attended,
                split=lambda x, n_heads: x[:, None],
                divisor=lambda d_model, n_heads, seq_len: np.sqrt(d_model),
            ),
        ),
        "The whole width attends as one head. Split it into n_heads parts, so that each head has "
        "weights of its own.",
    ),
    Mistake(
        "a fixed number of heads",
        tuple(
            partial(
                _attended,
                split=lambda x, n_heads, n=n: _blocks(x, n),
                divisor=lambda d_model, n_heads, seq_len, n=n: np.sqrt(d_model // n),
            )
            for n in (2, 3, 4, 8)
        ),
        "The number of heads is the same whatever the input says. Take it from `n_heads`.",
    ),
    Mistake(
        "only one head's result",
        (
            partial(_attended, merge=lambda heads: np.tile(heads[:, 0], heads.shape[1])),
            partial(_attended, merge=lambda heads: np.tile(heads[:, -1], heads.shape[1])),
        ),
        "One head's result is used for all. Look at the index in your loop, and at where the heads "
        "are collected.",
    ),
    Mistake(
        "one head's weights for all heads",
        (
            partial(_attended, mix=lambda weights, values: weights[:, :1] @ values),
            partial(_attended, mix=lambda weights, values: weights[:, -1:] @ values),
            partial(_attended, mix=lambda w, values: w.mean(1, keepdims=True) @ values),
            partial(_attended, compare=lambda q, k: _dot(q, k).mean(1, keepdims=True)),
        ),
        "All heads mix their values with the same weights: those of one head, or what is left "
        "after weights or scores were averaged or added up. Each head has weights of its own.",
    ),
    Mistake(
        "heads attend to each other's keys",
        (
            partial(_attended, roles=lambda q, k, v: (q, k[:, ::-1], v)),
            partial(_attended, roles=lambda q, k, v: (q, np.roll(k, 1, 1), v)),
            partial(_attended, roles=lambda q, k, v: (q, np.roll(k, -1, 1), v)),
            partial(_attended, roles=lambda q, k, v: (q, k[:, :1], v)),
            partial(_attended, roles=lambda q, k, v: (q, k.mean(1, keepdims=True), v)),
        ),
        "The queries of one head meet the keys of another. Head h compares its own queries with "
        "its own keys: the same index for both.",
    ),
    Mistake(
        "heads mix each other's values",
        (
            partial(_attended, roles=lambda q, k, v: (q, k, v[:, ::-1])),
            partial(_attended, roles=lambda q, k, v: (q, k, np.roll(v, 1, 1))),
            partial(_attended, roles=lambda q, k, v: (q, k, np.roll(v, -1, 1))),
            partial(_attended, roles=lambda q, k, v: (q, k, v[:, :1])),
        ),
        "The weights of one head meet the values of another: the same index belongs to both.",
    ),
    Mistake(
        "values not split",
        (
            partial(_attended, mix=_whole_values),
            partial(_attended, mix=_whole_values, merge=lambda heads: heads.sum(1)),
            partial(_attended, mix=lambda weights, values: weights @ _side_by_side(values)),
        ),
        "Each head brings back the whole width. Values are split like queries and keys; and where "
        "it is the weights that are cut into heads, they are cut along their columns.",
    ),
    Mistake(
        "each head sees only its own part of the embeddings",
        (
            partial(
                _attended,
                project=lambda x, w: (x, w),
                split=lambda x_and_w, n: _own_corner(x_and_w[0], x_and_w[1], n),
            ),
        ),
        "The embeddings were cut into heads as well as the weights. Every head reads the whole "
        "width; only what comes out of the projection is shared out.",
    ),
    Mistake(
        "weights cut along the wrong axis",
        (
            partial(
                _attended,
                project=lambda x, w: (x, w),
                split=lambda x_and_w, n: (
                    x_and_w[0][:, None] @ x_and_w[1].reshape(n, len(x_and_w[1]), -1)
                ),
            ),
        ),
        "The weight matrices were cut into heads in the wrong place. A head's queries are columns "
        "of the projected embeddings, so its weights are columns too.",
    ),
)

_PROJECTION_MISTAKES = (
    Mistake(
        "projection weights transposed",
        (
            partial(_attended, project=lambda x, w: x @ w.T),
            partial(_attended, matrices=lambda q, k, v: (q.T, k, v)),
            partial(_attended, matrices=lambda q, k, v: (q, k.T, v)),
            partial(_attended, matrices=lambda q, k, v: (q, k, v.T)),
            partial(_attended, matrices=lambda q, k, v: (q.T, k.T, v)),
        ),
        "A weight matrix is turned round, as torch's `Linear` keeps it. Ours are used as `x @ w`; "
        "they are square, so nothing complains.",
    ),
    Mistake(
        "queries and keys swapped",
        (partial(_attended, matrices=lambda q, k, v: (k, q, v)),),
        "Queries and keys changed places. Rows of the scores belong to queries.",
    ),
    Mistake(
        "keys used as values",
        (partial(_attended, matrices=lambda q, k, v: (q, k, k)),),
        "The weights mix the keys. What is passed on are the values: look at the last product.",
    ),
    Mistake(
        "keys and values swapped",
        (partial(_attended, matrices=lambda q, k, v: (q, v, k)),),
        "Keys and values changed places. Queries are compared with keys, and values are mixed.",
    ),
    Mistake(
        "one matrix used for several",
        tuple(
            partial(_attended, matrices=lambda *three, order=order: [three[i] for i in order])
            for order in product(range(3), repeat=3)
            if len(set(order)) < 3 and order != (0, 1, 1)
        ),
        "Two of queries, keys and values are the same numbers. Each has a matrix of its own: look "
        "at the names, line by line.",
    ),
    Mistake(
        "the matrices in the wrong order",
        tuple(
            partial(_attended, matrices=lambda *three, order=order: [three[i] for i in order])
            for order in ((2, 1, 0), (1, 2, 0), (2, 0, 1))
        ),
        "All three matrices are used, in each other's place. The order is queries, keys, values.",
    ),
    Mistake(
        "embeddings used as values",
        (partial(_attended, matrices=lambda q, k, v: (q, k, np.eye(len(v)))),),
        "The weights mix the embeddings as they came. Values are embeddings times `w_value`.",
    ),
    Mistake(
        "embeddings not projected",
        (
            partial(_attended, matrices=lambda q, k, v: (np.eye(len(q)), np.eye(len(k)), v)),
            partial(_attended, matrices=lambda q, k, v: (np.eye(len(q)),) * 3),
            partial(_attended, matrices=lambda q, k, v: (q, np.eye(len(k)), v)),
            partial(_attended, matrices=lambda q, k, v: (np.eye(len(q)), k, v)),
        ),
        "Some of the weight matrices are not used: queries, keys and values are the embeddings, "
        "each times a matrix of its own.",
    ),
)

EXERCISES = (
    Exercise(
        name="multi_head_attention",
        lesson="06",
        parameters=("embeddings", "w_query", "w_key", "w_value", "w_output", "n_heads"),
        reference=reference.multi_head_attention,
        kind=array_of("batch", "seq_len", "d_model"),
        cases=_layers,
        mistakes=(*_OUTPUT_MISTAKES, *_SCORE_MISTAKES, *_HEAD_MISTAKES, *_PROJECTION_MISTAKES),
        hints=(
            "Write the shapes down, step by step: (batch, seq_len, d_model) after the projections, "
            "(batch, n_heads, seq_len, d_head) after the split, and so on back to the first shape.",
            "Between split and merge it is lesson 05: scores, scale, softmax, mixture. Products "
            "and softmax leave the axes in front alone, so all heads go through at once. But "
            "`keys.T` turns all axes round: `keys.swapaxes(-1, -2)` swaps the last two.",
            "Five steps: project three times, split three times, attend, merge once, and project "
            "once more. A head is d_head wide, and that is what its scores are scaled by.",
        ),
    ),
)
