from base64 import b64encode
from io import BytesIO
from random import Random

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from course_lib.authoring.pictures import heavy_pictures, keep_old_pictures


def png(*, colour: str = "white", compress_level: int = 6) -> str:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG", compress_level=compress_level)
    return b64encode(file.getvalue()).decode()


def page(*pictures: str, kind: str = "image/png") -> object:
    outputs = [new_output("display_data", {kind: picture}) for picture in pictures]
    return new_notebook(cells=[new_code_cell(id="one", outputs=outputs)])


def in_html(picture: str) -> str:
    return f'<figure><img alt="a map" src="data:image/png;base64,{picture}"></figure>'


def shown(notebook, kind="image/png"):
    return [output.data[kind] for output in notebook.cells[0].outputs]


def test_the_same_pixels_keep_their_old_bytes():
    old, new = png(compress_level=0), png(compress_level=9)
    notebook = page(new, png(colour="red"))
    keep_old_pictures(notebook, page(old, png(colour="blue")))
    assert old != new
    assert shown(notebook) == [old, png(colour="red")]


def test_pictures_inside_html_keep_their_old_bytes_too():
    old, new = png(compress_level=0), png(compress_level=9)
    notebook = page(in_html(new), kind="text/html")
    keep_old_pictures(notebook, page(in_html(old), kind="text/html"))
    assert shown(notebook, "text/html") == [in_html(old)]


def test_a_picture_more_or_less_than_before_is_no_trouble():
    notebook = page(png(), png(colour="red"))
    keep_old_pictures(notebook, page(png(compress_level=0)))
    keep_old_pictures(notebook, new_notebook())
    assert shown(notebook) == [png(compress_level=0), png(colour="red")]


@pytest.mark.parametrize("wrap", [str, in_html])
def test_only_heavy_pictures_are_reported(wrap):
    noise, file = Random(0).randbytes(3 * 200 * 250), BytesIO()
    Image.frombytes("RGB", (200, 250), noise).save(file, "PNG")
    heavy = b64encode(file.getvalue()).decode()
    kind = "image/png" if wrap is str else "text/html"
    (weight,) = heavy_pictures(page(wrap(png()), wrap(heavy), kind=kind).cells[0])
    assert weight == pytest.approx(150, abs=5)
