"""The exercises of lesson 02: looking embeddings up, and projecting them three times."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import Kind, Parts, array_of


def _lookups(rng: np.random.Generator) -> Iterator[Case]:
    """Ids that jump, repeat, and could be columns too, so that a mixed-up axis shows."""
    yield Case(
        "3 tokens, the first and the last alike, and a table of 5 rows",
        (np.array([3, 1, 3]), readable(rng, 5, 4)),
    )
    for seq_len, n_words, d_model in ((5, 9, 6), (4, 6, 10), (7, 12, 8), (8, 13, 11)):
        token_ids = rng.integers(0, min(n_words, d_model), seq_len)
        token_ids[-1] = token_ids[0]
        table = rng.normal(size=(n_words, d_model))
        yield Case(f"{seq_len} tokens and a table of {n_words} rows", (token_ids, table))


def _unchanged(anything: Any) -> Any:
    return anything


def _rows(ids: ndarray, table: ndarray) -> ndarray:
    return table[ids]


def _embedded(
    token_ids: ndarray,
    table: ndarray,
    *,
    ids: Callable = _unchanged,
    look: Callable = _rows,
    after: Callable = _unchanged,
) -> ndarray:
    """Look embeddings up with any of the things that can go wrong with it."""
    return after(look(ids(token_ids), table))


def _one_hot(ids: ndarray, table: ndarray) -> ndarray:
    return np.eye(len(table))[ids]


def _first_seen(ids: ndarray) -> ndarray:
    return np.array(list(dict.fromkeys(ids.tolist())))


_EMBED_MISTAKES = (
    Mistake(
        "table indexed by column",
        (
            partial(_embedded, look=lambda ids, table: table[:, ids]),
            partial(_embedded, look=lambda ids, table: table[:, ids].T),
        ),
        "The ids picked columns of the table, so each of your vectors holds one feature of all "
        "words. A token's embedding is its row: which axis does an index choose from?",
    ),
    Mistake(
        "one-hot times the transposed table",
        (
            lambda token_ids, table: _one_hot(token_ids, table) @ table.T,
            lambda token_ids, table: np.dot(_one_hot(token_ids, table), table.T),
            lambda token_ids, table: np.dot(_one_hot(token_ids, table).T, table),
            lambda token_ids, table: table @ _one_hot(token_ids, table),
            lambda token_ids, table: table @ _one_hot(token_ids, table).T,
            lambda token_ids, table: np.dot(table, _one_hot(token_ids, table).T),
        ),
        "A row of the one-hot matrix has a place for each word, and a matrix product pairs it with "
        "the rows of what follows. The table has a row for each word already: nothing is to be "
        "transposed, and the one-hot matrix comes first.",
    ),
    Mistake(
        "one-hot rows, not looked up",
        (partial(_embedded, look=_one_hot),),
        "These are one-hot rows: they say which word it is, but not what the table holds for it. "
        "The look-up itself is still to come.",
    ),
    Mistake(
        "first rows instead of looked-up rows",
        (
            partial(_embedded, look=lambda ids, table: table[: len(ids)]),
            partial(_embedded, look=lambda ids, table: table[-len(ids) :]),
            partial(_embedded, ids=lambda ids: np.arange(1, len(ids) + 1)),
        ),
        "These are the table's first rows (or last ones), in their own order. The ids were counted "
        "but not read: the id of a token says which row is meant.",
    ),
    Mistake(
        "off by one",
        (
            partial(_embedded, ids=lambda ids: ids - 1),
            partial(_embedded, ids=lambda ids: ids + 1),
            partial(_embedded, look=lambda ids, table: table[(ids + 1) % len(table)]),
        ),
        "Every row is the neighbour of the right one. Ids count from 0, and so do the rows.",
    ),
    Mistake(
        "repeated tokens only once",
        (partial(_embedded, ids=np.unique), partial(_embedded, ids=_first_seen)),
        "A token that comes twice has one row in your result. Each occurrence counts: the result "
        "has a row for every position of the sentence.",
    ),
    Mistake(
        "tokens out of order",
        (
            partial(_embedded, ids=np.sort),
            partial(_embedded, ids=lambda ids: ids[::-1]),
            partial(_embedded, ids=lambda ids: np.sort(ids)[::-1]),
        ),
        "The rows are right and their order is not: they are sorted or turned round. Row 0 belongs "
        "to the first token.",
    ),
    Mistake(
        "only one token",
        (
            partial(_embedded, after=lambda rows: rows[0]),
            partial(_embedded, after=lambda rows: rows[-1]),
            partial(_embedded, after=lambda rows: rows[:1]),
            partial(_embedded, after=lambda rows: rows[-1:]),
            partial(_embedded, ids=lambda ids: ids[:1] + 0 * ids),
        ),
        "The embedding of a single token came back. Is there a `return` inside the loop, or is "
        "the result overwritten in each round? There is one row for every token.",
    ),
    Mistake(
        "a token is missing",
        (
            partial(_embedded, ids=lambda ids: ids[1:]),
            partial(_embedded, ids=lambda ids: ids[:-1]),
            partial(_embedded, after=lambda rows: np.vstack([0 * rows[:1], rows[1:]])),
            partial(_embedded, after=lambda rows: np.vstack([rows[:-1], 0 * rows[:1]])),
        ),
        "The first or the last token has no row, or a row of zeros. Where does your loop start, "
        "and where does it end?",
    ),
    Mistake(
        "embeddings summed or averaged",
        (
            partial(_embedded, after=lambda rows: rows.sum(0)),
            partial(_embedded, after=lambda rows: rows.mean(0)),
            partial(_embedded, after=lambda rows: rows.sum(1)),
            partial(_embedded, after=lambda rows: rows.cumsum(0)),
        ),
        "The embeddings were added up, so the words can no longer be told apart. Keep one row for "
        "each token.",
    ),
    Mistake(
        "transposed: features by tokens",
        (partial(_embedded, after=np.transpose),),
        "Rows and columns are swapped: a token's embedding is a row of the result.",
    ),
    Mistake(
        "reshaped instead of transposed",
        (
            partial(_embedded, after=lambda rows: rows.T.reshape(rows.shape)),
            partial(_embedded, after=lambda rows: rows.reshape(rows.shape[::-1])),
        ),
        "The shape was forced and the numbers are mixed up: `reshape` reads them on in their old "
        "order, row after row.",
    ),
    Mistake(
        "single numbers instead of rows",
        (
            partial(_embedded, look=lambda ids, table: table[ids, ids]),
            partial(_embedded, look=lambda ids, table: table.ravel()[ids]),
            partial(_embedded, look=lambda ids, table: table[ids, 0]),
            partial(_embedded, look=lambda ids, table: table[ids, -1]),
            partial(_embedded, look=lambda ids, table: table[0, ids]),
            partial(_embedded, look=lambda ids, table: table[ids, np.arange(len(ids))]),
        ),
        "Each token got one number of the table and not a whole row. A single index picks a row; a "
        "second one picks a number in it, and `np.take` counts through the whole table unless it "
        "is given an axis.",
    ),
    Mistake(
        "one long row",
        (partial(_embedded, after=np.ravel), partial(_embedded, after=lambda rows: rows[None])),
        "The numbers are right, but the axes are not: one row for each token, one column for each "
        "feature. Look at what joins or wraps your rows.",
    ),
    Mistake(
        "the whole table",
        (partial(_embedded, look=lambda ids, table: table),),
        "The whole table came back, and the token ids were not used at all.",
    ),
    Mistake(
        "ids used as numbers",
        (
            lambda token_ids, table: token_ids @ table,
            lambda token_ids, table: token_ids[:, None] * table,
            lambda token_ids, table: np.dot(token_ids, table),
            lambda token_ids, table: token_ids * table,
            partial(_embedded, look=lambda ids, table: ids[:, None] * table[0]),
            partial(_embedded, look=lambda ids, table: ids[:, None] * table[ids]),
            partial(_embedded, look=lambda ids, table: table[ids] + ids[:, None]),
        ),
        "The ids were multiplied or added as if they were amounts. Id 4 is not twice id 2: an id "
        "only says which row is meant.",
    ),
    Mistake(
        "scaled or normalised",
        (
            partial(_embedded, after=lambda rows: rows * np.sqrt(rows.shape[1])),
            partial(_embedded, after=lambda rows: rows / np.sqrt(rows.shape[1])),
            partial(_embedded, after=lambda rows: rows / _lengths(rows)),
            partial(_embedded, after=lambda rows: rows / np.abs(rows).sum(1, keepdims=True)),
        ),
        "The rows were multiplied by a scale or divided by their lengths. Here an embedding is the "
        "row of the table as it stands.",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_embedded, after=np.trunc),
            partial(_embedded, after=np.round),
            partial(_embedded, after=np.floor),
        ),
        "The numbers lost their fractions. Was the result made with an int type, such as that of "
        "the token ids?",
    ),
)


def _lengths(rows: ndarray) -> ndarray:
    return np.linalg.norm(rows, axis=1, keepdims=True)


def _not_in_table(parts: Parts, token_ids: ndarray, table: ndarray) -> str | None:
    for i, row in enumerate(parts[0]):
        if not np.isclose(table, row, rtol=1e-3).all(1).any():
            return f"Row {i} of your result is not a row of the table: a look-up changes nothing."
    return None


def _layers(rng: np.random.Generator) -> Iterator[Case]:
    """Three weight matrices of one width, and no two sizes alike."""
    yield Case(
        "4 tokens, d_model 3 and d_head 2",
        (readable(rng, 4, 3), *(readable(rng, 3, 2) for _ in range(3))),
    )
    for seq_len, d_model, d_head in ((5, 6, 4), (7, 4, 9), (2, 8, 5), (11, 5, 3)):
        weights = rng.normal(size=(3, d_model, d_head)) / np.sqrt(d_model)
        about = f"{seq_len} tokens, d_model {d_model} and d_head {d_head}"
        yield Case(about, (rng.normal(size=(seq_len, d_model)), *weights))
    w_query, w_key = rng.normal(size=(2, 6, 4))
    wider = rng.normal(size=(5, 6)), w_query, w_key, rng.normal(size=(6, 7))
    yield Case("values that are wider than the keys", wider, is_extra=True)


def _product(x: ndarray, w: ndarray) -> ndarray:
    return x @ w


def _projected(
    embeddings: ndarray,
    *matrices: ndarray,
    weights: Callable = lambda q, k, v: (q, k, v),
    product: Callable = _product,
    after: Callable = _unchanged,
    order: Sequence[int] = (0, 1, 2),
    gather: Callable = tuple,
) -> Any:
    """Project embeddings three times with any of the things that can go wrong with it."""
    parts = [after(product(embeddings, w)) for w in weights(*matrices)]
    return gather([parts[i] for i in order])


def _fused(embeddings: ndarray, *matrices: ndarray) -> ndarray:
    return embeddings @ np.hstack(matrices)


_PROJECT_MISTAKES = (
    Mistake(
        "one matrix for all three",
        (
            partial(_projected, weights=lambda q, k, v: (q, q, q)),
            partial(_projected, weights=lambda q, k, v: (k, k, k)),
            partial(_projected, weights=lambda q, k, v: (v, v, v)),
            partial(_projected, weights=lambda q, k, v: (q + k + v, q + k + v, q + k + v)),
        ),
        "Queries, keys and values are the same numbers, because one weight matrix made all three. "
        "Each has a matrix of its own.",
    ),
    Mistake(
        "one matrix used twice",
        (
            partial(_projected, weights=lambda q, k, v: (q, q, v)),
            partial(_projected, weights=lambda q, k, v: (k, k, v)),
            partial(_projected, weights=lambda q, k, v: (q, k, k)),
            partial(_projected, weights=lambda q, k, v: (q, v, v)),
            partial(_projected, weights=lambda q, k, v: (q, k, q)),
            partial(_projected, weights=lambda q, k, v: (v, k, v)),
        ),
        "Two of the three results are the same, so one matrix was used twice and another one not "
        "at all. Look at the names, line by line.",
    ),
    Mistake(
        "keys and values swapped",
        (partial(_projected, order=(0, 2, 1)),),
        "The keys stand where the values should be, and the other way round. The order is queries, "
        "keys, values.",
    ),
    Mistake(
        "queries and keys swapped",
        (partial(_projected, order=(1, 0, 2)),),
        "The queries stand where the keys should be, and the other way round. The order is "
        "queries, keys, values.",
    ),
    Mistake(
        "queries and values swapped",
        (partial(_projected, order=(2, 1, 0)),),
        "The queries stand where the values should be, and the other way round. The order is "
        "queries, keys, values.",
    ),
    Mistake(
        "all three in the wrong order",
        (partial(_projected, order=(1, 2, 0)), partial(_projected, order=(2, 0, 1))),
        "All three are there and none is in its place. The order is queries, keys, values.",
    ),
    Mistake(
        "weight transposed",
        (
            lambda embeddings, q, k, v: embeddings @ q.T,
            lambda embeddings, q, k, v: np.dot(embeddings, q.T),
            lambda embeddings, q, k, v: q @ embeddings,
            lambda embeddings, q, k, v: np.dot(q, embeddings),
            lambda embeddings, q, k, v: q.T @ embeddings,
            lambda embeddings, q, k, v: np.dot(q.T, embeddings),
            lambda embeddings, q, k, v: np.dot(q, embeddings.T),
            lambda embeddings, q, k, v: embeddings.T @ q,
            lambda embeddings, q, k, v: np.dot(embeddings.T, q),
        ),
        "In a matrix product the inner sizes have to be equal: the embeddings are "
        "(seq_len, d_model), a weight is (d_model, d_head). Both are ready to meet in that order, "
        "and neither has to be transposed. (A layer such as torch's `Linear` keeps its weight the "
        "other way round.)",
    ),
    Mistake(
        "transposed: features by tokens",
        (
            partial(_projected, after=np.transpose),
            partial(_projected, gather=lambda parts: (parts[0].T, *parts[1:])),
            partial(_projected, gather=lambda parts: (parts[0], parts[1].T, parts[2])),
        ),
        "Rows and columns of the results are swapped: each row belongs to a token.",
    ),
    Mistake(
        "reshaped instead of transposed",
        (
            partial(_projected, after=lambda part: part.T.reshape(part.shape)),
            partial(_projected, product=lambda x, w: x @ w.T.reshape(w.shape)),
            partial(_projected, product=lambda x, w: x.T.reshape(x.shape) @ w),
        ),
        "The shapes fit but the numbers are mixed up: `reshape` reads the numbers on in their old "
        "order, row after row. It does not turn rows into columns.",
    ),
    Mistake(
        "embeddings not projected",
        (
            lambda embeddings, q, k, v: (embeddings, embeddings, embeddings),
            lambda embeddings, q, k, v: (embeddings @ q, embeddings @ k, embeddings),
            lambda embeddings, q, k, v: (embeddings, embeddings @ k, embeddings @ v),
            lambda embeddings, q, k, v: (embeddings @ q, embeddings, embeddings @ v),
            lambda embeddings, q, k, v: (q, k, v),
        ),
        "At least one of the three is not a product: the embeddings, or the weights, came back as "
        "they went in. Each result is the embeddings seen through a matrix.",
    ),
    Mistake(
        "one projection after another",
        (
            lambda embeddings, q, k, v: embeddings @ q @ k,
            lambda embeddings, q, k, v: np.dot(np.dot(embeddings, q), k),
        ),
        "The queries went through the next matrix. All three start from the embeddings: they stand "
        "side by side, not in a chain.",
    ),
    Mistake(
        "elementwise product",
        (partial(_projected, product=lambda x, w: x * w),),
        "`*` multiplies entries that stand in the same place. Here every token's row meets every "
        "column of the weights: a matrix product.",
    ),
    Mistake(
        "only some of the features",
        (
            partial(_projected, product=lambda x, w: x[:, :-1] @ w[:-1]),
            partial(_projected, product=lambda x, w: x[:, 1:] @ w[1:]),
            partial(_projected, product=lambda x, w: np.outer(x[:, 0], w[0])),
            partial(_projected, product=lambda x, w: np.outer(x[:, -1], w[-1])),
        ),
        "Not every feature of the embeddings takes part in the sum. Look at where your loop starts "
        "and ends, and whether it adds (`+=`) or replaces (`=`).",
    ),
    Mistake(
        "averaged over the features",
        (partial(_projected, product=lambda x, w: x @ w / len(w)),),
        "The sums were divided by d_model. A matrix product adds up and does not average.",
    ),
    Mistake(
        "already scaled",
        (
            partial(_projected, after=lambda part: part / np.sqrt(part.shape[1])),
            partial(_projected, product=lambda x, w: x @ w / np.sqrt(len(w))),
            lambda embeddings, q, k, v: (
                embeddings @ q / np.sqrt(q.shape[1]),
                embeddings @ k,
                embeddings @ v,
            ),
        ),
        "The results were divided by the root of a size. The scale comes in lesson 03, and there "
        "it belongs to the scores.",
    ),
    Mistake(
        "an activation added",
        (
            partial(_projected, after=np.tanh),
            partial(_projected, after=lambda part: np.maximum(part, 0)),
            partial(_projected, after=lambda part: 1 / (1 + np.exp(-part))),
            partial(_projected, after=lambda part: _softmax(part)),
        ),
        "Something bends the numbers after the product (tanh, ReLU, sigmoid or softmax). A "
        "projection is the matrix product alone: it is linear.",
    ),
    Mistake(
        "vectors normalised",
        (
            partial(_projected, after=lambda part: part / _lengths(part)),
            lambda embeddings, q, k, v: _projected(embeddings / _lengths(embeddings), q, k, v),
        ),
        "The rows were divided by their lengths, before the product or after it. A projection "
        "leaves the lengths alone.",
    ),
    Mistake(
        "only one token",
        (
            partial(_projected, after=lambda part: part[0]),
            partial(_projected, after=lambda part: part[-1]),
            partial(_projected, after=lambda part: part[:1]),
            partial(_projected, after=lambda part: part.sum(0)),
            partial(_projected, after=lambda part: part.mean(0)),
        ),
        "One row is left of each result. Every token has a query, a key and a value of its own: "
        "keep a row for each, and neither pick one nor sum them.",
    ),
    Mistake(
        "one array instead of three results",
        (
            partial(_projected, gather=np.hstack),
            partial(_projected, gather=np.vstack),
            partial(_projected, gather=lambda parts: parts[0]),
            partial(_projected, gather=lambda parts: parts[:2]),
        ),
        "Queries, keys and values did not come back apart from each other: they are joined into "
        "one array, or some are left out. Return the three results, in this order.",
    ),
    Mistake(
        "cut along the wrong axis",
        (
            lambda *inputs: tuple(_fused(*inputs).reshape(3, len(inputs[0]), -1)),
            lambda *inputs: tuple(_fused(*inputs)[:, i::3] for i in range(3)),
            lambda *inputs: np.split(_fused(*inputs), 3),
            lambda *inputs: np.array_split(_fused(*inputs), 3),
        ),
        "One wide product was cut up in the wrong place: the queries, keys and values stand beside "
        "each other in it, so it has to be cut along its columns, block by block.",
    ),
    Mistake(
        "cut to whole numbers",
        (
            partial(_projected, after=np.trunc),
            partial(_projected, after=np.round),
            partial(_projected, after=np.floor),
        ),
        "The numbers lost their fractions. Was the result made with an int type, or rounded?",
    ),
)


def _softmax(rows: ndarray) -> ndarray:
    exponentials = np.exp(rows - rows.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


EXERCISES = (
    Exercise(
        name="embed",
        lesson="02",
        parameters=("token_ids", "table"),
        reference=reference.embed,
        kind=array_of("seq_len", "d_model"),
        cases=_lookups,
        mistakes=_EMBED_MISTAKES,
        hints=(
            "Take the first id and put your finger on its row of the table: that row is the first "
            "row of the result. A word that comes twice brings its row twice.",
            "It works with a loop over the ids that collects rows. It also works without one: "
            "NumPy lets you index with a whole array of whole numbers at once.",
            "What stands between the brackets chooses rows, and the array of ids may stand there "
            "as it is.",
        ),
        laws=(Law(_not_in_table),),
    ),
    Exercise(
        name="project",
        lesson="02",
        parameters=("embeddings", "w_query", "w_key", "w_value"),
        reference=reference.project,
        kind=Kind(
            axes=(("seq_len", "d_head"), ("seq_len", "d_head"), ("seq_len", "d_head")),
            names=("queries", "keys", "values"),
        ),
        cases=_layers,
        mistakes=_PROJECT_MISTAKES,
        hints=(
            "The same embeddings are looked at three times, each time through another matrix. "
            "Write the shapes down: which product of the two gives (seq_len, d_head)?",
            "Each result is a matrix product with the embeddings on the left. Nothing has to be "
            "transposed, scaled or bent.",
            "Three products, one for each weight matrix, returned together with commas between "
            "them: first what looks for something, then what is offered, then what is passed on.",
        ),
    ),
)
