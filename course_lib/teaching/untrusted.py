"""Files and texts that somebody else wrote: read without surprise, shown without harm."""

import os
import stat
from pathlib import Path

_FORMULA = tuple("=+-@\t\r＝＋－＠")  # what a spreadsheet would compute


class RefusedError(Exception):
    """A file that is not read; the text says why, in a few words."""


def read_bytes(path: Path, most: int) -> bytes:
    """Read a plain file of limited size: no link, no pipe, no device.

    Raises
    ------
    RefusedError
        If it is anything else, larger than ``most`` bytes, or cannot be read.
    """
    if path.is_symlink():
        raise RefusedError("a symbolic link, which is not followed")
    try:
        raw = _read(path, most + 1)
    except OSError as fault:
        raise RefusedError(f"cannot be read: {fault.strerror}") from None
    if len(raw) > most:
        raise RefusedError(f"larger than {_size(most)}")
    return raw


def _read(path: Path, most: int) -> bytes:
    # The system refuses a link that takes the file's place just now, and waits for no pipe.
    wary = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    handle = os.open(path, os.O_RDONLY | sum(wary))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise RefusedError("not a plain file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most)
    finally:
        os.close(handle)


def _size(n_bytes: int) -> str:
    return f"{n_bytes >> 20} MiB" if n_bytes >= 1 << 20 else f"{n_bytes >> 10} KiB"


def plain(text: str, most: int = 160) -> str:
    r"""Return a text as one line that moves no cursor and hides nothing, cut if it is long.

    Examples
    --------
    >>> print(plain("Ada\n\x1b[31mred"))
    Ada\n\x1b[31mred
    """
    shown = "".join(map(_visible, text[:most]))
    return shown if len(text) <= most else f"{shown}…"


def _visible(character: str) -> str:
    is_shown = character.isprintable()
    return character if is_shown else character.encode("unicode_escape").decode("ascii")


def no_formula(cell: str) -> str:
    """Return a cell for a spreadsheet that it takes as text, whatever it begins with.

    Examples
    --------
    >>> no_formula("=1+1")
    "'=1+1"
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
