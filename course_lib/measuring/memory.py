"""The most memory that a call needs at any moment.

There is no one counter that sees everything everywhere. Linux's kernel counts the pages that are
really in use, whoever asked for them. A GPU has torch's own counter. Elsewhere two witnesses are
added up: torch's profiler, which sees torch's tensors, and tracemalloc, which sees NumPy's arrays
and no tensor at all.
"""

import gc
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from course_lib.errors import MeasurementError
from course_lib.measuring.glibc import fresh_pages
from course_lib.measuring.rounds import one_thread

Run = Callable[[], object]

_PROC = Path("/proc/self")
_SLACK = 2**20  # how far the kernel's two counters may lie apart when nothing has happened


def peak_bytes(run: Run, *, device: str = "cpu") -> int:
    """Measure the most memory that a call needs beyond what stood before, in bytes.

    Parameters
    ----------
    run : called twice; first to fill caches that stay, then to be measured
    device : "cpu", or the GPU on which the call leaves its tensors, as in "cuda"

    Raises
    ------
    MeasurementError
        If the device is neither.

    Notes
    -----
    The result counts too, and so does whatever is freed again inside: it is the highest moment.
    The inputs do not, since they stood before. On Linux a page counts once it is written to, and
    the smallest step that can be trusted is about 0.1 MiB: measure something larger. Elsewhere
    what NumPy and torch need at their highest moments is added up, even where the moments differ.
    """
    if not is_counted(device):
        raise MeasurementError(
            f"expected the device 'cpu' or 'cuda'; got {device!r}. Only these count their memory."
        )
    with one_thread():
        run()
        gc.collect()
        return max(0, _peak(run, device))


def is_counted(device: str) -> bool:
    """Say whether the memory of such a device can be measured; Apple's GPUs keep no peak."""
    return device == "cpu" or device.startswith("cuda")


def _peak(run: Run, device: str) -> int:
    if device != "cpu":
        return by_cuda(run, device)
    return by_kernel(run) if kernel_counts() else by_allocations(run)


def by_kernel(run: Run) -> int:
    """Compare the most pages that Linux has seen in use with those in use before."""
    with fresh_pages():  # or free memory of earlier calls would be used, and not be seen
        _forget_the_most()
        before = _status("VmRSS")
        run()
        return _status("VmHWM") - before


def kernel_counts() -> bool:
    """Say whether this kernel has the counter and lets it be reset; not every sandbox does."""
    try:
        _forget_the_most()
        return _status("VmHWM") - _status("VmRSS") < _SLACK
    except (OSError, KeyError):
        return False


def _forget_the_most() -> None:
    (_PROC / "clear_refs").write_text("5")


def _status(name: str) -> int:
    """Return a line of /proc/self/status, in bytes."""
    lines = (line.split() for line in (_PROC / "status").read_text().splitlines())
    return {line[0]: int(line[1]) * 1024 for line in lines if line[-1] == "kB"}[f"{name}:"]


def by_allocations(run: Run) -> int:
    """Add up the highest moments of torch's allocations and of Python's, NumPy's among them."""
    if "torch" not in sys.modules:
        return _traced(run)
    profiler = import_module("torch.profiler")
    profile = profiler.profile(activities=[profiler.ProfilerActivity.CPU], profile_memory=True)
    with _quiet():
        profile.start()
    try:
        traced = _traced(run)
    finally:
        with _quiet():
            profile.stop()
    now = most = 0
    for change in _changes(profile):
        now += change
        most = max(most, now)
    return traced + most


def _traced(run: Run) -> int:
    """Return the most that Python allocated at once, beyond what stood before."""
    was_tracing = tracemalloc.is_tracing()
    if not was_tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not was_tracing:
            tracemalloc.stop()


def _changes(profile: object) -> list[int]:
    """Return what torch took (above zero) and gave back (below), in the order of time."""
    cpu = import_module("torch.autograd").DeviceType.CPU
    events = profile.profiler.kineto_results.events()  # type: ignore[attr-defined]
    changes = [e for e in events if e.name() == "[memory]" and e.device_type() == cpu]
    return [event.nbytes() for event in sorted(changes, key=lambda event: event.start_ns())]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what torch's profiler writes to stderr, past Python, out of terminal and notebook."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def by_cuda(run: Run, device: str) -> int:
    """Ask torch for the most that its tensors held on the GPU."""
    cuda = import_module("torch").cuda
    cuda.synchronize(device)
    cuda.reset_peak_memory_stats(device)
    before = cuda.memory_allocated(device)
    run()
    cuda.synchronize(device)
    return int(cuda.max_memory_allocated(device) - before)
