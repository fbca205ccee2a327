"""What a check says, as data; how it looks is the notebook's business."""

from dataclasses import dataclass
from typing import Literal

from course_lib.numbering import with_numbers

Status = Literal["correct", "incorrect", "not attempted", "error", "timed out"]


@dataclass(frozen=True)
class Verdict:
    """The answer of the checker to one attempt.

    Parameters
    ----------
    exercise : its name
    status : "correct", "incorrect", "not attempted", "error" or "timed out"
    message : what the learner reads, plain text
    mistake : short title of the known mistake that the answer matches, or None
    """

    exercise: str
    status: Status
    message: str
    mistake: str | None = None

    def __post_init__(self) -> None:
        """Refer to lessons by their numbers."""
        object.__setattr__(self, "message", with_numbers(self.message))
