"""Pictures of arrays, which describe themselves in words, and views to move through.

The displays are there at once; an explorer is fetched when it is first touched, since only then
is anywidget needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib.seeing.arrows import ArrowsDisplay
from course_lib.seeing.bars import BarsDisplay
from course_lib.seeing.contributions import ContributionsDisplay
from course_lib.seeing.cost import CostDisplay
from course_lib.seeing.growth import GrowthDisplay
from course_lib.seeing.heads import HeadsDisplay
from course_lib.seeing.matrix import AttentionDisplay, FeaturesDisplay, ScoresDisplay
from course_lib.seeing.pairs import PairsDisplay
from course_lib.seeing.paths import PathLengthDisplay
from course_lib.seeing.timing import TimingDisplay

if TYPE_CHECKING:
    from course_lib.seeing.explorers.attention import AttentionExplorer
    from course_lib.seeing.explorers.dilated import DilatedExplorer
    from course_lib.seeing.explorers.query import QueryStepper
    from course_lib.seeing.explorers.softmax import SoftmaxExplorer

_FILE_OF = {
    "AttentionExplorer": "attention",
    "DilatedExplorer": "dilated",
    "QueryStepper": "query",
    "SoftmaxExplorer": "softmax",
}

__all__ = [
    "ArrowsDisplay",
    "AttentionDisplay",
    "AttentionExplorer",
    "BarsDisplay",
    "ContributionsDisplay",
    "CostDisplay",
    "DilatedExplorer",
    "FeaturesDisplay",
    "GrowthDisplay",
    "HeadsDisplay",
    "PairsDisplay",
    "PathLengthDisplay",
    "QueryStepper",
    "ScoresDisplay",
    "SoftmaxExplorer",
    "TimingDisplay",
]


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.explorers.{_FILE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
