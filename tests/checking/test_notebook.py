"""What a learner sees of a check: plain text beside HTML, both complete."""

import re
from html import unescape

import pytest
from IPython.utils.capture import capture_output

from course_lib.checking import notebook, panel
from course_lib.checking.notebook import check, hint, progress, solution
from course_lib.checking.progress_table import standings
from course_lib.checking.registry import all_exercises


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


def test_a_verdict_is_a_status_with_a_name_for_who_cannot_see_it(shown):
    _, html = shown(check, "scaled_scores", unscaled)
    assert html.startswith('<div role="status" aria-label="scaled_scores – incorrect: no scale"')


def test_the_last_green_check_of_a_lesson_leads_to_the_next(shown):
    text, _ = shown(check, "scaled_scores", right)
    assert "On to" not in text
    text, html = shown(check, "raw_scores", unscaled)
    assert text.splitlines()[2] == "All of lesson 03. On to lesson 04: notebooks/04_softmax.ipynb"
    assert 'All of lesson 03. <a href="../notebooks/04_softmax.ipynb">On to lesson 04</a>' in html
    assert "On to" not in shown(check, "scaled_scores", unscaled)[0]


def test_after_the_last_lesson_there_is_none_to_go_on_to(shown, monkeypatch):
    monkeypatch.setattr(notebook, "after", lambda name: None)
    shown(check, "scaled_scores", right)
    assert "On to" not in shown(check, "raw_scores", unscaled)[0]


def test_a_mistake_that_is_not_known_is_answered_with_the_hint(shown):
    text, _ = shown(check, "scaled_scores", lambda queries, keys: queries @ keys.T + 7)
    assert text.endswith('\nhint("scaled_scores") may help.')
    for known in (unscaled, right, stub):
        assert "may help" not in shown(check, "scaled_scores", known)[0]


# --- without a name


def test_a_function_names_its_own_exercise(shown, shell):
    def scaled_scores(queries, keys):
        return queries @ keys.T

    assert shown(check, scaled_scores)[0].startswith("✗ scaled_scores – incorrect: no scale\n")
    assert "scaled_scores, hint 2 of 3" in shown(hint, scaled_scores, 2)[0]
    assert "def scaled_scores(" in shown(solution, scaled_scores)[0]
    assert "expected the name of an exercise" in shown(check, unscaled)[0]


@pytest.mark.parametrize("folder", ["exercises", "notebooks", "somewhere/else"])
def test_without_a_name_the_next_exercise_of_this_notebook_is_meant(
    shown, shell, monkeypatch, folder
):
    monkeypatch.setenv("JPY_SESSION_NAME", f"/home/me/{folder}/03_scores.ipynb")
    assert "raw_scores, hint 1" in shown(hint)[0]
    assert "nothing is called raw_scores here yet" in shown(check)[0]
    shell.user_ns |= {"raw_scores": unscaled, "scaled_scores": right}
    assert shown(check)[0].startswith("✓ raw_scores")
    assert "scaled_scores, hint 1" in shown(hint)[0]
    assert shown(check)[0].startswith("✓ scaled_scores")
    assert "def scaled_scores(" in shown(solution)[0]  # all are done: the last one


def test_where_the_file_has_no_name_what_was_defined_tells_the_lesson(shown, shell, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert "dot_product, hint 1" in shown(hint)[0]
    shell.user_ns["scaled_scores"] = right
    assert "raw_scores, hint 1" in shown(hint)[0]


def test_a_name_like_no_other_is_answered_with_those_of_this_lesson(shown, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/exercises/03_scores.ipynb")
    text, _ = shown(hint, "typo")
    assert text.endswith("This lesson has: raw_scores, scaled_scores.")


# --- which function was judged


@pytest.fixture
def run(shell):
    """Run cells; return what the last one displays as text."""

    def call(*cells):
        for cell in cells:
            with capture_output() as captured:
                shell.run_cell(cell, store_history=True)
        return captured.outputs[-1].data["text/plain"]

    shell.run_cell("from course_lib import check", store_history=True)
    return call


DEFINED = "def scaled_scores(queries, keys):\n    return queries @ keys.T"
CHECK = "check('scaled_scores', scaled_scores)"


@pytest.mark.parametrize(
    "failing",
    [
        DEFINED + " / (",
        "nothing\n" + DEFINED,
        "@nothing\n" + DEFINED,
    ],
)
def test_a_newer_cell_that_failed_is_named_with_its_number(run, failing):
    said = run(DEFINED, failing, CHECK)
    assert "This judges the scaled_scores of cell [2]. Cell [3] defines it anew, but" in said
    assert "no scale" in said
    assert "This judges" not in run(DEFINED, CHECK)


def test_a_newer_cell_with_a_name_almost_like_it_is_named(run):
    renamed = DEFINED.replace("scaled_scores", "scaled_score") + " / queries.shape[-1] ** 0.5"
    said = run(DEFINED, "x = 1", renamed, CHECK)
    assert "of cell [2]. Cell [4] defines scaled_score: should that be called scaled_sc" in said


@pytest.mark.parametrize(
    "between",
    [
        "def softmax(scores, axis):\n    return scores",  # another exercise's name
        "def helper(queries, keys):\n    return keys",
        "def scaled_scores_of(queries):\n    return queries",  # takes something else
        "class Own:\n    def scaled_scores(self, queries, keys):\n        pass",
        "older = scaled_scores",
        DEFINED + "\nnothing",  # it failed after it had defined it
        "x = (",
    ],
)
def test_cells_that_say_nothing_of_the_function_change_no_verdict(run, between):
    assert "This judges" not in run(DEFINED, between, CHECK)


def test_an_older_function_that_is_named_is_judged_without_a_word(run):
    said = run(DEFINED, "mine = scaled_scores", DEFINED + " * 2", "check('scaled_scores', mine)")
    assert "This judges" not in said


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
    title, sum_, link, head, *_ = text.splitlines()
    assert (title, sum_) == (
        "→ your progress",
        f"1 of {len(all_exercises())} exercises done; next: dot_product (lesson 00)",
    )
    assert link == "Open dot_product: exercises/00_start_here.ipynb"
    assert '<a href="../exercises/00_start_here.ipynb">Open dot_product</a>' in html
    assert head.split() == ["lesson", "exercise", "state", "attempts"]
    assert "✓ correct" in text
    assert "✓ correct" in html


# --- outside a notebook


def test_outside_a_notebook_the_text_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(panel, "get_ipython", lambda: None)
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
