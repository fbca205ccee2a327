"""How what the course says looks in a notebook, and the same as plain text."""

from html import escape
from typing import NamedTuple

from IPython import get_ipython
from IPython.display import display

# On each colour white letters have a contrast of 4.5 : 1; beside a light page and a dark one the
# colour itself has 3 : 1. So a panel needs to know nothing of the theme.
_MARKS = {
    "correct": ("✓", "#1a7f37"),
    "incorrect": ("✗", "#c9372c"),
    "not attempted": ("○", "#68717b"),
    "error": ("!", "#9a6700"),
    "timed out": ("!", "#9a6700"),
    "refused": ("○", "#9a6700"),
    "shown": ("→", "#0969da"),
}


class WayOn(NamedTuple):
    """A sentence, and the words behind it that open a notebook."""

    sentence: str
    words: str
    path: str  # as a notebook in one of the course's folders links it: ../notebooks/…

    @property
    def plain(self) -> str:
        """Return it for where nothing can be opened: the file is named."""
        return f"{self.sentence} {self.words}: {self.path.removeprefix('../')}".strip()

    @property
    def html(self) -> str:
        """Return it with its link."""
        link = f'<a href="{escape(self.path)}">{escape(self.words)}</a>'
        return f'<div style="margin: 0.4em 0 0">{escape(self.sentence)} {link}</div>'


def show(
    kind: str,
    title: str,
    text: str,
    *,
    first: str | None = None,
    code: bool = False,
    way_on: WayOn | None = None,
) -> None:
    """Show a title and a text in the course's dress, or print them where no notebook is.

    Parameters
    ----------
    kind : a status of a verdict, "refused", or "shown" for what was asked for
    title : a few words
    text : its first line is read as prose, further ones in letters of one width
    first : a sentence to stand before the text
    code : set the first line like the others
    way_on : what to open next; it stands below the first line
    """
    mark, colour = _MARKS[kind]
    said, _, more = ("", "", text) if code else text.partition("\n")
    plain = [f"{mark} {title}", first, said, way_on.plain if way_on else "", more]
    if get_ipython() is None:
        print("\n".join(filter(None, plain)))  # noqa: T201 (there is no other way to show it)
        return
    head = f"<strong>{_badge(mark, colour)} {escape(title)}</strong>"
    link = way_on.html if way_on else ""
    prose = f"{_block(first or '', 'inherit')}{_block(said, 'inherit')}"
    parts = f"{head}{prose}{link}{_block(more, 'monospace')}"
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0.9em; margin: 0.3em 0"
    html = f'<div role="status" aria-label="{escape(title)}" style="{style}">{parts}</div>'
    display({"text/plain": "\n".join(filter(None, plain)), "text/html": html}, raw=True)


def _badge(mark: str, colour: str) -> str:
    style = f"background: {colour}; color: #ffffff; border-radius: 3px; padding: 0 0.35em"
    return f'<span style="{style}">{mark}</span>'


def _block(text: str, family: str) -> str:
    """Set one part of a text as it is, line breaks included; arrays want letters of one width."""
    style = f"white-space: pre-wrap; font-family: {family}; margin: 0.4em 0 0; background: none"
    return f'<div style="{style}">{escape(text)}</div>' if text else ""
