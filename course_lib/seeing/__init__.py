"""Pictures of arrays: matplotlib displays that describe themselves in words."""

from course_lib.seeing.arrows import ArrowsDisplay
from course_lib.seeing.bars import BarsDisplay
from course_lib.seeing.cost import CostDisplay
from course_lib.seeing.growth import GrowthDisplay
from course_lib.seeing.heads import HeadsDisplay
from course_lib.seeing.matrix import AttentionDisplay, FeaturesDisplay, ScoresDisplay
from course_lib.seeing.pairs import PairsDisplay

__all__ = [
    "ArrowsDisplay",
    "AttentionDisplay",
    "BarsDisplay",
    "CostDisplay",
    "FeaturesDisplay",
    "GrowthDisplay",
    "HeadsDisplay",
    "PairsDisplay",
    "ScoresDisplay",
]
