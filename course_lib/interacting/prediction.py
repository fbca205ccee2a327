"""`predict`: say what you expect before you see it."""

from collections.abc import Sequence

from IPython import get_ipython

from course_lib.interacting.choosing import as_plain, radio_group, show
from course_lib.remembering import recall, remember


def predict(question: str, choices: Sequence[str]) -> None:
    """Ask what the next cell will show, and keep the answer.

    Parameters
    ----------
    question : what is asked
    choices : the possible answers, one of them right

    Notes
    -----
    Nothing waits for an answer, so Run All works. An answer given after the next cell has run is
    kept as "after", one before it as "before".
    """
    asked_in = _cell_number()

    def keep(choice: str) -> str:
        when = "before" if _cell_number() <= asked_in + 1 else "after"
        note = remember("prediction", question, choice=choice, when=when)
        said = "Kept. Now run the next cell." if when == "before" else "Kept, after the result."
        return f"{said} {note}" if note else said

    live = radio_group(question, choices, keep, said=_earlier(question))
    show(live, f"Predict: {as_plain(question, choices)}")


def _cell_number() -> int:
    shell = get_ipython()
    return shell.execution_count if shell is not None else 0


def _earlier(question: str) -> str:
    """Say what was predicted in an earlier run of this cell."""
    mine = [e for e in recall().events if e.get("kind") == "prediction" and e["name"] == question]
    return f"Your last prediction: {mine[-1].get('choice')}" if mine else "No prediction made yet."
