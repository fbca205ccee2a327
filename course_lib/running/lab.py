"""Open JupyterLab on the learner's working copy."""

import os
import webbrowser
from pathlib import Path

from filelock import Timeout
from rich.console import Console

from course_lib.errors import CourseError
from course_lib.running.home_page import renew_home_page
from course_lib.running.jupyter_environment import jupyter_environment, unwritable_folders
from course_lib.running.open_labs import address_in, open_lab_of
from course_lib.running.workspace import Refreshed, refresh_workspace
from course_lib.storage import course_home

COURSE = Path(__file__).resolve().parents[2]

QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",  # or it asks the package index what there is
    "--Application.log_level=ERROR",  # the address to open is shown all the same
    "--JupyterApp.answer_yes=True",  # Ctrl-C means it
)


def open_lab(*, port: int | None, browser: bool, fresh: tuple[str, ...]) -> int:
    """Bring the working copy up to date and work in it until JupyterLab is closed.

    Parameters
    ----------
    port : where JupyterLab listens; None for its own choice
    browser : whether to open a browser window
    fresh : numbers of the lessons to begin afresh

    Returns
    -------
    int
        What the command line hands on: 0 when all went well.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    home = course_home() if os.environ.get("COURSE_HOME") else COURSE / "workspace"
    try:
        report = refresh_workspace(COURSE, home, fresh=fresh)
    except (CourseError, OSError) as fault:
        console.print(_explain(fault, home))
        return 1
    said = [*describe(report), *_enter_surroundings(home)]
    standing, page = renew_home_page(COURSE, home)
    for line in [*said, *standing]:
        console.print(line)
    landing = f"/lab/tree/{page}" if page else _landing(report)
    if server := open_lab_of(home):
        return _lead_to(address_in(server, landing), console, browser=browser)
    console.print(f"JupyterLab opens in {home}. Ctrl-C in this window closes it.")
    from jupyterlab.labapp import LabApp  # takes a second: only now is it needed

    LabApp.launch_instance(lab_options(home, port=port, browser=browser, landing=landing))
    console.print("JupyterLab is closed. Your work is kept.")
    return 0


def _enter_surroundings(home: Path) -> list[str]:
    """Give Jupyter the environment that it needs, and say what cannot be where it usually is."""
    cannot = list(unwritable_folders().values())
    os.environ.update(jupyter_environment(home))
    os.environ.pop("PYTHONSAFEPATH", None)  # a learner's own programs import what lies beside them
    if not cannot:
        return []
    return [f"Jupyter keeps its own files in {home}, since {cannot[0]} cannot be written."]


def _lead_to(address: str, console: Console, *, browser: bool) -> int:
    """Show a JupyterLab that is open already, in the browser if there is to be one."""
    console.print(f"JupyterLab is open already, in another window: {address}")
    if browser:
        webbrowser.open(address)
    return 0


def lab_options(home: Path, *, port: int | None, browser: bool, landing: str) -> list[str]:
    """Spell out how JupyterLab is started: in the working copy, asking the network nothing."""
    options = [*QUIET, f"--ServerApp.root_dir={home}", f"--LabApp.default_url={landing}"]
    options += [f"--LabApp.workspaces_dir={home / '.jupyterlab'}"]  # other layouts stay as they are
    if port is not None:
        options += [f"--ServerApp.port={port}"]
    if not browser:
        options += ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there may be no one else
        options += ["--allow-root"]
    return options


def describe(report: Refreshed) -> list[str]:
    """Say in a few lines what a refresh did to the working copy."""
    lines = []
    if report.new:
        lines.append(f"New in your working copy: {_files(report.new)}.")
    if report.renewed:
        lines.append(f"Renewed, since nothing of yours was in them: {_files(report.renewed)}.")
    for path, beside in report.kept.items():
        lines.append(f"You changed {path}: it stays. The new version is beside it, {beside}.")
    for path, dated in report.saved.items():
        lines.append(f"{path} begins afresh. Your version is saved beside it, {dated}.")
    return lines


def _files(paths: list[str]) -> str:
    return ", ".join(paths) if len(paths) <= 3 else f"{len(paths)} files"


def _landing(report: Refreshed) -> str:
    """Open the first lesson that is new; otherwise JupyterLab is as the learner left it."""
    lessons = [path for path in report.new if path.startswith("notebooks/")]
    first = next((path for path in lessons if path.endswith(".ipynb")), None)
    return f"/lab/tree/{first}" if first else "/lab"


def _explain(fault: Exception, home: Path) -> str:
    if isinstance(fault, CourseError):
        return str(fault)
    why = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
    if isinstance(fault, Timeout):
        why = "another start is at work in it"
    return (
        f"Expected to write your working copy in {home}, but that failed: {why}. Nothing of "
        "yours was changed. Make room or set COURSE_HOME to a folder of yours, then try again."
    )
