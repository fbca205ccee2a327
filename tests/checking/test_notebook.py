"""What a learner sees of a check: plain text beside HTML, both complete."""

import re
from html import unescape

import pytest
from IPython.utils.capture import capture_output

from course_lib.checking import notebook
from course_lib.checking.notebook import check, hint, progress, solution
from course_lib.checking.registry import all_exercises
from course_lib.checking.standing import standings


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def shown(shell):
    """Return what one call displays: text and HTML."""

    def call(function, *args):
        with capture_output() as captured:
            assert function(*args) is None
        assert not captured.stdout
        (output,) = captured.outputs
        return output.data["text/plain"], output.data["text/html"]

    return call


def words(html):
    """Return the text of HTML without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", html))).strip()


def right(queries, keys):
    return queries @ keys.T / queries.shape[-1] ** 0.5


def unscaled(queries, keys):
    return queries @ keys.T


def stub(queries, keys):
    raise NotImplementedError


# --- check


@pytest.mark.parametrize(
    ("candidate", "beginning"),
    [
        (right, "✓ scaled_scores – correct\n"),
        (unscaled, "✗ scaled_scores – incorrect: no scale\n"),
        (stub, "○ scaled_scores – not attempted\n"),
        (None, "○ scaled_scores – not attempted\n"),
        (3, "! scaled_scores – error\n"),
    ],
)
def test_a_verdict_is_a_symbol_a_word_and_a_text(shown, candidate, beginning):
    text, html = shown(check, "scaled_scores", candidate)
    assert text.startswith(beginning)
    assert words(html) == re.sub(r"\s+", " ", text)


def test_the_learners_text_is_escaped(shown):
    def marked_up(queries, keys):
        raise ValueError("<img src=x onerror=alert(1)> & </div>")

    text, html = shown(check, "scaled_scores", marked_up)
    assert "<img src=x onerror=alert(1)> & </div>" in text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;/div&gt;" in html
    assert "<img" not in html


def test_every_check_is_kept_with_its_mistake(shown, home):
    shown(check, "scaled_scores", unscaled)
    shown(check, "scaled_scores", right)
    row = next(row for row in standings()[0] if row.exercise == "scaled_scores")
    assert (row.state, row.attempts) == ("correct", 2)
    assert '"mistake": "no scale"' in (home / "progress.jsonl").read_text(encoding="utf-8")


def test_where_nothing_can_be_written_the_check_works_and_says_so(shown, home):
    home.write_text("a file where the folder should be", encoding="utf-8")
    text, _ = shown(check, "scaled_scores", right)
    assert text.startswith("✓ scaled_scores – correct\n")
    assert "not kept" in text
    assert "COURSE_HOME" in text


@pytest.mark.parametrize("function", [check, hint, solution])
def test_a_misspelt_name_is_answered_kindly_and_not_kept(shown, home, function):
    text, html = shown(function, "scaled_score")
    assert "Did you mean 'scaled_scores'?" in text
    assert "Did you mean 'scaled_scores'?" in unescape(html)
    assert not home.exists()


def test_the_same_answer_gives_the_same_text(shown):
    assert shown(check, "scaled_scores", unscaled) == shown(check, "scaled_scores", unscaled)


# --- hint, solution, progress


def test_hints_come_one_after_the_other(shown):
    first, _ = shown(hint, "scaled_scores")
    assert "hint 1 of 3" in first
    assert 'hint("scaled_scores", 2)' in first
    last, _ = shown(hint, "scaled_scores", 3)
    assert "hint 3 of 3" in last
    assert "One more" not in last


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize("number", [0, 4, -1, "2", None, 1.5])
def test_a_hint_that_is_not_there_is_answered_with_those_that_are(shown, number):
    text, _ = shown(hint, "scaled_scores", number)
    assert f"hints 1 to 3; got {number!r}" in text


@pytest.mark.usefixtures("shapes_unchecked")
def test_a_whole_number_of_any_type_picks_a_hint(shown):
    assert "hint 2 of 3" in shown(hint, "scaled_scores", 2.0)[0]


def test_every_exercise_has_a_solution_and_it_is_shown_as_code(shown):
    for name in all_exercises():
        text, html = shown(solution, name)
        source = text.split("\n", 1)[1]
        assert source.startswith(f"def {name}(")
        assert source in unescape(html)
        assert "monospace" in html


def test_progress_is_a_table_in_both_views(shown):
    shown(check, "scaled_scores", right)
    text, html = shown(progress)
    assert "✓ correct" in text
    assert "lesson" in text
    assert words(html) == re.sub(r"\s+", " ", text)


# --- outside a notebook


def test_outside_a_notebook_the_text_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(notebook, "get_ipython", lambda: None)
    check("scaled_scores", right)
    assert capsys.readouterr().out.startswith("✓ scaled_scores – correct\n")


def test_in_a_cell_the_verdict_follows_what_was_printed(shell):
    cell = """
        from course_lib import check
        print("before")
        check("scaled_scores", lambda queries, keys: queries @ keys.T)
        """
    with capture_output() as captured:
        result = shell.run_cell(cell)
    assert result.success
    assert captured.stdout == "before\n"
    assert "no scale" in captured.outputs[0].data["text/plain"]
