"""The contests of `course.py bench`: who runs against whom, how long, and with what aim.

Whoever is compared takes turns in the same rounds, on one thread, and is timed in CPU time; a ratio
is the median over the rounds. Heads are 8 of 32 features, of one text, in float32, unless said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from torch import nn

from course_lib.measuring import Sweep, flops, peak_bytes, sweep
from course_lib.measuring.sweeping import Maker
from course_lib.running.benchmarks.rows import Aim, Row, compared
from course_lib.running.contestants import (
    CORES,
    OURS,
    THEIRS,
    forth,
    forth_and_back,
    heads,
    layers,
    learning,
    products,
    reading,
)

Tell = Callable[[str], object]
Contest = Callable[[Tell], Iterator[Row]]

BUDGET_S = 150  # for one contest, of wall-clock time: then it makes do with two rounds
MIB = 2**20

CAUSAL_AIMS = {
    "dilated from 256": {4096: 0.40, 16384: 0.11, 65536: 0.03},
    "dilated from 2048": {4096: 1.15, 16384: 0.38, 65536: 0.10},
    "window 256": {4096: 0.22, 16384: 0.06},
    "causal tiled": {4096: 2.1, 8192: 2.1},
}


def whole_layer(
    tell: Tell, *, length: int = 2048, d_model: int = 256, n_heads: int = 8, n_rounds: int = 15
) -> Iterator[Row]:
    """Compare the course's module with torch's own, which has the same weights."""
    modules = layers(d_model, n_heads)
    passes: dict[str, Callable[[nn.Module, int], Maker]] = {
        "forward": reading,
        "forward and backward": learning,
    }
    for name, wrap in passes.items():
        makers = {who: wrap(module, d_model) for who, module in modules.items()}
        found = _one_length(makers, length, n_rounds, partial(_telling, tell, name))
        aim = Aim(most=1.05, bar=1.10)
        yield compared(found, OURS, THEIRS, aim, what=f"{OURS} / torch's own, {name}")


def with_weights(
    tell: Tell, *, length: int = 1536, d_model: int = 256, n_heads: int = 8, n_rounds: int = 9
) -> Iterator[Row]:
    """Compare both modules where the weights of each head are to be returned: time and memory."""
    what = f"{OURS} / torch's own, with weights"
    makers = {
        who: reading(module, d_model, return_weights=True)
        for who, module in layers(d_model, n_heads).items()
    }
    found = _one_length(makers, length, n_rounds, partial(_telling, tell, "with weights"))
    yield compared(found, OURS, THEIRS, Aim(most=1.10), what=what)
    tell("the memory of the weights")
    peaks = {who: peak_bytes(makers[who](length)) / MIB for who in (OURS, THEIRS)}
    yield Row(
        what=f"{what}: peak",
        words=f"{length:,}",
        value=peaks[OURS] / peaks[THEIRS],
        aim=Aim(most=1.10),
        parts=peaks,
        unit="MiB",
    )


def core_rate(
    tell: Tell,
    *,
    lengths: Iterable[int] = (2048, 4096),
    d_heads: Iterable[int] = (32, 64),
    n_rounds: int = 5,
) -> Iterator[Row]:
    """Hold the arithmetic rate of torch's fused attention against that of matrix products.

    The rate of attention is the arithmetic of its two products, 4 · length² · d_head for each of 8
    heads as ``flops`` counts it, over its whole time, softmax and all; not causal, so that nothing
    that is counted is left out. Beside it, in the same rounds on the same core, run three matrix
    products with as much arithmetic: both of attention's own, in tiles that fit into the cache,
    and a square one (see ``products``). Whichever has the highest rate stands for what the core
    can do. Softmax costs a score the same whatever d_head is, so a larger one is the easier.
    """
    for d_head in d_heads:
        makers = {"SDPA": forth(CORES["SDPA"], d_head=d_head), **products(d_head)}
        for length in lengths:
            counts = {name: flops(make(length)) for name, make in makers.items()}
            found = _one_length(
                makers, length, n_rounds, partial(_telling, tell, f"d_head {d_head}")
            )
            yield _rates(found, counts, f"rate of SDPA, d_head {d_head}")


def _rates(found: Sweep, counts: Mapping[str, int], what: str) -> Row:
    (length,) = found.lengths
    rates = {name: counts[name] / found.minimum_ms(name)[0] / 1e6 for name in found.names}
    ours, *others = found.names
    best = max(others, key=lambda name: rates[name])
    return Row(
        what=f"{what} / {best}",
        words=f"{length:,}",
        value=counts[ours] / counts[best] / found.ratio(ours, best, length),
        aim=Aim(least=0.70),
        parts={name: rates[name] for name in (ours, best)},
        unit="GFlop/s",
    )


def against_causal(tell: Tell, *, length: int, n_rounds: int) -> Iterator[Row]:
    """Compare whatever has an aim at this length with torch's dense causal attention."""
    aims = {name: at[length] for name, at in CAUSAL_AIMS.items() if length in at}
    makers = {name: forth(CORES[name]) for name in ("causal SDPA", *aims)}
    found = _one_length(makers, length, n_rounds, tell)
    for name, most in aims.items():
        yield compared(found, name, "causal SDPA", Aim(most=most))


