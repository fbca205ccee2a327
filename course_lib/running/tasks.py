"""The figures of lessons 06, 08 and 13, for one seed each."""

import time
from functools import partial

from torch import Tensor, nn

from course_lib.attention import dilated_attention
from course_lib.models.distance import READERS, Reader, gradient_reaching, recall_across
from course_lib.models.items import recall_items
from course_lib.models.language import (
    closing_chance,
    fit,
    held_out_loss,
    nats_per_character,
)
from course_lib.models.ring import name_the_neighbours
from course_lib.models.small import keep_what_you_know
from course_lib.models.story import Corpus, corpus, counted_nats
from course_lib.models.training import reproducible
from course_lib.models.transformer import Attend, ByHand, Hiding, LanguageModel, attending, dense

SHORT, *_ = GAPS = (10, 40, 160)
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
    "LSTM, gap 10: at 40": ("≥ 0.9", lambda number: number >= 0.9),
    "LSTM, open gates, gap 40": ("≥ 0.5", lambda number: number >= 0.5),
    "LSTM, gaps 1 to 20: at 160": ("≥ 0.95", lambda number: number >= 0.95),
    "64 items": ("≥ 0.98", lambda number: number >= 0.98),
}

DILATED = partial(dilated_attention, segment_lengths=(16, 64), dilations=(1, 2), is_causal=True)
WAYS: dict[str, Attend] = {"dense": dense, "dilated": DILATED}
SMALL_CONTEXT, SMALL_STEPS = 32, 400
BROKEN: dict[str, ByHand] = {
    "right": ByHand(),
    "no divisor": ByHand(divisor=1.0),
    "shared over queries": ByHand(over=-2),
    "one ahead": ByHand(ahead=1),
}
FARTHER = (2, 3, 5)  # characters back, none of which the head for the previous one needs

