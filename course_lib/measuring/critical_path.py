"""How long the longest chain of operations is that led to a tensor, and how many there were.

torch records every operation on tensors that want a gradient, with those that it had to wait for.
The record is a graph: its number of nodes is the work, counted in operations; its longest path is
what no number of processors makes shorter.
"""

from collections.abc import Iterator
from typing import Any

import torch

from course_lib.errors import MeasurementError


def dependent_steps(output: torch.Tensor) -> int:
    """Count the operations that had to wait for one another: the longest chain behind a tensor.

    One step is one operation that torch recorded, whatever its size.

    Notes
    -----
    Three things are hidden by that. A fused operation is one step, whatever it does inside: all
    the words that ``nn.LSTM`` reads one after the other on a CPU are one, and so is
    ``scaled_dot_product_attention``. A change of shape (a view, a transpose, a selection) is a step
    although it computes nothing. And a matrix product is one step although its sums are chains
    too, of about log2 of their length. What did not come from a tensor that wants a gradient is
    not recorded, and not counted. So compare how the number *grows*, not the number.

    Raises
    ------
    MeasurementError
        If nothing was recorded behind the output.

    Examples
    --------
    >>> state = torch.zeros(1, requires_grad=True)
    >>> for step in range(100):
    ...     state = state + 1
    >>> dependent_steps(state)
    100
    """
    steps: dict[Any, int] = {}
    for node in _later_than_its_sources(_last_operation(output)):
        steps[node] = 1 + max((steps[source] for source in _sources(node)), default=0)
    return max(steps.values(), default=0)


def operations(output: torch.Tensor) -> int:
    """Count all operations that torch recorded behind a tensor: the nodes of its graph.

    See ``dependent_steps`` for what one of them is, and what that hides.

    Examples
    --------
    >>> a, b = (torch.zeros(2, requires_grad=True) for _ in "ab")
    >>> both = (a + 1) * (b + 1)  # two that need not wait for each other, and one that does
    >>> operations(both), dependent_steps(both)
    (3, 2)
    """
    return sum(1 for _ in _later_than_its_sources(_last_operation(output)))


def _last_operation(output: torch.Tensor) -> Any:
    if not isinstance(output, torch.Tensor):
        raise MeasurementError(
            f"expected the tensor that was computed; got {type(output).__name__}. "
            "Where a module returns several, pick one: outputs, state = rnn(x)."
        )
    if not output.requires_grad:
        raise MeasurementError(
            "expected a tensor with its history; got one without, so no operation was recorded. "
            "Let an input want a gradient, x.requires_grad_(), and compute outside torch.no_grad()."
        )
    return output.grad_fn


def _sources(node: Any) -> list[Any]:
    """Return the operations whose results a node needed; leaves, where gradients end, are none."""
    found = [source for source, _ in node.next_functions if source is not None]
    return [source for source in found if type(source).__name__ != "AccumulateGrad"]


def _later_than_its_sources(last: Any) -> Iterator[Any]:
    """Yield every node once, each after all that it needed; no recursion, since chains are long."""
    seen, done = set(), set()
    waiting = [] if last is None else [last]
    while waiting:
        node = waiting[-1]
        if node not in seen:
            seen.add(node)
            waiting += [source for source in _sources(node) if source not in seen]
        else:
            waiting.pop()
            if node not in done:
                done.add(node)
                yield node
