"""Attention itself: the NumPy reference, masks, and the torch modules.

torch is loaded when one of the names below is first touched; `reference` and `masks` never do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.attention.dilated import dilated_attention
    from course_lib.attention.multi_head import MultiHeadAttention
    from course_lib.attention.tiled import tiled_attention
    from course_lib.attention.window import window_attention

_FILE_OF = {
    "MultiHeadAttention": "multi_head",
    "dilated_attention": "dilated",
    "tiled_attention": "tiled",
    "window_attention": "window",
}

__all__ = ["MultiHeadAttention", "dilated_attention", "tiled_attention", "window_attention"]


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
