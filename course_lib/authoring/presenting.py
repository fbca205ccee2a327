"""Make slides of lessons that open in any browser, with no network and no server."""

import shutil
import subprocess
from pathlib import Path

from nbconvert.exporters import SlidesExporter
from rich.console import Console
from rich.text import Text
from traitlets.config import Config

from course_lib.authoring.lessons import ROOT, Source, lessons_of, read_sources
from course_lib.authoring.notebooks import read_built
from course_lib.authoring.slides import notebook_of, slides_of
from course_lib.errors import CourseError

WORKSHOP = ROOT / "workshop" / "slides"
BUILD = ROOT / "build"
SHOWING = (  # what a page loads, and under which licence it may be handed on
    *("reveal.js/dist/reveal.css", "reveal.js/dist/reveal.js"),
    *("reveal.js/plugin/notes/notes.js", "reveal.js/plugin/zoom/zoom.js", "reveal.js/LICENSE"),
    *("mathjax/es5/tex-svg-full.js", "mathjax/LICENSE"),
)
PATIENCE_S = 300


def build_slides(
    numbers: tuple[str, ...] = (), *, out: Path = BUILD / "slides", root: Path = ROOT
) -> int:
    """Write the slides of the lessons asked for, and what shows them, into one folder.

    Returns
    -------
    int
        The exit code: 0 when all is well, 1 when a lesson was left out.
    """
    console = Console(soft_wrap=True, highlight=False)
    pages, refused = {}, {}
    for lesson in _lessons(root, numbers):
        try:
            pages[f"{lesson.stem}.html"] = page_of(lesson, root)
        except CourseError as fault:
            refused[lesson.number] = fault
    if not pages and refused:
        raise next(iter(refused.values()))
    with console.status("reveal.js and MathJax …"):
        put_showing_into(out)
    for name, page in pages.items():
        (out / name).write_text(page, encoding="utf-8", newline="\n")
        console.print(f"[green]built[/]    {out / name}")
    console.print("Open one in a browser; press s for the notes, ? for all keys.")
    for number, complaint in refused.items():
        console.print(f"[red]left out[/] {number}:", Text(str(complaint)))
    if refused:
        others = " ".join(sorted(name[:2] for name in pages))
        console.print(f"To make those that can be made: python3 course.py slides {others}")
    return int(bool(refused))


def page_of(lesson: Source, root: Path = ROOT) -> str:
    """Return a lesson's slides as one page of HTML."""
    built = read_built(root / "notebooks" / f"{lesson.stem}.ipynb")
    if built is None:
        raise CourseError(
            f"notebooks/{lesson.stem}.ipynb should hold what the slides show, and it is not there. "
            f"Build it first: python3 course.py build {lesson.number}"
        )
    exporter = SlidesExporter(
        template_name="course",
        extra_template_basedirs=[str(WORKSHOP)],
        exclude_anchor_links=True,
        config=Config({"CSSHTMLHeaderPreprocessor": {"style": "default"}}),
    )
    page, _ = exporter.from_notebook_node(notebook_of(lesson, slides_of(lesson, built)))
    return page


def put_showing_into(out: Path, *, packages: Path = BUILD / "npm") -> None:
    """Copy reveal.js and MathJax beside the pages; npm fetches them the first time."""
    pinned = (WORKSHOP / "package.json").read_text(encoding="utf-8")
    note = packages / "package.json"
    is_current = note.exists() and note.read_text(encoding="utf-8") == pinned
    modules = packages / "node_modules"
    if not is_current or not all((modules / name).exists() for name in SHOWING):
        packages.mkdir(parents=True, exist_ok=True)
        note.write_text(pinned, encoding="utf-8", newline="\n")
        _fetch(packages)
    for name in SHOWING:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / name, out / name)


def _fetch(packages: Path) -> None:
    """Let npm fetch what its package.json names."""
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError(
            "reveal.js and MathJax, which show the slides, come through npm, and there is no npm "
            "here. Install Node.js, or build the slides where it is and copy the whole folder: "
            "showing them needs neither npm nor a network."
        )
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(
            command,
            cwd=packages,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
        )
        said = "" if done.returncode == 0 else done.stderr.strip() or f"code {done.returncode}"
    except subprocess.TimeoutExpired:
        said = f"no end after {PATIENCE_S} s"
    if said:
        raise CourseError(
            "npm should have fetched reveal.js and MathJax, and it did not:\n"
            f"{said}\n"
            "Is there a network? Once they are fetched, it is not needed any more; or build the "
            "slides on another machine, and copy the whole folder."
        )


def _lessons(root: Path, numbers: tuple[str, ...]) -> list[Source]:
    return lessons_of(read_sources(root, numbers))
