"""`predict`: say what you expect before you see it."""

from collections.abc import Sequence
from typing import Any

from IPython import get_ipython

from course_lib.questions.choosing import as_plain, radio_group, show
from course_lib.storage import recall, remember


def predict(question: str, choices: Sequence[str]) -> None:
    """Ask what the next cell will show, and keep the answer.

    Parameters
    ----------
    question : what is asked
    choices : the possible answers, one of them right

    Notes
    -----
    Nothing waits for an answer, so Run All works. An answer given before the next cell begins to
    run is kept as "before", any other as "after".
    """
    begun = _cells_begun_from_here()

    def keep(choice: str) -> str:
        when = "after" if begun else "before"
        note = remember("prediction", question, choice=choice, when=when)
        said = "Kept. Now run the next cell." if when == "before" else "Kept, after the result."
        return f"{said} {note}" if note else said

    live = radio_group(question, choices, keep, said=_earlier(question))
    show(live, f"Predict: {as_plain(question, choices)}")


def _cells_begun_from_here() -> list[Any]:
    """Return a list that is empty until the next cell begins to run."""
    begun: list[Any] = []
    if (shell := get_ipython()) is not None:

        def note(cell: Any) -> None:
            begun.append(cell)
            shell.events.unregister("pre_run_cell", note)

        shell.events.register("pre_run_cell", note)
    return begun


def _earlier(question: str) -> str:
    """Say what was predicted in an earlier run of this cell."""
    mine = [e for e in recall().events if e.get("kind") == "prediction" and e["name"] == question]
    return f"Your last prediction: {mine[-1].get('choice')}" if mine else "No prediction made yet."
