"""The verbs of `course.py`: each one only says what it takes and where its work is done.

The work is imported when its verb is called, so that `--help` answers at once.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from course_lib.errors import CourseError

SECTIONS = {
    "For everyone": ("lab", "test", "doctor", "progress"),
    "For authors and teachers": ("build", "experiments", "bench", "record"),
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
    from course_lib.running.testing import run_all

    sys.exit(run_all(pytest_arguments))


@course.command()
def doctor() -> None:
    """Say whether this machine can run the course."""
    from course_lib.running.doctor import report

    sys.exit(report())


@course.command()
def progress() -> None:
    """Show which exercises are done."""
    from course_lib.checking.standing import as_text

    click.echo(as_text())


@course.command()
@click.argument("lessons", nargs=-1, metavar="[NN]...")
@click.option("--check", is_flag=True, help="Change nothing; fail if anything is stale.")
def build(lessons: tuple[str, ...], check: bool) -> None:
    """Turn what is written in lessons/ into notebooks."""
    from course_lib.authoring.build import build as build_lessons

    sys.exit(build_lessons(lessons, check=check))


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
@click.argument("lessons", nargs=-1, type=click.Choice(["06", "07", "08"]), metavar="[NN]...")
@click.option("--seeds", default=5, type=click.IntRange(1), help="How many seeds; 5 if left.")
@click.option("--first", default=0, type=click.IntRange(0), help="The first seed; 0 if left.")
def experiments(lessons: tuple[str, ...], seeds: int, first: int) -> None:
    """Train what the lessons train, over many seeds, failures shown."""
    from course_lib.running.experiments import run_all

    sys.exit(run_all(lessons, seeds=range(first, first + seeds)))
