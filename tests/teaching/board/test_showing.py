import pytest
from rich.console import Console

from course_lib.errors import CourseError
from course_lib.teaching.board import showing
from course_lib.teaching.board.reading import Board, Learner
from course_lib.teaching.board.showing import as_table, show

ADA = {"raw_scores": ("correct", 1), "scaled_scores": ("correct", 2)}
BO = {"raw_scores": ("correct", 1), "scaled_scores": ("incorrect", 2), "softmax": ("correct", 1)}


def drawn(board):
    console = Console(width=140, force_terminal=False)
    with console.capture() as capture:
        console.print(as_table(board))
    return capture.get()


def line_of(name, text):
    return next(line.split() for line in text.splitlines() if line.strip().startswith(name))


def test_a_lesson_shows_what_is_passed_tried_and_not_tried():
    text = drawn(Board([Learner("Ada", ADA), Learner("Bo", BO)], []))
    heading, ada, bo = (line_of(name, text) for name in ("learner", "Ada", "Bo"))
    column = heading.index("03")
    assert (ada[column], bo[column], bo[column + 1]) == ("✓", "1/2✗", "1/2")
    assert set(ada) == {"Ada", "✓", "·", "2"}
    assert (ada[-1], bo[-1]) == ("2", "2")


def test_a_nickname_is_no_markup_and_odd_files_are_named():
    text = drawn(Board([Learner("[red]x[/red]", {})], [f"{n}.json: odd" for n in range(12)]))
    assert "[red]x[/red]" in text
    assert "not shown: 9.json: odd" in text
    assert "and 2 more files that are not shown" in text


def test_where_nobody_watches_the_board_is_shown_once(tmp_path, capsys):
    assert show(tmp_path, every=1) == 0
    said = capsys.readouterr().out
    assert "0 learners" in said
    assert "Ctrl-C" not in said


def test_the_page_is_written_at_every_look_until_ctrl_c(tmp_path, monkeypatch):
    page, looks = tmp_path / "board.html", []

    def sleep(seconds):
        looks.append((seconds, page.read_text("utf-8")))
        page.unlink()
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(showing.time, "sleep", sleep)
    assert show(tmp_path, page=page, every=3) == 0
    assert [seconds for seconds, _ in looks] == [3, 3]
    assert all('content="3"' in text for _, text in looks)


def test_a_page_that_could_not_be_written_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"--html to name a file.*nowhere.*Make the folder"):
        show(tmp_path, page=tmp_path / "nowhere" / "board.html")
