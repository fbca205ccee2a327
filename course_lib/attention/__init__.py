"""Attention itself: the NumPy reference, masks, and (later lessons) the torch modules."""
