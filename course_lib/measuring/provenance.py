"""Where a number comes from: without it, a time says nothing."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version


@dataclass(frozen=True)
class Provenance:
    """The machine, the versions and the day of a measurement.

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

    @classmethod
    def of_this_run(cls, *, n_threads: int = 1) -> "Provenance":
        """Describe this machine, today; torch need not be loaded."""
        return cls(
            machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            python=platform.python_version(),
            torch=version("torch"),
            n_threads=n_threads,
            date=datetime.now(UTC).date().isoformat(),
        )

    def __str__(self) -> str:
        return (
            f"{self.machine}; Python {self.python}; torch {self.torch}, "
            f"threads: {self.n_threads}; {self.date}"
        )
