"""From what was seen to what is said: the order in which a wrong answer is explained.

At each stage a listed mistake that looks the same from outside comes before the general text:
exception, nothing returned, type, shape, nan, changed input, values, broken law, first difference.
What a call cost too much comes last, beside whatever is wrong with its numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from textwrap import indent

import numpy as np

from course_lib.checking.exercise import Case, Exercise, Mistake, pairs_of
from course_lib.checking.outcome import Outcome, Raised, observe
from course_lib.checking.relations import relation_across, relation_of
from course_lib.checking.results import Parts, differs_at
from course_lib.checking.verdict import Status, Verdict
from course_lib.checking.wording import a_shape, an_array, an_input

_Stage = Callable[[Outcome, Outcome], bool]


def diagnose(
    exercise: Exercise, cases: Sequence[Case], seen: Sequence[Outcome], *, seed: int
) -> Verdict:
    """Compare what was seen with what was expected, and explain the difference."""
    if (early := _not_finished(exercise, seen[-1])) is not None:
        return early
    free = [replace(case, limit=None) for case in cases]  # the right way costs what it may
    expected = [observe(exercise.reference, case, kind=exercise.kind) for case in free]
    asked = [i for i, case in enumerate(cases) if not case.is_extra]
    if all(seen[i].is_like(expected[i]) for i in asked):
        missed = [case.about for i, case in enumerate(cases) if not seen[i].is_like(expected[i])]
        return Verdict(exercise.name, "correct", _praise(exercise, len(asked), missed))
    with np.errstate(all="ignore"):  # wrong numbers may be as large as they like
        return _Diagnosis(
            exercise,
            [cases[i] for i in asked],
            [seen[i] for i in asked],
            [expected[i] for i in asked],
            seed,
        ).verdict()


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

    def __init__(
        self,
        exercise: Exercise,
        cases: Sequence[Case],
        seen: Sequence[Outcome],
        expected: Sequence[Outcome],
        seed: int,
    ) -> None:
        wrong = [i for i, (a, b) in enumerate(zip(seen, expected, strict=True)) if not a.is_like(b)]
        self.exercise, self.cases, self.seen, self.expected = exercise, cases, seen, expected
        first, self.case = wrong[0], cases[wrong[0]]
        self.n_right = len(cases) - len(wrong)
        self.got, self.want = seen[first], expected[first]
        self.fresh_seed = seed if first >= (len(cases) + 1) // 2 else None

    def verdict(self) -> Verdict:
        """Name the mistake where it is known, else the first thing that shows."""
        status, general, stage = self._what_shows()
        numbers, cost = self._known(Outcome.gave_like), self._cost_alone()
        if numbers is None and stage:
            numbers = self._known(stage, alone=True)
        if all(map(Outcome.gave_like, self.seen, self.expected)):
            numbers, cost = cost, None
        if cost and numbers and any(self._looking_like([numbers], Outcome.is_like)):
            cost = None  # the mistake with the numbers costs that by itself
        if numbers is None:
            text = f"{general}{self._besides(cost)}{self._printed()}{self._repeat()}"
            title = cost.title if cost and status == "incorrect" else None
            return Verdict(self.exercise.name, status, text, title)
        text = f"{numbers.title[0].upper()}{numbers.title[1:]}. {numbers.explanation}"
        text += f"{self._evidence()}{self._besides(cost)}{self._printed()}"
        title = f"{numbers.title}; {cost.title}" if cost else numbers.title
        return Verdict(self.exercise.name, "incorrect", text, title)

    def _what_shows(self) -> tuple[Status, str, _Stage | None]:
        """Go through the stages; return status, general text and what else is alike there."""
        got = self.got
        if got.raised:
            return "error", self._exception(got.raised), None
        if got.unreadable:
            return "incorrect", self._unreadable(got.unreadable), None
        assert got.parts is not None
        assert self.want.parts is not None
        if fault := self.exercise.kind.fault(got.parts):
            return "incorrect", f"{fault}.", None
        if _shapes(got) != _shapes(self.want):
            return "incorrect", self._shape(got.parts, self.want.parts), _same_shapes
        if _is_broken(got.parts) and not _is_broken(self.want.parts):
            return "incorrect", self._not_finite(got.parts), _same_gaps
        if got.changed:
            return "incorrect", self._changed(got.changed), None
        if got.gave_like(self.want):
            return "incorrect", "The numbers are right, but the way to them costs too much.", None
        return "incorrect", self._values(got.parts, self.want.parts), None

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
        cases = self.cases
        if same is not Outcome.is_like:  # the only one that asks for the cost
            cases = [replace(case, limit=None) for case in cases]
        return all(
            same(got, observe(function, case, kind=self.exercise.kind))
            for got, case in zip(seen, cases, strict=True)
        )

    def _exception(self, raised: Raised) -> str:
        where = f" in your line `{raised.line}`" if raised.line else ""
        said = f": {raised.text}" if raised.text else ""
        return (
            f"Your function raised {raised.type_name}{where}{said}. "
            f"The check called {self.exercise.signature}.\n{an_input(self.exercise, self.case)}"
        )

    def _unreadable(self, complaint: str) -> str:
        if complaint == "got None":
            return (
                f"{self.exercise.name} returned None: nothing came back. "
                "Did you forget `return`, or is it indented too far?"
            )
        if complaint.startswith("got a generator"):
            complaint += "; use `return` where you have `yield`"
        if complaint.startswith("got a coroutine"):
            complaint += "; write `def` without `async`"
        if complaint.startswith("expected"):
            return f"{complaint}."
        return f"expected {a_shape(self.exercise, self.want.parts)}; {complaint}."

    def _shape(self, got: Parts, want: Parts) -> str:
        for i, (ours, theirs) in enumerate(zip(got, want, strict=True)):
            if ours.shape != theirs.shape:
                axes = ", ".join(self.exercise.kind.axes[i]) or "a single number"
                return (
                    f"The shape of {self.exercise.kind.names[i]} is {ours.shape}; expected "
                    f"{theirs.shape}, that is ({axes}).\n{an_input(self.exercise, self.case)}"
                )
        raise AssertionError("called only where shapes differ")

    def _not_finite(self, got: Parts) -> str:
        broken = next(part for part in got if not np.isfinite(part).all())
        what = "nan" if np.isnan(broken).any() else "inf"
        return (
            f"There is {what} in your result, for {self.case.about}. Look for a division by zero, "
            f"or an exp of a large number.\n{an_input(self.exercise, self.case)}"
        )

    def _changed(self, which: Sequence[int]) -> str:
        names = " and ".join(self.exercise.parameters[i] for i in which)
        return (
            f"Your function changed {names} in place; whoever called it still needs the old "
            "numbers. Look for `+=`, `/=`, `[...] =` or `out=`, and work on a new array instead."
        )

    def _values(self, got: Parts, want: Parts) -> str:
        for law in self.exercise.laws:
            if sentence := law.broken(got, *self.case.args):
                return f"{sentence}{self._evidence()}"
        some = f" Right on {self.n_right} of {len(self.cases)} inputs." if self.n_right else ""
        return f"Not yet.{some}{self._relation(got, want)}{self._evidence()}"

    def _relation(self, got: Parts, want: Parts) -> str:
        """Say what our numbers have in common with the right ones, if anything simple."""
        if not any(part.ndim for part in want):
            found = self._relation_across()
            return f" {found}" if found else ""
        for ours, theirs in zip(got, want, strict=True):
            if differs_at(ours, theirs) is not None and (found := relation_of(ours, theirs)):
                return f" {found}"
        return ""

    def _relation_across(self) -> str | None:
        """Compare single numbers over all inputs, since one of them says nothing."""
        if any(outcome.parts is None or outcome.parts[0].ndim for outcome in self.seen):
            return None
        ours, theirs = (
            np.array([outcome.parts[0] for outcome in outcomes if outcome.parts])
            for outcomes in (self.seen, self.expected)
        )
        return relation_across(ours, theirs)

    def _evidence(self) -> str:
        """Show the learner's own numbers, or what was raised, and the input they came from."""
        if self.got.raised:
            return f"\n{self._exception(self.got.raised)}"
        if self.got.parts is None or self.want.parts is None or self.got.gave_like(self.want):
            return ""
        shown = f"\n{an_input(self.exercise, self.case)}"
        for i, ours in enumerate(self.got.parts):
            name = (
                "Your result" if len(self.got.parts) == 1 else f"Your {self.exercise.kind.names[i]}"
            )
            shown += f"\n{name}{self._first_wrong(i)}:\n{indent(an_array(ours), '  ')}"
        return shown

    def _first_wrong(self, i: int) -> str:
        assert self.got.parts is not None
        assert self.want.parts is not None
        ours, theirs = self.got.parts[i], self.want.parts[i]
        if ours.shape != theirs.shape or not ours.ndim:
            return ""
        where = differs_at(ours, theirs)
        axes = self.exercise.kind.axes[i]
        return f", first wrong at {list(where)} ({', '.join(axes)})" if where and axes else ""

    def _besides(self, cost: Mistake | None) -> str:
        """Say what the answer costs too much, beside what is wrong with its numbers."""
        counted = next((o.spent.counted for o in self.seen if o.spent and o.is_over), "")
        also = f"Besides: {cost.title}. {cost.explanation} " if cost else ""
        return f"\n{also}{counted}" if counted else ""

    def _printed(self) -> str:
        said = self.got.printed.strip()
        return f"\nYour function printed: {said}" if said else ""

    def _repeat(self) -> str:
        if self.fresh_seed is None:
            return ""
        return (
            f"\nThis input was drawn with seed={self.fresh_seed}; evaluate(…, seed=…) repeats it."
        )


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
