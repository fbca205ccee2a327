"""Where a number comes from: without it, a time says nothing."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

_UNKNOWN = "unknown"
_NO_DRIVER = "none"


@dataclass(frozen=True)
class Provenance:
    """The machine, the versions and the day of a measurement, and what was measured.

    A recorded file carries all of it; for a number that is shown where it is measured, the
    machine, the versions and the day are enough.

    Parameters
    ----------
    device : the name of the processor or of the GPU
    driver : the GPU's
    dtype, shapes : of what was measured, as in "float32" and "(1, 8, length, 32)"
    repeats : how often, as in "5 rounds"
    command : what to type to measure it again

    Examples
    --------
    >>> print(Provenance("Linux x86_64, 2 cores", "3.11.7", "2.13.0", 1, "2030-01-31"))
    Linux x86_64, 2 cores; Python 3.11.7; torch 2.13.0, threads: 1; 2030-01-31
    """

    machine: str
    python: str
    torch: str
    n_threads: int
    date: str
    device: str = ""
    driver: str = _NO_DRIVER
    dtype: str = ""
    shapes: str = ""
    repeats: str = ""
    command: str = ""

    @classmethod
    def of_this_run(
        cls,
        *,
        n_threads: int = 1,
        device: str = "cpu",
        dtype: str = "",
        shapes: str = "",
        repeats: str = "",
        command: str = "",
    ) -> "Provenance":
        """Describe this machine, today; torch need not be loaded, but for a GPU.

        Parameters
        ----------
        device : where the computation runs, in torch's words: "cpu", "cuda", "cuda:1" or "mps"
        """
        name, driver = _device_and_driver(device)
        return cls(
            machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            python=platform.python_version(),
            torch=version("torch"),
            n_threads=n_threads,
            date=datetime.now(UTC).date().isoformat(),
            device=name,
            driver=driver,
            dtype=dtype,
            shapes=shapes,
            repeats=repeats,
            command=command,
        )

    @property
    def missing(self) -> list[str]:
        """Name what a recorded file must carry and this does not."""
        wanted = ("device", "dtype", "shapes", "repeats", "command")
        return [name for name in wanted if not getattr(self, name)]

    def __str__(self) -> str:
        first = (
            f"{self.machine}; Python {self.python}; torch {self.torch}, "
            f"threads: {self.n_threads}; {self.date}"
        )
        driver = "" if self.driver == _NO_DRIVER else f"driver {self.driver}"
        pairs = [(self.device, driver), (self.dtype, self.shapes), (self.repeats,), (self.command,)]
        return "; ".join([first, *filter(None, (", ".join(filter(None, pair)) for pair in pairs))])


def _device_and_driver(device: str) -> tuple[str, str]:
    """Name what computes, and what drives it; Apple's GPUs have no driver but the system."""
    if device == "cpu":
        return _processor(), _NO_DRIVER
    if device == "mps":
        return "Apple GPU", f"macOS {platform.mac_ver()[0] or _UNKNOWN}"
    return _gpu(device), _gpu_driver()


def _processor() -> str:
    """Return the processor's name, as Linux or Python knows it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, [*names, platform.processor()]), _UNKNOWN)


def _gpu(device: str) -> str:
    return str(import_module("torch").cuda.get_device_name(device))


def _gpu_driver() -> str:
    """Ask NVIDIA's own program; torch does not know."""
    try:
        asked = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return _UNKNOWN
    return (asked.stdout.split() or [_UNKNOWN])[0]
