"""`python -m course_lib VERB`: what `course.py` hands over to."""

from course_lib.running.cli import course

if __name__ == "__main__":
    course(prog_name="course.py")
