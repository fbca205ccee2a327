"""What the authors' rules look at, and what they say."""

from dataclasses import dataclass

from nbformat import NotebookNode

from course_lib.authoring.folding import first_line
from course_lib.authoring.lessons import Source


@dataclass(frozen=True)
class Fault:
    """Something to mend: where it is, what was found, and what to do about it."""

    where: str
    found: str
    mend: str

    def __str__(self) -> str:
        """Return the fault as one line that an author can act on."""
        return f"{self.where} {self.found} {self.mend}"


@dataclass(frozen=True)
class Page:
    """A source with its cells as they are built, outputs included."""

    source: Source
    cells: list[NotebookNode]

    @property
    def is_executed(self) -> bool:
        """Whether the outputs are there to be looked at."""
        return any(cell.outputs for cell in self.code)

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells, in order."""
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[NotebookNode]:
        """The prose cells, in order."""
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    def fault(self, cell: NotebookNode | None, found: str, mend: str) -> Fault:
        """Say what is wrong in a cell, or in the whole file where no cell is given."""
        if cell is None:
            return Fault(f"{self.source.name}", found, mend)
        begins = first_line(cell.source)[:40]
        position = int(cell.id.rsplit("-", 1)[1])  # the id counts the cells for learners
        return Fault(f"{self.source.name}, cell {position} ({begins} …)", found, mend)
