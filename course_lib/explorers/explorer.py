"""What every explorer shares: a live view in the browser, and a picture that stands still.

An explorer is three files: a Python class that says what is shown, ``NAME.compute.mjs`` with the
functions that compute (node runs them against the reference in the tests), and ``NAME.view.js``
that draws and listens. ``shared.view.js`` and ``shared.css`` are common to all. They are put
together here into the one module that the browser gets; nothing is built, nothing is fetched.
"""

from html import escape
from importlib.resources import files
from typing import Any, ClassVar

import anywidget
import numpy as np

from course_lib.plots.display import Display

_FOLDER = files("course_lib.explorers")


def source(name: str) -> str:
    """Read one of the files beside this one."""
    return _FOLDER.joinpath(name).read_text("utf-8")


class Explorer(anywidget.AnyWidget):
    """A view to move through by mouse and by keyboard.

    Where nothing is live (GitHub, a printed page, a test) its still twin is shown: the picture and
    the words of `still()`.
    """

    name: ClassVar[str] = ""  # of the files beside this one
    _css = source("shared.css")

    def __init_subclass__(cls, **options: Any) -> None:
        if "name" in vars(cls):  # traitlets derives a class of its own for each view
            parts = (f"{cls.name}.compute.mjs", "shared.view.js", f"{cls.name}.view.js")
            cls._esm = "\n".join(map(source, parts))
        super().__init_subclass__(**options)

    def still(self) -> Display:
        """Return the picture that stands for this view where nothing moves."""
        raise NotImplementedError

    def too_much(self) -> str:
        """Say why there is too much to move through; the picture then stands alone."""
        return ""

    def _repr_mimebundle_(self, **options: Any) -> Any:
        picture = self.still()
        still = {"text/plain": picture.describe(), "text/html": picture.as_html()}
        if why := self.too_much():
            words = {"text/plain": f"{why}\n{still['text/plain']}"}
            return {**words, "text/html": f"<p>{escape(why)}</p>{still['text/html']}"}
        live = super()._repr_mimebundle_(**options)
        if isinstance(live, tuple):
            return {**live[0], **still}, *live[1:]
        return {**(live or {}), **still}


def as_bytes(numbers: np.ndarray) -> bytes:
    """Pack numbers for the browser, which reads them as a Float64Array; rows one after another."""
    return np.ascontiguousarray(numbers, dtype="<f8").tobytes()
