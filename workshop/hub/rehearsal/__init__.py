"""A class on one hub, rehearsed: the hub, its learners, and what they cost."""
