"""Attention with one head, from embeddings to outputs: an equation a function.

Source: Vaswani et al. (2017), "Attention Is All You Need", section 3.2.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from course_lib.attention.masks import refuse_unfit
from course_lib.errors import ShapeError, TokenError


def embed(
    token_ids: Int[ndarray, "seq_len"],
    table: Float[ndarray, "vocabulary d_model"],
) -> Float[ndarray, "seq_len d_model"]:
    """Look up one row of the table for each token.

    Raises
    ------
    TokenError
        If an id has no row in the table.
    """
    if token_ids.size and not 0 <= token_ids.min() <= token_ids.max() < len(table):
        raise TokenError(
            f"expected token ids from 0 to {len(table) - 1}, one row of the table each; "
            f"got ids from {token_ids.min()} to {token_ids.max()}. "
            "Was the table made for another vocabulary?"
        )
    return table[token_ids]


def project(
    embeddings: Float[ndarray, "*lead seq_len d_model"],
    w_query: Float[ndarray, "d_model d_head"],
    w_key: Float[ndarray, "d_model d_head"],
    w_value: Float[ndarray, "d_model d_value"],
) -> tuple[
    Float[ndarray, "*lead seq_len d_head"],
    Float[ndarray, "*lead seq_len d_head"],
    Float[ndarray, "*lead seq_len d_value"],
]:
    """Turn each embedding into a query, a key and a value.

    Raises
    ------
    ShapeError
        If a weight matrix does not have d_model rows.
    """
    d_model = embeddings.shape[-1]
    for name, weight in (("w_query", w_query), ("w_key", w_key), ("w_value", w_value)):
        if len(weight) != d_model:
            raise ShapeError(
                f"expected {name} with d_model={d_model} rows, as the embeddings are that wide; "
                f"got shape {weight.shape}. Is it transposed?"
            )
    return embeddings @ w_query, embeddings @ w_key, embeddings @ w_value


def raw_scores(
    queries: Float[ndarray, "*lead n_queries d_head"],
    keys: Float[ndarray, "*lead n_keys d_head"],
) -> Float[ndarray, "*lead n_queries n_keys"]:
    """Take the dot product of every query with every key.

    Raises
    ------
    ShapeError
        If queries and keys differ in ``d_head``.

    Examples
    --------
    >>> raw_scores(np.array([[1.0, 2.0]]), np.array([[3.0, 0.0], [0.0, 4.0], [1.0, 1.0]]))
    array([[3., 8., 3.]])
    """
    if queries.shape[-1] != keys.shape[-1]:
        raise ShapeError(
            f"expected queries and keys of the same d_head; queries have d_head="
            f"{queries.shape[-1]} but keys have d_head={keys.shape[-1]}. A dot product needs the "
            "same length on both sides: did you project both with the same d_head?"
        )
    return queries @ keys.swapaxes(-1, -2)


def scaled_scores(
    queries: Float[ndarray, "*lead n_queries d_head"],
    keys: Float[ndarray, "*lead n_keys d_head"],
) -> Float[ndarray, "*lead n_queries n_keys"]:
    """Compare every query with every key, on a scale that does not grow with d_head.

    Raises
    ------
    ShapeError
        If queries and keys differ in ``d_head``.

    References
    ----------
    Vaswani et al. (2017), "Attention Is All You Need", eq. 1 and footnote 4.
    """
    d_head = queries.shape[-1]
    return raw_scores(queries, keys) / np.sqrt(d_head)


def softmax(scores: Float[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
    """Turn each row of scores into weights between 0 and 1 that sum to 1.

    Notes
    -----
    Subtracting the greatest score of a row changes nothing (it cancels) and keeps ``exp`` from
    overflowing.
    """
    shifted = scores - scores.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def masked_softmax(
    scores: Float[ndarray, "*lead n_queries n_keys"],
    mask: Bool[ndarray, "..."] | None,
) -> Float[ndarray, "*lead n_queries n_keys"]:
    """Share the weight among the allowed keys; a row without one is all zeros.

    Parameters
    ----------
    scores : one row a query
    mask : True = may attend; broadcasts to the scores; None allows everything

    Raises
    ------
    MaskError
        If the mask is not bool or does not broadcast to the scores, or has three axes and they
        four, so that it could be one matrix per sentence or one per head.
    """
    if mask is None:
        return softmax(scores)
    mask = mask_for(mask, scores.shape)
    allowed = np.where(mask, scores, -np.inf)
    greatest = allowed.max(axis=-1, keepdims=True)
    greatest = np.where(np.isfinite(greatest), greatest, 0.0)  # an empty row has no greatest score
    exponentials = np.exp(allowed - greatest)
    total = exponentials.sum(axis=-1, keepdims=True)
    return exponentials / np.where(total > 0, total, 1.0)


def weighted_sum(
    weights: Float[ndarray, "*lead n_queries n_keys"],
    values: Float[ndarray, "*lead n_keys d_value"],
) -> Float[ndarray, "*lead n_queries d_value"]:
    """Mix the values: each output is a sum of values, each times its weight.

    Raises
    ------
    ShapeError
        If there is not one value for each key.
    """
    if weights.shape[-1] != values.shape[-2]:
        raise ShapeError(
            f"expected one value a key; got weights over {weights.shape[-1]} keys and "
            f"{values.shape[-2]} values. Are the weights transposed?"
        )
    return weights @ values


def attention(
    queries: Float[ndarray, "*lead n_queries d_head"],
    keys: Float[ndarray, "*lead n_keys d_head"],
    values: Float[ndarray, "*lead n_keys d_value"],
    *,
    mask: Bool[ndarray, "..."] | None = None,
) -> Float[ndarray, "*lead n_queries d_value"]:
    """Let every query look at every key and bring back a mixture of values.

    Parameters
    ----------
    queries, keys, values : what each position looks for, offers, and passes on
    mask : True = may attend; a query that may attend to nothing gets zeros

    Notes
    -----
    Time and memory O(n_queries · n_keys).

    References
    ----------
    Vaswani et al. (2017), "Attention Is All You Need", eq. 1.
    """
    weights = masked_softmax(scaled_scores(queries, keys), mask)
    return weighted_sum(weights, values)


def self_attention(
    embeddings: Float[ndarray, "*lead seq_len d_model"],
    w_query: Float[ndarray, "d_model d_head"],
    w_key: Float[ndarray, "d_model d_head"],
    w_value: Float[ndarray, "d_model d_value"],
    *,
    mask: Bool[ndarray, "..."] | None = None,
) -> Float[ndarray, "*lead seq_len d_value"]:
    """Let the words of one sentence attend to each other, themselves included."""
    queries, keys, values = project(embeddings, w_query, w_key, w_value)
    return attention(queries, keys, values, mask=mask)


def mask_for(mask: ndarray, shape: tuple[int, ...]) -> ndarray:
    """Return the mask broadcast to the scores' shape, or say why it cannot be."""
    refuse_unfit(mask, shape)
    return np.broadcast_to(mask, shape)
