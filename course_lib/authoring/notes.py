"""What a lesson says to its teachers: the cells tagged ``instructor``."""

import re
from dataclasses import dataclass

from course_lib.authoring.lessons import Source
from course_lib.authoring.metadata_rules import headings_in
from course_lib.authoring.notebooks import INSTRUCTOR, SLIDE, tags_of

_LABEL = re.compile(r"\*\*([^*]+)\.\*\*\s")


@dataclass(frozen=True)
class Note:
    """One cell for teachers."""

    label: str  # "Ask the room", for instance; empty where it begins otherwise
    text: str
    heading: str  # what it stands under in the lesson
    position: int  # among the source's cells, from 1


def notes_of(source: Source) -> list[Note]:
    """Return what a lesson says to its teachers, in order; text for slides is not among it."""
    notes, heading = [], ""
    for position, cell in enumerate(source.cells, start=1):
        tags = tags_of(cell)
        if INSTRUCTOR in tags and SLIDE not in tags:
            text = cell.source.strip()
            found = _LABEL.match(text)
            notes.append(Note(found[1] if found else "", text, heading, position))
        elif INSTRUCTOR not in tags and cell.cell_type == "markdown":
            heading = [heading, *headings_in(cell.source)][-1]
    return notes
