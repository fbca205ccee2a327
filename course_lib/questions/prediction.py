"""`predict`: say what you expect before you see it."""

from collections.abc import Sequence
from typing import Any

from IPython import get_ipython

from course_lib.questions.widget import Questions, as_plain, last_choices, place_of, show
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
    run is kept as "before", any other as "after". Once that cell has run, what was expected is
    said again; nothing marks it as right or wrong.
    """

    def keep(_: int, choice: int) -> str | None:
        when = "after" if live.begun else "before"
        return remember("prediction", question, choice=choices[choice], when=when)

    earlier = last_choices("prediction", recall().events).get(question)
    live = Questions(
        keep,
        kind="prediction",
        questions=[{"text": question, "choices": list(choices)}],
        chosen=[place_of(earlier, choices)],
    )
    _follow_next_cell(live)
    show(live, f"Predict: {as_plain(question, choices)}")


def _follow_next_cell(live: Questions) -> None:
    """Note when the next cell begins to run, and when one has come to its end without an error."""
    shell = get_ipython()
    if shell is None:
        return

    def begin(_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        shell.events.register("post_run_cell", end)
        live.begun = True

    def end(result: Any) -> None:
        if result.success:
            shell.events.unregister("post_run_cell", end)
            live.ran = True

    shell.events.register("pre_run_cell", begin)