READING_ASKS = {
    **{f"{way}: nats below bigram": ("≥ 0.3", lambda number: number >= 0.3) for way in WAYS},
    **{f"{way}: seconds": ("≤ 60", lambda number: number <= 60) for way in WAYS},
    "previous character: weight": ("≥ 0.8", lambda number: number >= 0.8),
    "previous character hidden: cost": ("≥ 0.5", lambda number: number >= 0.5),
    "another hidden: greatest cost": ("≤ 0.1", lambda number: number <= 0.1),
    "mark, in speech": ("≥ 0.4", lambda number: number >= 0.4),
    "mark, outside": ("≤ 0.2", lambda number: number <= 0.2),
    "mark hidden: less, in speech": ("≥ 0.15", lambda number: number >= 0.15),
    "comma hidden: less, in speech": ("≤ 0.1", lambda number: number <= 0.1),
    "no divisor: loss above right": ("within ± 0.1", lambda number: abs(number) <= 0.1),
    "shared over queries: loss above right": ("≤ 0", lambda number: number <= 0),
    "shared over queries: nats above right": ("≥ 0.1", lambda number: number >= 0.1),
    "one ahead: loss above right": ("≤ −1", lambda number: number <= -1),
    "one ahead: nats above right": ("≥ 1", lambda number: number >= 1),
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
            if gap == SHORT:
                for longer in GAPS[1:]:
                    figures[f"{reader}, gap {SHORT}: at {longer}"] = result.accuracy(longer)
    opened = recall_across(40, reader=_open_lstm, seed=seed)
    figures["LSTM, open gates, gap 40"] = opened.accuracy(40)
    mixed = recall_across(20, reader="LSTM", seed=seed, mixed=True)
    figures["LSTM, gaps 1 to 20: at 160"] = mixed.accuracy(160)
    for reader in READERS:
        result = recall_across(40, reader=reader, seed=seed, mixed=True, steps=MIXED_STEPS)
        figures[f"{reader}, gaps 1 to 40, {MIXED_STEPS} steps: at 40"] = result.accuracy(40)
        gradient = gradient_reaching(40, reader=reader, seed=seed)
        figures[f"{reader}: gradient, first over last word"] = gradient[0] / gradient[-2]
    items = recall_items(64, seed=seed)
    return {**figures, "64 items": items.accuracy, "64 items: seconds": items.training_seconds}


def _open_lstm() -> Reader:
    """Make an LSTM whose gates that keep start wide open, as lesson 08 does."""
    reader = READERS["LSTM"]()
    for module in reader.children():
        if isinstance(module, nn.LSTM):
            keep_what_you_know(module, bias=5.0)
    return reader


def reading_figures(seed: int) -> dict[str, float]:
    """Let dense and dilated attention read the story, and four small models, three of them broken.

    Losses are means over the last 50 steps; costs and differences are nats per character.
    """
    story = corpus()
    bigram = counted_nats(story)
    figures = {"bigram: nats": bigram}
    models = {}
    for way, attend in WAYS.items():
        started = time.process_time()
        models[way], loss = _fitted(story, attend, seed)
        figures[f"{way}: seconds"] = time.process_time() - started
        figures[f"{way}: loss"] = loss
        figures[f"{way}: nats below bigram"] = bigram - nats_per_character(models[way], story)
    looking = _looking_back(models["dense"], story) | _closing(models["dense"], story)
    return figures | looking | _broken_figures(seed)


def _fitted(story: Corpus, attend: Attend, seed: int) -> tuple[LanguageModel, float]:
    with reproducible(seed):
        model = LanguageModel(len(story.vocabulary), attend, context=story.context)
    losses = fit(model, story, seed=seed)
    return model, sum(losses[-50:]) / 50


def _looking_back(model: LanguageModel, story: Corpus) -> dict[str, float]:
    """Find the head that looks at the previous character, and hide that from it."""
    look = ByHand()
    whole = _loss_with(look, model, story)
    weight_of_head = _on_previous(look.weights)
    head = int(weight_of_head.argmax())
    costs = {
        distance: _loss_with(ByHand(blind=(head, distance)), model, story) - whole
        for distance in (1, *FARTHER)
    }
    return {
        "previous character: weight": float(weight_of_head[head]),
        "previous character: the other head": float(weight_of_head.min()),
        "previous character hidden: cost": costs[1],
        "another hidden: greatest cost": max(costs[distance] for distance in FARTHER),
    }


def _closing(model: LanguageModel, story: Corpus) -> dict[str, float]:
    """Ask for the closing mark, and again with a character hidden from all blocks."""
    within, outside = closing_chance(model, story)
    figures = {"mark, in speech": within, "mark, outside": outside}
    for name, character in (("mark", '"'), ("comma", ",")):
        [token_id] = story.encode(character).tolist()
        hiding = Hiding(model, token_id=token_id)
        figures[f"{name} hidden: less, in speech"] = within - closing_chance(hiding, story)[0]
    return figures


def _loss_with(attend: Attend, model: LanguageModel, story: Corpus) -> float:
    """Measure the held-out loss with another attention in the first block."""
    with attending(model.blocks[0], attend):
        return held_out_loss(model, story)


def _on_previous(weights: Tensor) -> Tensor:
    """Return each head's mean weight one character back, in the second half of the windows."""
    half = weights.shape[-1] // 2
    return weights.diagonal(-1, -2, -1)[..., half - 1 :].mean((0, -1))


def _broken_figures(seed: int) -> dict[str, float]:
    """Train small models with a right attention and three broken ones: their losses all fall."""
    story, figures = corpus(SMALL_CONTEXT), {}
    for name, attend in BROKEN.items():
        with reproducible(seed):
            model = LanguageModel(
                len(story.vocabulary),
                attend,
                context=SMALL_CONTEXT,
                d_model=32,
                n_blocks=1,
            )
        losses = fit(model, story, seed=seed, steps=SMALL_STEPS)
        figures[f"{name}: loss"] = sum(losses[-50:]) / 50
        figures[f"{name}: held-out loss"] = held_out_loss(model, story)
        figures[f"{name}: nats"] = nats_per_character(model, story)
        if name != "right":
            for what in ("loss", "nats"):
                here, right = figures[f"{name}: {what}"], figures[f"right: {what}"]
                figures[f"{name}: {what} above right"] = here - right
    return figures
