"""What can be said of one wrong answer, each in a sentence or two.

The expected numbers are never shown: the learner's own are, with the input that they came from.
"""

from collections.abc import Sequence
from itertools import groupby
from textwrap import indent

import numpy as np

from course_lib.checking.exercise import Case, Exercise, Mistake
from course_lib.checking.guarding import TimeIsUp
from course_lib.checking.outcome import Outcome, Raised
from course_lib.checking.relations import relation_across, relation_of
from course_lib.checking.results import HALF_PRECISION, Parts, differs_at
from course_lib.checking.wording import a_shape, an_array, an_input

_OVERRUN_S = 2.0  # from here on it is worth a sentence


class Sentences:
    """Speaks of one wrong answer, and mostly of the first input that it is wrong on."""

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
        self.fresh_seed = seed if self.case.is_fresh else None

    def exception(self, raised: Raised) -> str:
        """Show what was raised, in which line, and what the check had called."""
        where = f" in your line `{raised.line}`" if raised.line else ""
        said = f": {raised.text}" if raised.text else ""
        return (
            f"{_ended(f'Your function raised {raised.type_name}{where}{said}')} "
            f"{self._instead_of(raised)}"
            f"The check called {self.exercise.signature}.\n{an_input(self.exercise, self.case)}"
        )

    def _instead_of(self, raised: Raised) -> str:
        """Say that a test answers, where it raises on purpose."""
        by_choice = raised.type_name == "AssertionError" or (raised.line or "").startswith("raise ")
        asked = self.exercise.tally and by_choice
        return (
            "Where something is wrong, return True instead, and False at the end. " if asked else ""
        )

    def unreadable(self, complaint: str) -> str:
        """Say what came back instead of numbers."""
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
            return _ended(complaint)
        return f"expected {a_shape(self.exercise, self.want.parts)}; {complaint}."

    def shape(self, got: Parts, want: Parts) -> str:
        """Say which result has another shape, and what its axes should be."""
        for i, (ours, theirs) in enumerate(zip(got, want, strict=True)):
            if ours.shape != theirs.shape:
                axes = ", ".join(self.exercise.kind.axes[i]) or "a single number"
                return (
                    f"The shape of {self.exercise.kind.names[i]} is {ours.shape}; expected "
                    f"{theirs.shape}, that is ({axes}).\n{an_input(self.exercise, self.case)}"
                )
        raise AssertionError("called only where shapes differ")

    def not_finite(self, got: Parts) -> str:
        """Say that there is nan or inf, and for which input."""
        broken = next(part for part in got if not np.isfinite(part).all())
        what = "nan" if np.isnan(broken).any() else "inf"
        is_half = self.got.half == "float16"
        too_large = " float16 holds nothing above 65,504: try float64." if is_half else ""
        return (
            f"There is {what} in your result, for {self.case.about}. Look for a division by zero, "
            "an exp of a large number, or the root, the logarithm or a power of a negative one."
            f"{too_large}\n{an_input(self.exercise, self.case)}"
        )

    def changed(self, which: Sequence[int]) -> str:
        """Name the arguments that were changed in place."""
        names = " and ".join(self.exercise.parameters[i] for i in which)
        return (
            f"Your function changed {names} in place; whoever called it still needs the old "
            "numbers. Look for `+=`, `/=`, `[...] =` or `out=`, and work on a new array instead."
        )

    def values(self, got: Parts, want: Parts) -> str:
        """Name the broken law, else what the wrong numbers look like."""
        if self.got.half and self._is_right_in_half(got, want):
            return (
                f"Not yet: your numbers are right as far as half precision ({self.got.half}) goes, "
                "but it holds only two or three digits, too few to tell right from nearly right. "
                f"Compute in float64 or float32.{self.evidence()}"
            )
        for law in self.exercise.laws:
            if sentence := law.broken(got, *self.case.args):
                return f"{sentence}{self.evidence()}"
        if self.exercise.tally:
            return f"Not yet.{self.evidence()}"
        some = f" Right on {self.n_right} of {len(self.cases)} inputs." if self.n_right else ""
        return f"Not yet.{some}{self._relation(got, want)}{self.evidence()}"

    def _is_right_in_half(self, got: Parts, want: Parts) -> bool:
        """Tell whether the numbers are right but for the few digits that half precision holds."""
        spacing = HALF_PRECISION.get(self.got.half, 0.0)
        return all(
            (np.abs(ours - theirs) <= 8 * spacing * max(1.0, np.abs(theirs).max())).all()
            for ours, theirs in zip(got, want, strict=True)
            if theirs.size
        )

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

    def evidence(self) -> str:
        """Show the learner's own numbers, or what was raised, and the input they came from."""
        if self.got.raised:
            return f"\n{self.exception(self.got.raised)}"
        if self.exercise.tally:
            return f"\n{self.exercise.tally(self.cases, self.seen).text}"
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

    def besides(self, cost: Mistake | None) -> str:
        """Say what the answer costs too much, beside what is wrong with its numbers."""
        counted = next((o.spent.counted for o in self.seen if o.spent and o.is_over), "")
        also = f"Besides: {cost.title}. {cost.explanation} " if cost else ""
        return f"\n{also}{counted}" if counted else ""

    def printed(self) -> str:
        """Repeat what the function printed."""
        said = "\n".join(_once(self.got.printed.strip().splitlines()))
        return f"\nYour function printed: {said}" if said else ""

    def repeat(self) -> str:
        """Say how to draw the same input again."""
        if self.fresh_seed is None or self.exercise.tally:
            return ""
        return (
            f"\nThis input was drawn with seed={self.fresh_seed}; evaluate(…, seed=…) repeats it."
        )


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
