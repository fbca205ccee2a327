"""How many multiplications and additions a call makes in matrix products, as torch saw them."""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import flop_counter

from course_lib.errors import MeasurementError

Shape = tuple[int, ...]


def flops(run: Callable[[], object]) -> int:
    """Count the arithmetic of a call's matrix products; a multiply-add is two operations.

    It watches which operations torch really starts, and adds up what their shapes say. So it is
    a witness for a formula: it does not know what the call was meant to compute.

    Raises
    ------
    MeasurementError
        If it saw no matrix product at all.

    Notes
    -----
    It sees products of matrices and vectors, convolutions, torch's fused attention and its fused
    LSTM, forward and backward. It does not see additions, softmax and everything else that goes
    number by number, nor NumPy, nor what is compiled. Causal attention is counted as a whole: the
    half that a kernel skips is not taken off. torch's own counter has no entry for
    ``scaled_dot_product_attention`` on a CPU (2.13 gives 0 for it); the entries below add it.

    Examples
    --------
    >>> a, b = torch.ones(3, 5), torch.ones(5, 7)
    >>> flops(lambda: a @ b), 2 * 3 * 5 * 7
    (210, 210)
    """
    with flop_counter.FlopCounterMode(display=False, custom_mapping=_entries()) as counter:
        run()
    count = int(counter.get_total_flops())
    if not count:
        raise MeasurementError(
            "expected a call that multiplies matrices in torch; saw no product of matrices. "
            "NumPy is not seen, nor is what goes number by number: compute it with torch and @."
        )
    return count


def _product(left: Shape, right: Shape, **_: Any) -> int:
    """Matrix or vector times vector."""
    return 2 * _numbers(left)


def _sum_and_product(_added: Shape, left: Shape, right: Shape, **_: Any) -> int:
    """Matrix times vector or matrix, added to what is there; one or a batch of them."""
    return 2 * _numbers(left) * (right[-1] if len(right) > 1 else 1)


def _attention(queries: Shape, keys: Shape, values: Shape, *_args: Any, **_: Any) -> int:
    return int(flop_counter.sdpa_flop_count(queries, keys, values))


def _attention_back(
    gradient: Shape, queries: Shape, keys: Shape, values: Shape, *_args: Any, **_: Any
) -> int:
    return int(flop_counter.sdpa_backward_flop_count(gradient, queries, keys, values))


def _recurrence(words: Shape, from_word: Shape, from_state: Shape, *_args: Any, **_: Any) -> int:
    """Both products of each step: (seq_len, batch_size, features) words, one layer, one way."""
    return 2 * words[0] * words[1] * (_numbers(from_word) + _numbers(from_state))


def _recurrence_back(words: Shape, from_word: Shape, from_state: Shape, *_: Any, **__: Any) -> int:
    """Twice the way there: one product for the gradient of each factor."""
    return 2 * _recurrence(words, from_word, from_state)


def _numbers(shape: Shape) -> int:
    return int(torch.Size(shape).numel())


def _entries() -> dict[Any, Callable[..., int]]:
    """Return what torch's counter has no entry for; names that this torch lacks are passed over."""
    entries: dict[str, Callable[..., int]] = {
        "mv": _product,
        "dot": _product,
        "vdot": _product,
        "addmv": _sum_and_product,
        "addmm_": _sum_and_product,
        "baddbmm_": _sum_and_product,
        "_scaled_dot_product_flash_attention_for_cpu": _attention,
        "_scaled_dot_product_flash_attention_for_cpu_backward": _attention_back,
        "mkldnn_rnn_layer": _recurrence,
        "mkldnn_rnn_layer_backward": _recurrence_back,
    }
    known = {name for name in entries if hasattr(torch.ops.aten, name)}
    return {getattr(torch.ops.aten, name): entries[name] for name in known}
