"""What each learner's server and kernels take while the class works."""

import threading
from dataclasses import dataclass

import psutil

from rehearsal.hub import family_of

MIB = 2**20
PAUSE_S = 0.5


@dataclass(frozen=True)
class Taken:
    """Memory in MiB and processor time in seconds of one learner's processes together.

    ``resident`` counts pages that processes share once for each of them; ``proportional`` shares
    them out, so that the numbers of all learners add up; ``own`` leaves them out.
    """

    resident_mib: float
    proportional_mib: float
    own_mib: float
    cpu_s: float
    n_processes: int


def processes_of(hub: psutil.Process, learner: str) -> list[psutil.Process]:
    """Find a learner's server and kernels below the hub."""
    return [each for each in family_of(hub)[1:] if _learner_of(each) == learner]


def _learner_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("JUPYTERHUB_USER")
    except psutil.Error:  # it has just ended
        return None


def taken_by(processes: list[psutil.Process]) -> Taken:
    """Measure some processes together, now."""
    sizes = [process.memory_full_info() for process in processes]
    times = [process.cpu_times() for process in processes]
    return Taken(
        resident_mib=sum(size.rss for size in sizes) / MIB,
        proportional_mib=sum(getattr(size, "pss", size.rss) for size in sizes) / MIB,  # Linux only
        own_mib=sum(size.uss for size in sizes) / MIB,
        cpu_s=sum(time.user + time.system for time in times),
        n_processes=len(processes),
    )


class Watch(threading.Thread):
    """Keeps the most that each learner's processes were resident with while the class worked."""

    def __init__(self, hub: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.hub, self.peak_mib, self.over = hub, dict[str, float](), threading.Event()

    def run(self) -> None:
        """Look twice a second until the work is over."""
        while not self.over.wait(PAUSE_S):
            try:
                now = self._resident()
            except psutil.NoSuchProcess:  # the hub is gone: the rehearsal was stopped
                return
            for learner, resident in now.items():
                self.peak_mib[learner] = max(resident, self.peak_mib.get(learner, 0.0))

    def _resident(self) -> dict[str, float]:
        now = dict[str, float]()
        for process in family_of(self.hub)[1:]:
            if learner := _learner_of(process):
                try:
                    now[learner] = now.get(learner, 0.0) + process.memory_info().rss / MIB
                except psutil.Error:
                    continue
        return now

    def end(self) -> dict[str, float]:
        """Stop watching and return what was seen."""
        self.over.set()
        self.join()
        return self.peak_mib
