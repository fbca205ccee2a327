import pytest
import torch

from course_lib.measuring import Rounds, Timing
from course_lib.running import benchmarks


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(benchmarks, "SEQ_LEN", 5)
    monkeypatch.setattr(benchmarks, "D_MODEL", 8)
    monkeypatch.setattr(benchmarks, "N_HEADS", 2)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("wrap", [benchmarks.forward, benchmarks.there_and_back])
def test_both_modules_compute_the_same(wrap):
    found = {}

    def noting(module, x):
        call = wrap(module, x)
        found[type(module).__name__] = call()
        return call

    rounds = benchmarks.compare(noting, n_rounds=2)
    assert [timing.name for timing in rounds.timings] == [benchmarks.THEIRS, benchmarks.OURS]
    assert [len(timing.seconds) for timing in rounds.timings] == [2, 2]
    outputs = [one if isinstance(one, torch.Tensor) else one[0] for one in found.values()]
    torch.testing.assert_close(*outputs)
    assert not outputs[0].requires_grad


@pytest.mark.parametrize(
    ("ratio", "word"), [(0.9, ": reached"), (1.07, "within the bar"), (1.2, ": missed")]
)
def test_the_verdict_says_how_a_ratio_stands_to_aim_and_bar(ratio, word):
    said = benchmarks.verdict(ratio)
    assert said.startswith("aim 1.05, bar 1.10")
    assert said.endswith(word)


def test_the_report_has_the_provenance_the_sizes_and_both_ratios(monkeypatch, capsys):
    rounds = Rounds((Timing(benchmarks.THEIRS, (1.0,)), Timing(benchmarks.OURS, (1.02,))))
    monkeypatch.setattr(benchmarks, "compare", lambda wrap: rounds)
    assert benchmarks.run_all() == 0
    said = capsys.readouterr().out
    for part in (torch.__version__, "seq_len 2048, d_model 256, n_heads 8", "1.02", "reached"):
        assert part in said
    assert said.index("\nforward\n") < said.index("\nforward and backward\n")
