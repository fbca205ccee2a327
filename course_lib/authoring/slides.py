"""Choose what of a lesson goes on slides, and what its teacher reads beside them.

* A prose cell tagged ``instructor`` and ``slide`` is written for a slide, and begins one.
* Of a lesson's own prose cell tagged ``slide``, heading, equations and lists begin one.
* A prediction tagged ``slide`` is a slide: the question and its choices.
* Of any other code cell tagged ``slide``, what came of it is shown: below a text for slides that
  stands before it under the same heading, or on a slide of its own. Its code is shown only where
  nothing came of it, or with ``slide-code``.
* An ``instructor`` cell without ``slide`` is a note to the slide before it.

The first slide and the one that hands over to the exercises come from the lesson's header.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.authoring.code_rules import calls
from course_lib.authoring.lessons import Source
from course_lib.authoring.metadata_rules import headings_in
from course_lib.authoring.notebooks import INSTRUCTOR, SLIDE, SLIDE_CODE, tags_of, targets
from course_lib.errors import CourseError

WIDTH, HEIGHT = 1280, 720  # the canvas on which sizes are meant, whatever the projector has
LARGEST, SMALLEST = 36, 20  # of what was printed, in the canvas's pixels

_ROOM_ACROSS, _ROOM_DOWN, _HEADING = 1200, 600, 110
_LETTER, _LINE = 0.602, 1.35  # of a typewriter's letters, in their size
_WIDE = re.compile(r" {3,}(?=# )|\n{3,}")  # before a comment, between functions
_EQUATION_OR_ITEM = re.compile(r"\$\$.*?\$\$|^ *(?:[-*]|\d+\.) .*?$", re.DOTALL | re.MULTILINE)


@dataclass
class Slide:
    """One slide: what the room sees, and what its teacher sees beside it."""

    parts: list[NotebookNode]
    is_open: bool = False  # to the results of the code cells that come next
    notes: list[str] = field(default_factory=list)

    def has_room_for(self, parts: list[NotebookNode]) -> bool:
        """Tell whether results fit here: a figure only below a few words, and nothing else."""
        brings_figure = any(part.metadata.kind == "figure" for part in parts)
        return not brings_figure or (len(self.parts) == 1 and "$$" not in self.parts[0].source)

    @property
    def text_size(self) -> int:
        """How large what was printed can be, so that no line is cut and all of them fit."""
        lines = [line for part in self.parts for line in _typewritten(part).splitlines()]
        room_down = _ROOM_DOWN - _HEADING * (self.parts[0].metadata.kind == "text")
        across = _ROOM_ACROSS / (_LETTER * max(map(len, lines), default=1))
        down = room_down / (_LINE * max(len(lines), 1))
        return int(min(LARGEST, across, down))


def slides_of(lesson: Source, built: NotebookNode) -> list[Slide]:
    """Choose a lesson's slides; what came of its code is taken from the built notebook."""
    slides, heading = [Slide([_part(_title(lesson), "title")])], ""
    links = [cell for cell in lesson.cells if f"](../exercises/{lesson.stem}.ipynb" in cell.source]
    for written, cell in zip(lesson.cells, _as_built(lesson, built), strict=True):
        tags = tags_of(written)
        if INSTRUCTOR not in tags and (new := _headings(cell)):
            heading, slides[-1].is_open = new[-1], False
        if INSTRUCTOR in tags and SLIDE not in tags:
            slides[-1].notes.append(written.source)
        elif SLIDE in tags:
            _place(cell, tags, slides, heading)
        if links and written is links[-1]:
            slides.append(Slide([_part(_your_turn(lesson), "turn")]))
    for number, slide in enumerate(slides, start=1):
        _check_size(slide, f"{lesson.name}, slide {number}")
    return slides


def notebook_of(lesson: Source, slides: list[Slide]) -> NotebookNode:
    """Lay slides out as nbconvert expects them: cells that begin a slide, go on, or are notes."""
    cells = []
    for slide in slides:
        for position, part in enumerate(slide.parts):
            part.metadata.slideshow = {"slide_type": "-" if position else "slide"}
            part.metadata.text_size = slide.text_size
            cells.append(part)
        for note in slide.notes:
            cells.append(_part(note, "note"))
            cells[-1].metadata.slideshow = {"slide_type": "notes"}
    course = lesson.course
    title = f"{lesson.number} · {course['title']}"
    return new_notebook(cells=cells, metadata={"title": title, "width": WIDTH, "height": HEIGHT})


