import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONDA_NAMES = {"torch": "pytorch"}
NEEDED = [
    Requirement(line)
    for line in (*CONFIG["project"]["dependencies"], *CONFIG["dependency-groups"]["dev"])
]


@pytest.fixture
def described():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_conda_gets_what_pip_gets_with_the_same_bounds(described):
    *lines, from_pip = described["dependencies"]
    listed = [Requirement(line) for line in lines if not line.startswith(("python=", "pip"))]
    listed += [Requirement(line) for line in from_pip["pip"] if line != "-e ."]
    assert {plain(entry.name): str(entry.specifier) for entry in listed} == {
        plain(CONDA_NAMES.get(need.name, need.name)): str(need.specifier) for need in NEEDED
    }


def test_conda_gets_one_plainly_written_python_that_the_course_supports(described):
    assert described["dependencies"][0] == "python=3.11"
    assert CONFIG["project"]["requires-python"] == ">=3.11"


def test_conda_looks_nowhere_but_in_its_community_channel(described):
    assert described["channels"] == ["conda-forge", "nodefaults"]


def test_conda_installs_the_course_itself(described):
    assert "-e ." in described["dependencies"][-1]["pip"]


@pytest.mark.parametrize("name", ["environment.yml", "pyproject.toml"])
def test_each_requirement_says_who_needs_it(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    silent = [line for line in lines if re.match(r" +(- |\")[\w-]+>=", line) and "# " not in line]
    assert silent == []


@pytest.mark.parametrize("need", NEEDED, ids=lambda need: need.name)
def test_each_requirement_has_one_pin_within_its_bounds(need):
    pins = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    versions = [version for name, version in pins if plain(name) == plain(need.name)]
    assert len(versions) == 1
    assert need.specifier.contains(versions[0])
