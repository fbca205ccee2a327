"""Tiny models, small enough to be read: three ways for words to learn of each other.

All of them answer at every position: ``model(token_ids)`` gives logits (batch, seq_len,
n_answers). ``model.embed`` and ``model.read`` are the two halves, so that a gradient can be taken
at the place where the words come in.
"""

import torch
from jaxtyping import Float, Int
from numpy import ndarray
from torch import Tensor, nn

from course_lib.attention.multi_head import MultiHeadAttention

# Both are small, so that what training writes soon outweighs what chance wrote.
WORD_STD = 0.2
PROJECTION_STD = 0.03


class AttentionModel(nn.Module):
    """One layer of attention: words and positions in, one look around, answers out.

    Parameters
    ----------
    n_words, n_answers : the sizes of the vocabulary and of the answer
    max_len : how many positions have a vector of their own; 0 leaves positions out
    d_hidden : the width of a feed-forward layer after the attention; 0 leaves it out
    word_std, projection_std : how large the first, random weights are
    """

    def __init__(
        self,
        n_words: int,
        n_answers: int,
        *,
        max_len: int,
        d_model: int = 32,
        n_heads: int = 1,
        d_hidden: int = 0,
        word_std: float = WORD_STD,
        projection_std: float = PROJECTION_STD,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(n_words, d_model)
        self.positions = nn.Embedding(max_len, d_model) if max_len else None
        self.norm = nn.LayerNorm(d_model)
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.feed_forward = feed_forward(d_model, d_hidden) if d_hidden else None
        self.answer = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, n_answers))
        for table in (self.words, self.positions):
            if table is not None:
                nn.init.normal_(table.weight, std=word_std)
        for weight in self.attention.parameters():
            nn.init.normal_(weight, std=projection_std)

    def embed(self, token_ids: Int[Tensor, "batch seq_len"]) -> Float[Tensor, "batch seq_len d"]:
        """Look each word up and add where it stands."""
        words = self.words(token_ids)
        if self.positions is None:
            return words
        return words + self.positions(torch.arange(token_ids.shape[1]))

    def read(
        self, x: Float[Tensor, "batch seq_len d"], *, mask: ndarray | Tensor | None = None
    ) -> Float[Tensor, "batch seq_len n_answers"]:
        """Let the words attend to each other, then answer at each of them."""
        x = x + self.attention(self.norm(x), mask=mask)
        if self.feed_forward is not None:
            x = x + self.feed_forward(x)
        return self.answer(x)

    def forward(
        self, token_ids: Int[Tensor, "batch seq_len"], *, mask: ndarray | Tensor | None = None
    ) -> Float[Tensor, "batch seq_len n_answers"]:
        """Embed the words and read them; a mask says who may attend to whom."""
        return self.read(self.embed(token_ids), mask=mask)

    @torch.no_grad()
    def weights(
        self, token_ids: Int[Tensor, "batch seq_len"], *, mask: ndarray | Tensor | None = None
    ) -> Float[Tensor, "batch n_heads seq_len seq_len"]:
        """Return how much each word looks at each word, itself included."""
        x = self.norm(self.embed(token_ids))
        return self.attention(x, mask=mask, return_weights=True)[1]


class RecurrentModel(nn.Module):
    """Words read one after the other, what was read kept in one state.

    Parameters
    ----------
    cell : ``torch.nn.RNN`` or ``torch.nn.LSTM``
    d_state : the width of the state; it decides how many parameters there are
    """

    def __init__(
        self,
        cell: type[nn.RNN] | type[nn.LSTM],
        *,
        n_words: int,
        n_answers: int,
        d_model: int = 32,
        d_state: int,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(n_words, d_model)
        self.recurrence = cell(d_model, d_state, batch_first=True)
        self.answer = nn.Linear(d_state, n_answers)
        if isinstance(self.recurrence, nn.LSTM):
            keep_what_you_know(self.recurrence)

    def embed(self, token_ids: Int[Tensor, "batch seq_len"]) -> Float[Tensor, "batch seq_len d"]:
        """Look each word up; where it stands, the order of reading says."""
        return self.words(token_ids)

    def read(self, x: Float[Tensor, "batch seq_len d"]) -> Float[Tensor, "batch seq_len n_answers"]:
        """Take the words in one by one, and answer from the state after each."""
        states, _ = self.recurrence(x)
        return self.answer(states)

    def forward(
        self, token_ids: Int[Tensor, "batch seq_len"]
    ) -> Float[Tensor, "batch seq_len n_answers"]:
        """Embed the words and read them from left to right."""
        return self.read(self.embed(token_ids))


def feed_forward(d_model: int, d_hidden: int) -> nn.Sequential:
    """Make a layer that works on each position alone."""
    widen, narrow = nn.Linear(d_model, d_hidden), nn.Linear(d_hidden, d_model)
    return nn.Sequential(nn.LayerNorm(d_model), widen, nn.GELU(), narrow)


def keep_what_you_know(lstm: nn.LSTM, *, bias: float = 1.0) -> None:
    """Open the forget gates at the start, as is usual: without it an LSTM forgets in ten words."""
    d_state = lstm.hidden_size
    with torch.no_grad():
        lstm.get_parameter("bias_ih_l0")[d_state : 2 * d_state] = bias


def n_parameters(model: nn.Module) -> int:
    """Count the numbers that training may change."""
    return sum(parameter.numel() for parameter in model.parameters())
