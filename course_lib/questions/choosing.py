"""One question with choices, as a radio group and as plain text."""

from collections.abc import Callable, Sequence
from html import escape
from string import ascii_lowercase
from typing import Any

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display

_TEXT_STYLE = "line-height: 1.45; max-width: 46em; white-space: normal; font-size: 1.05em"


def radio_group(
    question: str, choices: Sequence[str], on_choice: Callable[[str], str], *, said: str = ""
) -> widgets.Widget:
    """Build a radio group that tells ``on_choice`` what was chosen and shows its answer.

    Parameters
    ----------
    question, choices : plain text
    on_choice : takes a choice, returns what to say about it
    said : what to say before anything is chosen
    """
    answer = widgets.HTML(_paragraph(said))
    group = widgets.RadioButtons(options=list(choices), layout={"width": "max-content"})
    group.index = None
    group.tooltip = question

    def tell(change: dict[str, Any]) -> None:
        if change["new"] is not None:
            answer.value = _paragraph(on_choice(str(change["new"])))

    group.observe(tell, names="value")
    title = widgets.HTML(_paragraph(question, strong=True))
    return widgets.VBox([title, group, answer], layout={"margin": "0 0 1em 4px"})


def as_plain(question: str, choices: Sequence[str]) -> str:
    """Write a question and its choices as text, for readers without a live notebook."""
    lines = [
        f"  ({letter}) {choice}" for letter, choice in zip(ascii_lowercase, choices, strict=False)
    ]
    return "\n".join([question, *lines])


def show(live: widgets.Widget, plain: str) -> None:
    """Display the live view beside its plain twin; outside a notebook only the twin."""
    if get_ipython() is None:
        print(plain)  # noqa: T201 (there is no other way to show it)
        return
    bundle = dict(live._repr_mimebundle_() or {})
    display({**bundle, "text/plain": plain}, raw=True)


def _paragraph(text: str, *, strong: bool = False) -> str:
    inner = f"<strong>{escape(text)}</strong>" if strong else escape(text)
    return f'<div style="{_TEXT_STYLE}" aria-live="polite">{inner}</div>'
