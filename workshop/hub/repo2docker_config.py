"""The class's image: `repo2docker --config workshop/hub/repo2docker_config.py .` builds it.

The course lies outside the home, because a hub mounts each learner's own volume there and would
hide it. The file `start` then hands the working copy out into that home.
"""

import tomllib
from pathlib import Path

NAME = "self-attention"
NBGITPULLER = "nbgitpuller==1.3.0"  # to hand out what changes between two images

c = get_config()  # repo2docker brings it

version = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["version"]
c.Repo2Docker.output_image_spec = f"{NAME}:{version}"
c.Repo2Docker.target_repo_dir = "/srv/course"
c.Repo2Docker.user_name = "jovyan"  # whom the chart expects
c.Repo2Docker.user_id = 1000
c.Repo2Docker.appendix = f"RUN python3 -m pip install --no-cache-dir {NBGITPULLER}"
