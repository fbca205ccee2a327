"""Conventions of the prose, and of the order in which a lesson goes."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib.authoring.code_rules import calls
from course_lib.authoring.faults import Fault, Page
from course_lib.authoring.folding import SEEN, first_line
from course_lib.numbering import NAMES, unknown_names

LONGEST_PROSE = 80
LONGEST_TITLE = 160
FRAME = {"before", "after"}  # questions asked at both ends of the course

_NOT_WORDS = re.compile(
    r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|<!--.*?-->|<summary>.*?</summary>|</?\w[^>]*>|"
    r"^[ \t]*\|[^\n]*|\]\([^)]*\)",
    re.DOTALL | re.MULTILINE,
)
_NUMBERED = re.compile(r"\b[Ll]essons? \d\d\b")
_OBJECTIVE = re.compile(r"^\s*(?:[-*]|\d+\.)\s+\S", re.MULTILINE)
_LINK_OR_FRAME = re.compile(
    r"\]\((?:/|file:)|<(?:script|iframe)|<img[^>]+src=.?http|!\[[^\]]*\]\(http"
)


def prose_is_short(page: Page) -> Iterator[Fault]:
    """Keep prose to eighty words a cell; tables and equations are not counted."""
    for cell in page.prose:
        most = LONGEST_TITLE if cell is page.cells[0] else LONGEST_PROSE
        words = count_words(cell.source)
        if words > most:
            yield page.fault(
                cell, f"has {words} words, and {most} is the most.", "Cut it, or put code between."
            )


def lessons_are_named(page: Page) -> Iterator[Fault]:
    """Refer to a lesson by its name: the build knows the number."""
    written = page.source.path.read_text("utf-8")
    if unknown := unknown_names(written):
        yield page.fault(
            None,
            f"refers to §{unknown[0]}, and no lesson is called so.",
            f"The lessons are {', '.join(NAMES)}.",
        )
    if by_number := _NUMBERED.search(written):
        yield page.fault(
            None,
            f"refers to a lesson by its number: {by_number[0]}.",
            "Write its name, as in lesson §softmax.",
        )


def prose_stays_here(page: Page) -> Iterator[Fault]:
    """Allow no absolute links, and nothing that a browser would fetch from elsewhere."""
    for cell in page.prose:
        if _LINK_OR_FRAME.search(cell.source):
            yield page.fault(
                cell, "points at one machine or loads from the network.", "Use a relative link."
            )


def first_cell_opens_the_lesson(page: Page) -> Iterator[Fault]:
    """Open with the title, the question it answers, and two to four objectives."""
    first, course = page.cells[0], page.source.course
    text = _plain(first.source)
    wanted = {
        "the title as its heading": first.source.startswith("# ")
        and _plain(str(course.get("title"))) in _plain(first.source.splitlines()[0]),
        "the question, as the header has it": _plain(str(course.get("question"))) in text,
        "two to four objectives in a list": 2 <= len(_OBJECTIVE.findall(first.source)) <= 4,
    }
    if missing := [part for part, is_there in wanted.items() if not is_there]:
        yield page.fault(
            first, f"does not have {'; '.join(missing)}.", "Open the lesson with them."
        )


def predictions_come_before_their_result(page: Page) -> Iterator[Fault]:
    """Ask first, and let the next code cell show what happens."""
    code = page.code
    for cell, after in zip(code, [*code[1:], None], strict=True):
        if not calls(cell, "predict"):
            continue
        if len(cell.source.strip().split("\n\n")) > 1 or len(calls(cell, "print")):
            yield page.fault(cell, "does more than ask.", "Let predict(…) stand alone in its cell.")
        if after is None or calls(after, "predict") or calls(after, "quiz"):
            yield page.fault(
                cell, "asks, but no result follows.", "Let the next code cell show what was asked."
            )
        elif page.is_executed and not after.outputs:
            yield page.fault(
                cell, "asks, but the next code cell shows nothing.", "Show the result there."
            )


def what_was_seen_waits(page: Page) -> Iterator[Fault]:
    """Write what was seen where the build folds it: at the beginning of a prose cell."""
    for cell in page.prose:
        if SEEN in cell.source:
            yield page.fault(
                cell, f"has {SEEN} in its middle.", "Begin a cell with it, so that it can wait."
            )
    asking = [place for place, cell in enumerate(page.cells) if calls(cell, "predict")]
    for place in asking:
        after = next((c for c in page.cells[place:] if c.cell_type == "markdown"), None)
        if after and not first_line(after.source).startswith((SEEN, "#")):
            yield page.fault(after, "may tell the result.", f"Begin it with {SEEN}")


def one_quiz_closes_the_lesson(page: Page) -> Iterator[Fault]:
    """Ask the closing questions once, in the last code cell but those that frame the course."""
    asking = [cell for cell in page.code if _asked_by(cell) - FRAME]
    last = [cell for cell in page.code if not _asked_by(cell) & FRAME][-1:]
    if len(asking) != 1 or asking != last:
        yield page.fault(
            None,
            f"has {len(asking)} cells with quiz(…).",
            "Let exactly one, the last code cell, ask the closing questions.",
        )


def exercises_are_linked(page: Page) -> Iterator[Fault]:
    """Say in a lesson with exercises where they are."""
    link = f"](../exercises/{page.source.stem}.ipynb"
    if page.source.course.get("exercises") and not any(link in cell.source for cell in page.prose):
        yield page.fault(
            None, "does not link its exercises.", f"Write a link that ends in {link[2:]})"
        )


PROSE_RULES = (
    prose_is_short,
    prose_stays_here,
    first_cell_opens_the_lesson,
    predictions_come_before_their_result,
    what_was_seen_waits,
    one_quiz_closes_the_lesson,
    exercises_are_linked,
)


def count_words(text: str) -> int:
    """Count the words of a text in markdown; tables and equations are not counted."""
    return len(re.findall(r"\w[\w'’.-]*", _NOT_WORDS.sub(" ", text)))


def _asked_by(cell: NotebookNode) -> set[str]:
    """Name the sets of questions that a cell asks; two of them frame the whole course."""
    return {
        getattr(call.args[0], "value", "?") if call.args else "?" for call in calls(cell, "quiz")
    }


def _plain(text: str) -> str:
    """Drop emphasis, quotation marks and line breaks, so that only the words are compared."""
    return " ".join(re.sub(r"[*_`>]", "", text).split()).casefold()
