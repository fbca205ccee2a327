"""Pictures of arrays, which describe themselves in words."""

from course_lib.plots.arrows import ArrowsDisplay
from course_lib.plots.bars import BarsDisplay
from course_lib.plots.contributions import ContributionsDisplay
from course_lib.plots.cost import CostDisplay
from course_lib.plots.flow import FlowDisplay
from course_lib.plots.growth import GrowthDisplay
from course_lib.plots.heads import HeadsDisplay
from course_lib.plots.matrix import AttentionDisplay, FeaturesDisplay, ScoresDisplay
from course_lib.plots.pairs import PairsDisplay
from course_lib.plots.paths import PathLengthDisplay
from course_lib.plots.projection import ProjectionDisplay
from course_lib.plots.timing import TimingDisplay

__all__ = [
    "ArrowsDisplay",
    "AttentionDisplay",
    "BarsDisplay",
    "ContributionsDisplay",
    "CostDisplay",
    "FeaturesDisplay",
    "FlowDisplay",
    "GrowthDisplay",
    "HeadsDisplay",
    "PairsDisplay",
    "PathLengthDisplay",
    "ProjectionDisplay",
    "ScoresDisplay",
    "TimingDisplay",
]
