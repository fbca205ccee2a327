"""The lessons in their order, and how a text refers to one of them.

The number of a lesson is its place in ``NAMES``, and stands nowhere else. Lessons, hints,
explanations and questions write "lesson §softmax"; `with_numbers` makes "lesson 04" of it when the
notebook is built or the text is shown. A link is written [exercises](exercises:softmax).
"""

import re

from course_lib.errors import UnknownNameError

NAMES = (
    "start_here",
    "why_attention",
    "queries_keys_values",
    "scores",
    "softmax",
    "weighted_sum",
    "multi_head",
    "attention_that_learned",
    "global_context",
    "gpu_parallelism",
    "quadratic_cost",
    "dilated_attention",
    "many_devices",
    "capstone",
)


_REFERENCE = re.compile(r"§([a-z_]+)|(?<=\]\()(notebooks|exercises|solutions):([a-z_]+)")


def number_of(name: str) -> str:
    """Return the two digits of a lesson.

    Raises
    ------
    UnknownNameError
        If the course has no lesson of that name.

    Examples
    --------
    >>> number_of("softmax")
    '04'
    """
    if name not in NAMES:
        raise UnknownNameError(
            f"expected the name of a lesson; got {name!r}. There are: {', '.join(NAMES)}."
        )
    return f"{NAMES.index(name):02}"


def name_of(number: str) -> str | None:
    """Return the name of the lesson with these digits; None if the course has none.

    Examples
    --------
    >>> name_of("04")
    'softmax'
    """
    is_known = number.isdecimal() and int(number) < len(NAMES)
    return NAMES[int(number)] if is_known else None


def path_of(name: str, folder: str = "notebooks") -> str:
    """Return a lesson's notebook, its exercises or its solutions, as another notebook links them.

    Examples
    --------
    >>> path_of("softmax", "exercises")
    '../exercises/04_softmax.ipynb'
    """
    return f"../{folder}/{number_of(name)}_{name}.ipynb"


def after(name: str, steps: int = 1) -> str | None:
    """Return the name of the next lesson, or of one some steps away; None where none is.

    Examples
    --------
    >>> after("scores"), after("scores", -1), after(NAMES[-1])
    ('softmax', 'queries_keys_values', None)
    """
    place = NAMES.index(name) + steps if name in NAMES else -1
    return NAMES[place] if 0 <= place < len(NAMES) else None


def with_numbers(text: str) -> str:
    """Put numbers and files in the place of names; a name that no lesson has stays as written.

    Examples
    --------
    >>> with_numbers("Lessons §scores and §softmax come first.")
    'Lessons 03 and 04 come first.'
    >>> with_numbers("See [the lesson](notebooks:softmax#Temperature).")
    'See [the lesson](../notebooks/04_softmax.ipynb#Temperature).'
    """
    return _REFERENCE.sub(_resolved, text)


def unknown_names(text: str) -> list[str]:
    """List the references that name no lesson."""
    names = (match[1] or match[3] for match in _REFERENCE.finditer(text))
    return [name for name in names if name not in NAMES]


def _resolved(match: re.Match[str]) -> str:
    name, folder, linked = match.groups()
    if (name or linked) not in NAMES:
        return match[0]
    return path_of(linked, folder) if folder else number_of(name)
