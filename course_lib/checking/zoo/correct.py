"""Multi-head attentions that are right, each written in another way."""

import numpy as np
from numpy import ndarray

from course_lib.attention.reference import merge_heads, softmax, split_heads
from course_lib.checking.zoo.recipe import attend
from course_lib.checking.zoo.specimen import Function, Specimen

_TILE = 2  # keys at a time


def _loops(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    outputs = np.empty_like(x)
    for sentence, room in zip(x, outputs, strict=True):
        for mine in np.split(np.arange(x.shape[-1]), n_heads):
            scores = sentence @ q[:, mine] @ (sentence @ k[:, mine]).T / len(mine) ** 0.5
            room[:, mine] = softmax(scores) @ (sentence @ v[:, mine])
    return outputs @ o


def _einsum(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    d_model = x.shape[-1]
    queries, keys, values = (
        np.einsum("btm,mhd->bhtd", x, w.reshape(d_model, n_heads, -1)) for w in (q, k, v)
    )
    scores = np.einsum("bhqd,bhkd->bhqk", queries, keys) / np.sqrt(d_model // n_heads)
    back = o.reshape(n_heads, -1, d_model)
    return np.einsum("bhqk,bhkd,hdm->bqm", softmax(scores), values, back)


def _fused(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    batch_size, seq_len, d_model = x.shape
    at_once = x @ np.concatenate([q, k, v], axis=1)
    queries, keys, values = at_once.reshape(batch_size, seq_len, 3, n_heads, -1).transpose(
        2, 0, 3, 1, 4
    )
    scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(d_model // n_heads)
    return merge_heads(softmax(scores) @ values) @ o


def _streaming(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    queries, keys, values = (split_heads(x @ w, n_heads) for w in (q, k, v))
    largest = np.full((*queries.shape[:-1], 1), -np.inf)
    total, mixed = np.zeros_like(largest), np.zeros_like(values)
    for start in range(0, x.shape[1], _TILE):
        tile = slice(start, start + _TILE)
        scores = queries @ keys[:, :, tile].swapaxes(-1, -2) / np.sqrt(queries.shape[-1])
        before, largest = largest, np.maximum(largest, scores.max(-1, keepdims=True))
        rescale, powers = np.exp(before - largest), np.exp(scores - largest)
        total = total * rescale + powers.sum(-1, keepdims=True)
        mixed = mixed * rescale + powers @ values[:, :, tile]
    return merge_heads(mixed / total) @ o


def _by_query(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    queries, keys, values = (split_heads(x @ w, n_heads) for w in (q, k, v))
    rows = []
    for query in np.moveaxis(queries, 2, 0):
        scores = np.einsum("bhd,bhkd->bhk", query, keys) / query.shape[-1] ** 0.5
        logs = scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)
        rows.append(np.einsum("bhk,bhkd->bhd", np.exp(logs), values))
    return np.stack(rows, axis=1).reshape(x.shape) @ o


def _added_up(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    outputs = np.zeros_like(x)
    for mine in np.split(np.arange(x.shape[-1]), n_heads):
        between = q[:, mine] @ k[:, mine].T / np.sqrt(len(mine))
        outputs += softmax(x @ between @ x.swapaxes(-1, -2)) @ x @ (v[:, mine] @ o[mine])
    return outputs


def _scaled_before(
    x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int
) -> ndarray:
    half = (x.shape[-1] / n_heads) ** -0.25
    return attend(x, q * half, k * half, v, o, n_heads, divisor=lambda queries: 1.0)


def _centred(x: ndarray, q: ndarray, k: ndarray, v: ndarray, o: ndarray, n_heads: int) -> ndarray:
    return attend(
        *(x, q, k, v, o, n_heads),
        roles=lambda queries, keys, values: (
            queries,
            keys - keys.mean(axis=2, keepdims=True),
            values,
        ),
    )


def _right(name: str, function: Function, why: str) -> Specimen:
    return Specimen(name, lambda rng: function, why, is_broken=False)


CORRECT = (
    _right(
        "one head of one sentence after another",
        _loops,
        "It loops where others multiply at once: slower, and the same numbers.",
    ),
    _right(
        "all by einsum",
        _einsum,
        "It writes the sums as einsum; splitting and merging are in its letters.",
    ),
    _right(
        "one product for queries, keys and values",
        _fused,
        "It puts three matrices side by side and multiplies once: the same columns come out.",
    ),
    _right(
        "two keys at a time",
        _streaming,
        "It reads the keys in tiles and corrects its running sum (lesson 10): exact all the same.",
    ),
    _right(
        "query after query, in logarithms",
        _by_query,
        "It subtracts the log of the sum before exp, instead of dividing after it.",
    ),
    _right(
        "the heads' contributions added up",
        _added_up,
        "Each head goes through its own rows of w_output, and the sum is taken: that is what a "
        "product with the merged heads adds up to.",
    ),
    _right(
        "scaled before the product",
        _scaled_before,
        "Queries and keys are each divided by the fourth root of d_head, so their products by the "
        "square root.",
    ),
    _right(
        "keys moved to their mean",
        _centred,
        "The same vector is taken from all keys of a sentence, so all scores of a query shift "
        "alike, and softmax does not notice.",
    ),
)
