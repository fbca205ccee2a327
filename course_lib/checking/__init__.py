"""The checker: tries an answer on inputs that can tell, and names the mistake."""

from course_lib.checking.engine import evaluate
from course_lib.checking.verdict import Verdict

__all__ = ["Verdict", "evaluate"]
