"""Time, memory and counts, and where a number comes from: takes callables, knows no attention.

torch is loaded when one of the names that need it is first touched.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib.errors import MeasurementError
from course_lib.measuring.curves import Sweep
from course_lib.measuring.exponent import Exponent, scaling_exponent
from course_lib.measuring.glibc import kept_memory
from course_lib.measuring.memory import peak_bytes
from course_lib.measuring.on_threads import OnThreads, time_on_threads
from course_lib.measuring.peak_memory import Peaks, measure_peaks
from course_lib.measuring.provenance import Provenance
from course_lib.measuring.records import is_gpu, recordings
from course_lib.measuring.rounds import Rounds, Timing, one_thread, time_in_rounds
from course_lib.measuring.sweeping import sweep
from course_lib.measuring.waiting import progress_line

if TYPE_CHECKING:
    from course_lib.measuring.arithmetic import flops
    from course_lib.measuring.critical_path import dependent_steps, operations
    from course_lib.measuring.devices import accelerator, clock_of

_FILE_OF = {
    "accelerator": "devices",
    "clock_of": "devices",
    "dependent_steps": "critical_path",
    "flops": "arithmetic",
    "operations": "critical_path",
}

__all__ = [
    "Exponent",
    "MeasurementError",
    "OnThreads",
    "Peaks",
    "Provenance",
    "Rounds",
    "Sweep",
    "Timing",
    "accelerator",
    "clock_of",
    "dependent_steps",
    "flops",
    "is_gpu",
    "kept_memory",
    "measure_peaks",
    "one_thread",
    "operations",
    "peak_bytes",
    "progress_line",
    "recordings",
    "scaling_exponent",
    "sweep",
    "time_in_rounds",
    "time_on_threads",
]


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
