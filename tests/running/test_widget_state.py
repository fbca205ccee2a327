import json
from types import SimpleNamespace

import pytest

from course_lib.running.widget_state import STATE, VIEW, keep_widget_state

LAYOUT = {"model_name": "LayoutModel", "state": {}}
ANSWERED = {"model_name": "AnyModel", "state": {"chosen": [1], "layout": "IPY_MODEL_layout"}}


def notebook(*model_ids, **states):
    outputs = [
        {"output_type": "display_data", "data": {VIEW: {"model_id": it}, "text/plain": "(a)"}}
        for it in model_ids
    ]
    metadata = {"widgets": {STATE: {"version_major": 2, "version_minor": 0, "state": states}}}
    return {"cells": [{"outputs": outputs}, {"source": "prose"}], "metadata": metadata}


@pytest.fixture
def save(tmp_path):
    """Return a function that saves a notebook as JupyterLab does, and returns what is saved."""

    def as_notebook(content):
        manager = SimpleNamespace(root_dir=str(tmp_path))
        model = {"type": "notebook", "content": json.loads(json.dumps(content))}
        keep_widget_state(model=model, path="/it.ipynb", contents_manager=manager)
        (tmp_path / "it.ipynb").write_text(json.dumps(model["content"]), encoding="utf-8")
        return model["content"]

    return as_notebook


def states(saved):
    return saved["metadata"]["widgets"][STATE]["state"]


def views(saved):
    return [VIEW in output["data"] for output in saved["cells"][0]["outputs"]]


def test_what_no_kernel_holds_any_more_is_kept_with_all_it_refers_to(save):
    save(notebook("asked", asked=ANSWERED, layout=LAYOUT))
    for _ in range(2):  # the next evening, and the one after
        saved = save(notebook("asked"))
        assert states(saved) == {"asked": ANSWERED, "layout": LAYOUT}
        assert views(saved) == [True]


def test_what_a_kernel_holds_is_saved_as_it_is_now(save):
    now = {**ANSWERED, "state": {"chosen": [0]}}
    save(notebook("asked", asked=ANSWERED))
    assert states(save(notebook("asked", asked=now))) == {"asked": now}


def test_what_no_output_shows_any_more_is_forgotten(save):
    save(notebook("asked", asked=ANSWERED, layout=LAYOUT))
    assert states(save(notebook())) == {}


def test_a_view_of_which_nothing_is_known_gives_way_to_its_text(save):
    saved = save(notebook("lost", "asked", asked=ANSWERED))
    assert views(saved) == [False, True]
    assert saved["cells"][0]["outputs"][0]["data"] == {"text/plain": "(a)"}


def test_a_notebook_without_views_and_a_file_that_is_none_are_saved(save, tmp_path):
    (tmp_path / "it.ipynb").write_text("half a not", encoding="utf-8")
    plain = {"cells": [{"source": "prose"}], "metadata": {}}
    assert save(plain)["cells"] == plain["cells"]
    text = {"type": "file", "content": "words"}
    keep_widget_state(model=text, path="it.md", contents_manager=None)
    assert text == {"type": "file", "content": "words"}
