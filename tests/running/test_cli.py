import subprocess
import sys

import pytest
from click.testing import CliRunner

from course_lib.errors import CourseError
from course_lib.running.cli import SECTIONS, course


@pytest.fixture
def call(monkeypatch):
    """Run a verb; the function behind it notes how it was called and returns `answer`."""

    def run(words, behind=None, answer=0):
        calls = []

        def note(*arguments, **options):
            calls.append((arguments, options))
            if isinstance(answer, Exception):
                raise answer
            return answer

        if behind:
            monkeypatch.setattr(behind, note)
        return CliRunner().invoke(course, words, prog_name="course.py"), calls

    return run


def test_help_lists_every_verb_under_whom_it_is_for(call):
    result, _ = call(["--help"])
    positions = [result.output.index(f"{title}:") for title in SECTIONS]
    assert positions == sorted(positions)
    assert {name for names in SECTIONS.values() for name in names} == set(course.commands)
    for name in course.commands:
        assert f"\n  {name} " in result.output


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from course_lib.running.cli import course\n"
        "try: course(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'matplotlib', 'IPython', 'jupyterlab', 'rich', 'jupytext'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_lab_passes_its_options_on(call):
    words = ["lab", "--no-browser", "--port", "8899", "--fresh", "03", "--fresh", "04"]
    result, calls = call(words, "course_lib.running.lab.open_lab", answer=7)
    assert calls == [((), {"port": 8899, "browser": False, "fresh": ("03", "04")})]
    assert result.exit_code == 7


def test_test_passes_everything_behind_it_on_to_pytest(call):
    words = ["test", "-x", "-k", "scores and not lab", "--maxfail=2"]
    result, calls = call(words, "course_lib.running.testing.run_all", answer=1)
    assert calls == [((("-x", "-k", "scores and not lab", "--maxfail=2"),), {})]
    assert result.exit_code == 1


def test_build_takes_lessons_and_check(call):
    _, calls = call(["build", "03", "04", "--check"], "course_lib.authoring.build.build")
    assert calls == [((("03", "04"),), {"check": True})]


def test_bench_measures_and_ends_with_its_verdict(call):
    result, calls = call(["bench"], "course_lib.running.benchmarks.run_all", answer=0)
    assert result.exit_code == 0
    assert calls == [((), {"save": None, "is_long": False})]


def test_bench_passes_on_where_to_save_and_how_long(call, tmp_path):
    file = tmp_path / "bench.json"
    words = ["bench", "--long", "--save", str(file)]
    _, calls = call(words, "course_lib.running.benchmarks.run_all")
    assert calls == [((), {"save": file, "is_long": True})]


def test_record_takes_the_names_of_studies(call):
    words = ["record", "matrix products", "plain and fused"]
    result, calls = call(words, "course_lib.running.recording.run_all", answer=0)
    assert result.exit_code == 0
    assert calls == [((("matrix products", "plain and fused"),), {})]


def test_record_names_the_studies_where_it_knows_none_of_that_name(call):
    result, _ = call(["record", "matrices"])
    assert result.exit_code == 1
    assert "got 'matrices'" in result.output
    assert '"matrix products"' in result.output
    assert "Traceback" not in result.output


def test_doctor_ends_with_its_verdict(call):
    result, calls = call(["doctor"], "course_lib.running.doctor.report", answer=1)
    assert result.exit_code == 1
    assert len(calls) == 1


def test_progress_shows_what_the_notebook_shows(call):
    result, _ = call(["progress"], "course_lib.checking.progress_table.as_text", answer="03 done")
    assert result.output == "03 done\n"


def test_an_error_of_the_course_is_one_clean_message(call):
    error = CourseError("There is no lesson 99; try 03.")
    result, _ = call(["lab"], "course_lib.running.lab.open_lab", answer=error)
    assert result.exit_code == 1
    assert "There is no lesson 99; try 03." in result.output
    assert "Traceback" not in result.output


def test_an_unknown_verb_is_refused_with_the_way_to_help(call):
    result, _ = call(["lap"])
    assert result.exit_code == 2
    assert "--help" in result.output
