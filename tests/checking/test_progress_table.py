import pytest

from course_lib.checking import registry
from course_lib.checking.progress_table import Standing, as_text, standings
from course_lib.storage import remember


@pytest.fixture(autouse=True)
def two_exercises(offer, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    first, second = offer(), offer(name="second", lesson="01")
    monkeypatch.setattr(registry, "all_exercises", lambda: None)
    monkeypatch.setattr(
        "course_lib.checking.progress_table.all_exercises",
        lambda: {"shares": first, "second": second},
    )


def tried(*statuses, name="shares"):
    for status in statuses:
        remember("check", name, status=status, mistake=None)


def test_a_new_learner_stands_at_the_beginning():
    assert standings() == (
        [
            Standing("00", "shares", "not attempted", 0),
            Standing("01", "second", "not attempted", 0),
        ],
        None,
    )


@pytest.mark.parametrize(
    ("statuses", "state", "attempts"),
    [
        (["incorrect", "error"], "error", 2),
        (["incorrect", "correct"], "correct", 2),
        (["correct", "incorrect"], "correct", 2),
        (["incorrect", "not attempted"], "incorrect", 1),
        (["not attempted"], "not attempted", 0),
        (["timed out"], "timed out", 1),
    ],
)
def test_the_best_state_counts_and_a_stub_is_no_attempt(statuses, state, attempts):
    tried(*statuses)
    first, second = standings()[0]
    assert (first.state, first.attempts) == (state, attempts)
    assert (second.state, second.attempts) == ("not attempted", 0)


def test_predictions_and_foreign_exercises_do_not_count():
    remember("prediction", "shares", choice="a", when="before")
    tried("correct", name="from another course")
    assert [row.attempts for row in standings()[0]] == [0, 0]


def test_an_entry_that_another_version_wrote_does_not_break_the_table():
    remember("check", "shares")
    remember("check", "shares", status=["odd"])
    remember("check", "shares", status="almost")
    assert "? almost" in as_text()


def test_the_sum_and_what_comes_next_stand_first():
    text = as_text()
    sum_, head, first, _ = text.splitlines()
    assert head.split() == ["lesson", "exercise", "state", "attempts"]
    assert first.split()[:2] == ["00", "shares"]
    assert sum_ == "0 of 2 exercises done; next: shares (lesson 00)"
    tried("correct")
    assert "next: second (lesson 01)" in as_text()
    tried("correct", name="second")
    assert as_text().startswith("2 of 2 exercises done\n")


def test_its_columns_stand_under_each_other():
    tried("incorrect")
    _, _, first, second = as_text().splitlines()
    assert first.index("incorrect") == second.index("not attempted")
    assert len(first) == len(second)


def test_what_there_is_to_say_about_the_file_stands_below(tmp_path):
    tried("correct")
    (tmp_path / "home" / "progress.jsonl").write_text("nonsense\n", encoding="utf-8")
    assert "could not be read" in as_text().splitlines()[-1]
