"""The exercises of lesson 06, first part: one width cut into heads, and put together again."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
from numpy import ndarray

from course_lib.attention import reference
from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.inputs import readable
from course_lib.checking.results import array_of

_SIZES = ((2, 5, 3, 4), (2, 5, 3, 7), (3, 4, 2, 5), (2, 7, 4, 3), (3, 5, 8, 2))


def _wholes(rng: np.random.Generator) -> Iterator[Case]:
    """Sizes that all differ, the number of heads included; a sentence alone as an extra."""
    yield Case(
        "1 sentence of 2 tokens, d_model 12 and 3 heads of d_head 4", (readable(rng, 1, 2, 12), 3)
    )
    for batch_size, seq_len, n_heads, d_head in _SIZES:
        d_model = n_heads * d_head
        about = (
            f"{batch_size} sentences of {seq_len} tokens, d_model {d_model} and "
            f"{n_heads} heads of d_head {d_head}"
        )
        yield Case(about, (rng.normal(size=(batch_size, seq_len, d_model)), n_heads))
    alone = rng.normal(size=(5, 12)), 3
    yield Case("a sentence without the batch axis", alone, is_extra=True)


def _parts(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("1 sentence, 3 heads, 2 tokens and d_head 4", (readable(rng, 1, 3, 2, 4),))
    for batch_size, seq_len, n_heads, d_head in _SIZES:
        about = f"{batch_size} sentences, {n_heads} heads, {seq_len} tokens and d_head {d_head}"
        yield Case(about, (rng.normal(size=(batch_size, n_heads, seq_len, d_head)),))
    yield Case("heads without the batch axis", (rng.normal(size=(3, 5, 4)),), is_extra=True)


def _unchanged(anything: Any) -> Any:
    return anything


def _as_asked(d_model: int, n_heads: int) -> int:
    return n_heads


def _blocks(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], n_heads, x.shape[2] // n_heads)


def _interleaved(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], x.shape[2] // n_heads, n_heads).swapaxes(2, 3)


def _heads_forward(blocks: ndarray) -> ndarray:
    return blocks.transpose(0, 2, 1, 3)


def _split(
    x: ndarray,
    n_heads: int,
    *,
    count: Callable = _as_asked,
    cut: Callable = _blocks,
    arrange: Callable = _heads_forward,
    after: Callable = _unchanged,
) -> Any:
    """Split heads with any of the things that can go wrong with it."""
    return after(arrange(cut(x, count(x.shape[-1], n_heads))))


def _by_reshape(x: ndarray, n_heads: int) -> ndarray:
    batch_size, seq_len, d_model = x.shape
    return x.reshape(batch_size, n_heads, seq_len, d_model // n_heads)


def _open_ended(x: ndarray, n_heads: int) -> ndarray:
    return x.reshape(*x.shape[:2], n_heads, -1)


def _first_block(x: ndarray, n_heads: int) -> ndarray:
    return x[..., : x.shape[2] // n_heads]


_SPLIT_MISTAKES = (
    Mistake(
        "reshaped without transposing",
        (
            partial(_split, cut=_by_reshape, arrange=_unchanged),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, x.shape[1], -1),
        ),
        "The shape is right and the numbers are mixed up: `reshape` reads on row after row, so a "
        "head gets whole tokens here instead of a part of every token. First cut only the "
        "features, then bring the new axis forward.",
    ),
    Mistake(
        "transposed before the features were cut",
        (
            lambda x, n_heads: _by_reshape(x.swapaxes(1, 2).reshape(x.shape), n_heads),
            lambda x, n_heads: _heads_forward(_blocks(x.swapaxes(1, 2).reshape(x.shape), n_heads)),
        ),
        "Tokens and features changed places too early, and the `reshape` after it mixed them up. "
        "Cut the features while each token's row is still in one piece.",
    ),
    Mistake(
        "interleaved features",
        (partial(_split, cut=_interleaved),),
        "The features are dealt out like cards, one to each head in turn. Each head has a block of "
        "neighbouring features: which of the two new axes comes first when a row is cut?",
    ),
    Mistake(
        "axes left as (batch, seq_len, heads, d_head)",
        (partial(_split, arrange=_unchanged),),
        "The features are cut rightly, but the heads still stand behind the tokens. For a product "
        "over tokens, the last two axes have to be T and d_head.",
    ),
    Mistake(
        "heads before the batch",
        (
            partial(_split, arrange=lambda blocks: blocks.transpose(2, 0, 1, 3)),
            lambda x, n_heads: np.split(x, n_heads, axis=-1),
            partial(_split, cut=_interleaved, arrange=lambda b: b.transpose(2, 0, 1, 3)),
        ),
        "The heads are the first axis, before the sentences: so it comes out where a list of heads "
        "becomes an array. Batch first, then heads.",
    ),
    Mistake(
        "tokens and features swapped",
        (
            partial(_split, arrange=lambda blocks: blocks.transpose(0, 2, 3, 1)),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, -1, x.shape[1]),
        ),
        "Within each head the last two axes are not T and d_head: each row of a head belongs to a "
        "token.",
    ),
    Mistake(
        "swapped: n_heads and d_head",
        (
            partial(_split, count=lambda d_model, n_heads: d_model // n_heads),
            partial(_split, cut=_interleaved, arrange=lambda blocks: blocks.transpose(0, 3, 1, 2)),
            lambda x, n_heads: x.reshape(x.shape[0], -1, x.shape[1], n_heads),
        ),
        "There are d_head heads of width n_heads: the two numbers changed places. `n_heads` says "
        "how many heads there are, not how wide one is.",
    ),
    Mistake(
        "axes in another order",
        tuple(
            partial(_split, arrange=lambda blocks, order=order: blocks.transpose(order))
            for order in permutations(range(4))
            if order not in {(0, 2, 1, 3), (0, 1, 2, 3), (2, 0, 1, 3), (0, 2, 3, 1)}
        ),
        "After the cut the axes are batch, seq_len, heads, d_head. Only two of them have to change "
        "places. Which?",
    ),
    Mistake(
        "heads folded into the batch",
        (
            partial(_split, after=lambda heads: heads.reshape(-1, *heads.shape[2:])),
            lambda x, n_heads: x.reshape(x.shape[0] * n_heads, x.shape[1], -1),
            lambda x, n_heads: np.concatenate(np.split(x, n_heads, axis=-1)),
        ),
        "Batch and heads have become one axis. Keep them apart: (batch, n_heads, seq_len, d_head).",
    ),
    Mistake(
        "a fixed number of heads",
        tuple(
            partial(_split, count=lambda d_model, n_heads, n=n: n, cut=cut)
            for n in (1, 2, 3, 4, 8)
            for cut in (_blocks, _open_ended)
        ),
        "The number of heads is the same whatever the input says. Take it from `n_heads`.",
    ),
    Mistake(
        "a fixed width of heads",
        tuple(
            lambda x, n_heads, d_head=d_head, n=n: x.reshape(
                *x.shape[:2], n or n_heads, d_head
            ).transpose(0, 2, 1, 3)
            for d_head in (2, 4, 8, 16, 64)
            for n in (0, -1)
        ),
        "The width of a head is one and the same number whatever the input. It follows from "
        "d_model and n_heads.",
    ),
    Mistake(
        "a fraction for d_head",
        (lambda x, n_heads: x.reshape(*x.shape[:2], n_heads, x.shape[2] / n_heads),),
        "A size has to be a whole number, and `/` always gives a float. Which division gives whole "
        "numbers?",
    ),
    Mistake(
        "tokens cut instead of features",
        (
            lambda x, n_heads: np.split(x, n_heads, axis=1),
            lambda x, n_heads: np.array_split(x, n_heads, axis=1),
            lambda x, n_heads: np.array(np.split(x, n_heads, axis=1)),
            lambda x, n_heads: np.split(x, n_heads),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, x.shape[1] // n_heads, x.shape[2]),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, -1, x.shape[2]),
        ),
        "The sentence was cut into pieces, or the batch was. Every head sees every token; it is "
        "the last axis, the features, that is shared out.",
    ),
    Mistake(
        "cut into pieces of n_heads",
        (lambda x, n_heads: x.reshape(*x.shape[:2], -1, n_heads),),
        "The pieces are n_heads wide, and the axes are left in their old order. n_heads is how "
        "many pieces there are.",
    ),
    Mistake(
        "every head gets all features",
        (
            lambda x, n_heads: np.stack([x] * n_heads, axis=1),
            lambda x, n_heads: np.stack([x] * n_heads),
            partial(_split, cut=lambda x, n: np.stack([_first_block(x, n)] * n, axis=2)),
        ),
        "All heads hold the same numbers. They share the features out among them: the first head "
        "has the first block, the second one the next.",
    ),
    Mistake(
        "only one head",
        (
            partial(_split, after=lambda heads: heads[:, 0]),
            partial(_split, after=lambda heads: heads[:, -1]),
            partial(_split, after=lambda heads: heads[:, :1]),
        ),
        "One head came back. Is there a `return` inside the loop? The result holds them all.",
    ),
    Mistake(
        "only one sentence",
        (
            partial(_split, after=lambda heads: heads[0]),
            partial(_split, after=lambda heads: heads[:1]),
            partial(_split, after=lambda heads: heads[-1]),
        ),
        "Only one sentence of the batch came back. Keep the first axis as it is.",
    ),
    Mistake(
        "batch axis forgotten",
        (
            lambda x, n_heads: x.reshape(x.shape[1], n_heads, -1).swapaxes(0, 1),
            lambda x, n_heads: x.reshape(x.shape[1], n_heads, x.shape[2] // n_heads),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, x.shape[1] // n_heads),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, -1),
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, -1).swapaxes(0, 1),
        ),
        "x has three axes, (batch, seq_len, d_model), and your sizes account for two of them. "
        "Read all three from its shape.",
    ),
    Mistake(
        "heads in reverse order",
        (
            partial(_split, after=lambda heads: heads[:, ::-1]),
            partial(_split, after=lambda heads: heads[..., ::-1]),
        ),
        "The heads, or the features in them, stand in reverse. Head 0 begins with feature 0.",
    ),
    Mistake(
        "not split",
        (lambda x, n_heads: x, lambda x, n_heads: x.swapaxes(1, 2)),
        "The features are still in one piece. Which axis has to become two?",
    ),
)


def _heads_back(x: ndarray) -> ndarray:
    return x.transpose(0, 2, 1, 3)


def _joined(x: ndarray) -> ndarray:
    return x.reshape(*x.shape[:2], -1)


def _merged(
    x: ndarray,
    *,
    arrange: Callable = _heads_back,
    join: Callable = _joined,
    after: Callable = _unchanged,
) -> Any:
    """Merge heads with any of the things that can go wrong with it."""
    return after(join(arrange(x)))


def _to_shape(x: ndarray, mixed: ndarray) -> ndarray:
    """Force any order of axes into the right shape."""
    batch_size, n_heads, seq_len, d_head = x.shape
    return mixed.reshape(batch_size, seq_len, n_heads * d_head)


_MERGE_MISTAKES = (
    Mistake(
        "reshaped without transposing back",
        (
            lambda x: _to_shape(x, x),
            lambda x: x.reshape(x.shape[0], x.shape[2], -1),
            lambda x: _to_shape(x, np.concatenate(list(x.swapaxes(0, 1)), axis=1)),
        ),
        "The shape is right and the numbers are mixed up: `reshape` reads on head after head, and "
        "all parts of one token have to stand beside each other first. Undo the two steps of the "
        "split, the last one first.",
    ),
    Mistake(
        "heads averaged",
        (
            lambda x: x.mean(1),
            lambda x: np.tile(x.mean(1), x.shape[1]),
            lambda x: np.repeat(x.mean(1), x.shape[1], axis=-1),
        ),
        "The heads were averaged, so what each of them found is lost. They are put side by side: "
        "the first head's features, then the next one's.",
    ),
    Mistake(
        "heads summed",
        (
            lambda x: x.sum(1),
            lambda x: np.tile(x.sum(1), x.shape[1]),
            lambda x: np.repeat(x.sum(1), x.shape[1], axis=-1),
        ),
        "The heads were added up, so what each of them found is lost. They are put side by side: "
        "the first head's features, then the next one's.",
    ),
    Mistake(
        "interleaved",
        (partial(_merged, arrange=lambda x: x.transpose(0, 2, 3, 1)),),
        "The features of the heads alternate, like shuffled cards. Each head's features stay "
        "together, as one block.",
    ),
    Mistake(
        "transposed back, but not joined",
        (partial(_merged, join=_unchanged),),
        "The axes are in the right order, and there are still four. The last two, heads and "
        "d_head, become one: d_model.",
    ),
    Mistake(
        "heads and tokens joined",
        (
            lambda x: x.reshape(x.shape[0], -1, x.shape[3]),
            lambda x: np.concatenate(list(x.swapaxes(0, 1)), axis=1),
            partial(_merged, join=lambda x: x.reshape(x.shape[0], -1, x.shape[3])),
        ),
        "The heads were put one below the other, so the sentence became longer. They belong side "
        "by side: each token gets wider.",
    ),
    Mistake(
        "heads joined with the wrong sizes",
        (
            _joined,
            lambda x: x.reshape(*x.shape[:2], x.shape[2] * x.shape[3]),
            lambda x: x.swapaxes(1, 2).reshape(x.shape[0], x.shape[1], -1),
        ),
        "The heads stand where the tokens should. The axes come as "
        "(batch, n_heads, seq_len, d_head): is that the order in which you read the "
        "sizes from the shape?",
    ),
    Mistake(
        "the wrong axes swapped",
        tuple(
            lambda x, order=order, join=join: join(x, x.transpose(order))
            for order in permutations(range(4))
            if order not in {(0, 2, 1, 3), (0, 1, 2, 3), (0, 2, 3, 1)}
            for join in (_to_shape, lambda x, mixed: _joined(mixed))
        ),
        "Other axes changed places than heads and tokens, or too many did. The split moved two of "
        "them: the same two go back.",
    ),
    Mistake(
        "the wrong axes swapped, not joined",
        tuple(
            partial(_merged, arrange=lambda x, order=order: x.transpose(order), join=_unchanged)
            for order in permutations(range(4))
            if order not in {(0, 2, 1, 3), (0, 1, 2, 3)}
        ),
        "Other axes changed places than heads and tokens, and there are still four of them.",
    ),
    Mistake(
        "too much joined",
        (
            partial(_merged, join=lambda x: x.reshape(x.shape[0], -1)),
            partial(_merged, join=lambda x: x.reshape(-1, x.shape[2] * x.shape[3])),
            partial(_merged, join=np.ravel),
            lambda x: x.reshape(x.shape[0], -1),
            lambda x: x.reshape(-1, x.shape[1] * x.shape[3]),
            np.ravel,
        ),
        "Tokens or sentences were joined as well. Only heads and d_head become one axis.",
    ),
    Mistake(
        "batch joined with the features",
        (
            lambda x: np.hstack(list(x)),
            lambda x: np.vstack(list(x)),
            lambda x: np.concatenate(list(x)),
        ),
        "A loop over x, or a list of it, goes over the first axis, and that is the batch, not the "
        "heads.",
    ),
    Mistake(
        "joined along the wrong axis",
        (lambda x: np.concatenate(list(x.swapaxes(0, 1))),),
        "The heads were put below each other, along the first axis. Which axis gets longer when "
        "they stand side by side?",
    ),
    Mistake(
        "only one head",
        (lambda x: x[:, 0], lambda x: x[:, -1], lambda x: x.max(1)),
        "Only one head's numbers are left for each token. The result holds the features of all of "
        "them.",
    ),
    Mistake(
        "one head in every place",
        (
            lambda x: np.tile(x[:, 0], x.shape[1]),
            lambda x: np.tile(x[:, -1], x.shape[1]),
        ),
        "Every block holds the same head. Which index should move with the block?",
    ),
    Mistake(
        "only one sentence",
        (
            partial(_merged, after=lambda whole: whole[0]),
            partial(_merged, after=lambda whole: whole[:1]),
        ),
        "Only the first sentence of the batch came back. Keep the first axis as it is.",
    ),
    Mistake(
        "heads in reverse order",
        (
            partial(_merged, arrange=lambda x: _heads_back(x[:, ::-1])),
            partial(_merged, after=lambda whole: whole[..., ::-1]),
        ),
        "The heads, or their features, stand in reverse. Head 0 comes first.",
    ),
    Mistake(
        "features by tokens",
        (
            partial(_merged, after=lambda whole: whole.swapaxes(1, 2)),
            lambda x: x.swapaxes(2, 3).reshape(x.shape[0], -1, x.shape[2]),
        ),
        "The last two axes are swapped: each row belongs to a token.",
    ),
    Mistake(
        "not merged",
        (lambda x: x,),
        "The heads came back as they are. Bring the tokens forward, then join the last two axes.",
    ),
)


EXERCISES = (
    Exercise(
        name="split_heads",
        lesson="06",
        parameters=("x", "n_heads"),
        reference=reference.split_heads,
        kind=array_of("batch", "n_heads", "seq_len", "d_head"),
        cases=_wholes,
        mistakes=_SPLIT_MISTAKES,
        hints=(
            "Take one token with six features and two heads. Which features go to head 0, and "
            "which to head 1? Neighbours stay together.",
            "Two steps. The first cuts the last axis in two, heads and d_head, and leaves the rest "
            "alone. The second brings the heads in front of the tokens.",
            "`reshape` takes the sizes batch, seq_len, n_heads and what is left; after it, one "
            "swap of two axes. In one `reshape` alone it cannot be done: it never moves numbers.",
        ),
    ),
    Exercise(
        name="merge_heads",
        lesson="06",
        parameters=("x",),
        reference=reference.merge_heads,
        kind=array_of("batch", "seq_len", "d_model"),
        cases=_parts,
        mistakes=_MERGE_MISTAKES,
        hints=(
            "It is the split, backwards. What was the last step of the split? Undo that first.",
            "For one token, its parts lie in different heads. Bring the tokens back in front of "
            "the heads, so that the parts of one token are neighbours.",
            "One swap of two axes, then one `reshape` that makes the last two axes one. Its size "
            "is n_heads · d_head.",
        ),
    ),
)