def _place(cell: NotebookNode, tags: set[str], slides: list[Slide], heading: str) -> None:
    """Begin a slide with a cell, or put it on the one that a text has begun."""
    if cell.cell_type == "markdown":
        text = cell.source if INSTRUCTOR in tags else _essentials(cell.source, heading)
        slides.append(Slide([_part(text, "text")], is_open=True))
    elif asked := calls(cell, "predict"):
        slides.append(Slide([_part(_choices(asked[0]), "choices")]))
    else:
        parts = list(_results(cell, with_code=SLIDE_CODE in tags))
        if slides[-1].is_open and slides[-1].has_room_for(parts):
            slides[-1].parts += parts
        else:
            slides.append(Slide(parts))


def _part(text: str, kind: str) -> NotebookNode:
    return new_markdown_cell(text, metadata={"kind": kind})


def _title(lesson: Source) -> str:
    return f"# {lesson.number} · {lesson.course['title']}\n\n{lesson.course['question']}"


def _your_turn(lesson: Source) -> str:
    course = lesson.course
    names, minutes = course["exercises"], course["minutes"]["exercises"]
    must = course["must"] if len(names) > 1 else None
    named = [f"* `{name}`" + " (the one not to miss)" * (name == must) for name in names]
    where = f"`exercises/{lesson.stem}.ipynb`"
    return "\n".join([f"## Your turn: {minutes} minutes", "", *named, "", where])


def _essentials(prose: str, heading: str) -> str:
    """Keep of a lesson's prose what can be read from the last row."""
    return "\n\n".join([f"## {heading}", *_EQUATION_OR_ITEM.findall(prose)])


def _choices(asked: ast.Call) -> str:
    question, choices = map(ast.literal_eval, asked.args)
    listed = [f"{number}. {choice}" for number, choice in enumerate(choices, start=1)]
    return "\n".join([f"## {question}", "", *listed])


def _results(cell: NotebookNode, *, with_code: bool) -> Iterator[NotebookNode]:
    """Take a code cell apart: its code, if it is to be shown, and each thing that came of it."""
    if with_code or not cell.outputs:
        yield new_code_cell(_WIDE.sub(_narrow, cell.source), metadata={"kind": "code"})
    for output in cell.outputs:
        is_figure = "<img" in output.get("data", {}).get("text/html", "")
        kind = "figure" if is_figure else "printed"
        yield new_code_cell(outputs=[output], metadata={"kind": kind})


def _narrow(space: re.Match[str]) -> str:
    return "\n\n" if "\n" in space[0] else "  "


def _typewritten(part: NotebookNode) -> str:
    """Return what a part shows in a typewriter's letters."""
    if part.metadata.kind == "code":
        return part.source
    if part.metadata.kind != "printed":
        return ""
    texts = [output.get("text") or output.data["text/plain"] for output in part.outputs]
    return "\n".join(text.strip("\n") for text in texts)


def _check_size(slide: Slide, where: str) -> None:
    if slide.text_size < SMALLEST:
        raise CourseError(
            f"{where}: what was printed should be readable from the last row, in letters of "
            f"{SMALLEST} pixels of {HEIGHT} at least, and its lines fit in {slide.text_size} only. "
            "Tag a cell that prints shorter or fewer lines."
        )


def _headings(cell: NotebookNode) -> list[str]:
    return headings_in(cell.source) if cell.cell_type == "markdown" else []


def _as_built(lesson: Source, built: NotebookNode) -> list[NotebookNode]:
    """Return a lesson's cells: prose as it was written, code with what came of it."""
    said = [cell.source for cell in targets(lesson, Path())[0].blank.cells]
    if said != [cell.source for cell in built.cells]:
        raise CourseError(
            f"notebooks/{lesson.stem}.ipynb should say what {lesson.name} says, and it does not: "
            "slides show what came of its cells. "
            f"Build it first: python3 course.py build {lesson.number}"
        )
    cells = iter(built.cells)
    built_or_note = [c if INSTRUCTOR in tags_of(c) else next(cells) for c in lesson.cells]
    return [
        written if written.cell_type == "markdown" else cell
        for written, cell in zip(lesson.cells, built_or_note, strict=True)
    ]
