from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import links
import pytest

ROOT = Path(__file__).resolve().parents[2]
ON_GITHUB = "https://github.com/OWNER/NAME"


@pytest.mark.parametrize("ending", ["", "/", ".git"])
def test_an_address_on_github_gives_three_ways_in(ending):
    found = links.links(ON_GITHUB + ending, "main")
    assert list(found) == ["Binder", "Codespaces", "Colab"]
    assert all("OWNER/NAME" in link and "main" in link for link in found.values())
    assert not any(".git?" in link or "NAME.git" in link for link in found.values())


def test_binder_opens_the_first_lesson_of_the_working_copy():
    link = urlsplit(links.links(ON_GITHUB, "next/try")["Binder"])
    assert link.path == "/v2/gh/OWNER/NAME/next%2Ftry"
    assert parse_qs(link.query) == {"urlpath": [f"lab/tree/workspace/{links.FIRST}"]}
    assert (ROOT / links.FIRST).is_file()


def test_a_hub_pulls_from_any_server_into_a_folder_of_its_own():
    found = links.links("https://git.example.org/course", "main", hub="https://hub.example.org/")
    link = urlsplit(found["hub"])
    assert list(found) == ["hub"]
    assert link.path == "/hub/user-redirect/git-pull"
    asked = parse_qs(link.query)
    assert asked["repo"] == ["https://git.example.org/course"]
    assert asked["branch"] == ["main"]
    assert asked["targetPath"] != ["workspace"]
    assert asked["urlpath"] == [f"lab/tree/{asked['targetPath'][0]}"]


def test_an_address_from_which_nobody_could_fetch_is_explained(capsys):
    assert links.main(["https://git.example.org/course"]) == 1
    said = capsys.readouterr().err
    for part in ("Expected an address", "but got https://git.example.org/course", "--hub"):
        assert part in said


def test_every_link_is_printed_with_the_place_that_it_opens(capsys):
    assert links.main([ON_GITHUB, "--hub", "https://hub.example.org"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == ["Binder", "Codespaces", "Colab", "hub"]
