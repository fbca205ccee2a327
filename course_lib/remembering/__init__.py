"""What stays from one session to the next: the learner's home and the progress in it."""

from course_lib.remembering.home import course_home
from course_lib.remembering.store import Recalled, recall, remember

__all__ = ["Recalled", "course_home", "recall", "remember"]
