import pytest
from click.testing import CliRunner

from course_lib.running.cli import course


@pytest.fixture
def call(monkeypatch):
    """Run a verb; the function behind it notes how it was called."""

    def run(words, behind):
        calls = []
        monkeypatch.setattr(behind, lambda *a, **options: calls.append((a, options)) or 0)
        return CliRunner().invoke(course, words, prog_name="course.py"), calls

    return run


def test_grade_passes_its_limits_on(call, tmp_path):
    words = ["grade", str(tmp_path), "--csv", "g.csv", "--workers", "3", "--seconds", "4"]
    words += ["--memory", "512", "--seed", "9"]
    result, [((folder,), options)] = call(words, "course_lib.teaching.grading.report.run_all")
    assert (result.exit_code, folder) == (0, tmp_path)
    assert (str(options["save"]), options["workers"], options["seed"]) == ("g.csv", 3, 9)
    assert (options["limits"].seconds, options["limits"].memory_mib) == (4, 512)


@pytest.mark.parametrize(("more", "every"), [([], 5), (["--every", "9"], 9), (["--once"], None)])
def test_board_looks_again_unless_it_is_told_not_to(call, tmp_path, more, every):
    words = ["board", str(tmp_path), *more]
    _, calls = call(words, "course_lib.teaching.board.showing.show")
    assert calls == [((tmp_path,), {"page": None, "every": every})]


def test_sharing_is_asked_for_with_a_nickname(call):
    words = ["progress", "--share", "folder", "--as", "Ada"]
    _, calls = call(words, "course_lib.storage.share_progress")
    assert calls == [(("Ada", "folder"), {})]
    _, calls = call(["progress", "--unshare"], "course_lib.storage.stop_sharing")
    assert calls == [((), {})]
    result, calls = call(words[:3], "course_lib.storage.share_progress")
    assert calls == []
    assert "expected --as NICKNAME beside --share" in result.output
