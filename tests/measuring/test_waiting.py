import io
from types import SimpleNamespace

import pytest

from course_lib.measuring import progress_line, waiting


class Terminal(io.StringIO):
    """A stream that keeps what it is given, and says that somebody watches."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(waiting, "sys", SimpleNamespace(stderr=stream, stdout=io.StringIO()))
    monkeypatch.setenv(waiting.SWITCH, "on")
    monkeypatch.setattr(waiting, "FIRST_AFTER_S", 0.0)
    monkeypatch.setattr(waiting, "AGAIN_AFTER_S", 0.0)
    return stream


def on_screen(text):
    """Return what is left to be seen of a line that was written over."""
    seen = ""
    for part in text.split("\r"):
        seen = part + seen[len(part) :]
    return seen.rstrip()


def test_the_line_is_written_over_and_goes_at_the_end(terminal):
    with progress_line() as tell:
        tell("a long text")
        assert on_screen(terminal.getvalue()) == "a long text"
        tell("short")
        assert on_screen(terminal.getvalue()) == "short"
    assert on_screen(terminal.getvalue()) == ""


def test_what_fails_leaves_no_line_behind(terminal):
    def fail():
        with progress_line() as tell:
            tell("measuring")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "measuring" in terminal.getvalue()
    assert on_screen(terminal.getvalue()) == ""


def test_what_is_short_shows_nothing(terminal, monkeypatch):
    monkeypatch.setattr(waiting, "FIRST_AFTER_S", 1000.0)
    with progress_line() as tell:
        tell("measuring")
    assert terminal.getvalue() == ""


def test_it_is_not_written_more_often_than_anybody_reads(terminal, monkeypatch):
    monkeypatch.setattr(waiting, "AGAIN_AFTER_S", 1000.0)
    with progress_line() as tell:
        tell("one")
        tell("two")
        assert on_screen(terminal.getvalue()) == "one"


def test_nothing_shows_where_output_is_kept(terminal, monkeypatch):
    monkeypatch.setenv(waiting.SWITCH, "off")
    with progress_line() as tell:
        tell("measuring")
    monkeypatch.setenv(waiting.SWITCH, "on")
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    with progress_line() as tell:
        tell("measuring")
    assert terminal.getvalue() == ""


def test_in_a_live_notebook_it_is_wiped_from_the_stream_that_print_goes_on_with(
    terminal, monkeypatch
):
    class OutStream(io.StringIO):
        pass

    OutStream.__module__ = "ipykernel.iostream"
    notebook = OutStream()
    monkeypatch.setattr(waiting.sys, "stdout", notebook)
    with progress_line() as tell:
        tell("measuring")
    print("the table", file=notebook)
    assert on_screen(notebook.getvalue().rstrip("\n")) == "the table"
    assert "measuring" in notebook.getvalue()
    assert terminal.getvalue() == ""
