"""`evaluate`: try an answer on inputs that can tell, and name what went wrong.

Trying and judging are two functions, since `grade` does them in two processes: what an answer gave
travels as data, and the process that judges it never runs a line of it.
"""

import dis
import random
import traceback
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from course_lib.checking.diagnosis import diagnose
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.guarding import Limit, TimeIsUp, Watch, within
from course_lib.checking.isolation import Console, isolated
from course_lib.checking.messages import too_late
from course_lib.checking.outcome import Outcome, observe
from course_lib.checking.registry import exercise_named
from course_lib.checking.verdict import Verdict

LIMIT = Limit(cpu_s=5.0, clock_s=15.0)  # for all calls of a check
_FIXED_SEED = 0


def evaluate(name: str, candidate: Any, seed: int | None = None) -> Verdict:
    """Judge an answer, without display and without recording it.

    Parameters
    ----------
    name : the exercise, e.g. "scaled_scores"
    candidate : the learner's function
    seed : repeats the fresh inputs of an earlier check; None draws new ones

    Raises
    ------
    UnknownNameError
        If the course has no exercise of that name. A wrong answer never raises.
    """
    exercise = exercise_named(name)
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    try:
        seen = try_answer(name, candidate, seed=seed, limit=LIMIT)
        if isinstance(seen, Verdict):
            return seen
        return _with_remark(exercise, candidate, judge(name, seen, seed=seed))
    except TimeIsUp as stop:
        return Verdict(name, "timed out", too_late(exercise, stop))
    except KeyboardInterrupt:
        return Verdict(name, "error", "stopped: you stopped this check by hand.")
    except BaseException as fault:
        return _own_fault(name, fault)


def try_answer(name: str, candidate: Any, *, seed: int, limit: Limit) -> Verdict | list[Outcome]:
    """Call an answer on every input and write down what it gave.

    Parameters
    ----------
    name : the exercise
    candidate : what is to be judged
    seed : for the inputs that are drawn; judging needs the same
    limit : how long all calls together may take; preparing them does not count

    Returns
    -------
    Verdict or list of Outcome
        A verdict where there is nothing to call.

    Raises
    ------
    TimeIsUp
        If the calls take longer.
    """
    exercise = exercise_named(name)
    if (nothing := _nothing_to_judge(exercise, candidate)) is not None:
        return nothing
    for module in exercise.needs:
        import_module(module)
    with isolated() as console:
        cases = _cases(exercise, seed)
        try:
            return within(
                limit, lambda watch: _call_on_each(cases, exercise, candidate, console, watch)
            )
        except TimeIsUp as stop:
            stop.is_asking = console.is_asked
            raise


def _call_on_each(
    cases: Sequence[Case],
    exercise: Exercise,
    candidate: Callable[..., Any],
    console: Console,
    watch: Watch,
) -> list[Outcome]:
    seen: list[Outcome] = []
    kind, parameters = exercise.kind, exercise.parameters
    for case in cases:
        outcome = observe(candidate, case, kind=kind, parameters=parameters, console=console)
        seen.append(outcome)
        watch.check()  # the stop may have been swallowed
        if _gave_up(seen):
            break
    return seen


def judge(name: str, seen: Sequence[Outcome], *, seed: int) -> Verdict:
    """Compare what an answer gave, here or elsewhere, with what is expected.

    Raises
    ------
    ValueError
        If an answer that may be right was not tried on every input.
    """
    exercise = exercise_named(name)
    cases = _cases(exercise, seed)
    if exercise.tally and not _gave_up(seen) and len(seen) != len(cases):
        raise ValueError(f"expected {len(cases)} outcomes; got {len(seen)}")
    with isolated():
        return diagnose(exercise, cases, seen, seed=seed)


def _gave_up(seen: Sequence[Outcome]) -> bool:
    """Tell whether there is no reason to try any further input."""
    raised = seen[-1].raised if seen else None
    return raised is not None and (raised.not_written or raised.by_hand)


def _nothing_to_judge(exercise: Exercise, candidate: Any) -> Verdict | None:
    name = exercise.name
    if candidate is None:
        text = f'Nothing was passed in. Check it with check("{name}", {name}).'
        return Verdict(name, "not attempted", text)
    if not callable(candidate):
        text = (
            f"expected the function itself, {exercise.signature}; got something that cannot be "
            f'called. Write check("{name}", {name}), without parentheses after the second {name}.'
        )
        return Verdict(name, "error", text)
    if _is_empty(candidate):
        text = f"{name} has no body yet: write your own lines and return the result."
        return Verdict(name, "not attempted", text)
    return None


def _is_empty(candidate: Any) -> bool:
    """Tell whether the body is ``pass``, ``...`` or a docstring alone."""
    if type(candidate) is not types.FunctionType:
        return False
    steps = [i for i in dis.get_instructions(candidate) if i.opname not in ("RESUME", "NOP")]
    return all(
        i.opname == "RETURN_VALUE"
        or (i.opname in ("LOAD_CONST", "RETURN_CONST") and i.argval is None)
        for i in steps
    )


def _with_remark(exercise: Exercise, candidate: Callable[..., Any], verdict: Verdict) -> Verdict:
    """Add what there is to say of the way a right answer was written."""
    if verdict.status != "correct" or exercise.remark is None:
        return verdict
    remark = exercise.remark(candidate)
    return replace(verdict, message=f"{verdict.message} {remark}") if remark else verdict


def _cases(exercise: Exercise, seed: int) -> list[Case]:
    """Make the fixed batch and the fresh one; costs depend on no number, so once is enough."""
    fixed, fresh = np.random.default_rng(_FIXED_SEED), np.random.default_rng([1, seed])
    always = [] if exercise.once else list(exercise.cases(fixed))
    again = (case for case in exercise.cases(fresh) if case.limit is None)
    return [*always, *(replace(case, is_fresh=True) for case in again)]


def _own_fault(name: str, fault: BaseException) -> Verdict:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    text = (
        "The checker itself failed; this says nothing about your answer. Perhaps a cell has put "
        "something else in the place of a function such as `np.exp`: restart the kernel and try "
        "again. If that does not help, please report it: "
        f"{type(fault).__name__} in {last.name}, line {last.lineno}."
    )
    return Verdict(name, "error", text)
