"""A copy of the course whose venv and pip only pretend, so that its door can be tried fast."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FAKE_VENV = """
import pathlib, sys, fake
fake.act("venv")
assert not pathlib.Path(sys.argv[1]).is_symlink(), "the real venv refuses links"
scripts = pathlib.Path(sys.argv[1], "bin")
scripts.mkdir()
(scripts / "python").symlink_to(sys.executable)
"""
FAKE_PIP = """
import os, pathlib, sys, fake
names = {"--upgrade": "pip", "--extra-index-url": "cpu torch", "-e": "rest"}
fake.act(next((names[word] for word in names if word in sys.argv), "default torch"))
if "-e" in sys.argv:
    installed = pathlib.Path(__file__).parents[1] / "course_lib"
    installed.unlink(missing_ok=True)
    installed.symlink_to(os.path.join(sys.argv[sys.argv.index("-e") + 1], "course_lib"))
"""
FAKE = """
import os, pathlib, sys, time
def act(step):
    with open(os.environ["FAKE_CALLS"], "a") as calls:
        print(step, *sys.argv[1:], file=calls)
    while os.environ.get("FAKE_HANGS") == step and not os.path.exists("go on"):
        print("working", flush=True)  # as pip does, it ends when nobody listens any more
        time.sleep(0.02)
    if os.environ.get("FAKE_FAILS") == step:
        sys.exit(os.environ["FAKE_SAYS"])
"""
VERB = """
import os, sys
print("handed over", sys.argv[1:], os.environ.get("PYTEST_ADDOPTS"))
print("asserting" if __debug__ else "optimised")
print("files in", "utf-8" if sys.flags.utf8_mode else "any", "output in", sys.stdout.encoding)
"""
NOT_PASSED_ON = ("CONDA_PREFIX", "PYTHONIOENCODING", "PYTHONSAFEPATH", "PYTHONUTF8")


class Copy:
    """A copy of the course with everything that the door needs."""

    def __init__(self, folder, fakes):
        self.folder, self.calls_file = folder, fakes / "calls"
        self.started = []
        self.surroundings = {
            **{key: value for key, value in os.environ.items() if key not in NOT_PASSED_ON},
            "PYTHONPATH": str(fakes),
            "FAKE_CALLS": str(self.calls_file),
        }

    def start(self, *words, cwd=None, **surroundings):
        process = subprocess.Popen(
            [sys.executable, self.folder / "course.py", *words],
            cwd=cwd or self.folder,
            env={**self.surroundings, **surroundings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *words, **surroundings):
        process = self.start(*words, **surroundings)
        said = process.communicate()[0]
        return process.returncode, said

    def calls(self):
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


@contextmanager
def pretended_course(parent):
    """Copy the course below a folder; its processes end with the test."""
    folder, fakes = parent / "my course", parent / "fakes"
    for name in ("course.py", "constraints.txt", "pyproject.toml", "environment.yml"):
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder)
    (folder / "course_lib/running").mkdir(parents=True)
    needed = [*(ROOT / "course_lib").glob("*.py"), ROOT / "course_lib/running/__init__.py"]
    for path in (*needed, ROOT / "course_lib/running/cli.py"):
        shutil.copy(path, folder / path.relative_to(ROOT))
    preparing = Path("course_lib/running/preparing")
    shutil.copytree(ROOT / preparing, folder / preparing)
    environment = folder / preparing / "environment.py"
    text = environment.read_text("utf-8")
    assert "CPU_GB, CUDA_GB = 3, 10" in text
    environment.write_text(
        text.replace("CPU_GB, CUDA_GB = 3, 10", "CPU_GB, CUDA_GB = 0, 0"), "utf-8"
    )
    (folder / "course_lib/__main__.py").write_text(VERB)
    for name, text in {"venv": FAKE_VENV, "pip": FAKE_PIP}.items():
        (fakes / name).mkdir(parents=True)
        (fakes / name / "__init__.py").touch()
        (fakes / name / "__main__.py").write_text(text)
    (fakes / "fake.py").write_text(FAKE)
    (fakes / "course_lib").symlink_to(folder / "course_lib")  # as if it were installed
    copy = Copy(folder, fakes)
    yield copy
    for process in copy.started:
        process.kill()
        process.stdout.close()
        process.wait()
