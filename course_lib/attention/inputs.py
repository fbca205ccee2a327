"""What may go into attention and come back: shapes and dtypes that fit, and one derivative."""

import torch
from torch import Tensor

from course_lib.attention.precision import as_autocast
from course_lib.errors import CourseError, ShapeError


def fitting(*tensors: Tensor) -> list[Tensor]:
    """Return queries, keys and values in the dtype of autocast, or say what does not fit.

    Raises
    ------
    ShapeError
        If their shapes do not fit each other, or d_head is 0.
    CourseError
        If they are not of one dtype, of floating-point numbers.
    """
    queries, keys, values = as_autocast(*tensors)
    _refuse_misfits(queries, keys, values)
    _refuse_mixtures(queries, keys, values)
    return [queries, keys, values]


def _refuse_misfits(queries: Tensor, keys: Tensor, values: Tensor) -> None:
    shapes = [tuple(x.shape) for x in (queries, keys, values)]
    lead = {shape[:-2] for shape in shapes}
    if {len(shape) for shape in shapes} != {4} or len(lead) > 1:
        raise ShapeError(
            "expected queries, keys and values of shape (batch_size, n_heads, seq_len, d_head), "
            f"with the same batch and heads; got {shapes[0]}, {shapes[1]} and {shapes[2]}. "
            "One sentence with one head is `x[None, None]`."
        )
    if shapes[0][-1] != shapes[1][-1] or shapes[1][-2] != shapes[2][-2]:
        raise ShapeError(
            "expected queries and keys of one d_head, and one value for each key; got "
            f"{shapes[0]}, {shapes[1]} and {shapes[2]}. Did a projection have another width?"
        )
    if not shapes[0][-1]:
        raise ShapeError(
            f"expected a d_head of at least 1; got queries of shape {shapes[0]}. Scores are dot "
            "products of d_head features: was a slice of features empty?"
        )


def _refuse_mixtures(queries: Tensor, keys: Tensor, values: Tensor) -> None:
    dtypes = [x.dtype for x in (queries, keys, values)]
    if len(set(dtypes)) > 1 or not dtypes[0].is_floating_point:
        named = ", ".join(str(dtype).removeprefix("torch.") for dtype in dtypes)
        raise CourseError(
            f"expected queries, keys and values of one floating-point dtype; got {named}. Cast "
            "them alike, as in `keys.to(queries.dtype)`, or attend under `torch.autocast`."
        )


def refuse_second_derivative() -> None:
    """Raise, on a way back that is to be derived once more; it would be taken for a constant.

    torch's own `once_differentiable` notices only where the gradient that arrives has one itself.
    """
    if torch.is_grad_enabled():
        raise CourseError(
            "expected to go back once; got create_graph=True, which asks for the derivative of "
            "the way back, and that is not written. For second derivatives write attention out: "
            "`(queries @ keys.mT / d_head**0.5).softmax(-1) @ values`."
        )
