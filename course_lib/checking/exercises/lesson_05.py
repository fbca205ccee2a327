"""The exercises of lesson 05, first part: mixing values, and the whole of self-attention."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.attention.reference import softmax
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Parts, array_of


def _mixtures(rng: np.random.Generator) -> Iterator[Case]:
    """Weights that sum to 1, over more keys than queries and over fewer."""
    weights = np.array([rng.permutation([0.5, 0.375, 0.125]) for _ in range(2)])
    yield Case("2 queries, 3 keys and d_value 4", (weights, readable(rng, 3, 4)))
    for n_queries, n_keys, d_value in ((5, 3, 2), (3, 7, 4), (4, 6, 11), (1, 5, 3)):
        weights = rng.dirichlet(np.ones(n_keys), size=n_queries)
        about = f"{n_queries} queries, {n_keys} keys and d_value {d_value}"
        yield Case(about, (weights, rng.normal(size=(n_keys, d_value))))


def _unchanged(anything: Any) -> Any:
    return anything


def _product(weights: ndarray, values: ndarray) -> ndarray:
    return weights @ values


def _mixed(
    weights: ndarray,
    values: ndarray,
    *,
    weigh: Callable = _unchanged,
    mix: Callable = _product,
    after: Callable = _unchanged,
) -> Any:
    """Mix values with any of the things that can go wrong with it."""
    return after(mix(weigh(weights), values))


def _uniform(weights: ndarray) -> ndarray:
    return np.full_like(weights, 1 / weights.shape[1])


def _winner(weights: ndarray) -> ndarray:
    return (weights == weights.max(-1, keepdims=True)).astype(float)


def _one_by_one(weights: ndarray, values: ndarray) -> ndarray:
    return weights[:, :, None] * values


def _by_columns(weights: ndarray, values: ndarray) -> ndarray:
    columns = [weights[:, i] for i in range(len(weights))]
    return np.array(
        [sum(w * v for w, v in zip(column, values, strict=False)) for column in columns]
    )


def _with_indices_swapped(weights: ndarray, values: ndarray) -> ndarray:
    keys = range(len(values))
    return np.array([sum(weights[j, i] * values[j] for j in keys) for i in range(len(weights))])


def _weighed_in_place(weights: ndarray, values: ndarray) -> ndarray:
    outputs = []
    for row in weights:
        values *= row[:, None]
        outputs.append(values.sum(0))
    return np.array(outputs)


_SUM_MISTAKES = (
    Mistake(
        "weights transposed",
        (
            lambda weights, values: weights.T @ values,
            lambda weights, values: np.dot(weights.T, values),
            lambda weights, values: np.einsum("kq,kv->qv", weights, values),
            lambda weights, values: np.matmul(weights.T, values),
            _by_columns,
            _with_indices_swapped,
        ),
        "The weights are read by columns. A row of weights belongs to a query, and holds one "
        "weight for each value: as they come, rows are queries already.",
    ),
    Mistake(
        "values before weights",
        (
            lambda weights, values: values @ weights,
            lambda weights, values: np.dot(values, weights),
            lambda weights, values: values.T @ weights,
            lambda weights, values: np.dot(values.T, weights),
            lambda weights, values: weights @ values.T,
            lambda weights, values: np.dot(weights, values.T),
        ),
        "The inner sizes do not meet. Weights are (n_queries, n_keys) and values are (n_keys, "
        "d_value): in which order, and without any transpose, do the two n_keys touch?",
    ),
    Mistake(
        "transposed: features by queries",
        (partial(_mixed, after=np.transpose),),
        "Rows and columns are swapped: each row of the result is the output of one query.",
    ),
    Mistake(
        "reshaped instead of transposed",
        (
            partial(_mixed, after=lambda outputs: outputs.T.reshape(outputs.shape)),
            partial(_mixed, weigh=lambda w: w.T.reshape(w.shape)),
            partial(_mixed, mix=lambda w, v: w @ v.T.reshape(v.shape)),
        ),
        "The shape fits but the numbers are mixed up: `reshape` reads them on in their old order. "
        "It does not undo a transpose.",
    ),
    Mistake(
        "plain mean",
        (
            partial(_mixed, weigh=_uniform),
            lambda weights, values: values.mean(0),
            lambda weights, values: values.mean(0, keepdims=True),
        ),
        "Every value counts the same: the weights are not used. Each value has to be multiplied by "
        "its own weight before they are added up.",
    ),
    Mistake(
        "weights ignored (sum)",
        (
            partial(_mixed, weigh=np.ones_like),
            lambda weights, values: values.sum(0),
            lambda weights, values: values.sum(0, keepdims=True),
        ),
        "The values were added up as they are, without their weights. How much of each value does "
        "a query ask for?",
    ),
    Mistake(
        "values summed over features",
        (
            partial(_mixed, mix=lambda w, v: w @ v.sum(1)),
            partial(_mixed, mix=lambda w, v: w @ v.sum(1, keepdims=True)),
            partial(_mixed, mix=lambda w, v: w @ v.mean(1)),
            partial(_mixed, mix=lambda w, v: w @ v.mean(1, keepdims=True)),
            partial(_mixed, mix=lambda w, v: w * v.sum(1)),
            partial(_mixed, mix=lambda w, v: w @ (0 * v + v.sum(1, keepdims=True))),
        ),
        "The features of a value were added together, so an output is no vector any more. Sum over "
        "the keys, and keep the features apart.",
    ),
    Mistake(
        "summed over the wrong axis",
        (
            partial(_mixed, mix=lambda w, v: _one_by_one(w, v).sum(0)),
            partial(_mixed, mix=lambda w, v: _one_by_one(w, v).mean(0)),
        ),
        "The sum runs over the queries, so there is a row for each key. Which axis is to go, and "
        "which two are to stay?",
    ),
    Mistake(
        "not summed",
        (
            partial(_mixed, mix=_one_by_one),
            partial(_mixed, mix=np.outer),
            partial(_mixed, mix=lambda w, v: _one_by_one(w, v).transpose(1, 0, 2)),
        ),
        "Every value is multiplied by its weight, and that is the first half. The weighted values "
        "of a query still have to be added up over the keys.",
    ),
    Mistake(
        "elementwise product",
        (
            lambda weights, values: weights * values,
            lambda weights, values: values * weights,
            lambda weights, values: np.multiply(weights, values),
        ),
        "`*` multiplies numbers that stand in the same place. Here each row of weights meets each "
        "column of values, and the products are added up.",
    ),
    Mistake(
        "weights added instead of multiplied",
        (
            partial(_mixed, mix=lambda w, v: (w[:, :, None] + v).sum(1)),
            partial(_mixed, mix=lambda w, v: (w[:, :, None] + v).mean(1)),
        ),
        "The weights were added to the values. A weight says how much of a value counts: multiply.",
    ),
    Mistake(
        "greatest instead of sum",
        (partial(_mixed, mix=lambda w, v: _one_by_one(w, v).max(1)),),
        "For each feature only the greatest weighted value is left. All of them are added up.",
    ),
    Mistake(
        "only the strongest key",
        (partial(_mixed, weigh=_winner),),
        "Each output is the value of one key, the one with the greatest weight. Attention mixes: "
        "the other keys count too, each with its weight.",
    ),
    Mistake(
        "only some of the keys",
        (
            partial(_mixed, mix=lambda w, v: np.outer(w[:, 0], v[0])),
            partial(_mixed, mix=lambda w, v: np.outer(w[:, -1], v[-1])),
            partial(_mixed, mix=lambda w, v: w[:, :-1] @ v[:-1]),
            partial(_mixed, mix=lambda w, v: w[:, 1:] @ v[1:]),
        ),
        "Not every key is in the sum. Look at where your loop starts and ends, and whether it adds "
        "(`+=`) or replaces (`=`).",
    ),
    Mistake(
        "only one query",
        (
            partial(_mixed, after=lambda outputs: outputs[0]),
            partial(_mixed, after=lambda outputs: outputs[-1]),
            partial(_mixed, after=lambda outputs: outputs[:1]),
            partial(_mixed, weigh=lambda w: w[:1] + 0 * w),
            partial(_mixed, weigh=lambda w: w[-1:] + 0 * w),
        ),
        "Only one row of weights was used. Each query has weights, and so an output, of its own. "
        "Does `return` stand inside the loop?",
    ),
    Mistake(
        "the same weights for every query",
        (
            partial(_mixed, weigh=lambda w: w.mean(0) + 0 * w),
            partial(_mixed, weigh=lambda w: w.sum(0) + 0 * w),
        ),
        "The weights of all queries were added or averaged first, so all outputs are the same. "
        "Each query uses its own row.",
    ),
    Mistake(
        "outputs summed up",
        (
            partial(_mixed, after=lambda outputs: outputs.sum(0)),
            partial(_mixed, after=lambda outputs: outputs.mean(0)),
            partial(_mixed, after=np.sum),
        ),
        "The outputs of all queries were added together. Return one row for each query.",
    ),
    Mistake(
        "averaged once more",
        (
            partial(_mixed, mix=lambda w, v: w @ v / len(v)),
            partial(_mixed, mix=lambda w, v: w @ v / np.sqrt(v.shape[1])),
            partial(_mixed, mix=lambda w, v: w @ v / len(w)),
        ),
        "The sum was divided by a size. The weights sum to 1, so a weighted sum is an average "
        "already: there is no scale left to apply.",
    ),
    Mistake(
        "softmax once more",
        (
            partial(_mixed, weigh=lambda w: softmax(w)),
            partial(_mixed, weigh=lambda w: softmax(w.T).T),
            partial(_mixed, weigh=np.exp),
            partial(_mixed, after=lambda outputs: softmax(outputs)),
        ),
        "A softmax or an exponential was applied here. What comes in are weights already: they sum "
        "to 1, and they are used as they are.",
    ),
    Mistake(
        "weights turned into others",
        (
            partial(_mixed, weigh=np.square),
            partial(_mixed, weigh=np.sqrt),
            partial(_mixed, weigh=lambda w: 1 - w),
            partial(_mixed, weigh=lambda w: w / w.sum(0)),
            partial(_mixed, weigh=lambda w: w / w.max(-1, keepdims=True)),
            partial(_mixed, weigh=lambda w: np.sort(w, -1)),
            partial(_mixed, weigh=lambda w: w[:, ::-1]),
        ),
        "The weights were changed first (squared, sorted, divided by something …). They are used "
        "as they come, each for the value with the same index.",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_mixed, weigh=np.round),
            partial(_mixed, weigh=np.trunc),
            partial(_mixed, after=np.trunc),
            partial(_mixed, after=np.round),
            partial(_mixed, after=np.floor),
            partial(_mixed, mix=lambda w, v: np.trunc(_one_by_one(w, v)).sum(1)),
        ),
        "Something lost its fractions: look for `round` or `//`, or for a result that was made "
        "with an int type.",
    ),
    Mistake(
        "values changed in place",
        (_weighed_in_place,),
        "The values are multiplied in place, so the second query finds what the first one left. "
        "Look for `*=`, and give the weighted values a name of their own.",
    ),
)


def _outside(parts: Parts, weights: ndarray, values: ndarray) -> str | None:
    least, most = values.min(0), values.max(0)
    slack = 1e-3 * (most - least)
    places = np.argwhere((parts[0] < least - slack) | (parts[0] > most + slack))
    if not len(places):
        return None
    row, feature = (int(i) for i in places[0])
    return (
        f"Row {row}, feature {feature} is {parts[0][row, feature]:.4g}, but no value goes there: "
        f"in that feature they lie between {least[feature]:.4g} and {most[feature]:.4g}. Weights "
        "that sum to 1 give a mixture, which stays in between."
    )


def _sentences(rng: np.random.Generator) -> Iterator[Case]:
    """Five sizes, no two of them alike; scores of about unit variance."""
    small = readable(rng, 3, 2) / 2, *(readable(rng, 2, n) / 4 for n in (4, 4, 5))
    yield Case("3 words, d_model 2, d_head 4 and d_value 5", small)
    for seq_len, d_model, d_head, d_value in (
        (5, 6, 3, 4),
        (7, 4, 9, 5),
        (4, 8, 5, 3),
        (6, 5, 2, 9),
        (2, 7, 6, 4),
    ):
        widths = (d_head, d_head, d_value)
        weights = (rng.normal(size=(d_model, n)) * np.sqrt(2 / d_model) for n in widths)
        about = f"{seq_len} words, d_model {d_model}, d_head {d_head} and d_value {d_value}"
        yield Case(about, (rng.normal(size=(seq_len, d_model)), *weights))


def _projections(x: ndarray, w_query: ndarray, w_key: ndarray, w_value: ndarray) -> tuple:
    return x @ w_query, x @ w_key, x @ w_value


def _dot(queries: ndarray, keys: ndarray) -> ndarray:
    return queries @ keys.T


def _sqrt_d_head(x: ndarray, queries: ndarray, values: ndarray) -> float:
    return np.sqrt(queries.shape[1])


def _one(x: ndarray, queries: ndarray, values: ndarray) -> float:
    return 1.0


def _attended(
    x: ndarray,
    *matrices: ndarray,
    roles: Callable = _projections,
    compare: Callable = _dot,
    divisor: Callable = _sqrt_d_head,
    hide: Callable = _unchanged,
    weigh: Callable = softmax,
    mix: Callable = _product,
    after: Callable = lambda outputs, queries: outputs,
) -> Any:
    """Compute self-attention with any of the things that can go wrong with it."""
    queries, keys, values = roles(x, *matrices)
    scores = compare(queries, keys) / divisor(x, queries, values)
    return after(mix(weigh(hide(scores)), values), queries)


def _without_itself(scores: ndarray) -> ndarray:
    return np.where(np.eye(len(scores)) > 0, -np.inf, scores)


def _causal(scores: ndarray) -> ndarray:
    return np.where(np.tri(len(scores)) > 0, scores, -np.inf)


def _by_sum(scores: ndarray) -> ndarray:
    return scores / scores.sum(-1, keepdims=True)


def _exponentials(scores: ndarray) -> ndarray:
    return np.exp(scores - scores.max(-1, keepdims=True))


def _cosine(queries: ndarray, keys: ndarray) -> ndarray:
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(keys, axis=1)
    return queries @ keys.T / lengths


_ATTENTION_MISTAKES = (
    Mistake(
        "no scale",
        (partial(_attended, divisor=_one),),
        "The scores went into softmax unscaled. They grow with the number of features that a "
        "query has: lesson 03 divides them by √d_head.",
    ),
    Mistake(
        "scale by √d_model",
        (
            partial(_attended, divisor=lambda x, q, v: np.sqrt(x.shape[1])),
            partial(_attended, divisor=lambda x, q, v: x.shape[1]),
        ),
        "The scale was read from the embeddings, so it is √d_model. The dot products run over the "
        "features of the queries and keys, and there are d_head of those.",
    ),
    Mistake(
        "divided by d_head",
        (partial(_attended, divisor=lambda x, q, v: q.shape[1]),),
        "The scale is too strong: the scores were divided by d_head. Their standard deviation "
        "grows with its square root, √d_head.",
    ),
    Mistake(
        "multiplied by √d_head",
        (
            partial(_attended, divisor=lambda x, q, v: 1 / np.sqrt(q.shape[1])),
            partial(_attended, divisor=lambda x, q, v: 1 / q.shape[1]),
        ),
        "The scale goes the wrong way: the scores were multiplied, and became larger still. They "
        "are divided by √d_head.",
    ),
    Mistake(
        "scale by √d_value",
        (
            partial(_attended, divisor=lambda x, q, v: np.sqrt(v.shape[1])),
            partial(_attended, divisor=lambda x, q, v: v.shape[1]),
        ),
        "The scale was read from the values. It belongs to the dot products of queries and keys: "
        "√d_head, the width of those two.",
    ),
    Mistake(
        "scale by the number of words",
        (
            partial(_attended, divisor=lambda x, q, v: np.sqrt(len(x))),
            partial(_attended, divisor=lambda x, q, v: len(x)),
        ),
        "The scale was read from the wrong axis: it is the number of words. How many words there "
        "are does not make a dot product larger; d_head does.",
    ),
    Mistake(
        "a fixed scale",
        tuple(
            partial(_attended, divisor=lambda x, q, v, c=c: c) for c in (2.0, np.sqrt(2), 4.0, 8.0)
        ),
        "The scale is the same number whatever the input. It has to follow d_head: read it from "
        "the shape of the queries or keys.",
    ),
    Mistake(
        "scaled twice",
        (
            partial(_attended, divisor=lambda x, q, v: q.shape[1] ** 1.5),
            partial(_attended, divisor=lambda x, q, v: q.shape[1] ** 0.25),
            partial(_attended, after=lambda outputs, q: outputs / np.sqrt(q.shape[1])),
        ),
        "The scale comes in more than once, or as another power of d_head. Divide once by "
        "√d_head, and only the scores.",
    ),
    Mistake(
        "scale after softmax",
        (
            partial(
                _attended,
                divisor=_one,
                after=lambda outputs, q: outputs / np.sqrt(q.shape[1]),
            ),
        ),
        "The scale was applied after softmax, to the weights or the outputs, where it only makes "
        "them small. It belongs to the scores, before softmax.",
    ),
    Mistake(
        "softmax over the queries",
        (partial(_attended, weigh=lambda s: softmax(s.T).T),),
        "The columns of the weights sum to 1 instead of the rows: softmax ran along the first "
        "axis. Each query shares out its own weights among the keys, along the last axis.",
    ),
    Mistake(
        "softmax over everything",
        (partial(_attended, weigh=lambda s: np.exp(s) / np.exp(s).sum()),),
        "All weights together sum to 1, because softmax ran over the whole table. Each row should "
        "sum to 1: which axis is that?",
    ),
    Mistake(
        "softmax missing",
        (partial(_attended, weigh=_unchanged),),
        "The scores themselves were used as weights. They may be negative and do not sum to 1: "
        "softmax comes between scores and weights.",
    ),
    Mistake(
        "weights not normalised",
        (partial(_attended, weigh=np.exp), partial(_attended, weigh=_exponentials)),
        "The exponentials were used as they are. Softmax also normalises them: each row of weights "
        "sums to 1.",
    ),
    Mistake(
        "no exponential",
        (
            partial(_attended, weigh=_by_sum),
            partial(_attended, weigh=lambda s: _by_sum(np.abs(s))),
            partial(_attended, weigh=lambda s: _by_sum(np.maximum(s, 0))),
        ),
        "The scores were divided by their sum without going through exp. Softmax takes the "
        "exponential first, which makes all of them positive.",
    ),
    Mistake(
        "softmax at the end",
        (
            partial(_attended, weigh=_unchanged, after=lambda outputs, q: softmax(outputs)),
            partial(_attended, after=lambda outputs, q: softmax(outputs)),
        ),
        "A softmax was applied to the outputs. It belongs to the scores, before they meet the "
        "values: outputs are mixtures of values, and may be negative.",
    ),
    Mistake(
        "keys used as values",
        (partial(_attended, roles=lambda x, q, k, v: (x @ q, x @ k, x @ k)),),
        "The weights mixed the keys. Keys are only compared with; what is mixed, and passed on, "
        "are the values.",
    ),
    Mistake(
        "queries used as values",
        (partial(_attended, roles=lambda x, q, k, v: (x @ q, x @ k, x @ q)),),
        "The weights mixed the queries. Queries only ask; what is mixed are the values.",
    ),
    Mistake(
        "embeddings used as values",
        (partial(_attended, roles=lambda x, q, k, v: (x @ q, x @ k, x)),),
        "The weights mixed the embeddings as they came in. The values are the embeddings seen "
        "through `w_value`.",
    ),
    Mistake(
        "queries and keys swapped",
        (partial(_attended, roles=lambda x, q, k, v: (x @ k, x @ q, x @ v)),),
        "The keys ask and the queries answer: the score matrix is transposed. Rows are queries: "
        "which of the two comes first in the product, and which matrix made it?",
    ),
    Mistake(
        "keys and values swapped",
        (
            partial(_attended, roles=lambda x, q, k, v: (x @ q, x @ v, x @ k)),
            partial(_attended, roles=lambda x, q, k, v: (x @ v, x @ k, x @ q)),
        ),
        "The values were compared, and the keys (or queries) mixed. Queries meet keys; values come "
        "in after softmax.",
    ),
    Mistake(
        "one matrix for queries and keys",
        (
            partial(_attended, roles=lambda x, q, k, v: (x @ q, x @ q, x @ v)),
            partial(_attended, roles=lambda x, q, k, v: (x @ k, x @ k, x @ v)),
        ),
        "Queries and keys are the same numbers: one weight matrix made both, and the other one is "
        "not used.",
    ),
    Mistake(
        "embeddings not projected",
        (
            partial(_attended, roles=lambda x, q, k, v: (x, x, x @ v)),
            partial(_attended, roles=lambda x, q, k, v: (x, x, x)),
        ),
        "The embeddings were compared with themselves. Queries and keys are the embeddings seen "
        "through `w_query` and `w_key`.",
    ),
    Mistake(
        "weight matrix transposed",
        (
            lambda x, q, k, v: x @ q.T,
            lambda x, q, k, v: np.dot(x, q.T),
            lambda x, q, k, v: q.T @ x,
            lambda x, q, k, v: np.dot(q, x),
            lambda x, q, k, v: np.dot(q.T, x),
        ),
        "The inner sizes do not meet. The embeddings are (seq_len, d_model) and a weight matrix is "
        "(d_model, d_head): in this order, neither has to be transposed.",
    ),
    Mistake(
        "keys not transposed",
        (
            partial(_attended, compare=lambda q, k: q @ k),
            partial(_attended, compare=lambda q, k: np.dot(q, k)),
            partial(_attended, compare=lambda q, k: q.T @ k),
            partial(_attended, compare=lambda q, k: q * k),
        ),
        "The scores are no table of words by words. Every query has to meet every key: a matrix "
        "product pairs rows with columns, so one of the two has to be transposed. Which?",
    ),
    Mistake(
        "elementwise product with the values",
        (
            partial(_attended, mix=lambda w, v: w * v),
            partial(_attended, compare=lambda q, k: q * k, mix=lambda w, v: w * v),
        ),
        "`*` multiplies numbers in the same place. Every row of weights has to meet every column "
        "of values: a matrix product.",
    ),
    Mistake(
        "cosine similarity",
        (partial(_attended, compare=_cosine), partial(_attended, compare=_cosine, divisor=_one)),
        "The dot products were divided by the lengths of the vectors. Scores keep the lengths; "
        "only √d_head divides them.",
    ),
    Mistake(
        "weights transposed",
        (partial(_attended, mix=lambda w, v: w.T @ v),),
        "The weights were turned round before they met the values. Rows are queries, and each row "
        "of weights mixes the values, as it stands.",
    ),
    Mistake(
        "weights not applied to the values",
        (
            partial(_attended, mix=lambda w, v: w),
            partial(_attended, weigh=_unchanged, mix=lambda w, v: w),
            partial(_attended, mix=lambda w, v: v),
        ),
        "The last step is missing: what came back are weights, scores or values. The weights still "
        "have to mix the values.",
    ),
    Mistake(
        "weights returned as well",
        (partial(_attended, mix=lambda w, v: (w @ v, w)),),
        "More than one array came back. Return the outputs alone, one row for each word.",
    ),
    Mistake(
        "values added once more",
        (
            partial(_attended, mix=lambda w, v: w @ v + v),
            partial(_attended, mix=lambda w, v: (w + np.eye(len(w))) @ v / 2),
        ),
        "Each word's own value was added to its output, as a residual connection does. Here the "
        "output is the mixture alone.",
    ),
    Mistake(
        "plain mean",
        (
            partial(_attended, weigh=lambda s: np.full_like(s, 1 / len(s))),
            partial(_attended, weigh=np.ones_like),
        ),
        "Every word counts the same, so all outputs are alike. The weights come from the scores, "
        "and differ from query to query.",
    ),
    Mistake(
        "only the greatest score",
        (partial(_attended, weigh=_winner),),
        "Each word takes the value of one word alone, the one with the greatest score. Softmax "
        "gives every word a share.",
    ),
    Mistake(
        "a mask already",
        (
            partial(_attended, hide=_causal),
            partial(_attended, hide=np.tril),
        ),
        "Later words are hidden from earlier ones. That is a causal mask, which comes in the "
        "second part of this lesson; here every word may look at every word.",
    ),
    Mistake(
        "a word does not attend to itself",
        (
            partial(_attended, hide=_without_itself),
            partial(_attended, hide=lambda s: s - np.diag(np.diag(s))),
        ),
        "The diagonal is hidden. A word attends to itself as well: its own key is one of the keys.",
    ),
    Mistake(
        "only one output",
        (
            partial(_attended, after=lambda outputs, q: outputs[0]),
            partial(_attended, after=lambda outputs, q: outputs[-1]),
            partial(_attended, after=lambda outputs, q: outputs.sum(0)),
            partial(_attended, after=lambda outputs, q: outputs.mean(0)),
            partial(_attended, after=lambda outputs, q: outputs.sum()),
        ),
        "One row came back, a single output or their sum. Every word gets an output of its own.",
    ),
    Mistake(
        "transposed: features by words",
        (partial(_attended, after=lambda outputs, q: outputs.T),),
        "Rows and columns are swapped: each row of the result belongs to a word.",
    ),
    Mistake(
        "reshaped instead of transposed",
        (
            partial(_attended, compare=lambda q, k: q @ k.reshape(k.shape[::-1])),
            partial(_attended, after=lambda outputs, q: outputs.T.reshape(outputs.shape)),
        ),
        "The shape fits but the numbers are mixed up: `reshape` reads them on in their old order. "
        "To turn rows into columns, transpose.",
    ),
)


EXERCISES = (
    Exercise(
        name="weighted_sum",
        lesson="05",
        parameters=("weights", "values"),
        reference=reference.weighted_sum,
        kind=array_of("n_queries", "d_value"),
        cases=_mixtures,
        mistakes=_SUM_MISTAKES,
        hints=(
            "Take one query alone, on paper: its first weight times the first value, its second "
            "weight times the second value, and so on; then add these vectors up.",
            "For one query that is a row of weights times a table of values. All rows at once is "
            "an operation that you know from the scores.",
            "Weights are (n_queries, n_keys), values (n_keys, d_value). In which order do the "
            "inner sizes of a matrix product agree?",
        ),
        laws=(Law(_outside),),
    ),
    Exercise(
        name="self_attention",
        lesson="05",
        parameters=("embeddings", "w_query", "w_key", "w_value"),
        reference=reference.self_attention,
        kind=array_of("seq_len", "d_value"),
        cases=_sentences,
        mistakes=_ATTENTION_MISTAKES,
        hints=(
            "Four steps, one from each lesson: project the embeddings (02), compare queries with "
            "keys (03), turn scores into weights (04), mix the values (05).",
            "Write the shape beside each step. Scores and weights are (seq_len, seq_len), a row "
            "for each query and a column for each key; the output is (seq_len, d_value).",
            "Check the three places where it usually goes wrong: the scale is √d_head and not "
            "√d_model, softmax runs along the last axis, and the values are what is mixed.",
        ),
    ),
)
