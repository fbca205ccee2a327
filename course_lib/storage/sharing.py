"""What a learner on the board of a class shows there: a nickname and counts, no more.

One small file in a folder that the teacher reads: which exercise, its state, how many attempts; no
answer, no mistake, no time. Its name is drawn at random, so nobody else can tell whose it is.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib.storage.home import course_home

SETTING_NAME = "sharing.json"
FOR_ALL, FOR_ME = 0o644, 0o600  # who may read: the teacher is somebody else

Counts = dict[str, dict[str, Any]]  # exercise: its state and the attempts


def counts_of(events: Sequence[dict[str, Any]]) -> Counts:
    """Count each exercise's real attempts; "correct" stays, whatever was tried afterwards.

    Examples
    --------
    >>> checks = [("softmax", "correct"), ("softmax", "error"), ("embed", "not attempted")]
    >>> counts_of([{"kind": "check", "name": n, "status": s} for n, s in checks])
    {'softmax': {'state': 'correct', 'attempts': 2}}
    """
    counts: Counts = {}
    for event in events:
        status = str(event.get("status"))
        if event.get("kind") != "check" or status == "not attempted":
            continue
        so_far = counts.setdefault(event["name"], {"state": status, "attempts": 0})
        so_far["attempts"] += 1
        if so_far["state"] != "correct":
            so_far["state"] = status
    return counts


def tell_board(events: Sequence[dict[str, Any]]) -> str | None:
    """Bring what is shared up to date, if anything is; return what went wrong with it."""
    if (setting := sharing()) is None:
        return None
    try:
        shown = {"nickname": setting["nickname"], "exercises": counts_of(events)}
        write_whole(shared_file(setting), shown, FOR_ALL)
    except OSError as fault:
        return f"Your progress is kept, but the board could not be told: {fault.strerror}."
    return None


def sharing() -> dict[str, str] | None:
    """Read what this learner chose; a setting that cannot be read shares nothing."""
    try:
        setting = json.loads((course_home() / SETTING_NAME).read_text("utf-8"))
        texts = [setting[name] for name in ("folder", "nickname", "key")]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_whole = all(isinstance(text, str) for text in texts) and setting["key"].isalnum()
    return setting if is_whole else None


def shared_file(setting: dict[str, str]) -> Path:
    """Say where a learner's file lies."""
    return Path(setting["folder"]) / f"{setting['key']}.json"


def write_whole(path: Path, content: dict[str, Any], mode: int) -> None:
    """Write all of it or nothing, so that whoever reads meanwhile reads a whole file."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with open(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(content, file)
        beside.chmod(mode)
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
