"""Pictures inside notebooks: which bytes to keep, and how heavy they are."""

import re
from base64 import b64decode
from io import BytesIO

from nbformat import NotebookNode
from PIL import Image

HEAVY_KB = 100

# A PNG in base64 begins like this, alone (image/png) or inside the HTML of an <img>.
_PNG = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/\n]+={0,2}\n?")


def keep_old_pictures(new: NotebookNode, old: NotebookNode) -> None:
    """Give pictures that look as before their old bytes back, so that git stores nothing new."""
    before = {cell.id: _pictures(cell) for cell in old.cells}
    swaps = {
        picture: earlier
        for cell in new.cells
        for picture, earlier in zip(_pictures(cell), before.get(cell.id, []), strict=False)
        if picture != earlier and _pixels(picture) == _pixels(earlier)
    }
    outputs = [output for cell in new.cells for output in cell.get("outputs", [])]
    for data in (output.get("data", {}) for output in outputs):
        for kind, text in data.items():
            if isinstance(text, str):
                data[kind] = _PNG.sub(lambda found: swaps.get(found[0], found[0]), text)


def heavy_pictures(cell: NotebookNode) -> list[int]:
    """Return the weights, in kB, of a cell's pictures that weigh too much."""
    weights = [len(b64decode(picture)) // 1000 for picture in _pictures(cell)]
    return [weight for weight in weights if weight > HEAVY_KB]


def _pictures(cell: NotebookNode) -> list[str]:
    texts = [
        text
        for output in cell.get("outputs", [])
        for _, text in sorted(output.get("data", {}).items())
        if isinstance(text, str)
    ]
    return [picture for text in texts for picture in _PNG.findall(text)]


def _pixels(picture: str) -> tuple[tuple[int, int], bytes]:
    with Image.open(BytesIO(b64decode(picture))) as image:
        return image.size, image.convert("RGBA").tobytes()
