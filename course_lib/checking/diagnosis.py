"""From what was seen to what is said: the order in which a wrong answer is explained.

At each stage a listed mistake that looks the same from outside comes before the general text:
exception, nothing returned, type, shape, nan, changed input, values, broken law, first difference.
What a call cost too much comes last, beside whatever is wrong with its numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from course_lib.checking import messages as say
from course_lib.checking.exercise import Case, Exercise, Mistake, pairs_of
from course_lib.checking.outcome import Attempt, Outcome, observe
from course_lib.checking.results import Parts
from course_lib.checking.verdict import Status, Verdict

_Stage = Callable[[Outcome, Outcome], bool]


def diagnose(
    exercise: Exercise, cases: Sequence[Case], seen: Sequence[Outcome], *, seed: int
) -> Verdict:
    """Compare what was seen with what was expected, and explain the difference.

    Parameters
    ----------
    seen : one outcome a case; fewer, where an answer was not worth trying any further

    Raises
    ------
    ValueError
        If the answer may be right, but was not tried on every case.
    """
    if (early := _not_finished(exercise, seen[-1])) is not None:
        return early
    if exercise.tally and (counted := exercise.tally(cases, seen)).passes:
        return Verdict(exercise.name, "correct", counted.text)
    n_cases, cases = len(cases), cases[: len(seen)]
    free = map(_without_limit, cases)  # the right way costs what it may
    expected = [observe(exercise.reference, case, kind=exercise.kind) for case in free]
    asked = [i for i, case in enumerate(cases) if not case.is_extra]
    if all(seen[i].is_like(expected[i]) for i in asked):
        if len(seen) != n_cases:
            raise ValueError(f"expected {n_cases} outcomes of a right answer; got {len(seen)}")
        missed = [case.about for i, case in enumerate(cases) if not seen[i].is_like(expected[i])]
        return Verdict(exercise.name, "correct", _praise(exercise, len(asked), missed))
    with np.errstate(all="ignore"):  # wrong numbers may be as large as they like
        attempt = Attempt(
            exercise,
            [cases[i] for i in asked],
            [seen[i] for i in asked],
            [expected[i] for i in asked],
            seed,
        )
        return _Diagnosis(attempt).verdict()


def _not_finished(exercise: Exercise, last: Outcome) -> Verdict | None:
    raised = last.raised
    if raised and raised.by_hand:
        return Verdict(exercise.name, "error", "stopped: the check was stopped by hand.")
    if raised and raised.not_written:
        text = (
            f"{exercise.name} still raises NotImplementedError: write your own lines in its place, "
            "then run the cell and check again."
        )
        return Verdict(exercise.name, "not attempted", text)
    return None


def _praise(exercise: Exercise, n_cases: int, missed: Sequence[str]) -> str:
    praise = f"{exercise.name} is right on all {n_cases} inputs that were tried."
    if not missed:
        return praise
    what = ", nor with ".join(dict.fromkeys(missed))
    return f"{praise} If you like to go further: it does not cope yet with {what}."


class _Diagnosis:
    """One wrong answer, looked at from the outside."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt, self.exercise = attempt, attempt.exercise
        self.seen, self.expected = attempt.seen, attempt.expected

    def verdict(self) -> Verdict:
        """Name the mistake where it is known, else the first thing that shows."""
        attempt, name = self.attempt, self.exercise.name
        status, general, stage = self._what_shows()
        numbers, cost = self._known(Outcome.gave_like), self._cost_alone()
        is_likely = all(outcome.raised for outcome in self.seen)
        if numbers is None and stage:
            numbers, is_likely = self._known(stage, alone=True), True
        if all(map(Outcome.gave_like, self.seen, self.expected)):
            numbers, cost = cost, None
        if cost and numbers and any(self._looking_like([numbers], Outcome.is_like)):
            cost = None  # the mistake with the numbers costs that by itself
        besides = f"{say.besides(attempt, cost)}{say.printed(attempt)}"
        if numbers is None:
            title = cost.title if cost and status == "incorrect" else None
            return Verdict(name, status, f"{general}{besides}{say.repeat(attempt)}", title)
        title = f"{numbers.title}; {cost.title}" if cost else numbers.title
        known = say.known(numbers, is_likely=is_likely)
        return Verdict(name, "incorrect", f"{known}{say.evidence(attempt)}{besides}", title)

    def _what_shows(self) -> tuple[Status, str, _Stage | None]:
        """Go through the stages; return status, general text and what else is alike there."""
        got, want = self.attempt.got, self.attempt.want
        if got.raised:
            return "error", say.exception(self.attempt, got.raised), None
        if got.unreadable:
            return "incorrect", say.unreadable(self.attempt, got.unreadable), None
        assert got.parts is not None
        assert want.parts is not None
        if fault := self.exercise.kind.fault(got.parts):
            return "incorrect", f"{fault}.", None
        if _shapes(got) != _shapes(want):
            return "incorrect", say.shape(self.attempt, got.parts, want.parts), _same_shapes
        if _is_broken(got.parts) and not _is_broken(want.parts):
            return "incorrect", say.not_finite(self.attempt, got.parts), _same_gaps
        if got.changed:
            return "incorrect", say.changed(self.attempt, got.changed), None
        if got.gave_like(want):
            return "incorrect", "The numbers are right, but the way to them costs too much.", None
        return "incorrect", say.values(self.attempt, got.parts), None

    def _known(self, same: _Stage, *, alone: bool = False) -> Mistake | None:
        """Find the listed mistake that looks the same on every input, then pairs of them.

        Where less than everything is compared (``alone``), only a mistake that no other one looks
        like is named.
        """
        singles = self._looking_like(self.exercise.mistakes, same)
        if alone:
            found = list(singles)
            return found[0] if len(found) == 1 else None
        return next(
            chain(singles, self._looking_like(pairs_of(self.exercise.mistakes), same)), None
        )

    def _cost_alone(self) -> Mistake | None:
        """Find the mistake there would be if all numbers were right and the cost as it is."""
        if not any(outcome.is_over for outcome in self.seen):
            return None
        right = [
            replace(want, spent=got.spent)
            for want, got in zip(self.expected, self.seen, strict=True)
        ]
        return next(self._looking_like(self.exercise.mistakes, Outcome.is_like, right), None)

    def _looking_like(
        self, mistakes: Iterable[Mistake], same: _Stage, seen: Sequence[Outcome] | None = None
    ) -> Iterator[Mistake]:
        return (
            mistake
            for mistake in mistakes
            if any(self._behaves(f, same, seen or self.seen) for f in mistake.wrong_functions)
        )

    def _behaves(self, function: Callable, same: _Stage, seen: Sequence[Outcome]) -> bool:
        cases = self.attempt.cases
        if same is not Outcome.is_like:  # who asks for the cost?
            cases = list(map(_without_limit, cases))
        return all(
            same(got, observe(function, case, kind=self.exercise.kind))
            for got, case in zip(seen, cases, strict=True)
        )


def _without_limit(case: Case) -> Case:
    return case if case.limit is None else replace(case, limit=None)


def _shapes(outcome: Outcome) -> tuple[tuple[int, ...], ...]:
    return tuple(part.shape for part in outcome.parts or ())


def _same_shapes(got: Outcome, theirs: Outcome) -> bool:
    return got.parts is not None and theirs.parts is not None and _shapes(got) == _shapes(theirs)


def _same_gaps(got: Outcome, theirs: Outcome) -> bool:
    """Tell whether nan and inf stand in the same places."""
    if not _same_shapes(got, theirs):
        return False
    pairs = zip(got.parts or (), theirs.parts or (), strict=True)
    return all(np.array_equal(np.isfinite(a), np.isfinite(b)) for a, b in pairs)


def _is_broken(parts: Parts) -> bool:
    return any(part.dtype.kind == "f" and not np.isfinite(part).all() for part in parts)
