"""Questions with choices: live in a notebook, and as text where nothing is live."""

from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from string import ascii_lowercase
from typing import Any

import anywidget
import traitlets
from IPython import get_ipython
from IPython.display import display

from course_lib.storage.store import Event

NOT_CHOSEN = -1
Keep = Callable[[int, int], str | None]


def _read(*names: str) -> str:
    # By their paths: to import course_lib.explorers would load Matplotlib.
    return "\n".join(files("course_lib").joinpath(name).read_text("utf-8") for name in names)


class Questions(anywidget.AnyWidget):
    """Groups of radio buttons, each with a line that says how its question stands.

    Parameters
    ----------
    keep : takes the place of a question and of the choice, returns what there is to say
    kind : "prediction"; "before", which is asked again; or "quiz", which is judged on the page
    questions : ``text`` and ``choices``; of a quiz also ``because``, by choice, and ``right``
    chosen : the place of each answer, `NOT_CHOSEN` where there is none yet

    Notes
    -----
    The page says everything by itself, from this state alone: it needs no kernel. Only that an
    answer is kept has to be heard from Python, in ``kept``.
    """

    _esm = _read(
        "questions/questions.compute.mjs",
        "explorers/shared.view.js",
        "questions/questions.view.js",
    )
    _css = _read("explorers/shared.css", "questions/questions.css")

    kind = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    kept = traitlets.List(traitlets.Int()).tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    alone = traitlets.Unicode("Not kept: run this cell, then choose again.").tag(sync=True)
    # Of a prediction: the next cell has begun, has run; and this was chosen after it had begun.
    begun = traitlets.Bool(False).tag(sync=True)
    ran = traitlets.Bool(False).tag(sync=True)
    late = traitlets.Bool(False).tag(sync=True)

    def __init__(self, keep: Keep, *, chosen: Sequence[int], **state: Any) -> None:
        self._keep = keep
        super().__init__(chosen=chosen, kept=chosen, notes=[""] * len(chosen), **state)

    @traitlets.observe("chosen")
    def _keep_what_is_new(self, _: dict[str, Any]) -> None:
        notes = list(self.notes)
        for place, (choice, kept) in enumerate(zip(self.chosen, self.kept, strict=False)):
            if choice not in (kept, NOT_CHOSEN):
                notes[place] = self._keep(place, choice) or ""
        with self.hold_sync():
            self.notes, self.kept = notes, self.chosen


def place_of(choice: object, choices: Sequence[str]) -> int:
    """Return the place of a choice; one that is no longer offered is none."""
    return choices.index(choice) if choice in choices else NOT_CHOSEN


def last_choices(kind: str, events: Iterable[Event]) -> dict[str, object]:
    """Return by name what was last answered to each question of a kind."""
    return {event["name"]: event.get("choice") for event in events if event.get("kind") == kind}


def as_plain(question: str, choices: Sequence[str]) -> str:
    """Write a question and its choices as text, for readers without a live notebook."""
    lines = [
        f"  ({letter}) {choice}" for letter, choice in zip(ascii_lowercase, choices, strict=False)
    ]
    return "\n".join([question, *lines])


def show(live: Questions, plain: str) -> None:
    """Display the live view beside its plain twin; outside a notebook only the twin."""
    if get_ipython() is None:
        print(plain)  # noqa: T201 (there is no other way to show it)
        return
    bundle = live._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle or {}
    display({**data, "text/plain": plain}, raw=True)
