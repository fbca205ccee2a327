"""What a learner's test made of the zoo: who survived, who was accused, and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.checking.exercise import Case, Tally
from course_lib.checking.results import Kind, Parts, UnreadableError
from course_lib.checking.zoo import BROKEN, CORRECT, Specimen, laws
from course_lib.checking.zoo.broken import CHANGES_ARRAYS
from course_lib.checking.zoo.specimen import specimen_behind

_BLIND_SPOTS = {
    laws.SENTENCES: (
        "Nothing that leaks from one sentence to another is caught: is there only one in your "
        "batches, or are they alike?"
    ),
    laws.HEADS_APART: "Nothing that goes wrong between heads is caught: is there only one?",
    laws.BY_HAND: (
        "No wrong scale is caught: are your scores nearly 0 or all alike, or is the scale of no "
        "account in what you compare?"
    ),
}
MOST_SURVIVORS = len(BROKEN) // 8  # a good test catches fourteen of sixteen
_MOST_BULLETS = 6
_AT_OTHER_CALLS = (laws.LARGE, laws.AGAIN, laws.OTHER_SIZES)  # right where a test looks but once
Said = dict[Specimen, list[bool | None]]


@dataclass(frozen=True)
class YesOrNo(Kind):
    """A single True or False; 1 and 0 are welcome."""

    def read(self, raw: Any) -> Parts:
        """Read what came back, 1 and 0 as True and False."""
        try:
            (part,) = super().read(raw)
        except UnreadableError as complaint:
            said = f"expected True or False; {complaint}"
            if raw is None:
                said += ". Did you forget `return`, or `return False` where nothing is found?"
            raise UnreadableError(said) from None
        return (part.astype(bool) if part.shape == () and part in (0, 1) else part,)

    def fault(self, parts: Parts) -> str | None:
        """Say that it is more than one, or neither True nor False."""
        if parts[0].shape:
            return (
                f"expected one True or False; got an array of shape {parts[0].shape}. `allclose` "
                "makes one out of many, and so do `.any()` and `.all()`"
            )
        if parts[0].dtype != bool:
            return f"expected True or False; got {parts[0].item():.4g}. Compare it with a bound"
        return None


def tally(cases: Sequence[Case], seen: Sequence[Any]) -> Tally:
    """Count what a test caught and cleared, and say what would betray the survivors.

    Parameters
    ----------
    cases : each with one attention of the zoo
    seen : what the test made of it, as Outcomes
    """
    said = _answers(cases, seen)
    survivors = [s for s in BROKEN if not all(said.get(s, [None]))]
    accused = [s for s in CORRECT if any(a is not False for a in said.get(s, [None]))]
    silent = [s for s, answers in said.items() if None in answers]
    spoilt = _sees_changed_arrays(cases, seen)
    passes = not accused and not silent and len(survivors) <= MOST_SURVIVORS
    if twins := _twins_of_a_wrong_witness(survivors, accused):
        return Tally(passes, f"{twins}\n{_counts(survivors, accused, passes)}")
    parts = [
        _counts(survivors, accused, passes),
        *_oddities(said, silent, spoilt),
        *_blind_spots(survivors),
        *_accusations(accused, spoilt),
        *_hints(survivors),
    ]
    return Tally(passes, "\n".join(parts))


def _answers(cases: Sequence[Case], seen: Sequence[Any]) -> Said:
    said: Said = {}
    for case, outcome in zip(cases, seen, strict=False):  # what raised at once is not tried on all
        said.setdefault(specimen_behind(case.args[0]), []).append(_answer(outcome))
    return said


def _answer(outcome: Any) -> bool | None:
    """Read True or False, or None where there is no answer."""
    part = outcome.parts[0] if outcome.parts else None
    return bool(part) if part is not None and part.shape == () and part.dtype == bool else None


def _counts(survivors: list[Specimen], accused: list[Specimen], passes: bool) -> str:
    n_caught, n_cleared = len(BROKEN) - len(survivors), len(CORRECT) - len(accused)
    if not survivors and passes:
        return f"All {n_caught} broken ones are caught, and all {n_cleared} right ones cleared."
    counted = (
        f"{n_caught} of {len(BROKEN)} broken ones caught, and {n_cleared} of {len(CORRECT)} right "
        "ones cleared."
    )
    if passes:
        return f"{counted} That is a good test. If you like to go further:"
    return f"{counted} (To pass: {len(BROKEN) - MOST_SURVIVORS} and {len(CORRECT)}.)"


def _twins_of_a_wrong_witness(survivors: list[Specimen], accused: list[Specimen]) -> str | None:
    """Name the few that are cleared where right ones are not: the witness does as they do."""
    twins = [s for s in survivors if s.why not in _AT_OTHER_CALLS]
    if not 0 < len(twins) <= 3 or len(accused) < len(CORRECT) - 1:
        return None
    nearly = "All" if len(accused) == len(CORRECT) else "Nearly all"
    return (
        f"{nearly} right ones are accused, and what is cleared is broken: *{_named(twins)}*. Does "
        "what you compare with do the same?"
    )


def _oddities(said: Said, silent: list[Specimen], spoilt: bool) -> list[str]:
    lines = []
    if silent:
        lines.append(f"No True or False came back for {_named(silent)}.")
    unsure = [s for s, answers in said.items() if {True, False} <= set(answers)]
    if unsure and not spoilt:
        lines.append(
            f"Asked a second time, it changed its mind about {_named(unsure)}. Does it draw its "
            "numbers without a seed, or keep something between calls?"
        )
    if _mostly(False, BROKEN, said) and _mostly(True, CORRECT, said):
        lines.append("Are True and False swapped? True means that it is wrong.")
    return lines


def _mostly(answer: bool, specimens: Sequence[Specimen], said: Said) -> bool:
    return sum(set(said.get(s, [])) == {answer} for s in specimens) > len(specimens) / 2


def _blind_spots(survivors: list[Specimen]) -> list[str]:
    """Say for which law all that break it survive, where most are caught nevertheless."""
    if len(survivors) > len(BROKEN) / 2:
        return []
    return [
        sentence
        for law, sentence in _BLIND_SPOTS.items()
        if all(s in survivors for s in BROKEN if s.why == law)
    ]


def _accusations(accused: list[Specimen], spoilt: bool) -> list[str]:
    if not accused:
        return []
    lines = [
        "Accused, and right to twelve digits (do you compare with a tolerance?):",
        *_bullets([[s] for s in accused]),
    ]
    if spoilt:
        lines.append(
            "All this came after an attention that changes the embeddings it is given; before, "
            "right ones were cleared. Do all of them get the same arrays? Give each a copy."
        )
    return lines


def _sees_changed_arrays(cases: Sequence[Case], seen: Sequence[Any]) -> bool:
    """Tell whether all right ones are accused after the one that changes arrays, none before."""
    order = [
        (specimen_behind(case.args[0]), _answer(o)) for case, o in zip(cases, seen, strict=False)
    ]
    spoilt = next((i for i, (s, _) in enumerate(order) if s.name == CHANGES_ARRAYS), len(order))
    before = [answer for s, answer in order[:spoilt] if not s.is_broken]
    after = [answer for s, answer in order[spoilt:] if not s.is_broken]
    return bool(before) and bool(after) and not any(before) and all(after)


def _hints(survivors: list[Specimen]) -> list[str]:
    """Say what would betray the survivors, once for all that break the same law."""
    by_law: dict[str, list[Specimen]] = {}
    for survivor in survivors:
        by_law.setdefault(survivor.why, []).append(survivor)
    lines = _bullets(sorted(by_law.values(), key=len, reverse=True))
    return ["Survived, each with what would betray it:", *lines] if lines else []


def _bullets(groups: list[list[Specimen]]) -> list[str]:
    """Write a line for each group that shares a reason, for the first few of them."""
    lines = [f"• {_named(those)}. {those[0].why}" for those in groups[:_MOST_BULLETS]]
    n_more = sum(map(len, groups[_MOST_BULLETS:]))
    return [*lines, f"… and {n_more} more"] if n_more else lines


def _named(specimens: list[Specimen]) -> str:
    names = [specimen.name for specimen in specimens]
    more = f" and {len(names) - 6} others" if len(names) > 7 else ""
    return "; ".join(names[: 6 if more else 7]) + more
