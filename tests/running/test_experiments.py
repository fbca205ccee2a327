import pytest
from click.testing import CliRunner

from course_lib.running import experiments
from course_lib.running.cli import course
from course_lib.running.experiments import batched


@pytest.fixture
def study(monkeypatch):
    asked = {"accuracy": ("≥ 0.9", lambda number: number >= 0.9)}

    def figures(seed):
        return {"accuracy": 1.0 if seed != 2 else 0.42, "seconds": 3.0}

    monkeypatch.setattr(experiments, "STUDIES", {"06": ("a study", figures, asked)})


def test_failures_are_shown_and_counted(study, capsys):
    assert experiments.run_all(("06",), seeds=range(4)) == 1
    shown = capsys.readouterr().out
    assert "seed 3" in shown
    assert "0.42" in shown
    assert "reached on 3 of 4 seeds" in shown


def test_all_studies_run_when_none_is_named_and_success_is_zero(study, capsys):
    assert experiments.run_all(seeds=[0, 1]) == 0
    assert "reached on 2 of 2 seeds" in capsys.readouterr().out


def test_the_verb_takes_lessons_and_seeds(monkeypatch):
    calls = []
    monkeypatch.setattr(
        experiments, "run_all", lambda *words, **options: calls.append((words, options))
    )
    CliRunner().invoke(course, ["experiments", "07", "--seeds", "3", "--first", "20"])
    assert calls == [((("07",),), {"seeds": range(20, 23)})]


def test_a_lesson_without_experiments_is_refused():
    result = CliRunner().invoke(course, ["experiments", "03"])
    assert result.exit_code == 2
    assert "06" in result.output


def test_many_seeds_are_shown_in_tables_that_a_narrow_terminal_holds():
    assert list(batched(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batched([], 3)) == []
