"""What a rehearsal showed, as text for a terminal and for a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from course_lib.measuring.provenance import Provenance
from rehearsal.memory import Taken
from rehearsal.work import Done


@dataclass
class Rehearsal:
    """All that was seen and measured, in the order in which it happened."""

    lesson: str
    hub_up_s: float = 0.0
    turned_away: list[str] = field(default_factory=list)  # what the hub refused, as it should
    spawn_s: dict[str, float] = field(default_factory=dict)
    work_s: dict[str, float] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    idle: dict[str, Taken] = field(default_factory=dict)  # a server without a kernel
    taken: dict[str, Taken] = field(default_factory=dict)
    peak_mib: dict[str, float] = field(default_factory=dict)
    hub_taken: Taken | None = None
    are_all_gone: bool = False

    @property
    def is_success(self) -> bool:
        """Whether every learner finished and nothing was left running."""
        return bool(self.done) and all(d.is_finished for d in self.done) and self.are_all_gone


def as_markdown(seen: Rehearsal, *, origin: Provenance, versions: str, command: str) -> str:
    """Write the log."""
    finished = sum(done.is_finished for done in seen.done)
    lines = [
        "# A class on one hub, rehearsed",
        "",
        f"`{command}`",
        "",
        f"{origin.machine}, {origin.date}; {versions}. All servers under one account, on "
        "127.0.0.1; one thread a kernel. Times are those of a clock, with all learners at once.",
        "",
        f"* The hub was up after {seen.hub_up_s:.1f} s.",
        *(f"* {sentence}" for sentence in seen.turned_away),
        f"* {finished} of {len(seen.done)} learners finished lesson {seen.lesson} and its "
        "exercises. To have finished means that every cell ran and printed what the course "
        "stores, and that the checks said what they should.",
        *_time_lines(seen),
        *_memory_lines(seen),
        f"* In the end {'every server had stopped' if seen.are_all_gone else 'SERVERS WERE LEFT'}.",
        "",
        *_table(seen),
    ]
    return "\n".join(lines) + "\n"


def _time_lines(seen: Rehearsal) -> list[str]:
    idle, taken = seen.idle, seen.taken
    worked = [taken[name].cpu_s - idle[name].cpu_s for name in taken]
    return [
        f"* Time to spawn: {_range(seen.spawn_s.values())} s, of which the processor worked for "
        f"this learner {_range([each.cpu_s for each in idle.values()])} s.",
        f"* Time to work through: {_range(seen.work_s.values())} s, of which the processor worked "
        f"for this learner {_range(worked)} s.",
    ]


def _memory_lines(seen: Rehearsal) -> list[str]:
    peaks, taken, hub = seen.peak_mib.values(), seen.taken.values(), seen.hub_taken
    return [
        f"* Memory of a server that nobody works in: "
        f"{_range([each.proportional_mib for each in seen.idle.values()], 0)} MiB.",
        f"* Memory of a learner, server and kernels: {_range(peaks, 0)} MiB resident at the most; "
        f"in the end {_range([t.proportional_mib for t in taken], 0)} MiB with shared pages "
        f"shared out, {_range([t.own_mib for t in taken], 0)} MiB of one's own.",
        f"* Memory of all learners together: {sum(t.proportional_mib for t in taken):.0f} MiB.",
        *([f"* Of the hub and its proxy: {hub.proportional_mib:.0f} MiB."] if hub else []),
    ]


def _table(seen: Rehearsal) -> list[str]:
    head = (
        "learner", "exercises", "spawn, s", "work, s", "processor, s", "most resident, MiB",
        "shared out, MiB", "own, MiB", "cells as stored", "verdicts", "finished",
    )  # fmt: skip
    rows = [head, ("---",) * len(head)]
    for done in seen.done:
        taken = seen.taken[done.name]
        rows.append(
            (
                done.name,
                "answers pasted" if done.answers else "left as they were",
                f"{seen.spawn_s[done.name]:.1f}",
                f"{seen.work_s[done.name]:.1f}",
                f"{taken.cpu_s:.1f}",
                f"{seen.peak_mib[done.name]:.0f}",
                f"{taken.proportional_mib:.0f}",
                f"{taken.own_mib:.0f}",
                f"{done.as_stored} of {done.cells}",
                _counted(done.verdicts),
                "yes" if done.is_finished else f"NO: {'; '.join(done.faults) or 'see the row'}",
            )
        )
    return ["| " + " | ".join(row) + " |" for row in rows]


def _counted(verdicts: list[str]) -> str:
    kinds = dict.fromkeys(verdicts)
    return ", ".join(f"{verdicts.count(kind)} {kind}" for kind in kinds) or "none"


def _range(values: Iterable[float], digits: int = 1) -> str:
    numbers = sorted(values)
    low, high = f"{numbers[0]:.{digits}f}", f"{numbers[-1]:.{digits}f}"
    return low if low == high else f"{low} to {high}, median {median(numbers):.{digits}f}"
