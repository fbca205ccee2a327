"""What can be said of one wrong answer, each in a sentence or two.

The expected numbers are never shown: the learner's own are, with the input that they came from.
Both look the same on every machine.
"""

from collections.abc import Sequence
from itertools import groupby
from textwrap import indent
from typing import Any

import numpy as np

from course_lib.checking.exercise import Exercise, Mistake
from course_lib.checking.guarding import TimeIsUp
from course_lib.checking.outcome import Attempt, Raised
from course_lib.checking.relations import is_right_in_half, relation_between
from course_lib.checking.results import Parts, differs_at, is_tensor

_OVERRUN_S = 2.0  # from here on it is worth a sentence
_MOST_NUMBERS = 24


def known(mistake: Mistake, *, is_likely: bool) -> str:
    """Name a mistake, as likely where less than the numbers was compared, and explain it."""
    title = mistake.title
    named = f"It looks like this: {title}" if is_likely else f"{title[0].upper()}{title[1:]}"
    return f"{named}. {mistake.explanation}"


def exception(attempt: Attempt, raised: Raised) -> str:
    """Show what was raised, in which line, and what the check had called."""
    where = f" in your line `{raised.line}`" if raised.line else ""
    said = f": {raised.text}" if raised.text else ""
    return (
        f"{_ended(f'Your function raised {raised.type_name}{where}{said}')} "
        f"{_instead_of(attempt, raised)}"
        f"The check called {attempt.exercise.signature}.\n{an_input(attempt)}"
    )


def _instead_of(attempt: Attempt, raised: Raised) -> str:
    """Say that a test answers, where it raises on purpose."""
    by_choice = raised.type_name == "AssertionError" or (raised.line or "").startswith("raise ")
    asked = attempt.exercise.tally and by_choice
    return "Where something is wrong, return True instead, and False at the end. " if asked else ""


def unreadable(attempt: Attempt, complaint: str) -> str:
    """Say what came back instead of numbers."""
    if complaint == "got None":
        return (
            f"{attempt.exercise.name} returned None: nothing came back. "
            "Did you forget `return`, or is it indented too far?"
        )
    if complaint.startswith("got a generator"):
        complaint += "; use `return` where you have `yield`"
    if complaint.startswith("got a coroutine"):
        complaint += "; write `def` without `async`"
    if complaint.startswith("expected"):
        return _ended(complaint)
    return f"expected {a_shape(attempt)}; {complaint}."


def shape(attempt: Attempt, got: Parts, want: Parts) -> str:
    """Say which result has another shape, and what its axes should be."""
    for i, (ours, theirs) in enumerate(zip(got, want, strict=True)):
        if ours.shape != theirs.shape:
            axes = ", ".join(attempt.exercise.kind.axes[i]) or "a single number"
            return (
                f"The shape of {attempt.exercise.kind.names[i]} is {ours.shape}; expected "
                f"{theirs.shape}, that is ({axes}).\n{an_input(attempt)}"
            )
    raise AssertionError("called only where shapes differ")


def not_finite(attempt: Attempt, got: Parts) -> str:
    """Say that there is nan or inf, and for which input."""
    broken = next(part for part in got if not np.isfinite(part).all())
    what = "nan" if np.isnan(broken).any() else "inf"
    is_half = attempt.got.half == "float16"
    too_large = " float16 holds nothing above 65,504: try float64." if is_half else ""
    return (
        f"There is {what} in your result, for {attempt.case.about}. Look for a division by zero, "
        "an exp of a large number, or the root, the logarithm or a power of a negative one."
        f"{too_large}\n{an_input(attempt)}"
    )


def changed(attempt: Attempt, which: Sequence[int]) -> str:
    """Name the arguments that were changed in place."""
    names = " and ".join(attempt.exercise.parameters[i] for i in which)
    return (
        f"Your function changed {names} in place; whoever called it still needs the old "
        "numbers. Look for `+=`, `/=`, `[...] =` or `out=`, and work on a new array instead."
    )


def values(attempt: Attempt, got: Parts) -> str:
    """Name the broken law, else what the wrong numbers look like."""
    if is_right_in_half(attempt):
        return (
            f"Not yet: your numbers are right as far as half precision ({attempt.got.half}) goes, "
            "but it holds only two or three digits, too few to tell right from nearly right. "
            f"Compute in float64 or float32.{evidence(attempt)}"
        )
    for law in attempt.exercise.laws:
        if sentence := law.broken(got, *attempt.case.args):
            return f"{sentence}{evidence(attempt)}"
    if attempt.exercise.tally:
        return f"Not yet.{evidence(attempt)}"
    some = f" Right on {attempt.n_right} of {len(attempt.cases)} inputs." if attempt.n_right else ""
    found = relation_between(attempt)
    return f"Not yet.{some}{f' {found}' if found else ''}{evidence(attempt)}"


