"""The links that lead on from a notebook: to the lessons before and after it, and to its exercises.

They are added by the build, from the order of the lessons in `course_lib.numbering`.
"""

import re

from course_lib.authoring.lessons import Source
from course_lib.numbering import after, name_of, number_of, path_of

OVERVIEW = "[All lessons and symbols](../notebooks/README.md)"
_NEXT = re.compile(r"(^\*\*Next:\*\*[^\n]*?)\b(lesson (\d\d))\b", re.MULTILINE | re.IGNORECASE)


def with_link_to_next(text: str) -> str:
    """Make a link of the lesson that a paragraph with **Next:** names.

    Examples
    --------
    >>> with_link_to_next("**Next:** lesson 04 turns scores into weights.")
    '**Next:** [lesson 04](../notebooks/04_softmax.ipynb) turns scores into weights.'
    """

    def linked(match: re.Match[str]) -> str:
        name = name_of(match[3])
        return f"{match[1]}[{match[2]}]({path_of(name)})" if name else match[0]

    return _NEXT.sub(linked, text)


def ways_on(source: Source, folder: str) -> str | None:
    """Write the line of links at the end of a notebook; None where there is no other lesson.

    Parameters
    ----------
    source : the lesson, or its exercises
    folder : which notebook of it: in "notebooks", "exercises" or "solutions"
    """
    name = source.stem[3:]
    before, coming = (_written(after(name, steps), source) for steps in (-1, 1))
    if not before and not coming:
        return None
    parts = [
        f"Before: {_link(before)}" if before else "",
        f"This lesson: {_link(name)}" if folder != "notebooks" else "",
        f"[The exercises]({path_of(name, 'exercises')})" if folder != "exercises" else "",
        f"Next: {_link(coming)}" if coming else "",
        OVERVIEW,
    ]
    return "---\n\n" + " · ".join(filter(None, parts))


def _link(name: str) -> str:
    return f"[{number_of(name)} {name.replace('_', ' ')}]({path_of(name)})"


def _written(name: str | None, source: Source) -> str | None:
    """Return the name of a lesson if it has been written."""
    lessons = source.path.parent.parent if source.is_exercise else source.path.parent
    return name if name and (lessons / f"{number_of(name)}_{name}.py").exists() else None
