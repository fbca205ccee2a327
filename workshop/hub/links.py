"""The links that open the course elsewhere, from the address at which you publish it.

    python3 workshop/hub/links.py https://github.com/OWNER/NAME --branch main --hub https://HUB

Binder, Codespaces and Colab fetch from GitHub; a hub with nbgitpuller fetches from any git server.
"""

import argparse
import re
import sys
from urllib.parse import quote, urlencode

FIRST = "notebooks/00_start_here.ipynb"
PULLED = "class"  # a folder of its own: what is pulled never meets the working copy


def main(words: list[str]) -> int:
    """Print every link that the address allows."""
    parser = argparse.ArgumentParser(description="The links that open the course elsewhere.")
    parser.add_argument("repository", help="where you publish the course")
    parser.add_argument("--branch", default="main", help="main if left")
    parser.add_argument("--hub", help="the address of a JupyterHub with nbgitpuller")
    given = parser.parse_args(words)
    try:
        for name, link in links(given.repository, given.branch, hub=given.hub).items():
            print(f"{name:10} {link}")
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def links(repository: str, branch: str, *, hub: str | None = None) -> dict[str, str]:
    """Return the links by the name of the place that they open.

    Raises
    ------
    ValueError
        If there is neither a repository on GitHub nor a hub that could fetch from elsewhere.

    Examples
    --------
    >>> links("https://github.com/OWNER/NAME", "main")["Codespaces"]
    'https://codespaces.new/OWNER/NAME?ref=main'
    """
    found = {}
    match = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(\.git)?/?", repository)
    if match:
        slug, ref = match[1], quote(branch, safe="")
        landing = urlencode({"urlpath": f"lab/tree/workspace/{FIRST}"})
        found["Binder"] = f"https://mybinder.org/v2/gh/{slug}/{ref}?{landing}"
        found["Codespaces"] = f"https://codespaces.new/{slug}?ref={ref}"
        found["Colab"] = f"https://colab.research.google.com/github/{slug}/blob/{branch}/{FIRST}"
    if hub:
        found["hub"] = pull_link(hub, repository, branch)
    if not found:
        raise ValueError(
            f"Expected an address such as https://github.com/OWNER/NAME, from which Binder, "
            f"Codespaces and Colab fetch, but got {repository}. For another git server name the "
            "hub that fetches from it: --hub https://HUB"
        )
    return found


def pull_link(hub: str, repository: str, branch: str) -> str:
    """Return the link by which nbgitpuller brings a repository into a learner's home."""
    wanted = {
        "repo": repository,
        "branch": branch,
        "targetPath": PULLED,
        "urlpath": f"lab/tree/{PULLED}",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(wanted)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
