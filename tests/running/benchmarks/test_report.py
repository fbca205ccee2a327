import json

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.running.benchmarks import report
from course_lib.running.benchmarks.rows import Aim, Row


@pytest.fixture
def contests(monkeypatch):
    """Pretend what is measured; return how it was asked for."""
    asked = []

    def ratio(tell):
        tell("something")
        yield Row("ours / theirs", "4,096", 0.5, Aim(most=0.4), {"ours": 1.0, "theirs": 2.0}, "ms")

    def memory(tell):
        yield Row("peak, MiB", "16", 3.0, Aim(most=25.0), {"peak": 3.0}, "MiB")

    def pretended(*, is_long):
        asked.append(is_long)
        return [[ratio], [], [memory]]

    monkeypatch.setattr(report, "contests", pretended)
    return asked


def test_one_table_has_every_figure_and_says_where_it_was_measured(contests, capsys):
    assert report.run_all() == 0
    said = capsys.readouterr().out
    assert torch.__version__ in said
    assert "float32" in said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "ours / theirs 4,096 0.500 ≤ 0.40 missed 1.00 : 2.00 ms" in lines
    assert "peak, MiB 16 3.000 ≤ 25.00 reached 3.00 MiB" in lines
    assert contests == [False]


def test_the_file_keeps_the_figures_and_their_provenance(contests, tmp_path, capsys):
    file = tmp_path / "bench.json"
    report.run_all(save=file, is_long=True)
    kept = json.loads(file.read_text("utf-8"))
    assert kept["provenance"]["command"] == "python3 course.py bench --long"
    for known in ("device", "torch", "dtype", "shapes", "repeats", "date"):
        assert kept["provenance"][known]
    assert [row["value"] for row in kept["rows"]] == [0.5, 3.0]
    assert [row["verdict"] for row in kept["rows"]] == ["missed", "reached"]
    assert kept["rows"][0]["parts"] == {"ours": 1.0, "theirs": 2.0}
    assert str(file) in capsys.readouterr().out.replace("\n", "")
    assert contests == [True]


def test_a_folder_that_is_not_there_is_noticed_before_anything_is_measured(contests, tmp_path):
    with pytest.raises(CourseError, match=r"folder that exists; got .*Make the folder"):
        report.run_all(save=tmp_path / "nowhere" / "bench.json")
    assert contests == []
