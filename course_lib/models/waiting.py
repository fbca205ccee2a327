"""Counting the steps of a loop, with a line that says how far it is."""

from collections.abc import Iterator

from course_lib.measuring import progress_line


def counted(steps: int, title: str) -> Iterator[int]:
    """Count the steps, and show how far it is once that takes long.

    Parameters
    ----------
    steps : how many there are
    title : what goes on, for instance ``"training"``
    """
    with progress_line() as tell:
        for step in range(steps):
            tell(f"{title}: {step} of {steps} steps")
            yield step