def evidence(attempt: Attempt) -> str:
    """Show the learner's own numbers, or what was raised, and the input they came from."""
    if attempt.got.raised:
        return f"\n{exception(attempt, attempt.got.raised)}"
    if attempt.exercise.tally:
        return f"\n{attempt.exercise.tally(attempt.cases, attempt.seen).text}"
    parts = attempt.got.parts
    if parts is None or attempt.want.parts is None or attempt.got.gave_like(attempt.want):
        return ""
    shown = f"\n{an_input(attempt)}"
    for i, ours in enumerate(parts):
        name = f"Your {attempt.exercise.kind.names[i] if len(parts) > 1 else 'result'}"
        shown += f"\n{name}{_first_wrong(attempt, i)}:\n{indent(an_array(ours), '  ')}"
    return shown


def _first_wrong(attempt: Attempt, i: int) -> str:
    assert attempt.got.parts is not None
    assert attempt.want.parts is not None
    ours, theirs = attempt.got.parts[i], attempt.want.parts[i]
    if ours.shape != theirs.shape or not ours.ndim:
        return ""
    where = differs_at(ours, theirs)
    axes = attempt.exercise.kind.axes[i]
    return f", first wrong at {list(where)} ({', '.join(axes)})" if where and axes else ""


def besides(attempt: Attempt, cost: Mistake | None) -> str:
    """Say what the answer costs too much, beside what is wrong with its numbers."""
    counted = next((o.spent.counted for o in attempt.seen if o.spent and o.is_over), "")
    also = f"Besides: {cost.title}. {cost.explanation} " if cost else ""
    return f"\n{also}{counted}" if counted else ""


def printed(attempt: Attempt) -> str:
    """Repeat what the function printed."""
    said = "\n".join(_once(attempt.got.printed.strip().splitlines()))
    return f"\nYour function printed: {said}" if said else ""


def repeat(attempt: Attempt) -> str:
    """Say how to draw the same input again."""
    if not attempt.case.is_fresh or attempt.exercise.tally:
        return ""
    return f"\nThis input was drawn with seed={attempt.seed}; evaluate(…, seed=…) repeats it."


def too_late(exercise: Exercise, stop: TimeIsUp) -> str:
    """Say which limit was reached, and where to look."""
    text = f"Your function was still running after {stop.reached}, so the check stopped it."
    if stop.is_running:
        text = (
            f"Your function was still running after {stop.reached}, and the check could not stop "
            "it: it goes on in the background until the kernel is restarted."
        )
    elif stop.overrun_s > _OVERRUN_S:
        text += f" That was possible only {stop.overrun_s:.0f} seconds later."
    computing = (
        "Is there a loop that never ends, or something that takes far more steps than it needs?"
    )
    waiting = (
        "Does it sleep, or wait for something? If it does neither, this machine is very busy: "
        "check again when it is less so."
    )
    if stop.is_asking:
        return (
            f"{text} It was waiting for the keyboard: take `input()`, `breakpoint()` or "
            "`pdb.set_trace()` out of it. All that it needs comes with its arguments."
        )
    return f"{text} {exercise.when_late or (computing if stop.is_cpu else waiting)}"


def _ended(sentence: str) -> str:
    """End a sentence with a stop, unless it has one."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _once(lines: list[str]) -> list[str]:
    """Keep one of the lines that repeat each other, the last of which may be cut off."""
    kept = [line for line, _ in groupby(lines)]
    is_cut = 1 < len(kept) < len(lines) and kept[-2].startswith(kept[-1])
    return kept[:-1] if is_cut else kept


def an_array(array: np.ndarray) -> str:
    """Show a small array with its numbers, a large one with its shape."""
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype != bool else str(array.item())
    if array.size > _MOST_NUMBERS:
        return f"an array of shape {array.shape}"
    return np.array2string(
        array,
        separator=", ",
        formatter={"float_kind": lambda x: f"{x:.4g}"},
        max_line_width=88,
        threshold=_MOST_NUMBERS + 1,
    )


def an_input(attempt: Attempt) -> str:
    """List each argument with its numbers where they are few, else with its shape."""
    case = attempt.case
    named = zip(attempt.exercise.parameters, case.args, strict=True)
    shown = [f"{name} = {_argument(value, len(name) + 5)}" for name, value in named]
    return "\n".join([f"The input ({case.about}):", *(f"  {line}" for line in shown)])


def a_shape(attempt: Attempt) -> str:
    """Say what kind of result is expected: "an array (n_queries, n_keys) = (2, 3)"."""
    parts, kind = attempt.want.parts, attempt.exercise.kind
    if parts is None or not parts[0].ndim:
        return "a number"
    if kind.numbers == "text":
        return f"a list of {len(parts[0])} words"
    axes = ", ".join(kind.axes[0])
    return f"an array ({axes}) = {parts[0].shape}"


def _argument(value: Any, indent: int) -> str:
    if is_tensor(value):
        value = value.numpy()
    if isinstance(value, np.ndarray):
        return an_array(value).replace("\n", "\n" + " " * indent)
    if isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value):
        gap = ",\n" + " " * (indent + 1)
        return f"[{gap.join(_argument(item, indent + 1) for item in value)}]"
    return repr(value)[:60]
