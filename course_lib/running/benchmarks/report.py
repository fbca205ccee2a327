"""The table of `course.py bench`, and the file it can be saved to."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from course_lib.errors import CourseError
from course_lib.measuring import Provenance
from course_lib.running.benchmarks.contests import Contest, Tell, contests
from course_lib.running.benchmarks.rows import Row

WIDTH = 120  # where nobody watches, and no terminal says how wide it is
CAPTION = "ratios: median over the rounds; times and rates: the best round"


def run_all(*, save: Path | None = None, is_long: bool = False) -> int:
    """Measure everything in one run, print the table, save it if asked; return the exit code.

    Parameters
    ----------
    save : a file for the figures and where they come from
    is_long : measure the lengths, too, that take minutes
    """
    _refuse_lost(save)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    provenance = Provenance.of_this_run(
        dtype="float32",
        shapes="8 heads of 32 features, one text, unless said",
        repeats="2 to 15 rounds",
        command="python3 course.py bench" + " --long" * is_long,
    )
    console.print(f"{provenance}\n", soft_wrap=True)
    with console.status("measuring") as status:
        found = [
            list(_measured(group, lambda text: status.update(f"measuring {text}")))
            for group in contests(is_long=is_long)
        ]
    console.print(as_table(found))
    if save:
        save.write_text(as_json(found, provenance), "utf-8")
        console.print(f"saved to {save}", soft_wrap=True)
    return 0


def _refuse_lost(save: Path | None) -> None:
    if save and not save.parent.is_dir():
        raise CourseError(
            f"expected --save to name a file in a folder that exists; got {save}. "
            f"Make the folder {save.parent} first: the measurement takes minutes."
        )


def _measured(group: Iterable[Contest], tell: Tell) -> Iterator[Row]:
    for contest in group:
        yield from contest(tell)


def as_table(found: Iterable[Iterable[Row]]) -> Table:
    """Show every figure with its aim; what belongs together stands together."""
    table = Table("what is compared", "words", box=SIMPLE_HEAD, pad_edge=False, caption=CAPTION)
    for title in ("found", "aim", "verdict", "made from"):
        table.add_column(title, justify="right" if title in ("found", "made from") else "left")
    for group in found:
        for row in group:
            table.add_row(*row.cells, style="" if row.is_reached else "bold red")
        table.add_section()
    return table


def as_json(found: Iterable[Iterable[Row]], provenance: Provenance) -> str:
    """Write every figure, and where it comes from."""
    rows = [row.record for group in found for row in group]
    record = {"provenance": asdict(provenance), "rows": rows}
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
