"""The course in a conda environment: where that one is active, no `.venv` is made."""

import os
import re
import subprocess
from pathlib import Path

from course_lib.errors import CourseError

# Runs in the environment's own Python, which need not be the one that runs course.py.
LIST_MISSING = r"""
import importlib.metadata, pathlib, re, sys, tomllib
config = tomllib.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
project, developing = config["project"], config["dependency-groups"]["dev"]
for line in [project["name"], *project["dependencies"], *developing]:
    name = re.match(r"[\w.-]+", line)[0]
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        print(name)
"""


def conda_python(root: Path) -> Path | None:
    """Return the Python of the course's conda environment where that one is active.

    Raises
    ------
    CourseError
        If something that the course needs is not in it.
    """
    prefix = Path(os.environ.get("CONDA_PREFIX", ""))
    described = (root / "environment.yml").read_text("utf-8")
    name = re.findall(r"^name: *(\S+)", described, re.MULTILINE)[0]
    if prefix.name != name:
        return None
    python = prefix / ("python.exe" if os.name == "nt" else "bin/python")
    asked = [str(python), "-c", LIST_MISSING, str(root / "pyproject.toml")]
    answer = subprocess.run(asked, capture_output=True, text=True)
    missing = ["a recent Python"] if answer.returncode else answer.stdout.split()
    if missing:
        raise CourseError(
            f"The conda environment {name} is active, but it lacks {', '.join(missing)}.\n"
            "Bring it up to date, in the folder of the course, with "
            "`conda env update --file environment.yml`, then run the same command again."
        )
    return python
