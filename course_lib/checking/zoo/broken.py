"""Multi-head attentions that are wrong, each in one way that people do get wrong.

None of them raises, and all give the right shape.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention.reference import masked_softmax, merge_heads, softmax
from course_lib.checking.zoo import laws
from course_lib.checking.zoo.recipe import attend
from course_lib.checking.zoo.specimen import Function, Specimen

CHANGES_ARRAYS = "embeddings changed in place"  # its name: a check looks out for its traces
_DROPPED = 0.1  # of the weights, where dropout was left on
_PADDING = 2  # keys of zeros, after the last word


def _always(name: str, law: str, **steps: Any) -> Specimen:
    """Describe what is the recipe with some other steps, at every call."""
    return Specimen(name, lambda rng: partial(attend, **steps), law, is_broken=True)


def _fresh(name: str, law: str, hatch: Callable[[np.random.Generator], Function]) -> Specimen:
    """Describe what remembers its calls or draws numbers."""
    return Specimen(name, hatch, law, is_broken=True)


_SCALES = (
    _always("no scale", laws.BY_HAND, divisor=lambda queries: 1.0),
    _always(
        "scale by √d_model",
        laws.BY_HAND,
        divisor=lambda queries: np.sqrt(queries.shape[1] * queries.shape[-1]),
    ),
    _always("divided by d_head", laws.BY_HAND, divisor=lambda queries: queries.shape[-1]),
    _always("scale by √n_heads", laws.BY_HAND, divisor=lambda queries: np.sqrt(queries.shape[1])),
)


def _by_reshape(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(len(x), n_heads, x.shape[1], -1)


def _reshaped_back(heads: ndarray) -> ndarray:
    return heads.reshape(heads.shape[0], heads.shape[2], -1)


def _dealt_out(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], -1, n_heads).transpose(0, 3, 1, 2)


def _dealt_back(heads: ndarray) -> ndarray:
    return heads.transpose(0, 2, 3, 1).reshape(heads.shape[0], heads.shape[2], -1)


def _averaged(heads: ndarray) -> ndarray:
    return np.tile(heads.mean(1), heads.shape[1])


_HEADS = (
    _always("heads split by reshape alone", laws.SHUFFLED, split=_by_reshape),
    _always("heads merged without transposing", laws.SHUFFLED, merge=_reshaped_back),
    _always(
        "features dealt out to the heads", laws.HEADS_APART, split=_dealt_out, merge=_dealt_back
    ),
    _always("heads averaged and tiled", laws.HEADS_APART, merge=_averaged),
    _always(
        "the first head's weights for all", laws.HEADS_APART, share=lambda s: softmax(s)[:, :1]
    ),
)


def _over_queries(scores: ndarray) -> ndarray:
    return softmax(scores.swapaxes(-1, -2)).swapaxes(-1, -2)


def _one_more(scores: ndarray) -> ndarray:
    largest = np.maximum(scores.max(-1, keepdims=True), 0)
    powers = np.exp(scores - largest)
    return powers / (np.exp(-largest) + powers.sum(-1, keepdims=True))


def _bare(scores: ndarray) -> ndarray:
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def _best_three(scores: ndarray) -> ndarray:
    least = np.sort(scores)[..., -3:][..., :1]
    return masked_softmax(scores, scores >= least)


def _half(_: np.random.Generator) -> Function:
    def attention(*args: Any) -> ndarray:
        halves: list[Any] = [array.astype(np.float16) for array in args[:-1]]
        return attend(*[*halves, args[-1]])

    return attention


_SHARES = (
    _always("softmax over the queries", laws.SAME_VALUE, share=_over_queries),
    _always("one more in the denominator", laws.SAME_VALUE, share=_one_more),
    _always("only the three best keys", laws.EVERY_WORD, share=_best_three),
    _always("overflow for large scores", laws.LARGE, share=_bare),
    _fresh("half precision", laws.SIX_DIGITS, _half),
)


_MATRICES = (
    _always("queries and keys swapped", laws.ASK_AND_ANSWER, matrices=lambda q, k, v: (k, q, v)),
    _always(
        "one matrix for queries and keys", laws.ASK_AND_ANSWER, matrices=lambda q, k, v: (q, q, v)
    ),
    _always("keys used as values", laws.NO_VALUES, matrices=lambda q, k, v: (q, k, k)),
    _always("output projection forgotten", laws.A_COLUMN, output=lambda y, w: y),
    _always("output weight transposed", laws.A_COLUMN, output=lambda y, w: y @ w.T),
)


def _all_in_one(heads: ndarray) -> ndarray:
    _, n_heads, _, d_head = heads.shape
    return heads.swapaxes(0, 1).reshape(1, n_heads, -1, d_head)


def _mixed_up(heads: ndarray) -> ndarray:
    batch_size, n_heads, *rest = heads.shape
    return merge_heads(heads.reshape(n_heads, batch_size, *rest).swapaxes(0, 1))


_SENTENCES = (
    _always(
        "the first sentence's keys and values for all",
        laws.SENTENCES,
        roles=lambda q, k, v: (q, k[:1], v[:1]),
    ),
    _always(
        "all sentences attended to as one text",
        laws.SENTENCES,
        roles=lambda q, k, v: (q, _all_in_one(k), _all_in_one(v)),
    ),
    _always("heads and sentences mixed up", laws.SENTENCES, merge=_mixed_up),
    _always(
        "the first sentence's outputs for all",
        laws.SENTENCES,
        output=lambda y, w: np.repeat(y[:1] @ w, len(y), axis=0),
    ),
)


def _places(scores: ndarray) -> tuple[ndarray, ndarray]:
    return np.arange(scores.shape[-2])[:, None], np.arange(scores.shape[-1])


def _causal(scores: ndarray) -> ndarray:
    i, j = _places(scores)
    return masked_softmax(scores, j <= i)


def _not_itself(scores: ndarray) -> ndarray:
    i, j = _places(scores)
    return masked_softmax(scores, j != i)


def _without_last(scores: ndarray) -> ndarray:
    i, j = _places(scores)
    return masked_softmax(scores, (j < scores.shape[-1] - 1) & (i >= 0))


def _near_ones_first(scores: ndarray) -> ndarray:
    i, j = _places(scores)
    return softmax(scores - np.abs(i - j) / 2)


def _padded(heads: ndarray) -> ndarray:
    return np.pad(heads, ((0, 0), (0, 0), (0, _PADDING), (0, 0)))


_WORDS = (
    _always("causal though nobody asked", laws.EVERY_WORD, share=_causal),
    _always("no word attends to itself", laws.ONE_WORD, share=_not_itself),
    _always("the last key left out", laws.EVERY_WORD, share=_without_last),
    _always("distant words punished", laws.SHUFFLED, share=_near_ones_first),
    _always(
        "two keys of padding are let in",
        laws.SAME_VALUE,
        roles=lambda q, k, v: (q, _padded(k), _padded(v)),
    ),
)


def _dropping(rng: np.random.Generator) -> Function:
    def share(scores: ndarray) -> ndarray:
        return softmax(scores) * (rng.random(scores.shape) > _DROPPED) / (1 - _DROPPED)

    return partial(attend, share=share)


def _caching(_: np.random.Generator) -> Function:
    """Put the keys and values of the call before in front of the new ones, where they fit."""
    before: list[ndarray] = []

    def roles(queries: ndarray, keys: ndarray, values: ndarray) -> tuple[ndarray, ...]:
        now = [keys, values]
        if before and before[0].shape == keys.shape:
            keys, values = (np.concatenate(x, axis=2) for x in zip(before, now, strict=True))
        before[:] = now
        return queries, keys, values

    return partial(attend, roles=roles)


def _adding_in_place(_: np.random.Generator) -> Function:
    def attention(embeddings: ndarray, *rest: Any) -> ndarray:
        outputs = attend(embeddings, *rest)
        if embeddings.flags.writeable:
            embeddings += outputs
        return outputs

    return attention


def _scaling_as_before(_: np.random.Generator) -> Function:
    roots: list[float] = []

    def divisor(queries: ndarray) -> float:
        roots.append(np.sqrt(queries.shape[-1]))
        return roots[0]

    return partial(attend, divisor=divisor)


_CALLS = (
    _fresh("dropout left on", laws.AGAIN, _dropping),
    _fresh("the last call's keys still there", laws.AGAIN, _caching),
    _fresh(CHANGES_ARRAYS, laws.AGAIN, _adding_in_place),
    _fresh("the scale of the first call for all", laws.OTHER_SIZES, _scaling_as_before),
)

BROKEN = (*_SCALES, *_HEADS, *_SHARES, *_MATRICES, *_SENTENCES, *_WORDS, *_CALLS)
