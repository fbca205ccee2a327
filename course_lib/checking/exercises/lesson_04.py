"""The exercises of lesson 04: scores into weights, without and with a temperature."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.laws import none_is_negative, rows_sum_to_one
from course_lib.checking.results import array_of


def softmax_with_temperature(
    scores: Float[ndarray, "*shape"], temperature: float
) -> Float[ndarray, "*shape"]:
    """Turn scores into weights that are flatter where the temperature is higher.

    References
    ----------
    Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network", eq. 1.
    """
    return reference.softmax(scores / temperature)


def _tables(rng: np.random.Generator) -> Iterator[tuple[str, ndarray]]:
    """One row alone, a table, more axes, and scores that no bare exp survives."""
    yield "2 rows of 3 scores", readable(rng, 2, 3)
    yield "one row of 5 scores", rng.normal(size=5)
    table = rng.normal(size=(4, 7))
    table[-1] += 4
    yield "4 rows of 7 scores, the greatest in the last row", table
    yield "scores with 3 axes, of sizes 3, 5 and 4", 2 * rng.normal(size=(3, 5, 4))
    yield "scores with 4 axes, of sizes 2, 3, 5 and 4", rng.normal(size=(2, 3, 5, 4))
    levels = np.array([1000, 0, -1000, 500, 0])[:, None] + readable(rng, 5, 6)
    levels[4, :3] += -1000, 0, 1000
    yield "rows that differ by 1000", levels


def _scores_alone(rng: np.random.Generator) -> Iterator[Case]:
    for about, scores in _tables(rng):
        yield Case(about, (scores,))


def _scores_and_temperatures(rng: np.random.Generator) -> Iterator[Case]:
    temperatures = (2.0, 0.25, 1.5, 3.0, 0.75, 0.5)
    for (about, scores), temperature in zip(_tables(rng), temperatures, strict=True):
        yield Case(f"{about}, temperature {temperature}", (scores, temperature))


def _unchanged(anything: Any) -> Any:
    return anything


def _last(n_axes: int) -> int:
    return -1


def _greatest(scores: ndarray, axis: Any) -> ndarray:
    return scores.max(axis=axis, keepdims=True)


def _nothing(scores: ndarray, axis: Any) -> float:
    return 0.0


def _sum(exponentials: ndarray, axis: Any) -> ndarray:
    return exponentials.sum(axis=axis, keepdims=True)


def _quotient(exponentials: ndarray, total: Any, scores: ndarray) -> ndarray:
    return exponentials / total


def _not_shared(exponentials: ndarray, total: Any, scores: ndarray) -> ndarray:
    return exponentials


def softmax_with_faults(
    scores: ndarray,
    *,
    before: Callable = _unchanged,
    axis: Callable = _last,
    shift: Callable = _greatest,
    bend: Callable = np.exp,
    total: Callable = _sum,
    share: Callable = _quotient,
    after: Callable = _unchanged,
    in_place: bool = False,
) -> Any:
    """Compute a softmax with any of the things that can go wrong with it.

    Parameters
    ----------
    before, after : what is done to the scores first and to the weights last
    axis : from the number of axes, the one along which maximum and sum are taken
    shift, bend, total, share : the four steps; ``share`` sees the scores as they were, too
    in_place : whether the exponentials are written over the scores
    """
    ready = before(scores)
    along = axis(np.ndim(ready))
    exponentials = bend(ready - shift(ready, along))
    weights = after(share(exponentials, total(exponentials, along), ready.copy()))
    if in_place:
        scores[...] = exponentials
    return weights


def _sigmoid(scores: ndarray) -> ndarray:
    return 1 / (1 + np.exp(-scores))


def _standardised(scores: ndarray) -> ndarray:
    spread = scores.std(-1, keepdims=True)
    return (scores - scores.mean(-1, keepdims=True)) / spread


def _squeezed(scores: ndarray) -> ndarray:
    least, most = scores.min(-1, keepdims=True), scores.max(-1, keepdims=True)
    return (scores - least) / (most - least)


def _winner(weights: ndarray) -> ndarray:
    return (weights == weights.max(-1, keepdims=True)).astype(float)


def _mistakes(recipe: Callable) -> tuple[Mistake, ...]:
    """List what goes wrong with any softmax; ``recipe`` is the right one."""
    return (
        Mistake(
            "over the first axis",
            (
                partial(recipe, axis=lambda n: 0),
                partial(recipe, total=lambda e, axis: e.sum(0, keepdims=True)),
            ),
            "The columns sum to 1 instead of the rows: the sum (and the maximum) runs along the "
            "first axis. The weights of one query stand along the last one.",
        ),
        Mistake(
            "over the queries axis",
            (
                partial(recipe, axis=lambda n: -2),
                partial(recipe, total=lambda e, axis: e.sum(-2, keepdims=True)),
            ),
            "The sum runs along the last axis but one, over the queries. Each query shares out its "
            "own weights among the keys, and those stand along the last axis.",
        ),
        Mistake(
            "over everything",
            (
                partial(recipe, axis=lambda n: None),
                partial(recipe, axis=lambda n: (-2, -1)),
                partial(recipe, total=lambda e, axis: e.sum()),
            ),
            "All weights together sum to 1: the sum has swallowed every axis. Each row should sum "
            "to 1 of its own, along the last axis.",
        ),
        Mistake(
            "right for two axes only",
            (
                partial(recipe, axis=lambda n: 1),
                partial(recipe, axis=lambda n: tuple(range(1, n))),
                partial(recipe, axis=lambda n: -1 if n > 1 else ()),
            ),
            "A table comes out right, but one row alone, or scores with more axes, do not. Axes "
            "can be counted from the end as well: which number is the last one, however many there "
            "are?",
        ),
        Mistake(
            "keepdims forgotten",
            (
                partial(recipe, total=lambda e, axis: e.sum(axis=axis)),
                partial(recipe, shift=lambda s, axis: s.max(axis=axis)),
            ),
            "A sum or a maximum drops its axis, and then no longer lines up with the rows. NumPy "
            "can keep that axis, with length 1: look at the options of `sum` and `max`.",
        ),
        Mistake(
            "overflow for large scores",
            (partial(recipe, shift=_nothing),),
            "exp of 1000 is too large for a float: it overflows to inf, and inf / inf is nan. (And "
            "exp of −1000 is 0, for a whole row: 0 / 0.) What can be subtracted from a row "
            "beforehand without changing its weights?",
        ),
        Mistake(
            "nan painted over",
            (
                partial(recipe, shift=_nothing, after=np.nan_to_num),
                partial(recipe, shift=_nothing, after=lambda w: np.nan_to_num(w, nan=1.0)),
            ),
            "The exponentials still overflow; the nan that comes of it was only replaced by "
            "another number. Keep exp from overflowing, by a subtraction before it.",
        ),
        Mistake(
            "scores clipped",
            tuple(
                partial(recipe, before=lambda s, most=most: np.clip(s, -most, most))
                for most in (10, 50, 100, 500, 700)
            ),
            "Large scores are cut off at a limit, so that all beyond it look alike. Overflow can "
            "be avoided without a loss: only the differences within a row matter.",
        ),
        Mistake(
            "one maximum for all rows",
            (
                partial(recipe, shift=lambda s, axis: s.max()),
                partial(recipe, shift=lambda s, axis: s[0].max()),
            ),
            "One and the same maximum is subtracted everywhere. In rows far below it every "
            "exponential becomes 0, and 0 / 0 is nan: each row needs its own maximum.",
        ),
        Mistake(
            "maximum along the wrong axis",
            (
                partial(recipe, shift=lambda s, axis: s.max(0, keepdims=True)),
                partial(recipe, shift=lambda s, axis: s.max(-2, keepdims=True)),
            ),
            "The maximum of each column is subtracted. That is another amount for each key, so it "
            "does not cancel: take the maximum along the axis of the sum.",
        ),
        Mistake(
            "not the maximum subtracted",
            (
                partial(recipe, shift=lambda s, axis: s.min(axis, keepdims=True)),
                partial(recipe, shift=lambda s, axis: s.mean(axis, keepdims=True)),
                partial(recipe, shift=lambda s, axis: np.abs(s).max(axis, keepdims=True)),
                partial(recipe, shift=lambda s, axis: s[..., :1]),
                partial(recipe, shift=lambda s, axis: s[..., -1:]),
                partial(recipe, shift=lambda s, axis: -s.max(axis, keepdims=True)),
            ),
            "Something is subtracted from each row, but not its maximum, so exp still overflows "
            "(or vanishes) for large scores. Which number of a row leaves nothing above 0?",
        ),
        Mistake(
            "maximum subtracted in one place only",
            (
                partial(recipe, share=lambda e, t, s: e / np.exp(s).sum(-1, keepdims=True)),
                partial(recipe, share=lambda e, t, s: np.exp(s) / t),
            ),
            "The maximum is subtracted above the line or below it, not in both places. It cancels "
            "only when the same exponentials are summed.",
        ),
        Mistake(
            "no exponential",
            (
                partial(recipe, bend=_unchanged, shift=_nothing),
                partial(recipe, bend=_unchanged),
                partial(recipe, bend=np.abs, shift=_nothing),
                partial(recipe, bend=np.square, shift=_nothing),
                partial(recipe, bend=lambda s: np.maximum(s, 0), shift=_nothing),
                partial(recipe, before=_squeezed, bend=_unchanged, shift=_nothing),
            ),
            "The scores were divided by their sum without going through exp. Scores may be "
            "negative, and weights may not: what turns any number into a positive one, and keeps "
            "the order?",
        ),
        Mistake(
            "another base or sign in the exponential",
            (
                partial(recipe, bend=np.exp2),
                partial(recipe, bend=lambda s: 10.0**s),
                partial(recipe, before=np.negative),
                partial(recipe, bend=lambda s: np.exp(-s), shift=_nothing),
                partial(recipe, bend=lambda s: np.exp(-s)),
                partial(recipe, bend=lambda s: np.exp(s**2)),
                partial(recipe, bend=np.expm1),
            ),
            "The exponential is not e to the score: its base or its sign is another one. The "
            "greatest score of a row should get the greatest weight.",
        ),
        Mistake(
            "sigmoid instead of softmax",
            (
                partial(recipe, bend=_sigmoid, shift=_nothing, share=_not_shared),
                partial(recipe, bend=_sigmoid, shift=_nothing),
            ),
            "Each score went through a sigmoid, on its own. In a softmax the scores of a row "
            "compete: exp of each, divided by the sum of all.",
        ),
        Mistake(
            "log-softmax",
            (
                partial(recipe, share=lambda e, t, s: s - _greatest(s, -1) - np.log(t)),
                partial(recipe, after=np.log),
            ),
            "These are the logarithms of the weights: none is above 0. Softmax is what stands "
            "before the log is taken.",
        ),
        Mistake(
            "max subtracted but not normalised",
            (partial(recipe, share=_not_shared),),
            "The exponentials came back as they are, and the greatest of each row is 1. They are "
            "not normalised yet: a row of weights sums to 1.",
        ),
        Mistake(
            "exponential only, not normalised",
            (partial(recipe, shift=_nothing, share=_not_shared),),
            "This is exp of the scores and no more. Two things are missing: each row has to be "
            "normalised so that it sums to 1, and exp has to be kept from overflow.",
        ),
        Mistake(
            "divided by something other than the sum",
            (
                partial(recipe, total=lambda e, axis: e.mean(axis, keepdims=True)),
                partial(recipe, total=lambda e, axis: e.shape[-1]),
                partial(recipe, total=lambda e, axis: np.sqrt((e**2).sum(axis, keepdims=True))),
                partial(recipe, total=lambda e, axis: 1 + e.sum(axis, keepdims=True)),
                partial(recipe, share=lambda e, t, s: e / _sum(s, -1)),
            ),
            "The rows do not sum to 1: the exponentials were divided by their mean, by how many "
            "there are, or by the sum of something else. To normalise, divide by their own sum.",
        ),
        Mistake(
            "scores scaled or standardised first",
            (
                partial(recipe, before=lambda s: s / np.sqrt(s.shape[-1])),
                partial(recipe, before=lambda s: s / s.shape[-1]),
                partial(recipe, before=_standardised),
                partial(recipe, before=_squeezed),
                partial(recipe, before=lambda s: s / s.max(-1, keepdims=True)),
                partial(recipe, before=lambda s: s / np.abs(s).max(-1, keepdims=True)),
                partial(recipe, before=lambda s: s / np.linalg.norm(s, axis=-1, keepdims=True)),
            ),
            "The scores were divided by something before exp saw them, which makes the weights "
            "flatter or sharper. A shift of a row cancels; a scale does not.",
        ),
        Mistake(
            "softmax twice",
            (partial(recipe, after=lambda w: reference.softmax(w)),),
            "The weights went through softmax a second time, which makes them nearly all alike.",
        ),
        Mistake(
            "only the greatest",
            (
                partial(recipe, after=_winner),
                partial(recipe, after=lambda w: w.argmax(-1)),
                partial(recipe, after=lambda w: w.max(-1)),
            ),
            "Only the greatest score of each row is left, as in an argmax. Softmax is softer: "
            "every key gets a share.",
        ),
        Mistake(
            "scores cut to whole numbers",
            (
                partial(recipe, before=np.trunc),
                partial(recipe, before=np.round),
                partial(recipe, before=np.floor),
            ),
            "The scores lost their fractions before exp saw them: look for an int type, or `//`.",
        ),
        Mistake(
            "rounded",
            tuple(partial(recipe, after=lambda w, n=n: np.round(w, n)) for n in (0, 1, 2, 3)),
            "The weights are rounded. Return them as they are, and round only when you print.",
        ),
        Mistake(
            "input changed in place",
            (partial(recipe, in_place=True),),
            "The weights are right, but the scores that were passed in are not what they were: you "
            "changed them in place. Look for `-=`, `/=`, `out=` or `[...] =`, and give the new "
            "numbers a new name.",
        ),
    )


def _divided(scores: ndarray, temperature: float) -> ndarray:
    return scores / temperature


def _tempered(
    scores: ndarray,
    temperature: float,
    *,
    scale: Callable = _divided,
    finish: Callable = lambda weights, temperature: weights,
    in_place: bool = False,
    **options: Any,
) -> Any:
    """Compute a softmax with temperature and any of the things that can go wrong with it."""
    scaled = scale(scores, temperature)
    weights = finish(softmax_with_faults(scaled, **options), temperature)
    if in_place:
        scores[...] = scores / temperature
    return weights


def _total(scores: ndarray) -> ndarray:
    return np.exp(scores).sum(-1, keepdims=True)


_TEMPERATURE_ONLY = (
    Mistake(
        "multiplied instead of divided",
        (
            partial(_tempered, scale=lambda s, t: s * t),
            lambda scores, t: (w := reference.softmax(scores) ** t) / w.sum(-1, keepdims=True),
        ),
        "The temperature works the wrong way round: here a high one makes the weights sharper. "
        "High means flat. Which way has the scale to go?",
    ),
    Mistake(
        "weights divided after softmax",
        (
            partial(_tempered, finish=lambda w, t: w / t),
            partial(_tempered, finish=lambda w, t: w * t),
        ),
        "The temperature was applied to the weights, so the rows no longer sum to 1. It belongs to "
        "the scores, before softmax.",
    ),
    Mistake(
        "temperature ignored",
        (
            partial(_tempered, scale=lambda s, t: s),
            partial(_tempered, scale=lambda s, t: s - t),
        ),
        "The weights are the same at every temperature: it is not used, or it cancels. (Added to "
        "the scores, or dividing the exponentials, it does.) Where does it change the differences "
        "between scores?",
    ),
    Mistake(
        "squared temperature",
        (
            partial(_tempered, scale=lambda s, t: s / t**2),
            partial(_tempered, scale=lambda s, t: s / t**3),
        ),
        "The temperature divides more than once, or as a square. It divides the scores once.",
    ),
    Mistake(
        "another scale than the temperature",
        (
            partial(_tempered, scale=lambda s, t: s / np.sqrt(t)),
            partial(_tempered, scale=lambda s, t: s / (t + 1)),
            partial(_tempered, scale=lambda s, t: s / (2 * t)),
            partial(_tempered, scale=lambda s, t: s / np.exp(t)),
            partial(_tempered, scale=lambda s, t: s / (1 + np.log(t))),
        ),
        "The scores are divided by a number that is not the temperature as it was given: its "
        "root, say, or something added to it.",
    ),
    Mistake(
        "temperature cut to a whole number",
        (
            partial(_tempered, scale=lambda s, t: s / int(t) if int(t) else s / np.float64(0)),
            partial(_tempered, scale=lambda s, t: s / max(int(t), 1)),
            partial(_tempered, scale=lambda s, t: s / max(t, 1.0)),
            partial(_tempered, scale=lambda s, t: s / min(t, 1.0)),
        ),
        "Something is cut to whole numbers, or kept above or below 1. A temperature may be 0.25 as "
        "well as 3: look for `int`, `max` or `min`.",
    ),
    Mistake(
        "powers of the weights, not normalised",
        (
            partial(_tempered, scale=lambda s, t: s, finish=lambda w, t: w ** (1 / t)),
            partial(_tempered, scale=lambda s, t: s, finish=lambda w, t: w**t),
        ),
        "The weights were raised to a power after softmax, and the rows no longer sum to 1. Let "
        "the temperature work on the scores, before softmax.",
    ),
    Mistake(
        "temperature in one place only",
        (
            lambda scores, t: np.exp(scores / t) / _total(scores),
            lambda scores, t: np.exp(scores) / _total(scores / t),
            lambda scores, t: (
                np.exp(scores / t - _greatest(scores / t, -1))
                / _total(scores - _greatest(scores, -1))
            ),
            lambda scores, t: (
                np.exp(scores - _greatest(scores, -1))
                / _total(scores / t - _greatest(scores / t, -1))
            ),
        ),
        "The temperature is above the line or below it, not in both places. Divide the scores "
        "first, then take softmax of what comes out.",
    ),
    Mistake(
        "maximum of the undivided scores",
        (
            lambda scores, t: softmax_with_faults(
                scores / t, shift=lambda s, axis: _greatest(scores, axis)
            ),
        ),
        "The maximum was taken before the scores were divided, and subtracted afterwards, so exp "
        "can still overflow. Divide first, then do the whole softmax.",
    ),
    Mistake(
        "temperature as the base",
        (
            lambda scores, t: softmax_with_faults(scores, bend=lambda s: t**s, shift=_nothing),
            lambda scores, t: softmax_with_faults(scores, bend=lambda s: t**s),
        ),
        "The temperature was raised to the scores. The base stays e; the temperature divides the "
        "scores.",
    ),
)


EXERCISES = (
    Exercise(
        name="softmax",
        lesson="04",
        parameters=("scores",),
        reference=reference.softmax,
        kind=array_of("...", "n_keys"),
        cases=_scores_alone,
        mistakes=_mistakes(softmax_with_faults),
        hints=(
            "Two steps: make every score positive, then make every row sum to 1. Which function "
            "makes any number positive and keeps the order?",
            "The sum runs along the last axis, and has to stay a column so that each row is "
            "divided by its own. Axes can be counted from the end.",
            "Before exp, make the greatest score of each row 0: subtract the row's maximum. What "
            "is subtracted from a whole row cancels.",
            "Three lines: shifted scores, their exponentials, and those divided by their sum; "
            "`max` and `sum` both take an axis and `keepdims`.",
        ),
        laws=(Law(none_is_negative), Law(rows_sum_to_one)),
    ),
    Exercise(
        name="softmax_with_temperature",
        lesson="04",
        parameters=("scores", "temperature"),
        reference=softmax_with_temperature,
        kind=array_of("...", "n_keys"),
        cases=_scores_and_temperatures,
        mistakes=(*_TEMPERATURE_ONLY, *_mistakes(_tempered)),
        hints=(
            "A high temperature makes the weights flat, a low one makes them sharp. When are the "
            "weights flat: if the scores lie close together, or far apart?",
            "The temperature changes the scores before softmax sees them, and nothing else.",
            "Your softmax is finished already. Hand it scores that were divided by the "
            "temperature.",
        ),
        laws=(Law(none_is_negative), Law(rows_sum_to_one)),
    ),
)
