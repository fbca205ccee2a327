"""An answer tried in one process and judged in another, for whoever checks strangers' answers.

What an answer gave travels as data. The process that judges it never runs a line of it, so an
answer may bend its own process as it likes: to be found correct, it has to give the right numbers.
"""

from collections.abc import Sequence
from typing import Any

from course_lib.checking.diagnosis import diagnose
from course_lib.checking.engine import _cases, _nothing_to_judge, _try_out
from course_lib.checking.guarding import TimeIsUp, within
from course_lib.checking.outcome import Outcome
from course_lib.checking.registry import exercise_named
from course_lib.checking.verdict import Verdict


def try_answer(name: str, candidate: Any, *, seed: int, seconds: float) -> Verdict | list[Outcome]:
    """Call an answer on every input and write down what it gave.

    Parameters
    ----------
    name : the exercise
    candidate : what is to be judged
    seed : for the inputs that are drawn; whoever judges needs the same
    seconds : how long all calls together may take

    Returns
    -------
    Verdict or list of Outcome
        A verdict where there is nothing to call, or no end to it.
    """
    exercise = exercise_named(name)
    if (nothing := _nothing_to_judge(name, exercise.signature, candidate)) is not None:
        return nothing
    try:
        return within(seconds, lambda world: _try_out(name, candidate, seed, world))
    except TimeIsUp:
        return Verdict(name, "timed out", f"still running after {seconds:g} s")


def judge(name: str, seen: Sequence[Outcome], *, seed: int) -> Verdict:
    """Compare what an answer gave elsewhere with what is expected.

    Raises
    ------
    ValueError
        If an answer that may be right was not tried on every input.
    """
    exercise = exercise_named(name)
    cases = _cases(exercise, seed)
    gave_up = bool(seen) and (raised := seen[-1].raised) and (raised.not_written or raised.by_hand)
    if exercise.tally and not gave_up and len(seen) != len(cases):
        raise ValueError(f"expected {len(cases)} outcomes; got {len(seen)}")
    return diagnose(exercise, cases, seen, seed=seed)
