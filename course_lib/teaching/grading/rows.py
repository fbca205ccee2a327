"""From what a process reported to one row of the grades."""

import csv
import io
import signal
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, get_args

from course_lib.checking.engine import judge
from course_lib.checking.outcome import Outcome
from course_lib.checking.verdict import Status, Verdict
from course_lib.teaching.grading.process import Limits, Report
from course_lib.teaching.grading.serialisation import from_json
from course_lib.teaching.untrusted import no_formula, plain

HEADER = ("learner", "exercise", "status", "mistake")
_ITS_OWN_WORD = ("not attempted", "error", "timed out")  # what a process may say of itself
_NO_MEMORY = ("MemoryError", "_ArrayMemoryError")


@dataclass(frozen=True)
class Row:
    """One exercise of one learner.

    Parameters
    ----------
    learner : as shown, without characters that do harm
    exercise : its name, or "" where a file or folder is meant
    status : "correct", "incorrect", "not attempted", "error" or "timed out"
    mistake : the listed mistake's title, else what happened in a few words, else ""
    """

    learner: str
    exercise: str
    status: Status
    mistake: str = ""


def as_csv(rows: Sequence[Row]) -> str:
    """Write the rows for a spreadsheet: a header first, and no cell that it would compute."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([no_formula(cell) for cell in astuple(row)] for row in rows)
    return text.getvalue()


def row_of(learner: str, exercise: str, report: Report, *, seed: int, limits: Limits) -> Row:
    """Judge what a process reported, here, where no line of the notebook ran."""
    status, mistake = _read(exercise, report, seed, limits)
    return Row(learner, exercise, status, plain(mistake))


def _read(exercise: str, report: Report, seed: int, limits: Limits) -> tuple[Status, str]:
    if report.stopped == "timed out":
        return "timed out", "did not come to its end, and could only be ended with its process"
    if report.stopped == "out of memory":
        return "error", f"out of memory: more than {limits.memory_mib} MiB"
    if report.stopped:
        return "error", report.stopped
    try:
        if "verdict" in report.facts:
            return _without_outcome(report.facts["verdict"])
        if "seen" in report.facts:
            return _judged(exercise, report.facts, seed, limits)
    except Exception as fault:  # whatever a stranger made of it: it is no right answer
        return "error", f"crashed: what it reported cannot be judged ({type(fault).__name__})"
    return "error", f"crashed: the process ended {_ending(report.code)} and gave no result"


def _ending(code: int) -> str:
    """Say how a process ended: a shell, too, counts signals from 128."""
    number = code - 128 if code > 128 else -code
    if number in set(signal.Signals):
        return f"by {signal.Signals(number).name}"
    return f"with code {code}"


def _without_outcome(said: dict[str, Any]) -> tuple[Status, str]:
    status = next(one for one in get_args(Status) if one == said["status"])
    if status not in _ITS_OWN_WORD:
        raise ValueError("a process cannot call itself right or wrong")
    if said["mistake"] or status == "not attempted":
        return status, str(said["mistake"] or "")
    return status, _first_line(str(said["message"]))


def _judged(exercise: str, facts: dict[str, Any], seed: int, limits: Limits) -> tuple[Status, str]:
    seen = from_json(facts["seen"])
    verdict = judge(exercise, seen, seed=seed)
    if verdict.mistake or verdict.status in ("correct", "not attempted"):
        return verdict.status, verdict.mistake or ""
    return verdict.status, _in_a_few_words(verdict, seen, facts, limits)


def _in_a_few_words(
    verdict: Verdict, seen: Sequence[Outcome], facts: dict[str, Any], limits: Limits
) -> str:
    raised = next((one.raised for one in seen if one.raised), None)
    if verdict.status != "error" or raised is None:
        return _first_line(verdict.message)
    if raised.type_name in _NO_MEMORY:
        return f"out of memory: more than {limits.memory_mib} MiB"
    before = f"; before that, {facts['trouble'][0]}" if facts["trouble"] else ""
    return f"{raised.type_name}: {raised.text}{before}"


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
