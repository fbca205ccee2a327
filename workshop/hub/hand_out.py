"""Hand out the working copy, as `course.py lab` does, where a hub or Binder starts the server.

The notebooks come without outputs, so that predictions stay honest; what a learner changed
stays, and a new version appears beside it.
"""

import sys
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.running.lab import describe
from course_lib.running.workspace import refresh_workspace
from course_lib.storage import course_home

COURSE = Path(__file__).resolve().parents[2]


def main() -> int:
    """Bring the learner's working copy up to date and say what was done."""
    home = course_home()
    try:
        report = refresh_workspace(COURSE, home)
    except (CourseError, OSError) as fault:
        print(
            f"Expected to write the working copy in {home}, but that failed: {fault}. The server "
            "starts all the same; what was there is untouched. Make room in the home, or set "
            "COURSE_HOME to a folder that the learner may write in, and start the server again.",
            file=sys.stderr,
        )
        return 1
    for line in describe(report):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
