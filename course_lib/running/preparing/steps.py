"""The numbered steps of the set-up: what is shown, what is logged, what a failure means."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from course_lib.errors import CourseError
from course_lib.running.preparing.wheels import Wheels

# What pip, Python and the system say, and what it means for whoever runs the course.
NOT_FOUND = (
    r"from versions: none|[Ff]ailed to establish a new connection|name resolution"
    r"|Network is unreachable|[Rr]ead timed out|ConnectTimeout|ProxyError"
)
TROUBLES = {
    NOT_FOUND: (
        "The set-up needs the network, and pip could not reach its package index (or was offered "
        "nothing there for this Python).\nCheck the connection; behind a proxy, set HTTPS_PROXY."
    ),
    r"No space left|Errno 28|not enough space": (
        "There is no space left on the disk for the environment, about 3 GB.\nMake room in {root} "
        "and in the folder for temporary files, or move the course to another disk."
    ),
    r"Permission denied|Access is denied|Read-only file system|Errno 13|WinError 5\b": (
        "The course makes its environment in its own folder, and {root} cannot be written.\n"
        "Move the course to a folder of your own, for instance in your home."
    ),
}

NOT_PACKED = (
    "This hand-out should bring all that the set-up asks for, and pip did not find it there for "
    f"this Python ({sys.version.split()[0]}).\nTry a newer Python of the same line; where there is "
    "a network, delete the folder wheels."
)


def explain(said: str, root: Path) -> str:
    """Say in plain words what an error message of the set-up means and what to try."""
    for pattern, sentence in TROUBLES.items():
        if re.search(pattern, said):
            if pattern == NOT_FOUND and Wheels(root).are_there():
                sentence = NOT_PACKED
            again = "Then run the same command again."
            return f"{sentence.format(root=root)} {again}\n\nIt said: {last_words(said, 1)}"
    return (
        "The set-up met something that it does not know. Run the same command again; if it "
        "stops at the same place, show this to whoever can help:\n" + last_words(said, 8)
    )


def last_words(said: str, n_lines: int) -> str:
    """Return the last lines, errors before all else."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return "\n".join((errors or lines or ["nothing"])[-n_lines:])


class StepError(CourseError):
    """A step that did not succeed; `said` is all that its command printed."""

    def __init__(self, said: str, root: Path) -> None:
        log = root / ".venv" / "setup.log"
        super().__init__(f"{explain(said, root)}\nThe whole log: {log}")
        self.said = said


class Steps:
    """Runs commands one after the other and shows each as a numbered step.

    Parameters
    ----------
    root : the folder of the course; the commands' own words go to .venv/setup.log there
    lock : held by every command too, so that none outlives a killed set-up unnoticed
    surroundings : the environment of every command; this process's own if left
    """

    total = 0
    _number = 0

    def __init__(
        self, root: Path, lock: IO[str], surroundings: Mapping[str, str] | None = None
    ) -> None:
        self._root = root
        self._lock = lock
        self._surroundings = surroundings

    def run(self, title: str, command: list[str]) -> None:
        """Run `command` as the next step.

        Raises
        ------
        StepError
            If the command ends badly.
        """
        self._number += 1
        label = f"[{self._number}/{self.total}] {title}"
        started = time.monotonic()
        if not sys.stdout.isatty():
            print(f"{label} ...", flush=True)
        code, said = self._watch(label, command)
        seconds = f"{time.monotonic() - started:.0f} s"
        rewrite(f"{label}: {'stopped' if code else 'done'} after {seconds}", last=True)
        if code:
            raise StepError(said, self._root)

    def _watch(self, label: str, command: list[str]) -> tuple[int, str]:
        """Run a command under a live line; return its exit code and all that it said."""
        started = time.monotonic()
        said: list[str] = []
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._surroundings,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=() if sys.platform == "win32" else (self._lock.fileno(),),
        )
        reader = threading.Thread(target=self._listen, args=(process, said), daemon=True)
        reader.start()
        try:
            while reader.is_alive():
                reader.join(0.2)
                now = said[-1].strip() if said else ""
                rewrite(f"{label}, {time.monotonic() - started:.0f} s  {now}")
        except BaseException:
            process.terminate()
            rewrite("", last=True)
            raise
        finally:
            code = process.wait()
        return code, "".join(said)

    def _listen(self, process: subprocess.Popen[str], said: list[str]) -> None:
        """Keep each line that the process says, here and in the log."""
        assert process.stdout is not None
        with (
            process.stdout,
            (self._root / ".venv" / "setup.log").open("a", encoding="utf-8") as log,
        ):
            log.write(f"\n$ {' '.join(map(str, process.args))}\n")  # type: ignore[arg-type]
            for line in process.stdout:
                said.append(line)
                log.write(line)
                log.flush()


def rewrite(text: str, *, last: bool = False) -> None:
    """Write over the live line; where there is no terminal, only its last state is written."""
    width = shutil.get_terminal_size().columns - 1
    if sys.stdout.isatty():
        print("\r" + text[:width].ljust(width), end="\n" if last else "", flush=True)
    elif last and text:
        print(text, flush=True)
