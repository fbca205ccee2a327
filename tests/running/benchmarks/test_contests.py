"""No test here asserts a time: clocks are pretended, or figures are only asked for their kind."""

from functools import partial

import pytest

from course_lib.measuring import Exponent, Provenance, Sweep, Timing
from course_lib.running.benchmarks import contests
from course_lib.running.contestants import products


def ignore(text):
    pass


@pytest.fixture
def measured(monkeypatch):
    """Pretend the times, by method and length; return what was to be measured."""
    asked = []

    def pretend(seconds):
        def pretended_sweep(makers, lengths, *, n_rounds, budget_s, tell):
            tell("measuring")
            asked.append({"names": list(makers), "lengths": list(lengths), "n_rounds": n_rounds})
            timings = {
                name: {n: Timing(name, (seconds(name, n),) * n_rounds) for n in lengths}
                for name in makers
            }
            return Sweep(timings, {}, budget_s, Provenance.of_this_run())

        monkeypatch.setattr(contests, "sweep", pretended_sweep)
        return asked

    return pretend


def test_the_whole_layer_is_compared_with_torchs_own_forth_and_back(measured):
    measured(lambda name, n: 1.07 if name == "MultiHeadAttention" else 1.0)
    there, back = contests.whole_layer(ignore, length=5, d_model=6, n_heads=2)
    assert there.what == "MultiHeadAttention / torch's own, forward"
    assert back.what == "MultiHeadAttention / torch's own, forward and backward"
    assert there.value == pytest.approx(1.07)
    assert [row.aim.verdict(row.value) for row in (there, back)] == ["missed, within the bar"] * 2


def test_returned_weights_are_compared_in_time_and_in_memory(measured, monkeypatch):
    asked = measured(lambda name, n: 1.2 if name == "MultiHeadAttention" else 1.0)
    monkeypatch.setattr(contests, "peak_bytes", lambda run: sum(x.nbytes for x in run()))
    time, memory = contests.with_weights(ignore, length=5, d_model=6, n_heads=2)
    assert time.what == "MultiHeadAttention / torch's own, with weights"
    assert memory.what == "MultiHeadAttention / torch's own, with weights: peak"
    assert (time.value, memory.value) == (pytest.approx(1.2), 1.0)
    assert [row.aim.verdict(row.value) for row in (time, memory)] == ["missed", "reached"]
    n_bytes = 4 * (5 * 6 + 2 * 5 * 5)  # float32: the outputs, and one table of weights a head
    assert set(memory.parts.values()) == {n_bytes / 2**20}
    assert asked[0]["lengths"] == [5]


def test_the_rate_of_attention_is_held_against_the_best_product(measured, monkeypatch):
    monkeypatch.setattr(contests, "products", partial(products, side=64))
    times = {"SDPA": 2.0, "a square of 64": 1.6}
    measured(lambda name, n: times.get(name, 1.25 if name.startswith("AV") else 1.5))
    (row,) = contests.core_rate(ignore, lengths=[512], d_heads=[2])
    assert row.what == "rate of SDPA, d_head 2 / AV, 256 × 512"
    assert row.words == "512"
    operations = 4 * 512**2 * 2 * 8
    assert row.parts["SDPA"] == pytest.approx(operations / 2.0 / 1e9)
    assert row.parts["AV, 256 × 512"] == pytest.approx(operations / 1.25 / 1e9)
    assert row.value == pytest.approx(1.25 / 2)
    assert (str(row.aim), row.is_reached) == ("≥ 0.70", False)


def test_where_a_product_has_to_do_more_than_attention_it_is_the_rate_that_counts(measured):
    measured(lambda name, n: 1.0)
    (row,) = contests.core_rate(ignore, lengths=[8], d_heads=[2])
    best = next(name for name in row.parts if name != "SDPA")
    assert best == "a square of 1,024"  # one of them is the least that can be done
    assert row.value == pytest.approx(4 * 8**2 * 2 * 8 / (2 * 1024**3))


def test_everything_with_an_aim_at_a_length_runs_against_dense_attention_in_one_sweep(measured):
    asked = measured(lambda name, n: {"causal SDPA": 2.0}.get(name, 0.5))
    rows = list(contests.against_causal(ignore, length=16384, n_rounds=2))
    assert [row.what for row in rows] == [
        "dilated from 256 / causal SDPA",
        "dilated from 2048 / causal SDPA",
        "window 256 / causal SDPA",
    ]
    assert {row.value for row in rows} == {0.25}
    assert [str(row.aim) for row in rows] == ["≤ 0.11", "≤ 0.38", "≤ 0.06"]
    assert len(asked) == 1
    assert asked[0]["names"][0] == "causal SDPA"


def test_growth_is_fitted_over_the_lengths_that_were_measured(measured):
    measured(lambda name, n: 1e-6 * n**1.02)
    (row,) = contests.growth(ignore)
    assert isinstance(row.value, Exponent)
    assert row.value == pytest.approx(1.02)
    assert (row.words, row.is_reached) == ("8,192 to 131,072", True)
    assert list(row.parts) == ["low", "high"]


def test_unmasked_tiles_and_the_way_back_have_their_aims(measured):
    asked = measured(lambda name, n: 1.0)
    (tiled,) = contests.unmasked(ignore, length=8)
    (back,) = contests.there_and_back(ignore, length=8)
    assert (tiled.what, str(tiled.aim)) == ("tiled / SDPA", "≤ 1.80")
    assert (back.what, str(back.aim)) == ("dilated from 256 / causal SDPA, and back", "≤ 0.50")
    assert [one["names"] for one in asked] == [
        ["SDPA", "tiled"],
        ["causal SDPA", "dilated from 256"],
    ]


def test_peaks_are_held_against_the_queries_and_against_a_bound(monkeypatch):
    monkeypatch.setattr(contests, "peak_bytes", lambda run: 2 * run().nbytes)
    dilated = list(contests.dilated_memory(ignore, length=16))
    tiled = list(contests.tiled_memory(ignore, length=16))
    assert {row.value for row in dilated} == {2.0}
    assert {row.value for row in tiled} == {2 * 8 * 16 * 32 * 4 / 2**20}
    assert [row.what.partition(":")[0] for row in dilated + tiled] == [
        "dilated from 256",
        "dilated from 2048",
        "tiled",
        "causal tiled",
    ]


def test_what_really_runs_at_tiny_sizes_gives_figures(monkeypatch):
    monkeypatch.setattr(contests, "CAUSAL_AIMS", {"window 256": {16: 0.4}})
    told = []
    rows = [
        *contests.whole_layer(told.append, length=5, d_model=6, n_heads=2, n_rounds=2),
        *contests.with_weights(told.append, length=64, d_model=32, n_heads=2, n_rounds=2),
        *contests.core_rate(told.append, lengths=[8], d_heads=[2], n_rounds=2),
        *contests.against_causal(told.append, length=16, n_rounds=2),
        *contests.growth(told.append, lengths=[64, 128, 256], n_rounds=2),
        *contests.tiled_memory(told.append, length=512),
    ]
    assert len(rows) == 9
    assert all(row.value > -9 for row in rows)  # a figure, and not nan
    assert any(text.startswith("forward and backward, length 5") for text in told)


def test_the_long_run_measures_more_and_nothing_less():
    usual, long = (
        [str(contest) for group in contests.contests(is_long=is_long) for contest in group]
        for is_long in (False, True)
    )
    more = [contest for contest in long if contest not in usual]
    assert len(long) == len(usual) + len(more)
    assert sum("8192" in contest for contest in more) == 2
    assert sum("65536" in contest for contest in more) == 1
