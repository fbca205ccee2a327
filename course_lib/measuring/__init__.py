"""Time in rounds, and where it was taken: takes callables, knows nothing of attention."""

from course_lib.measuring.provenance import Provenance
from course_lib.measuring.rounds import Rounds, Timing, one_thread, time_in_rounds

__all__ = ["Provenance", "Rounds", "Timing", "one_thread", "time_in_rounds"]
