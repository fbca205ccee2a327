"""Pictures of arrays: matplotlib displays that describe themselves in words."""

from course_lib.seeing.arrows import ArrowsDisplay
from course_lib.seeing.bars import BarsDisplay
from course_lib.seeing.growth import GrowthDisplay
from course_lib.seeing.heads import HeadsDisplay
from course_lib.seeing.matrix import AttentionDisplay, FeaturesDisplay, ScoresDisplay

__all__ = [
    "ArrowsDisplay",
    "AttentionDisplay",
    "BarsDisplay",
    "FeaturesDisplay",
    "GrowthDisplay",
    "HeadsDisplay",
    "ScoresDisplay",
]
