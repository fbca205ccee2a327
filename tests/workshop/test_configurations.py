import doctest
import json
import os
import re
import runpy
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import class_hub
import links
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rehearsal import work
from traitlets.config import Config

from course_lib.running.cli import course
from course_lib.threads import THREADS

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "workshop/hub"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
REQUIREMENTS = [
    Requirement(line.partition("#")[0])
    for line in (HUB / "requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
MEBIBYTES = {"M": 1, "G": 1024}
A_PASSWORD = re.compile(
    r"""(?ix) (password|passwd|secret|token) \w* ["']? \s* [:=] \s* ["'] [^"'{}\s]{4,} ["']
    | ^ \s* [\w.-]* (password|passwd|secret|token) \w* : \s* [\w-]{4,}"""
)


@pytest.fixture(scope="module")
def values():
    return yaml.safe_load((HUB / "values.yaml").read_text("utf-8"))


def read_as_config(name):
    """Run a file as its program would, and return what it was told."""
    c, read = Config(), []
    brought = {"get_config": lambda: c, "load_subconfig": read.append}
    runpy.run_path(str(HUB / name), init_globals=brought)
    return c, read


def mebibytes(size):
    return int(size[:-1]) * MEBIBYTES[size[-1]]


def test_the_cluster_runs_the_image_that_is_built(values, monkeypatch):
    monkeypatch.chdir(ROOT)  # where the command is given
    built, _ = read_as_config("repo2docker_config.py")
    image = values["singleuser"]["image"]
    assert built.Repo2Docker.output_image_spec == f"self-attention:{image['tag']}"
    assert image["tag"] == PROJECT["project"]["version"]
    assert image["name"].endswith("/self-attention")


def test_no_learner_s_volume_hides_the_course(values, monkeypatch):
    monkeypatch.chdir(ROOT)
    built, _ = read_as_config("repo2docker_config.py")
    home = Path(values["singleuser"]["storage"]["homeMountPath"])
    assert home == Path("/home") / built.Repo2Docker.user_name
    assert home not in Path(built.Repo2Docker.target_repo_dir).parents


def test_the_cluster_leaves_the_login_to_the_class_s_own_file(values):
    assert values["hub"]["config"]["JupyterHub"] == {"authenticator_class": None}
    mounted = Path(values["hub"]["extraFiles"]["class_hub"]["mountPath"])
    assert mounted.parent.name == "jupyterhub_config.d"
    assert (HUB / mounted.name).is_file()


def test_memory_is_guaranteed_and_limited_as_the_guide_says(values):
    memory, guide = values["singleuser"]["memory"], (HUB / "README.md").read_text("utf-8")
    assert mebibytes(memory["guarantee"]) < mebibytes(memory["limit"])
    assert f"guarantee {memory['guarantee']}" in guide
    assert f"limit {memory['limit']}" in guide
    assert f"limits.memory {memory['limit']}" in guide  # what The Littlest JupyterHub is told


def test_the_guarantee_covers_what_the_rehearsal_measured(values):
    log = (HUB / "rehearsal.md").read_text("utf-8")
    most = max(
        float(row.split(" | ")[5]) for row in log.splitlines() if row.startswith("| learner-")
    )
    assert most < mebibytes(values["singleuser"]["memory"]["guarantee"])


def test_the_littlest_hub_reads_the_class_s_file_and_starts_what_is_there():
    c, read = read_as_config("tljh_class.py")
    course_there, (begin, _) = Path("/opt/tljh/course"), c.Spawner.cmd
    for path in (*read, begin):
        assert (ROOT / Path(path).relative_to(course_there)).is_file()


def test_everything_that_the_rehearsal_adds_has_one_version():
    assert all(re.fullmatch(r"==[\w.]+", str(need.specifier)) for need in REQUIREMENTS)
    assert len({need.name for need in REQUIREMENTS}) == len(REQUIREMENTS) > 5


def test_the_rehearsal_s_hub_is_of_the_kind_that_its_login_can():
    version = {need.name: str(need.specifier)[2:] for need in REQUIREMENTS}
    assert Version(version["jupyterhub"]).major == 5  # NativeAuthenticator 1.3 fails under 6
    assert version["jupyterhub-nativeauthenticator"] == "1.3.0"


def test_the_course_itself_needs_no_hub():
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert not {Requirement(line).name for line in needed} & {need.name for need in REQUIREMENTS}


def test_the_container_has_a_python_of_the_course_and_calls_verbs_that_there_are():
    told = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    version = re.match(r"python:([\d.]+)", told["image"])[1]
    assert f"python={version}" in conda["dependencies"]
    calls = (told["postCreateCommand"], told["postAttachCommand"])
    assert [re.match(r"python3 course.py (\w+)", call)[1] for call in calls] == ["doctor", "lab"]
    assert {"doctor", "lab"} <= set(course.commands)
    assert f"--port {told['forwardPorts'][0]}" in told["postAttachCommand"]


def files_of_the_hub():
    """Return what is shipped; caches and the hub's environment are not."""
    folders = (HUB, HUB / "rehearsal", ROOT / ".devcontainer")
    found = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    return [*found, ROOT / "start", ROOT / "docs/ways-in.md"]


def passwords_in(text):
    return [line for line in text.splitlines() if A_PASSWORD.search(line)]


def test_no_password_is_shipped():
    files = files_of_the_hub()
    assert len(files) > 15
    shipped = {path.name: passwords_in(path.read_text("utf-8")) for path in files}
    assert {name: lines for name, lines in shipped.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    ["password: hunter22", 'c.DummyAuthenticator.password = "letmein"', "api_token='abcdef'"],
)
def test_a_shipped_password_would_be_found(line):
    assert passwords_in(line) == [line]


def started(home, *command, **told):
    """Run `start` as an image does: from another folder, with the learner's own home."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ours = ("COURSE_HOME", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH", *THREADS)
    kept = {k: v for k, v in os.environ.items() if k not in ours}
    return subprocess.run(
        [ROOT / "start", *command],
        cwd=home.parent,
        env={**kept, "HOME": str(home), "PATH": path, **told},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_a_server_starts_in_the_home_with_the_working_copy_handed_out(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    ask = 'pwd; echo "$COURSE_HOME"; echo "$JUPYTER_CONFIG_PATH"; echo "$JUPYTER_PATH"; env'
    done = started(home, "sh", "-c", ask)
    assert done.returncode == 0
    said, cwd, course_home, config, data, *environment = done.stdout.splitlines()
    assert said.startswith("New in your working copy")
    assert (Path(cwd), Path(course_home)) == (home, home / "workspace")
    assert (Path(config) / "labconfig").is_dir()
    assert Path(data, "kernels/python3/kernel.json").exists()
    assert {f"{name}=1" for name in THREADS} <= {*environment}
    given = home / "workspace/notebooks/05_weighted_sum.ipynb"
    cells = json.loads(given.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells)


def test_a_server_starts_even_where_nothing_can_be_handed_out(tmp_path):
    (tmp_path / "file").touch()
    done = started(tmp_path, "sh", "-c", "exit 7", COURSE_HOME=str(tmp_path / "file"))
    assert done.returncode == 7
    for part in ("Expected to write the working copy", "failed", "Make room"):
        assert part in done.stderr


@pytest.mark.parametrize("module", [class_hub, links, work], ids=lambda module: module.__name__)
def test_what_a_docstring_shows_is_what_comes(module):
    shown = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert shown.attempted > 0
    assert shown.failed == 0


def test_start_can_be_executed():
    assert (ROOT / "start").stat().st_mode & stat.S_IXUSR
