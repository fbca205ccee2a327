"""What the lessons train, over many seeds: `course.py experiments`.

One table a lesson, one row a seed, and under each column what it has to reach. A number that misses
is red, and is counted: a lesson that quotes one seed can say what the others did.
"""

from collections.abc import Callable, Iterable, Iterator

from rich.console import Console
from rich.table import Table

from course_lib.running import faithfulness, tasks

Figures = dict[str, float]
Asked = dict[str, tuple[str, Callable[[float], bool]]]

STUDIES: dict[str, tuple[str, Callable[[int], Figures], Asked]] = {
    "06": ("one head and several", tasks.ring_figures, tasks.RING_ASKS),
    "07": ("repair the verb", faithfulness.verb_figures, faithfulness.ASKS),
    "08": ("recall across a distance", tasks.distance_figures, tasks.DISTANCE_ASKS),
    "13": ("a small language model", tasks.reading_figures, tasks.READING_ASKS),
}


SEEDS_A_TABLE = 5  # more of them, and a narrow terminal cuts the figures off


def batched(seeds: Iterable[int], size: int) -> Iterator[list[int]]:
    """Cut the seeds into groups."""
    rest = list(seeds)
    while rest:
        yield rest[:size]
        rest = rest[size:]


def run_all(lessons: tuple[str, ...] = (), *, seeds: Iterable[int]) -> int:
    """Run the lessons' experiments and show every figure of every seed.

    Parameters
    ----------
    lessons : "06", "07", "08", "13"; all of them if none is named
    seeds : one run each

    Returns
    -------
    int
        0 if every seed reached everything that is asked, else 1.
    """
    seeds, console = list(seeds), Console()
    missed = 0
    for lesson in lessons or tuple(STUDIES):
        title, figures_of, asked = STUDIES[lesson]
        rows = {}
        for seed in seeds:
            with console.status(f"lesson {lesson}, seed {seed}"):
                rows[seed] = figures_of(seed)
        for some in batched(rows, SEEDS_A_TABLE):
            shown = {seed: rows[seed] for seed in some}
            console.print(as_table(f"Lesson {lesson}: {title}", shown, asked))
        reached = sum(not misses(figures, asked) for figures in rows.values())
        console.print(f"reached on {reached} of {len(rows)} seeds\n")
        missed += len(rows) - reached
    return 1 if missed else 0


def misses(figures: Figures, asked: Asked) -> list[str]:
    """Name the figures that are not what is asked of them."""
    return [name for name, (_, is_enough) in asked.items() if not is_enough(figures[name])]


def as_table(title: str, rows: dict[int, Figures], asked: Asked) -> Table:
    """Show the figures, a line each and a column a seed, with what is asked of each."""
    table = Table("figure", "asked", title=title)
    for seed in rows:
        table.add_column(f"seed {seed}", justify="right", no_wrap=True)
    for name in next(iter(rows.values())):
        text = asked[name][0] if name in asked else ""
        table.add_row(name, text, *(_cell(figures, name, asked) for figures in rows.values()))
    return table


def _cell(figures: Figures, name: str, asked: Asked) -> str:
    number = f"{figures[name]:.2g}" if figures[name] < 0.1 else f"{figures[name]:.3g}"
    return f"[bold red]{number}[/]" if name in misses(figures, asked) else number
