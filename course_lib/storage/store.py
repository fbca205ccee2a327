"""The progress store: one file of JSON lines, only ever appended to, safe with two kernels.

A lesson must go on when progress cannot be kept. So nothing here raises: what went wrong comes
back as a sentence for the learner.
"""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from course_lib.storage.beside import dated_beside
from course_lib.storage.home import course_home
from course_lib.storage.sharing import tell_board

Event = dict[str, Any]

FILE_NAME = "progress.jsonl"
LOCK_NAME = ".progress.lock"
LOCK_SECONDS = 2.0  # another kernel needs milliseconds; whoever holds it longer has hung


@dataclass(frozen=True)
class Recalled:
    """What the course remembers of this learner, oldest first, and what there is to say."""

    events: list[Event]
    message: str | None = None


def remember(kind: str, name: str, **facts: Any) -> str | None:
    """Keep one thing that the learner did.

    Parameters
    ----------
    kind : "check", "prediction" or "quiz"
    name : of the exercise, prediction or question
    facts : what there is to know about it, in values that JSON knows

    Returns
    -------
    str or None
        None when it was kept and all is well, otherwise a sentence for the learner.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    event = {"at": now, "kind": kind, "name": name, **facts}
    try:
        with _locked() as path:
            events, message = _read_and_mend(path)
            _append(path, event)
            untold = tell_board([*events, event]) if kind == "check" else None
    except Exception as fault:  # whatever it is: a lesson never stops because of its diary
        return _not_kept(fault)
    return message or untold


def recall() -> Recalled:
    """Read back everything that the learner did, oldest first."""
    try:
        if not course_home().exists():
            return Recalled([])
        with _locked() as path:
            return Recalled(*_read_and_mend(path))
    except Exception as fault:
        return Recalled(_read_only(), _not_kept(fault))


@contextmanager
def _locked() -> Iterator[Path]:
    """Hand over the path of the progress file while no other kernel may touch it."""
    home = course_home()
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / LOCK_NAME, timeout=LOCK_SECONDS):
        yield home / FILE_NAME


def _append(path: Path, event: Event) -> None:
    # Half a surrogate pair is no UTF-8, but as \udc80 it is good JSON.
    text = json.dumps(event, ensure_ascii=False, default=str)
    line = text.encode("utf-8", "backslashreplace") + b"\n"
    with path.open("a+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        if file.read(1) not in (b"", b"\n"):  # edited by hand: no newline at the end
            line = b"\n" + line
        if file.write(line) < len(line):  # a full disk takes half a line, once, and says nothing
            file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _read_and_mend(path: Path) -> tuple[list[Event], str | None]:
    """Return the events; put a file that cannot be read in full aside, and say so."""
    if not os.path.lexists(path):
        return [], None
    raw = path.read_bytes() if path.is_file() else None
    events, is_sound = _parse(raw) if raw is not None else ([], False)
    return events, None if is_sound else _put_aside(path, events)


def _parse(raw: bytes) -> tuple[list[Event], bool]:
    """Return the readable events, and whether that was everything there is."""
    lines = [line for line in raw.split(b"\n") if line.strip()]
    parsed = [_parse_line(line) for line in lines]
    events = [event for event in parsed if event is not None]
    return events, len(events) == len(lines)


def _parse_line(line: bytes) -> Event | None:
    try:
        event = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    named = isinstance(event, dict) and all(
        isinstance(event.get(key), str) for key in ("at", "kind", "name")
    )
    return event if named else None


def _put_aside(path: Path, events: list[Event]) -> str:
    """Rename the file beside itself and begin a fresh one with the lines that were readable."""
    aside = dated_beside(path, "unreadable-")
    fresh = path.with_name(FILE_NAME + ".fresh")
    fresh.unlink(missing_ok=True)
    for event in events:  # before the renaming: on a full disk all stays as it was
        _append(fresh, event)
    path.rename(aside)
    if events:
        fresh.replace(path)
    return (
        f"A part of your progress could not be read. That file is now called {aside.name}, and "
        f"a fresh one beside it goes on with the {len(events)} entries that could be read."
    )


def _read_only() -> list[Event]:
    """Read what can be read where nothing can be written or locked."""
    try:
        path = course_home() / FILE_NAME
        return _parse(path.read_bytes())[0] if path.is_file() else []
    except OSError:
        return []


def _not_kept(fault: Exception) -> str:
    if isinstance(fault, Timeout):
        why = "another program is holding the progress file"
    elif isinstance(fault, OSError) and fault.strerror:
        why = f"{fault.filename or 'the file'}: {fault.strerror}"
    else:
        why = f"{type(fault).__name__}: {fault}"
    return (
        f"Your progress is not kept here ({why}). Everything else works as usual. "
        "To keep it, set COURSE_HOME to a folder that you may write in."
    )
