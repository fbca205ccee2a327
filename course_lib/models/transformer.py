"""A small language model, with its attention handed in: what lesson 13 assembles.

`attend(queries, keys, values)` gets (batch, n_heads, seq_len, d_head) and gives outputs of that
shape. Dense or dilated attention, or a broken one, is one argument.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from course_lib.models.small import feed_forward

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]

dense = partial(scaled_dot_product_attention, is_causal=True)


class Block(nn.Module):
    """Look around, then think at each place alone; what comes out is added to what came in.

    Parameters
    ----------
    attend : how the heads attend
    """

    def __init__(self, attend: Attend, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.attend = attend
        self.n_heads = n_heads
        self.norm = nn.LayerNorm(d_model)
        self.project = nn.Linear(d_model, 3 * d_model, bias=False)
        self.join = nn.Linear(d_model, d_model, bias=False)
        self.feed_forward = feed_forward(d_model, 4 * d_model)

    def forward(self, x: Float[Tensor, "batch seq_len d"]) -> Float[Tensor, "batch seq_len d"]:
        """Return what each place knows after one more look."""
        projected = self.project(self.norm(x)).unflatten(-1, (3, self.n_heads, -1))
        queries, keys, values = projected.movedim(-3, 0).transpose(2, 3)
        heads = self.attend(queries, keys, values)  # (batch, n_heads, seq_len, d_head)
        x = x + self.join(heads.transpose(1, 2).flatten(2))
        return x + self.feed_forward(x)


class LanguageModel(nn.Module):
    """Say at every place which character comes next.

    Parameters
    ----------
    n_characters : the size of the vocabulary
    attend : how its heads attend; it must not look ahead
    context : how many places have a vector of their own
    """

    def __init__(
        self,
        n_characters: int,
        attend: Attend = dense,
        *,
        context: int,
        d_model: int = 64,
        n_heads: int = 2,
        n_blocks: int = 2,
    ) -> None:
        super().__init__()
        self.characters = nn.Embedding(n_characters, d_model)
        self.places = nn.Embedding(context, d_model)
        self.blocks = nn.Sequential(*(Block(attend, d_model, n_heads) for _ in range(n_blocks)))
        self.answer = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, n_characters))

    def forward(
        self, token_ids: Int[Tensor, "batch seq_len"]
    ) -> Float[Tensor, "batch seq_len n_characters"]:
        """Return logits for the character after each."""
        x = self.characters(token_ids) + self.places.weight[: token_ids.shape[1]]
        return self.answer(self.blocks(x))


@dataclass
class ByHand:
    """Causal attention, one equation after the other, that keeps its weights and can be broken.

    Parameters
    ----------
    ahead : how many characters of the future may be seen; right is 0
    divisor : of the scores; the square root of d_head if left
    over : the axis that weights are shared out over: -1, the keys, is right; -2 are the queries
    blind : a head and a distance; that head may not look exactly that far back
    hidden : bool (batch, seq_len), what nobody may look at but itself
    """

    ahead: int = 0
    divisor: float | None = None
    over: int = -1
    blind: tuple[int, int] | None = None
    hidden: Tensor | None = None
    weights: Tensor = field(default_factory=lambda: torch.empty(0), init=False)

    def __call__(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Attend, and keep the weights, (batch, n_heads, seq_len, seq_len), in ``weights``."""
        scores = queries @ keys.transpose(-1, -2) / (self.divisor or queries.shape[-1] ** 0.5)
        may_attend = torch.ones_like(scores, dtype=torch.bool).tril(self.ahead)
        if self.blind:
            head, distance = self.blind
            may_attend[:, head].diagonal(-distance, -2, -1).fill_(False)
        if self.hidden is not None:
            itself = torch.eye(scores.shape[-1], dtype=torch.bool)
            may_attend &= itself | ~self.hidden[:, None, None, :]
        self.weights = scores.masked_fill(~may_attend, -torch.inf).softmax(self.over)
        return self.weights @ values


@contextmanager
def attending(block: nn.Module, attend: Attend) -> Iterator[None]:
    """Let a block attend in another way for a while, with the weights that it has learned.

    Parameters
    ----------
    block : any module that keeps its way as ``block.attend``
    attend : the other way
    """
    before, block.attend = block.attend, attend  # type: ignore[assignment]
    try:
        yield
    finally:
        block.attend = before


class Hiding(nn.Module):
    """A model as it is, but in none of its blocks may anybody look at one character.

    In all of them, since which block does the looking differs from start to start.

    Parameters
    ----------
    model : has ``blocks``, and each of them its ``attend``
    token_id : which character
    """

    def __init__(self, model: nn.Module, *, token_id: int) -> None:
        super().__init__()
        self.model = model
        self.token_id = token_id

    def forward(
        self, token_ids: Int[Tensor, "batch seq_len"]
    ) -> Float[Tensor, "batch seq_len n_characters"]:
        """Return the logits that are left."""
        attend = ByHand(hidden=token_ids == self.token_id)
        with ExitStack() as stack:
            for block in self.model.get_submodule("blocks").children():
                stack.enter_context(attending(block, attend))
            return self.model(token_ids)
