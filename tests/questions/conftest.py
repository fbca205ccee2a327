"""What tests of questions ask for: a home, a screen, what was kept, and what the page says."""

import pytest
from in_node import node, node_call

from course_lib.questions import prediction, quiz
from course_lib.storage import recall

__all__ = ["node", "node_call"]


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


@pytest.fixture
def line(node_call):
    """Return a function that gives the line that the page shows below one of a view's questions."""

    def below(live, place=0, *, is_alone=False):
        return node_call("questions.compute.mjs", "lineFor", live.get_state(), place, is_alone)

    return below
