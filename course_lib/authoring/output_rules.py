"""Conventions of the stored outputs, and of the numbers that the prose quotes from them."""

import html
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib.authoring.faults import Fault, Page
from course_lib.authoring.pictures import HEAVY_KB, heavy_pictures

_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?!\.?\d)")
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:e[+-]?\d+)?")
# Numbers that nobody measured: where a paper says it, which version of a program.
_REFERENCE = re.compile(
    r"(?:arxiv|python|torch|numpy|version|sections?|eq\.?|equations?)[:\s]*\d+(?:\.\d+)+|\]\([^)]*\)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]+)"|'([^']+)')""")
_SECTION = re.compile(r"^#{1,2} ", re.MULTILINE)


def figures_have_alt_text(page: Page) -> Iterator[Fault]:
    """Say every picture in words too, in HTML, since Jupyter shows no other alt text."""
    for cell in page.code:
        for output in cell.outputs:
            data = output.get("data", {})
            images = _IMAGE.findall(data.get("text/html", ""))
            bare = any(kind.startswith("image/") for kind in data) and not images
            if bare or not all(_ALT.search(image) for image in images):
                yield page.fault(
                    cell,
                    "shows a picture without alt text.",
                    "Show it through a Display of course_lib.plots, which describes itself.",
                )


def pictures_are_light(page: Page) -> Iterator[Fault]:
    """Keep pictures to what git can bear at every rebuild."""
    for cell in page.code:
        for weight in heavy_pictures(cell):
            yield page.fault(
                cell,
                f"shows a picture of {weight} kB, and {HEAVY_KB} is the most.",
                "Draw it smaller, at about 100 dpi, or with fewer points.",
            )


def nothing_warns(page: Page) -> Iterator[Fault]:
    """Store no warning: it would stand in the course for good."""
    for cell in page.code:
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield page.fault(
                cell, "writes to stderr.", "Mend what warns; print what is to be read."
            )


def quoted_numbers_were_shown(page: Page) -> Iterator[Fault]:
    """Quote no decimal number in prose that no output beside it shows."""
    if not page.is_executed:
        return
    for position, cell in enumerate(page.cells):
        if cell.cell_type != "markdown":
            continue
        for quoted in unshown_numbers(cell.source, _beside(page.cells, position)):
            yield page.fault(
                cell,
                f"quotes {quoted}, which no output beside it shows.",
                "Print it in the cell before or after, or quote what is printed there.",
            )


OUTPUT_RULES = (figures_have_alt_text, pictures_are_light, nothing_warns, quoted_numbers_were_shown)


def unshown_numbers(text: str, cells: list[NotebookNode]) -> list[str]:
    """Return the decimal numbers of a text that no output of these cells rounds to."""
    shown = [number for cell in cells for number in _numbers(cell)]
    quoted = _DECIMAL.findall(_REFERENCE.sub(" ", text))
    return [one for one in quoted if not any(_rounds_to(number, one) for number in shown)]


def text_shown(cell: NotebookNode) -> str:
    """Return all that a cell's outputs say in words, alt text included."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        markup = data.get("text/html", "")
        alts = ["".join(found) for found in _ALT.findall(markup)]
        texts += [output.get("text", ""), data.get("text/plain", ""), *alts]
        texts.append(re.sub(r"<[^>]*>", " ", markup))
    return html.unescape("\n".join(texts))


def _numbers(cell: NotebookNode) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text_shown(cell))]


def _rounds_to(number: float, quoted: str) -> bool:
    digits = len(quoted.split(".")[1])
    return abs(number - float(quoted)) <= 0.5 * 10**-digits + 1e-12


def _beside(cells: list[NotebookNode], position: int) -> list[NotebookNode]:
    """Return the code cells of the same section, and the nearest one on either side."""
    starts = [at for at, cell in enumerate(cells) if _is_heading(cell)]
    begin = max([at for at in starts if at <= position], default=0)
    end = min([at for at in starts if at > position], default=len(cells))
    code = [at for at, cell in enumerate(cells) if cell.cell_type == "code"]
    near = {at for at in code if begin <= at < end}
    near |= {max([at for at in code if at < position], default=-1)}
    near |= {min([at for at in code if at > position], default=-1)}
    return [cells[at] for at in sorted(near - {-1})]


def _is_heading(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(_SECTION.search(cell.source))
