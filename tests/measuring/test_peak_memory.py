import numpy as np
import pytest

from course_lib.errors import UnknownNameError
from course_lib.measuring import Peaks, Provenance, Sweep, Timing, measure_peaks, peak_memory

MIB = 2**20
FOUND = Peaks({"plain": {512: 20 * MIB, 256: 5 * MIB}, "a longer name": {512: MIB // 2}})


def test_lengths_come_in_order_and_amounts_in_mib():
    assert FOUND.lengths == FOUND.lengths_of("plain") == [256, 512]
    assert FOUND.mib("plain") == [5, 20]
    assert (FOUND.lengths_of("a longer name"), FOUND.mib("a longer name")) == ([512], [0.5])


def test_the_table_has_a_dash_where_nothing_was_measured():
    head, first, second, last = str(FOUND).splitlines()
    assert head.split() == ["length", "plain", "a", "longer", "name"]
    assert first.split() == ["256", "5.0", "MiB", "–"]
    assert second.split() == ["512", "20.0", "MiB", "0.5", "MiB"]
    assert len(head) == len(first) == len(second)
    assert "peak memory" in last


def test_an_unknown_method_is_refused_and_the_known_ones_named():
    with pytest.raises(UnknownNameError, match=r"got 'tiled'\. There are plain, a longer name"):
        FOUND.mib("tiled")


def test_each_method_is_measured_at_its_own_lengths_on_the_device(monkeypatch):
    asked = []

    def noting(run, *, device):
        asked.append((*run(), device))
        return 100 * len(asked)

    monkeypatch.setattr(peak_memory, "peak_bytes", noting)
    makers = {name: (lambda n, name=name: lambda: (name, n)) for name in "abc"}
    found = measure_peaks(makers, {"a": [7, 5], "c": [5]}, device="cuda")
    assert asked == [("a", 5, "cuda"), ("a", 7, "cuda"), ("c", 5, "cuda")]
    assert found.most == {"a": {5: 100, 7: 200}, "c": {5: 300}}


def test_an_array_of_known_size_is_found():
    makers = {"ones": lambda mib: lambda: np.ones(mib * MIB // 8)}
    assert measure_peaks(makers, {"ones": [48]}).mib("ones") == [pytest.approx(48, abs=1)]


def test_a_sweep_saves_shows_and_loads_them_and_does_without(tmp_path):
    told = Provenance.of_this_run(dtype="float32", shapes="(n,)", repeats="2", command="c")
    timings = {"plain": {256: Timing("plain", (0.1, 0.2))}}
    for memory in (FOUND, None):
        sweep = Sweep(timings, {}, 9, told, memory)
        sweep.save(tmp_path / "sweep.json")
        assert Sweep.load(tmp_path / "sweep.json") == sweep
        assert ("peak" in (tmp_path / "sweep.json").read_text("utf-8")) == bool(memory)
        assert str(sweep).endswith(str(FOUND)) == bool(memory)
