"""The exercise of lesson 13: a learner's own test, let loose on a zoo of attentions."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.exercises.lesson_13_tally import YesOrNo, tally
from course_lib.checking.zoo import CORRECT, ZOO, Attention
from course_lib.checking.zoo.specimen import specimen_behind, stranger

Size = tuple[int, int, int, int]  # batch, T, n_heads, d_head

_ASKED_AGAIN = 8  # a test that draws without a seed may change its mind
_SIZES: tuple[Size, ...] = ((2, 5, 3, 4), (3, 7, 2, 5), (2, 6, 5, 3))


def is_broken(attention: Attention) -> bool:
    """Look up the right answer: what the zoo knows of an attention."""
    return specimen_behind(attention).is_broken


def _whole_zoo(rng: np.random.Generator) -> Iterator[Case]:
    """Lead the whole zoo past in another order each time, and some of it a second time."""
    again = rng.choice(len(ZOO), _ASKED_AGAIN, replace=False)
    for i in (*rng.permutation(len(ZOO)), *again):
        yield Case("one attention of the zoo", (stranger(ZOO[i], seed=int(rng.integers(2**31))),))


def _as_drawn(x: ndarray) -> ndarray:
    return x


def _with_a_witness(
    attention: Callable[..., ndarray],
    *,
    sizes: tuple[Size, ...] = _SIZES,
    batch_size: int | None = None,
    seq_len: int | None = None,
    n_heads: int | None = None,
    is_square: bool = False,
    embed: Callable[[ndarray], ndarray] = _as_drawn,
    weigh: Callable[[ndarray], ndarray] = _as_drawn,
    look: Callable[[ndarray], ndarray] = _as_drawn,
    witness: Callable[..., ndarray] = reference.multi_head_attention,
    closeness: float = 1e-6,
    witness_first: bool = True,
) -> bool:
    """Compare with a right attention, or do what makes such a test blind.

    Parameters
    ----------
    sizes : one call each; the next three put one number in place of all that stand there
    is_square : d_head is n_heads, whatever stands there
    embed, weigh : change the embeddings (batch, T, d_model) and the four weights, drawn normal
    look : picks what is compared
    witness, closeness : what it is compared with, and how closely
    witness_first : the witness sees the numbers before the attention can have changed them
    """
    rng = np.random.default_rng(13)
    for size in sizes:
        fixed = (batch_size, seq_len, n_heads, None)
        b, t, h, d = (a or b for a, b in zip(fixed, size, strict=True))
        d = h if is_square else d
        args = (
            embed(rng.normal(size=(b, t, h * d))),
            *weigh(rng.normal(size=(4, h * d, h * d)) / np.sqrt(h * d)),
            h,
        )
        order = (witness, attention) if witness_first else (attention, witness)
        one, other = (look(asked(*args)) for asked in order)
        if not np.allclose(one, other, rtol=closeness, atol=closeness):
            return True
    return False


def _blind(*options: dict[str, Any]) -> tuple[Callable[..., bool], ...]:
    """Make a test of each set of options; only the first is made together with other mistakes."""
    first, *others = (partial(_with_a_witness, **option) for option in options)
    return first, *(_alone(other) for other in others)


def _alone(test: Callable[..., bool]) -> Callable[..., bool]:
    return lambda attention: test(attention)


def _by_itself(attention: Callable[..., ndarray]) -> bool:
    rng = np.random.default_rng(13)
    args = rng.normal(size=(2, 5, 12)), *rng.normal(size=(4, 12, 12)), 3
    first = attention(*args).copy()
    return not np.allclose(first, attention(*args))


def _without_numbers(attention: Callable[..., ndarray]) -> bool:
    rng = np.random.default_rng(13)
    outputs = attention(100 * rng.normal(size=(2, 5, 12)), *rng.normal(size=(4, 12, 12)), 3)
    return not bool(np.isfinite(outputs).all())


def _by_assertion(test: Callable[..., bool]) -> Callable[..., None]:
    def answer(attention: Attention) -> None:
        if test(attention):
            raise AssertionError

    return answer


def _right_one(i: int) -> Callable[..., ndarray]:
    return CORRECT[i].hatch(np.random.default_rng(0))


_BLIND = (
    Mistake(
        "only one head",
        _blind(
            {"n_heads": 1},
            {"n_heads": 1, "witness_first": False},
            {"n_heads": 1, "sizes": _SIZES[:1]},
        ),
        "With one head there is nothing to split or merge, and d_head is d_model. Whatever goes "
        "wrong between heads stays unseen: take three.",
    ),
    Mistake(
        "sentences that are alone, or all alike",
        _blind(
            {"batch_size": 1},
            {"batch_size": 1, "witness_first": False},
            {"batch_size": 1, "sizes": _SIZES[:1]},
            {"embed": lambda x: np.repeat(x[:1], len(x), axis=0)},
        ),
        "In a batch of one nothing can leak from one sentence to another, and between equal "
        "sentences no leak shows. Take two that differ.",
    ),
    Mistake(
        "n_heads and d_head the same number",
        _blind({"is_square": True, "sizes": _SIZES[:1]}),
        "Where there are as many heads as features in a head, dividing by √n_heads is dividing by "
        "√d_head, and nobody can tell the one from the other. Let batch, T, n_heads and d_head "
        "all differ.",
    ),
    Mistake(
        "sentences of one word",
        _blind({"seq_len": 1}),
        "A single word gives all its weight to itself, whatever its score. Nothing of scores, "
        "scale and softmax is tested.",
    ),
    Mistake(
        "words all alike",
        _blind(
            {"embed": np.ones_like},
            {"embed": lambda x: np.broadcast_to(x[:, :1], x.shape).copy()},
        ),
        "Where all words are the same, all scores of a row are too, and so are all values: it "
        "makes no difference who looks at whom. Draw the embeddings.",
    ),
    Mistake(
        "numbers too small",
        _blind(
            {"weigh": lambda w: w / 100, "closeness": 1e-5},
            {"embed": lambda x: x / 1000, "closeness": 1e-5},
        ),
        "With small weights or embeddings all scores are nearly 0, so every word attends to all "
        "alike, and the outputs are so small that wrong ones pass for right. Let scores have a "
        "spread of 1 or more.",
    ),
    Mistake(
        "the identity as a weight",
        _blind(
            {"weigh": lambda w: np.stack([np.eye(w.shape[-1])] * 4)},
            {"weigh": lambda w: np.stack([*w[:3], np.eye(w.shape[-1])])},
        ),
        "A matrix that changes nothing may as well be forgotten or turned round, and nobody "
        "notices. Draw the weights.",
    ),
    Mistake(
        "one matrix for all four weights",
        _blind({"weigh": lambda w: np.stack([w[0]] * 4)}, {"weigh": np.ones_like}),
        "Where all weights are the same matrix, it does not show which is used for what. Draw "
        "four.",
    ),
    Mistake(
        "only one of the outputs looked at",
        _blind(
            {"look": lambda outputs: outputs[0, 0]},
            {"look": lambda outputs: outputs[:1]},
        ),
        "The first sentence is compared, or one word of it. What happens to the others?",
    ),
    Mistake(
        "only compared with itself",
        (_by_itself,),
        "Called twice with the same numbers, a wrong attention gives the same wrong answer twice. "
        "Change something, and say beforehand what has to happen.",
    ),
    Mistake(
        "only nan is looked for",
        (_without_numbers,),
        "Finite numbers can be wrong too. Compare them with those of an attention of your own, or "
        "with what a law demands.",
    ),
)

_TOO_CLOSE = (
    Mistake(
        "compared exactly",
        tuple(
            _alone(partial(_with_a_witness, witness=witness, closeness=0.0))
            for witness in (reference.multi_head_attention, _right_one(1))
        ),
        "Sums in another order differ in the last digit, so two right attentions are seldom equal "
        "to the last bit. Compare with a tolerance.",
    ),
)

_ANSWERS = (
    Mistake(
        "accuses everything",
        (lambda attention: True,),
        "Eight are right. Is the comparison exact (`==`)? Or does what you compare with do "
        "something else than lesson 06? Try your test on your own attention.",
    ),
    Mistake(
        "accuses nothing",
        (lambda attention: False,),
        "The shape is right in all of them, and nan is rare: it is the numbers that are wrong. "
        "Compare them with those of an attention of your own, or with what a law demands.",
    ),
    Mistake(
        "True and False swapped",
        (
            lambda attention: not is_broken(attention),
            lambda attention: not _with_a_witness(attention),
        ),
        "The right ones are accused and the broken ones cleared. True means *suspicious*: it is "
        "wrong.",
    ),
    Mistake(
        "None where it should be False",
        (
            lambda attention: is_broken(attention) or None,
            lambda attention: _with_a_witness(attention) or None,
        ),
        "Where nothing is found, nothing comes back. A function that ends without `return` gives "
        "None: say False at its end.",
    ),
    Mistake(
        "raises instead of answering",
        (
            _by_assertion(is_broken),
            _by_assertion(_with_a_witness),
        ),
        "An `assert` ends the function where an answer is wanted. Return True there, and False "
        "where all is well.",
    ),
)

EXERCISES = (
    Exercise(
        name="suspicious",
        lesson="13",
        parameters=("attention",),
        reference=is_broken,
        kind=YesOrNo(((),)),
        cases=_whole_zoo,
        mistakes=(*_ANSWERS, *_BLIND, *_TOO_CLOSE),
        hints=(
            "What do you know of every right attention, whoever wrote it? Shuffle the words, "
            "change one sentence of a batch, put zeros into a matrix: what must happen?",
            "A second witness is strong: write multi-head attention once more, as plainly as you "
            "can, and compare the two on drawn numbers. Let all sizes differ, with several heads "
            "and sentences, and five words or more.",
            "Compare with a tolerance: right ways of computing differ in the last digits, and one "
            "of the broken ones is right to three.",
            "The sly ones need more than one call: scores of 1000, then another d_head, then the "
            "same sizes with other numbers. And compare your own arrays with copies.",
        ),
        once=True,
        tally=tally,
        when_late=(
            f"It is called {len(ZOO) + _ASKED_AGAIN} times, with one attention after the other, "
            "and all of that together has to be done by then. A few small inputs are enough to "
            "tell (batch 2, five words); return True at the first that is wrong."
        ),
    ),
)
