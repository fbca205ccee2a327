"""The verbs of `course.py`: each one only says what it takes and where its work is done.

The work is imported when its verb is called, so that `--help` answers at once.
"""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from course_lib.errors import CourseError
from course_lib.running.preparing.wheels import Wheels

SECTIONS = {
    "For everyone": ("lab", "test", "doctor", "progress"),
    "For authors and teachers": (
        "build",
        "shake",
        "experiments",
        "bench",
        "record",
        "schedule",
        "slides",
        "site",
        "pack",
        "grade",
        "board",
    ),
}

ROOT = Path(__file__).resolve().parents[2]


class Verbs(click.Group):
    """A group that lists its verbs by whom they are for, and shows no learner a traceback."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs, one section for each kind of reader."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, self.commands[name].get_short_help_str(80)) for name in names]
                )

    def invoke(self, ctx: click.Context) -> Any:
        """Turn what the course raises on purpose into one clean message."""
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(left_out(error)) from error


def left_out(fault: ModuleNotFoundError) -> str:
    """Say of a hand-out that a verb needs what it leaves out; raise anywhere else."""
    wheels = Wheels(ROOT)
    if not wheels.are_there():
        raise fault
    return (
        "This verb needs what authors and teachers use, and a hand-out for learners leaves that "
        f"out: {fault}.\nWhere there is a network, delete the folders {wheels.folder.name} and "
        ".venv, and run the same command again."
    )


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def course() -> None:
    """Self-attention, step by step: a course that you run on your own machine."""
    if (ROOT / "course.py").exists():  # whichever folder the command is called from
        os.environ.setdefault("COURSE_HOME", str(ROOT / "workspace"))


@course.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; a free one if left.")
@click.option("--browser/--no-browser", default=True, help="Open a browser, or only say where.")
@click.option("--fresh", multiple=True, metavar="NN", help="Begin lesson NN afresh; yours is kept.")
def lab(port: int | None, browser: bool, fresh: tuple[str, ...]) -> None:
    """Open JupyterLab on your own working copy of the lessons."""
    from course_lib.running.lab import open_lab

    sys.exit(open_lab(port=port, browser=browser, fresh=fresh))


@course.command(context_settings={"ignore_unknown_options": True})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(pytest_arguments: tuple[str, ...]) -> None:
    """Run every check that the course has for itself.

    What stands behind the verb is passed on to pytest, as is PYTEST_ADDOPTS.
    """
    import pytest  # noqa: F401  or each step would say by itself that a hand-out has no tests

    from course_lib.running.testing import run_all

    sys.exit(run_all(pytest_arguments))


@course.command()
def doctor() -> None:
    """Say whether this machine can run the course."""
    from course_lib.running.doctor import report

    sys.exit(report())


@course.command()
@click.option("--as", "nickname", metavar="NICKNAME", help="Be on your class's board as this.")
@click.option("--share", metavar="FOLDER", help="The board's folder; $COURSE_BOARD if left.")
@click.option("--unshare", is_flag=True, help="Be on the board no longer.")
def progress(nickname: str | None, share: str | None, unshare: bool) -> None:
    """Show which exercises are done.

    With a nickname, be on the board of your class from now on: it shows states and counts, no more.
    """
    from course_lib.checking.progress_table import as_text
    from course_lib.storage import share_progress, stop_sharing

    if unshare:
        click.echo(stop_sharing())
    elif share and not nickname:
        raise click.UsageError("expected --as NICKNAME beside --share: how are you called there?")
    elif nickname:
        click.echo(share_progress(nickname, share))
    else:
        click.echo(as_text())


@course.command()
@click.argument("lessons", nargs=-1, metavar="[NN]...")
@click.option("--check", is_flag=True, help="Change nothing; fail if anything is stale.")
def build(lessons: tuple[str, ...], check: bool) -> None:
    """Turn what is written in lessons/ into notebooks."""
    from course_lib.authoring.build import build as build_lessons

    sys.exit(build_lessons(lessons, check=check))


@course.command()
@click.argument("lessons", nargs=-1, metavar="[NN]...")
def shake(lessons: tuple[str, ...]) -> None:
    """Run notebooks under other numerics and report what differs.

    Other vector units, another number of threads, first weights nudged by their rounding: every
    compared output has to be the stored one. All notebooks take about ten minutes on two cores.
    """
    from course_lib.running.shaking import shake as shake_lessons

    sys.exit(shake_lessons(lessons))


@course.command()
@click.option(
    "--save",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Keep the figures, and where they come from, as JSON.",
)
@click.option("--long", "is_long", is_flag=True, help="Longer texts, too: minutes, not one.")
def bench(save: Path | None, is_long: bool) -> None:
    """Measure how fast the course's modules are on this machine.

    One thread and CPU time; all figures come from one run, each beside what it has to reach.
    """
    from course_lib.running.benchmarks import run_all

    sys.exit(run_all(save=save, is_long=is_long))


@course.command()
@click.argument("studies", nargs=-1, metavar="[STUDY]...")
def record(studies: tuple[str, ...]) -> None:
    """Measure what the lessons show as recorded, on the GPU if there is one.

    A study is named in quotation marks, as in "lstm and attention"; all of them are measured if
    none is named, which takes up to ten minutes.
    """
    from course_lib.running.recording import run_all

    sys.exit(run_all(studies))


@course.command()
@click.argument("lessons", nargs=-1, type=click.Choice(["06", "07", "08", "13"]), metavar="[NN]...")
@click.option("--seeds", default=5, type=click.IntRange(1), help="How many seeds; 5 if left.")
@click.option("--first", default=0, type=click.IntRange(0), help="The first seed; 0 if left.")
def experiments(lessons: tuple[str, ...], seeds: int, first: int) -> None:
    """Train what the lessons train, over many seeds, failures shown."""
    from course_lib.running.experiments import run_all

    sys.exit(run_all(lessons, seeds=range(first, first + seeds)))


@course.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option(
    "--csv",
    "save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write the rows: learner, exercise, status, mistake.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes at a time; your cores if left.")
@click.option(
    "--seconds",
    default=10.0,
    type=click.FloatRange(1),
    help="CPU seconds for each function; 10 if left.",
)
@click.option(
    "--memory", default=1024, type=click.IntRange(256), help="MiB for each; 1024 if left."
)
@click.option("--seed", type=click.IntRange(0), help="Repeat the inputs of an earlier run.")
def grade(
    folder: Path,
    save: Path | None,
    workers: int | None,
    seconds: float,
    memory: int,
    seed: int | None,
) -> None:
    """Grade notebooks in FOLDER/LEARNER/NN_name.ipynb.

    Each function runs in a process of its own, with limits. That stops accidents, not malice:
    strangers' code belongs in a container. See workshop/grading.md.
    """
    from course_lib.teaching.grading.process import Limits
    from course_lib.teaching.grading.report import run_all

    limits = Limits(seconds=seconds, memory_mib=memory)
    sys.exit(run_all(folder, save=save, limits=limits, workers=workers, seed=seed))


@course.command()
@click.argument("path", nargs=-1, metavar="[PATH]")
@click.option("--start", default="09:00", type=click.DateTime(["%H:%M"]), metavar="HH:MM")
def schedule(path: tuple[str, ...], start: datetime) -> None:
    """Print the hours of a class: three hours, one day, or another.

    Without a name it lists the ways through the course, each with its minutes.
    """
    from course_lib.running.hours import print_hours

    sys.exit(print_hours(" ".join(path), starts=start.hour * 60 + start.minute))


@course.command()
@click.argument("lessons", nargs=-1, metavar="[NN]...")
@click.option(
    "--out",
    type=click.Path(file_okay=False, writable=True, path_type=Path),
    default=ROOT / "build" / "slides",
    metavar="FOLDER",
    help="Where to write them; build/slides if left.",
)
def slides(lessons: tuple[str, ...], out: Path) -> None:
    """Make slides of the lessons, with notes for whoever presents them.

    They open in any browser, with no network. Making them takes npm, and the first time a network.
    """
    from course_lib.authoring.presenting import build_slides

    sys.exit(build_slides(lessons, out=out))


@course.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--once", is_flag=True, help="Show the board once, and end.")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as one page, too, which needs nothing else.",
)
@click.option("--every", default=5, type=click.IntRange(1), help="Seconds; 5 if left.")
def board(folder: Path, once: bool, page: Path | None, every: int) -> None:
    """Show who has passed which exercise, live.

    Learners who want to be there call `python3 course.py progress --share FOLDER --as NICKNAME`.
    """
    from course_lib.teaching.board.showing import show

    sys.exit(show(folder, page=page, every=None if once else every))


@course.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, writable=True, path_type=Path),
    default=ROOT / "build" / "site",
    metavar="FOLDER",
    help="Where to write it; build/site if left.",
)
def site(out: Path) -> None:
    """Build the course as a site with search, which asks no other host.

    Nothing is executed: the pages show the results that the notebooks have. It opens from a folder
    as from a server.
    """
    from course_lib.authoring.site import build_site

    sys.exit(build_site(out=out))


@course.command()
@click.option(
    "--platform",
    "kind",
    default="this",
    type=click.Choice(["this", "linux", "macos", "windows"]),
    help="For which machines; those like this one if left.",
)
@click.option("--python", metavar="3.N", help="The Python there; this one's version if left.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Where to write it; below build/ if left.",
)
def pack(kind: str, python: str | None, out: Path | None) -> None:
    """Put the course and all it installs into one archive, for machines without a network.

    See workshop/offline.md.
    """
    from course_lib.running.packing import pack as pack_course

    sys.exit(pack_course(ROOT, kind=kind, python=python, out=out))
