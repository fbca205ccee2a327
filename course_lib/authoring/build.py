"""Turn the written lessons into the notebooks that people read."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from course_lib.authoring import answers
from course_lib.authoring.conventions import broken_conventions
from course_lib.authoring.executing import execute
from course_lib.authoring.faults import Fault
from course_lib.authoring.fingerprints import BuildCache
from course_lib.authoring.lessons import ROOT, lessons_of, read_sources
from course_lib.authoring.links import broken_links
from course_lib.authoring.notebooks import Target, dumps, read_built, targets, with_outputs_of
from course_lib.authoring.pictures import HEAVY_KB, heavy_pictures, keep_old_pictures
from course_lib.authoring.staleness import stale_files
from course_lib.authoring.tables import write_tables
from course_lib.authoring.workshop import write_workshop
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
        return _report(lessons, root, console) if check else _build(lessons, root, console)
    except CourseError as error:
        console.print(str(error), markup=False, style="red")
        return 1


def find_faults(root: Path, numbers: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Find what is stale or broken, and what breaks a convention, without executing anything."""
    for source in read_sources(root, numbers):
        yield from broken_conventions(source, root)
    yield from stale_files(root, read_sources(root))
    yield from broken_links(root)


def _report(numbers: tuple[str, ...], root: Path, console: Console) -> int:
    faults = list(find_faults(root, numbers))
    for fault in faults:
        console.print(f"• {fault}", markup=False)
    if faults:
        console.print(f"[bold red]{len(faults)} to mend[/]")
    else:
        console.print("[green]Everything that is built is what its source gives.[/]")
    return int(bool(faults))


def _build(numbers: tuple[str, ...], root: Path, console: Console) -> int:
    cache = BuildCache(root)
    planned = [target for source in read_sources(root, numbers) for target in targets(source, root)]
    everything = read_sources(root)
    renewed = [f"{page} (its tables)" for page in write_tables(root, lessons_of(everything))]
    renewed += [f"{page} (for teachers)" for page in write_workshop(root, lessons_of(everything))]
    renewed += [answers.FILE] * answers.write_answers(root, everything)
    for name in renewed:
        console.print(f"[green]built[/]    {name}")
    failures = [_make(target, cache, console) for target in planned]
    return int(any(failures))


def _make(target: Target, cache: BuildCache, console: Console) -> bool:
    """Write one notebook if it has to be; return whether that failed."""
    started = time.monotonic()
    try:
        with console.status(f"{target.name} …"):
            word = _write(target, cache, console)
    except CourseError as error:
        console.print(f"[bold red]failed[/]   {target.name}")
        console.print(str(error), markup=False)
        return True
    seconds = time.monotonic() - started
    console.print(f"[green]{word:8}[/] {target.name}" + (f"  {seconds:.1f} s" * (seconds > 0.5)))
    return False


def _write(target: Target, cache: BuildCache, console: Console) -> str:
    """Write one notebook; return the word for what was done."""
    target.path.parent.mkdir(exist_ok=True)
    if not target.executed:
        return _replace(target.path, dumps(target.blank))
    before = read_built(target.path)
    if before and cache.is_current(target):  # at most its prose has changed
        word = _replace(target.path, dumps(with_outputs_of(before, target.blank)))
        cache.remember(target)
        return word
    notebook, read = execute(target.blank, folder=target.path.parent, name=target.name)
    if before:
        keep_old_pictures(notebook, before)
    word = _replace(target.path, dumps(notebook))
    cache.remember(target, read)
    for cell in notebook.cells:
        for weight in heavy_pictures(cell):
            note = f"{target.name}, {cell.id}: a picture of {weight} kB; {HEAVY_KB} is the most"
            console.print(f"[yellow]heavy[/]    {note}")
    return word


def _replace(path: Path, text: str) -> str:
    """Write the file only where it differs; return the word that says which."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return "kept"
    path.write_text(text, encoding="utf-8", newline="\n")
    return "built"
