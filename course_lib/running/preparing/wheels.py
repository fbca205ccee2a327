"""The wheels of a hand-out: all that a set-up installs, in the folder `wheels` of the course.

Where they lie, the set-up takes everything from there and asks the network nothing. Like all that
`course.py` imports before there is an environment, this stands on the standard library alone.
"""

import hashlib
import json
import os
import platform
import sys
from pathlib import Path

from course_lib.errors import CourseError

FOLDER = "wheels"
CONTENTS = "contents.json"  # written last: for whom the wheels are, and their checksums

_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


class Wheels:
    """The wheels that came with a course, if any did."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER
        self.contents = self.folder / CONTENTS

    def are_there(self) -> bool:
        """Whether the course is a hand-out that brings its wheels along."""
        return self.contents.exists()

    def check(self) -> None:
        """Make sure that the wheels are for this machine, and as they were packed.

        Raises
        ------
        CourseError
            If they are for another Python or another system, or one is missing or spoilt.
        """
        known = json.loads(self.contents.read_text("utf-8"))
        if known["machine"] != this_machine():
            raise CourseError(
                f"This hand-out brings what it installs for {known['machine']}, and this is "
                f"{this_machine()} ({sys.executable}).\nStart it with a Python that fits, ask for "
                f"the hand-out for this machine, or, where there is a network, delete the folder "
                f"{self.folder} and run the same command again."
            )
        for name, expected in known["sha256"].items():
            if checksum(self.folder / name) != expected:
                raise CourseError(
                    f"{self.folder / name} should be as it was packed, and it is missing or "
                    "spoilt.\nUnpack the archive again, into a new folder; if that does not help, "
                    "copy the archive again."
                )

    def pip_options(self) -> list[str]:
        """Tell pip to look here and nowhere else; nothing where there are no wheels."""
        return ["--no-index", "--find-links", str(self.folder)] if self.are_there() else []

    def surroundings(self) -> dict[str, str]:
        """Return the environment for pip: without settings that name other places."""
        if not self.are_there():
            return dict(os.environ)
        others = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
        return {**others, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def this_machine() -> str:
    """Name what a wheel depends on, as in "linux x86_64, Python 3.11"."""
    return machine_name(sys.platform, platform.machine(), "{}.{}".format(*sys.version_info))


def machine_name(system: str, processor: str, python: str) -> str:
    """Name a machine alike, whatever its system calls itself and its processor.

    >>> machine_name("win32", "AMD64", "3.11")
    'windows x86_64, Python 3.11'
    """
    processor = _MACHINES.get(processor.lower(), processor.lower())
    return f"{_SYSTEMS.get(system, system)} {processor}, Python {python}"


def checksum(path: Path) -> str:
    """Return a file's SHA-256; nothing of a file that is not there."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
