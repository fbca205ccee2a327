"""Attention itself: the NumPy reference, masks, and the torch modules.

torch is loaded when one of the names below is first touched; `reference` and `masks` never do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.attention.multi_head import MultiHeadAttention

_FILE_OF = {"MultiHeadAttention": "multi_head"}

__all__ = ["MultiHeadAttention"]


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
