"""Multi-head attention as a torch module: what `reference.multi_head_attention` says, at speed.

Axes are batch, heads, sequence, feature. Masks are bool and ``True`` means *may attend*, in
NumPy or in torch.

Source: Vaswani et al. (2017), "Attention Is All You Need", section 3.2.2.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from course_lib.attention.masks import refuse_unfit
from course_lib.errors import ShapeError


class MultiHeadAttention(nn.Module):
    """Let several heads look for different things, and join what they find.

    Parameters
    ----------
    d_model : the width of a token's vector, going in and coming out
    n_heads : how many heads share it; each is d_head = d_model / n_heads wide
    bias : whether the four projections also add a learned vector

    Raises
    ------
    ShapeError
        If n_heads does not divide d_model.
    """

    def __init__(self, d_model: int, n_heads: int, *, bias: bool = False) -> None:
        super().__init__()
        if n_heads < 1 or d_model % n_heads:
            raise ShapeError(
                f"expected a d_model that n_heads divides; got d_model={d_model} and "
                f"n_heads={n_heads}. Choose n_heads so that d_head = d_model / n_heads is whole."
            )
        self.d_model = d_model
        self.n_heads = n_heads
        self.to_queries = nn.Linear(d_model, d_model, bias=bias)
        self.to_keys = nn.Linear(d_model, d_model, bias=bias)
        self.to_values = nn.Linear(d_model, d_model, bias=bias)
        self.to_outputs = nn.Linear(d_model, d_model, bias=bias)

    def forward(
        self,
        x: Float[Tensor, "batch_size n_queries d_model"],
        *,
        context: Float[Tensor, "batch_size n_keys d_model"] | None = None,
        mask: Bool[ndarray, "..."] | Bool[Tensor, "..."] | None = None,
        is_causal: bool = False,
        return_weights: bool = False,
    ) -> (
        Float[Tensor, "batch_size n_queries d_model"]
        | tuple[
            Float[Tensor, "batch_size n_queries d_model"],
            Float[Tensor, "batch_size n_heads n_queries n_keys"],
        ]
    ):
        """Let the tokens of each sentence attend to each other, or to those of another text.

        Parameters
        ----------
        x : one row a token; where the queries come from
        context : where the keys and values come from; x itself where there is none
        mask : True = may attend; broadcasts to (batch_size, n_heads, n_queries, n_keys); two axes
            are queries and keys, three are refused: ``mask[:, None]`` is one matrix per sentence,
            ``mask[None]`` one per head, ``mask[:, None, None]`` one row of keys per sentence
        is_causal : hide what comes later; with a mask, a key must be allowed by both
        return_weights : also return the weights, one matrix a head

        Raises
        ------
        ShapeError
            If x is not (batch_size, n_queries, d_model) or the context (batch_size, n_keys,
            d_model), or if is_causal is asked of a context of another length.
        MaskError
            If the mask is not bool or does not fit.

        Notes
        -----
        A query that may attend to nothing brings back zeros from its head. Time O(n_queries ·
        n_keys); memory too where a full mask goes in or weights are to come out. Second derivatives
        and forward mode exist where weights are returned; torch's fused attention has neither.
        """
        context = x if context is None else context
        self._refuse_wrong_shapes(x, context, is_causal=is_causal)
        queries, keys, values = (
            project(words).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for project, words in (
                (self.to_queries, x),
                (self.to_keys, context),
                (self.to_values, context),
            )
        )  # each (batch_size, n_heads, n_queries or n_keys, d_head)
        if mask is not None:
            mask = _mask_for(mask, (*queries.shape[:3], keys.shape[2]), x.device)
        if return_weights:
            weights = _weights(queries, keys, mask=mask, is_causal=is_causal)
            heads = weights @ values
        else:
            heads = _attend(queries, keys, values, mask=mask, is_causal=is_causal)
        outputs = self.to_outputs(heads.transpose(1, 2).flatten(2))
        return (outputs, weights) if return_weights else outputs

    @classmethod
    def from_torch(cls, theirs: nn.MultiheadAttention) -> "MultiHeadAttention":
        """Make a module with the weights of torch's own, so that the two can be compared.

        Raises
        ------
        ShapeError
            If its keys or values have a width of their own, or it adds rows to them.

        Notes
        -----
        Dropout is not taken over: with it, two runs of one module differ already.
        """
        if theirs.in_proj_weight is None or theirs.bias_k is not None or theirs.add_zero_attn:
            raise ShapeError(
                "expected queries, keys and values of one width and number; got a "
                "torch.nn.MultiheadAttention with kdim, vdim, add_bias_kv or add_zero_attn. "
                "Leave these options out."
            )
        has_bias = theirs.in_proj_bias is not None
        ours = cls(theirs.embed_dim, theirs.num_heads, bias=has_bias).to(theirs.in_proj_weight)
        state = {f"to_outputs.{name}": part for name, part in theirs.out_proj.state_dict().items()}
        for name, stacked in (("weight", theirs.in_proj_weight), ("bias", theirs.in_proj_bias)):
            if stacked is not None:
                parts = zip(("to_queries", "to_keys", "to_values"), stacked.chunk(3), strict=True)
                state |= {f"{projection}.{name}": part for projection, part in parts}
        ours.load_state_dict(state)
        return ours

    def _refuse_wrong_shapes(self, x: Tensor, context: Tensor, *, is_causal: bool) -> None:
        if x.ndim != 3 or x.shape[-1] != self.d_model:
            raise ShapeError(
                f"expected x of shape (batch_size, seq_len, d_model={self.d_model}); "
                f"got {tuple(x.shape)}. One sentence alone is a batch of one: `x[None]`."
            )
        if context.ndim != 3 or (len(context), context.shape[2]) != (len(x), self.d_model):
            raise ShapeError(
                f"expected a context of shape (batch_size={len(x)}, n_keys, d_model="
                f"{self.d_model}); got {tuple(context.shape)}. A context that all sentences share "
                "is `context.expand(len(x), -1, -1)`."
            )
        if is_causal and context.shape[1] != x.shape[1]:
            raise ShapeError(
                f"expected, with is_causal, as many keys as queries; got {x.shape[1]} queries and "
                f"{context.shape[1]} keys. Say with a mask which keys come later than which query."
            )


def _attend(
    queries: Tensor, keys: Tensor, values: Tensor, *, mask: Tensor | None, is_causal: bool
) -> Tensor:
    """Bring back a mixture of values; torch sees to it that the weights need not be stored."""
    if mask is None:
        return scaled_dot_product_attention(queries, keys, values, is_causal=is_causal)
    allowed, is_empty = _allowed(mask, keys.shape[-2], is_causal=is_causal)
    heads = scaled_dot_product_attention(queries, keys, values, attn_mask=allowed)
    return heads.masked_fill(is_empty, 0.0)


def _weights(queries: Tensor, keys: Tensor, *, mask: Tensor | None, is_causal: bool) -> Tensor:
    """Share out the weight of each query, one equation after the other.

    Queries are scaled before the product: in float16 a score may only fit when it is scaled.
    """
    scores = queries / queries.shape[-1] ** 0.5 @ keys.transpose(-1, -2)
    if mask is not None:
        allowed, is_empty = _allowed(mask, scores.shape[-1], is_causal=is_causal)
        scores.masked_fill_(~allowed, -torch.inf)
        return scores.softmax(-1).masked_fill(is_empty, 0.0)
    if is_causal:
        scores.masked_fill_(~_causal(scores.shape[-1], scores.device), -torch.inf)
    return scores.softmax(-1)


def _allowed(mask: Tensor, n_keys: int, *, is_causal: bool) -> tuple[Tensor, Tensor]:
    """Return who may look at whom, and which queries may look at nothing.

    Softmax over nothing is 0 / 0, and its gradient would spoil every parameter. So an empty row
    is opened here, and whoever calls puts zeros in its place afterwards.
    """
    if is_causal:
        mask = mask & _causal(n_keys, mask.device)
    is_empty = ~mask.any(-1, keepdim=True)
    return mask | is_empty, is_empty


def _causal(seq_len: int, device: torch.device) -> Tensor:
    return torch.ones(seq_len, seq_len, dtype=torch.bool, device=device).tril()


def _mask_for(mask: ndarray | Tensor, shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Return the mask in torch with all four axes, or say why it does not fit the scores."""
    if not isinstance(mask, Tensor):
        mask = np.array(mask)  # a copy: torch warns about a read-only array
    refuse_unfit(mask, shape)
    mask = torch.as_tensor(mask, device=device)
    return mask[(None,) * (4 - mask.ndim)]  # axes of length 1 stay: they cost nothing
