"""`python -m course_lib VERB`: what `course.py` hands over to."""

from course_lib.running.cli import course
from course_lib.running.preparing.output import let_every_character_out

if __name__ == "__main__":
    let_every_character_out()
    course(prog_name="course.py")
