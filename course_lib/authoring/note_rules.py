"""Conventions of what a lesson says to its teachers, from which the guide is made."""

from collections import Counter
from collections.abc import Iterator

from course_lib.authoring.faults import Fault, Page
from course_lib.authoring.notebooks import INSTRUCTOR, SLIDE, tags_of
from course_lib.authoring.notes import Note, notes_of
from course_lib.authoring.output_rules import unshown_numbers
from course_lib.authoring.prose_rules import count_words

FEWEST_WORDS, MOST_WORDS = 30, 90
IDEA, ASK, STUMBLE, LATE, BEFORE = LABELS = (
    "One idea",
    "Ask the room",
    "Stumble",
    "If time runs out",
    "Before you begin",
)
# How many a lesson has, at least and at most.
COUNTS = {IDEA: (1, 1), ASK: (2, 4), STUMBLE: (2, 4), LATE: (1, 1), BEFORE: (0, 1)}
ANSWERED = {ASK: "*Expect:*", STUMBLE: "*Say:*"}


def notes_are_labelled(page: Page) -> Iterator[Fault]:
    """Begin each note with one of the labels, and answer what it asks."""
    for note in notes_of(page.source):
        if note.label not in LABELS:
            written = ", ".join(f"**{label}.**" for label in LABELS)
            yield _fault(page, note, "begins with no label.", f"Begin it with one of {written}")
        answer = ANSWERED.get(note.label, "")
        if answer and f"\n{answer}" not in note.text:
            yield _fault(
                page,
                note,
                f"has no line that begins with {answer}",
                "Say what the room will answer, or what to say to the room.",
            )


def notes_are_counted(page: Page) -> Iterator[Fault]:
    """Give each lesson one idea, a few questions and stumbles, and one way to be late."""
    counts = Counter(note.label for note in notes_of(page.source))
    for label, (fewest, most) in COUNTS.items():
        if not fewest <= counts[label] <= most:
            wanted = str(most) if fewest == most else f"{fewest} to {most}"
            yield page.fault(
                None,
                f"has {counts[label]} notes **{label}.**, and {wanted} are wanted.",
                "Write them as cells tagged instructor.",
            )


def notes_stand_where_they_are_needed(page: Page) -> Iterator[Fault]:
    """Put the one idea behind the title, and the way to be late where the header cuts."""
    notes, cut = notes_of(page.source), page.source.course.get("cut")
    if notes and notes[0].label != IDEA:
        yield _fault(page, notes[0], "comes first.", f"Begin with **{IDEA}.**")
    for note in notes:
        before = [tags_of(cell) for cell in page.source.cells[: note.position - 1]]
        if note.label == IDEA and sum(INSTRUCTOR not in tags for tags in before) != 1:
            yield _fault(page, note, "stands elsewhere.", "Put it right after the title cell.")
        if note.label == LATE and note.heading != cut:
            yield _fault(
                page,
                note,
                f"stands under {note.heading!r}, and the header cuts at {cut!r}.",
                "Let both name the same place.",
            )


def notes_are_plain_text(page: Page) -> Iterator[Fault]:
    """Keep a note to prose of thirty to ninety words, and to numbers that the lesson shows."""
    for cell in page.source.cells:
        extra = tags_of(cell) - {INSTRUCTOR, SLIDE}
        if INSTRUCTOR in tags_of(cell) and (cell.cell_type != "markdown" or extra):
            begins = cell.source.strip().partition("\n")[0][:40]
            yield Fault(
                f"{page.source.name}, the note that begins {begins!r},",
                f"is {' '.join([cell.cell_type, *sorted(extra)])}.",
                "Write it as markdown, tagged instructor and nothing else.",
            )
    for note in notes_of(page.source):
        words = count_words(note.text)
        if not FEWEST_WORDS <= words <= MOST_WORDS:
            yield _fault(
                page,
                note,
                f"has {words} words, and {FEWEST_WORDS} to {MOST_WORDS} are wanted.",
                "Make it concrete, and no longer than can be read while teaching.",
            )
        for quoted in unshown_numbers(note.text, page.code) if page.is_executed else ():
            yield _fault(
                page,
                note,
                f"quotes {quoted}, which no output of the lesson shows.",
                "Quote what is printed there.",
            )


NOTE_RULES = (
    notes_are_labelled,
    notes_are_counted,
    notes_stand_where_they_are_needed,
    notes_are_plain_text,
)


def _fault(page: Page, note: Note, found: str, mend: str) -> Fault:
    begins = note.text.partition("\n")[0][:40]
    return Fault(f"{page.source.name}, the note that begins {begins!r},", found, mend)
