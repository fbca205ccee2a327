"""A tiny course of its own for each test."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest

from course_lib.authoring.build import build, find_faults
from course_lib.authoring.lessons import Source, read_source
from course_lib.authoring.tables import PAGES


@dataclass
class TinyCourse:
    """A course folder in which a test writes lessons of a few lines."""

    root: Path

    def lesson(self, text: str, stem: str = "03_scores") -> Source:
        return self._write(self.root / "lessons" / f"{stem}.py", text)

    def exercise(self, text: str, stem: str = "03_scores") -> Source:
        return self._write(self.root / "lessons" / "exercises" / f"{stem}.py", text)

    def build(self, *numbers: str) -> int:
        return build(numbers, root=self.root)

    def faults(self) -> str:
        return "\n".join(str(fault) for fault in find_faults(self.root))

    def notebook(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.root / name, as_version=4)

    def _write(self, path: Path, text: str) -> Source:
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return read_source(path)


@pytest.fixture
def course(tmp_path: Path) -> TinyCourse:
    (tmp_path / "lessons" / "exercises").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for page, tables in PAGES.items():
        marks = [f"<!-- {table}: begin -->\nold\n<!-- {table}: end -->\n" for table in tables]
        (tmp_path / page).write_text("# Page\n\n" + "\n".join(marks), encoding="utf-8")
    return TinyCourse(tmp_path)
