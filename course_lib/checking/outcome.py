"""One call of one function on one input, and everything that can be seen of it."""

import copy
import inspect
import linecache
import traceback
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from course_lib.checking.cost_limits import Spent
from course_lib.checking.exercise import Case, Exercise
from course_lib.checking.guarding import TimeIsUp
from course_lib.checking.isolation import Console
from course_lib.checking.results import (
    Kind,
    Parts,
    UnreadableError,
    alike,
    half_precision,
    is_tensor,
)

_MOST_TEXT = 200


@dataclass(frozen=True)
class Raised:
    """An exception as a learner should read it: one line of it, and the line that caused it."""

    type_name: str
    text: str
    line: str | None
    function: str | None
    not_written: bool  # a NotImplementedError of the learner's own code
    by_hand: bool


@dataclass(frozen=True)
class Outcome:
    """What a call gave: parts, or what was wrong with them, or what it raised."""

    parts: Parts | None = None
    unreadable: str | None = None
    raised: Raised | None = None
    changed: tuple[int, ...] = ()  # which arguments were changed in place
    printed: str = ""
    spent: Spent | None = None  # where the case has a limit and the call came to its end
    half: str = ""  # "float16" or "bfloat16" where that is what came back

    @property
    def is_over(self) -> bool:
        """Tell whether the call cost more than it may."""
        return self.spent is not None and self.spent.is_over

    def is_like(self, other: "Outcome") -> bool:
        """Tell whether both calls did the same, as far as can be seen, at a like cost."""
        return self.is_over == other.is_over and self.gave_like(other)

    def gave_like(self, other: "Outcome") -> bool:
        """Tell whether both calls did the same, whatever it cost."""
        if self.changed != other.changed or self.unreadable != other.unreadable:
            return False
        if self.raised and other.raised:
            same_type = self.raised.type_name == other.raised.type_name
            return same_type and self.raised.text == other.raised.text
        if self.parts is None or other.parts is None:
            return self.parts is other.parts and self.raised is other.raised
        return alike(self.parts, other.parts)


@dataclass(frozen=True)
class Attempt:
    """One wrong answer: what it gave on every input, and what was expected.

    It is mostly spoken of by the first input that it is wrong on.
    """

    exercise: Exercise
    cases: Sequence[Case]
    seen: Sequence[Outcome]
    expected: Sequence[Outcome]
    seed: int

    @cached_property
    def wrong(self) -> list[int]:
        """Which inputs it is wrong on."""
        pairs = zip(self.seen, self.expected, strict=True)
        return [i for i, (got, want) in enumerate(pairs) if not got.is_like(want)]

    @property
    def case(self) -> Case:
        """The first input that it is wrong on."""
        return self.cases[self.wrong[0]]

    @property
    def got(self) -> Outcome:
        """What came back there."""
        return self.seen[self.wrong[0]]

    @property
    def want(self) -> Outcome:
        """What should have come back there."""
        return self.expected[self.wrong[0]]

    @property
    def n_right(self) -> int:
        """How many inputs it is right on."""
        return len(self.cases) - len(self.wrong)


def observe(
    function: Callable[..., Any],
    case: Case,
    *,
    kind: Kind,
    parameters: tuple[str, ...] = (),
    console: Console | None = None,
) -> Outcome:
    """Call a function on a copy of one input and write down what happened.

    Parameters
    ----------
    kind : how to read what it returns
    parameters : their names, for a function that wants its arguments by name
    console : where its prints arrive
    """
    args, spent = copy.deepcopy(case.args), None
    call = _caller(function, parameters)
    try:
        with np.errstate(all="ignore"):
            for _ in range(case.calls):
                raw, spent = (
                    (call(args), None) if case.limit is None else case.limit.spend(call, args)
                )
            outcome = _read(raw, kind)
    except TimeIsUp:
        raise
    except BaseException as error:
        outcome = Outcome(raised=_read_exception(error, function))
    changed = tuple(
        i for i, (a, b) in enumerate(zip(args, case.args, strict=True)) if _differ(a, b)
    )
    printed = console.take() if console else ""
    return replace(outcome, changed=changed, printed=printed, spent=spent)


def _caller(function: Callable[..., Any], parameters: tuple[str, ...]) -> Callable:
    """Return what calls a function with a tuple of arguments, by their names where it asks so."""
    # lambdas, since the tests' type checker would look at an inner `def` anew at every call
    if parameters and _wants_keywords(function, parameters):
        return lambda args: function(**dict(zip(parameters, args, strict=True)))
    return lambda args: function(*args)


def _read(raw: Any, kind: Kind) -> Outcome:
    try:
        return Outcome(parts=kind.read(raw), half=half_precision(raw))
    except UnreadableError as complaint:
        if type(raw) is types.CoroutineType:
            raw.close()
        return Outcome(unreadable=str(complaint))


def _wants_keywords(function: Callable[..., Any], parameters: tuple[str, ...]) -> bool:
    """Tell whether a function takes its arguments by name only (``def f(*, queries, keys)``)."""
    try:
        wanted = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
    return set(wanted) == set(parameters) and all(
        p.kind is inspect.Parameter.KEYWORD_ONLY for p in wanted.values()
    )


def _differ(now: Any, before: Any) -> bool:
    """Tell whether an argument was changed; a tensor's gradient and its flags do not count."""
    if type(now) is not type(before):
        return True
    if isinstance(before, list | tuple):
        return len(now) != len(before) or any(map(_differ, now, before))
    if isinstance(before, str):
        return bool(now != before)
    if is_tensor(before):
        now, before = now.detach().numpy(), before.detach().numpy()
    if not isinstance(before, np.ndarray):
        return False
    now = np.ndarray.view(now, np.ndarray)
    return (
        now.shape != before.shape or now.dtype != before.dtype or now.tobytes() != before.tobytes()
    )


def _read_exception(error: BaseException, function: Callable[..., Any]) -> Raised:
    frames = list(traceback.walk_tb(error.__traceback__))
    where = _own_file(function)
    own = [(frame, line) for frame, line in frames if frame.f_code.co_filename == where]
    frame, line = own[-1] if own else (None, 0)
    return Raised(
        type_name=type(error).__name__,
        text=_text_of(error),
        line=linecache.getline(where, line).strip()[:_MOST_TEXT] if frame else None,
        function=frame.f_code.co_name if frame else None,
        not_written=isinstance(error, NotImplementedError) and frames[-1][0] is frame,
        by_hand=isinstance(error, KeyboardInterrupt),
    )


def _own_file(function: Callable[..., Any]) -> str:
    function = inspect.unwrap(function) if inspect.isfunction(function) else function
    code = getattr(function, "__code__", None)
    return code.co_filename if isinstance(code, types.CodeType) else ""


def _text_of(error: BaseException) -> str:
    """Return the first line of what an exception says; its class may be a learner's own."""
    try:
        return str(error).strip().split("\n", 1)[0][:_MOST_TEXT]
    except Exception:
        return "(its text cannot be read)"
