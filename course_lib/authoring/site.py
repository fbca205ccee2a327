"""Build the course as a site that asks no host for anything, opened from a folder or a server."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from course_lib.authoring.lessons import ROOT
from course_lib.authoring.staging import PICTURES, stage
from course_lib.errors import CourseError

CONFIG = ROOT / "workshop" / "site"
TOOLS = ("sphinx", "myst_nb", "furo")  # pyproject's group "site"
DEFAULT_OUT = ROOT / "build" / "site"


def build_site(
    *, out: Path = DEFAULT_OUT, root: Path = ROOT, only: Collection[str] | None = None
) -> int:
    """Write the whole course, or some pages of it, as a site into a folder.

    Returns
    -------
    int
        The exit code: 0 when all is well.
    """
    require_tools()
    console = Console(soft_wrap=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="course-site-") as folder:
        staged, built = Path(folder, "staged"), Path(folder, "built")
        with console.status("building the site"):
            names = stage(staged, root=root, only=only)
            run_sphinx(staged, built)
        shutil.copytree(staged / PICTURES, built / PICTURES)
        _replace(out, built)
    console.print(f"[green]built[/]    {out}: {len(names) + 1} pages")
    console.print(f"Open {out / 'index.html'} in a browser, or put the folder on any web server.")
    return 0


def require_tools() -> None:
    """Raise unless what builds the site is installed."""
    missing = [tool for tool in TOOLS if find_spec(tool) is None]
    if missing:
        raise CourseError(
            f"The site is built with Sphinx, and {', '.join(missing)} is not installed here: "
            "nothing else in the course needs it. Install it, in the folder of the course, with\n"
            f"    {sys.executable} -m pip install -c constraints.txt --group site\n"
            "and run the same command again."
        )


def run_sphinx(staged: Path, built: Path) -> None:
    """Let Sphinx build what was staged; what it warns of is an error.

    Raises
    ------
    CourseError
        With what Sphinx said.
    """
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going"]
    command += ["-c", str(CONFIG), "-d", str(staged.parent / "doctrees"), str(staged), str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = done.stderr.replace(f"{staged}{os.sep}", "").strip()
        raise CourseError(
            f"Sphinx should have built the site without a warning, and it said:\n{said}\n"
            "Mend the page that it names, and build again."
        )
    for left_over in (".buildinfo", "objects.inv"):
        (built / left_over).unlink(missing_ok=True)


def _replace(out: Path, built: Path) -> None:
    """Put a new site in the place of an old one, and in the place of nothing else."""
    if out.exists() and any(out.iterdir()) and not (out / "searchindex.js").exists():
        raise CourseError(
            f"The site should go into {out}, and something else is in it, which stays. "
            "Name a new folder with --out, or empty that one."
        )
    if out.exists():
        shutil.rmtree(out)
    shutil.copytree(built, out)
