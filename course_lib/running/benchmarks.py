"""What the course says about speed, measured here: numbers to look at, which no test asserts."""

from collections.abc import Callable

import torch
from rich.console import Console
from torch import Tensor, nn

from course_lib.attention import MultiHeadAttention
from course_lib.measuring import Provenance, Rounds, time_in_rounds

SEQ_LEN, D_MODEL, N_HEADS = 2048, 256, 8
AIM, BAR = 1.05, 1.10  # times as long as torch's own module
OURS, THEIRS = "MultiHeadAttention", "nn.MultiheadAttention"


def run_all() -> int:
    """Print how long the course's modules take beside torch's own; return the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(Provenance.of_this_run()))
    console.print(
        f"\nMulti-head attention: seq_len {SEQ_LEN}, d_model {D_MODEL}, n_heads {N_HEADS}, float32"
    )
    for pass_name, wrap in {"forward": forward, "forward and backward": there_and_back}.items():
        with console.status(f"measuring {pass_name}"):
            rounds = compare(wrap)
        console.print(f"\n{pass_name}\n{rounds}\n{verdict(rounds.ratio(OURS))}")
    return 0


def compare(
    wrap: Callable[[nn.Module, Tensor], Callable[[], object]], *, n_rounds: int = 15
) -> Rounds:
    """Time the course's module against torch's own, with the same weights and words."""
    theirs = nn.MultiheadAttention(D_MODEL, N_HEADS, bias=False, batch_first=True)
    ours = MultiHeadAttention.from_torch(theirs)
    x = torch.randn(1, SEQ_LEN, D_MODEL)
    return time_in_rounds({THEIRS: wrap(Alone(theirs), x), OURS: wrap(ours, x)}, n_rounds=n_rounds)


class Alone(nn.Module):
    """Torch's own module as self-attention that returns no weights."""

    def __init__(self, theirs: nn.MultiheadAttention) -> None:
        super().__init__()
        self.theirs = theirs

    def forward(self, x: Tensor) -> Tensor:
        """Let the words of each sentence attend to each other."""
        return self.theirs(x, x, x, need_weights=False)[0]


def forward(module: nn.Module, x: Tensor) -> Callable[[], object]:
    """Return a call that only computes the outputs."""
    return torch.no_grad()(lambda: module(x))


def there_and_back(module: nn.Module, x: Tensor) -> Callable[[], object]:
    """Return a call that computes the outputs and every gradient."""
    x = x.clone().requires_grad_()
    return lambda: torch.autograd.grad(module(x).sum(), [x, *module.parameters()])


def verdict(ratio: float) -> str:
    """Say how a ratio stands to what the course aims at."""
    word = "reached" if ratio <= AIM else "missed, within the bar" if ratio <= BAR else "missed"
    return f"aim {AIM:.2f}, bar {BAR:.2f}: {word}"
