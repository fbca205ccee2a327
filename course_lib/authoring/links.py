"""Find the relative links that lead nowhere: a missing file, or a heading that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from course_lib.authoring.faults import Fault
from course_lib.authoring.notebooks import FOLDERS, read_built
from course_lib.authoring.tables import heading_anchor

_FENCED = re.compile(r"```.*?```", re.DOTALL)
_QUOTED = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"""\]\(([^)\s]+)[^)]*\)|\b(?:href|src)\s*=\s*["']([^"']+)["']""")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def broken_links(root: Path) -> Iterator[Fault]:
    """Find the broken links of a course, or of a working copy, in its pages and notebooks."""
    notebooks = [path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")]
    readmes = [path for folder in FOLDERS for path in (root / folder).glob("*.md")]
    readmes += [*root.glob("workshop/*.md"), *root.glob("workshop/*/*.md")]
    for page in sorted([*root.glob("*.md"), *readmes, *notebooks]):
        for link in _broken(page):
            name = page.relative_to(root).as_posix()
            yield Fault(name, f"links to {link}, which is not there.", "Mend the link.")


def page_anchor(heading: str) -> str:
    """Return the anchor of a heading in a page, as GitHub makes it: no capitals, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _broken(page: Path) -> Iterator[str]:
    for found in _LINK.finditer(_QUOTED.sub("", _prose(page))):
        link = found[1] or found[2]
        if _ELSEWHERE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / unquote(path) if path else page
        if not target.exists() or (anchor and unquote(anchor) not in _anchors(target)):
            yield link


def _prose(page: Path) -> str:
    if page.suffix != ".ipynb":
        return _FENCED.sub("", page.read_text(encoding="utf-8"))
    notebook = read_built(page)
    cells = notebook.cells if notebook else []
    return _FENCED.sub("", "\n\n".join(c.source for c in cells if c.cell_type == "markdown"))


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_prose(page))
    if page.suffix == ".ipynb":
        return {heading_anchor(heading) for heading in headings}
    return {page_anchor(heading) for heading in headings}
