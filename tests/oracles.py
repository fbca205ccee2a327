"""Attention from its definitions, one query after the other: slow, and with gradients by autograd.

And what tests of several attentions need alike: how close two witnesses have to be, and tensors
that lie in memory in several ways.
"""

from math import prod, sqrt

import torch
from torch.utils._python_dispatch import TorchDispatchMode

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


def keys_of(query, head, seq_len, branches, *, is_causal):
    """List the keys that a query sees in dilated attention: one in two branches stands twice."""
    return [
        key
        for segment_length, dilation in branches
        for key in range(seq_len)
        if key // segment_length == query // segment_length
        and query % segment_length % dilation == head % dilation
        and key % segment_length % dilation == head % dilation
        and (key <= query or not is_causal)
    ]


def one_query(query, keys, values):
    """Attend for one query to these keys: softmax by hand."""
    if not len(keys):
        return values.new_zeros(values.shape[-1])
    scores = torch.stack([(query * key).sum() / sqrt(len(query)) for key in keys])
    exponentials = (scores - scores.max()).exp()
    return (exponentials / exponentials.sum()) @ values


def by_definition(queries, keys, values, keys_seen):
    """Attend query by query; keys_seen(query, head) lists the keys, each as often as it counts."""
    batch_size, n_heads, n_queries, _ = queries.shape
    rows = [
        one_query(queries[text, head, i], keys[text, head, seen], values[text, head, seen])
        for text in range(batch_size)
        for head in range(n_heads)
        for i in range(n_queries)
        for seen in [keys_seen(i, head)]
    ]
    return torch.stack(rows).view(batch_size, n_heads, n_queries, -1)


def dilated_by_definition(queries, keys, values, branches, *, is_causal):
    """Attend over the multiset of the keys of all branches."""

    def keys_seen(query, head):
        return keys_of(query, head, queries.shape[2], branches, is_causal=is_causal)

    return by_definition(queries, keys, values, keys_seen)


def vectors(*shapes, dtype=torch.float64, seed=0):
    """Draw tensors that want gradients; the same numbers for each dtype."""
    generator = torch.Generator().manual_seed(seed)
    drawn = (torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes)
    return [x.to(dtype).requires_grad_() for x in drawn]


def gradients(outputs, inputs):
    """Return what arrives at the inputs, where every output matters differently."""
    direction = torch.linspace(-1, 2, outputs.numel(), dtype=outputs.dtype).view(outputs.shape)
    return torch.autograd.grad((outputs * direction).sum(), inputs, retain_graph=True)


def there_and_back(attend, given):
    """Return the outputs and what arrives at the inputs; the last of those given comes back."""
    *inputs, gradient = given
    inputs = [x.detach().requires_grad_() for x in inputs]
    outputs = attend(*inputs)
    outputs.backward(gradient.to(outputs))
    return [outputs.detach(), *(x.grad for x in inputs)]


def relative_errors(ours, exact):
    """Compare tensors pairwise, each difference relative to the size of the exact one."""
    return [
        float((one.double() - other).norm() / other.norm())
        for one, other in zip(ours, exact, strict=True)
    ]


def assert_close(ours, theirs, tolerance):
    """Compare tensors pairwise; their dtypes may differ."""
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(
            one, other, rtol=tolerance, atol=tolerance, check_dtype=False, equal_nan=False
        )


def as_projections(x):
    """Lay a tensor out as splitting heads leaves it: (batch, seq, heads, d) seen otherwise."""
    return x.transpose(1, 2).contiguous().transpose(1, 2)


def features_apart(x):
    """Lay a tensor out so that the features of one position do not lie side by side."""
    return x.transpose(2, 3).contiguous().transpose(2, 3)


LAYOUTS = {
    "contiguous": lambda x: x,
    "as projections": as_projections,
    "features apart": features_apart,
}


class LargestTensor(TorchDispatchMode):
    """Watch what torch computes, and remember how many numbers the largest result has."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        results = function(*args, **(kwargs or {}))
        for x in results if isinstance(results, (tuple, list)) else [results]:
            if isinstance(x, torch.Tensor) and x.untyped_storage().nbytes():
                stored = x.untyped_storage().nbytes() // x.element_size()
                self.numbers = max(self.numbers, min(prod(x.shape), stored))
        return results
