"""Keep in a saved notebook what JupyterLab knows of its live views.

JupyterLab saves only the views that a running kernel still holds. Whoever opens a lesson on the
next evening and lets it be saved before every cell has run again would find "model not found" on
the third one, where explorers and answered questions were.
"""

import json
import re
from pathlib import Path
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"

_REFERENCE = re.compile(r'"IPY_MODEL_([^"]+)"')
Known = dict[str, Any]  # a model's state, by its id


def keep_widget_state(
    *, model: dict[str, Any], path: str, contents_manager: Any, **_: object
) -> None:
    """Take over from the file what is about to be forgotten; a hook that runs before each save.

    A view of which nothing is known any more is taken out, so that its still twin is shown.
    """
    if model["type"] != "notebook":
        return
    notebook = model["content"]
    before = _states(_on_disk(Path(contents_manager.root_dir, path.strip("/"))))
    widgets = notebook["metadata"].setdefault("widgets", {})
    known = widgets.setdefault(STATE, {"version_major": 2, "version_minor": 0, "state": {}})[
        "state"
    ]
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    for data in [output.get("data", {}) for output in outputs]:
        if VIEW in data and not _take_over(data[VIEW]["model_id"], before, known):
            del data[VIEW]


def _take_over(model_id: str, before: Known, known: Known) -> bool:
    """Let a model be known, and whatever it refers to; return whether it is."""
    if model_id not in known and model_id in before:
        known[model_id] = before[model_id]
        for other in _REFERENCE.findall(json.dumps(before[model_id])):
            _take_over(other, before, known)
    return model_id in known


def _on_disk(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_bytes()))
    except (OSError, ValueError):  # new, or not a notebook yet
        return {}


def _states(notebook: dict[str, Any]) -> Known:
    return dict(notebook.get("metadata", {}).get("widgets", {}).get(STATE, {}).get("state", {}))
