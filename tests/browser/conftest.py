"""One JupyterLab on a fresh copy of the course, for all that is tried in a browser."""

import pytest
from browsing import ROOT
from serving import copy_of_course, jupyterlab


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    top = tmp_path_factory.mktemp("browser")
    with jupyterlab(copy_of_course(ROOT, top / "course"), top / "jupyter") as lab:
        yield lab


@pytest.fixture
def shown(opened):
    """Give a module's explorer as its lesson shows it; nothing may go wrong in its page.

    A module says with `opened` where its explorer is, and with `opened.beginning` how it begins.
    """
    opened.begin_again()
    yield opened
    assert not opened.heard, "\n".join(opened.heard)


@pytest.fixture(params=["Light", "Dark"])
def theme(request, shown):
    """Choose one of JupyterLab's themes; the next test finds the light one again."""
    shown.notebook.choose_theme(request.param)
    yield request.param.lower()
    shown.notebook.choose_theme("Light")


@pytest.fixture
def large(shown):
    """Show it at 200 %, which leaves half as many pixels each way."""
    before = shown.page.viewport_size
    shown.page.set_viewport_size({side: size // 2 for side, size in before.items()})
    yield shown
    shown.page.set_viewport_size(before)
