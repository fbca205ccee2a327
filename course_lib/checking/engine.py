"""`evaluate`: try an answer on inputs that can tell, and name what went wrong.

While the learner's function runs, no frame above it holds a right answer: the expected results
are computed before (as a fingerprint, so that nothing can bend the reference unnoticed) and
again afterwards, when everything is back in its place.
"""

import dis
import hashlib
import random
import types
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from course_lib.checking.diagnosis import diagnose
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.guarding import SECONDS, TimeIsUp, within
from course_lib.checking.outcome import Outcome, observe
from course_lib.checking.registry import exercise_named
from course_lib.checking.verdict import Verdict
from course_lib.checking.world import World

_FIXED_SEED = 0
_WHEN_LATE = (
    "Is there a loop that never ends, or a sleep, or something that takes far more steps than it "
    "needs?"
)


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
    signature = exercise_named(name).signature
    if (nothing := _nothing_to_judge(name, signature, candidate)) is not None:
        return nothing
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    try:
        for module in exercise_named(name).needs:
            import_module(module)
        return within(SECONDS, lambda world: _judge(name, candidate, seed, world))
    except TimeIsUp:
        return Verdict(
            name,
            "timed out",
            f"Your function was still running after {SECONDS:.0f} seconds, so the check stopped "
            f"it. {exercise_named(name).when_late or _WHEN_LATE}",
        )
    except KeyboardInterrupt:
        return Verdict(name, "error", "stopped: you stopped this check by hand.")
    except BaseException as fault:
        return _own_fault(name, fault)


def _nothing_to_judge(name: str, signature: str, candidate: Any) -> Verdict | None:
    if candidate is None:
        text = f'Nothing was passed in. Check it with check("{name}", {name}).'
        return Verdict(name, "not attempted", text)
    if not callable(candidate):
        text = (
            f"expected the function itself, {signature}; got something that cannot be called. "
            f'Write check("{name}", {name}), without parentheses after the second {name}.'
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


def _judge(name: str, candidate: Callable[..., Any], seed: int, world: World) -> Verdict:
    promised = _fingerprint(name, seed)
    seen = _try_out(name, candidate, seed, world)
    exercise = exercise_named(name)
    if _fingerprint(name, seed) != promised:
        text = (
            "Something that the course computes with changed while your function ran, so this "
            "check means nothing. Restart the kernel (menu Kernel → Restart) and try again."
        )
        return Verdict(name, "error", text)
    verdict = diagnose(exercise, _cases(exercise, seed), seen, seed=seed)
    return _with_remark(exercise, candidate, verdict)


def _with_remark(exercise: Exercise, candidate: Callable[..., Any], verdict: Verdict) -> Verdict:
    """Add what there is to say of the way a right answer was written."""
    if verdict.status != "correct" or exercise.remark is None:
        return verdict
    remark = exercise.remark(candidate)
    return replace(verdict, message=f"{verdict.message} {remark}") if remark else verdict


def _try_out(
    name: str, candidate: Callable[..., Any], seed: int, world: World | None = None
) -> list[Outcome]:
    """Call the answer on one input after the other, as long as there is a reason to."""
    kind, parameters = exercise_named(name).kind, exercise_named(name).parameters
    seen: list[Outcome] = []
    for case in _cases(exercise_named(name), seed):
        outcome = observe(candidate, case, kind=kind, parameters=parameters, world=world)
        seen.append(outcome)
        if outcome.raised and (outcome.raised.not_written or outcome.raised.by_hand):
            break
    return seen


def _cases(exercise: Exercise, seed: int) -> list[Case]:
    """Make the fixed batch and the fresh one; costs hang on no number, so once is enough."""
    fixed, fresh = np.random.default_rng(_FIXED_SEED), np.random.default_rng([1, seed])
    always = [] if exercise.once else list(exercise.cases(fixed))
    again = (case for case in exercise.cases(fresh) if case.limit is None)
    return [*always, *(replace(case, is_fresh=True) for case in again)]


def _fingerprint(name: str, seed: int) -> bytes:
    """Digest every expected result, so that a changed reference shows."""
    exercise = exercise_named(name)
    digest = hashlib.sha256()
    for case in _cases(exercise, seed):
        if case.limit is not None:  # slow, and it is the same function as on the other cases
            continue
        for part in observe(exercise.reference, case, kind=exercise.kind).parts or ():
            digest.update(repr(part.shape).encode() + part.tobytes())
    return digest.digest()


def _own_fault(name: str, fault: BaseException) -> Verdict:
    last = fault.__traceback__  # by hand: a cell may have replaced the functions for it
    while last and last.tb_next:
        last = last.tb_next
    where = f"{last.tb_frame.f_code.co_name}, line {last.tb_lineno}" if last else "unknown"
    text = (
        "The checker itself failed; this says nothing about your answer. "
        f"Please report it: {type(fault).__name__} in {where}."
    )
    return Verdict(name, "error", text)
