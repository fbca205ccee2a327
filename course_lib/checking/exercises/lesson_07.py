"""The exercises of lesson 07: where a word looks most, and how widely it looks."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from course_lib.checking.exercise import Case, Exercise, Law, Mistake
from course_lib.checking.results import Parts, array_of

_READABLE = (  # no number comes twice, so that columns have an order too
    (0.42, 0.31, 0.17, 0.10),
    (0.46, 0.28, 0.15, 0.11),
    (0.39, 0.27, 0.20, 0.14),
    (0.44, 0.25, 0.18, 0.13),
)
_SENTENCE = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]


def most_attended(
    weights: Float[ndarray, "seq_len seq_len"], tokens: Sequence[str], query: int, k: int
) -> list[str]:
    """List the tokens that one position looks at most, the strongest first.

    Examples
    --------
    >>> most_attended(np.array([[0.2, 0.8], [0.9, 0.1]]), ["black", "cat"], 0, 2)
    ['cat', 'black']
    """
    strongest_first = np.argsort(-weights[query], kind="stable")
    return [tokens[position] for position in strongest_first[:k]]


def entropy(weights: Float[ndarray, "*rows n_keys"]) -> Float[ndarray, "*rows"]:
    """Measure how widely each row of weights is spread: 0 for one key, ln n for n alike.

    References
    ----------
    Shannon (1948), "A Mathematical Theory of Communication", section 6, in natural logarithms.
    """
    logarithms = np.log(np.where(weights > 0, weights, 1.0))  # 0 · log 0 counts as 0
    return np.asarray(-(weights * logarithms).sum(-1))


def _looks(rng: np.random.Generator) -> Iterator[Case]:
    """Tokens that come twice, a query that looks at itself, and every kind of k."""
    weights = rng.permutation([rng.permutation(row) for row in _READABLE])
    yield Case("4 tokens, k 2", (weights, ["the", "cat", "the", "mat"], 1, 2))
    last = len(_SENTENCE) - 1
    for query, favoured, k in (
        (7, [1, 7, 0, 9], 4),
        (9, [9, 10, 0], 3),
        (last, [last, 2], 1),
        (0, [6, 0, 2], 5),
        (2, [4, 8], last),
    ):
        about = f"{last + 1} tokens, query {query} and k {k}"
        yield Case(about, (_rows(rng, last + 1, favoured), _SENTENCE.copy(), query, k))
    tokens = ["black", "cat", "black", "dog", "cat", "mat"]
    yield Case("6 tokens, k 6", (_rows(rng, 6, [2, 3]), tokens, 3, 6))


def _rows(rng: np.random.Generator, seq_len: int, favoured: Sequence[int]) -> ndarray:
    """Draw weights that favour some keys in every row, and no two of which are alike."""
    amounts = rng.uniform(0.2, 1.0, (seq_len, seq_len))
    amounts[:, favoured] += rng.uniform(1.5, 3.0, (seq_len, len(favoured)))
    return amounts / amounts.sum(1, keepdims=True)


def _unchanged(anything: Any) -> Any:
    return anything


def _row(weights: ndarray, query: int) -> ndarray:
    return weights[query]


def _strongest_first(row: ndarray) -> ndarray:
    return np.argsort(row)[::-1]


def _all_of_them(order: ndarray, query: int, tokens: list[str]) -> ndarray:
    return order


def _first(order: ndarray, k: int) -> ndarray:
    return order[:k]


def _named(order: ndarray, tokens: list[str], row: ndarray) -> list[str]:
    return [tokens[i] for i in order]


def _most(
    weights: ndarray,
    tokens: list[str],
    query: int,
    k: int,
    *,
    read: Callable = _row,
    rank: Callable = _strongest_first,
    keep: Callable = _all_of_them,
    cut: Callable = _first,
    name: Callable = _named,
    after: Callable = _unchanged,
) -> Any:
    """Look for the most attended tokens with any of the things that can go wrong with it."""
    row = read(weights, query)
    order = cut(keep(rank(row), query, tokens), k)
    return after(name(order, tokens, row))


def _without_query(order: ndarray, query: int, tokens: list[str]) -> ndarray:
    return order[order != query]


def _once_each(order: ndarray, query: int, tokens: list[str]) -> list[int]:
    return list({tokens[i]: i for i in order[::-1]}.values())[::-1]


def _by_word(combine: Callable) -> Callable:
    """Make what ranks words instead of positions, equal words having one weight in common."""

    def ranked(weights: ndarray, tokens: list[str], query: int, k: int) -> list[str]:
        row = weights[query]
        shared = {t: combine(row[[t == other for other in tokens]]) for t in tokens}
        return sorted(shared, key=lambda t: -shared[t])[:k]

    return ranked


def _first_of_its_kind(weights: ndarray, tokens: list[str], query: int, k: int) -> list[str]:
    row = weights[query]
    return sorted(tokens, key=lambda t: -row[tokens.index(t)])[:k]


def _row_of_first_twin(weights: ndarray, tokens: list[str], query: int, k: int) -> list[str]:
    return _most(weights, tokens, tokens.index(tokens[query]), k)


def _using_up(rest: float) -> Callable:
    """Make what takes the strongest again and again, crossing it out in the weights."""

    def taken(weights: ndarray, tokens: list[str], query: int, k: int) -> list[str]:
        found = []
        for _ in range(k):
            best = int(weights[query].argmax())
            found.append(tokens[best])
            weights[query, best] = rest
        return found

    return taken


_MOST_MISTAKES = (
    Mistake(
        "column read instead of row",
        (
            partial(_most, read=lambda weights, query: weights[:, query]),
            partial(_most, read=lambda weights, query: weights.T[query]),
        ),
        "These are the tokens that look at the query, not those it looks at. Queries are rows: "
        "which index comes first?",
    ),
    Mistake(
        "weakest first",
        (
            partial(_most, rank=np.argsort),
            partial(_most, after=lambda found: found[::-1]),
            partial(_most, rank=np.argsort, cut=lambda order, k: order[-k:]),
        ),
        "The weakest comes first. Sorting goes from small to large: either the order has to be "
        "turned round before it is cut, or the result is still to be.",
    ),
    Mistake(
        "positions instead of tokens",
        (
            partial(_most, name=lambda order, tokens, row: order),
            partial(_most, name=lambda order, tokens, row: [int(i) for i in order]),
            partial(_most, name=lambda order, tokens, row: [str(i) for i in order]),
        ),
        "These are positions, as a sort of indices gives them. One step is missing: which token "
        "stands at each of them?",
    ),
    Mistake(
        "weights instead of tokens",
        (
            partial(_most, name=lambda order, tokens, row: row[order]),
            partial(_most, name=lambda order, tokens, row: [str(row[i]) for i in order]),
        ),
        "These are the weights themselves. What is asked for are the words they belong to: sort "
        "positions, not numbers.",
    ),
    Mistake(
        "tokens with something beside them",
        (
            partial(_most, name=lambda order, tokens, row: [(tokens[i], row[i]) for i in order]),
            partial(_most, name=lambda order, tokens, row: {tokens[i]: row[i] for i in order}),
        ),
        "The result is a plain list of tokens: no pairs, no lists inside it, and no dictionary.",
    ),
    Mistake(
        "the query itself dropped",
        (
            partial(_most, keep=_without_query),
            lambda weights, tokens, query, k: _named(
                _without_query(_strongest_first(weights[query])[:k], query, tokens), tokens, weights
            ),
            partial(
                _most,
                keep=lambda order, query, tokens: [i for i in order if tokens[i] != tokens[query]],
            ),
            lambda weights, tokens, query, k: [
                t for t in _most(weights, tokens, query, k) if t != tokens[query]
            ],
        ),
        "The query's own token is left out. A position attends to itself too, and may well be "
        "among the strongest.",
    ),
    Mistake(
        "the strongest left out",
        (
            partial(_most, cut=lambda order, k: order[1 : k + 1]),
            partial(_most, cut=lambda order, k: order[1:k]),
        ),
        "The strongest token is missing: the cut begins one too late. Positions count from 0.",
    ),
    Mistake(
        "duplicates removed",
        (
            partial(_most, keep=_once_each),
            partial(_most, after=lambda found: list(dict.fromkeys(found))),
            partial(_most, after=set),
            partial(_most, after=lambda found: sorted(set(found))),
        ),
        "A token that comes twice in the sentence is there at most once (or the order is lost: a "
        "set has none). Each occurrence counts: two positions may hold the same word.",
    ),
    Mistake(
        "equal tokens share one weight",
        (
            _by_word(np.sum),
            _by_word(np.max),
            _by_word(np.mean),
            _by_word(lambda weights: weights[-1]),
            _by_word(lambda weights: weights[0]),
            _first_of_its_kind,
        ),
        "The same word at two places counts as one, with one weight for both: look for a "
        "dictionary, or for `index`. Work with positions as long as you can; they are never equal.",
    ),
    Mistake(
        "the query's first twin",
        (
            _row_of_first_twin,
            lambda weights, tokens, query, k: weights[tokens.index(query)],
        ),
        "The row is found by the query's word, and that may come earlier in the sentence too. "
        "`query` is a position already.",
    ),
    Mistake(
        "off by one: k",
        (
            partial(_most, cut=lambda order, k: order[: k + 1]),
            partial(_most, cut=lambda order, k: order[: k - 1]),
            partial(_most, cut=lambda order, k: order[: max(k - 1, 0)]),
        ),
        "There is one token too many or too few. Where does your cut end?",
    ),
    Mistake(
        "a fixed number of tokens, whatever k",
        (
            partial(_most, cut=lambda order, k: order),
            partial(_most, cut=lambda order, k: order[:-1]),
            *(partial(_most, cut=lambda order, k, n=n: order[:n]) for n in (1, 2, 3, 4, 5)),
        ),
        "The number of tokens is the same whatever `k` says. `k` of them are asked for.",
    ),
    Mistake(
        "one text instead of a list",
        (
            partial(_most, after=" ".join),
            partial(_most, cut=lambda order, k: order[:1], after=lambda found: found[0]),
        ),
        "A single text came back: several tokens joined, or the strongest alone. The result is a "
        "list of tokens, also where `k` is 1.",
    ),
    Mistake(
        "query not used",
        (
            partial(_most, read=lambda weights, query: weights[0]),
            partial(_most, read=lambda weights, query: weights[-1]),
            partial(_most, read=lambda weights, query: weights.mean(0)),
            partial(_most, read=lambda weights, query: weights.max(0)),
            partial(_most, read=lambda weights, query: weights.mean(1)),
            partial(_most, read=lambda weights, query: weights.max(1)),
            partial(_most, read=lambda weights, query: np.diag(weights)),
        ),
        "The answer is the same for every query: one fixed row is read, or all rows together. The "
        "weights of one query stand in its row.",
    ),
    Mistake(
        "a neighbour's row",
        (
            partial(_most, read=lambda weights, query: weights[query - 1]),
            partial(_most, read=lambda weights, query: weights[(query + 1) % len(weights)]),
        ),
        "The row above or below was read. `query` counts from 0, as rows do.",
    ),
    Mistake(
        "positions off by one",
        (
            partial(_most, name=lambda order, tokens, row: [tokens[i - 1] for i in order]),
            partial(
                _most,
                name=lambda order, tokens, row: [tokens[(i + 1) % len(tokens)] for i in order],
            ),
        ),
        "Each token is the neighbour of the right one. Positions count from 0.",
    ),
    Mistake(
        "in the order of the sentence",
        (
            partial(_most, cut=lambda order, k: np.sort(order[:k])),
            partial(_most, cut=lambda order, k: np.sort(order[:k])[::-1]),
            partial(_most, after=sorted),
            partial(_most, after=lambda found: sorted(found)[::-1]),
        ),
        "The right tokens are there, ordered by their place or by the alphabet. The strongest "
        "comes first, then the next.",
    ),
    Mistake(
        "not ordered by weight at all",
        (
            lambda weights, tokens, query, k: tokens[:k],
            lambda weights, tokens, query, k: tokens[-k:],
            lambda weights, tokens, query, k: sorted(tokens)[:k],
            lambda weights, tokens, query, k: tokens[query : query + k],
            lambda weights, tokens, query, k: tokens[max(query - k, 0) : query],
        ),
        "These are tokens by their place in the sentence or in the alphabet. The weights were not "
        "asked: the query's row says which ones count.",
    ),
    Mistake(
        "ranks mistaken for positions",
        (
            partial(_most, rank=lambda row: np.argsort(np.argsort(-row))),
            partial(_most, rank=lambda row: np.argsort(np.argsort(row))),
        ),
        "Sorting twice gives each position its rank. What is needed are the positions, in the "
        "order of their weights: one sort.",
    ),
    Mistake(
        "sorted along the wrong axis",
        (
            lambda weights, tokens, query, k: _named(
                np.argsort(-weights, axis=0)[query, :k], tokens, weights
            ),
            lambda weights, tokens, query, k: _named(
                np.argsort(-weights, axis=1)[:k, query], tokens, weights
            ),
            lambda weights, tokens, query, k: _named(
                np.argsort(weights, axis=1)[:k, query], tokens, weights
            ),
        ),
        "The whole table was sorted, and then read the wrong way. Take the query's row first, then "
        "sort that.",
    ),
    Mistake(
        "only earlier or later tokens",
        (
            partial(_most, keep=lambda order, query, tokens: order[order <= query]),
            partial(_most, keep=lambda order, query, tokens: order[order < query]),
            partial(_most, keep=lambda order, query, tokens: order[order >= query]),
            partial(_most, keep=lambda order, query, tokens: order[order > query]),
        ),
        "Only one side of the query is looked at. A position attends to the whole sentence here.",
    ),
    Mistake(
        "the strongest again and again",
        (partial(_most, cut=lambda order, k: np.repeat(order[:1], k)),),
        "The same position was found each time. Once a token is taken, it is out: sort, or look at "
        "what is left.",
    ),
    Mistake(
        "input changed in place",
        tuple(map(_using_up, (0.0, -1.0, -np.inf))),
        "The tokens are right, but the weights that were passed in are not what they were. Cross "
        "out, or sort, in a copy of the row.",
    ),
)


def _not_in_sentence(parts: Parts, weights: ndarray, tokens: list[str], *_: Any) -> str | None:
    strangers = [word for word in parts[0].tolist() if word not in tokens]
    return f"{strangers[0]!r} is not a token of this sentence." if strangers else None


def _spreads(rng: np.random.Generator) -> Iterator[Case]:
    """Rows with zeros and without, one key alone, all keys alike, and any number of axes."""
    rows = rng.permutation([0.5, 0.25, 0.125, 0.125]), rng.permutation([0.75, 0.25, 0.0, 0.0])
    yield Case("2 rows of 4 weights, with zeros in the second", (np.array(rows),))
    yield Case("one row of 5 weights", (rng.dirichlet(np.ones(5)),))
    yield Case("4 rows of 7 weights", (rng.dirichlet(np.ones(7), 4),))
    extremes = rng.dirichlet(np.ones(6), 3)
    extremes[0], extremes[1] = np.eye(6)[rng.integers(6)], 1 / 6
    yield Case("a row on one key, a row all alike, and one between", (extremes,))
    yield Case("weights with 3 axes, of sizes 3, 5 and 4", (rng.dirichlet(np.ones(4), (3, 5)),))
    masked = np.tril(rng.dirichlet(np.ones(5), (2, 3, 5)))
    masked /= masked.sum(-1, keepdims=True)
    yield Case("causal weights with 4 axes, of sizes 2, 3, 5 and 5", (masked,))


def _safe_log(weights: ndarray) -> ndarray:
    return np.log(np.where(weights > 0, weights, 1.0))


def _over_keys(terms: ndarray) -> ndarray:
    return terms.sum(-1)


def _spread(
    weights: ndarray,
    *,
    before: Callable = _unchanged,
    log: Callable = _safe_log,
    meet: Callable = np.multiply,
    gather: Callable = _over_keys,
    sign: int = -1,
    after: Callable = lambda spread, weights: spread,
) -> Any:
    """Compute an entropy with any of the things that can go wrong with it."""
    ready = before(weights)
    return after(sign * gather(meet(ready, log(ready))), weights)


def _softmax(scores: ndarray) -> ndarray:
    exponentials = np.exp(scores - scores.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def _log_shifted(by: float) -> Callable:
    return lambda weights: np.log(weights + by)


_ENTROPY_MISTAKES = (
    Mistake(
        "log base 2",
        (partial(_spread, log=lambda weights: _safe_log(weights) / np.log(2)),),
        "This is the entropy in bits: the logarithm is that of base 2. The natural logarithm is "
        "asked for.",
    ),
    Mistake(
        "log base 10",
        (partial(_spread, log=lambda weights: _safe_log(weights) / np.log(10)),),
        "The logarithm is that of base 10. The natural logarithm is asked for.",
    ),
    Mistake(
        "divided by the greatest entropy",
        (partial(_spread, after=lambda spread, w: spread / np.log(w.shape[-1])),),
        "The entropy was divided by the logarithm of the number of keys, so that it lies between "
        "0 and 1. Leave it as it is.",
    ),
    Mistake(
        "nan at zero weight",
        (
            partial(_spread, log=np.log),
            partial(_spread, log=np.log2),
            partial(_spread, log=np.log, gather=np.sum),
        ),
        "The logarithm of 0 is −∞, and 0 times that is nan. A key without weight adds nothing: "
        "keep the zeros away from the logarithm.",
    ),
    Mistake(
        "rows with a zero count as 0",
        (
            partial(_spread, log=np.log, after=lambda spread, w: np.nan_to_num(spread)),
            partial(
                _spread,
                after=lambda spread, w: np.where((w == 0).any(-1), 0.0, spread),
            ),
        ),
        "Where one weight is 0, the whole row came out as 0: the nan was replaced after the sum. "
        "Only that one key adds nothing; the others still do.",
    ),
    Mistake(
        "sign",
        (partial(_spread, sign=1),),
        "The sign is missing: logarithms of weights are negative, and an entropy is not.",
    ),
    Mistake(
        "summed over the queries",
        (
            partial(_spread, gather=lambda terms: terms.sum(-2)),
            partial(_spread, gather=lambda terms: terms.sum(0)),
        ),
        "The sum runs over the queries. Each query has an entropy of its own: sum over its keys, "
        "along the last axis.",
    ),
    Mistake(
        "right for two axes only",
        (
            partial(_spread, gather=lambda terms: terms.sum(1)),
            lambda weights: [_spread(row, gather=np.sum) for row in weights],
            lambda weights: [sum(-w * np.log(w) for w in row if w > 0) for row in weights],
            lambda weights: [sum(-w * np.log(w) if w > 0 else 0 for w in row) for row in weights],
        ),
        "A table comes out right, but one row alone, or weights with more axes, do not. Count the "
        "axis from the end, and let NumPy go through the rows.",
    ),
    Mistake(
        "mean instead of sum",
        (partial(_spread, gather=lambda terms: terms.mean(-1)),),
        "The terms were averaged over the keys. They are added up: the weights are the shares "
        "already.",
    ),
    Mistake(
        "one number for everything",
        (
            partial(_spread, gather=np.sum),
            partial(_spread, gather=np.mean),
            partial(_spread, after=lambda spread, w: spread.mean()),
        ),
        "One number came back for all rows together. Each query has an entropy of its own: sum "
        "along the last axis only.",
    ),
    Mistake(
        "not summed",
        (partial(_spread, gather=_unchanged),),
        "There is still a number for each key. The entropy of a row is their sum.",
    ),
    Mistake(
        "axis kept",
        (partial(_spread, gather=lambda terms: terms.sum(-1, keepdims=True)),),
        "The numbers are right, but the last axis is still there, with length 1. The sum removes "
        "it, unless it is told to keep it.",
    ),
    Mistake(
        "weights left out of the sum",
        (
            partial(_spread, meet=lambda weights, logs: logs),
            partial(_spread, log=np.log, meet=lambda weights, logs: logs),
            *(
                partial(_spread, log=_log_shifted(by), meet=lambda weights, logs: logs)
                for by in (1e-8, 1e-9, 1e-10, 1e-12)
            ),
            partial(_spread, meet=lambda weights, logs: logs, gather=lambda t: t.mean(-1)),
        ),
        "The logarithms were summed bare. Each one counts as much as its weight says.",
    ),
    Mistake(
        "logarithm missing or taken too late",
        (
            partial(_spread, log=_unchanged),
            partial(_spread, log=_unchanged, sign=1),
            partial(_spread, log=_unchanged, after=lambda spread, w: 1 + spread),
            partial(_spread, log=_unchanged, after=lambda spread, w: -np.log(-spread)),
            partial(_spread, log=np.ones_like, sign=1, after=lambda spread, w: -np.log(spread)),
            partial(_spread, log=np.ones_like, sign=1),
        ),
        "Squares of weights are summed, or weights alone, or the logarithm is taken of a sum. Each "
        "weight meets its own logarithm, before anything is added up.",
    ),
    Mistake(
        "a shift inside the logarithm",
        tuple(partial(_spread, log=_log_shifted(by)) for by in (1.0, 0.1, 1e-2, 1e-3, 1e-4)),
        "Something that is not small is added before the logarithm is taken, and changes every "
        "number. To keep zeros out, they alone need to be replaced.",
    ),
    Mistake(
        "exponential of the entropy",
        (
            partial(_spread, after=lambda spread, w: np.exp(spread)),
            partial(_spread, after=lambda spread, w: 2**spread),
        ),
        "This is the number of keys that count (the perplexity): the exponential of the entropy. "
        "The entropy itself is one step earlier.",
    ),
    Mistake(
        "distance from a uniform row",
        (
            partial(_spread, after=lambda spread, w: np.log(w.shape[-1]) - spread),
            partial(_spread, after=lambda spread, w: spread - np.log(w.shape[-1])),
        ),
        "The entropy was subtracted from the greatest possible one, so that a flat row gets 0. A "
        "flat row has the greatest entropy, and a row on one key has 0.",
    ),
    Mistake(
        "another measure of spread",
        (
            lambda weights: weights.std(-1),
            lambda weights: weights.var(-1),
            lambda weights: weights.max(-1),
            lambda weights: -np.log(weights.max(-1)),
            lambda weights: 1 - weights.max(-1),
            lambda weights: (weights > 0).sum(-1),
        ),
        "This measures something else of a row: its greatest weight, its variance, or how many "
        "keys count. Entropy sums over all keys: weight times logarithm of the weight.",
    ),
    Mistake(
        "softmax taken first",
        (partial(_spread, before=_softmax),),
        "The weights went through softmax before. They are weights already: their rows sum to 1.",
    ),
    Mistake(
        "only one row",
        (
            partial(_spread, after=lambda spread, w: spread if spread.ndim == 0 else spread[0]),
            partial(_spread, after=lambda spread, w: spread if spread.ndim == 0 else spread[-1]),
        ),
        "One row's entropy came back. Is there a `return` inside the loop? There is one number for "
        "each row.",
    ),
    Mistake(
        "halved or doubled",
        (
            partial(_spread, after=lambda spread, w: spread / 2),
            partial(_spread, after=lambda spread, w: spread * 2),
        ),
        "Everything is half or twice what it should be. Each key counts once.",
    ),
    Mistake(
        "rounded",
        tuple(partial(_spread, after=lambda s, w, n=n: np.round(s, n)) for n in (0, 1, 2, 3)),
        "The result is rounded. Return it as it is, and round only when you print.",
    ),
    Mistake(
        "input changed in place",
        (partial(_spread, before=lambda weights: np.maximum(weights, 1e-12, out=weights)),),
        "The numbers are right, but the weights that were passed in are not what they were. Give "
        "what you change a new name.",
    ),
)


def _outside_its_range(parts: Parts, weights: ndarray) -> str | None:
    most = np.log(weights.shape[-1])
    for row in np.ndindex(parts[0].shape):
        if not -1e-6 <= parts[0][row] <= most + 1e-3:
            what = f"Row {list(row)}" if row else "The row"
            return (
                f"{what} has {parts[0][row]:.4g}; over {weights.shape[-1]} keys an entropy lies "
                f"between 0 and ln {weights.shape[-1]} = {most:.4g}."
            )
    return None


EXERCISES = (
    Exercise(
        name="most_attended",
        lesson="07",
        parameters=("weights", "tokens", "query", "k"),
        reference=most_attended,
        kind=array_of("k", numbers="text"),
        cases=_looks,
        mistakes=_MOST_MISTAKES,
        hints=(
            "Put your finger on the query's row. Which position has the greatest number, and which "
            "the next? Only then read off the words.",
            "NumPy can sort positions by what stands at them, from the smallest up. You want them "
            "from the greatest down, and only the first few.",
            "`argsort` of the query's row, turned round, cut after k, and then a list of the "
            "tokens at those positions.",
        ),
        laws=(Law(_not_in_sentence),),
    ),
    Exercise(
        name="entropy",
        lesson="07",
        parameters=("weights",),
        reference=entropy,
        kind=array_of("..."),
        cases=_spreads,
        mistakes=_ENTROPY_MISTAKES,
        hints=(
            "Do it for one row: each weight times its logarithm, all added up, and the sign turned "
            "so that the result is positive. A row on one key gives 0.",
            "The sum runs along the last axis. What should a weight of 0 add, and what does "
            "NumPy make of its logarithm?",
            "Replace the zeros by a number whose logarithm does no harm, before the logarithm is "
            "taken; the product with the weight 0 is then 0 by itself.",
        ),
        laws=(Law(_outside_its_range),),
    ),
)
