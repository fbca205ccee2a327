"""Hold the lessons to the conventions that make them read as one course.

Each rule is a function from a page to the faults it finds; the rules on code, on prose, on
stored outputs and on what teachers read have a file each.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from course_lib.authoring.code_rules import CODE_RULES
from course_lib.authoring.faults import Fault, Page
from course_lib.authoring.lessons import Source
from course_lib.authoring.metadata_rules import METADATA_RULES
from course_lib.authoring.note_rules import NOTE_RULES
from course_lib.authoring.notebooks import read_built, targets
from course_lib.authoring.output_rules import OUTPUT_RULES
from course_lib.authoring.prose_rules import PROSE_RULES, lessons_are_named

Rule = Callable[[Page], Iterator[Fault]]

EVERYWHERE: tuple[Rule, ...] = (*CODE_RULES, *OUTPUT_RULES, lessons_are_named)
IN_LESSONS: tuple[Rule, ...] = (*METADATA_RULES, *PROSE_RULES, *NOTE_RULES)


def broken_conventions(source: Source, root: Path) -> Iterator[Fault]:
    """Find what in one source, or in the outputs built from it, is not as the course has it."""
    page = page_of(source, root)
    if not page.cells:
        yield page.fault(None, "has no cells.", "Begin with '# %% [markdown]' and a title.")
        return
    rules = EVERYWHERE if source.is_exercise else EVERYWHERE + IN_LESSONS
    for rule in rules:
        yield from rule(page)


def page_of(source: Source, root: Path) -> Page:
    """Lay a source beside the outputs that were built from it, where they are current."""
    target = targets(source, root)[-1]  # of exercises the solutions, which are executed
    built = read_built(target.path)
    is_current = built and [c.source for c in built.cells] == [c.source for c in target.blank.cells]
    return Page(source, built.cells if built and is_current else target.blank.cells)
