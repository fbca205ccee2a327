"""What tests of widgets ask for: a home, a screen, and what was kept."""

import pytest

from course_lib.questions import prediction, quiz
from course_lib.storage import recall


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def screen(monkeypatch):
    """Return what is shown instead of showing it: pairs of a widget and its text."""
    shown = []
    for module in (prediction, quiz):
        monkeypatch.setattr(module, "show", lambda live, plain: shown.append((live, plain)))
    return shown


@pytest.fixture
def kept():
    """Return the events that were kept, newest last, as dictionaries without their time."""

    def read():
        return [{k: v for k, v in event.items() if k != "at"} for event in recall().events]

    return read
