"""What stays from one session to the next: the learner's home and the progress in it."""

from course_lib.storage.home import course_home
from course_lib.storage.opting_in import share_progress, stop_sharing
from course_lib.storage.sharing import counts_of
from course_lib.storage.store import Recalled, recall, remember

__all__ = [
    "Recalled",
    "counts_of",
    "course_home",
    "recall",
    "remember",
    "share_progress",
    "stop_sharing",
]
