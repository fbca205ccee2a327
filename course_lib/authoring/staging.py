"""Lay the course out as Sphinx reads it: links lead to pages, and pictures are files."""

import hashlib
import os.path
import re
import shutil
from base64 import b64decode
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

from course_lib.authoring.lessons import ROOT
from course_lib.authoring.links import page_anchor
from course_lib.authoring.notebooks import FOLDERS

FRONT = "index.md"  # what of README.md is for everybody, and the table of contents
FRONT_ENDS = "\n## For three people"
PICTURES = "pictures"
WIDE = ("notebooks/README.md",)  # made of tables, which need the place of the list of headings
HIDE_HEADINGS = "---\nhide-toc: true\n---\n"

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TO_NOTEBOOK = re.compile(r'(href="\.\./[^":]*)\.ipynb(?=")')  # in what a check has shown
_INLINE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


def pages_of(root: Path = ROOT) -> dict[str, list[str]]:
    """Name the pages of the site, chapter by chapter, in the order of the course."""
    lessons, exercises, solutions = (
        [f"{folder}/{path.name}" for path in sorted((root / folder).glob("[0-9]*.ipynb"))]
        for folder in FOLDERS
    )
    return {
        "Lessons": lessons,
        "Exercises": exercises,
        "Solutions": solutions,
        "To look up": _pages(root, "notebooks/README.md", "docs/*.md"),
        "For teachers": [
            *_pages(root, "workshop/README.md", "workshop/guide.md", "workshop/*.md"),
            *_pages(root, "workshop/*/*.md"),
        ],
    }


def stage(folder: Path, *, root: Path = ROOT, only: Collection[str] | None = None) -> list[str]:
    """Write what Sphinx reads into a folder; return the names of the pages.

    Parameters
    ----------
    folder : where to write
    root : the folder of the course
    only : the pages to be had; all if left
    """
    chapters = {
        title: [name for name in names if only is None or name in only]
        for title, names in pages_of(root).items()
    }
    names = [name for chapter in chapters.values() for name in chapter]
    known = {*names, "README.md"}
    (folder / PICTURES).mkdir(parents=True)
    shutil.copytree(root / "docs", folder / "docs", ignore=shutil.ignore_patterns("*.md"))
    front = (root / "README.md").read_text("utf-8").partition(FRONT_ENDS)[0]
    front = linked(front, "README.md", known, root)
    (folder / FRONT).write_text(f"{HIDE_HEADINGS}{front}{contents(chapters)}", "utf-8")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".ipynb"):
            notebook = nbformat.read(root / name, as_version=4)
            nbformat.write(_staged(notebook, name, known, folder, root), folder / name)
        else:
            text = linked((root / name).read_text("utf-8"), name, known, root)
            (folder / name).write_text(f"{HIDE_HEADINGS}{text}" if name in WIDE else text, "utf-8")
    return names


def contents(chapters: dict[str, list[str]]) -> str:
    """Write the table of contents that the site's sidebar and its next and previous follow."""
    trees = [
        "\n".join(["```{toctree}", f":caption: {title}", ":hidden:", "", *names, "```"])
        for title, names in chapters.items()
        if names
    ]
    return "\n\n" + "\n\n".join(trees) + "\n"


def linked(text: str, page: str, known: Collection[str], root: Path = ROOT) -> str:
    """Let links lead to the site's own pages; of one that leads out of the site its words stay.

    Parameters
    ----------
    text : in markdown
    page : the name of the page that it stands on
    known : the names of the site's pages
    root : where pictures are looked for
    """

    def mend(found: re.Match[str]) -> str:
        picture, words, path, anchor = found.groups(default="")
        anchor = f"#{page_anchor(unquote(anchor[1:]))}" if anchor else ""
        if _ELSEWHERE.match(path):
            return found[0]
        if not path:
            return f"[{words}]({anchor})"
        here = PurePosixPath(page).parent
        target = os.path.normpath(here / unquote(path)).replace(os.sep, "/")
        if picture and (root / target).exists():
            return found[0]
        if target not in known:
            return words
        target = FRONT if target == "README.md" else target
        return f"[{words}]({os.path.relpath(target, here).replace(os.sep, '/')}{anchor})"

    return _LINK.sub(mend, text)


def _staged(
    notebook: NotebookNode, name: str, known: Collection[str], folder: Path, root: Path
) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, name, known, root)
            if name.startswith("solutions/"):  # they are called as the exercises are
                cell.source = re.sub(
                    r"^(# .*): exercises?$", r"\1: solutions", cell.source, flags=re.M
                )
        for output in cell.get("outputs", []):
            if html := output.get("data", {}).get("text/html"):
                html = _TO_NOTEBOOK.sub(r"\1.html", html)
                output.data["text/html"] = _with_pictures_apart(html, name, folder)
    return notebook


def _with_pictures_apart(html: str, page: str, folder: Path) -> str:
    """Keep a picture as a file, not in the page: the search reads pages."""

    def keep(found: re.Match[str]) -> str:
        content = b64decode(found[1])
        path = f"{PICTURES}/{hashlib.sha256(content).hexdigest()[:16]}.png"
        (folder / path).write_bytes(content)
        return "../" * page.count("/") + path

    return _INLINE.sub(keep, html)


def _pages(root: Path, *patterns: str) -> list[str]:
    found = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    return list(dict.fromkeys(path.relative_to(root).as_posix() for path in found))
