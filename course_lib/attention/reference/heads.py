"""Several heads: split, attend, merge, project.

Source: Vaswani et al. (2017), "Attention Is All You Need", section 3.2.2.
"""

from jaxtyping import Bool, Float
from numpy import ndarray

from course_lib.attention.reference.dense import attention, project
from course_lib.errors import ShapeError


def split_heads(
    x: Float[ndarray, "*lead seq_len d_model"], n_heads: int
) -> Float[ndarray, "*lead {n_heads} seq_len d_head"]:
    """Hand each head its own block of neighbouring features.

    Raises
    ------
    ShapeError
        If the features cannot be shared out equally.

    Examples
    --------
    >>> import numpy as np
    >>> split_heads(np.array([[0.0, 1.0, 2.0, 3.0]]), 2)
    array([[[0., 1.]],
           [[2., 3.]]])
    """
    *lead, seq_len, d_model = x.shape
    if n_heads < 1 or d_model % n_heads:
        raise ShapeError(
            f"expected a d_model that n_heads divides; got d_model={d_model} and "
            f"n_heads={n_heads}. Choose n_heads so that d_head = d_model / n_heads is whole."
        )
    # (…, seq_len, n_heads, d_head): a row falls apart into heads; only then may the axes change
    blocks = x.reshape(*lead, seq_len, n_heads, d_model // n_heads)
    return blocks.swapaxes(-2, -3)


def merge_heads(
    x: Float[ndarray, "*lead n_heads seq_len d_head"],
) -> Float[ndarray, "*lead seq_len d_model"]:
    """Put what the heads found side by side again: the inverse of `split_heads`.

    Raises
    ------
    ShapeError
        If there is no axis of heads.
    """
    if x.ndim < 3:
        raise ShapeError(
            f"expected at least three axes, n_heads, seq_len and d_head; got shape {x.shape}. "
            "Has `split_heads` made the axis of heads?"
        )
    *lead, n_heads, seq_len, d_head = x.shape
    return x.swapaxes(-2, -3).reshape(*lead, seq_len, n_heads * d_head)


def multi_head_attention(
    embeddings: Float[ndarray, "*lead seq_len d_model"],
    w_query: Float[ndarray, "d_model d_model"],
    w_key: Float[ndarray, "d_model d_model"],
    w_value: Float[ndarray, "d_model d_model"],
    w_output: Float[ndarray, "d_model d_model"],
    n_heads: int,
    *,
    mask: Bool[ndarray, "..."] | None = None,
) -> Float[ndarray, "*lead seq_len d_model"]:
    """Let several heads look for different things, and join what they find.

    Parameters
    ----------
    embeddings : one row a token
    w_query, w_key, w_value, w_output : used as ``x @ w``; torch stores them transposed
    n_heads : how many heads share d_model
    mask : True = may attend; broadcasts to (…, n_heads, seq_len, seq_len)

    Raises
    ------
    ShapeError
        If a weight matrix is not d_model by d_model, or n_heads does not divide d_model.

    References
    ----------
    Vaswani et al. (2017), "Attention Is All You Need", section 3.2.2.
    """
    d_model = embeddings.shape[-1]
    weights = {"w_query": w_query, "w_key": w_key, "w_value": w_value, "w_output": w_output}
    for name, weight in weights.items():
        if weight.shape != (d_model, d_model):
            raise ShapeError(
                f"expected {name} of shape {(d_model, d_model)}, as the embeddings are "
                f"d_model={d_model} wide; got {weight.shape}. Give the weights of all heads "
                "side by side, in one matrix."
            )
    projected = project(embeddings, w_query, w_key, w_value)
    queries, keys, values = (split_heads(x, n_heads) for x in projected)
    heads = attention(queries, keys, values, mask=mask)
    return merge_heads(heads) @ w_output
