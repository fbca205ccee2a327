"""What the course says about speed and memory, measured here: `course.py bench`.

Numbers to look at, which no test asserts. `rows` is what a figure is, `contests` measures them, and
`report` shows and saves them.
"""

from course_lib.running.benchmarks.report import run_all

__all__ = ["run_all"]
