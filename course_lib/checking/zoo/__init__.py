"""A zoo of multi-head attentions: most are broken, each in one way, some are right in another way.

Lesson 13 lets a learner's own test loose on them. Seen from outside all are alike.
"""

from course_lib.checking.zoo.broken import BROKEN
from course_lib.checking.zoo.correct import CORRECT
from course_lib.checking.zoo.specimen import Attention, Specimen, specimen_of

ZOO = (*BROKEN, *CORRECT)

__all__ = ["BROKEN", "CORRECT", "ZOO", "Attention", "Specimen", "specimen_of"]
