"""Views to move through, by mouse and by keyboard; each has a picture that stands still."""

from course_lib.explorers.attention import AttentionExplorer
from course_lib.explorers.dilated import DilatedExplorer
from course_lib.explorers.query import QueryStepper
from course_lib.explorers.softmax import SoftmaxExplorer

__all__ = ["AttentionExplorer", "DilatedExplorer", "QueryStepper", "SoftmaxExplorer"]
