"""Going on the board of a class, and leaving it: two plain acts of the learner."""

import os
import secrets
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.storage.home import course_home
from course_lib.storage.sharing import (
    FOR_ALL,
    FOR_ME,
    SETTING_NAME,
    counts_of,
    shared_file,
    sharing,
    write_whole,
)
from course_lib.storage.store import recall

FOLDER_VARIABLE = "COURSE_BOARD"
LONGEST_NICKNAME = 40


def share_progress(nickname: str, folder: str | Path | None = None) -> str:
    """Show your progress on the board of your class, from now on.

    Parameters
    ----------
    nickname : how you want to be called there
    folder : where the board looks; ``$COURSE_BOARD`` if left

    Returns
    -------
    str
        A sentence that says what is shared, and how to end it.

    Raises
    ------
    CourseError
        If there is no such folder, it cannot be written to, or nobody could read the nickname.
    """
    place, name = _folder(folder), _nickname(nickname)
    stop_sharing()
    setting = {"folder": str(place), "nickname": name, "key": secrets.token_hex(16)}
    counts = counts_of(recall().events)
    try:
        write_whole(shared_file(setting), {"nickname": name, "exercises": counts}, FOR_ALL)
        course_home().mkdir(parents=True, exist_ok=True)
        write_whole(course_home() / SETTING_NAME, setting, FOR_ME)
    except OSError as fault:
        raise CourseError(
            f"expected a folder that you may write to; {place} answered: {fault.strerror}. "
            "Ask your teacher for the folder of the board."
        ) from None
    return (
        f"The board now shows {name} and, for each exercise, its state and how often you tried. "
        "Nothing else is shared. To end it: `python3 course.py progress --unshare`."
    )


def stop_sharing() -> str:
    """Take your progress off the board.

    Returns
    -------
    str
        A sentence that says what was done.
    """
    setting = sharing()
    (course_home() / SETTING_NAME).unlink(missing_ok=True)
    if setting is None:
        return "Your progress is on no board."
    try:
        shared_file(setting).unlink(missing_ok=True)
    except OSError as fault:
        return (
            f"Nothing more is shared, but {shared_file(setting)} could not be removed "
            f"({fault.strerror}). Ask your teacher to remove it."
        )
    return f"{setting['nickname']} is on the board no longer."


def _folder(folder: str | Path | None) -> Path:
    chosen = folder or os.environ.get(FOLDER_VARIABLE)
    if chosen and (place := Path(chosen).expanduser().absolute()).is_dir():
        return place
    got = f"got {chosen}, which is no folder here" if chosen else "got none"
    raise CourseError(
        f"expected the folder of the board, or ${FOLDER_VARIABLE} to name it; {got}. "
        "Your teacher knows which folder it is."
    )


def _nickname(nickname: str) -> str:
    name = nickname.strip() if isinstance(nickname, str) else ""
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NICKNAME:
        raise CourseError(
            f"expected a nickname of 1 to {LONGEST_NICKNAME} characters that can be printed; "
            f"got {nickname!r:.80}. Choose a shorter or a plainer one."
        )
    return name
