"""What a learner does in a lesson: run it, do its exercises or leave them, see the verdicts."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.kernels import Ran, run_notebook
from rehearsal.people import Person

COURSE = Path(__file__).resolve().parents[3]
UNSTABLE = "nbval-ignore-output"  # the course's mark for a cell that prints what was measured


@dataclass
class Done:
    """What came of a learner's work."""

    name: str
    answers: bool  # whether right answers were pasted in
    cells: int = 0
    as_stored: int = 0
    verdicts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        """Whether all ran, printed what the course says, and was judged as it should be."""
        expected = {"correct" if self.answers else "not attempted"}
        ran_as_stored = not self.faults and self.as_stored == self.cells > 0
        return ran_as_stored and set(self.verdicts) == expected


def work_through(person: Person, lesson: str, *, answers: bool) -> Done:
    """Run the lesson and its exercises in the learner's own server."""
    done = Done(person.name, answers)
    name = name_of(lesson)
    for ran, stored in zip(
        run_notebook(person, f"workspace/notebooks/{name}"),
        printed_by("notebooks", name),
        strict=True,
    ):
        done.faults += [ran.fault] if ran.fault else []
        done.cells += 1
        done.as_stored += is_as_stored(ran, stored)
    if answers:
        paste_answers(person, name)
    done.faults += [
        ran.fault for ran in run_notebook(person, f"workspace/exercises/{name}") if ran.fault
    ]
    done.verdicts = verdicts_of(person)
    return done


def name_of(lesson: str) -> str:
    """Find the file of a lesson by its number."""
    names = sorted(path.name for path in (COURSE / "notebooks").glob(f"{lesson}_*.ipynb"))
    if not names:
        raise SystemExit(
            f"Expected the number of a lesson, but there is no lesson {lesson}. Try one such as 05."
        )
    return names[0]


def code_cells(folder: str, name: str) -> list[dict[str, Any]]:
    """Read the code cells of a notebook as the course ships it."""
    notebook = json.loads((COURSE / folder / name).read_text("utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def printed_by(folder: str, name: str) -> list[str]:
    """Return what each code cell of a shipped notebook printed when it was built."""
    return [
        "".join(
            "".join(output["text"])
            for output in cell["outputs"]
            if output["output_type"] == "stream" and output["name"] == "stdout"
        )
        for cell in code_cells(folder, name)
    ]


def is_as_stored(ran: Ran, stored: str) -> bool:
    """Say whether a cell printed on the hub what it printed when the course was built."""
    tags = ran.cell["metadata"].get("tags", [])
    return UNSTABLE in tags or as_shown(ran.printed) == as_shown(stored)


def as_shown(printed: str) -> list[str]:
    r"""Return the lines that JupyterLab shows: where a line begins anew, it is written over.

    Examples
    --------
    >>> as_shown("step 1 of 2\rdone       \nnext")
    ['done', 'next']
    """
    lines = []
    for line in printed.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def paste_answers(person: Person, name: str) -> None:
    """Write the solutions into the learner's exercise notebook and save it."""
    path = f"/user/{person.name}/api/contents/workspace/exercises/{name}"
    model = person.ask("GET", path).json()
    answers = {cell["id"]: "".join(cell["source"]) for cell in code_cells("solutions", name)}
    for cell in model["content"]["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    wanted = {key: model[key] for key in ("type", "format", "content")}
    person.ask("PUT", path, json=wanted)


def verdicts_of(person: Person) -> list[str]:
    """Read from the learner's own progress what the checks said."""
    path = f"/user/{person.name}/api/contents/workspace/progress.jsonl"
    lines = person.ask("GET", path).json()["content"].splitlines()
    events = [json.loads(line) for line in lines]
    return [event["status"] for event in events if event["kind"] == "check"]
