"""Self-attention in NumPy: one equation a function, float64, nothing clever.

Everything else in the course is measured against these files. Axes are always batch, heads,
sequence, feature; ``*lead`` stands for any number of axes in front. Masks are bool and
``True`` means *may attend*.
"""

from course_lib.attention.reference.dense import (
    attention,
    embed,
    masked_softmax,
    project,
    raw_scores,
    scaled_scores,
    self_attention,
    softmax,
    weighted_sum,
)
from course_lib.attention.reference.heads import merge_heads, multi_head_attention, split_heads
from course_lib.attention.reference.partial import (
    attention_with_lse,
    merge_partials,
    tiled_attention,
)
from course_lib.attention.reference.sparse import (
    attended_pairs,
    dilated_attention,
    dilated_positions,
    window_attention,
)

__all__ = [
    "attended_pairs",
    "attention",
    "attention_with_lse",
    "dilated_attention",
    "dilated_positions",
    "embed",
    "masked_softmax",
    "merge_heads",
    "merge_partials",
    "multi_head_attention",
    "project",
    "raw_scores",
    "scaled_scores",
    "self_attention",
    "softmax",
    "split_heads",
    "tiled_attention",
    "weighted_sum",
    "window_attention",
]
