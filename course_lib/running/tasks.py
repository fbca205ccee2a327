"""The figures of lessons 06 and 08, for one seed each."""

from course_lib.learning.distance import READERS, gradient_reaching, recall_across
from course_lib.learning.items import recall_items
from course_lib.learning.ring import name_the_neighbours

GAPS = (10, 40, 160)
MIXED_STEPS = 1000

RING_ASKS = {
    "one head": ("≤ 0.3", lambda number: number <= 0.3),
    "two heads": ("≥ 0.99", lambda number: number >= 0.99),
    "two heads, the paler diagonal": ("≥ 0.9", lambda number: number >= 0.9),
}

DISTANCE_ASKS = {
    **{f"attention, gap {gap}": ("≥ 0.99", lambda number: number >= 0.99) for gap in GAPS},
    **{
        f"{reader}, gap {gap}": ("≤ 0.25", lambda number: number <= 0.25)
        for reader in ("RNN", "LSTM")
        for gap in (40, 160)
    },
    "64 items": ("≥ 0.98", lambda number: number >= 0.98),
}


def ring_figures(seed: int) -> dict[str, float]:
    """Train one, two and four heads to name both neighbours, and one with a feed-forward layer."""
    one, two, four = (name_the_neighbours(seed, n_heads=n_heads) for n_heads in (1, 2, 4))
    cheat = name_the_neighbours(seed, feed_forward=True)
    return {
        "one head": one.accuracy,
        "one head, on the left": one.diagonals[0, 0],
        "one head, on the right": one.diagonals[0, 1],
        "two heads": two.accuracy,
        "two heads, the paler diagonal": min(
            two.diagonals[:, 0].max(), two.diagonals[:, 1].max(), *two.diagonals.max(-1)
        ),
        "four heads": four.accuracy,
        "one head and feed-forward": cheat.accuracy,
        "its greater weight": cheat.diagonals[0].max(),
        "its lesser weight": cheat.diagonals[0].min(),
        "seconds, two heads": two.training_seconds,
    }


def distance_figures(seed: int) -> dict[str, float]:
    """Train three readers at fixed gaps and at mixed ones, and let one look up items."""
    figures = {}
    for gap in GAPS:
        for reader in READERS:
            result = recall_across(gap, reader=reader, seed=seed)
            figures[f"{reader}, gap {gap}"] = result.accuracy(gap)
            figures[f"{reader}, gap {gap}: seconds"] = result.training_seconds
    for reader in READERS:
        result = recall_across(40, reader=reader, seed=seed, mixed=True, steps=MIXED_STEPS)
        figures[f"{reader}, gaps 1 to 40, {MIXED_STEPS} steps: at 40"] = result.accuracy(40)
        gradient = gradient_reaching(40, reader=reader, seed=seed)
        figures[f"{reader}: gradient, first over last word"] = gradient[0] / gradient[-2]
    items = recall_items(64, seed=seed)
    return {**figures, "64 items": items.accuracy, "64 items: seconds": items.training_seconds}
