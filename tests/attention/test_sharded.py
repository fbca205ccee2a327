"""One process over the whole sequence is the witness; `workers` is what each process does."""

import re
from itertools import product

import pytest
import torch
import workers

from course_lib.attention.processes import run_on_processes
from course_lib.attention.sharded import gather_attention, ring_attention
from course_lib.attention.traffic import sharded_bytes
from course_lib.errors import CourseError

N_PROCESSES = 4
both_ways = pytest.mark.parametrize("way", ["gather", "ring"])


@pytest.fixture(scope="module")
def reports():
    """Start the processes once; each of them tries everything."""
    return run_on_processes(workers.try_everything, N_PROCESSES, limit_s=120.0)


@pytest.mark.slow
def test_each_slice_of_outputs_and_gradients_is_that_of_one_process(reports):
    for report in reports:
        assert len(report["differences"]) == 2**5
        for tried, differences in report["differences"].items():
            assert max(differences) < (1e-10 if "float64" in tried else 1e-5), tried


@pytest.mark.slow
def test_scores_up_to_ten_thousand_do_no_harm(reports):
    for report in reports:
        assert len(report["large scores"]) == 4
        for tried, (outputs, *gradients) in report["large scores"].items():
            assert outputs < 1e-9, tried
            assert max(gradients) < 1e-7, tried


@pytest.mark.slow
@both_ways
def test_as_many_bytes_are_sent_as_the_formula_says(reports, way):
    seq_len = N_PROCESSES * workers.SLICE
    formula = 2 * sharded_bytes(seq_len, N_PROCESSES, n_heads=3, d_head=workers.D_HEAD)  # 2 texts
    for report in reports:
        for causal in workers.CAUSAL:
            assert report["bytes"][way, causal] == (formula, 2 * formula)


@pytest.mark.slow
@both_ways
def test_halves_travel_as_halves_and_their_gradients_in_float32(reports, way):
    seq_len, sizes = N_PROCESSES * workers.SLICE, {"n_heads": 3, "d_head": workers.D_HEAD}
    formula = 2 * sharded_bytes(seq_len, N_PROCESSES, **sizes, bytes_per_number=2)
    for report in reports:
        for causal in workers.CAUSAL:
            assert report["bytes of halves"][way, causal] == (formula, 3 * formula)


@pytest.mark.slow
@both_ways
def test_halves_lose_no_more_digits_than_in_torchs_own(reports, way):
    for report in reports:
        for dtype, causal in product(("bfloat16", "float16"), workers.CAUSAL):
            outputs, *gradients = report["halves"][way, dtype, causal]
            own_outputs, *own_gradients = report["halves"]["own", dtype, causal]
            assert outputs <= 1.5 * own_outputs
            assert all(x <= 2 * y for x, y in zip(gradients, own_gradients, strict=True))


@pytest.mark.slow
@both_ways
def test_autocast_does_what_casting_by_hand_does(reports, way):
    assert [report["autocast"][way] for report in reports] == [("torch.bfloat16", True)] * 4


@pytest.mark.slow
@both_ways
def test_changing_the_future_leaves_the_past_alone(reports, way):
    *past, last = (report["past"][way] for report in reports)
    assert past == [0.0] * (N_PROCESSES - 1)
    assert last > 1


@pytest.mark.slow
@both_ways
def test_gradients_go_to_those_who_want_them(reports, way):
    assert max(report["values only"][way] for report in reports) < 1e-10
    assert [report["no gradients"] for report in reports] == [[False, False]] * N_PROCESSES


@pytest.mark.slow
def test_a_second_derivative_is_refused_rather_than_wrong(reports):
    for report in reports:
        for name, said in report["twice"]:
            assert name == "CourseError"
            assert "create_graph=True" in said


@pytest.mark.slow
def test_the_ring_shows_every_slice_and_holds_two_beside_its_own(reports):
    for rank, report in enumerate(reports):
        assert report["held"]["ring"] == ([(rank - i) % 4 for i in range(4)], True, 2)


@pytest.mark.slow
def test_gathering_holds_every_slice_at_once(reports):
    for report in reports:
        assert report["held"]["gather"] == ([0, 1, 2, 3], True, 4)


@pytest.mark.slow
@both_ways
@pytest.mark.parametrize(
    ("misfit", "named"),
    [
        ("unequal", r"every process.*\(1, 2, 3, 4\).*process 0.*\(1, 2, 4, 4\).*process 1\. Pad"),
        ("dtypes", r"dtype in every process.*float64 in process 0.*float32 in process 1"),
        ("flat", r"\(batch_size, n_heads, seq_len, d_head\).*\(3, 4\)"),
        ("short", r"as many queries as keys; got 3 and 5\. Cut all three"),
    ],
)
def test_slices_that_do_not_fit_are_named_in_every_process(reports, way, misfit, named):
    for report in reports:
        name, said = report["misfits"][misfit][list(workers.ATTENTIONS).index(way)]
        assert name == "ShapeError"
        assert re.search(named, said), said


@pytest.mark.parametrize("attend", [gather_attention, ring_attention])
def test_a_process_alone_is_told_how_to_become_several(attend):
    with pytest.raises(CourseError, match=r"without a process group.*run_on_processes.*torchrun"):
        attend(*[torch.zeros(1, 2, 3, 4)] * 3)
