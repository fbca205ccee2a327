"""What models learn from, and how: sentences, tasks, tiny models, one training loop.

Each name below is fetched when it is first touched: torch is loaded only where something is
trained.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.models.distance import gradient_reaching, recall_across
    from course_lib.models.items import recall_items
    from course_lib.models.ring import name_the_neighbours
    from course_lib.models.training import train
    from course_lib.models.verbs import repair_the_verb

_ROOM_OF = {
    "gradient_reaching": "distance",
    "name_the_neighbours": "ring",
    "recall_across": "distance",
    "recall_items": "items",
    "repair_the_verb": "verbs",
    "train": "training",
}

__all__ = [
    "gradient_reaching",
    "name_the_neighbours",
    "recall_across",
    "recall_items",
    "repair_the_verb",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
