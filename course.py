#!/usr/bin/env python3
"""The door of the course: see to the environment, then hand the verb over to it."""

# Old Pythons have to be able to read this file to its end, so that it can say that they are old.
# What is imported inside functions is written for the Python that the course needs.
from __future__ import annotations

import os
import sys

HELP = """Self-attention, step by step: the door of the course.

Usage: python3 course.py VERB [OPTIONS]

For everyone
    lab        open JupyterLab on your own working copy of the lessons
    test       run every check that the course has for itself
    doctor     say whether this machine can run the course
    progress   show which exercises are done

For authors and teachers
    build      turn what is written in lessons/ into notebooks
    shake      run notebooks under other numerics and report what differs
    experiments  train what the lessons train, over many seeds, failures shown
    bench      measure how fast the course's modules are on this machine
    record     measure what the lessons show as recorded, on the GPU if there is one
    schedule   print the hours of a class: three hours, one day, or another
    slides     make slides of the lessons, with notes for whoever presents them
    site       build the course as a site with search, which asks no other host
    pack       put the course and all it installs into one archive, for machines without a network
    grade      grade notebooks in FOLDER/LEARNER/NN_name.ipynb
    board      show who has passed which exercise, live

The first run makes the environment in .venv, which takes a few minutes and the network;
every later run starts at once. With --gpu, torch comes in its default build, which on
Linux brings CUDA along. `python3 course.py VERB --help` says more about a verb.
"""  # a constant: `python -OO` takes docstrings away

OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """See to the environment, then hand the verb over to it."""
    words = [word for word in arguments if word != "--gpu"]
    if sys.version_info < OLDEST:
        return refuse(too_old())
    if not words or words[0] in ("-h", "--help", "help"):
        print(HELP.strip())
        return 0
    if not any(line.startswith(f"    {words[0]} ") for line in HELP.splitlines()):
        return refuse(
            f"The course has no verb {words[0]!r}. `python3 course.py --help` lists those it has."
        )
    return open_door(words, gpu=len(words) < len(arguments))


def too_old() -> str:
    """Say which Python is needed and how to go on with it."""
    here, needed = ("{}.{}".format(*version) for version in (sys.version_info, OLDEST))
    return (
        f"The course needs Python {needed} or later, and this is Python {here} "
        f"({sys.executable}).\nInstall a newer one and start the course with it, for instance: "
        f"python{needed} course.py lab"
    )


def open_door(words: list[str], *, gpu: bool) -> int:
    """Find or make the environment and become the verb in it."""
    put_own_folder_behind_the_standard_library()
    settle_how_python_runs()
    from pathlib import Path

    from course_lib.errors import CourseError
    from course_lib.running.preparing.conda import conda_python
    from course_lib.running.preparing.environment import Environment
    from course_lib.running.preparing.output import let_every_character_out
    from course_lib.running.preparing.steps import explain

    let_every_character_out()
    root = Path(__file__).resolve().parent
    environment = Environment(root)
    try:
        python = conda_python(root)
        if not python and not environment.is_current(gpu=gpu):
            if {"-h", "--help"} & {*words[1:]}:
                return help_on(words)
            if environment.runs_this():
                return hand_over(base_python(), __file__, *sys.argv[1:])
            environment.make_current(gpu=gpu)
    except CourseError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(explain(str(error), root))
    except KeyboardInterrupt:
        refuse("Stopped before the end. Run the same command again: the set-up then goes on.")
        return 130
    return hand_over(str(python or environment.python), "-P", "-m", "course_lib", *words)


def help_on(words: list[str]) -> int:
    """Say what a verb takes, as far as that is known without an environment."""
    from importlib.util import find_spec

    if __debug__ and find_spec("click"):  # optimised, this Python has no help texts
        from course_lib.running.cli import course

        course(words, prog_name="course.py")  # ends the program
    (line,) = (line for line in HELP.splitlines() if line.startswith(f"    {words[0]} "))
    print(": ".join(line.split(maxsplit=1)))
    print(
        "Its options are listed once there is an environment; `python3 course.py doctor` makes it."
    )
    return 0


def put_own_folder_behind_the_standard_library() -> None:
    """Let no file beside this one, such as a json.py, be taken for one of Python's own."""
    own = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 (pathlib is not safe yet)
    others = [place for place in sys.path if os.path.realpath(place) != own]
    n_python = sum(not place.endswith("-packages") for place in others)
    sys.path[:] = [*others[:n_python], own, *others[n_python:]]


def settle_how_python_runs() -> None:
    """Tell Python, in all that is started from here, what to do whatever the machine says."""
    os.environ.pop("PYTHONOPTIMIZE", None)  # it drops docstrings and the assertions of lessons
    os.environ["PYTHONSAFEPATH"] = "1"  # no file in the current folder is taken for a library
    os.environ["PYTHONUTF8"] = "1"  # names and texts of files, in a locale of any encoding
    os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)  # a terminal keeps its own


def base_python() -> str:
    """Return the Python that an environment was made with: no other can replace its folder."""
    return str(vars(sys)["_base_executable"])


def refuse(sentence: str) -> int:
    """Say what stands in the way and return the exit code for it."""
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def hand_over(*command: str) -> int:
    """Become `command` on POSIX; on Windows run it and return its exit code."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the verb's to answer
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
