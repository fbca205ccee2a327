"""The kinds of machines that a hand-out can be packed for, as pip and markers know them."""

import os
import platform
import sys
from dataclasses import dataclass

from packaging.markers import default_environment

from course_lib.running.preparing.wheels import machine_name, this_machine

KINDS = ("this", "linux", "macos", "windows")


@dataclass(frozen=True)
class Machine:
    """What the wheels of a hand-out are made for."""

    system: str  # as sys.platform says it
    processor: str
    python: str  # as in "3.11"
    tags: tuple[str, ...]  # of wheels that run there, for pip; of none it finds out itself
    os_name: str
    system_name: str

    @property
    def name(self) -> str:
        """The machine in words, as the set-up compares it."""
        return machine_name(self.system, self.processor, self.python)

    @property
    def newest(self) -> str:
        """A release of its Python: some pins ask for more than the first one."""
        return f"{self.python}.99"

    def pip_options(self) -> list[str]:
        """Tell pip for which machine to fetch wheels; without tags it is one like this."""
        if not self.tags and self.name == this_machine():
            return []
        options = [word for tag in self.tags for word in ("--platform", tag)]
        return [*options, "--python-version", self.newest, "--implementation", "cp"]

    def markers(self) -> dict[str, str]:
        """Return what environment markers mean there."""
        return {
            **{key: str(value) for key, value in default_environment().items()},
            "os_name": self.os_name,
            "sys_platform": self.system,
            "platform_system": self.system_name,
            "platform_machine": self.processor,
            "python_version": self.python,
            "python_full_version": self.newest,
        }


def machine(kind: str, python: str | None = None) -> Machine:
    """Describe a kind of machine, with this Python's version unless another is named.

    "this" is one of the known kinds where it can be: pip by itself takes the wheels that this very
    machine prefers, and an older system of the same kind may not run them.
    """
    python = python or "{}.{}".format(*sys.version_info)
    linux = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1))
    known = {
        "linux": Machine("linux", "x86_64", python, linux, "posix", "Linux"),
        "macos": Machine("darwin", "arm64", python, ("macosx_14_0_arm64",), "posix", "Darwin"),
        "windows": Machine("win32", "AMD64", python, ("win_amd64",), "nt", "Windows"),
    }
    if kind != "this":
        return known[kind]
    here = Machine(sys.platform, platform.machine(), python, (), os.name, platform.system())
    return next((alike for alike in known.values() if alike.name == here.name), here)