def unmasked(tell: Tell, *, length: int = 4096, n_rounds: int = 7) -> Iterator[Row]:
    """Compare attention in tiles that can be read with torch's, which is one fused kernel."""
    makers = {name: forth(CORES[name]) for name in ("SDPA", "tiled")}
    found = _one_length(makers, length, n_rounds, tell)
    yield compared(found, "tiled", "SDPA", Aim(most=1.8))


def there_and_back(tell: Tell, *, length: int = 4096, n_rounds: int = 7) -> Iterator[Row]:
    """Compare outputs and gradients together."""
    ours, theirs = "dilated from 256", "causal SDPA"
    makers = {name: forth_and_back(CORES[name]) for name in (theirs, ours)}
    found = _one_length(makers, length, n_rounds, tell)
    yield compared(found, ours, theirs, Aim(most=0.50), what=f"{ours} / {theirs}, and back")


def growth(
    tell: Tell, *, lengths: Sequence[int] = (8192, 16384, 32768, 65536, 131072), n_rounds: int = 5
) -> Iterator[Row]:
    """Fit how the time of dilated attention grows with the length."""
    name = "dilated from 256"
    makers = {name: forth(CORES[name])}
    found = sweep(makers, lengths, n_rounds=n_rounds, budget_s=BUDGET_S, tell=tell)
    fitted = found.exponent(name)
    shortest, *_, longest = found.lengths
    yield Row(
        what=f"{name}: exponent of its time",
        words=f"{shortest:,} to {longest:,}",
        value=fitted,
        aim=Aim(0.95, 1.10),
        parts={"low": fitted.low, "high": fitted.high},
        unit="(95 %)",
    )


def dilated_memory(tell: Tell, *, length: int = 16384) -> Iterator[Row]:
    """Hold the most memory that dilated attention needs against the bytes of its queries."""
    queries = heads(length)[0].nbytes
    for name in ("dilated from 256", "dilated from 2048"):
        tell(f"the memory of {name}")
        peak = peak_bytes(forth(CORES[name])(length))
        yield Row(
            what=f"{name}: peak / its queries",
            words=f"{length:,}",
            value=peak / queries,
            aim=Aim(most=3.0),
            parts={"peak": peak / MIB, "queries": queries / MIB},
            unit="MiB",
        )


def tiled_memory(tell: Tell, *, length: int = 4096) -> Iterator[Row]:
    """Measure the most memory that tiled attention needs, its result included."""
    result = heads(length)[0].nbytes
    for name in ("tiled", "causal tiled"):
        tell(f"the memory of {name}")
        peak = peak_bytes(forth(CORES[name])(length))
        yield Row(
            what=f"{name}: peak, MiB",
            words=f"{length:,}",
            value=peak / MIB,
            aim=Aim(most=25.0),
            parts={"peak": peak / MIB, "result": result / MIB},
            unit="MiB",
        )


def contests(*, is_long: bool) -> list[list[Contest]]:
    """List all contests; those of one list belong together."""
    at = partial(partial, against_causal)
    longer: list[Contest] = [
        at(length=8192, n_rounds=5),
        partial(unmasked, length=8192, n_rounds=5),
        at(length=65536, n_rounds=2),
    ]
    return [
        [whole_layer, with_weights],
        [core_rate],
        [at(length=4096, n_rounds=9), unmasked, there_and_back, at(length=16384, n_rounds=5)],
        longer if is_long else [],
        [growth],
        [dilated_memory, tiled_memory],
    ]


def _one_length(makers: Mapping[str, Maker], length: int, n_rounds: int, tell: Tell) -> Sweep:
    return sweep(makers, [length], n_rounds=n_rounds, budget_s=BUDGET_S, tell=tell)


def _telling(tell: Tell, name: str, text: str) -> None:
    tell(f"{name}, {text}")
