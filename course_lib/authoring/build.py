"""Turn the written lessons into the notebooks that people read."""

import time
from pathlib import Path

import nbformat
from rich.console import Console

from course_lib.authoring.executing import execute
from course_lib.authoring.fingerprints import BuildCache
from course_lib.authoring.lessons import ROOT, read_sources
from course_lib.authoring.notebooks import Target, dumps, targets
from course_lib.authoring.pictures import heavy_pictures, keep_old_pictures
from course_lib.errors import CourseError


def build(lessons: tuple[str, ...] = (), *, check: bool = False, root: Path = ROOT) -> int:
    """Build the lessons asked for (all when none is named), or only check what is built.

    Returns
    -------
    int
        The exit code: 0 when all is well.
    """
    console = Console(soft_wrap=True, highlight=False)
    try:
        sources = read_sources(root, lessons)
        cache = BuildCache(root)
        failures = [
            _make(target, cache, console) for source in sources for target in targets(source, root)
        ]
    except CourseError as error:
        console.print(f"[bold red]stopped[/]  {error}", markup=True)
        return 1
    return int(any(failures))


def _make(target: Target, cache: BuildCache, console: Console) -> bool:
    """Write one notebook if it has to be; return whether that failed."""
    try:
        word, note = _write(target, cache, console)
    except CourseError as error:
        console.print(f"[bold red]failed[/]  {target.name}")
        console.print(str(error), markup=False)
        return True
    console.print(f"[green]{word}[/]  {target.name}  [dim]{note}[/]")
    return False


def _write(target: Target, cache: BuildCache, console: Console) -> tuple[str, str]:
    target.path.parent.mkdir(exist_ok=True)
    if not target.executed:
        return _replace(target.path, dumps(target.blank)), ""
    if cache.is_current(target):
        return "kept   ", ""
    started = time.monotonic()
    with console.status(f"executing {target.name} …"):
        notebook, loaded = execute(target.blank, folder=target.path.parent, name=target.name)
    if target.path.exists():
        keep_old_pictures(notebook, nbformat.read(target.path, as_version=4))
    word = _replace(target.path, dumps(notebook))
    cache.remember(target, loaded)
    for cell_id, weight in heavy_pictures(notebook):
        console.print(f"[yellow]heavy  [/]  {target.name}, {cell_id}: a picture of {weight} kB")
    return word, f"executed in {time.monotonic() - started:.1f} s"


def _replace(path: Path, text: str) -> str:
    """Write the file only where it differs; return the word that says which."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return "kept   "
    path.write_text(text, encoding="utf-8", newline="\n")
    return "built  "
